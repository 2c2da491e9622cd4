package security

import (
	"net/http"
	"net/url"
)

// doneParameter is the query parameter that tells a page what was just done. A value only
// names one of our texts, so an address cannot put words on a page.
const doneParameter = "done"

// doneWords returns what the page of a request says about what was just done, or "".
func doneWords(r *http.Request) string {
	return map[string]string{
		"app-on":              "The authenticator app is on.",
		"app-off":             "The authenticator app is off.",
		"passkey-added":       "The passkey is added.",
		"passkey-removed":     "The passkey is removed.",
		"disconnected":        "The identity provider is disconnected.",
		"login-ended":         "The login is ended.",
		"logged-out":          "All other logins have ended, and all widgets are disconnected.",
		"device-disconnected": "The widget is disconnected.",
	}[r.URL.Query().Get(doneParameter)]
}

// sayingDone returns the address of a page, by its path, which says what was done.
func sayingDone(path, done string) string {
	return path + "?" + url.Values{doneParameter: {done}}.Encode()
}
