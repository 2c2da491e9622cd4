package httpx

import "net/http"

// Mux is where a face registers its routes: an http.ServeMux, or in tests one that
// also notes them.
type Mux interface {
	Handle(pattern string, handler http.Handler)
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
	ServeHTTP(w http.ResponseWriter, r *http.Request)
}
