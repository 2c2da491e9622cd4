package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// Caller is the request as far as cookies depend on it: see httpx.IsLocal.
type Caller struct {
	local   bool
	request *http.Request
}

// Resolve is called by the router before the handler.
func (c *Caller) Resolve(hc huma.Context) []error {
	r, _ := humago.Unwrap(hc)
	c.local, c.request = httpx.IsLocal(r), r
	return nil
}
