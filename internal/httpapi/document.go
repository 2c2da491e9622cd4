package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// The tags group the operations in the order in which a reader needs them.
const (
	tagEvents     = "Events"
	tagSessions   = "Sessions"
	tagSummaries  = "Summaries"
	tagAccounts   = "Accounts"
	tagInspection = "Inspection"
	tagHealth     = "Health"
)

const about = `Records the presses of a rater and answers with the time of each question, and with
summaries of sessions, days, weeks and months.

Times are RFC 3339 in UTC, lengths are seconds unless a name says minutes, and unknown fields
are ignored. In a request, an optional field that is null counts as left out. A failure is
` + "`application/problem+json`" + ` with a text for the person in ` + "`detail`" + `.

Log in with ` + "`POST /auth/login`" + ` and send the access token as a bearer token, or let a browser
send it as a cookie. A change that is authenticated by the cookie must come from a page of this
server; the widget's operations also accept it from a page of an allowed origin. A change without
a bearer token must have the Content-Type ` + "`application/json`" + `, also if it has no body. A connected
widget has a token of its own (` + "`POST /auth/device/token`" + `), which opens only the operations
that say so.

` + "`/openapi-3.0.json`" + ` is this document for tools that do not read OpenAPI 3.1.`

func humaConfig(version string) huma.Config {
	c := huma.DefaultConfig("RaterHub Tracker", version)
	c.Info.Description = about
	c.Servers = []*huma.Server{{URL: "/", Description: "The server that sent this document."}}
	c.DocsPath = "" // docs.go serves a page that loads nothing from elsewhere
	c.SchemasPath = ""
	c.CreateHooks = nil // would add $schema to every body
	c.AllowAdditionalPropertiesByDefault = true
	c.Transformers = []huma.Transformer{ownProblems}
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: httpx.UnmarshalJSON}
	c.Formats = map[string]huma.Format{"application/json": format, "json": format} // json is for types that end in +json
	c.Tags = []*huma.Tag{
		{Name: tagEvents, Description: "Record what the rater presses."},
		{Name: tagSessions, Description: "Correct what was recorded."},
		{Name: tagSummaries, Description: "Read sessions, days, weeks and months."},
		{Name: tagAccounts, Description: "Log in, connect devices, and keep the profile."},
		{Name: tagInspection, Description: "Look at what is stored."},
		{Name: tagHealth, Description: "Ask whether the server works."},
	}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "The access token of a login or of a device. Cookies are ignored beside it.",
		},
		"cookie": {
			Type: "apiKey", In: "cookie", Name: httpx.TokenCookie,
			Description: "The access token of a login, as a browser keeps it.",
		},
	}
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[httpx.Problem]())
	c.Components.Responses = sharedResponses(c.Components.Schemas)
	return c
}

// finishDocument removes additionalProperties from the objects of the document. JSON Schema
// allows other properties without it, and generated clients then have no catch-all.
func finishDocument(document *huma.OpenAPI) {
	for _, schema := range document.Components.Schemas.Map() {
		if schema.AdditionalProperties == true {
			schema.AdditionalProperties = nil
		}
	}
}

// ownProblems gives the router's own failures the form of all others: the detail names the
// fields, and no value is sent back, because it may be a password.
func ownProblems(_ huma.Context, _ string, body any) (any, error) {
	model, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	p := httpx.NewProblem(model.Status, model.Detail)
	var details []string
	for _, e := range model.Errors {
		field, message := e.Location, e.Message
		if _, name, ok := strings.Cut(field, "."); ok { // "body.email", "query.limit"
			field = name
		}
		p.Errors = append(p.Errors, httpx.FieldProblem{Location: field, Message: message})
		if field != "body" { // a problem of the whole body says so itself
			message = field + ": " + message
		}
		details = append(details, message)
	}
	if len(details) > 0 {
		p.Detail = strings.Join(details, "; ")
	}
	return p, nil
}

// isChange reports whether requests of a method may change something (RFC 9110 section
// 9.2.1).
func isChange(method string) bool { return method != http.MethodGet && method != http.MethodHead }
