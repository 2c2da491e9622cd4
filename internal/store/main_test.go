package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// postgres is the server of all tests here. It does not sync to disk, which is faster.
var postgres = pgtest.Shared{Options: pgtest.Options{NoFsync: true}}

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// open opens the store at a URL, until the test ends.
func open(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

// freshFile returns the URL of an SQLite file that does not exist yet.
func freshFile(t *testing.T) string {
	t.Helper()
	return "sqlite:///" + filepath.Join(t.TempDir(), "test.db")
}

// openAtOnce opens n stores of one database from as many goroutines.
func openAtOnce(t *testing.T, url string, n int) []*Store {
	t.Helper()
	type result struct {
		store *Store
		err   error
	}
	results := make(chan result)
	for range n {
		go func() {
			s, err := Open(context.WithoutCancel(t.Context()), url)
			results <- result{s, err}
		}()
	}
	var stores []*Store
	for range n {
		r := <-results
		if r.err != nil {
			t.Errorf("opening at once: %v", r.err)
			continue
		}
		t.Cleanup(func() { _ = r.store.Close() })
		stores = append(stores, r.store)
	}
	return stores
}
