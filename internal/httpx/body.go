package httpx

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// ReadJSON reads the body of a request, of at most limit bytes. It does not look
// into it. The error is a *Problem: 415 for a media type that a form of a foreign
// page could send, or for any encoding; 413 for too much, told by its
// Content-Length without reading on, or cut at the limit; 408 for a body that did
// not come in time; 400 for one that broke off. A body without a media type counts
// as JSON.
func ReadJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	return readBody(w, r, limit, isJSON, "application/json")
}

// ReadForm is what a form of an HTML page sent. It fails as ReadJSON does, and with
// 400 for what cannot be read as a form; the one media type that it takes must be named.
func ReadForm(w http.ResponseWriter, r *http.Request, limit int64) (url.Values, error) {
	body, err := readBody(w, r, limit, isForm, formType)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, NewProblem(http.StatusBadRequest, "the form cannot be read")
	}
	return form, nil
}

const formType = "application/x-www-form-urlencoded"

func readBody(w http.ResponseWriter, r *http.Request, limit int64, takes func(types []string) bool, media string) ([]byte, error) {
	switch {
	case !isUnencoded(r.Header["Content-Encoding"]):
		w.Header().Set("Accept-Encoding", "identity") // RFC 9110 section 15.5.16
		return nil, unread(w, http.StatusUnsupportedMediaType, "the body must have no Content-Encoding")
	case !takes(r.Header["Content-Type"]):
		return nil, unread(w, http.StatusUnsupportedMediaType, "the Content-Type must be "+media)
	case r.ContentLength > limit:
		return nil, tooLarge(w, limit)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err == nil {
		return body, nil
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge(w, limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, unread(w, http.StatusRequestTimeout, "the body did not arrive in time")
	}
	return nil, unread(w, http.StatusBadRequest, "the body was cut off")
}

func tooLarge(w http.ResponseWriter, limit int64) *Problem {
	return unread(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body must have at most %d bytes", limit))
}

// unread is the problem of a body that is not read to its end. The connection
// closes with it, so that the server does not read the rest to get at the next
// request.
func unread(w http.ResponseWriter, status int, detail string) *Problem {
	w.Header().Set("Connection", "close")
	return NewProblem(status, detail)
}

func isUnencoded(encodings []string) bool {
	for _, encoding := range encodings {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return false
		}
	}
	return true
}

// isJSON reports whether these Content-Type headers are absent, or one that says
// JSON. Its parameters say nothing: JSON is UTF-8.
func isJSON(types []string) bool {
	switch len(types) {
	case 0:
		return true
	case 1:
		return isMedia(types[0], "application/json")
	}
	return false
}

func isForm(types []string) bool { return len(types) == 1 && isMedia(types[0], formType) }

func isMedia(header, want string) bool {
	media, _, _ := strings.Cut(header, ";")
	return strings.EqualFold(strings.TrimSpace(media), want)
}
