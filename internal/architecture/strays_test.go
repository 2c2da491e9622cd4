package architecture

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRulesHaveTheirRooms checks that every package that a rule names exists: a rule for
// a room that is gone, or not built yet, protects nothing.
func TestRulesHaveTheirRooms(t *testing.T) {
	t.Parallel()
	_, sources, err := readModule(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range strays(named(rooms, keeps, clockRooms), sources) {
		t.Errorf("a rule names %s, and there is no such package", pattern)
	}
}

// TestStraysBite checks that a rule is found if its room does not exist.
func TestStraysBite(t *testing.T) {
	t.Parallel()
	names := named(
		[]room{{pattern: "internal/a", may: []string{"internal/b/...", "internal/gone"}}, {pattern: "internal/planned"}},
		[]kept{{rooms: []string{"internal/a/...", "internal/moved/..."}}},
		[]string{"internal/b", "internal/b/d"},
	)
	got := strays(names, []source{{pkg: "internal/a"}, {pkg: "internal/b/c"}})
	want := []string{"internal/b", "internal/b/d", "internal/gone", "internal/moved/...", "internal/planned"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// named returns the patterns of this module's packages that the rules name, in order.
func named(rooms []room, keeps []kept, others []string) []string {
	names := slices.Clone(others)
	for _, r := range rooms {
		names = append(append(names, r.pattern), r.may...)
	}
	for _, k := range keeps {
		names = append(names, k.rooms...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// strays returns the patterns that fit no source.
func strays(patterns []string, sources []source) []string {
	var strays []string
	for _, pattern := range patterns {
		if !slices.ContainsFunc(sources, func(s source) bool { return fits(pattern, s.pkg) }) {
			strays = append(strays, pattern)
		}
	}
	return strays
}
