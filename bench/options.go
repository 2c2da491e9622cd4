package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are what the command line asks for.
type options struct {
	scenarios   []string
	stores      []string
	connections []int
	length      time.Duration // of each measurement, whole seconds
	rounds      int
	history     []int  // how many questions each user has whose pages are read
	program     string // path of a binary; "" to build one
	before      string // path of a binary that is measured before it, too; or ""
	limit       string // RATE_LIMIT_EVENTS
	batch       int    // how many presses a request has
	streams     int    // how many pages are open
	replicas    []int  // how many programs on one PostgreSQL
	attacks     []string
	raters      int // who work beside an attack
	slow        int // clients who are slow at once
}

const usage = `Measures the real program on this machine and prints a table. It does not judge
the numbers: it fails only when something is broken.

Usage: go run ./bench [flags]

Databases and the binary are written to the temporary directory, so TMPDIR says
which disk is measured.

`

// parseOptions reads the command line. If the command line asks for help, parseOptions
// writes it to output and returns flag.ErrHelp.
func parseOptions(arguments []string, output io.Writer) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // an error is for the caller to print, once
	flags.Usage = func() {}
	o := options{scenarios: scenarioNames(), stores: storeNames(), connections: []int{1, 16, 64}, history: []int{1_000, 1_000_000}, replicas: []int{1}, attacks: attackNames()}
	flags.Func("scenarios", "`names` of the scenarios to run, separated by commas (default "+strings.Join(scenarioNames(), ",")+")",
		func(list string) (err error) { o.scenarios, err = parseNames(list, scenarioNames()); return err })
	flags.Func("stores", "`names` of the databases to run on, separated by commas (default "+strings.Join(storeNames(), ",")+")",
		func(list string) (err error) { o.stores, err = parseNames(list, storeNames()); return err })
	flags.Func("connections", "`numbers` of connections to measure with, separated by commas (default 1,16,64)",
		func(list string) (err error) { o.connections, err = parseNumbers(list, maxConnections); return err })
	flags.Func("history", "`numbers` of questions in the histories whose pages are read, separated by commas (default 1000,1000000)",
		func(list string) (err error) { o.history, err = parseNumbers(list, maxHistory); return err })
	seconds := flags.Int("seconds", 5, "`length` of each measurement in seconds, after 1 s of warm-up")
	flags.IntVar(&o.rounds, "rounds", 1, "how many `times` to measure everything")
	flags.StringVar(&o.program, "program", "", "measure this `binary` instead of building one")
	flags.StringVar(&o.before, "before", "", "measure this `binary` too, each time just before the program")
	flags.StringVar(&o.limit, "limit", "off", "`rate` of presses that the program counts, such as 1000/second (ingest)")
	flags.IntVar(&o.batch, "batch", 1, "how many `presses` each request has; more than one go to /events/batch (ingest)")
	flags.IntVar(&o.streams, "streams", 5000, "how many `pages` are open (streams)")
	flags.Func("replicas", "`numbers` of programs that share one PostgreSQL, separated by commas (ingest; default 1)",
		func(list string) (err error) { o.replicas, err = parseNumbers(list, maxReplicas); return err })
	flags.Func("attacks", "`names` of the attacks to make, separated by commas (default "+strings.Join(attackNames(), ",")+")",
		func(list string) (err error) { o.attacks, err = parseNames(list, attackNames()); return err })
	flags.IntVar(&o.raters, "raters", 300, "how many `people` work beside an attack")
	flags.IntVar(&o.slow, "slow", 1000, "how many slow `clients` there are at once (attacks)")
	if err := flags.Parse(arguments); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(output)
			_, _ = io.WriteString(output, usage)
			flags.PrintDefaults()
		}
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if least := min(*seconds, o.rounds, o.streams, o.raters, o.slow, o.batch); least < 1 {
		return options{}, fmt.Errorf("-seconds, -rounds, -streams, -raters, -slow and -batch must be 1 or more, not %d", least)
	}
	if o.batch > maxBatch {
		return options{}, fmt.Errorf("-batch must be %d at most, not %d", maxBatch, o.batch)
	}
	o.length = time.Duration(*seconds) * time.Second
	return o, nil
}

func parseNames(list string, known []string) ([]string, error) {
	names := strings.Split(list, ",")
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%q is unknown: use %s", name, strings.Join(known, ", "))
		}
	}
	return names, nil
}

const (
	// maxConnections keeps a run below PostgreSQL's limit of connections and the usual
	// limit of open files.
	maxConnections = 150
	// maxReplicas is how many replicas fit into PostgreSQL's limit of connections.
	maxReplicas = 6
	// maxHistory is more than seven years of one question every two minutes, day and night.
	maxHistory = 2_000_000
)

func parseNumbers(list string, most int) ([]int, error) {
	var numbers []int
	for field := range strings.SplitSeq(list, ",") {
		number, err := strconv.Atoi(field)
		if err != nil || number < 1 || number > most {
			return nil, fmt.Errorf("%q is not a number from 1 to %d", field, most)
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}
