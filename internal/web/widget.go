package web

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/widget"
)

// errNoAddress is returned when the server does not know the address at which widgets
// reach it.
var errNoAddress = fault.New(fault.Refused, "this server does not know its own address: its operator must set PUBLIC_URL")

func (f *face) registerWidget(mux httpx.Mux) {
	mux.HandleFunc("GET /widget", f.Open(f.widgetPage))
	mux.HandleFunc("GET /widget/raterhub-tracker.user.js", f.Open(f.widgetFile(widget.Userscript, "text/javascript; charset=utf-8", "")))
	mux.HandleFunc("GET /widget/extension.zip", f.Open(f.widgetFile(widget.Extension, "application/zip", "raterhub-tracker-extension.zip")))
}

// widgetPage explains how to install the widget; it needs no login.
func (f *face) widgetPage(w http.ResponseWriter, r *http.Request) error {
	user, err := f.CurrentUser(r)
	if err != nil {
		return err
	}
	server, err := f.serverOf(r)
	if err != nil {
		return err
	}
	frame := f.Frame(w, r, "Widget", "", user)
	return site.Show(w, r, http.StatusOK, frame, view.WidgetPage(view.Widget{Server: server.String(), LoggedIn: user.ID != 0}))
}

// widgetFile serves a file of the widget that sends to this server. A file with a name is
// a download.
func (f *face) widgetFile(pack func(widget.Server) ([]byte, error), media, name string) site.Handler {
	last := packed{pack: pack}
	return func(w http.ResponseWriter, r *http.Request) error {
		server, err := f.serverOf(r)
		if err != nil {
			return err
		}
		content, err := last.at(server)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", media)
		if name != "" {
			w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
		return nil
	}
}

// packed keeps the file that was packed last. Nearly all clients use one address; a
// client that makes up others causes packing but fills no memory.
type packed struct {
	pack func(widget.Server) ([]byte, error)

	mu      sync.Mutex
	server  widget.Server
	content []byte
}

func (p *packed) at(server widget.Server) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.content != nil && p.server == server {
		return p.content, nil
	}
	content, err := p.pack(server)
	if err != nil {
		return nil, err
	}
	p.server, p.content = server, content
	return content, nil
}

// serverOf returns this server as a widget reaches it: at the configured address, or else
// at the address that the request was sent to.
func (f *face) serverOf(r *http.Request) (widget.Server, error) {
	origin := f.PublicURL
	if origin == "" {
		origin = "http://" + r.Host
		if r.TLS != nil {
			origin = "https://" + r.Host
		}
	}
	server, err := widget.ServerAt(origin)
	if err != nil {
		return widget.Server{}, errNoAddress
	}
	return server, nil
}
