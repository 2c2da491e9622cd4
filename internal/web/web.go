// Package web is the HTML face: pages that need no script, drawn by package view from the
// same reports as the JSON. Package site has what all pages share; packages admin, history
// and security have pages of their own.
package web

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/admin"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/history"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/security"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// Options are what the pages need.
type Options struct {
	*site.Site
	Tracker   *tracker.Tracker
	Live      *live.Hub
	Now       func() time.Time
	Rater     func(account.User) tracker.Rater // the user as the tracker knows them
	Target    timeline.Micros                  // per question, of users who set none
	Door      account.Door                     // who may register
	Provider  bool                             // an identity provider is set
	PublicURL string                           // the server's origin for widgets and invitations; "": the one that a request came to
}

type face struct {
	Options
	history   *history.Pages
	downloads *httpx.Slots
}

// Register adds the pages and their files to mux.
func Register(mux httpx.Mux, o Options) {
	f := &face{Options: o, downloads: httpx.NewSlots(downloadsAtOnce, 0, stallTime)}
	f.Files.Register(mux)
	f.registerEntry(mux)
	f.registerReports(mux)
	f.registerDownloads(mux)
	f.registerPresses(mux)
	f.registerCorrections(mux)
	f.history = history.Register(mux, history.Options{Site: o.Site, Tracker: o.Tracker, Rater: o.Rater, Offering: func(path, value string) string {
		return withNotice(path, undoParameter, value)
	}})
	f.registerProfile(mux)
	security.Register(mux, security.Options{Site: o.Site, Provider: o.Provider})
	f.registerDeletion(mux)
	f.registerWidget(mux)
	admin.Register(mux, admin.Options{Site: o.Site, Tracker: o.Tracker, Rater: o.Rater, Door: o.Door, Origin: f.originOf})
}

// registerReports adds the pages on which a person reads what was recorded.
func (f *face) registerReports(mux httpx.Mux) {
	mux.HandleFunc("GET /dashboard/today", f.Reading(f.day))
	mux.HandleFunc("GET /dashboard/live", f.Member(f.live))
	mux.HandleFunc("GET /dashboard/week", f.Reading(f.week))
	mux.HandleFunc("GET /dashboard/month", f.Reading(f.month))
	mux.HandleFunc("GET /dashboard/reports", f.Reading(f.reports))
	mux.HandleFunc("GET /dashboard/sessions/{session_id}", f.Reading(f.session))
}
