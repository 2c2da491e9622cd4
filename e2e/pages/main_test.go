package pages

import (
	"os"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

var (
	tracker  program.Shared
	chromium browser.Shared
)

func TestMain(m *testing.M) {
	code := m.Run()
	tracker.Stop()
	chromium.Stop()
	os.Exit(code)
}
