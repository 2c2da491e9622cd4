package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

type demoCommand struct {
	Listen   string `env:"LISTEN" default:"127.0.0.1:8000" help:"Address to listen on; port 0 takes a free one."`
	Timezone string `default:"America/New_York" help:"Time zone of the made-up user."`
}

// demoSeed makes every demo alike, but for the dates.
const demoSeed = 20240217

// Run makes the database in a temporary folder, fills it, serves it, and removes
// it again.
func (c *demoCommand) Run(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "raterhub-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	all, err := c.config(folder)
	if err != nil {
		return err
	}
	settings, err := checked(all)
	if err != nil {
		return err
	}
	registration := account.Registration{
		Email: "demo@example.org", Password: "Tour-" + rand.Text()[:12] + "-7a",
		FirstName: "Dana", LastName: "Demo",
	}
	err = withServer(ctx, settings, slog.New(slog.DiscardHandler), func(s *server.Server) error {
		return fillDemo(ctx, s, registration, c.Timezone, time.Now())
	})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return withServer(ctx, settings, server.NewLog(os.Stderr, settings.Debug), func(s *server.Server) error {
		return s.Serve(ctx, func(url string) {
			fmt.Printf("RaterHub Tracker demo, with three weeks of sessions up to now\n\n"+
				"  address   %s\n  e-mail    %s\n  password  %s\n\n"+
				"Everything is gone when you stop it with Ctrl+C.\nlistening on %s\n",
				url, registration.Email, registration.Password, url)
		})
	})
}

// config is the default one but for the database, a key of its own, and no limits.
func (c *demoCommand) config(folder string) (config.Config, error) {
	all, err := config.Default()
	if err != nil {
		return config.Config{}, err
	}
	all.SecretKey = rand.Text() + rand.Text()
	all.DatabaseURL = "sqlite:///" + filepath.Join(folder, "demo.db")
	all.Listen = c.Listen
	all.RateLimitLogin, all.RateLimitRegister, all.RateLimitEvents = "off", "off", "off"
	return all, nil
}

// fillDemo registers the user and records their weeks by the way that a widget's
// presses take.
func fillDemo(ctx context.Context, s *server.Server, r account.Registration, zoneName string, now time.Time) error {
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return fmt.Errorf("time zone: %w", err)
	}
	login, err := s.Accounts.Register(ctx, r)
	if err != nil {
		return err
	}
	user, err := s.Accounts.UpdateProfile(ctx, login.User.ID, account.ProfileChange{Timezone: &zoneName})
	if err != nil {
		return err
	}
	rater := s.Rater(user)
	return s.Record(ctx, func(ctx context.Context, recorder *tracker.Tracker) error {
		for _, session := range demoSessions(now.In(zone)) {
			outcomes, err := recorder.Record(ctx, rater, session, 0)
			if err != nil {
				return err
			}
			for _, o := range outcomes {
				if o.Err != nil {
					return o.Err
				}
			}
		}
		return nil
	})
}

// demoSessions are the presses of three weeks up to now, by session: weekdays,
// one to three runs a day, some pauses, a slip now and then; the last one runs.
func demoSessions(now time.Time) [][]tracker.Press {
	random := mathrand.New(mathrand.NewPCG(demoSeed, 1)) //nolint:gosec // made-up data, the same at every start
	var sessions [][]tracker.Press
	for daysAgo := 21; daysAgo >= 1; daysAgo-- {
		day := now.AddDate(0, 0, -daysAgo)
		if day.Weekday() == time.Sunday || day.Weekday() == time.Saturday && random.IntN(3) > 0 {
			continue
		}
		at := time.Date(day.Year(), day.Month(), day.Day(), 8+random.IntN(2), random.IntN(60), random.IntN(60), 0, now.Location())
		for range 1 + random.IntN(3) {
			session, end := demoSession(random, at, 6+random.IntN(16))
			sessions = append(sessions, append(session, press(timeline.Exit, end)))
			at = end.Add(time.Duration(30+random.IntN(90)) * time.Minute)
		}
	}
	running, _ := demoSession(random, now.Add(-40*time.Minute), 60)
	cut := len(running)
	for cut > 0 && running[cut-1].At > timeline.InstantOf(now.Add(-2*time.Minute)) {
		cut--
	}
	return append(sessions, running[:cut])
}

// demoSession is a run of questions without its end, and when it ends.
func demoSession(random *mathrand.Rand, at time.Time, questions int) ([]tracker.Press, time.Time) {
	estimates := []float64{3, 4, 5.5, 7, 9}
	var presses []tracker.Press
	for range questions {
		estimate := estimates[random.IntN(len(estimates))]
		next := press(timeline.Next, at)
		next.Task = timeline.Task{
			AETLow: timeline.Micros((estimate - 1) * float64(timeline.Minute)), AETHigh: timeline.Micros(estimate * float64(timeline.Minute)),
			AETText: fmt.Sprintf("%g - %g minutes", estimate-1, estimate),
		}
		presses = append(presses, next)
		took := time.Duration(estimate * (0.55 + 0.6*random.Float64()) * float64(time.Minute))
		if random.IntN(9) == 0 { // stepped away
			pause := at.Add(took / 2)
			resume := pause.Add(time.Duration(1+random.IntN(12)) * time.Minute)
			presses = append(presses, press(timeline.Pause, pause), press(timeline.Pause, resume))
			took += resume.Sub(pause)
		}
		at = at.Add(took)
		if random.IntN(40) == 0 { // pressed too early
			presses = append(presses, press(timeline.Next, at.Add(-20*time.Second)), press(timeline.Undo, at.Add(-15*time.Second)))
		}
	}
	return presses, at
}

func press(t timeline.Type, at time.Time) tracker.Press {
	return tracker.Press{Type: t, At: timeline.InstantOf(at)}
}
