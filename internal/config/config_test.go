package config

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const testKey = "a test key of more than 32 characters"

// withoutSettings removes every setting from the environment until the test ends.
func withoutSettings(t *testing.T) {
	t.Helper()
	for _, name := range Names() {
		for _, name := range []string{name, name + "_FILE"} {
			t.Setenv(name, "") // puts back what is there now at the end
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// parse reads the configuration as the program does.
func parse(t *testing.T, arguments ...string) (Config, error) {
	t.Helper()
	var command struct{ Config }
	parser, err := kong.New(&command)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(arguments)
	return command.Config, err
}

func mustParse(t *testing.T, arguments ...string) Config {
	t.Helper()
	c, err := parse(t, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustSettings(t *testing.T, c Config) Settings {
	t.Helper()
	s, err := c.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var equatePrefixes = cmpopts.EquateComparable(netip.Prefix{})

// defaults returns the settings when only the key is given: those of
// docs/contract.md#settings.
func defaults() Settings {
	return Settings{
		SecretKey:           testKey,
		TokenLifetime:       1440 * time.Minute,
		DatabaseURL:         "sqlite:///./app.db",
		Listen:              "127.0.0.1:8000",
		AllowedOrigins:      []string{"https://raterhub.com", "https://www.raterhub.com"},
		CookieSecure:        true,
		CookieLocal:         true,
		PasswordComposition: true, Registration: "open",
		Login:       limit.Rate{Requests: 5, Window: time.Minute},
		Register:    limit.Rate{Requests: 3, Window: time.Minute},
		Events:      limit.Rate{Requests: 15, Window: time.Minute},
		Corrections: limit.Rate{Requests: 60, Window: time.Minute},
		Reads:       limit.Rate{Requests: 300, Window: time.Minute},
		Target:      330 * timeline.Second, MaxEventsPerDay: 20_000,
	}
}

// Each way to give a setting changes what it names, and nothing else.
func TestSettings(t *testing.T) {
	tests := []struct {
		name        string
		environment map[string]string
		arguments   []string
		change      func(*Settings)
	}{
		{"nothing but the key", nil, nil, func(*Settings) {}},
		{"a previous key", map[string]string{"SECRET_KEY_PREVIOUS": "old"}, nil, func(s *Settings) { s.SecretKeyPrevious = "old" }},
		{"a short login", map[string]string{"ACCESS_TOKEN_EXPIRE_MINUTES": "1"}, nil, func(s *Settings) { s.TokenLifetime = time.Minute }},
		{"the longest login", map[string]string{"ACCESS_TOKEN_EXPIRE_MINUTES": "527040"}, nil, func(s *Settings) { s.TokenLifetime = 366 * 24 * time.Hour }},
		{"a database", map[string]string{"DATABASE_URL": "postgres://u@h/d"}, nil, func(s *Settings) { s.DatabaseURL = "postgres://u@h/d" }},
		{"a pooled database", map[string]string{"DATABASE_URL": "postgres://u@pooler/d", "DATABASE_SESSION_URL": "postgresql+psycopg2://u@h/d"}, nil, func(s *Settings) {
			s.DatabaseURL, s.DatabaseSessionURL = "postgres://u@pooler/d", "postgresql+psycopg2://u@h/d"
		}},
		{"an address", map[string]string{"LISTEN": "[::]:0"}, nil, func(s *Settings) { s.Listen = "[::]:0" }},
		{"a flag wins over the environment", map[string]string{"LISTEN": ":1"}, []string{"--listen", ":2"}, func(s *Settings) { s.Listen = ":2" }},
		{"a public URL is an allowed origin", map[string]string{"PUBLIC_URL": "https://t.example.org:8443/"}, nil, func(s *Settings) {
			s.PublicURL, s.CookieLocal = "https://t.example.org:8443", false
			s.AllowedOrigins = append(s.AllowedOrigins, "https://t.example.org:8443")
		}},
		{"a public URL as browsers spell it", map[string]string{"PUBLIC_URL": "https://T.Example.org:443"}, nil, func(s *Settings) {
			s.PublicURL, s.CookieLocal = "https://t.example.org", false
			s.AllowedOrigins = append(s.AllowedOrigins, "https://t.example.org")
		}},
		{"other origins, with spaces", map[string]string{"ALLOWED_ORIGINS": " https://a.example , ,http://b.example:81,"}, nil, func(s *Settings) {
			s.AllowedOrigins = []string{"https://a.example", "http://b.example:81"}
		}},
		{"proxies", map[string]string{"TRUSTED_PROXIES": "127.0.0.1, 10.1.2.3/8,::1,2001:db8::1/32"}, nil, func(s *Settings) {
			s.TrustedProxies = []netip.Prefix{
				netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"),
				netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("2001:db8::/32"),
			}
		}},
		{"debug, so cookies without https", map[string]string{"DEBUG": "true"}, nil, func(s *Settings) { s.Debug, s.CookieSecure = true, false }},
		{"debug, and secure cookies all the same", map[string]string{"DEBUG": "1", "SESSION_COOKIE_SECURE": "true"}, nil, func(s *Settings) { s.Debug, s.CookieLocal = true, false }},
		{"cookies without https", map[string]string{"SESSION_COOKIE_SECURE": "false"}, nil, func(s *Settings) { s.CookieSecure, s.CookieLocal = false, false }},
		{"cookies without https, by flag", nil, []string{"--no-session-cookie-secure"}, func(s *Settings) { s.CookieSecure, s.CookieLocal = false, false }},
		{"lax cookies", map[string]string{"COOKIE_SAMESITE": "lax"}, nil, func(s *Settings) { s.CookieLax = true }},
		{"passwords by length", map[string]string{"PASSWORD_COMPOSITION": "false"}, nil, func(s *Settings) { s.PasswordComposition = false }},
		{"passwords looked up", map[string]string{"HIBP_LOOKUP_ENABLED": "true"}, nil, func(s *Settings) { s.HIBPURL = "https://api.pwnedpasswords.com" }},
		{"passwords looked up at a mirror", map[string]string{"HIBP_LOOKUP_ENABLED": "true", "HIBP_URL": "http://127.0.0.1:9/"}, nil, func(s *Settings) { s.HIBPURL = "http://127.0.0.1:9" }},
		{"a mirror that nothing asks", map[string]string{"HIBP_URL": "https://mirror.example.org"}, nil, func(*Settings) {}},
		{"an identity provider", map[string]string{
			"PUBLIC_URL": "https://t.example.org", "OIDC_ISSUER": "https://login.example.org/realm", "OIDC_CLIENT_ID": "tracker", "OIDC_CLIENT_SECRET": "x",
		}, nil, func(s *Settings) {
			s.PublicURL, s.CookieLocal = "https://t.example.org", false
			s.AllowedOrigins = append(s.AllowedOrigins, "https://t.example.org")
			s.OIDC = OIDC{
				Issuer: "https://login.example.org/realm", ClientID: "tracker", ClientSecret: "x",
				RedirectURL: "https://t.example.org/auth/oidc/callback",
			}
		}},
		{"rates", map[string]string{
			"RATE_LIMIT_LOGIN": "off", "RATE_LIMIT_REGISTER": "1/hour", "RATE_LIMIT_EVENTS": "9/second", "RATE_LIMIT_CORRECTIONS": "off", "RATE_LIMIT_READS": "2/day",
		}, nil, func(s *Settings) {
			s.Login, s.Register, s.Events = limit.Rate{}, limit.Rate{Requests: 1, Window: time.Hour}, limit.Rate{Requests: 9, Window: time.Second}
			s.Corrections, s.Reads = limit.Rate{}, limit.Rate{Requests: 2, Window: 24 * time.Hour}
		}},
		{"the shortest target", map[string]string{"DEFAULT_TARGET_MINUTES": "0.1"}, nil, func(s *Settings) { s.Target = 6 * timeline.Second }},
		{"a target that has no exact binary form", map[string]string{"DEFAULT_TARGET_MINUTES": "0.29"}, nil, func(s *Settings) { s.Target = 17_400_000 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			withoutSettings(t)
			t.Setenv("SECRET_KEY", testKey)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			want := defaults()
			test.change(&want)
			if diff := cmp.Diff(want, mustSettings(t, mustParse(t, test.arguments...)), equatePrefixes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// One start names every setting that is wrong, and reveals no secret.
func TestSettingsErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		want   []string // the settings named, in order
	}{
		{"no key", func(c *Config) { c.SecretKey = "" }, []string{"SECRET_KEY"}},
		{"a login of no time", func(c *Config) { c.AccessTokenExpireMinutes = "0" }, []string{"ACCESS_TOKEN_EXPIRE_MINUTES"}},
		{"a login of over a year", func(c *Config) { c.AccessTokenExpireMinutes = "527041" }, []string{"ACCESS_TOKEN_EXPIRE_MINUTES"}},
		{"an address without port", func(c *Config) { c.Listen = "localhost" }, []string{"LISTEN"}},
		{"no address", func(c *Config) { c.Listen = "" }, []string{"LISTEN"}},
		{"a public host", func(c *Config) { c.PublicURL = "t.example.org" }, []string{"PUBLIC_URL"}},
		{"a public path", func(c *Config) { c.PublicURL = "https://t.example.org/app" }, []string{"PUBLIC_URL"}},
		{"a public query", func(c *Config) { c.PublicURL = "https://t.example.org?a=b" }, []string{"PUBLIC_URL"}},
		{"a public file", func(c *Config) { c.PublicURL = "file:///srv" }, []string{"PUBLIC_URL"}},
		{"no URL at all", func(c *Config) { c.PublicURL = "https://t.example.org:x" }, []string{"PUBLIC_URL"}},
		{"an origin without scheme", func(c *Config) { c.AllowedOrigins = []string{"www.raterhub.com"} }, []string{"ALLOWED_ORIGINS"}},
		{"any origin", func(c *Config) { c.AllowedOrigins = []string{"https://raterhub.com", "*"} }, []string{"ALLOWED_ORIGINS"}},
		{"a proxy by name", func(c *Config) { c.TrustedProxies = []string{"127.0.0.1", "proxy"} }, []string{"TRUSTED_PROXIES"}},
		{"a network too narrow", func(c *Config) { c.TrustedProxies = []string{"10.0.0.0/33"} }, []string{"TRUSTED_PROXIES"}},
		{"a login of words, and a target", func(c *Config) { c.AccessTokenExpireMinutes, c.DefaultTargetMinutes = "abc", "x" }, []string{"ACCESS_TOKEN_EXPIRE_MINUTES", "DEFAULT_TARGET_MINUTES"}},
		{"another database", func(c *Config) { c.DatabaseURL = "mysql://user:hidden@host/x" }, []string{"DATABASE_URL"}},
		{"a session of a file", func(c *Config) { c.DatabaseURL, c.DatabaseSessionURL = "sqlite:///./app.db", "postgres://u@h/d" }, []string{"DATABASE_SESSION_URL"}},
		{"a file for the session", func(c *Config) { c.DatabaseURL, c.DatabaseSessionURL = "postgres://u@h/d", "sqlite:///./app.db" }, []string{"DATABASE_SESSION_URL"}},
		{"a target of nothing", func(c *Config) { c.DefaultTargetMinutes = "0" }, []string{"DEFAULT_TARGET_MINUTES"}},
		{"a target of over a day", func(c *Config) { c.DefaultTargetMinutes = "1440.1" }, []string{"DEFAULT_TARGET_MINUTES"}},
		{"rates", func(c *Config) {
			c.RateLimitLogin, c.RateLimitRegister, c.RateLimitEvents = "", "0/minute", "many"
		}, []string{"RATE_LIMIT_LOGIN", "RATE_LIMIT_REGISTER", "RATE_LIMIT_EVENTS"}},
		{"a mirror without TLS", func(c *Config) { c.HIBPLookupEnabled, c.HIBPURL = true, "http://mirror.example.org" }, []string{"HIBP_URL"}},
		{"a mirror by name", func(c *Config) { c.HIBPLookupEnabled, c.HIBPURL = true, "mirror.example.org" }, []string{"HIBP_URL"}},
		{"an identity provider alone", func(c *Config) { c.OIDCIssuer = "https://login.example.org" }, []string{"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PUBLIC_URL"}},
		{"an identity provider without TLS", func(c *Config) {
			c.OIDCIssuer, c.OIDCClientID, c.OIDCClientSecret, c.PublicURL = "http://login.example.org", "a", "b", "https://t.example.org"
		}, []string{"OIDC_ISSUER"}},
		{"several at once", func(c *Config) {
			c.SecretKey, c.Listen, c.RateLimitEvents, c.TrustedProxies = "", "", "", []string{"?"}
		}, []string{"SECRET_KEY", "LISTEN", "TRUSTED_PROXIES", "RATE_LIMIT_EVENTS"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			withoutSettings(t)
			c := mustParse(t, "--secret-key", testKey, "--secret-key-previous", "hunter1", "--database-url", "postgres://u:hunter2@h/d")
			test.change(&c)
			_, err := c.Settings()
			if err == nil {
				t.Fatal("accepted")
			}
			var named []string
			for line := range strings.Lines(err.Error()) {
				name, _, _ := strings.Cut(line, ": ")
				named = append(named, name)
			}
			if diff := cmp.Diff(test.want, named); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			for _, secret := range []string{testKey, "hunter1", "hunter2"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error has a secret: %v", err)
				}
			}
		})
	}
}

// NaN is neither above nor below any bound; it must not count as a number of minutes.
func TestTargetThatIsNoNumber(t *testing.T) {
	withoutSettings(t)
	for _, text := range []string{"NaN", "Inf", "-Inf"} {
		c := mustParse(t, "--secret-key", testKey, "--default-target-minutes="+text)
		if s, err := c.Settings(); err == nil {
			t.Errorf("%s is taken for a target of %d µs", text, s.Target)
		}
	}
}

// The command line itself refuses a value of the wrong type, or one that is not in a list
// of choices. Its error names the setting too.
func TestParseErrors(t *testing.T) {
	tests := map[string]string{ // setting to bad value
		"DEBUG":                 "maybe",
		"SESSION_COOKIE_SECURE": "maybe",
		"COOKIE_SAMESITE":       "strict",
		"PASSWORD_COMPOSITION":  "maybe",
	}
	for name, value := range tests {
		t.Run(name, func(t *testing.T) {
			withoutSettings(t)
			t.Setenv(name, value)
			_, err := parse(t)
			var parseError *kong.ParseError
			if !errors.As(err, &parseError) {
				t.Fatalf("error %v", err)
			}
			flag := "--" + strings.ReplaceAll(strings.ToLower(name), "_", "-")
			if !strings.Contains(err.Error(), flag) && !strings.Contains(err.Error(), name) {
				t.Errorf("%v does not name %s", err, name)
			}
		})
	}
}

func TestNames(t *testing.T) {
	names := Names()
	if !slices.Contains(names, "SECRET_KEY") || !slices.Contains(names, "DEFAULT_TARGET_MINUTES") {
		t.Errorf("names: %v", names)
	}
	for i, name := range names {
		if slices.Index(names, name) != i {
			t.Errorf("%s twice", name)
		}
	}
}

// Default ignores what the environment says.
func TestDefault(t *testing.T) {
	withoutSettings(t)
	told := mustParse(t)
	for _, name := range Names() {
		t.Setenv(name, "3/minute")
	}
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(told, c); diff != "" {
		t.Errorf("(-told nothing +default):\n%s", diff)
	}
	c.SecretKey = testKey
	if diff := cmp.Diff(defaults(), mustSettings(t, c), equatePrefixes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
