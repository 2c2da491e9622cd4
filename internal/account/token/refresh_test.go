package token

import "testing"

// A change of SECRET_KEY disconnects no device while the previous key is known.
func TestRefreshSurvivesKeyRotation(t *testing.T) {
	t.Parallel()
	old, rotated := NewRefreshTokens(mustKeys(t, "old", "")), NewRefreshTokens(mustKeys(t, "new", "old"))
	const device = "00000000-0000-4000-8000-00000000000a"
	parent := Hash{7}
	for name, test := range map[string]struct {
		by, to *RefreshTokens
		want   bool
	}{"before, after": {old, rotated, true}, "after, after": {rotated, rotated, true}, "after, before": {rotated, old, false}} {
		got, ok := test.to.Read(test.by.Issue(7, device, parent))
		if ok != test.want || ok && (got.UserID != 7 || got.DeviceID != device || got.Parent != parent) {
			t.Errorf("%s: %+v, %t", name, got, ok)
		}
	}
}
