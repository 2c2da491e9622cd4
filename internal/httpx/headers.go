package httpx

import (
	"maps"
	"net/http"
	"strings"
)

// policy is the Content-Security-Policy of an answer that is not a page. Pages replace it
// by their own.
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// permissions says which features of a browser a page and what it embeds may use: none
// that can observe a person, and passkeys on this site only.
func permissions() string {
	denied := []string{
		"accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection",
		"magnetometer", "microphone", "midi", "payment", "serial", "usb",
	}
	return strings.Join(denied, "=(), ") + "=(), publickey-credentials-create=(self), publickey-credentials-get=(self)"
}

// Headers sets the headers of every answer: browsers must not guess its type, frame it,
// reveal its address to another site, or cache it (OWASP ASVS 5.0, chapter 3.4).
func Headers(secure bool) func(http.Handler) http.Handler {
	fixed := http.Header{
		"X-Content-Type-Options":  {"nosniff"},
		"Content-Security-Policy": {policy},
		"X-Frame-Options":         {"DENY"}, // for browsers that do not know frame-ancestors
		// Not no-referrer: with that, browsers send "Origin: null" with the forms of our
		// own pages, and those would be refused.
		"Referrer-Policy":              {"same-origin"},
		"Permissions-Policy":           {permissions()},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Cache-Control":                {"no-store"},
	}
	if secure {
		fixed["Strict-Transport-Security"] = []string{"max-age=31536000; includeSubDomains"} // a year
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), fixed) // a handler that sets a header replaces the value here, and does not change fixed
			next.ServeHTTP(w, r)
		})
	}
}
