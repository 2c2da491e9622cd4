package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// leaver is a user whose number is nowhere else in a dump.
var leaver = account.User{
	ID: 7_654_321_234_567, Email: "leaver@example.com", EmailKey: "leaver@key.example", PasswordHash: "leaver's hash", Active: true, Role: account.RoleUser,
	FirstName: "leaver's first", LastName: "leaver's last", Timezone: "UTC", PasswordChangedAt: 1,
}

const addressOfLeaver = "leaver's address"

// A table with a column user_id that is missing in userTables would keep rows of deleted
// users.
func TestEveryTableOfUsersIsDeleted(t *testing.T) {
	t.Parallel()
	for name, columns := range map[string]map[string]columnKind{"SQLite": sqliteColumns(t), "PostgreSQL": postgresColumns(t)} {
		found := map[string]bool{}
		for column := range columns {
			if table, ok := strings.CutSuffix(column, ".user_id"); ok {
				found[table] = true
			}
		}
		for table := range found {
			if !slices.Contains(userTables(), table) {
				t.Errorf("%s: %s has a column user_id: name it in userTables", name, table)
			}
		}
		if len(found) != len(userTables()) {
			t.Errorf("%s: %d tables have a column user_id, and userTables names %d", name, len(found), len(userTables()))
		}
	}
}

// deleteUser deletes a user as account does, and returns how many steps it took.
func deleteUser(ctx context.Context, s *Store, id int64) (steps int, err error) {
	if err := s.BeginDeletion(ctx, id, id, 5); err != nil {
		return 0, err
	}
	for more := true; more; steps++ {
		if more, err = s.DeleteSome(ctx, id); err != nil {
			return steps, err
		}
	}
	return steps, s.EndDeletion(ctx, account.Deletion{UserID: id, ActorID: id},
		account.SecurityEvent{ID: "the last", At: 9, Kind: account.AccountDeleted, UserID: id, ActorID: id})
}

// A deleted user leaves nothing in any table, except the event of the deletion and the
// user's ID in events of others that the user caused. Other users keep everything.
func TestDeletionLeavesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		other := leaver
		other.ID, other.Email, other.EmailKey = 1_111_111_222_222, "other@example.com", "other@example.com"
		fillTables(t, s, leaver)
		if err := s.CreateUser(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		byLeaver := account.SecurityEvent{ID: "of another", At: 4, UserID: other.ID, ActorID: leaver.ID, Kind: account.LookedAt, Address: addressOfLeaver}
		if err := s.AddSecurityEvent(t.Context(), byLeaver); err != nil {
			t.Fatal(err)
		}
		steps, err := deleteUser(t.Context(), s, leaver.ID)
		if err != nil {
			t.Fatal(err)
		}
		if steps < 5 {
			t.Errorf("%d steps: too much at once", steps)
		}
		left := traces(t, s, fmt.Sprint(leaver.ID), leaver.Email, leaver.EmailKey, leaver.FirstName, leaver.PasswordHash, addressOfLeaver)
		slices.Sort(left)
		want := []string{
			fmt.Sprintf("security_log: %d 4 of another %d looked at by an admin  ", other.ID, leaver.ID),
			fmt.Sprintf("security_log: %d 9 the last %d account deleted  ", leaver.ID, leaver.ID),
		}
		for i := range want {
			want[i] = strings.TrimRight(want[i], " ")
		}
		for i := range left {
			left[i] = strings.TrimRight(left[i], " ")
		}
		// The other user has the leaver's names, so one row of theirs is found too.
		left = slices.DeleteFunc(left, func(row string) bool { return strings.HasPrefix(row, fmt.Sprintf("users: %d ", other.ID)) })
		if !slices.Equal(left, want) {
			t.Errorf("left: %q, want %q", left, want)
		}
		if u, err := s.UserByID(t.Context(), other.ID); err != nil || u != other {
			t.Errorf("the other: %+v, %v", u, err)
		}
	})
}

// As soon as a deletion has begun, nobody finds the user, and the address is free.
func TestBegunDeletionHides(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		fillTables(t, s, leaver)
		if err := s.BeginDeletion(t.Context(), leaver.ID, 3, 5); err != nil {
			t.Fatal(err)
		}
		_, byID := s.UserByID(t.Context(), leaver.ID)
		_, byEmail := s.UserByEmail(t.Context(), leaver.Email, leaver.EmailKey)
		_, byIdentity := s.UserOfIdentity(t.Context(), "issuer", "subject")
		_, byProfile := s.UpdateProfile(t.Context(), leaver.ID, account.ProfileChange{FirstName: new("Grace")})
		for what, err := range map[string]error{
			"by ID": byID, "by e-mail": byEmail, "by identity": byIdentity,
			"role":         s.UpdateRole(t.Context(), leaver.ID, account.RoleAdmin),
			"active":       s.UpdateActive(t.Context(), leaver.ID, true),
			"profile":      byProfile,
			"again":        s.BeginDeletion(t.Context(), leaver.ID, 3, 5),
			"a login":      s.RecordLogin(t.Context(), account.Token{TokenRef: account.TokenRef{UserID: leaver.ID, ID: "late"}}, 2, 3),
			"a connection": s.AddIdentity(t.Context(), leaver.ID, 2, account.Identity{Issuer: "i", Subject: "s"}),
		} {
			if !errors.Is(err, account.ErrUnknownUser) {
				t.Errorf("%s: %v, want ErrUnknownUser", what, err)
			}
		}
		if n, err := s.CountUsers(t.Context(), account.UserQuery{}); n != 0 || err != nil {
			t.Errorf("%d users are listed, %v", n, err)
		}
		deletions, err := s.Deletions(t.Context())
		if err != nil || !slices.Equal(deletions, []account.Deletion{{UserID: leaver.ID, ActorID: 3}}) {
			t.Errorf("under way: %v, %v", deletions, err)
		}
		again := leaver
		again.ID = 5
		if err := s.CreateUser(t.Context(), again); err != nil {
			t.Errorf("the address is not free: %v", err)
		}
	})
}

// A user presses from many sides while the account is deleted: no press leaves a row
// behind, and the presses of another user in the same groups are recorded.
func TestPressesDuringADeletion(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		bystander := account.User{ID: 2, Email: "b@example.com", Active: true, Role: account.RoleUser, Timezone: "UTC"}
		if err := s.CreateUser(t.Context(), bystander); err != nil {
			t.Fatal(err)
		}
		recorder := tracker.New(tracker.Options{Store: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		recording, stop := context.WithCancel(context.WithoutCancel(t.Context()))
		var running sync.WaitGroup
		running.Go(func() { _ = recorder.Run(recording) })
		defer running.Wait()
		defer stop()
		for round := range int64(5) {
			pressedWhileDeleted(t, s, recorder, leaver.ID+round, bystander)
		}
	})
}

func pressedWhileDeleted(t *testing.T, s *Store, recorder *tracker.Tracker, id int64, bystander account.User) {
	t.Helper()
	u := leaver
	u.ID = id
	if err := s.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	var pressed atomic.Int64
	var pressing sync.WaitGroup
	begun := make(chan struct{})
	for racer := range 8 {
		pressing.Go(func() {
			for i := 0; !over.Load() || i == 0; i++ {
				// Some ids are sent again, and sessions end and begin.
				press := tracker.Press{Type: []timeline.Type{timeline.Next, timeline.Pause, timeline.Exit}[i%3]}
				if i%2 == 0 {
					press.ID = fmt.Sprintf("00000000-0000-4000-8000-%08d%04d", racer, i/4)
				}
				_, _ = recorder.Record(t.Context(), tracker.Rater{ID: id, Zone: "UTC", Target: 1}, []tracker.Press{press}, 0)
				if pressed.Add(1) == 40 {
					close(begun)
				}
			}
		})
	}
	<-begun
	_, err := deleteUser(t.Context(), s, id)
	outcome, recordErr := recorder.Record(t.Context(), tracker.Rater{ID: bystander.ID, Zone: "UTC", Target: 1}, []tracker.Press{{Type: timeline.Next}}, 0)
	over.Store(true)
	pressing.Wait()
	if err != nil {
		t.Fatalf("the deletion: %v", err)
	}
	if recordErr != nil || outcome[0].Err != nil {
		t.Errorf("the bystander's press: %v, %+v", recordErr, outcome)
	}
	left := traces(t, s, fmt.Sprint(id))
	if len(left) != 1 || !strings.Contains(left[0], string(account.AccountDeleted)) {
		t.Errorf("left: %q", left)
	}
}

// If two admins take the role from each other at once, one of them stays an admin.
func TestLastAdmin(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"SQLite": freshFile(t), "PostgreSQL": postgres.Database(t)} {
		t.Run(name, func(t *testing.T) { storetest.LastAdmin(t, open(t, url), open(t, url)) })
	}
}

// Of several links that would each make the first admin, one does, also on two replicas.
func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"SQLite": freshFile(t), "PostgreSQL": postgres.Database(t)} {
		t.Run(name, func(t *testing.T) { storetest.FirstAdmin(t, open(t, url), open(t, url)) })
	}
}
