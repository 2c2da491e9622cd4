package web

import (
	"fmt"
	"io"
	"net/http"

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
// a download. It is made anew for each request, piece by piece: that costs little, and the
// addresses that clients make up fill no memory.
func (f *face) widgetFile(write func(io.Writer, widget.Server) error, media, name string) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		server, err := f.serverOf(r)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", media)
		if name != "" {
			w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
		}
		if r.Method == http.MethodHead {
			return nil
		}
		if write(w, server) != nil { // the client is gone
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// serverOf returns this server as a widget reaches it: at the configured address, or else
// at the address that the request was sent to.
func (f *face) serverOf(r *http.Request) (widget.Server, error) {
	server, err := widget.ServerAt(f.originOf(r))
	if err != nil {
		return widget.Server{}, errNoAddress
	}
	return server, nil
}

// originOf returns the configured address of this server, or else that to which a request
// was sent.
func (f *face) originOf(r *http.Request) string {
	switch {
	case f.PublicURL != "":
		return f.PublicURL
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
