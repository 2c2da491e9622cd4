package faults

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
)

const pressers = 4

// outage is a time in which the database is of no use. While it begins, lasts and ends, raters press
// and readers read.
type outage struct {
	server *program.Server
	begin  func()
	end    func()
	// refusals is how many presses are answered 503 before it ends: as many as fill the program's
	// pools with connections that lead nowhere.
	refusals int64
	// isReadable says that reads may be answered meanwhile.
	isReadable bool
}

// outlast checks what is promised for an outage. It prints how long things took, and fails only
// if they do not come at all, because the machine may be busy.
func (o outage) outlast(t *testing.T) {
	t.Helper()
	url := o.server.URL
	group := raters.Start(t, pressers, url)
	readers := startReaders(t, url)
	one := program.NewUser(t, url)
	before := one.Press(t, map[string]any{"type": "NEXT"})
	group.AwaitAnswers(t, pressers)

	o.begin()
	refused := map[string]any{"type": "NEXT", "id": uuid.NewString()}
	press := o.refuses(t, one, http.MethodPost, "/events", refused)
	var page, read float64
	if !o.isReadable {
		page = o.refuses(t, one, http.MethodGet, "/dashboard/today", nil)
		read = o.refuses(t, one, http.MethodGet, "/dashboard/today/json", nil)
	}
	notReady := o.await(t, one, http.MethodGet, "/ready", nil, http.StatusServiceUnavailable)
	one.Must(t, http.StatusOK, http.MethodGet, "/health", nil) // alive all the same
	group.AwaitRefusals(t, o.refusals)
	t.Logf("503 of a press after %.2f s, of a page after %.2f s, of a read after %.2f s; /ready said so after %.2f s", press, page, read, notReady)

	o.end()
	press = o.await(t, one, http.MethodPost, "/events", refused, http.StatusOK)
	page = press + o.await(t, one, http.MethodGet, "/dashboard/today", nil, http.StatusOK)
	ready := page + o.await(t, one, http.MethodGet, "/ready", nil, http.StatusOK)
	t.Logf("afterwards a press was recorded after %.2f s, a page was read by %.2f s, /ready said so by %.2f s", press, page, ready)
	group.AwaitAnswers(t, pressers)
	group.Stop(t)
	readers.stop(t)
	group.CheckLogs(t, url)
	again := one.Press(t, refused)
	if want := before.TotalQuestions + 1; again.TotalQuestions != want || !again.Duplicate {
		t.Errorf("the refused press sent again: %+v, want a duplicate and %d questions", again, want)
	}
}

// refuses checks that a request is answered 503 with Retry-After, and returns after how many
// seconds.
func (o outage) refuses(t *testing.T, c *program.Client, method, path string, body any) (seconds float64) {
	t.Helper()
	sent := time.Now()
	reply := c.Must(t, http.StatusServiceUnavailable, method, path, body)
	if reply.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s: %v without Retry-After", method, path, reply)
	}
	return time.Since(sent).Seconds()
}

// await repeats a request until it has the wanted status, and returns after how many seconds.
// Every other answer must be one of an outage.
func (o outage) await(t *testing.T, c *program.Client, method, path string, body any, status int) (seconds float64) {
	t.Helper()
	begun := time.Now()
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) error {
		reply, err := c.Do(ctx, method, path, body)
		if err == nil {
			err = excusable(reply)
		}
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		if reply.Status != status {
			return fmt.Errorf("%s %s: %v, want %d", method, path, reply, status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(begun).Seconds()
}

// excusable returns an error for an answer that an outage does not excuse.
func excusable(reply program.Reply) error {
	if reply.Status == http.StatusOK || reply.Status == http.StatusServiceUnavailable && reply.Header.Get("Retry-After") != "" {
		return nil
	}
	return fmt.Errorf("answered %v, want 200, or 503 with Retry-After", reply)
}
