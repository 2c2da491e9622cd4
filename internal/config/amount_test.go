package config

import (
	"strings"
	"testing"
)

func TestMaxEventsPerDay(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "20000": 20_000, "off": 0, "OFF": 0, "0": -1, "-1": -1, "": -1, "many": -1, "1000000001": -1} {
		withoutSettings(t)
		c := mustParse(t, "--secret-key", testKey)
		c.MaxEventsPerDay = text
		s, err := c.Settings()
		if want < 0 {
			if err == nil || !strings.Contains(err.Error(), "MAX_EVENTS_PER_DAY") {
				t.Errorf("%q: %v, want an error that names the setting", text, err)
			}
			continue
		}
		if err != nil || s.MaxEventsPerDay != want {
			t.Errorf("%q: %d, %v, want %d", text, s.MaxEventsPerDay, err, want)
		}
	}
}
