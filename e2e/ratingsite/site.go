// Package ratingsite is a stand-in for the site on which raters work. It serves pages with the
// markup that the widget reads, over HTTPS with its own certificate. Everything here is written
// for these tests; nothing is copied from the site.
package ratingsite

import (
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // the pages
	"encoding/base64"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Host is the name of the site. Rules make a browser find it.
const Host = "www.raterhub.com"

// Origin is the origin of its pages.
const Origin = "https://" + Host

// Elsewhere is another origin of the same pages, on which no widget runs.
const Elsewhere = "https://pages.example.org"

// Addresses of its pages.
const (
	ListPath   = "/evaluation/rater"
	IndexPath  = "/evaluation/rater/task/index"
	showPath   = "/evaluation/rater/task/show"
	submitPath = "/evaluation/rater/task/submit"
)

// TaskPath returns the path of the page of a task.
func TaskPath(id int) string { return showPath + "?taskIds=" + strconv.Itoa(id) }

// Task is one task, and the markup of its page.
type Task struct {
	AET     string // as the page says it: "3 - 4 minutes"
	Type    string
	Markup  Markup
	NoList  bool // a failed validation marks fields and lists nothing
	WithCSP bool // the page's own policy forbids nearly everything
}

// Markup says where a page has the facts of its task.
type Markup string

// These are the markups that the real site has been seen with, and one that it has not.
const (
	Today    Markup = "today"    // a span in the header of the task
	Fallback Markup = "fallback" // an element with an id
	Header   Markup = "header"   // in the text of the page's header
	Changed  Markup = "changed"  // names that nobody knows
)

// Site is the running site, with a list of tasks that are done one after the other.
type Site struct {
	server *httptest.Server
	tasks  []Task

	mu       sync.Mutex
	requests []string // method and address
}

//go:embed pages.html
var source string

//go:embed site.js
var script string

//go:embed site.css
var style string

var pages = template.Must(template.New("pages").Parse(source)) // constant

// Start runs the site until the test ends. Task n of the list has the id n+1.
func Start(t testing.TB, tasks []Task) *Site {
	t.Helper()
	s := &Site{tasks: tasks}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ListPath, s.list)
	mux.HandleFunc("GET "+IndexPath, s.list)
	mux.HandleFunc("GET "+showPath, s.show)
	mux.HandleFunc("POST "+submitPath, s.submit)
	mux.HandleFunc("GET /site.js", serve("text/javascript", script))
	mux.HandleFunc("GET /site.css", serve("text/css", style))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s.server = httptest.NewTLSServer(s.noted(mux))
	t.Cleanup(s.server.Close)
	return s
}

// Rules returns the value of Chromium's flag host-resolver-rules with which a browser finds
// Host and Elsewhere here.
func (s *Site) Rules() string {
	address := s.server.Listener.Addr().(*net.TCPAddr).String()
	return "MAP " + Host + ":443 " + address + ", MAP " + strings.TrimPrefix(Elsewhere, "https://") + ":443 " + address
}

// Fingerprint returns the fingerprint of the certificate's key, in the form of Chromium's flag
// ignore-certificate-errors-spki-list.
func (s *Site) Fingerprint(t testing.TB) string {
	t.Helper()
	key, err := x509.MarshalPKIXPublicKey(s.server.Certificate().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(key)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Requests returns all requests in their order, each as "GET /path?query".
func (s *Site) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

func (s *Site) noted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
		s.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func serve(media, content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write([]byte(content)) // the browser may be gone
	}
}

// taskOf returns the task that the first id of a request names.
func (s *Site) taskOf(r *http.Request) (id int, _ Task, ok bool) {
	first, _, _ := strings.Cut(r.URL.Query().Get("taskIds"), ",")
	id, err := strconv.Atoi(first)
	if err != nil || id < 1 || id > len(s.tasks) {
		return 0, Task{}, false
	}
	return id, s.tasks[id-1], true
}

func (s *Site) list(w http.ResponseWriter, _ *http.Request) {
	draw(w, "list", Task{}, map[string]any{"First": TaskPath(1)})
}

func (s *Site) show(w http.ResponseWriter, r *http.Request) {
	id, task, ok := s.taskOf(r)
	if !ok {
		http.Redirect(w, r, IndexPath, http.StatusSeeOther)
		return
	}
	s.draw(w, id, task, false)
}

// submit handles the form of a task. A form without an answer comes back with its errors.
func (s *Site) submit(w http.ResponseWriter, r *http.Request) {
	id, task, ok := s.taskOf(r)
	switch action := r.PostFormValue("action"); {
	case !ok || action == "release" || action == "cancel":
		http.Redirect(w, r, IndexPath, http.StatusSeeOther)
	case strings.TrimSpace(r.PostFormValue("answer")) == "":
		s.draw(w, id, task, true)
	case action == "done" || id == len(s.tasks):
		http.Redirect(w, r, ListPath, http.StatusSeeOther)
	default:
		http.Redirect(w, r, TaskPath(id+1), http.StatusSeeOther)
	}
}

func (s *Site) draw(w http.ResponseWriter, id int, task Task, failed bool) {
	draw(w, "task", task, map[string]any{
		"ID": id, "Task": task, "Markup": string(task.Markup), "Failed": failed,
		"Action": fmt.Sprintf("%s?taskIds=%d", submitPath, id),
	})
}

// strict is a policy under which a page may load its own files and nothing else.
const strict = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; " +
	"base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func draw(w http.ResponseWriter, name string, task Task, data map[string]any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if task.WithCSP {
		w.Header().Set("Content-Security-Policy", strict)
	}
	if err := pages.ExecuteTemplate(w, name, data); err != nil {
		panic(err) // the pages are constant
	}
}
