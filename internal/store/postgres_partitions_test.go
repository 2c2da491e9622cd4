package store

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// partitioned returns the URL of a database with the newest schema, to which somebody has done
// what docs/scaling.md says.
func partitioned(t *testing.T) (url string) {
	t.Helper()
	url = postgres.Database(t)
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text, err := os.ReadFile("../../docs/scaling.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "```sql\n")
	script, _, found := strings.Cut(after, "```")
	if !found {
		t.Fatal("docs/scaling.md has no script")
	}
	if _, err := s.database.(*postgresDB).pool.Exec(t.Context(), script, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("dividing the tables: %v", err)
	}
	return url
}

func TestPartitions(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, partitioned(t)) })
}

func TestPartitionsReplicas(t *testing.T) {
	t.Parallel()
	stores := openAtOnce(t, partitioned(t), 3)
	if t.Failed() {
		return
	}
	if err := stores[0].CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	storetest.Race(t, ann.ID, stores[0], stores[1], stores[2])
}

// Keys and indexes have the names that migrations know.
func TestPartitionsKeepNames(t *testing.T) {
	t.Parallel()
	names := func(url string) []string {
		rows, err := open(t, url).database.(*postgresDB).pool.Query(t.Context(), `SELECT indexdef FROM pg_indexes
			WHERE tablename IN ('sessions', 'events', 'questions')
			UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid::regclass::text IN ('sessions', 'events', 'questions') ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for i := range texts {
			texts[i] = strings.ReplaceAll(texts[i], " ON ONLY ", " ON ")
		}
		return texts
	}
	if plain, divided := names(postgres.Database(t)), names(partitioned(t)); !slices.Equal(plain, divided) {
		t.Errorf("keys and indexes:\n%s\nwithout partitions:\n%s", strings.Join(divided, "\n"), strings.Join(plain, "\n"))
	}
}

// everywhere are the shared reads of the three tables that are not of one user.
var everywhere = []string{"NextSessions"}

// hotQueries returns every statement that a press or a page runs on the three tables, with
// arguments that name one user.
func hotQueries(user int64) map[string][]any {
	users, ids, times := []int64{user}, []string{"session"}, []int64{0}
	session, span := []any{user, "session"}, []any{user, 0, 1 << 40}
	reads := map[string][]any{
		"Session": session, "Event": session, "SessionLog": session, "LogAfter": {user, "session", 0, 10},
		"RecentSessions": {user, 10}, "SessionsIn": span, "QuestionsIn": span, "TimingsIn": span,
		"SessionsBefore": span, "SessionsFrom": span, "NextSessionsOf": {user, "a", 10},
		"SessionQuestions": {user, 0, 1 << 40, "session"}, "QuestionsBefore": {user, 0, 1 << 40, "session", 10},
	}
	hot := map[string][]any{
		newestSQL: {users}, lockedNewestSQL: {users}, recordedSQL: {users, ids},
		dropQuestionsSQL: {users, times, ids},
	}
	for name, arguments := range reads {
		hot[sharedReads[name]] = arguments
	}
	return hot
}

// partition matches the scan of a partition that was run.
var partition = regexp.MustCompile(`Scan.* on (sessions|events|questions)_(\d+)\b.*\(actual`)

// Every query of a press or a page looks into the partition of its user and into no other,
// with a plan for any user as with one for this user.
func TestHotQueriesTouchOnePartition(t *testing.T) {
	t.Parallel()
	s := open(t, partitioned(t))
	fillPartitions(t, s)
	db := s.database.(*postgresDB)
	hot := hotQueries(7)
	for name, text := range sharedReads {
		if regexp.MustCompile(`\b(sessions|events|questions)\b`).MatchString(text) && hot[text] == nil && !slices.Contains(everywhere, name) {
			t.Errorf("%s is not tested", name)
		}
	}
	conn, err := db.ingest.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, mode := range []string{"force_generic_plan", "force_custom_plan"} {
		if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = "+mode); err != nil {
			t.Fatal(err)
		}
		for i, text := range slices.Sorted(maps.Keys(hot)) {
			plan := explainPostgres(t, conn.Conn(), fmt.Sprintf("%s_%d", mode, i), text, hot[text])
			touched := make(map[string]string) // the partition of each table
			for _, scan := range partition.FindAllStringSubmatch(plan, -1) {
				table, part := scan[1], scan[2]
				if before, ok := touched[table]; ok && before != part {
					t.Errorf("%s: %s\ntouches several partitions of %s:\n%s", mode, text, table, plan)
					break
				}
				touched[table] = part
			}
			if len(touched) == 0 {
				t.Errorf("%s: %s\ntouches no partition:\n%s", mode, text, plan)
			}
		}
	}
}

// fillPartitions writes a session, an event and a question of users in all partitions.
func fillPartitions(t *testing.T, s *Store) {
	t.Helper()
	for id := range int64(200) {
		user := account.User{ID: id + 1, Email: fmt.Sprint(id), Role: account.RoleUser, Timezone: "UTC"}
		if err := s.CreateUser(t.Context(), user); err != nil {
			t.Fatal(err)
		}
		session := tracker.StoredSession{
			SessionKey: tracker.SessionKey{UserID: user.ID, ID: "session"},
			Version:    1, State: timeline.State{Phase: timeline.Running, StartedAt: 1},
		}
		err := s.InTx(t.Context(), func(tx tracker.Tx) error {
			return tx.Write(t.Context(), nextOf(session))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func nextOf(session tracker.StoredSession) tracker.Changes {
	return tracker.Changes{
		Sessions: []tracker.StoredSession{session},
		Events:   []tracker.StoredEvent{{Session: session.SessionKey, Event: timeline.Event{ID: "session", Seq: 1, Type: timeline.Next, At: 1}}},
		Put:      []tracker.StoredQuestion{{SessionKey: session.SessionKey, Question: timeline.Question{ID: "session", Seq: 1, StartedAt: 1, EndedAt: 2}}},
	}
}

// explainPostgres runs a statement and returns how.
func explainPostgres(t *testing.T, conn *pgx.Conn, name, text string, arguments []any) string {
	t.Helper()
	parameters := make([]string, len(arguments))
	for i := range arguments {
		parameters[i] = fmt.Sprintf("$%d", i+1)
	}
	ctx := context.WithoutCancel(t.Context())
	if _, err := conn.Exec(ctx, "PREPARE "+name+" AS "+text, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	execute := "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE " + name + "(" + strings.Join(parameters, ", ") + ")"
	rows, err := conn.Query(ctx, execute, append([]any{pgx.QueryExecModeSimpleProtocol}, arguments...)...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return strings.Join(lines, "\n")
}
