package httpx

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// A body that cannot be right is refused before anything is done with it.
func TestReadJSON(t *testing.T) {
	const limit = 100
	full, over := strings.Repeat("x", limit), strings.Repeat("x", limit+1)
	types := func(values ...string) http.Header { return http.Header{"Content-Type": values} }
	encodings := func(values ...string) http.Header { return http.Header{"Content-Encoding": values} }
	tests := []struct {
		name   string
		header http.Header
		body   string
		status int // 0: read
	}{
		{"JSON", types("application/json"), `{}`, 0},
		{"with a parameter", types("application/json; charset=utf-8"), `{}`, 0},
		{"spelt otherwise", types(" Application/JSON ;"), `{}`, 0},
		{"no type", nil, `{}`, 0},
		{"nothing", nil, ``, 0},
		{"as much as may be", nil, full, 0},
		{"a byte more", nil, over, 413},

		{"a form", types("application/x-www-form-urlencoded"), `{}`, 415},
		{"text", types("text/plain"), `{}`, 415},
		{"text, with JSON as a parameter", types("text/plain; application/json"), `{}`, 415},
		{"text that ends in json", types("text/plain+json"), `{}`, 415},
		{"a multipart form", types("multipart/form-data; boundary=x"), `{}`, 415},
		{"two types in one", types("text/plain, application/json"), `{}`, 415},
		{"two types", types("application/json", "text/plain"), `{}`, 415},
		{"an empty type", types(""), `{}`, 415},
		{"JSON as a part", types("application/jsonp"), `{}`, 415},
		{"a patch", types("application/json-patch+json"), `{}`, 415},

		{"identity", encodings("identity"), `{}`, 0},
		{"Identity", encodings("Identity"), `{}`, 0},
		{"gzip", encodings("gzip"), `{}`, 415},
		{"br", encodings("br"), `{}`, 415},
		{"several", encodings("identity, gzip"), `{}`, 415},
		{"in several lines", encodings("identity", "gzip"), `{}`, 415},
		{"a word", encodings("none"), `{}`, 415},
	}
	for _, test := range tests {
		for _, chunked := range []bool{false, true} {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body))
			if chunked {
				r.ContentLength = -1
			}
			if test.header != nil {
				r.Header = test.header.Clone()
			}
			w := httptest.NewRecorder()
			body, err := ReadJSON(w, r, limit)
			if test.status == 0 {
				if err != nil || string(body) != test.body {
					t.Errorf("%s, chunked %t: read %q, %v", test.name, chunked, body, err)
				}
				continue
			}
			problem, ok := errors.AsType[*Problem](err)
			if !ok || problem.Status != test.status || body != nil {
				t.Errorf("%s, chunked %t: %v, want %d", test.name, chunked, err, test.status)
			}
			if got := w.Header().Get("Connection"); got != "close" {
				t.Errorf("%s: Connection %q", test.name, got)
			}
		}
	}
}

// source counts what is read from it, and never ends.
type source struct{ read int64 }

func (s *source) Read(p []byte) (int, error) {
	s.read += int64(len(p))
	return len(p), nil
}

// A hundred megabytes cost no more than reading up to the limit, or nothing at all.
func TestReadJSONReadsNoMore(t *testing.T) {
	for name, test := range map[string]struct{ length, most int64 }{
		"told":      {100 << 20, 0},
		"in chunks": {-1, MaxBody + 1},
	} {
		endless := &source{}
		r := httptest.NewRequest(http.MethodPost, "/", endless)
		r.ContentLength = test.length
		_, err := ReadJSON(httptest.NewRecorder(), r, MaxBody)
		if problem, ok := errors.AsType[*Problem](err); !ok || problem.Status != 413 {
			t.Errorf("%s: %v", name, err)
		}
		if endless.read > test.most {
			t.Errorf("%s: read %d bytes, want at most %d", name, endless.read, test.most)
		}
	}
}

// A body that is cut off is the client's fault, not the server's.
func TestReadJSONBrokenOff(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(`{"type":`), iotest.ErrReader(io.ErrUnexpectedEOF))
	_, err := ReadJSON(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", broken), MaxBody)
	if problem, ok := errors.AsType[*Problem](err); !ok || problem.Status != 400 {
		t.Errorf("error %v", err)
	}
}

// A form must name its media type, because a form of another site would send the same.
func TestReadForm(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	tests := []struct {
		name   string
		types  []string
		body   string
		status int // 0: read
	}{
		{"a form", []string{form}, "a=1&b=2+3", 0},
		{"with a parameter", []string{"Application/X-WWW-Form-Urlencoded; charset=UTF-8"}, "a=1&b=2+3", 0},
		{"no type", nil, "a=1&b=2+3", 415},
		{"JSON", []string{"application/json"}, `{"a":1}`, 415},
		{"a form of parts", []string{"multipart/form-data; boundary=x"}, "--x--", 415},
		{"two types", []string{form, form}, "a=1", 415},
		{"half an escape", []string{form}, "a=%4", 400},
		{"a semicolon", []string{form}, "a=1;b=2", 400},
		{"too much", []string{form}, strings.Repeat("x", 101), 413},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/?a=query", strings.NewReader(test.body))
			r.Header["Content-Type"] = test.types
			got, err := ReadForm(httptest.NewRecorder(), r, 100)
			if test.status == 0 {
				if err != nil || got.Get("a") != "1" || got.Get("b") != "2 3" {
					t.Errorf("read %v, %v", got, err)
				}
				return
			}
			if problem, ok := errors.AsType[*Problem](err); !ok || problem.Status != test.status || got != nil {
				t.Errorf("%v, %v, want %d", got, err, test.status)
			}
		})
	}
}
