package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// measureBare measures what is left of POST /events when nothing is done: the same HTTP server
// reads the body and answers. It runs in this process, beside the load.
func measureBare(ctx context.Context, connections int, length time.Duration) (s samples, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return s, fmt.Errorf("bare handler: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(answerBare), ReadHeaderTimeout: grace}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer func() {
		err = errors.Join(err, server.Close())
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}()
	address := listener.Addr().String()
	clients := make([]client, connections)
	for i := range clients {
		clients[i] = newPresser(address, "nobody")
	}
	return load{address, length, clients}.run(ctx)
}

// answerBare answers an event of a presser as the program would, as far as a presser looks.
func answerBare(w http.ResponseWriter, r *http.Request) {
	const before, id = `{"id":"`, 36
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) < len(before)+id {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"status":"ok","event_id":"%s"}`, body[len(before):len(before)+id]) // the client may be gone
}
