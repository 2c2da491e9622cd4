package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// properties are the names of our own properties that are written shorter, and how.
type properties struct {
	names   map[string]any // as esbuild takes them
	pattern string
}

// shortNames reads the names from a file. They are written down, not made anew, because
// stored objects have them too: a name that was released must keep its short form.
func shortNames(file string) (properties, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return properties{}, err
	}
	var names map[string]any
	if err := json.Unmarshal(content, &names); err != nil {
		return properties{}, fmt.Errorf("%s: %w", file, err)
	}
	all := slices.Sorted(maps.Keys(names))
	return properties{names: names, pattern: "^(?:" + strings.Join(all, "|") + ")$"}, nil
}
