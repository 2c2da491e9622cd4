package api

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the databases, read beside the program
	"github.com/pquerna/otp/totp"
	_ "modernc.org/sqlite"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// canary is in every secret that this test makes up, and in nothing else.
const canary = "c4n4ry"

// The secrets that a person types, some of them into the wrong field.
const (
	canaryPassword      = "Right-" + canary + "-7-Lumen!"
	canaryWrongPassword = "Wrong-" + canary + "-7-Lumen!"
	canaryEmail         = canary + "@example.com" // where a password belongs
)

// jwtShaped is a header and a payload of any token.
var jwtShaped = regexp.MustCompile(`eyJ[\w-]{8,}\.[\w-]{8,}`)

// TestSecretsLeaveNoTrace runs the program with its most talkative log through
// all that has to do with secrets, going well and going wrong, and then looks for
// them wherever the program has written.
func TestSecretsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		provider := oidctest.Start(t)
		s := tracker.Start(t, databaseURL, behindProxy, "PUBLIC_URL=https://tracker.example.com", "OIDC_ISSUER="+provider.Issuer(),
			"OIDC_CLIENT_ID="+oidctest.ClientID, "OIDC_CLIENT_SECRET="+oidctest.ClientSecret)
		talk := &secretTalk{Client: program.NewClient(t, s.URL), user: "rater-" + canaryFree(databaseURL) + "@example.com"}
		talk.register(t)
		talk.logIn(t)
		talk.misuseTokens(t)
		talk.useAccount(t)
		talk.useSecondFactors(t)
		talk.visitProvider(t, provider)
		talk.breakHTTP(t, s.URL)
		talk.failInside(t, databaseURL)
		s.Stop(t)

		log := s.Output.String()
		for _, shown := range []string{"POST", "/auth/login", "status=401", "request failed", "status=500"} {
			if !strings.Contains(log, shown) {
				t.Errorf("the log does not show %q, so it is not what was meant to be looked at:\n%s", shown, s.Output.Tail())
			}
		}
		// Whatever else comes to keep notes, such as a log of security in a table or a
		// file of its own, is looked at here too. A table of the database is already.
		for where, text := range map[string]string{"log": log, "database": everyRow(t, databaseURL)} {
			for _, secret := range talk.secrets() {
				if at := strings.Index(text, secret); at >= 0 {
					t.Errorf("%s has the secret %.40q: …%s…", where, secret, text[max(0, at-200):min(len(text), at+100)])
				}
			}
			if found := jwtShaped.FindString(text); found != "" {
				t.Errorf("%s has what looks like a token: %s", where, found)
			}
		}
		if found := strings.Index(log, "$argon2"); found >= 0 {
			t.Errorf("the log has a hash: %.100s", log[found:])
		}
	})
}

// canaryFree is a part of an e-mail address that differs by database.
func canaryFree(databaseURL string) string {
	name, _, _ := strings.Cut(databaseURL, ":")
	return name
}

// secretTalk is a client that remembers every secret it was given.
type secretTalk struct {
	*program.Client
	user   string // e-mail address
	csrf   string
	issued []string // tokens, codes, and whatever else the server made up
	tries  int
}

// secrets are all texts that must be nowhere.
func (s *secretTalk) secrets() []string {
	secrets := []string{canary, "end-to-end", base64.StdEncoding.EncodeToString([]byte(canary))[:8]} // "end-to-end" is SECRET_KEY
	for _, token := range s.issued {
		secrets = append(secrets, token, token[len(token)-24:]) // its signature
	}
	return secrets
}

// post sends a body with the CSRF token.
func (s *secretTalk) post(t *testing.T, path, body string, header http.Header) program.Reply {
	t.Helper()
	s.tries++ // each from an address of its own, so that none has to wait
	all := http.Header{
		"Content-Type": {"application/json"}, "X-Csrf-Token": {s.csrf},
		"X-Forwarded-For": {fmt.Sprintf("203.0.113.%d", s.tries)},
	}
	for name, values := range header {
		all[name] = values
	}
	got, err := s.Send(t.Context(), http.MethodPost, path, []byte(body), all)
	if err != nil {
		t.Fatalf("POST %s: %v", path, err)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(got.Body, &answer); err == nil && answer.AccessToken != "" {
		s.Token = answer.AccessToken
		s.issued = append(s.issued, answer.AccessToken)
	}
	return got
}

// expect fails the test on another status.
func (s *secretTalk) expect(t *testing.T, want int, path, body string, header http.Header) {
	t.Helper()
	if got := s.post(t, path, body, header); got.Status != want {
		t.Errorf("POST %s %s: %v, want %d", path, body, got, want)
	}
}

func credentials(email, password string) string {
	raw, _ := json.Marshal(map[string]string{"email": email, "password": password}) // of strings never fails
	return string(raw)
}

// badBodies have a secret where a program may stumble over it.
func badBodies(user string) map[string]int {
	return map[string]int{
		credentials(canaryPassword, user):                                         http.StatusUnprocessableEntity, // the fields mixed up
		credentials(canaryPassword, canaryEmail):                                  http.StatusUnprocessableEntity,
		`{"email":"` + user + `","password":"` + canaryPassword:                   http.StatusBadRequest,
		`email=` + user + `&password=` + canaryPassword:                           http.StatusBadRequest,
		`{"email":["` + canaryEmail + `"],"password":["` + canaryPassword + `"]}`: http.StatusUnprocessableEntity,
		`{"email":"` + user + `","password":{"` + canaryPassword + `":1}}`:        http.StatusUnprocessableEntity,
		`"` + canaryPassword + `"`:                                                http.StatusUnprocessableEntity,
		credentials(user, strings.Repeat(canaryPassword, 100)):                    http.StatusUnprocessableEntity,
		credentials(user, canaryPassword+strings.Repeat("x", largestBody)):        http.StatusRequestEntityTooLarge,
	}
}

func (s *secretTalk) register(t *testing.T) {
	t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	s.Must(t, http.StatusOK, http.MethodGet, "/auth/csrf", nil).Decode(t, &csrf)
	s.csrf = csrf.Token
	s.issued = append(s.issued, s.csrf)
	for body, want := range badBodies(s.user) {
		s.expect(t, want, "/auth/register", body, nil)
	}
	s.expect(t, http.StatusUnprocessableEntity, "/auth/register", credentials(s.user, canary), nil) // too short
	s.expect(t, http.StatusOK, "/auth/register", credentials(s.user, canaryPassword), nil)
	s.expect(t, http.StatusConflict, "/auth/register", credentials(s.user, canaryWrongPassword), nil)
}

func (s *secretTalk) logIn(t *testing.T) {
	t.Helper()
	for body, want := range badBodies(s.user) {
		if strings.HasPrefix(body, `{"email":"`+canary) || body == credentials(canaryPassword, s.user) || body == credentials(canaryPassword, canaryEmail) {
			want = http.StatusUnauthorized // who logs in is told nothing of the fields
		}
		s.expect(t, want, "/auth/login", body, nil)
	}
	s.expect(t, http.StatusUnauthorized, "/auth/login", credentials(s.user, canaryWrongPassword), nil)
	s.expect(t, http.StatusUnauthorized, "/auth/login", credentials(s.user, canaryEmail), nil)
	for _, header := range []http.Header{
		{"X-Csrf-Token": {canary}},
		{"Cookie": {"csrf_token=" + canary}},
		{"X-Csrf-Token": {s.csrf + canary}, "Cookie": {"csrf_token=" + s.csrf}},
	} {
		s.expect(t, http.StatusBadRequest, "/auth/login", credentials(s.user, canaryPassword), header)
	}
	s.expect(t, http.StatusOK, "/auth/login", credentials(s.user, canaryPassword), nil)
}

// misuseTokens shows good and bad tokens in good and bad places.
func (s *secretTalk) misuseTokens(t *testing.T) {
	t.Helper()
	good := s.Token
	header, payload, _ := strings.Cut(good, ".")
	for _, token := range []string{
		canary, canary + "." + canary + "." + canary, good + canary, header + "." + payload[:40] + "." + canary,
		"eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+canary+`"}`)) + ".", strings.Repeat(canary, 1000),
	} {
		for _, h := range []http.Header{
			{"Authorization": {"Bearer " + token}},
			{"Authorization": {"Basic " + token}},
			{"Authorization": {token}},
			{"Cookie": {"access_token=" + token}},
			{"Cookie": {"access_token=" + token + "; csrf_token=" + token}, "Origin": {"https://evil.test"}},
			{"X-Forwarded-For": {token}, "Referer": {"https://evil.test/?" + token}, "User-Agent": {token}},
		} {
			for _, method := range []string{http.MethodGet, http.MethodPatch} {
				got, err := s.Send(t.Context(), method, "/me?access_token="+url.QueryEscape(token), nil, h)
				if err != nil {
					t.Fatal(err)
				}
				if got.Status != http.StatusUnauthorized && got.Status != http.StatusForbidden {
					t.Errorf("%s /me with %.60v: %v", method, h, got)
				}
			}
		}
	}
	for _, place := range []string{"/me?access_token=", "/nowhere?token=", "/docs?code=", "/?password="} {
		if _, err := s.Send(t.Context(), http.MethodGet, place+url.QueryEscape(good)+canary, nil, http.Header{}); err != nil {
			t.Fatal(err)
		}
	}
}

// useAccount does what a user does, with secrets where they do not belong.
func (s *secretTalk) useAccount(t *testing.T) {
	t.Helper()
	for _, body := range []string{
		`{"first_name":"Ann","password":"` + canaryPassword + `"}`,
		`{"timezone":"` + canary + `"}`,
		`{"week_start":"` + canary + `"}`,
		`{"first_name":"` + canary + `\u0000"}`,
		`{"target_minutes":"` + canary + `"}`,
		`{"first_name":"` + canary,
	} {
		if _, err := s.Do(t.Context(), http.MethodPatch, "/me", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{
		`{"type":"NEXT","token":"` + s.Token + `"}`, `{"type":"` + canary + `"}`, `{"type":"NEXT","id":"` + canary + `"}`, `{"type":"NEXT","timestamp":"` + canary,
	} {
		if _, err := s.Do(t.Context(), http.MethodPost, "/events", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	s.Must(t, http.StatusOK, http.MethodPost, "/auth/logout", nil)
	s.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	s.expect(t, http.StatusOK, "/auth/login", credentials(s.user, canaryPassword), nil)
}

// useSecondFactors changes what logs the user in, and logs in with it.
func (s *secretTalk) useSecondFactors(t *testing.T) {
	t.Helper()
	bearer := func() http.Header { return http.Header{"Authorization": {"Bearer " + s.Token}} }
	s.expect(t, http.StatusUnprocessableEntity, "/me/password", `{"current_password":"`+canaryWrongPassword+`","new_password":"`+canary+`"}`, bearer())
	s.expect(t, http.StatusUnprocessableEntity, "/me/password", `{"current_password":"`+canaryPassword+`","new_password":"`+canary+`"}`, bearer())
	s.expect(t, http.StatusOK, "/me/password", `{"current_password":"`+canaryPassword+`","new_password":"New-`+canaryPassword+`"}`, bearer())
	confirmed := `{"password":"New-` + canaryPassword + `"}`

	var app struct{ Secret string }
	s.post(t, "/me/totp", confirmed, bearer()).Decode(t, &app)
	s.expect(t, http.StatusUnauthorized, "/me/totp/confirm", `{"code":"`+canary+`"}`, bearer())
	var recovery struct {
		Codes []string `json:"recovery_codes"`
	}
	s.post(t, "/me/totp/confirm", `{"code":"`+totpCode(t, app.Secret)+`"}`, bearer()).Decode(t, &recovery)
	if app.Secret == "" || len(recovery.Codes) == 0 {
		t.Fatalf("the authenticator app is not set up: %+v, %+v", app, recovery)
	}
	s.issued = append(append(s.issued, app.Secret), recovery.Codes...)
	s.expect(t, http.StatusOK, "/me/passkeys/start", confirmed, bearer())

	var login struct {
		SecondFactor struct{ Challenge string } `json:"second_factor"`
	}
	s.post(t, "/auth/login", credentials(s.user, "New-"+canaryPassword), nil).Decode(t, &login)
	challenge := login.SecondFactor.Challenge
	if challenge == "" {
		t.Fatal("the login needs no second factor")
	}
	s.issued = append(s.issued, challenge)
	step := func(field, value string) string {
		return fmt.Sprintf(`{"challenge":%q,%q:%s}`, challenge, field, value)
	}
	s.expect(t, http.StatusUnauthorized, "/auth/login/second-factor", step("code", `"`+canary+`"`), nil)
	s.expect(t, http.StatusBadRequest, "/auth/login/second-factor", step("credential", `{"id":"`+canary+`"}`), nil)
	s.expect(t, http.StatusOK, "/auth/login/second-factor", step("code", `"`+recovery.Codes[0]+`"`), nil)
	s.expect(t, http.StatusOK, "/me/totp/remove", confirmed, bearer())
	s.expect(t, http.StatusOK, "/me/password", `{"current_password":"New-`+canaryPassword+`","new_password":"`+canaryPassword+`-2"}`, bearer())
}

// visitProvider logs in at the identity provider, well and badly.
func (s *secretTalk) visitProvider(t *testing.T, provider *oidctest.Provider) {
	t.Helper()
	s.issued = append(s.issued, oidctest.ClientSecret+strings.Repeat(" ", 24)[:max(0, 24-len(oidctest.ClientSecret))])
	for _, spoil := range []func(url.Values){
		func(url.Values) {},
		func(q url.Values) { q.Set("code", canary) },
		func(q url.Values) { q.Set("state", canary) },
		func(q url.Values) { q.Set("error", canary) },
	} {
		there := s.Must(t, http.StatusSeeOther, http.MethodGet, "/auth/oidc", nil)
		cookie, _, _ := strings.Cut(there.Header.Get("Set-Cookie"), ";")
		back := provider.Login(t, there.Header.Get("Location"))
		q := back.Query()
		s.issued = append(s.issued, q.Get("state"), q.Get("code"))
		spoil(q)
		if _, err := s.Send(t.Context(), http.MethodGet, back.Path+"?"+q.Encode(), nil, http.Header{"Cookie": {cookie}}); err != nil {
			t.Fatal(err)
		}
	}
	if provider.Requests(oidctest.Token) == 0 {
		t.Error("no code was exchanged")
	}
}

// totpCode is what an authenticator app shows now.
func totpCode(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// breakHTTP sends what is no request, which the server's own library logs.
func (s *secretTalk) breakHTTP(t *testing.T, serverURL string) {
	t.Helper()
	for _, request := range []string{
		"GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + canary + "\r\nbad header " + canary + "\r\n\r\n",
		"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: " + canary + "\r\n\r\n",
		"POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n" + canary + "\r\n",
		"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + credentials(s.user, canaryPassword),
		credentials(s.user, canaryPassword) + "\r\n\r\n",
		"GET /me HTTP/9.9\r\nCookie: access_token=" + canary + "\r\n\r\n",
		"GET /me HTTP/1.1\r\nHost: x\r\nCookie: access_token=" + strings.Repeat(canary, 10_000) + "\r\n\r\n",
	} {
		connection, err := net.Dial("tcp", strings.TrimPrefix(serverURL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(connection, request) // the server may hang up before the end
		_ = connection.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, connection)
		_ = connection.Close()
	}
}

// failInside takes a table away for a while, so that requests fail with a cause
// that is logged.
func (s *secretTalk) failInside(t *testing.T, databaseURL string) {
	t.Helper()
	db := openDatabase(t, databaseURL)
	rename := func(from, to string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	rename("users", "users_away")
	s.expect(t, http.StatusInternalServerError, "/auth/login", credentials(s.user, canaryPassword), nil)
	s.expect(t, http.StatusInternalServerError, "/auth/register", credentials("other-"+s.user, canaryPassword), nil)
	s.Must(t, http.StatusInternalServerError, http.MethodGet, "/me", nil)
	s.Must(t, http.StatusInternalServerError, http.MethodPatch, "/me", []byte(`{"first_name":"Ann"}`))
	rename("users_away", "users")
	s.Must(t, http.StatusOK, http.MethodGet, "/me", nil)
}

// openDatabase is the database of a program, read and changed behind its back.
func openDatabase(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	driver, source := "pgx", databaseURL
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:///"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// everyRow is every row of every table, as text to search.
func everyRow(t *testing.T, databaseURL string) string {
	t.Helper()
	db := openDatabase(t, databaseURL)
	tables := "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	if strings.HasPrefix(databaseURL, "sqlite:") {
		tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
	}
	names := rowsOf(t, db, tables)
	if !slices.Contains(names, "users") {
		t.Fatalf("the tables are %q", names)
	}
	var all strings.Builder
	for _, table := range names {
		fmt.Fprintf(&all, "%s\n%s\n", table, strings.Join(rowsOf(t, db, `SELECT * FROM "`+table+`"`), "\n"))
	}
	return all.String()
}

// rowsOf is a query's rows, each as one text.
func rowsOf(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var cells []string
		for _, v := range values {
			cells = append(cells, v.String)
		}
		texts = append(texts, strings.Join(cells, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}
