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
	// logPages is the length of the file that is written round and round, like
	// SQLite's log, which starts over after 1000 pages.
	logPages = 1000
)

// measureSync measures how many durable commits a second the disk of dir gives to
// one writer: write a page, fsync, and again. Group commit cannot commit more
// often, only more at once.
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
	// The file gets its full length first: growing one costs a sync more.
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
		page[0]++ // a page that differs each time
		if _, err := file.WriteAt(page, n%logPages*pageSize); err != nil {
			return samples{}, err
		}
		if err := file.Sync(); err != nil {
			return samples{}, err
		}
		s.success(w, began, time.Now())
	}
}
