package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The profile has two forms; each is answered with the page again.
func TestProfilePage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, elsewhere := c.register(t, "ann@example.org"), c.newBrowser()
	elsewhere.cookies["access_token"] = c.logIn(t, "/auth/login", "ann@example.org")
	profile := b.visit(t, "/profile").expect(t, http.StatusOK, "Time zone of your days")
	b.send(t, profile, "/profile", url.Values{
		"form_type": {"profile"}, "first_name": {"Ann"}, "last_name": {`<b>"Lee"`}, "timezone_name": {"Asia/Tokyo"},
		"wants_report_emails": {"true"}, "target_minutes": {"4,5"}, "week_start": {"Sunday"}, "day_start": {"05:00"},
		"reporting_timezone":      {"America/Los_Angeles"},
		"forgotten_after_minutes": {" 90 "},
	}).expect(t, http.StatusOK, "Saved.")
	me := b.json(t, "/me")
	for field, want := range map[string]any{
		"first_name": "Ann", "last_name": `<b>"Lee"`, "timezone": "Asia/Tokyo", "wants_report_emails": true,
		"target_minutes": 4.5, "week_start": "sunday", "day_start": "05:00", "reporting_timezone": "America/Los_Angeles",
		"forgotten_after_minutes": 90.0,
	} {
		if me[field] != want {
			t.Errorf("%s is %v, want %v", field, me[field], want)
		}
	}
	// A form with only the fields of the contract leaves all others unchanged. (A checkbox
	// that is not ticked sends nothing.)
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "first_name": {"Anna"}, "last_name": {""}, "timezone_name": {"Europe/Rome"}}).expect(t, http.StatusOK)
	if me := b.json(t, "/me"); me["target_minutes"] != 4.5 || me["day_start"] != "05:00" || me["forgotten_after_minutes"] != 90.0 || me["wants_report_emails"] != false || me["timezone"] != "Europe/Rome" {
		t.Errorf("then %v", me)
	}
	for typed, want := range map[string]string{
		"14": "must be from 15 to 1440 minutes", "1441": "must be from 15 to 1440 minutes",
		"0": "must be whole minutes", "1.5": "must be whole minutes", "1h": "must be whole minutes",
	} {
		refused := b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "forgotten_after_minutes": {typed}})
		refused.expect(t, http.StatusUnprocessableEntity, want)
		if got := valueOf(refused, "forgotten_after_minutes"); got != typed {
			t.Errorf("the field has %q, and %q was typed", got, typed)
		}
	}
	if kept := b.visit(t, "/profile"); valueOf(kept, "forgotten_after_minutes") != "90" {
		t.Errorf("the field has %q, want 90", valueOf(kept, "forgotten_after_minutes"))
	}
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "forgotten_after_minutes": {""}}).expect(t, http.StatusOK, "Saved.")
	if me := b.json(t, "/me"); me["forgotten_after_minutes"] != 0.0 {
		t.Errorf("then %v", me)
	}
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "timezone_name": {"Mars/Base"}, "target_minutes": {"NaN"}}).
		expect(t, http.StatusUnprocessableEntity, "must be from 0.1 to 1440 minutes")
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "timezone_name": {"Mars/Base"}}).
		expect(t, http.StatusUnprocessableEntity, "is not a known IANA time zone")
	for _, hour := range []string{"", "7", "07:00", "05:30", "-1:00", "24:00", "midnight"} {
		b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "day_start": {hour}}).
			expect(t, http.StatusUnprocessableEntity, "must be a full hour from 00:00 to 06:00")
	}
	b.send(t, profile, "/profile", url.Values{"form_type": {"other"}}).expect(t, http.StatusBadRequest, "must be profile or password")

	const next = "Another-Path-2027"
	change := func(current, chosen, again string) page {
		return b.send(t, profile, "/profile", url.Values{
			"form_type": {"password"}, "current_password": {current}, "new_password": {chosen}, "new_password_confirm": {again},
		})
	}
	change("wrong", next, next).expect(t, http.StatusUnprocessableEntity, "is not your password")
	change(chainPassword, next, next+"!").expect(t, http.StatusUnprocessableEntity, "is not the same")
	change(chainPassword, "short", "short").expect(t, http.StatusUnprocessableEntity)
	answer := change(chainPassword, next, next).expect(t, http.StatusOK, "Your password is changed")
	if strings.Contains(answer.Body.String(), next) {
		t.Error("a password is sent back")
	}
	b.visit(t, "/profile").expect(t, http.StatusOK)
	elsewhere.visit(t, "/profile").leadsTo(t, "/login?next=%2Fprofile")
}

// A registration that names the browser's zone gets that zone; with an unknown zone it gets
// UTC and is not refused.
func TestRegistrationInAZone(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	for zone, want := range map[string]string{"Asia/Kolkata": "Asia/Kolkata", "Mars/Olympus": "UTC", "Local": "UTC", "": "UTC"} {
		b := c.newBrowser()
		form := b.visit(t, "/register")
		email := "rater" + strings.ReplaceAll(zone, "/", "-") + "@example.org"
		b.send(t, form, "/register", url.Values{"email": {email}, "password": {chainPassword}, "timezone_name": {zone}}).leadsTo(t, "/dashboard/today")
		if got := b.visit(t, "/dashboard/today").find("data-zone-offer", want); got == "" {
			t.Errorf("zone %q: the user's days are not cut in %s", zone, want)
		}
	}
}

// Accepting the zone that a page offers saves it and leads back to the page.
func TestZoneOffer(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	const path = "/dashboard/today?date=2026-01-30"
	offer := b.visit(t, path)
	b.send(t, offer, "/profile/timezone", url.Values{"timezone_name": {"Asia/Tokyo"}}).leadsTo(t, path)
	offer = b.visit(t, path).expect(t, http.StatusOK, "your days are counted in Asia/Tokyo")
	b.send(t, offer, "/profile/timezone", url.Values{"timezone_name": {"Europe/Paris"}, "next": {"//evil.example/"}}).leadsTo(t, "/dashboard/today")
	b.send(t, offer, "/profile/timezone", url.Values{"timezone_name": {"Mars/Olympus"}}).expect(t, http.StatusUnprocessableEntity)
	b.visit(t, path).expect(t, http.StatusOK, "your days are counted in Europe/Paris")
}
