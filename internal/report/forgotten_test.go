package report

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestForgottenAfter(t *testing.T) {
	const minute = timeline.Minute
	took := func(active, target timeline.Micros, isAdjusted bool) Question {
		return Question{Active: active, Raw: 10 * active, Target: target, IsAdjusted: isAdjusted}
	}
	for name, test := range map[string]struct {
		recent []Question
		want   timeline.Micros
	}{
		"no question":                   {nil, 60 * minute},
		"short ones":                    {[]Question{took(5*minute, 5*minute, false), took(12*minute, 5*minute, false)}, 60 * minute},
		"half an hour":                  {[]Question{took(30*minute, 30*minute, false)}, 60 * minute},
		"a little more":                 {[]Question{took(30*minute+1, 30*minute, false)}, 60*minute + 2},
		"the longest, in any order":     {[]Question{took(40*minute, 30*minute, false), took(50*minute, 30*minute, false), took(35*minute, 30*minute, false)}, 100 * minute},
		"just probable":                 {[]Question{took(95*minute, 30*minute, false)}, 190 * minute},
		"improbable":                    {[]Question{took(95*minute+1, 30*minute, false), took(31*minute, 30*minute, false)}, 62 * minute},
		"a length that the person says": {[]Question{took(95*minute+1, 30*minute, true)}, 190*minute + 2},
	} {
		got := MinForgottenAfter
		for _, q := range test.recent {
			got = max(got, ForgottenAfter(q))
		}
		if got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
