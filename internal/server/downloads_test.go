package server

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// slowClient takes nothing of an answer before it is let go.
type slowClient struct {
	*httptest.ResponseRecorder
	waits chan<- struct{}
	letGo <-chan struct{}
}

func (c *slowClient) Write(p []byte) (int, error) {
	c.waits <- struct{}{}
	<-c.letGo
	return c.ResponseRecorder.Write(p)
}

// A user has three downloads at once: those that are read slowly would gather whatever
// their rate. Others do not wait for them, and each that ends makes room.
func TestDownloadsAtOnce(t *testing.T) {
	c := newChain(t, withoutLimits)
	ann, bob := c.newPerson(t), c.newPerson(t)
	waits, letGo := make(chan struct{}), make(chan struct{})
	var slow sync.WaitGroup
	for range 3 {
		slow.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/me/export", nil)
			r.Header.Set("Authorization", "Bearer "+ann.token)
			c.handler.ServeHTTP(&slowClient{ResponseRecorder: httptest.NewRecorder(), waits: waits, letGo: letGo}, r)
		})
		<-waits
	}
	expectWait(t, c.answer(t, ask{method: "GET", path: "/me/export", bearer: ann.token}), 30)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: bob.token})
	close(letGo)
	slow.Wait()
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: ann.token})
}
