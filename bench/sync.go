package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

const (
	pageSize = 4096
	// logPages is the length of the file. Like SQLite's log it is overwritten from the start
	// after 1000 pages.
	logPages = 1000
)

// measureSync measures how many durable commits per second one writer gets from the disk of
// dir: it writes a page, calls fsync, and repeats. Group commit cannot commit more often than
// that; it can only commit more at a time.
func measureSync(ctx context.Context, dir string, length time.Duration) (samples, error) {
	s, err := syncPages(ctx, dir, length)
	if err != nil {
		return samples{}, fmt.Errorf("measuring write and fsync: %w", err)
	}
	return s, nil
}

func syncPages(ctx context.Context, dir string, length time.Duration) (s samples, err error) {
	file, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return samples{}, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	// The file gets its full length first, because growing a file makes its sync slower.
	if _, err := file.Write(make([]byte, logPages*pageSize)); err != nil {
		return samples{}, err
	}
	page := make([]byte, pageSize)
	w := newWindow(time.Now(), warmUp, length)
	for n := int64(0); ; n++ {
		began := time.Now()
		if !began.Before(w.end) || ctx.Err() != nil {
			return s, ctx.Err()
		}
		page[0]++ // no two writes are alike
		if _, err := file.WriteAt(page, n%logPages*pageSize); err != nil {
			return samples{}, err
		}
		if err := file.Sync(); err != nil {
			return samples{}, err
		}
		s.success(w, began, time.Now())
	}
}
