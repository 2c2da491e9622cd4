// Package architecture holds no code: its test checks who may import whom, and
// that the rooms below the edge take their time from an injected clock.
// docs/design.md has the map of the rooms; rules_test.go has the rules, each
// with its reason. A new package needs a row there.
package architecture
