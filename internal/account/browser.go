package account

import (
	"fmt"
	"time"
)

// DeviceLifetime is how long a browser stays known after a login.
const DeviceLifetime = 365 * 24 * time.Hour

// devices issues and checks the tokens that mark a browser as one from which an
// account was logged in to before. Such a token opens nothing: the browsers that have
// one only share a count of failures of their own (OWASP's device cookies). It ends
// with the password. A connected widget is something else: Device.
type devices struct{ stamps stamps }

func newDevices(keys *Keys, now func() time.Time) *devices {
	return &devices{stamps{keys: keys.device, lifetime: DeviceLifetime, now: now}}
}

func (d *devices) issue(u User) string { return d.stamps.issue(deviceContext(u)) }

// verify reports whether a browser was given token for this user and their present
// password. Of nobody there is no such token.
func (d *devices) verify(token string, u User) bool {
	return u.ID != 0 && d.stamps.verify(token, deviceContext(u)) == nil
}

func deviceContext(u User) string { return fmt.Sprintf("%d %s", u.PasswordChangedAt, u.Email) }
