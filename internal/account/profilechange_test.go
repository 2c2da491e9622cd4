package account_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestProfileChange(t *testing.T) {
	t.Parallel()
	before := account.User{
		ID: 7, Email: "ann@example.com", FirstName: "Ann", LastName: "Lee",
		Timezone: "UTC", WeekStart: time.Monday, Role: account.RoleAdmin, Active: true,
		WeekZone: "America/Los_Angeles",
	}
	h := newHouse(t)
	for i, c := range []struct {
		name   string
		change account.ProfileChange
		want   func(*account.User)
		err    fault.FieldErrors
	}{
		{"nothing", account.ProfileChange{}, func(*account.User) {}, nil},
		{
			"everything",
			account.ProfileChange{
				FirstName: new(" Anna "), LastName: new(""), Timezone: new("Europe/Berlin"),
				TargetMicros: new(4 * timeline.Minute), WeekStart: new(time.Sunday),
				WeekZone: new(""), WantsReportEmails: new(true),
			},
			func(u *account.User) {
				u.FirstName, u.LastName, u.Timezone = "Anna", "", "Europe/Berlin"
				u.TargetMicros, u.WeekStart = 4*timeline.Minute, time.Sunday
				u.WeekZone, u.WantsReportEmails = "", true
			},
			nil,
		},
		{
			"one bad field spoils all",
			account.ProfileChange{FirstName: new("Anna"), Timezone: new("Mars/Base")},
			func(*account.User) {},
			fault.FieldErrors{{Field: "timezone", Problem: "is not a known IANA time zone"}},
		},
		{
			"every bad field is named",
			account.ProfileChange{
				FirstName: new("A\n\nB"), LastName: new(strings.Repeat("a", 101)), Timezone: new("Local"),
				TargetMicros: new(timeline.Micros(1)), WeekStart: new(time.Weekday(7)),
				WeekZone: new("x"),
			},
			func(*account.User) {},
			fault.FieldErrors{
				{Field: "first_name", Problem: "must not contain control characters"},
				{Field: "last_name", Problem: "is longer than 100 characters"},
				{Field: "timezone", Problem: "is not a known IANA time zone"},
				{Field: "target_minutes", Problem: "must be from 0.1 to 1440 minutes"},
				{Field: "week_start", Problem: "is not a day of the week"},
				{Field: "reporting_timezone", Problem: "is not a known IANA time zone"},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := before
			want.ID, want.Email = int64(i+1), fmt.Sprintf("ann%d@example.com", i)
			if err := h.store.CreateUser(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			c.want(&want)
			got, err := h.UpdateProfile(t.Context(), want.ID, c.change)
			stored, readErr := h.User(t.Context(), want.ID)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if diff := cmp.Diff(want, stored); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
			if c.err == nil {
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					t.Errorf("returned (-want +got):\n%s\nand %v, want no error", diff, err)
				}
				return
			}
			var errs fault.FieldErrors
			if !errors.As(err, &errs) || !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("got %v, want fault.FieldErrors", err)
			}
			if diff := cmp.Diff(c.err, errs); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// Changes of different fields all stay, however many are made at the same moment.
func TestProfileChangesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	replica := h.replica(t)
	want := h.user
	for round := range 50 {
		want.FirstName, want.LastName = fmt.Sprint("First ", round), fmt.Sprint("Last ", round)
		want.TargetMicros, want.WeekStart = timeline.Minute*timeline.Micros(round+1), time.Weekday(round%7)
		want.WantsReportEmails = round%2 == 0
		var group sync.WaitGroup
		for i, change := range []account.ProfileChange{
			{FirstName: &want.FirstName},
			{LastName: &want.LastName},
			{TargetMicros: &want.TargetMicros},
			{WeekStart: &want.WeekStart},
			{WantsReportEmails: &want.WantsReportEmails},
		} {
			service := []*account.Service{h.Service, replica}[i%2]
			group.Go(func() {
				if _, err := service.UpdateProfile(context.Background(), want.ID, change); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		got, err := h.User(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s", round, diff)
		}
	}
}
