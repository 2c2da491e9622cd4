package server

import (
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// chartPages returns the pages with charts, of a person who has worked on two days. On the
// second there are two sessions, the first of which lies in two hours.
func chartPages(t *testing.T) map[string]page {
	t.Helper()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	record := func(start string, minutes ...float64) {
		at, err := time.Parse(time.RFC3339, start)
		if err != nil {
			t.Fatal(err)
		}
		events := []string{`{"type":"NEXT","timestamp":"` + start + `"}`}
		for i, m := range minutes {
			kind := "NEXT"
			if i == len(minutes)-1 {
				kind = "EXIT"
			}
			at = at.Add(time.Duration(m * float64(time.Minute)))
			events = append(events, `{"type":"`+kind+`","timestamp":"`+at.Format(time.RFC3339)+`"}`)
		}
		c.must(t, http.StatusOK, ask{
			method: "POST", path: "/events/batch", bearer: b.token(), body: `{"events":[` + strings.Join(events, ",") + `]}`,
		})
	}
	record("2026-01-30T08:00:00Z", 4, 5, 6.5)
	record("2026-01-31T07:50:00Z", 4.5, 5.5, 6, 3.5)
	record("2026-01-31T10:00:00Z", 7, 9, 5, 4)
	first := b.json(t, "/dashboard/today/json")["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	pages := map[string]page{}
	for _, path := range []string{
		"/dashboard/today", "/dashboard/sessions/" + first, "/dashboard/week?date=2026-01-31", "/dashboard/month?month=2026-01",
		"/dashboard/reports?from=2026-01-30&to=2026-02-01", "/dashboard/reports?from=2026-01-10&to=2026-02-01",
		"/dashboard/reports?from=2025-11-30&to=2026-02-01",
	} {
		pages[path] = b.visit(t, path).expect(t, http.StatusOK)
	}
	return pages
}

// No two tables of a page have the same rows: a chart links to the table of the page that
// has its numbers, and has a table of its own only when there is none.
func TestNoTableIsSaidTwice(t *testing.T) {
	t.Parallel()
	for path, p := range chartPages(t) {
		tables := slices.Collect(elementsOf(p.root, "table"))
		for i, table := range tables {
			for _, other := range tables[i+1:] {
				if a, b := activeTimes(table), activeTimes(other); len(a) > 0 && len(b) > 0 && (within(a, b) || within(b, a)) {
					t.Errorf("%s: two tables say how long something took: %q and %q", path, a, b)
				}
			}
		}
	}
}

// The numbers of a chart are below it, or in the table of the page that it links to.
func TestChartsHaveTheirNumbers(t *testing.T) {
	t.Parallel()
	charts, linked := 0, 0
	for path, p := range chartPages(t) {
		for section := range elementsOf(p.root, "section") {
			if !slices.ContainsFunc(slices.Collect(elementsOf(section, "svg")), func(svg *html.Node) bool { return attribute(svg, "role") == "img" }) {
				continue
			}
			charts++
			heading, tables := firstText(section, "h2"), slices.Collect(elementsOf(section, "table"))
			if len(tables) == 0 {
				linked++
				tables = linkedTables(p, section)
			}
			if len(tables) != 1 || len(slices.Collect(elementsOf(tables[0], "tr"))) < 2 {
				t.Errorf("%s: %q has the numbers of %d tables, want one with rows", path, heading, len(tables))
			}
		}
	}
	if charts < 10 || linked < 5 {
		t.Errorf("%d charts, %d of which link to a table", charts, linked)
	}
}

// linkedTables returns the tables of the page in the sections whose headings a section links to.
func linkedTables(p page, section *html.Node) []*html.Node {
	var tables []*html.Node
	for link := range elementsOf(section, "a") {
		id, ok := strings.CutPrefix(attribute(link, "href"), "#")
		if !ok {
			continue
		}
		for table := range elementsOf(p.root, "table") {
			if attribute(table, "aria-labelledby") == id && p.find("id", id) == textOf(link) {
				tables = append(tables, table)
			}
		}
	}
	return tables
}

// activeTimes returns the column Active of a table, without rows in which nothing was done,
// in order of size.
func activeTimes(table *html.Node) []string {
	column := -1
	var times []string
	for row := range elementsOf(table, "tr") {
		var cells []string
		for cell := range row.ChildNodes() {
			if cell.Data == "th" || cell.Data == "td" {
				cells = append(cells, textOf(cell))
			}
		}
		if column < 0 {
			column = slices.Index(cells, "Active")
			if column < 0 {
				return nil
			}
			continue
		}
		if time, _, _ := strings.Cut(cells[column], " "); time != "–" && time != "00:00" {
			times = append(times, time)
		}
	}
	slices.Sort(times)
	return times
}

// within reports whether whole contains all of parts, repeated ones as often. Both are
// sorted.
func within(parts, whole []string) bool {
	for _, part := range parts {
		at, found := slices.BinarySearch(whole, part)
		if !found {
			return false
		}
		whole = whole[at+1:]
	}
	return true
}

func firstText(n *html.Node, element string) string {
	for found := range elementsOf(n, element) {
		return textOf(found)
	}
	return ""
}

// elementsOf returns the elements of this name inside n, in their order.
func elementsOf(n *html.Node, name string) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == name && !yield(d) {
				return
			}
		}
	}
}
