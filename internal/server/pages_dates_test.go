package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// links returns the addresses on this server to which a page links.
func (p page) links() []string {
	var links []string
	for n := range p.root.Descendants() {
		if address := attribute(n, "href"); n.Data == "a" && strings.HasPrefix(address, "/") {
			links = append(links, address)
		}
	}
	return links
}

// At both ends of the calendar, no page links to an address that is refused.
func TestNoLinkLeadsToARefusedDate(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: `{"timezone":"Pacific/Pago_Pago"}`})
	// In this zone the earliest time that an event may have is on the last day of 1999.
	c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: b.token(), body: `{"type":"NEXT","timestamp":"2000-01-01T00:00:00Z"}`})
	c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: b.token(), body: `{"type":"EXIT","timestamp":"2000-01-01T00:05:00Z"}`})
	session := b.json(t, "/dashboard/today/json?date=1999-12-31")["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	starts := []string{"/dashboard/sessions/" + session}
	for _, date := range []string{"1999-01-01", "1999-12-31", "9998-12-31"} {
		starts = append(starts,
			"/dashboard/today?date="+date, "/dashboard/week?date="+date, "/dashboard/month?month="+date[:7],
			"/dashboard/reports?date="+date, "/dashboard/reports?from="+date[:7]+"-01&to="+date)
	}
	seen := map[string]bool{}
	for _, start := range starts {
		for _, link := range b.visit(t, start).expect(t, http.StatusOK).links() {
			if !seen[link] && strings.HasPrefix(link, "/dashboard") {
				seen[link] = true
				if p := b.visit(t, link); p.Code != http.StatusOK {
					t.Errorf("%s leads to %s: %d %s", start, link, p.Code, p.text())
				}
			}
		}
	}
	if !seen["/dashboard/today?date=1999-12-31"] {
		t.Error("the session does not lead to its day")
	}
}

// A query with only a date is a report of that day.
func TestReportOfADate(t *testing.T) {
	t.Parallel()
	b := workedPerson(t, newChain(t, withoutLimits))
	of := func(query string) string {
		return b.visit(t, "/dashboard/reports"+query).expect(t, http.StatusOK, "Saturday, 31 January 2026").find("id", "total-questions")
	}
	if got, want := of("?date=2026-01-31"), of("?from=2026-01-31&to=2026-01-31"); got != want || got == "" {
		t.Errorf("%q questions, want %q", got, want)
	}
	b.visit(t, "/dashboard/reports?date=2026-01-32").expect(t, http.StatusBadRequest)
}

// weekly.csv begins on the date that is asked for, whichever day of the week that is.
func TestWeeklyFileBeginsAsAsked(t *testing.T) {
	t.Parallel()
	b := workedPerson(t, newChain(t, withoutLimits))
	dates := func(query string) (found []string) {
		for _, row := range b.table(t, "/reports/weekly.csv"+query) {
			found = append(found, row["date"])
		}
		return found
	}
	want := []string{"2026-01-28", "2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03", "TOTAL"}
	if diff := cmp.Diff(want, dates("?week_start=2026-01-28")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := dates(""); got[0] != "2026-01-26" {
		t.Errorf("this week begins on %s", got[0])
	}
}

// Opening the address of the logout shows a button and logs nobody out.
func TestLogoutPage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.newBrowser().visit(t, "/logout").leadsTo(t, "/")
	b := c.register(t, "ann@example.org")
	p := b.visit(t, "/logout").expect(t, http.StatusOK, "You are logged in as ann@example.org")
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK)
	b.send(t, p, "/logout", url.Values{}).leadsTo(t, "/")
	b.visit(t, "/dashboard/today").leadsTo(t, "/login?next=%2Fdashboard%2Ftoday")
}
