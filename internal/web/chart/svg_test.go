package chart_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

// element is an element of a drawing.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// number returns an attribute, which must be a finite number; 0 if it is missing.
func (e element) number(t rapid.TB, name string) float64 {
	t.Helper()
	text := e.attr(name)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		t.Errorf("%s %s=%q is not a number", e.XMLName.Local, name, text)
	}
	return v
}

// parse parses a drawing, whose elements are direct children of the svg element.
func parse(t rapid.TB, svg string) element {
	t.Helper()
	var root element
	if err := xml.Unmarshal([]byte(svg), &root); err != nil {
		t.Fatalf("not well-formed: %v\n%s", err, svg)
	}
	return root
}

// find returns the elements with this name and class.
func (e element) find(name, class string) []element {
	var found []element
	for _, child := range e.Children {
		if child.XMLName.Local == name && child.attr("class") == class {
			found = append(found, child)
		}
	}
	return found
}

// attributes are those that an element may have. None of them runs or loads anything, and
// none is a style.
var attributes = map[string]string{
	"svg":    "xmlns class viewBox role aria-labelledby aria-describedby",
	"title":  "id",
	"desc":   "id",
	"rect":   "class x y width height rx",
	"circle": "class cx cy r",
	"line":   "class x1 y1 x2 y2",
	"text":   "class x y text-anchor",
}

// checkMarkup finds markup that does not belong in a drawing.
func checkMarkup(t rapid.TB, e element) {
	t.Helper()
	allowed, ok := attributes[e.XMLName.Local]
	if !ok {
		t.Errorf("element %s", e.XMLName.Local)
	}
	for _, a := range e.Attrs {
		if !strings.Contains(" "+allowed+" ", " "+a.Name.Local+" ") {
			t.Errorf("attribute %s of %s", a.Name.Local, e.XMLName.Local)
		}
	}
	for _, child := range e.Children {
		checkMarkup(t, child)
	}
}

// area is the place of an element. The width of a text is estimated with a common font.
type area struct{ left, top, right, bottom float64 }

func (a area) meets(b area) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

func areaOf(t rapid.TB, e element) area {
	t.Helper()
	n := func(name string) float64 { return e.number(t, name) }
	switch e.XMLName.Local {
	case "rect":
		return area{n("x"), n("y"), n("x") + n("width"), n("y") + n("height")}
	case "circle":
		return area{n("cx") - n("r"), n("cy") - n("r"), n("cx") + n("r"), n("cy") + n("r")}
	case "line":
		return area{min(n("x1"), n("x2")), min(n("y1"), n("y2")), max(n("x1"), n("x2")), max(n("y1"), n("y2"))}
	case "text":
		const perCharacter, height = 5.8, 9
		width := perCharacter * float64(utf8.RuneCountInString(e.Text))
		left := n("x")
		switch e.attr("text-anchor") {
		case "middle":
			left -= width / 2
		case "end":
			left -= width
		}
		return area{left, n("y") - height, left + width, n("y")}
	default:
		return area{}
	}
}

// checkDrawing checks what every chart promises.
func checkDrawing(t rapid.TB, id string, c chart.Chart) element {
	t.Helper()
	root := parse(t, c.SVG)
	checkMarkup(t, root)
	if root.attr("role") != "img" || root.attr("aria-labelledby") != id+"-title" || root.attr("aria-describedby") != id+"-desc" {
		t.Errorf("not named as an image: %v", root.Attrs)
	}
	if title := root.Children[0]; title.attr("id") != id+"-title" || title.Text != c.Title || c.Title == "" {
		t.Errorf("title %q with id %q, want %q", title.Text, title.attr("id"), c.Title)
	}
	if desc := root.Children[1]; desc.attr("id") != id+"-desc" || desc.Text != c.Summary || c.Summary == "" {
		t.Errorf("desc %q with id %q, want %q", desc.Text, desc.attr("id"), c.Summary)
	}
	checkPlaces(t, root)
	checkTable(t, c)
	return root
}

// checkPlaces checks that all elements are inside the viewBox and that texts do not
// overlap.
func checkPlaces(t rapid.TB, root element) {
	t.Helper()
	var width, height float64
	if _, err := fmt.Sscanf(root.attr("viewBox"), "0 0 %g %g", &width, &height); err != nil {
		t.Fatalf("viewBox %q: %v", root.attr("viewBox"), err)
	}
	var texts []element
	for _, e := range root.Children[2:] {
		a := areaOf(t, e)
		const rounding = 0.051
		if a.left < -rounding || a.top < -rounding || a.right > width+rounding || a.bottom > height+rounding {
			t.Errorf("%s %v %q at %v is outside of %v by %v", e.XMLName.Local, e.attr("class"), e.Text, a, width, height)
		}
		if e.number(t, "width") < 0 || e.number(t, "height") < 0 || e.number(t, "r") < 0 {
			t.Errorf("%v has a negative size", e)
		}
		if e.XMLName.Local != "text" {
			continue
		}
		for _, other := range texts {
			if a.meets(areaOf(t, other)) {
				t.Errorf("text %q at %v meets %q at %v", e.Text, a, other.Text, areaOf(t, other))
			}
		}
		texts = append(texts, e)
	}
}

// checkTable checks that a table fits its header.
func checkTable(t rapid.TB, c chart.Chart) {
	t.Helper()
	if c.Table.Caption != c.Title {
		t.Errorf("caption %q of chart %q", c.Table.Caption, c.Title)
	}
	rows := c.Table.Rows
	if c.Empty {
		if len(rows) > 0 || c.Table.Total != nil {
			t.Errorf("an empty chart has rows %v, total %v", rows, c.Table.Total)
		}
		return
	}
	if c.Table.Total != nil {
		rows = append(rows[:len(rows):len(rows)], c.Table.Total)
	}
	for _, row := range rows {
		if len(row) != len(c.Table.Header) {
			t.Errorf("row %q below header %q", row, c.Table.Header)
		}
	}
}
