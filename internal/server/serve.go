package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// drainTime is how long requests under way may take when the server stops.
const drainTime = 20 * time.Second

// Serve answers requests until ctx ends. Before it returns, it finishes the requests
// under way and writes the queued presses to disk. It calls ready with its address once
// it listens.
func (s *Server) Serve(ctx context.Context, ready func(url string)) error {
	handler, err := s.handler()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.settings.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", s.settings.Listen, err)
	}
	addresses := httpx.Addresses{Trusted: s.settings.TrustedProxies}
	listener = httpx.LimitConnections(listener, httpx.MaxConnections, httpx.MaxConnectionsOfAddress, addresses)
	server := httpx.NewServer(handler, s.log, httpx.ProductLimits())
	server.RegisterOnShutdown(s.live.EndWatches) // open streams would keep it from stopping

	recording, stopRecording := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRecording()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.record(recording) })
	group.Go(func() error { return s.clean(ctx) })
	group.Go(func() error { return s.reseal(ctx) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		defer stopRecording() // only when no request can submit any more
		draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if err := server.Shutdown(draining); err != nil {
			return errors.Join(fmt.Errorf("stopping: %w", err), server.Close())
		}
		return nil
	})
	ready("http://" + listener.Addr().String())
	return group.Wait()
}

// record records presses until ctx ends, and shares what changed with the other replicas.
// Sharing ends after recording, so that the others also hear of what was committed last.
func (s *Server) record(ctx context.Context) error {
	sharing, stopSharing := context.WithCancel(context.WithoutCancel(ctx))
	var group errgroup.Group
	group.Go(func() error {
		defer stopSharing()
		return s.Tracker.Run(ctx)
	})
	group.Go(func() error { return s.live.Share(sharing) })
	return group.Wait()
}
