package httpx

import (
	"maps"
	"net/http"
	"strings"
)

// policy is the Content-Security-Policy of an answer that is no page. A page
// replaces it by its own.
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// permissions says which features of a browser a page, and what it embeds, may
// use: none that can watch a person, and passkeys on this site alone.
func permissions() string {
	denied := []string{
		"accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection",
		"magnetometer", "microphone", "midi", "payment", "serial", "usb",
	}
	return strings.Join(denied, "=(), ") + "=(), publickey-credentials-create=(self), publickey-credentials-get=(self)"
}

// Headers sets what every answer carries: nothing is guessed, framed, leaked to
// another site, or kept by a cache (OWASP ASVS 5.0, chapter 3.4).
func Headers(secure bool) func(http.Handler) http.Handler {
	fixed := http.Header{
		"X-Content-Type-Options":  {"nosniff"},
		"Content-Security-Policy": {policy},
		"X-Frame-Options":         {"DENY"}, // for what does not know frame-ancestors
		// Not no-referrer: under it browsers send "Origin: null" with a form of our own
		// pages, and such a form is refused.
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
			maps.Copy(w.Header(), fixed) // what a handler sets replaces the value, and leaves the list
			next.ServeHTTP(w, r)
		})
	}
}
