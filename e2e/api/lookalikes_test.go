package api

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// iris are spellings of one address. The first one is its key.
var iris = []string{
	"iris.strasse@mail.bücher.example", "IRIS.STRASSE@MAIL.BÜCHER.EXAMPLE", "ırıs.straße@mail.bücher.example", "İRİS.strasse@mail.xn--bcher-kva.example",
	"i\u0307ris.strasse@mai\u0307l.bu\u0308cher.example", "ｉｒｉｓ．ｓｔｒａｓｓｅ@ｍａｉｌ．bücher。example",
}

// Nobody registers another spelling of an address that is taken, and its owner logs in with
// any of them. The answers are those for the address itself.
func TestAddressesThatLookTheSame(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL, behindProxy)
		for i, registered := range iris[:3] { // plain, in capitals, with letters that fold
			owner := program.NewClient(t, s.URL)
			owner.Email = registered
			registers(t, owner, http.StatusOK)
			refusal := registers(t, owner, http.StatusConflict)
			for j, spelling := range iris {
				other := program.NewClient(t, s.URL)
				other.Email = spelling
				if got := registers(t, other, http.StatusConflict); string(got.Body) != string(refusal.Body) {
					t.Errorf("%s is refused with %s, and %s with %s", registered, refusal.Body, spelling, got.Body)
				}
				got, err := other.TryLogin(t.Context(), other.CSRFToken(t), program.Password, fmt.Sprintf("192.0.2.%d", 10*i+j))
				if err != nil || got.Status != http.StatusOK {
					t.Errorf("login of %s as %s: %v %v", registered, spelling, got, err)
				}
			}
			another := iris[i+3]
			if printed, err := tracker.Command(t, databaseURL, "user", "create", another).CombinedOutput(); err == nil {
				t.Errorf("user create %s: %s", another, printed)
			}
			tracker.Run(t, databaseURL, "user", "delete", another, "--yes")
		}
	})
}

// registers tries to register a client's address.
func registers(t *testing.T, c *program.Client, want int) program.Reply {
	t.Helper()
	headers := http.Header{"X-Csrf-Token": {c.CSRFToken(t)}, "Content-Type": {"application/json"}}
	got, err := c.Send(t.Context(), http.MethodPost, "/auth/register", program.Encode(t, map[string]string{"email": c.Email, "password": program.Password}), headers)
	if err != nil || got.Status != want {
		t.Errorf("register %s: %v %v, want %d", c.Email, got, err, want)
	}
	return got
}

// Users whom an earlier version has stored get their keys at the next start. Two of them
// whose addresses look the same both go on logging in, each with the own address, and the
// log says once who the second one is.
func TestUsersOfAnEarlierVersionGetKeys(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		clients := make([]*program.Client, 3)
		for i := range clients {
			clients[i] = program.NewUser(t, s.URL)
		}
		s.Stop(t)
		db := openDatabase(t, databaseURL)
		for i, email := range []string{iris[0], iris[2], "zoe\u0308@example.com"} { // the third one is alone
			if _, err := db.ExecContext(t.Context(), "UPDATE users SET email = $1, email_key = '' WHERE email = $2", email, clients[i].Email); err != nil {
				t.Fatal(err)
			}
			clients[i].Email = email
		}
		const without = "SELECT id FROM users WHERE email_key = ''"
		s = tracker.Start(t, databaseURL)
		if err := program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) error { return oneLeft(ctx, db, without) }); err != nil {
			t.Fatal(err)
		}
		twin := rowsOf(t, db, without)[0]
		for _, c := range clients {
			c.At(t, s.URL).Login(t)
		}
		third := program.NewClient(t, s.URL)
		third.Email = "ZO\u00cb@example.com"
		third.Login(t)
		third.Email = iris[1]
		registers(t, third, http.StatusConflict)
		s.Stop(t)
		if log := s.Output.String(); strings.Count(log, "looks like") != 1 || !strings.Contains(log, twin) || strings.Contains(log, "bücher") {
			t.Errorf("of user %s the log says: %s", twin, s.Output.Tail())
		}
	})
}

func oneLeft(ctx context.Context, db *sql.DB, query string) error {
	var left int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM ("+query+") AS q").Scan(&left)
	if err == nil && left != 1 {
		err = fmt.Errorf("%d users have no key", left)
	}
	return err
}
