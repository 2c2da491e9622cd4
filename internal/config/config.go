// Package config turns flags and the environment into one validated Settings. Only
// cmd and server import it; server hands each room its own options.
package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Config is every setting of the program. The tags give the name in the
// environment, the default and the help text; each setting may also be read from
// the file that NAME_FILE names.
type Config struct {
	SecretKey         string `name:"secret-key" env:"SECRET_KEY" placeholder:"KEY" help:"Key that signs tokens: 32 random characters or more, such as the command new-key prints. Required."`
	SecretKeyPrevious string `name:"secret-key-previous" env:"SECRET_KEY_PREVIOUS" placeholder:"KEY" help:"The previous key. Tokens that it signed stay valid, so changing the key logs nobody out."`

	AccessTokenExpireMinutes string `name:"access-token-expire-minutes" env:"ACCESS_TOKEN_EXPIRE_MINUTES" default:"1440" help:"How long a login lasts, in minutes."`

	DatabaseURL        string `name:"database-url" env:"DATABASE_URL" default:"sqlite:///./app.db" help:"sqlite:///relative/path, sqlite:////absolute/path or postgres://user:password@host/database."`
	DatabaseSessionURL string `name:"database-session-url" env:"DATABASE_SESSION_URL" placeholder:"URL" help:"If DATABASE_URL leads to a pooler in transaction mode, such as PgBouncer: a URL of the same PostgreSQL database that keeps sessions, for migrations and LISTEN."`

	Listen         string   `name:"listen" env:"LISTEN" default:"127.0.0.1:8000" help:"Address to listen on; port 0 picks a free port."`
	PublicURL      string   `name:"public-url" env:"PUBLIC_URL" help:"Address at which people reach the server, if it is not LISTEN, such as https://tracker.example.org."`
	AllowedOrigins []string `name:"allowed-origins" env:"ALLOWED_ORIGINS" default:"https://raterhub.com,https://www.raterhub.com" help:"Origins whose pages may call the widget's routes. The server's own origin is always allowed."`
	TrustedProxies []string `name:"trusted-proxies" env:"TRUSTED_PROXIES" help:"Addresses or networks of proxies whose X-Forwarded-For header is trusted."`

	Debug               bool   `name:"debug" env:"DEBUG" help:"Log in plain text, with a line for every request, and send cookies without https."`
	SessionCookieSecure *bool  `name:"session-cookie-secure" env:"SESSION_COOKIE_SECURE" negatable:"" help:"Send cookies over https only. Default: true, unless DEBUG is set. If not set, a browser on the same machine gets them over http too."`
	CookieSameSite      string `name:"cookie-samesite" env:"COOKIE_SAMESITE" enum:"none,lax" default:"none" help:"Whether a userscript on another site can use a login: none lets it, lax does not (${enum})."`

	Registration string `name:"registration" env:"REGISTRATION" enum:"open,invite,closed" default:"open" help:"Who may register: open is everybody, invite is whoever has a link of an admin or of the command user invite, closed is nobody (${enum})."`

	PasswordComposition bool `name:"password-composition" env:"PASSWORD_COMPOSITION" negatable:"" default:"true" help:"Passwords need 12 characters with upper and lower case, digit and symbol. If false, they need 15 characters of any kind."`

	HIBPLookupEnabled bool   `name:"hibp-lookup-enabled" env:"HIBP_LOOKUP_ENABLED" negatable:"" help:"Ask Have I Been Pwned whether a new password is known from a breach. The first five digits of its hash leave the server."`
	HIBPURL           string `name:"hibp-url" env:"HIBP_URL" default:"https://api.pwnedpasswords.com" help:"Address of Have I Been Pwned, or of your own mirror."`

	OIDCIssuer       string `name:"oidc-issuer" env:"OIDC_ISSUER" help:"OpenID Connect provider at which people may log in, such as https://login.example.org. Needs PUBLIC_URL."`
	OIDCClientID     string `name:"oidc-client-id" env:"OIDC_CLIENT_ID" help:"This server's client ID at the provider. Register PUBLIC_URL/auth/oidc/callback as the redirect URL there."`
	OIDCClientSecret string `name:"oidc-client-secret" env:"OIDC_CLIENT_SECRET" placeholder:"SECRET" help:"This server's client secret at the provider."`

	RateLimitLogin       string `name:"rate-limit-login" env:"RATE_LIMIT_LOGIN" default:"5/minute" help:"Logins from one address, such as 5/minute or 100/hour; off means no limit."`
	RateLimitRegister    string `name:"rate-limit-register" env:"RATE_LIMIT_REGISTER" default:"3/minute" help:"Registrations from one address; off means no limit."`
	RateLimitEvents      string `name:"rate-limit-events" env:"RATE_LIMIT_EVENTS" default:"15/minute" help:"Calls by one user that record events; off means no limit."`
	RateLimitCorrections string `name:"rate-limit-corrections" env:"RATE_LIMIT_CORRECTIONS" default:"60/minute" help:"Corrections by one user, and previews of them; off means no limit."`
	RateLimitReads       string `name:"rate-limit-reads" env:"RATE_LIMIT_READS" default:"300/minute" help:"Pages and JSON with the summaries, logs and reports of one user; off means no limit. Every open page is read again after each press."`
	MaxEventsPerDay      string `name:"max-events-per-day" env:"MAX_EVENTS_PER_DAY" default:"20000" help:"Presses and corrections that one user may add on a day (UTC); off means no limit."`

	DefaultTargetMinutes string `name:"default-target-minutes" env:"DEFAULT_TARGET_MINUTES" default:"5.5" help:"Target pace of users who have set none, in minutes per question."`
}

// Settings is a Config with every value read and checked.
type Settings struct {
	SecretKey, SecretKeyPrevious string
	TokenLifetime                time.Duration
	DatabaseURL                  string
	DatabaseSessionURL           string // "" unless DatabaseURL leads to a pooler
	Listen                       string
	PublicURL                    string // an origin as browsers send it; "" when not set
	AllowedOrigins               []string
	TrustedProxies               []netip.Prefix
	Debug                        bool
	CookieSecure, CookieLax      bool
	CookieLocal                  bool // send cookies without Secure to a browser on this machine that uses plain http
	PasswordComposition          bool
	Registration                 string // open, invite or closed
	HIBPURL                      string // "" when passwords are not looked up
	OIDC                         OIDC
	Login, Register, Events      limit.Rate
	Corrections, Reads           limit.Rate
	Target                       timeline.Micros // per question
	MaxEventsPerDay              int             // of one user; 0 means no limit
}

// OIDC is the identity provider; the zero value is none.
type OIDC struct {
	Issuer, ClientID, ClientSecret, RedirectURL string
}

// Settings reads and checks every value. Its error has a line for each setting that
// is wrong, so that one start shows them all.
func (c Config) Settings() (Settings, error) {
	s := Settings{
		SecretKey: c.SecretKey, SecretKeyPrevious: c.SecretKeyPrevious,
		DatabaseURL: c.DatabaseURL, DatabaseSessionURL: c.DatabaseSessionURL, Listen: c.Listen, PublicURL: strings.TrimSuffix(c.PublicURL, "/"),
		Debug: c.Debug, CookieSecure: !c.Debug, CookieLax: c.CookieSameSite == "lax",
		PasswordComposition: c.PasswordComposition, Registration: c.Registration,
	}
	if c.SessionCookieSecure != nil {
		s.CookieSecure = *c.SessionCookieSecure
	}
	s.CookieLocal = c.SessionCookieSecure == nil && !strings.HasPrefix(s.PublicURL, "https:")
	var errs []error
	check := func(setting string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", setting, err))
		}
	}
	if c.SecretKey == "" {
		check("SECRET_KEY", errors.New("is required; make one with: raterhub-tracker new-key"))
	}
	lifetime, err := strconv.Atoi(c.AccessTokenExpireMinutes)
	if err != nil || lifetime < 1 || lifetime > 366*24*60 {
		check("ACCESS_TOKEN_EXPIRE_MINUTES", errors.New("must be a whole number from 1 to 527040 (a year)"))
	}
	s.TokenLifetime = time.Duration(lifetime) * time.Minute
	target, err := strconv.ParseFloat(c.DefaultTargetMinutes, 64)
	if err != nil || !(target >= 0.1 && target <= 1440) { // NaN is neither
		check("DEFAULT_TARGET_MINUTES", errors.New("must be a number from 0.1 to 1440"))
	}
	s.Target = timeline.Micros(math.Round(target * float64(timeline.Minute)))
	s.MaxEventsPerDay, err = amountPerDay(c.MaxEventsPerDay)
	check("MAX_EVENTS_PER_DAY", err)
	check("DATABASE_URL", checkDatabaseURL(c.DatabaseURL))
	check("DATABASE_SESSION_URL", checkSessionURL(c.DatabaseSessionURL, c.DatabaseURL))
	_, _, err = net.SplitHostPort(c.Listen)
	check("LISTEN", err)
	_, err = httpx.NewOrigins("", withoutEmpty(c.AllowedOrigins))
	check("ALLOWED_ORIGINS", err)
	s.PublicURL, err = publicOrigin(s.PublicURL)
	check("PUBLIC_URL", err)
	s.AllowedOrigins = withoutEmpty(append(lowerCase(c.AllowedOrigins), s.PublicURL))
	s.TrustedProxies, err = prefixes(withoutEmpty(c.TrustedProxies))
	check("TRUSTED_PROXIES", err)
	if c.HIBPLookupEnabled {
		s.HIBPURL = strings.TrimSuffix(c.HIBPURL, "/")
		check("HIBP_URL", checkWebAddress(s.HIBPURL))
	}
	s.OIDC = c.oidc(s.PublicURL, check)
	for _, rate := range []struct {
		setting, text string
		to            *limit.Rate
	}{
		{"RATE_LIMIT_LOGIN", c.RateLimitLogin, &s.Login},
		{"RATE_LIMIT_REGISTER", c.RateLimitRegister, &s.Register},
		{"RATE_LIMIT_EVENTS", c.RateLimitEvents, &s.Events},
		{"RATE_LIMIT_CORRECTIONS", c.RateLimitCorrections, &s.Corrections},
		{"RATE_LIMIT_READS", c.RateLimitReads, &s.Reads},
	} {
		*rate.to, err = limit.ParseRate(rate.text)
		check(rate.setting, err)
	}
	return s, errors.Join(errs...)
}

// oidc returns the identity provider, or the zero OIDC when none is set.
func (c Config) oidc(publicURL string, check func(setting string, err error)) OIDC {
	if c.OIDCIssuer == "" {
		return OIDC{}
	}
	check("OIDC_ISSUER", checkWebAddress(c.OIDCIssuer))
	check("OIDC_CLIENT_ID", required(c.OIDCClientID))
	check("OIDC_CLIENT_SECRET", required(c.OIDCClientSecret))
	check("PUBLIC_URL", required(publicURL))
	return OIDC{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret,
		RedirectURL: publicURL + "/auth/oidc/callback",
	}
}

func required(value string) error {
	if value == "" {
		return errors.New("is required with OIDC_ISSUER")
	}
	return nil
}

// checkWebAddress refuses http, except to this machine.
func checkWebAddress(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must be like https://login.example.org")
	}
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	loopback := host == "localhost" || err == nil && addr.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return errors.New("must start with https://")
	}
	return nil
}

// checkDatabaseURL checks the scheme only; the store reads the rest of the URL.
func checkDatabaseURL(databaseURL string) error {
	scheme, _, _ := strings.Cut(databaseURL, ":")
	switch name, _, _ := strings.Cut(scheme, "+"); name {
	case "sqlite", "postgres", "postgresql":
		return nil
	}
	return errors.New("must be like sqlite:///app.db or postgres://user:password@host/database")
}

// checkSessionURL checks DATABASE_SESSION_URL, which is "" or another address of the same
// PostgreSQL database.
func checkSessionURL(sessionURL, databaseURL string) error {
	isPostgres := func(text string) bool { return strings.HasPrefix(text, "postgres") && checkDatabaseURL(text) == nil }
	switch {
	case sessionURL == "":
		return nil
	case !isPostgres(databaseURL):
		return errors.New("makes sense only if DATABASE_URL is postgres://…")
	case !isPostgres(sessionURL):
		return errors.New("must be like postgres://user:password@host/database")
	}
	return nil
}

// publicOrigin returns the origin of PUBLIC_URL, or "" when it is not set.
func publicOrigin(publicURL string) (string, error) {
	if publicURL == "" {
		return "", nil
	}
	u, err := url.Parse(publicURL)
	if err != nil {
		return "", err
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("must be like https://tracker.example.org, without a path")
	}
	// As browsers send it: in lower case, and without the scheme's own port.
	host := strings.TrimSuffix(strings.ToLower(u.Host), map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	return u.Scheme + "://" + host, nil
}

func prefixes(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return nil, fmt.Errorf("%q is neither an address nor a network", text)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		if prefix.Addr().Is4In6() { // clients' addresses are compared unmapped
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), max(0, prefix.Bits()-96))
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

// amountPerDay reads a whole number, or "off", which is 0.
func amountPerDay(text string) (int, error) {
	if strings.EqualFold(text, "off") {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000_000 {
		return 0, errors.New(`must be a whole number from 1 to 1000000000, or "off"`)
	}
	return n, nil
}

// lowerCase returns origins as browsers send them.
func lowerCase(origins []string) []string {
	lower := make([]string, len(origins))
	for i, origin := range origins {
		lower[i] = strings.ToLower(origin)
	}
	return lower
}

func withoutEmpty(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
