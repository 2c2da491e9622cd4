// Package chart draws report models as SVG. It is pure: it turns a model into markup,
// and into a table with the same numbers.
//
// The rules are:
//   - A chart is one svg element with role="img", a title, and a desc that describes
//     the chart in a sentence. Its ids come from the caller, who keeps them unique on
//     the page and free of spaces.
//   - The stylesheet decides how a chart looks: it has class names, no style and no
//     script. A unit of the viewBox is a CSS pixel, so that text keeps its size; a
//     phone gets a drawing of its own (Narrow) instead of a shrunken one.
//   - Colour means pace, and a title, a position or the table says the same in words.
//   - All text is escaped, and every coordinate lies within the viewBox.
//
// The class names are:
//
//	chart                          every svg, with one of the next two lines each
//	wide narrow                    the layout: show one of them by a media query
//	hours dayline questionbars week averages monthheat distribution
//	long                           averages and distribution: as wide as the page
//	grid                           a line to read values by
//	base                           the line that bars and dots stand on
//	tick                           text on an axis, small and quiet
//	num                            text that is a value, small and strong
//	words                          the text of an empty drawing, and quiet notes
//	q fast, q good, q slow, q over, q none   a mark in the colour of its pace
//	before                         besides q: a question that counts on the day before
//	cut                            the gap in a bar that is longer than the axis
//	tline mline pline              lines: target, median, 90th percentile
//	tname mname pname              the text that names such a line
//	sess pause                     the day line: a session's band, paused time
//	heat0 … heat4                  the heat map's steps, from no work to most
package chart

import (
	"cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// Layout is the size of screen that a drawing is made for.
type Layout int

// The layouts. A page draws Narrow and one of the others, and shows one of the two.
const (
	Wide   Layout = iota // a desktop: columns, time runs from left to right
	Narrow               // a phone, 300 units wide: rows, time runs downwards
	// Page is Wide, but as wide as the page, for a chart without another one beside it.
	Page
)

// pageWidth is the width inside a card that is as wide as the page.
const pageWidth = 1040

// narrowWidth is the width inside a card on a phone of 360 pixels.
const narrowWidth = 300

// Chart is a drawing with its description.
type Chart struct {
	SVG     string // markup, escaped
	Title   string // plain text, as in the SVG
	Summary string // one or two sentences for people who cannot see it; plain text
	Table   Table  // the same numbers
	// Empty says that there is nothing to draw. Then SVG says so in words, and Table has
	// no rows.
	Empty bool
}

// Table is the text alternative of a chart. Each row has as many cells as Header, and so
// has Total if there is one; the first cell names the row.
type Table struct {
	Caption string
	Header  []string
	Rows    [][]string
	Total   []string // nil if sums mean nothing or there are no rows
}

// ClassOf returns the class name of a pace: "fast", "good", "slow" or "over", or "none"
// without questions.
func ClassOf(p report.Pace) string {
	return cmp.Or(string(p.Colour), "none")
}

// Key is an entry of the legend of paces.
type Key struct{ Class, Words string }

// Legend returns the colours of paces with their words, from fast to slow.
func Legend() []Key {
	return []Key{{"fast", "fast"}, {"good", "on target"}, {"slow", "a bit slow"}, {"over", "slow"}}
}

// wordsOf returns the words of the legend for a class.
func wordsOf(class string) string {
	for _, key := range Legend() {
		if key.Class == class {
			return key.Words
		}
	}
	return "no target"
}

// paceOf returns the pace of a question against its own target.
func paceOf(q report.Question) report.Pace { return report.PaceOf(q.Active, q.Target) }

// frame is what surrounds the marks of every chart.
type frame struct {
	id, kind string
	layout   Layout
	table    Table // its caption is the chart's title
	summary  string
}

func (f frame) canvas(width, height float64) *canvas {
	class := "chart " + f.kind
	if f.layout == Narrow {
		class += " narrow"
	} else {
		class += " wide"
	}
	return newCanvas(f.id, class, size{width, height}, f.table.Caption, f.summary)
}

func (f frame) chart(c *canvas) Chart {
	return Chart{SVG: c.end(), Title: f.table.Caption, Summary: f.summary, Table: f.table}
}

// empty draws a chart without data: a base line, and words.
func (f frame) empty(width float64, words string) Chart {
	const height = 72
	f.summary, f.table.Rows, f.table.Total = words, nil, nil
	c := f.canvas(width, height)
	c.line("base", 0, height-8, width, height-8)
	c.text("words", width/2, height/2, middle, words)
	empty := f.chart(c)
	empty.Empty = true
	return empty
}
