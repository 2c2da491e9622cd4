package web

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestActiveTime(t *testing.T) {
	const refused = -1
	for text, want := range map[string]timeline.Micros{
		"4:30": 270, "04:30": 270, " 4:30 ": 270, "0:00": 0, "00:59": 59, "100:00": 6000, "99999:59": 5_999_999,
		"1:02:03": 3723, "01:02:03": 3723, "0:04:30": 270,
		"4": 240, "0": 0, "4.5": 270, "4,5": 270, "0.1": 6, "270": 16_200,
		"": refused, ":": refused, "4:": refused, ":30": refused, "4:5": refused, "4:60": refused, "1:60:00": refused,
		"1:2:03": refused, "1:2:3:4": refused, "-4:30": refused, "+4": refused, "4e1": refused, "NaN": refused, "Inf": refused,
		"0x10": refused, "4.": refused, ".5": refused, "4.5.1": refused, "4 30": refused, "４:30": refused, "999999": refused,
		"4:30 min": refused, "4:30\n5:00": refused,
	} {
		got, problem := activeTimeOf(text)
		switch {
		case want == refused && problem == "":
			t.Errorf("%q is %v, and should be refused", text, got)
		case want != refused && (problem != "" || got != want*timeline.Second):
			t.Errorf("%q is %v %q, want %d s", text, got, problem, want)
		}
	}
}
