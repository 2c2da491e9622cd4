package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Distribution draws how long questions took: each question is a dot in the colour of its
// pace or, when there are too many for dots, bars count them. Lines mark the target, if
// all questions have the same, the median, and the 90th percentile (see
// report.Percentile).
func Distribution(id string, layout Layout, questions []report.Timing) Chart {
	kind, width := "distribution", 360.0
	switch layout {
	case Wide:
	case Narrow:
		width = narrowWidth
	case Page:
		kind, width = "distribution long", pageWidth
	}
	s := newSpread(questions, box{8, 48, width - 8, 190})
	f := frame{id: id, kind: kind, layout: layout, table: s.table()}
	if len(questions) == 0 {
		return f.empty(width, "No questions to compare yet.")
	}
	f.summary = s.summary()

	c := f.canvas(width, 216)
	s.marks(c)
	if s.fullest() <= s.dotsHigh() {
		s.dots(c)
	} else {
		s.columns(c)
	}
	s.lines(c)
	return f.chart(c)
}

// spread is questions sorted into bins of equal length.
type spread struct {
	area                 box
	questions            []timed // fastest first, each by its own target
	axis                 axis
	bins                 [][]timed
	target, median, most timeline.Micros
	beyond               int     // questions longer than the axis; they are in the last bin
	pitch                float64 // from the centre of one dot to that of the next
}

// timed is how long a question took, and its pace.
type timed struct {
	report.Timing
	ratio float64
	class string
}

// newSpread sorts the questions into bins and makes the dots as large as fits.
func newSpread(questions []report.Timing, area box) *spread {
	times := actives(questions)
	s := &spread{
		area: area, questions: make([]timed, len(questions)), axis: questionAxis(questions),
		target: commonTarget(questions), median: report.Percentile(times, 50), most: report.Percentile(times, 90),
	}
	for i, q := range questions {
		pace := q.Pace()
		s.questions[i] = timed{q, pace.Ratio, ClassOf(pace)}
	}
	slices.SortStableFunc(s.questions, func(a, b timed) int { return cmp.Compare(a.ratio, b.ratio) })
	for _, s.pitch = range []float64{20, 16, 13} {
		if s.sort(); s.fullest() <= s.dotsHigh() {
			break
		}
	}
	return s
}

// sort puts the questions into bins as wide as the pitch.
func (s *spread) sort() {
	s.bins = make([][]timed, int(s.area.width()/s.pitch))
	s.beyond = 0
	for _, q := range s.questions {
		if float64(q.Active) > s.axis.top {
			s.beyond++
		}
		i := min(int(s.axis.part(float64(q.Active))*float64(len(s.bins))), len(s.bins)-1)
		s.bins[i] = append(s.bins[i], q)
	}
}

func (s *spread) x(v timeline.Micros) float64 {
	return s.area.left + s.axis.part(float64(v))*s.area.width()
}

func (s *spread) fullest() int {
	most := 0
	for _, bin := range s.bins {
		most = max(most, len(bin))
	}
	return most
}

// dotsHigh returns how many dots can be stacked.
func (s *spread) dotsHigh() int { return int(s.area.height() / s.pitch) }

// marks draws the time axis.
func (s *spread) marks(c *canvas) {
	c.line("base", s.area.left, s.area.bottom, s.area.right, s.area.bottom)
	for _, m := range s.axis.marks {
		half := textWidth(m.label) / 2
		x := s.area.left + s.axis.part(m.at)*s.area.width()
		c.text("tick", min(max(x, half), c.width-half), s.area.bottom+16, middle, m.label)
	}
}

func (s *spread) dots(c *canvas) {
	for i, bin := range s.bins {
		x := s.area.left + (float64(i)+0.5)*s.area.width()/float64(len(s.bins))
		for n, q := range bin {
			y := s.area.bottom - (float64(n)+0.5)*s.pitch
			c.circle("q "+q.class, x, y, s.pitch/2-1, report.MMSS(q.Active)+", "+q.Pace().Label)
		}
	}
}

// columns stacks the paces of each bin, fast ones at the bottom, and counts the fullest
// bin.
func (s *spread) columns(c *canvas) {
	const forCount = 14
	fullest := s.fullest()
	each := (s.area.height() - forCount) / float64(fullest)
	pitch := s.area.width() / float64(len(s.bins))
	counted := false
	for i, bin := range s.bins {
		left := s.area.left + float64(i)*pitch
		for from := 0; from < len(bin); {
			class, to := bin[from].class, from+1
			for to < len(bin) && bin[to].class == class {
				to++
			}
			b := box{left + 0.5, s.area.bottom - float64(to)*each, left + pitch - 0.5, s.area.bottom - float64(from)*each}
			c.rect("q "+class, b, 0, fmt.Sprintf("%s: %s, %s", s.binWords(i), count(to-from, "question"), wordsOf(class)))
			from = to
		}
		if len(bin) == fullest && !counted {
			counted = true
			c.text("num", left+pitch/2, s.area.top+forCount-4, middle, strconv.Itoa(fullest))
		}
	}
}

// binWords returns the length of time of a bin: "05:00 to 05:30".
func (s *spread) binWords(i int) string {
	length := s.axis.top / float64(len(s.bins))
	from := report.MMSS(timeline.Micros(float64(i) * length))
	if i == len(s.bins)-1 && s.beyond > 0 {
		return from + " and longer"
	}
	return from + " to " + report.MMSS(timeline.Micros(float64(i+1)*length))
}

// lines marks the target, the median and the 90th percentile.
func (s *spread) lines(c *canvas) {
	var markers []marker
	add := func(class, nameClass, name string, at timeline.Micros) {
		if at > 0 {
			markers = append(markers, marker{class: class, nameClass: nameClass, name: name + " " + report.MMSS(at), x: s.x(at)})
		}
	}
	add("tline", "tname", "target", s.target)
	add("mline", "mname", "median", s.median)
	add("pline", "pname", "90 % within", s.most)
	slices.SortStableFunc(markers, func(a, b marker) int { return cmp.Compare(a.x, b.x) })
	placeNames(markers, c.width)
	for _, m := range markers {
		m.draw(c, s.area.bottom)
	}
}

func (s *spread) summary() string {
	words := fmt.Sprintf("%s. Half of them took %s or less, 90 %% took %s or less",
		count(len(s.questions), "question"), report.MMSS(s.median), report.MMSS(s.most))
	if s.target > 0 {
		words += "; the target is " + report.MMSS(s.target)
	} else {
		words += "; their targets differ"
	}
	if s.beyond > 0 {
		words += fmt.Sprintf(". %s longer than %s, at the right edge",
			count(s.beyond, "question"), total(timeline.Micros(s.axis.top)))
	}
	return words + "."
}

func (s *spread) table() Table {
	t := Table{
		Caption: "How long questions took",
		Header:  []string{"Active time", "Questions"},
	}
	if len(s.questions) == 0 {
		return t
	}
	for i, bin := range s.bins {
		if len(bin) > 0 {
			t.Rows = append(t.Rows, []string{s.binWords(i), strconv.Itoa(len(bin))})
		}
	}
	t.Total = []string{
		fmt.Sprintf("All; median %s, 90th percentile %s", report.MMSS(s.median), report.MMSS(s.most)),
		strconv.Itoa(len(s.questions)),
	}
	return t
}
