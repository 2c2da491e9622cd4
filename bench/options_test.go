package main

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseOptions(t *testing.T) {
	defaults := options{
		scenarios: []string{"ingest", "pages", "streams", "attacks"}, stores: []string{"sqlite", "postgres"},
		connections: []int{1, 16, 64}, history: []int{1_000, 1_000_000}, length: 5 * time.Second, rounds: 1,
		limit: "off", streams: 5000, batch: 1, replicas: []int{1},
		attacks: attackNames(), raters: 300, slow: 1000,
	}
	for _, test := range []struct {
		arguments string
		want      func(*options)
	}{
		{"", func(*options) {}},
		{"-stores postgres", func(o *options) { o.stores = []string{"postgres"} }},
		{"-stores postgres,sqlite -scenarios ingest", func(o *options) {
			o.stores, o.scenarios = []string{"postgres", "sqlite"}, []string{"ingest"}
		}},
		{"-connections 4,2", func(o *options) { o.connections = []int{4, 2} }},
		{"-history 5,200", func(o *options) { o.history = []int{5, 200} }},
		{"-seconds 2 -rounds 3", func(o *options) { o.length, o.rounds = 2*time.Second, 3 }},
		{"-program ./mine -before ./old", func(o *options) { o.program, o.before = "./mine", "./old" }},
		{"-streams 40", func(o *options) { o.streams = 40 }},
		{"-attacks logins,hosts -raters 8 -slow 9", func(o *options) {
			o.attacks, o.raters, o.slow = []string{"logins", "hosts"}, 8, 9
		}},
		{"-limit 1000/second -replicas 1,2,3", func(o *options) { o.limit, o.replicas = "1000/second", []int{1, 2, 3} }},
	} {
		t.Run(test.arguments, func(t *testing.T) {
			want := defaults
			test.want(&want)
			got, err := parseOptions(strings.Fields(test.arguments), io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(options{})); diff != "" {
				t.Errorf("options (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseOptionsRefuses(t *testing.T) {
	for _, arguments := range []string{
		"-stores mysql", "-stores sqlite,", "-scenarios all", "-connections 0", "-connections 1000",
		"-connections one", "-history 0", "-history 3000000", "-history many", "-replicas 7", "-streams 0", "-raters 0", "-slow 0", "-attacks all", "-seconds 0", "-rounds 0", "-fast", "extra",
	} {
		t.Run(arguments, func(t *testing.T) {
			got, err := parseOptions(strings.Fields(arguments), io.Discard)
			if err == nil || errors.Is(err, flag.ErrHelp) {
				t.Errorf("got %+v, %v; want an error", got, err)
			}
		})
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	var help strings.Builder
	if _, err := parseOptions([]string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("error %v, want flag.ErrHelp", err)
	}
	for _, name := range []string{"Usage: ", "-scenarios", "-stores", "-connections", "-history", "-seconds", "-rounds", "-program", "-before", "-limit", "-streams", "-replicas", "-attacks", "-raters", "-slow"} {
		if !strings.Contains(help.String(), name) {
			t.Errorf("help lacks %q:\n%s", name, help.String())
		}
	}
}
