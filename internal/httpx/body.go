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

// ReadJSON reads the body of a request, of at most limit bytes, and does not parse it. A
// body without a media type counts as JSON; JSONChanges lets one through only beside a bearer
// token. The error is a *Problem: 415 for a media type
// that a form of another site could send and for any encoding; 413 for a body that is too
// large, by its Content-Length or by reading up to the limit; 408 for a body that does
// not arrive in time; 400 for a body that is cut off.
func ReadJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	return readBody(w, r, limit, isJSON, "application/json")
}

// ReadForm returns what a form of an HTML page sent. It fails as ReadJSON does, also with
// 415 when the media type of forms is not named, and with 400 for a body that is not a
// form.
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

// unread returns the problem of a body that is not read to its end. It closes the
// connection, so that the server does not read the rest to reach the next request.
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

// isJSON reports whether there is no Content-Type header, or a single one that says JSON.
// Parameters do not matter, because JSON is always UTF-8.
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
