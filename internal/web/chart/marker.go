package chart

// marker is a vertical line with its name in one of the rows of text above the drawing.
type marker struct {
	class, nameClass, name string

	x    float64
	row  int    // of the name, from the top
	from int    // the row that the line begins in
	side anchor // which end of the name is at the line
}

const (
	markerRows = 3
	rowOfText  = 14
	nameGap    = 4 // between a line and its name
)

func (m marker) draw(c *canvas, bottom float64) {
	c.line(m.class, m.x, 2+rowOfText*float64(m.from), m.x, bottom)
	left, right := m.extent()
	x := map[anchor]float64{start: left, end: right, middle: min(max(m.x, m.half()), c.width-m.half())}[m.side]
	c.text(m.nameClass, x, 10+rowOfText*float64(m.row), m.side, m.name)
}

func (m marker) half() float64 { return textWidth(m.name) / 2 }

// extent returns where the name of a marker lies beside its line.
func (m marker) extent() (left, right float64) {
	if m.side == end {
		return m.x - nameGap - 2*m.half(), m.x - nameGap
	}
	return m.x + nameGap, m.x + nameGap + 2*m.half()
}

// placeNames gives at most three markers their rows and sides: the first arrangement in
// which no line crosses a name. If there is none, the lines begin below all names.
func placeNames(markers []marker, width float64) {
	for _, rows := range [...][markerRows]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}, {0, 2, 1}, {1, 2, 0}} {
		for sides := range 1 << len(markers) {
			for i := range markers {
				m := &markers[i]
				m.row, m.from, m.side = rows[i], rows[i], start
				if sides>>i&1 == 1 {
					m.side = end
				}
			}
			if namesAreClear(markers, width) {
				return
			}
		}
	}
	for i := range markers {
		markers[i].row, markers[i].from, markers[i].side = i, markerRows, middle
	}
}

// namesAreClear reports whether all names lie within the drawing and no line of another
// marker crosses them.
func namesAreClear(markers []marker, width float64) bool {
	for _, m := range markers {
		left, right := m.extent()
		if left < 0 || right > width {
			return false
		}
		for _, other := range markers {
			if other.row < m.row && left-1 < other.x && other.x < right+1 {
				return false
			}
		}
	}
	return true
}
