package account

import (
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

// KnownBrowserLifetime is how long a browser stays known after a login.
const KnownBrowserLifetime = 365 * 24 * time.Hour

// knownBrowsers marks the browsers that have logged in to an account, by a stamp in a
// cookie. A stamp opens nothing: the browsers that have one only share a count of
// failed logins of their own (OWASP's device cookies). It ends with the password.
type knownBrowsers struct{ stamps *token.Stamps }

func newKnownBrowsers(keys *token.Keys, now func() time.Time) *knownBrowsers {
	return &knownBrowsers{token.NewBrowserStamps(keys, KnownBrowserLifetime, now)}
}

func (b *knownBrowsers) stamp(u User) string { return b.stamps.Issue(stampContext(u)) }

// has reports whether stamp was given to a browser for this user and their present
// password. The zero User has no known browser.
func (b *knownBrowsers) has(stamp string, u User) bool {
	return u.ID != 0 && b.stamps.Verify(stamp, stampContext(u)) == nil
}

func stampContext(u User) string { return fmt.Sprintf("%d %s", u.PasswordChangedAt, u.Email) }
