package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// pageConnections is how many connections read at the same time.
const pageConnections = 8

// dayLengths says how many questions each of the days has.
var dayLengths = []int{20, 300}

// pages measures reading days, a session, a week and a month, as pages and as JSON, for users with
// histories of different lengths. Beside it pages measures GET /me, the least that any answer to
// a logged-in user takes. With two programs each read is measured with one after the other.
func pages(ctx context.Context, b *bench) error {
	for _, s := range b.stores {
		if err := pagesOn(ctx, b, s); err != nil {
			return fmt.Errorf("%s: %w", s.name(), err)
		}
	}
	return nil
}

func pagesOn(ctx context.Context, b *bench, s store) (err error) {
	var subjects []*subject
	defer func() {
		for _, read := range subjects {
			err = errors.Join(err, read.running.stop())
		}
	}()
	for _, p := range b.programs() {
		read, err := b.newSubject(ctx, s, p)
		if read != nil {
			subjects = append(subjects, read)
		}
		if err != nil {
			return err
		}
	}
	for round := range b.options.rounds {
		if err := b.readAll(ctx, place{store: s.name(), connections: pageConnections, round: round + 1}, subjects); err != nil {
			return err
		}
	}
	for _, read := range subjects {
		if err := b.restart(ctx, s, read); err != nil {
			return err
		}
	}
	return nil
}

// subject is a program on a database with recorded histories.
type subject struct {
	binary, suffix, dir, url string
	running                  *program
	readers                  []reader
}

// newSubject starts a program and records the histories. After an error it still returns a program
// that runs.
func (b *bench) newSubject(ctx context.Context, s store, p named) (*subject, error) {
	read := &subject{binary: p.binary, suffix: p.suffix}
	var err error
	if read.url, err = s.newDatabase(ctx); err != nil {
		return nil, err
	}
	if read.dir, err = os.MkdirTemp(b.dir, "program-"); err != nil {
		return nil, fmt.Errorf("making the program's directory: %w", err)
	}
	if read.running, err = startProgram(ctx, read.binary, read.dir, read.url, b.secret); err != nil {
		return nil, err
	}
	tokens, err := registerUsers(ctx, "http://"+read.running.address, len(b.options.history))
	if err != nil {
		return read, err
	}
	for i, token := range tokens {
		questions := b.options.history[i]
		b.progress("%s: recording %d questions%s", s.name(), questions, p.suffix)
		days, err := record(ctx, read.running.address, token, questions, time.Now())
		if err != nil {
			return read, err
		}
		r := reader{address: read.running.address, token: token, history: questions, days: days}
		if r.session, err = r.newestSession(ctx); err != nil {
			return read, err
		}
		read.readers = append(read.readers, r)
	}
	return read, nil
}

// reader is a user who reads.
type reader struct {
	address, token string
	history        int
	days           []day
	session        string // the newest
}

// newestSession returns the ID of the session that began last.
func (r reader) newestSession(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+"/sessions/recent?limit=1", nil)
	if err != nil {
		return "", fmt.Errorf("asking for the newest session: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	var sessions []struct {
		ID string `json:"session_id"`
	}
	if err := exchange(http.DefaultClient, request, &sessions); err != nil {
		return "", err
	}
	if len(sessions) != 1 {
		return "", errors.New("there is no newest session")
	}
	return sessions[0].ID, nil
}

// reading is a request that each reader makes.
type reading struct {
	what           string
	path, expected func(reader) string
}

func fixed(text string) func(reader) string { return func(reader) string { return text } }

// readings returns what is measured.
func readings() []reading {
	var all []reading
	for i, length := range dayLengths {
		of := func(path string) func(reader) string {
			return func(r reader) string { return path + "?date=" + r.days[i].date }
		}
		all = append(all,
			reading{fmt.Sprintf("page, %d in the day", length), of("/dashboard/today"), fixed(fmt.Sprintf(`id="total-questions">%d<`, length))},
			reading{fmt.Sprintf("JSON, %d in the day", length), of("/dashboard/today/json"), fixed(fmt.Sprintf(`"total_questions":%d`, length))})
	}
	last := func(path, parameter string, letters int) func(reader) string {
		return func(r reader) string { return path + "?" + parameter + "=" + r.days[len(r.days)-1].date[:letters] }
	}
	hundred := fmt.Sprintf("of a session of %d", sessionQuestions)
	return append(all,
		reading{"page " + hundred, func(r reader) string { return "/dashboard/sessions/" + r.session }, fixed(`data-question=`)},
		reading{"JSON " + hundred, func(r reader) string { return "/summary/" + r.session }, fixed(fmt.Sprintf(`"total_questions":%d`, sessionQuestions))},
		reading{"page of a week", last("/dashboard/week", "date", 10), fixed(`id="by-day"`)},
		reading{"JSON of a week", last("/dashboard/week/json", "date", 10), fixed(`"days":[`)},
		reading{"page of a month", last("/dashboard/month", "month", 7), fixed(`id="by-day"`)},
		reading{"JSON of a month", last("/dashboard/month/json", "month", 7), fixed(`"days":[`)},
	)
}

// readAll measures every kind of request. Measurements to compare are next to each other in
// the table.
func (b *bench) readAll(ctx context.Context, at place, subjects []*subject) error {
	for _, k := range readings() {
		measured := map[string][]summary{} // by suffix
		for i := range b.options.history {
			what := fmt.Sprintf("%s, %d in all", k.what, subjects[0].readers[i].history)
			for _, s := range subjects {
				r := s.readers[i]
				m, err := b.read(ctx, at, what+s.suffix, r.address, r.get(k.path(r), k.expected(r)))
				if err != nil {
					return err
				}
				measured[s.suffix] = append(measured[s.suffix], m)
			}
			if len(subjects) > 1 {
				b.report.pair(at, what, measured[subjects[0].suffix][i], measured[subjects[1].suffix][i])
			}
		}
		b.compare(at, k.what, subjects[0].readers, measured[subjects[len(subjects)-1].suffix])
	}
	first := subjects[len(subjects)-1].readers[0]
	_, err := b.read(ctx, at, "GET /me", first.address, first.get("/me", `"email"`))
	return err
}

// read measures one row of the table.
func (b *bench) read(ctx context.Context, at place, what, address string, g *getter) (summary, error) {
	b.progress("%s: %s", at, what)
	clients := make([]client, pageConnections)
	for i := range clients {
		clients[i] = g
	}
	all, err := load{address, b.options.length, clients}.run(ctx)
	if err != nil {
		return summary{}, err
	}
	measured := all.summarize(b.options.length)
	b.report.add(at, what, measured)
	if measured.perSecond == 0 {
		return measured, fmt.Errorf("%s: no answer; the first error: %s", what, measured.firstError)
	}
	return measured, nil
}

// compare notes what a longer history costs.
func (b *bench) compare(at place, what string, readers []reader, measured []summary) {
	for i := 1; i < len(measured); i++ {
		b.report.note("%s, round %d: %s: with %d questions in all it takes %.2f times as long as with %d (median)", at.store, at.round, what,
			readers[i].history, float64(measured[i].p50)/float64(measured[0].p50), readers[0].history)
	}
}

// getter requests the same path again and again. It has no state, so all connections share
// one.
type getter struct {
	bytes    []byte
	expected string
}

func (r reader) get(path, expected string) *getter {
	return &getter{
		bytes: fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: text/html, application/json\r\n\r\n",
			http.MethodGet, path, r.address, r.token),
		expected: expected,
	}
}

func (g *getter) request(time.Time) []byte { return g.bytes }

func (g *getter) check(body []byte) error {
	if !strings.Contains(string(body), g.expected) {
		return fmt.Errorf("the answer has no %q", g.expected)
	}
	return nil
}
