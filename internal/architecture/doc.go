// Package architecture holds no code. Its tests check which room may import which,
// that the rooms below the edge take their time from an injected clock, and how
// long files and rooms may be. docs/design.md and CONTRIBUTING.md have the map of the rooms;
// rules_test.go has the rules, each with its reason. A new package needs a row there.
package architecture
