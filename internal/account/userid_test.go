package account

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

func TestNewUserID(t *testing.T) {
	t.Parallel()
	seen := map[int64]bool{}
	for range 10_000 {
		id := newUserID()
		if id < 1 || id > token.MaxUserID || seen[id] {
			t.Fatalf("ID %d is out of range or a repeat", id)
		}
		seen[id] = true
	}
}
