// Package httpx is what the JSON face and the HTML face share: the status of each
// failure, bodies, ids and dates of a request, client addresses, rate limits, cookies,
// origins, headers, and the request log.
package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Problem is the body of every failed answer (RFC 9457). Its ContentType and
// GetStatus are what the router of the JSON face looks for.
type Problem struct {
	Type   string         `json:"type,omitempty" doc:"Left out: the title says what kind of problem this is."`
	Title  string         `json:"title" doc:"The status in words." example:"Not Found"`
	Status int            `json:"status" doc:"The HTTP status." example:"404"`
	Detail string         `json:"detail" doc:"What went wrong, for the person." example:"no such session"`
	Errors []FieldProblem `json:"errors,omitempty" nullable:"false" doc:"One entry for each field that is wrong."`

	SecondFactor *account.SecondFactorRequired `json:"second_factor,omitempty" doc:"In the 401 of a login whose password was right: what it still needs."`

	Header http.Header `json:"-"` // the headers of the problem, such as Retry-After
}

// FieldProblem is what is wrong with one field of the input.
type FieldProblem struct {
	Location string `json:"location" doc:"Name of the field." example:"email"`
	Message  string `json:"message" doc:"What is wrong with it." example:"is not an e-mail address"`
}

// NewProblem returns a problem; detail is for the person.
func NewProblem(status int, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns the headers of the problem, for the router of the JSON face.
func (p *Problem) GetHeaders() http.Header { return p.Header }

// ContentType returns the media type of a problem in JSON.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses maps each kind of failure to a status; nothing else does.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Malformed:       http.StatusBadRequest,
	fault.Refused:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// ProblemOf returns what the caller is told about err. It leaves out the cause of a
// failure that is not declared; if the status is 500 or more, log err.
func ProblemOf(err error) *Problem {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return problem
	}
	if fields, ok := errors.AsType[fault.FieldErrors](err); ok {
		p := NewProblem(statuses[fault.Invalid], fields.Error())
		for _, f := range fields {
			p.Errors = append(p.Errors, FieldProblem{Location: f.Field, Message: f.Problem})
		}
		return p
	}
	if declared, ok := errors.AsType[*fault.Error](err); ok {
		return withRetry(NewProblem(statuses[declared.Kind], declared.Text))
	}
	if throttled, ok := errors.AsType[*fault.Throttled](err); ok {
		p := NewProblem(http.StatusTooManyRequests, throttled.Error())
		p.Header = http.Header{"Retry-After": {strconv.Itoa(throttled.Seconds())}}
		return p
	}
	if second, ok := errors.AsType[*account.SecondFactorRequired](err); ok {
		p := NewProblem(http.StatusUnauthorized, second.Error())
		p.SecondFactor = second
		return p
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return withRetry(NewProblem(http.StatusServiceUnavailable, "there was no answer in time: try again"))
	}
	if isUnreachable(err) {
		return withRetry(NewProblem(http.StatusServiceUnavailable, "the database cannot be used right now: try again"))
	}
	return NewProblem(http.StatusInternalServerError, "something went wrong here; the cause is in the server's log")
}

// retryUnavailable is how many seconds a client should wait when the server cannot answer.
const retryUnavailable = "5"

// withRetry adds Retry-After to a problem that passes by itself.
func withRetry(p *Problem) *Problem {
	if p.Status == http.StatusServiceUnavailable {
		p.Header = http.Header{"Retry-After": {retryUnavailable}}
	}
	return p
}

// WriteProblem answers with a problem.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	maps.Copy(w.Header(), p.Header)
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer") // RFC 9110 section 11.6.1
	}
	w.WriteHeader(p.Status)
	// The client may be gone; then nobody needs the answer.
	_ = json.NewEncoder(w).Encode(p)
}
