package httpx

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corsHeaders returns the headers by which a browser decides who may read an answer.
func corsHeaders(w *httptest.ResponseRecorder) map[string]string {
	found := map[string]string{}
	for _, name := range []string{"Origin", "Credentials", "Expose-Headers", "Methods", "Headers", "Max-Age"} {
		if value := w.Header().Get("Access-Control-Allow-" + name); value != "" {
			found["Allow-"+name] = value
		}
		if value := w.Header().Get("Access-Control-" + name); value != "" {
			found[name] = value
		}
	}
	return found
}

// Only pages of listed origins may read answers with credentials, matched exactly, and
// only on the widget's surface.
func TestGuardReaders(t *testing.T) {
	readable := map[string]string{
		"Allow-Origin": allowedOrigin, "Allow-Credentials": "true", "Expose-Headers": "Retry-After",
	}
	for _, sender := range senders {
		t.Run(sender.name, func(t *testing.T) {
			header := map[string]string{"Origin": sender.origin, "Sec-Fetch-Site": sender.site}
			want := map[string]string{}
			if sender.origin == allowedOrigin {
				want = readable
			}
			w := guarded(t, "GET", widgetPath, header)
			if diff := cmp.Diff(want, corsHeaders(w)); diff != "" {
				t.Errorf("on the widget's surface (-want +got):\n%s", diff)
			}
			if got := w.Header().Get("Vary"); got != "Origin" {
				t.Errorf("Vary %q: a cache would give one origin's answer to another", got)
			}
			if got := corsHeaders(guarded(t, "GET", ownPath, header)); len(got) != 0 {
				t.Errorf("elsewhere: %v", got)
			}
		})
	}
}

func TestGuardPreflight(t *testing.T) {
	granted := map[string]string{
		"Allow-Origin": allowedOrigin, "Allow-Credentials": "true", "Expose-Headers": "Retry-After",
		"Allow-Methods": "GET, HEAD, PATCH", "Allow-Headers": "authorization, content-type, x-csrf-token", "Max-Age": "600",
	}
	tests := []struct {
		name, origin, path string
		want               map[string]string
	}{
		{"allowed", allowedOrigin, widgetPath, granted},
		{"allowed, not the widget's surface", allowedOrigin, ownPath, map[string]string{}},
		{"foreign", "https://evil.example", widgetPath, map[string]string{}},
		{"our own", "https://" + ownHost, widgetPath, map[string]string{}},
		{"null", "null", widgetPath, map[string]string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := guarded(t, "OPTIONS", test.path, map[string]string{
				"Origin": test.origin, "Access-Control-Request-Method": "POST",
				"Access-Control-Request-Headers": "authorization",
			})
			if diff := cmp.Diff(test.want, corsHeaders(w)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if answered := w.Code == http.StatusNoContent; answered != (len(test.want) > 0) {
				t.Errorf("answered %d", w.Code)
			}
		})
	}
	t.Run("OPTIONS that is no preflight", func(t *testing.T) {
		if w := guarded(t, "OPTIONS", widgetPath, map[string]string{"Origin": allowedOrigin}); w.Code != http.StatusOK {
			t.Errorf("answered %d, want what the handler says", w.Code)
		}
	})
}
