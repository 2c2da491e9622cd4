// Package standby promotes standbys of PostgreSQL while raters press: nothing that was
// acknowledged may be lost with the primary.
package standby

import (
	"os"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

var tracker program.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	tracker.Stop()
	os.Exit(code)
}
