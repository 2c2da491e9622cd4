package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestFullDisk is TestOutage with SQLite on a disk without room. Reads may work meanwhile.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "128m") // the WAL alone grows up to 32 MB
	databaseURL := "sqlite:///" + filepath.Join(disk, "app.db")
	t.Cleanup(func() { tracker.Verify(t, databaseURL) })
	s := tracker.Start(t, databaseURL)
	other := program.NewUser(t, s.URL)
	filler := filepath.Join(disk, "filler")
	outage{
		server: s,
		begin: func() {
			fill(t, filler)
			useUp(t, other)
		},
		end: func() {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		},
		refusals:   3 * pressers,
		isReadable: true,
	}.outlast(t)
}

// smallDisk mounts a file system of a size such as "16m", and returns its folder. Without leave to
// do so it skips the test.
func smallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=0755,size="+size)
	if errors.Is(err, syscall.EPERM) {
		fmt.Fprintf(os.Stderr, "tests of a full disk SKIPPED: only root may mount one\n") // a skip alone is not seen
		t.Skip("tests of a full disk SKIPPED: only root may mount one")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fill writes a file until there is no room for one more byte.
func fill(t *testing.T, path string) {
	t.Helper()
	filler, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = filler.Close() }() // it cannot be written, on purpose
	if _, err := io.Copy(filler, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v, want %v", err, syscall.ENOSPC)
	}
}

// zeros is endless.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// useUp presses until the room that the database still had is used up.
func useUp(t *testing.T, one *program.Client) {
	t.Helper()
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) error {
		_, reply, err := one.TryPress(ctx, map[string]any{"type": "NEXT"})
		if err == nil {
			err = excusable(reply)
		}
		if err != nil {
			t.Fatal(err)
		}
		if reply.Status == 200 {
			return errors.New("there is room for presses")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
