package chart

import "slices"

// bar is one value of a bar chart.
type bar struct {
	number int    // its position, by which labels are thinned out
	label  string // on the axis
	note   string // at its end
	class  string // of its pace
	title  string
	value  float64
	goal   float64 // what it should be; 0: none
}

// bars is a bar chart without its frame.
type bars struct {
	bars  []bar
	axis  axis
	every []int    // how labels may be thinned out: every n-th
	goal  []string // two words that name the goal line; nil without one
}

// columns draws bars side by side in an area that leaves room for labels around it.
func (b bars) columns(c *canvas, area box) {
	for _, m := range b.axis.marks {
		y := area.bottom - b.axis.part(m.at)*area.height()
		class := "grid"
		if m.at == 0 {
			class = "base"
		}
		c.line(class, area.left, y, area.right, y)
		c.text("tick", area.left-6, y+4, end, m.label)
	}
	pitch := area.width() / float64(max(1, len(b.bars)))
	step := labelStep(b.bars, b.every, pitch)
	for i, bar := range b.bars {
		center := area.left + (float64(i)+0.5)*pitch
		top := area.bottom - b.axis.part(bar.value)*area.height()
		half := min(pitch*0.36, 22)
		if bar.value > 0 {
			top = min(top, area.bottom-1)
			c.rect("q "+bar.class, box{center - half, top, center + half, area.bottom}, min(3, half/2), bar.title)
		}
		if bar.value > b.axis.top {
			c.rect("cut", box{center - half, top + 6, center + half, top + 9}, 0, "")
		}
		if bar.note != "" && textWidth(bar.note) <= pitch {
			c.text("num", center, b.noteBaseline(area, bar, top), middle, bar.note)
		}
		if bar.number%step == 0 {
			c.text("tick", center, area.bottom+16, middle, bar.label)
		}
	}
	b.goalAcross(c, area, pitch)
}

// noteBaseline returns a baseline just above a column, or above the goal line where the
// line would cross the note.
func (b bars) noteBaseline(area box, bar bar, top float64) float64 {
	const above, textHeight = 4, 10
	baseline := top - above
	goal := area.bottom - b.axis.part(bar.goal)*area.height()
	if bar.goal > 0 && goal <= top && goal >= baseline-textHeight {
		baseline = goal - above
	}
	return baseline
}

// goalAcross draws the goal line over columns, with a step wherever the goal changes.
func (b bars) goalAcross(c *canvas, area box, pitch float64) {
	height := func(goal float64) float64 { return area.bottom - b.axis.part(goal)*area.height() }
	for from := 0; from < len(b.bars); {
		goal, to := b.bars[from].goal, from+1
		for to < len(b.bars) && b.bars[to].goal == goal {
			to++
		}
		if goal > 0 {
			c.line("tline", area.left+float64(from)*pitch, height(goal), area.left+float64(to)*pitch, height(goal))
		}
		from = to
	}
	if len(b.goal) == 2 && len(b.bars) > 0 {
		y := min(height(b.bars[len(b.bars)-1].goal), area.bottom-8) // not over the labels below
		c.text("tname", area.right+4, y-3, start, b.goal[0])
		c.text("tname", area.right+4, y+11, start, b.goal[1])
	}
}

// labelStep returns the smallest n of every with which labels do not touch.
func labelStep(bars []bar, every []int, pitch float64) int {
	widest := 0.0
	for _, b := range bars {
		widest = max(widest, textWidth(b.label))
	}
	const between = 6
	for _, step := range every {
		if float64(step)*pitch >= widest+between {
			return step
		}
	}
	return every[len(every)-1]
}

// Measures of rows, in the narrow layout.
const (
	rowHeight = 24
	rowsTop   = 22 // for the name of the goal line
)

// rowsHeight returns the height of a drawing of rows.
func (b bars) rowsHeight() float64 { return rowsTop + rowHeight*float64(len(b.bars)) + 4 }

// rows draws bars below each other, with labels to their left and notes to their right.
func (b bars) rows(c *canvas) {
	var labels, notes float64
	for _, bar := range b.bars {
		labels, notes = max(labels, textWidth(bar.label)), max(notes, textWidth(bar.note))
	}
	area := box{labels + 8, rowsTop, c.width - notes - 8, c.height - 4}
	c.line("base", area.left, area.top, area.left, area.bottom)
	for i, bar := range b.bars {
		top := area.top + rowHeight*float64(i)
		right := area.left + max(1, b.axis.part(bar.value)*area.width())
		c.text("tick", labels, top+16, end, bar.label)
		if bar.value > 0 {
			c.rect("q "+bar.class, box{area.left, top + 5, right, top + 19}, 3, bar.title)
		}
		if bar.value > b.axis.top {
			c.rect("cut", box{right - 9, top + 5, right - 6, top + 19}, 0, "")
		}
		c.text("num", c.width, top+16, end, bar.note)
		if bar.goal > 0 {
			x := area.left + b.axis.part(bar.goal)*area.width()
			c.line("tline", x, top, x, top+rowHeight)
		}
	}
	b.goalName(c, area)
}

// goalName writes above the rows what the goal line is.
func (b bars) goalName(c *canvas, area box) {
	if len(b.goal) != 2 || len(b.bars) == 0 {
		return
	}
	words := b.goal[0] + " " + b.goal[1]
	half := textWidth(words) / 2
	x := area.left + b.axis.part(b.bars[0].goal)*area.width()
	c.text("tname", min(max(x, half), c.width-half), rowsTop-8, middle, words)
}

// marksWidth returns how much room the labels of a vertical axis need.
func (a axis) marksWidth() float64 {
	widest := slices.MaxFunc(a.marks, func(a, b mark) int { return len(a.label) - len(b.label) })
	return textWidth(widest.label) + 8
}
