package report

import (
	"math"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Pace says how work compares with its target. PaceOf makes one; the zero Pace means
// nothing.
type Pace struct {
	Ratio  float64 // time worked ÷ time expected; 0 without questions
	Label  string  // "on target"
	Emoji  string  // the same as a picture
	Colour Colour  // the same as one of four colours
	Score  int     // 0 to 100; 100 is exactly on target
}

// Colour names the colour of a pace, wherever it is drawn. The six labels share four.
type Colour string

// The colours of pace. A pace without questions has none.
const (
	Fast Colour = "fast"
	Good Colour = "good"
	Slow Colour = "slow"
	Over Colour = "over"
)

// PaceOf returns the pace of questions with these sums of active and expected times. So the
// ratio is the average active time over the average target, weighted by questions. If
// expected is 0, there were no questions.
func PaceOf(active, expected timeline.Micros) Pace {
	if expected <= 0 {
		return Pace{Label: "No questions", Emoji: "😴"}
	}
	// Division rounds correctly, so a ratio of exactly 7/10 is the float 0.7 and
	// the limits below hold to the microsecond.
	ratio := float64(active) / float64(expected)
	p := Pace{Ratio: ratio, Score: score(ratio)}
	switch {
	case ratio < 0.5:
		p.Label, p.Emoji, p.Colour = "way too fast", "⚡🐇", Fast
	case ratio < 0.7:
		p.Label, p.Emoji, p.Colour = "fast", "🐇", Fast
	case ratio < 0.9:
		p.Label, p.Emoji, p.Colour = "slightly fast", "🙂", Good
	case ratio < 1.1:
		p.Label, p.Emoji, p.Colour = "on target", "💜✅", Good
	case ratio < 1.3:
		p.Label, p.Emoji, p.Colour = "a bit slow", "🐢", Slow
	default:
		p.Label, p.Emoji, p.Colour = "slow", "🐌", Over
	}
	return p
}

// score falls off on both sides of a ratio of 1: 100 there, 30 at no time at all.
func score(ratio float64) int {
	return int(math.Round(100 * math.Exp(-1.2*math.Abs(ratio-1))))
}
