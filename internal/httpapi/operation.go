package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// operation declares an operation that needs a login. Its route is a method and a path,
// as in "GET /me"; the summary is a line, and the description says the rest.
func operation(route, id, tag, summary, description string) huma.Operation {
	method, path, _ := strings.Cut(route, " ")
	return huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Description: description, Tags: []string{tag},
		MaxBodyBytes: httpx.MaxBody,
		Security:     []map[string][]string{{"bearer": {}}, {"cookie": {}}},
	}
}

// public declares that an operation needs no login.
func public(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{} // nil would say that the document's own security applies
	return op
}

func needsLogin(op *huma.Operation) bool { return len(op.Security) > 0 }

// errWidgetMayNot is returned when a device token is used for an operation that is not
// declared for widgets.
var errWidgetMayNot = fault.New(fault.Forbidden, "a device token may not do this")

// forWidgets marks operations that a device token may call too.
const forWidgets = "for widgets"

// forWidget declares that a device token may call an operation. That is a decision about
// security: anybody who can read a rater's page may have such a token.
func forWidget(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{forWidgets: true}
	op.Description += "\n\nA device token may call this."
	return op
}

func isForWidgets(op *huma.Operation) bool { return op.Metadata[forWidgets] == true }

// mayFail declares the failures of an operation beyond those that failuresOf finds.
func mayFail(op huma.Operation, statuses ...int) huma.Operation {
	op.Errors = append(slices.Clone(op.Errors), statuses...)
	return op
}

// checkedByHandler declares that the handler checks the parameters. The document says
// what they must be; the router would answer 422 where the contract has 400 or 404.
func checkedByHandler(op huma.Operation) huma.Operation {
	op.SkipValidateParams = true
	return op
}

// register adds an operation: with a login unless it is public, and with every failure
// of the handler turned into a problem, its cause logged.
func register[In, Out any](a *api, op huma.Operation, handle func(context.Context, *In) (*Out, error)) {
	in := reflect.TypeFor[In]()
	a.describe(&op, in, reflect.TypeFor[Out]())
	if needsLogin(&op) {
		op.Middlewares = append(huma.Middlewares{a.requireUser}, op.Middlewares...)
	}
	if hasBody(in) {
		a.readBodyOf(&op)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

// describe adds to the document of an operation what the router does not know.
func (a *api) describe(op *huma.Operation, in, out reflect.Type) {
	refer(op, failuresOf(op, in))
	op.Errors = nil // the router would describe them itself
	describeBodies(op, in, out, a.examplesOf(op))
}

// failuresOf returns the statuses with which an operation may fail: those that it declares,
// and those that follow from its method, its body and its security.
func failuresOf(op *huma.Operation, in reflect.Type) []int {
	statuses := append(slices.Clone(op.Errors), http.StatusInternalServerError)
	if op.Path != "/health" {
		statuses = append(statuses, http.StatusServiceUnavailable) // it needs the database
	}
	if needsLogin(op) {
		statuses = append(statuses, http.StatusUnauthorized)
	}
	if needsLogin(op) && !isForWidgets(op) || isChange(op.Method) && !httpx.IsCredentialFree(op.Path) {
		statuses = append(statuses, http.StatusForbidden)
	}
	if isChange(op.Method) {
		statuses = append(statuses, http.StatusUnsupportedMediaType)
	}
	if hasBody(in) {
		statuses = append(statuses, http.StatusBadRequest, http.StatusRequestTimeout,
			http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	}
	return statuses
}

func hasBody(input reflect.Type) bool {
	_, parsed := input.FieldByName("Body")
	_, raw := input.FieldByName("RawBody")
	return parsed || raw
}

// describeBodies puts the descriptions of an operation's bodies, from the tag doc of their
// fields, and their examples into the document. The router adds the schemas.
func describeBodies(op *huma.Operation, in, out reflect.Type, examples shown) {
	if hasBody(in) {
		if op.RequestBody == nil {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
		}
		if op.RequestBody.Description == "" {
			op.RequestBody.Description = docOf(in)
		}
		op.RequestBody.Content["application/json"] = &huma.MediaType{Examples: examples.Requests}
	}
	if _, ok := out.FieldByName("Body"); ok {
		op.Responses["200"] = &huma.Response{
			Description: docOf(out), Headers: map[string]*huma.Header{},
			Content: map[string]*huma.MediaType{"application/json": {Examples: examples.Answers}},
		}
	}
}

// docOf returns the description of the body of an input or an output.
func docOf(t reflect.Type) string {
	field, _ := t.FieldByName("Body")
	return field.Tag.Get("doc")
}
