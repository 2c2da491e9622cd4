package account_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

// A text that was not signed here does nothing to a device.
func TestForgedRefreshTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	granted := h.connect(t)
	raw, err := base64.RawURLEncoding.DecodeString(granted.Refresh)
	if err != nil || len(granted.Refresh) != 160 {
		t.Fatalf("a token of %d characters, %v", len(granted.Refresh), err)
	}
	forged := map[string]string{
		"nothing": "", "a word": "x", "an access token": granted.Access, "cut": granted.Refresh[1:], "longer": granted.Refresh + "A",
		"a line break": granted.Refresh[:100] + "\n" + granted.Refresh[101:],
		"wrong key":    token.NewRefreshTokens(keys(t, "another", "")).Issue(h.user.ID, granted.DeviceID, token.Hash{}),
	}
	for i := range raw {
		changed := slices.Clone(raw)
		changed[i] ^= 1
		forged[fmt.Sprintf("byte %d changed", i)] = base64.RawURLEncoding.EncodeToString(changed)
	}
	for name, text := range forged {
		_, err := h.refresh(t, text)
		expectError(t, name, err, account.ErrDeviceCredential)
		if key := h.RefreshKey(text); key != "" {
			t.Errorf("%s: counted for the device %s", name, key)
		}
	}
	if key := h.RefreshKey(granted.Refresh); key != granted.DeviceID {
		t.Errorf("a good one is counted for %q", key)
	}
	if _, err := h.refresh(t, granted.Refresh); err != nil {
		t.Errorf("the good one afterwards: %v", err)
	}
}

// The cases of the table at token.RefreshTokens: what is presented after what, and whether
// it is good.
func TestRefreshChain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// Each step presents a token by its name, and names the one that it gets. The
		// first is "a".
		steps  []string
		reused bool // the last step
	}{
		{"a chain", []string{"a b", "b c", "c d"}, false},
		{"an answer is lost", []string{"a -", "a b", "b c"}, false},
		{"many answers are lost", []string{"a -", "a -", "a -", "a b", "b -", "b -", "b c", "c d"}, false},
		{"a late answer to an overtaken request is the one that is used", []string{"a b", "a c", "b d", "d e"}, false},
		{"the newest of two answers is used", []string{"a b", "a c", "c d", "d e"}, false},
		{"a retry after the next was presented", []string{"a b", "b c", "a -"}, true},
		{"a retry long after", []string{"a b", "b c", "c d", "a -"}, true},
		{"both children are presented", []string{"a b", "a c", "b d", "c -"}, true},
		{"a grandchild of the child that lost", []string{"a b", "b c", "b d", "d e", "c -"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			granted := h.connect(t)
			tokens := map[string]string{"a": granted.Refresh}
			for i, step := range test.steps {
				presented, got, _ := strings.Cut(step, " ")
				next, err := h.refresh(t, tokens[presented])
				if i == len(test.steps)-1 && test.reused {
					expectError(t, step, err, account.ErrDeviceCredential)
					break
				}
				if err != nil {
					t.Fatalf("step %d, %s: %v", i, step, err)
				}
				if next.DeviceID != granted.DeviceID || next.Refresh == tokens[presented] {
					t.Errorf("step %d: got %+v", i, next)
				}
				if _, _, err := h.Authenticate(t.Context(), next.Access); err != nil {
					t.Errorf("step %d: the access token: %v", i, err)
				}
				tokens[got] = next.Refresh
			}
			_, _, err := h.Authenticate(t.Context(), granted.Access)
			if ended := err != nil; ended != test.reused || slices.Contains(h.kinds(3), account.DeviceReused) != test.reused {
				t.Errorf("ended %t, noted %v", ended, h.kinds(3))
			}
		})
	}
}

// answer is on its way to a widget.
type answer struct {
	to    string // token that was presented
	token string
}

// An honest widget presents the token of the newest answer that reached it, and asks
// again until an answer does. It is never locked out, although answers may be lost, late,
// or overtake each other. When somebody presents a token from which it has moved on, both
// are locked out.
func TestHonestWidgetIsNeverLockedOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rapid.Check(t, func(r *rapid.T) {
		h.exec(t, "DELETE FROM devices")
		held := h.connect(t).Refresh
		var passed []string // tokens that it went on from, and whose children were presented
		var way []answer
		advanced := false // the present one was presented
		steps := rapid.IntRange(1, 30).Draw(r, "steps")
		for range steps {
			if !rapid.Bool().Draw(r, "an answer comes in") || len(way) == 0 {
				granted, err := h.refresh(t, held)
				if err != nil {
					r.Fatalf("locked out: %v", err)
				}
				advanced = true
				way = append(way, answer{to: held, token: granted.Refresh})
				continue
			}
			i := rapid.IntRange(0, len(way)-1).Draw(r, "which")
			came := way[i]
			way = slices.Delete(way, i, i+1)
			// An answer to an older question is dropped.
			if came.to == held && !rapid.Bool().Draw(r, "it is lost") {
				passed, held, advanced = append(passed, held), came.token, false
			}
		}
		if !advanced { // it has moved on from a token only when it presents the next one
			if _, err := h.refresh(t, held); err != nil {
				r.Fatalf("locked out at the end: %v", err)
			}
		}
		if len(passed) == 0 {
			return
		}
		_, err := h.refresh(t, rapid.SampledFrom(passed).Draw(r, "stolen"))
		if !errors.Is(err, account.ErrDeviceCredential) {
			r.Fatalf("a thief's old token: %v", err)
		}
		if _, err := h.refresh(t, held); !errors.Is(err, account.ErrDeviceCredential) {
			r.Fatalf("the device goes on after a theft: %v", err)
		}
	})
}
