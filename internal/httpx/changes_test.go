package httpx

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A change without a token of its own must say that it is JSON, whether it has a body or not.
// A read need not, and neither need a change with a token.
func TestJSONChanges(t *testing.T) {
	tests := []struct {
		name  string
		types []string
		token string // the Authorization header
		taken bool
	}{
		{"JSON", []string{"application/json"}, "", true},
		{"JSON with a parameter", []string{"Application/JSON; charset=utf-8"}, "", true},
		{"no type", nil, "", false},
		{"an empty type", []string{""}, "", false},
		{"a form", []string{"application/x-www-form-urlencoded"}, "", false},
		{"a form of parts", []string{"multipart/form-data; boundary=x"}, "", false},
		{"text", []string{"text/plain;charset=UTF-8"}, "", false},
		{"text, with JSON as a parameter", []string{"text/plain; application/json"}, "", false},
		{"two types", []string{"application/json", "application/json"}, "", false},
		{"a token", nil, "Bearer x", true},
		{"a token, and text", []string{"text/plain"}, "Bearer x", true}, // ReadJSON refuses it where there is a body
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		for _, body := range []string{"", "{}"} {
			for _, test := range tests {
				t.Run(method+" "+body+" "+test.name, func(t *testing.T) {
					mux, reached := JSONChanges(NewRouter()), false
					mux.HandleFunc(method+" /x", func(http.ResponseWriter, *http.Request) { reached = true })
					r := httptest.NewRequest(method, "/x", strings.NewReader(body))
					r.Header["Content-Type"] = test.types
					r.AddCookie(&http.Cookie{Name: TokenCookie, Value: "secret"})
					if test.token != "" {
						r.Header.Set("Authorization", test.token)
					}
					w := httptest.NewRecorder()
					mux.ServeHTTP(w, r)
					want := test.taken || method == "GET" || method == "HEAD"
					if reached != want {
						t.Errorf("reached: %t, want %t", reached, want)
					}
					if !want && problemIn(t, w).Status != http.StatusUnsupportedMediaType {
						t.Errorf("answered %d %s", w.Code, w.Body)
					}
				})
			}
		}
	}
}
