package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// reading bounds an operation that takes longer the more a user has stored: see httpx.Reads.
func (a *api) reading(op huma.Operation) huma.Operation {
	op.Middlewares = append(op.Middlewares, func(c huma.Context, next func(huma.Context)) {
		reading, end, err := a.Limits.Reads.Begin(c.Context(), currentUser(c.Context()).ID)
		if err != nil {
			a.refuse(c, err)
			return
		}
		defer end()
		next(huma.WithContext(c, reading))
	})
	return mayFail(op, http.StatusTooManyRequests)
}
