package token

import (
	"strconv"
	"testing"
	"time"
)

func TestVerified(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var v verified
	add := func(signed string, lifetime time.Duration) {
		v.add(signed, verifiedToken{ref: Ref{UserID: 1, ID: signed}, expiresAt: now.Add(lifetime)})
	}
	has := func(signed string, at time.Time) bool {
		ref, ok := v.find(signed, at)
		if ok && ref.ID != signed {
			t.Errorf("asked for %q, got %q", signed, ref.ID)
		}
		return ok
	}
	if has("a", now) {
		t.Error("an empty cache knows a token")
	}
	add("a", time.Minute)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {time.Minute - 1, true}, {time.Minute, false}, {time.Hour, false}} {
		if got := has("a", now.Add(c.after)); got != c.want {
			t.Errorf("known %v after it was issued for a minute: %v, want %v", c.after, got, c.want)
		}
	}

	add("used", time.Hour)
	add("unused", time.Hour)
	for i := range 3 * maxVerified {
		add(strconv.Itoa(i), time.Hour)
		if !has("used", now) {
			t.Fatalf("a token in use was forgotten after %d others", i)
		}
	}
	if has("unused", now) {
		t.Error("an unused token was never forgotten")
	}
	if size := len(v.recent) + len(v.older); size > 2*maxVerified {
		t.Errorf("%d tokens are kept, want at most %d", size, 2*maxVerified)
	}
}
