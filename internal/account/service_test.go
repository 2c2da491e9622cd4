package account

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/argon2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const goodPassword = "Tracker-2026-ü"

func register(t testing.TB, s *Service, email string) (token string, user User) {
	t.Helper()
	login, err := s.Register(t.Context(), Registration{Email: email, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	return login.Token, login.User
}

// newTestGuards has seen no failure.
func newTestGuards(s *Service) *guards {
	counters := limit.NewMemory(s.now)
	return &guards{
		addresses: limit.NewThrottle("a", counters, s.now), accounts: limit.NewThrottle("b", counters, s.now),
		browsers: limit.NewThrottle("c", counters, s.now), known: s.browsers,
	}
}

func login(t testing.TB, s *Service, email, password string) (LoggedIn, error) {
	t.Helper()
	return s.Login(t.Context(), Attempt{Email: email, Password: password, Address: "192.0.2.1"})
}

func TestRegister(t *testing.T) {
	service, store, clock := newTestService(t)
	registered, err := service.Register(t.Context(), Registration{
		Email: " Ann@Example.com ", Password: goodPassword, FirstName: "Ann ", LastName: " Lee",
	})
	if err != nil {
		t.Fatal(err)
	}
	signed, user := registered.Token, registered.User
	want := User{
		ID: user.ID, Email: "ann@example.com", PasswordHash: user.PasswordHash,
		Active: true, Role: RoleUser, FirstName: "Ann", LastName: "Lee",
		Timezone: "UTC", WeekStart: time.Monday,
		CreatedAt: timeline.InstantOf(clock.at), LastLoginAt: timeline.InstantOf(clock.at),
		PasswordChangedAt: timeline.InstantOf(clock.at),
	}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	if user.ID < 1 || user.ID > token.MaxUserID {
		t.Errorf("ID = %d, want 1 to 2^53-1", user.ID)
	}
	if diff := cmp.Diff(want, store.users[user.ID]); diff != "" {
		t.Errorf("stored user (-want +got):\n%s", diff)
	}
	got, ref, err := service.Authenticate(t.Context(), signed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("authenticated user (-want +got):\n%s", diff)
	}
	wantToken := Token{TokenRef: ref, ExpiresAt: timeline.InstantOf(clock.at.Truncate(time.Second).Add(24 * time.Hour))}
	if diff := cmp.Diff(map[TokenRef]Token{ref.Key(): wantToken}, store.tokens); diff != "" {
		t.Errorf("stored tokens (-want +got):\n%s", diff)
	}
}

func TestRegisterRefusesTakenEmail(t *testing.T) {
	service, store, _ := newTestService(t)
	register(t, service, "ann@example.com")
	got, err := service.Register(t.Context(), Registration{Email: "ANN@example.com", Password: goodPassword})
	if !errors.Is(err, ErrEmailTaken) || got != (LoggedIn{}) {
		t.Errorf("got %+v, %v; want ErrEmailTaken", got, err)
	}
	if len(store.users) != 1 || len(store.tokens) != 1 {
		t.Errorf("%d users, %d tokens; want 1 of each", len(store.users), len(store.tokens))
	}
}

func TestRegisterNamesBadFields(t *testing.T) {
	service, store, _ := newTestService(t)
	_, err := service.Register(t.Context(), Registration{
		Email: "ann", Password: "Tracker2026", FirstName: "a\x00", LastName: strings.Repeat("a", 101),
	})
	var errs fault.FieldErrors
	if !errors.As(err, &errs) || !errors.Is(err, fault.ErrInvalid) {
		t.Fatalf("got %v, want fault.FieldErrors", err)
	}
	want := fault.FieldErrors{
		{Field: "email", Problem: "is not an e-mail address"},
		{Field: "first_name", Problem: "must not contain control characters"},
		{Field: "last_name", Problem: "is longer than 100 characters"},
		{Field: "password", Problem: "needs at least 12 characters, a symbol"},
	}
	if diff := cmp.Diff(want, errs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(store.users) != 0 {
		t.Error("a user was stored")
	}
}

func TestLogin(t *testing.T) {
	service, store, clock := newTestService(t)
	first, user := register(t, service, "ann@example.com")
	clock.advance(time.Hour)

	loggedIn, err := login(t, service, " ANN@example.com", "Tracker-2026-u\u0308") // the same ü, decomposed
	if err != nil {
		t.Fatal(err)
	}
	second, got := loggedIn.Token, loggedIn.User
	user.LastLoginAt = timeline.InstantOf(clock.at)
	if diff := cmp.Diff(user, got); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(user, store.users[user.ID]); diff != "" {
		t.Errorf("stored user (-want +got):\n%s", diff)
	}
	for _, token := range []string{first, second} { // a login leaves the other tokens alone
		if _, _, err := service.Authenticate(t.Context(), token); err != nil {
			t.Errorf("authenticate: %v", err)
		}
	}
}

func TestLoginRefuses(t *testing.T) {
	service, store, _ := newTestService(t)
	_, ann := register(t, service, "ann@example.com")
	_, disabled := register(t, service, "disabled@example.com")
	disabled.Active = false
	store.users[disabled.ID] = disabled
	_, provided := register(t, service, "provided@example.com")
	provided.PasswordHash = "" // logs in through an identity provider only
	store.users[provided.ID] = provided
	stored := len(store.tokens)

	for _, c := range []struct{ name, email, password string }{
		{"unknown", "bob@example.com", goodPassword},
		{"wrong password", "ann@example.com", goodPassword + " "},
		{"other case", "ann@example.com", strings.ToUpper(goodPassword)},
		{"empty password", "ann@example.com", ""},
		{"disabled", "disabled@example.com", goodPassword},
		{"disabled and wrong password", "disabled@example.com", "wrong"},
		{"no password", "provided@example.com", goodPassword},
		{"no password and none typed", "provided@example.com", ""},
		{"password too long", "ann@example.com", goodPassword + strings.Repeat("a", password.MaxSize)},
		{"password with NUL", "ann@example.com", goodPassword + "\x00"},
		{"the hash as password", "ann@example.com", ann.PasswordHash},
		{"not an e-mail address", "ann", goodPassword},
		{"e-mail address with NUL", "ann@example.com\x00", goodPassword},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			service.guards = newTestGuards(service) // each case is the first try
			got, err := login(t, service, c.email, c.password)
			if !errors.Is(err, ErrBadCredentials) || err.Error() != "log in: "+ErrBadCredentials.Error() {
				t.Errorf("got %v, want ErrBadCredentials and nothing else", err)
			}
			if got != (LoggedIn{}) {
				t.Errorf("got %+v; want nothing", got)
			}
		})
	}
	if len(store.tokens) != stored {
		t.Error("a refused login stored a token")
	}
}

// goneStore is a store whose users are deleted while their passwords are verified.
type goneStore struct{ *fakeStore }

func (goneStore) RecordLogin(context.Context, Token, timeline.Instant, timeline.Instant) error {
	return ErrUnknownUser
}

func TestLoginOfUserDeletedMeanwhile(t *testing.T) {
	service, store, _ := newTestService(t)
	register(t, service, "ann@example.com")
	service.store = goneStore{store}
	if _, err := login(t, service, "ann@example.com", goodPassword); !errors.Is(err, ErrBadCredentials) {
		t.Errorf("got %v, want ErrBadCredentials", err)
	}
}

// holdPool leaves no room in the pool, so that whoever hashes must wait, until release.
func holdPool(t *testing.T, s *Service) (release func()) {
	t.Helper()
	pool, held := password.NewPool(1), make(chan struct{})
	s.hasher = password.NewHasher(pool)
	started, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		if err := pool.Run(context.Background(), func() { close(started); <-held }); err != nil {
			t.Error(err)
		}
	}()
	<-started
	return func() { close(held); <-done }
}

// Each refusal waits for a slot to hash in, so none is told apart by being quick.
func TestLoginAlwaysHashes(t *testing.T) {
	service, store, _ := newTestService(t)
	_, user := register(t, service, "disabled@example.com")
	user.Active = false
	store.users[user.ID] = user
	register(t, service, "ann@example.com")
	register(t, service, "locked@example.com")
	for range 3 {
		_, _ = service.Login(t.Context(), Attempt{Email: "locked@example.com", Password: "wrong", Address: "192.0.2.9"})
	}
	_, provided := register(t, service, "provided@example.com")
	provided.PasswordHash = "" // logs in through an identity provider only
	store.users[provided.ID] = provided
	release := holdPool(t, service)
	defer release()
	for _, c := range []struct{ email, password string }{
		{"ann@example.com", "wrong"},
		{"ann@example.com", "\x00"},
		{"bob@example.com", goodPassword},
		{"disabled@example.com", goodPassword},
		{"locked@example.com", goodPassword},
		{"provided@example.com", goodPassword},
		{"not an address", goodPassword},
		{"", ""},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		_, err := service.Login(ctx, Attempt{Email: c.email, Password: c.password})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q, %q: got %v, want it to wait for its turn", c.email, c.password, err)
		}
	}
}

// weakHash is a hash of a password by parameters that are too cheap by now.
func weakHash(password string) string {
	salt := make([]byte, 16)
	key := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	b64 := base64.RawStdEncoding
	return "$argon2id$v=19$m=64,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key)
}

func TestLoginUpgradesOldHash(t *testing.T) {
	service, store, _ := newTestService(t)
	_, user := register(t, service, "ann@example.com")
	old := weakHash(goodPassword)
	user.PasswordHash = old
	store.users[user.ID] = user

	if _, err := login(t, service, user.Email, "wrong"); !errors.Is(err, ErrBadCredentials) {
		t.Fatalf("got %v, want ErrBadCredentials", err)
	}
	if store.users[user.ID].PasswordHash != old {
		t.Fatal("a wrong password replaced the hash")
	}
	got, err := login(t, service, user.Email, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	hash := store.users[user.ID].PasswordHash
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || got.User.PasswordHash != hash {
		t.Errorf("stored %q, returned %q; want today's parameters in both", hash, got.User.PasswordHash)
	}
	if _, err := login(t, service, user.Email, goodPassword); err != nil {
		t.Errorf("with the new hash: %v", err)
	}
	if store.users[user.ID].PasswordHash != hash {
		t.Error("a hash of today's parameters was replaced")
	}
}

func TestLogout(t *testing.T) {
	service, _, _ := newTestService(t)
	token, user := register(t, service, "ann@example.com")
	again, err := login(t, service, user.Email, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	other := again.Token
	_, ref, err := service.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one has nothing left to do
		if err := service.Logout(t.Context(), ref, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := service.Authenticate(t.Context(), token); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("after logging out: got %v, want ErrUnauthenticated", err)
	}
	if _, _, err := service.Authenticate(t.Context(), other); err != nil {
		t.Errorf("the other token: %v", err)
	}
}

func TestAuthenticateRefuses(t *testing.T) {
	service, store, clock := newTestService(t)
	token, user := register(t, service, "ann@example.com")
	check := func(name, token string) {
		t.Helper()
		got, ref, err := service.Authenticate(t.Context(), token)
		if !errors.Is(err, ErrUnauthenticated) || got != (User{}) || ref != (TokenRef{}) {
			t.Errorf("%s: got %+v, %+v, %v; want nothing and ErrUnauthenticated", name, got, ref, err)
		}
	}
	check("missing", "")
	check("malformed", "x")
	unstored, err := service.tokens.Issue(user.holder(), clock.now())
	if err != nil {
		t.Fatal(err)
	}
	check("never stored", unstored.Signed)

	user.Active = false
	store.users[user.ID] = user
	check("disabled", token)
	user.Active = true
	store.users[user.ID] = user
	if _, _, err := service.Authenticate(t.Context(), token); err != nil {
		t.Errorf("active again: %v", err)
	}
	clock.advance(24 * time.Hour)
	check("expired", token)
}

func TestUpdateProfile(t *testing.T) {
	service, store, _ := newTestService(t)
	_, user := register(t, service, "ann@example.com")
	want := user
	want.FirstName, want.Timezone = "Ann", "Europe/Berlin"

	got, err := service.UpdateProfile(t.Context(), user.ID, ProfileChange{FirstName: new("Ann"), Timezone: new("Europe/Berlin")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
	if _, err := service.UpdateProfile(t.Context(), user.ID, ProfileChange{Timezone: new("Local")}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("bad zone: got %v, want fault.ErrInvalid", err)
	}
	if diff := cmp.Diff(want, store.users[user.ID]); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if _, err := service.UpdateProfile(t.Context(), user.ID+1, ProfileChange{}); !errors.Is(err, ErrUnknownUser) {
		t.Errorf("unknown user: got %v, want ErrUnknownUser", err)
	}
}

func TestSetRole(t *testing.T) {
	service, _, _ := newTestService(t)
	token, _ := register(t, service, "ann@example.com")
	if err := service.SetRole(t.Context(), "Ann@example.com", RoleAdmin, By{}); err != nil {
		t.Fatal(err)
	}
	got, _, err := service.Authenticate(t.Context(), token) // issued to a mere user
	if err != nil || got.Role != RoleAdmin {
		t.Errorf("got role %q, %v; want admin with the token of before", got.Role, err)
	}
	for _, c := range []struct {
		email string
		role  Role
		want  error
	}{
		{"ann@example.com", "root", fault.ErrInvalid},
		{"ann@example.com", "", fault.ErrInvalid},
		{"bob@example.com", RoleUser, ErrUnknownUser},
		{"ann", RoleUser, ErrUnknownUser},
	} {
		if err := service.SetRole(t.Context(), c.email, c.role, By{}); !errors.Is(err, c.want) {
			t.Errorf("SetRole(%q, %q) = %v, want %v", c.email, c.role, err, c.want)
		}
	}
}

func TestDeleteExpired(t *testing.T) {
	service, store, clock := newTestService(t)
	register(t, service, "ann@example.com")
	clock.advance(12 * time.Hour)
	valid, _ := register(t, service, "bob@example.com")
	clock.advance(12*time.Hour + token.ClockLeeway)
	if err := service.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(store.tokens) != 1 {
		t.Errorf("%d tokens left, want 1", len(store.tokens))
	}
	if _, _, err := service.Authenticate(t.Context(), valid); err != nil {
		t.Errorf("the one that is valid: %v", err)
	}
}

// A failing store is never mistaken for bad credentials or a bad token, which
// would log people out.
func TestStoreFailureIsTold(t *testing.T) {
	service, store, _ := newTestService(t)
	token, user := register(t, service, "ann@example.com")
	failure := errors.New("disk is full")
	store.failure = failure
	store.beforeLookup = func(context.Context) error { return failure }

	ctx := t.Context()
	_, registerErr := service.Register(ctx, Registration{Email: "bob@example.com", Password: goodPassword})
	_, loginErr := service.Login(ctx, Attempt{Email: user.Email, Password: goodPassword})
	_, _, authenticateErr := service.Authenticate(ctx, token)
	_, profileErr := service.UpdateProfile(ctx, user.ID, ProfileChange{})
	for name, err := range map[string]error{
		"Register": registerErr, "Login": loginErr, "Authenticate": authenticateErr, "UpdateProfile": profileErr,
		"Logout":        service.Logout(ctx, TokenRef{UserID: user.ID, ID: "x"}, ""),
		"SetRole":       service.SetRole(ctx, user.Email, RoleAdmin, By{}),
		"DeleteExpired": service.DeleteExpired(ctx),
	} {
		if !errors.Is(err, failure) || errors.Is(err, ErrBadCredentials) || errors.Is(err, ErrUnauthenticated) {
			t.Errorf("%s: got %v, want the store's failure", name, err)
		}
	}
}

// Of many registrations of one e-mail at once, one succeeds.
func TestRegisterAtOnce(t *testing.T) {
	service, store, _ := newTestService(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = service.Register(t.Context(), Registration{Email: "ann@example.com", Password: goodPassword})
		})
	}
	wg.Wait()
	succeeded := 0
	for _, err := range errs {
		switch {
		case err == nil:
			succeeded++
		case !errors.Is(err, ErrEmailTaken):
			t.Errorf("got %v, want ErrEmailTaken", err)
		}
	}
	if succeeded != 1 || len(store.users) != 1 {
		t.Errorf("%d succeeded, %d users; want 1 of each", succeeded, len(store.users))
	}
}

func TestNewUserID(t *testing.T) {
	seen := map[int64]bool{}
	for range 10_000 {
		id := newUserID()
		if id < 1 || id > token.MaxUserID || seen[id] {
			t.Fatalf("ID %d is out of range or a repeat", id)
		}
		seen[id] = true
	}
}
