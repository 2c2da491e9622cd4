package chart

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// anchor says which end of a text is at x.
type anchor string

const (
	start  anchor = "start"
	middle anchor = "middle"
	end    anchor = "end"
)

type size struct{ width, height float64 }

// box is a rectangle of a drawing.
type box struct{ left, top, right, bottom float64 }

func (b box) width() float64  { return b.right - b.left }
func (b box) height() float64 { return b.bottom - b.top }

// canvas writes one svg element.
type canvas struct {
	size
	out strings.Builder
}

func newCanvas(id, class string, s size, title, desc string) *canvas {
	c := &canvas{size: s}
	c.out.Grow(4 << 10)
	c.out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"`)
	c.attribute("class", class)
	c.out.WriteString(` viewBox="0 0`)
	for _, length := range []float64{s.width, s.height} {
		c.out.WriteByte(' ')
		c.number(length)
	}
	c.out.WriteString(`" role="img"`)
	c.attribute("aria-labelledby", id+"-title")
	c.attribute("aria-describedby", id+"-desc")
	c.out.WriteString("><title")
	c.attribute("id", id+"-title")
	c.out.WriteByte('>')
	c.escaped(title)
	c.out.WriteString("</title><desc")
	c.attribute("id", id+"-desc")
	c.out.WriteByte('>')
	c.escaped(desc)
	c.out.WriteString("</desc>")
	return c
}

// end closes the element and returns the markup.
func (c *canvas) end() string {
	c.out.WriteString("</svg>")
	return c.out.String()
}

// rect draws a rectangle with this radius of corners. The title, if any, shows when a
// pointer rests on it.
func (c *canvas) rect(class string, b box, radius float64, title string) {
	// Rounding the edges, and not width and height, keeps neighbours from overlapping.
	left, right := tenths(b.left), tenths(b.right)
	top, bottom := tenths(b.top), tenths(b.bottom)
	c.out.WriteString("<rect")
	c.attribute("class", class)
	c.measure("x", left)
	c.measure("y", top)
	c.measure("width", max(0, right-left))
	c.measure("height", max(0, bottom-top))
	if radius > 0 {
		c.measure("rx", radius)
	}
	c.titled("rect", title)
}

func (c *canvas) circle(class string, x, y, radius float64, title string) {
	c.out.WriteString("<circle")
	c.attribute("class", class)
	c.measure("cx", x)
	c.measure("cy", y)
	c.measure("r", radius)
	c.titled("circle", title)
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.out.WriteString("<line")
	c.attribute("class", class)
	c.measure("x1", x1)
	c.measure("y1", y1)
	c.measure("x2", x2)
	c.measure("y2", y2)
	c.out.WriteString("/>")
}

// text writes words with their baseline at y.
func (c *canvas) text(class string, x, y float64, at anchor, words string) {
	c.out.WriteString("<text")
	c.attribute("class", class)
	c.measure("x", x)
	c.measure("y", y)
	if at != start {
		c.attribute("text-anchor", string(at))
	}
	c.out.WriteByte('>')
	c.escaped(words)
	c.out.WriteString("</text>")
}

// titled ends an element that contains only a title, if any.
func (c *canvas) titled(element, title string) {
	if title == "" {
		c.out.WriteString("/>")
		return
	}
	c.out.WriteString("><title>")
	c.escaped(title)
	c.out.WriteString("</title></")
	c.out.WriteString(element)
	c.out.WriteByte('>')
}

// tenths rounds to a tenth of a pixel, because nobody sees less.
func tenths(v float64) float64 { return math.Round(v*10) / 10 }

func (c *canvas) measure(name string, v float64) {
	c.out.WriteByte(' ')
	c.out.WriteString(name)
	c.out.WriteString(`="`)
	c.number(v)
	c.out.WriteByte('"')
}

func (c *canvas) number(v float64) {
	var buffer [24]byte
	c.out.Write(strconv.AppendFloat(buffer[:0], tenths(v), 'f', -1, 64))
}

func (c *canvas) attribute(name, value string) {
	c.out.WriteByte(' ')
	c.out.WriteString(name)
	c.out.WriteString(`="`)
	c.escaped(value)
	c.out.WriteByte('"')
}

// escaped writes text inside an element or an attribute. It replaces characters that XML
// does not allow by U+FFFD.
func (c *canvas) escaped(text string) {
	for _, r := range text {
		switch {
		case r == '&':
			c.out.WriteString("&amp;")
		case r == '<':
			c.out.WriteString("&lt;")
		case r == '>':
			c.out.WriteString("&gt;")
		case r == '"':
			c.out.WriteString("&#34;")
		case r == '\'':
			c.out.WriteString("&#39;")
		case !inXML(r):
			c.out.WriteRune(utf8.RuneError)
		default:
			c.out.WriteRune(r)
		}
	}
}

// inXML reports whether XML 1.0 allows the character (section 2.2, Char).
func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// textWidth estimates the width of a text on an axis, rounded up: digits and small
// letters of 11 pixels.
func textWidth(words string) float64 { return 6.7 * float64(utf8.RuneCountInString(words)) }
