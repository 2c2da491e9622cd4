package tracker

import (
	"errors"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// A skewed clock is corrected, and a time that cannot be right is refused. Times are after the
// instant at which the server received the press.
func TestTimedBy(t *testing.T) {
	t.Parallel()
	const (
		second   = timeline.Second
		absent   = timeline.Micros(1 << 62) // no time is given
		tooEarly = "timestamp must not be before 2000-01-01"
		tooLate  = "timestamp must not be more than 2 minutes in the future"
	)
	received := timeline.InstantOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	sinceEarliest := timeline.Micros(received - earliest)
	for _, c := range []struct {
		name        string
		at, sent    timeline.Micros // by the client's clock
		want        timeline.Micros
		wantRefusal string
		wantsNoTime bool // it gets its time when it is recorded
	}{
		{name: "no time", at: absent, sent: absent, wantsNoTime: true},
		{name: "no time, skewed clock", at: absent, sent: 3600 * second, wantsNoTime: true},
		{name: "now", at: 0, sent: absent, want: 0},
		{name: "earlier", at: -3600 * second, sent: absent, want: -3600 * second},

		{name: "clock right", at: -5 * second, sent: 0, want: -5 * second},
		{name: "2 s behind is let be", at: -7 * second, sent: -2 * second, want: -7 * second},
		{name: "2 s ahead is let be", at: -3 * second, sent: 2 * second, want: -3 * second},
		{name: "more than 2 s behind is corrected", at: -7*second - 1, sent: -2*second - 1, want: -5 * second},
		{name: "more than 2 s ahead is corrected", at: -3*second + 1, sent: 2*second + 1, want: -5 * second},
		{name: "an hour ahead", at: 3600 * second, sent: 3605 * second, want: -5 * second},
		{name: "a day behind", at: -86400*second - 9, sent: -86400 * second, want: -9},

		{name: "2 min ahead", at: 120 * second, sent: absent, want: 120 * second},
		{name: "more than 2 min ahead", at: 120*second + 1, sent: absent, wantRefusal: tooLate},
		{name: "2 min after it was sent, clock right", at: 120 * second, sent: 0, want: 120 * second},
		{name: "more than 2 min after it was sent", at: 3600*second + 120*second + 1, sent: 3600 * second, wantRefusal: tooLate},
		{name: "corrected into the future", at: 0, sent: -121 * second, wantRefusal: tooLate},

		{name: "the first instant of 2000", at: -sinceEarliest, sent: absent, want: -sinceEarliest},
		{name: "before 2000", at: -sinceEarliest - 1, sent: absent, wantRefusal: tooEarly},
		{name: "before 2000 by the client, though its clock is known to be wrong", at: -sinceEarliest - 1, sent: -sinceEarliest, wantRefusal: tooEarly},
		{name: "before 2000 once corrected", at: -sinceEarliest, sent: 3 * second, wantRefusal: tooEarly},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var p Press
			if c.at != absent {
				p.At = received.Add(c.at)
			}
			if c.sent != absent {
				p.SentAt = received.Add(c.sent)
			}
			got := timedBy(p, received)
			if c.wantRefusal != "" {
				if !errors.Is(got.refused, fault.ErrInvalid) || got.refused.Error() != c.wantRefusal {
					t.Errorf("got %+v, want %q", got, c.wantRefusal)
				}
				return
			}
			want := timed{Press: p, at: received.Add(c.want)}
			if c.wantsNoTime {
				want.at = 0
			}
			if got.refused != nil || got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}
