package site

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/static"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// FailurePages draws the problems of next as pages for browsers, whichever part of the
// server answered, so that a person who mistypes an address does not get JSON.
func FailurePages(next http.Handler) http.Handler {
	files := static.Read().OfEveryPage()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !wantsPage(r) {
			next.ServeHTTP(w, r)
			return
		}
		held := &heldProblem{ResponseWriter: w}
		next.ServeHTTP(held, r)
		if held.status != 0 {
			drawFailure(w, r, files, held)
		}
	})
}

// heldProblem passes an answer through, but keeps a problem back.
type heldProblem struct {
	http.ResponseWriter
	started bool
	status  int // status of the problem; 0: none
	body    bytes.Buffer
}

func (h *heldProblem) WriteHeader(status int) {
	switch {
	case h.started:
	case h.Header().Get("Content-Type") == (*httpx.Problem)(nil).ContentType(""):
		h.started, h.status = true, status
	default:
		h.started = status >= http.StatusOK // 1xx is not the answer yet
		h.ResponseWriter.WriteHeader(status)
	}
}

func (h *heldProblem) Write(b []byte) (int, error) {
	if !h.started {
		h.WriteHeader(http.StatusOK)
	}
	if h.status != 0 {
		return h.body.Write(b)
	}
	return h.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is below.
func (h *heldProblem) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func drawFailure(w http.ResponseWriter, r *http.Request, files view.Files, held *heldProblem) {
	problem := httpx.NewProblem(held.status, "")
	_ = json.Unmarshal(held.body.Bytes(), problem) // if it is not one of ours, the status is enough
	m := failureOf(problem)
	frame := view.Frame{Title: m.Title, Files: files}
	page, err := drawn(r.Context(), frame, view.FailurePage(m))
	if err != nil { // the request is over
		page = nil
	}
	send(w, held.status, page)
}

// failureOf tells a person what failed and what to do.
func failureOf(p *httpx.Problem) view.Failure {
	m := view.Failure{Status: p.Status, Title: p.Title, Detail: words.Sentence(words.Capital(p.Detail))}
	switch p.Status {
	case http.StatusBadRequest:
		m.Title = "That did not work"
	case http.StatusUnauthorized:
		m.Title, m.Detail, m.LogIn = "Log in first", "Log in to see this page.", true
	case http.StatusForbidden:
		m.Title = "Not allowed"
	case http.StatusNotFound:
		m.Title, m.Advice = "Nothing here", "It may have been deleted, or the address may be mistyped."
	case http.StatusMethodNotAllowed:
		m.Title, m.Detail = "No page here", "This address accepts a form or an event; it has no page."
	case http.StatusConflict:
		m.Title = "This cannot be done now"
	case http.StatusRequestEntityTooLarge:
		m.Title = "Too large"
	case http.StatusTooManyRequests:
		m.Title = "Too many requests"
	case http.StatusServiceUnavailable:
		m.Title, m.Advice = "Not available right now", "Try again in a moment."
	case http.StatusInternalServerError:
		m.Title, m.Advice = "Something went wrong", "Try again. If it keeps happening, tell the operator of this server."
	}
	return m
}
