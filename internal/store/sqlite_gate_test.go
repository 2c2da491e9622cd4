package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A login that a group has asked for is kept in memory, until anybody changes the file in a
// way that may have ended it: this process, or another one, such as a command.
func TestSQLiteLoginsInMemory(t *testing.T) {
	t.Parallel()
	file := freshFile(t)
	server, command := open(t, file), open(t, file)
	user := ann
	user.Active, user.TargetMicros = true, 5*timeline.Minute
	if err := server.CreateUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	logIn := func(s *Store, id string) tracker.Login {
		t.Helper()
		token := account.Token{TokenRef: account.TokenRef{UserID: user.ID, ID: id}, ExpiresAt: 1}
		if err := s.RecordLogin(t.Context(), token, user.PasswordChangedAt, 1); err != nil {
			t.Fatal(err)
		}
		return tracker.Login{UserID: user.ID, Token: id}
	}
	one, two := logIn(server, "one"), logIn(server, "two")
	kept := &server.database.(*sqliteDB).logins
	requireTarget := func(what string, want ...timeline.Micros) {
		t.Helper()
		var got []timeline.Micros
		err := server.InTx(t.Context(), func(tx tracker.Tx) error {
			loaded, err := tx.Load(t.Context(), tracker.Need{Logins: []tracker.Login{one, two}})
			for _, l := range loaded.Logins {
				got = append(got, l.Target)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: targets (-want +got):\n%s", what, diff)
		}
	}
	// forge marks what is in memory, so that it shows when it is used.
	forge := func() {
		for login := range kept.kept {
			kept.kept[login] = tracker.StoredLogin{Login: login, Target: 1}
		}
	}
	requireTarget("at first", user.TargetMicros, user.TargetMicros)
	forge()
	requireTarget("from memory", 1, 1)
	logIn(command, "three")
	requireTarget("after a login", 1, 1)
	if err := command.UpdateRole(t.Context(), user.ID, account.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	requireTarget("after a change that ends no login", 1, 1)

	if err := command.DeleteToken(t.Context(), account.TokenRef{UserID: user.ID, ID: "one"}); err != nil {
		t.Fatal(err)
	}
	requireTarget("after a logout by another process", user.TargetMicros)
	forge()
	longer := 9 * timeline.Minute
	if _, err := server.UpdateProfile(t.Context(), user.ID, account.ProfileChange{TargetMicros: &longer}); err != nil {
		t.Fatal(err)
	}
	requireTarget("after a change by this process", longer)
	// As it is written by hand, or by a later version: no token is deleted.
	if _, err := command.database.(*sqliteDB).writer.ExecContext(t.Context(), "UPDATE users SET is_active = 0"); err != nil {
		t.Fatal(err)
	}
	requireTarget("after the user was disabled")
}
