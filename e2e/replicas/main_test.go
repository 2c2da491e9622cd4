// Package replicas checks that any number of replicas on one PostgreSQL act as one: whatever
// many clients do at once to the same users, there is an order in which a single, naive server
// would have given each of them the same answers, and would have the same logs now.
//
// The model is written from docs/contract.md alone and uses none of the program's code:
//   - fold_test.go derives a session from its log,
//   - rater_test.go places the sessions of a user in time,
//   - press_test.go, correct_test.go and enter_test.go answer requests,
//   - order_test.go searches for the order.
//
// The rest makes the work: plan_test.go draws it, client_test.go sends it.
package replicas

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
