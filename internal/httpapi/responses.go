package httpapi

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// failure is how the document describes the answers of one status.
type failure struct {
	name, description string
	examples          map[string]*httpx.Problem
	retryAfter        bool // with the header Retry-After
}

// failures are the failures that operations share, by status.
var failures = map[int]failure{
	http.StatusBadRequest: {
		name: "BadRequest", description: "The request cannot be read, or makes no sense now.",
		examples: map[string]*httpx.Problem{
			"malformed":  httpx.NewProblem(http.StatusBadRequest, "the body is not valid JSON from byte 12 on"),
			"no_session": httpx.ProblemOf(tracker.ErrNoSession),
			"csrf":       httpx.ProblemOf(token.ErrCSRF),
		},
	},
	http.StatusUnauthorized: {
		name: "Unauthorized", description: "The credential is missing, wrong, expired or revoked.",
		examples: map[string]*httpx.Problem{"no_token": httpx.ProblemOf(account.ErrUnauthenticated)},
	},
	http.StatusForbidden: {
		name:        "Forbidden",
		description: "A device token may not call this operation, or the change comes by cookie from a page of another origin.",
		examples: map[string]*httpx.Problem{
			"device_token":   httpx.ProblemOf(errWidgetMayNot),
			"foreign_origin": httpx.NewProblem(http.StatusForbidden, "a page of another origin may not do this"),
		},
	},
	http.StatusNotFound: {
		name: "NotFound", description: "There is no such thing, or it belongs to another user.",
		examples: map[string]*httpx.Problem{"session": httpx.ProblemOf(tracker.ErrUnknownSession)},
	},
	http.StatusRequestTimeout: {
		name: "RequestTimeout", description: "The body did not arrive in time.",
		examples: map[string]*httpx.Problem{"slow": httpx.NewProblem(http.StatusRequestTimeout, "the body did not come in time")},
	},
	http.StatusConflict: {
		name: "Conflict", description: "The request contradicts what is recorded.",
		examples: map[string]*httpx.Problem{
			"id_reused": httpx.ProblemOf(tracker.ErrIDReused),
			"email":     httpx.ProblemOf(account.ErrEmailTaken),
		},
	},
	http.StatusRequestEntityTooLarge: {
		name: "ContentTooLarge", description: "The body has too many bytes: the limit is 64 KiB, and 1 MiB for a batch.",
		examples: map[string]*httpx.Problem{"body": httpx.NewProblem(http.StatusRequestEntityTooLarge, "the body must have at most 65536 bytes")},
	},
	http.StatusUnsupportedMediaType: {
		name: "UnsupportedMediaType", description: "The body is not JSON, or is compressed; or the request has no bearer token, and its Content-Type is not JSON.",
		examples: map[string]*httpx.Problem{"form": httpx.NewProblem(http.StatusUnsupportedMediaType, "the Content-Type must be application/json")},
	},
	http.StatusUnprocessableEntity: {
		name: "UnprocessableContent", description: "A field is not acceptable; `errors` names each that is wrong.",
		examples: map[string]*httpx.Problem{"field": {
			Title: http.StatusText(http.StatusUnprocessableEntity), Status: http.StatusUnprocessableEntity,
			Detail: "type must be NEXT, PAUSE, UNDO or EXIT",
			Errors: []httpx.FieldProblem{{Location: "type", Message: "must be NEXT, PAUSE, UNDO or EXIT"}},
		}},
	},
	http.StatusTooManyRequests: {
		name: "TooManyRequests", description: "Too many requests. Nothing was done; wait as long as `Retry-After` says.",
		examples:   map[string]*httpx.Problem{"wait": httpx.NewProblem(http.StatusTooManyRequests, "too many requests: try again in 30 s")},
		retryAfter: true,
	},
	http.StatusInternalServerError: {
		name: "InternalServerError", description: "The server failed; its log has the cause.",
		examples: map[string]*httpx.Problem{"bug": httpx.ProblemOf(nil)},
	},
	http.StatusServiceUnavailable: {
		name:        "ServiceUnavailable",
		description: "The server cannot answer now. An event may have been recorded: send it again, with the same id.",
		examples:    map[string]*httpx.Problem{"database": httpx.ProblemOf(tracker.ErrUnavailable)},
		retryAfter:  true,
	},
}

// loginFailure is the 401 of a login.
var loginFailure = failure{
	name:        "LoginRefused",
	description: "The e-mail address or the password is wrong, or the password is right and `second_factor` says what the login still needs.",
	examples: map[string]*httpx.Problem{
		"wrong": httpx.ProblemOf(account.ErrBadCredentials),
		"second_factor": httpx.ProblemOf(&account.SecondFactorRequired{
			Challenge: "mZcV1p3TzqkZk1mO5m3b0Q", Methods: []string{account.MethodTOTP, account.MethodRecovery},
		}),
	},
}

// sharedResponses returns the answers to which operations refer, by name.
func sharedResponses(schemas huma.Registry) map[string]*huma.Response {
	problem := schemas.Schema(reflect.TypeFor[httpx.Problem](), true, "")
	responses := map[string]*huma.Response{loginFailure.name: loginFailure.response(problem)}
	for _, f := range failures {
		responses[f.name] = f.response(problem)
	}
	return responses
}

func (f failure) response(problem *huma.Schema) *huma.Response {
	r := &huma.Response{
		Description: f.description,
		Content: map[string]*huma.MediaType{"application/problem+json": {
			Schema: problem, Examples: map[string]*huma.Example{},
		}},
	}
	for name, example := range f.examples {
		r.Content["application/problem+json"].Examples[name] = &huma.Example{Summary: example.Detail, Value: example}
	}
	if f.retryAfter {
		one := 1.0
		r.Headers = map[string]*huma.Header{"Retry-After": {
			Description: "How many seconds to wait, at least.", Required: true,
			Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &one},
		}}
	}
	return r
}

func (f failure) ref() *huma.Response {
	return &huma.Response{Ref: "#/components/responses/" + f.name}
}

// refer adds the shared answers of these statuses to an operation, unless it has its own.
func refer(op *huma.Operation, statuses []int) {
	own := maps.Clone(op.Responses)
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	for _, status := range statuses {
		if code := strconv.Itoa(status); own[code] == nil {
			op.Responses[code] = failures[status].ref()
		}
	}
}
