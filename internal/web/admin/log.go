package admin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

func (c *console) log(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	query := r.URL.Query()
	m := view.AdminLog{Kind: kindsOf(query.Get("kind")), User: view.Field{Value: query.Get("user")}}
	q := account.LogQuery{Kind: account.SecurityKind(m.Kind.Value)}
	q.BeforeAt, q.BeforeID = entryIn(query.Get("before"))
	var known bool
	var err error
	if q.UserID, known, err = c.accountIn(r, m.User.Value); err != nil {
		return err
	}
	if known {
		if err := c.fillLog(r, q, &m); err != nil {
			return err
		}
	} else {
		m.User.Problem = "Nobody has this e-mail address."
	}
	if user, err := c.Accounts.User(r.Context(), q.UserID); err == nil {
		c.noteLook(r, v, user, "security log")
	}
	frame := c.Frame(w, r, "Security log", "admin", v.User)
	return site.Show(w, r, http.StatusOK, frame, view.AdminLogPage(m))
}

func (c *console) fillLog(r *http.Request, q account.LogQuery, m *view.AdminLog) error {
	events, more, err := c.Accounts.SecurityLog(r.Context(), q)
	if err != nil {
		return err
	}
	if m.Rows, err = c.logRows(r, events); err != nil {
		return err
	}
	if q.BeforeAt != 0 {
		m.Newest = logAddress(m, "")
	}
	if more {
		last := events[len(events)-1]
		m.Older = logAddress(m, fmt.Sprintf("%d.%s", last.At, last.ID))
	}
	return nil
}

// accountIn returns the account that a search names by e-mail address or number. A
// deleted account can only be named by its number. An empty search is 0 and known.
func (c *console) accountIn(r *http.Request, text string) (id int64, known bool, _ error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true, nil
	}
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
		return id, true, nil
	}
	user, err := c.Accounts.UserByEmail(r.Context(), text)
	if errors.Is(err, account.ErrUnknownUser) {
		return 0, false, nil
	}
	return user.ID, err == nil, err
}

// entryIn returns the entry after which a page starts; a text that names no entry means the
// newest.
func entryIn(text string) (timeline.Instant, string) {
	at, id, _ := strings.Cut(text, ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil || micros < 0 {
		return 0, ""
	}
	return timeline.Instant(micros), id
}

func logAddress(m *view.AdminLog, before string) string {
	values := url.Values{}
	for name, value := range map[string]string{"kind": m.Kind.Value, "user": m.User.Value, "before": before} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "/admin/log"
	}
	return "/admin/log?" + values.Encode()
}

func kindsOf(chosen string) view.Choice {
	c := view.Choice{Options: []view.Option{{Label: "anything"}}}
	kinds := account.SecurityKinds()
	for _, kind := range kinds {
		c.Options = append(c.Options, view.Option{Value: string(kind), Label: string(kind)})
	}
	if slices.Contains(kinds, account.SecurityKind(chosen)) {
		c.Value = chosen
	}
	return c
}

func (c *console) logRows(r *http.Request, events []account.SecurityEvent) ([]view.LogRow, error) {
	people := c.newPeople(r)
	rows := make([]view.LogRow, len(events))
	for i, e := range events {
		rows[i] = view.LogRow{At: words.Moment(e.At, time.UTC), Kind: string(e.Kind), Address: e.Address, Detail: e.Detail}
		var err error
		if rows[i].User, err = people.find(e.UserID); err != nil {
			return nil, err
		}
		if rows[i].Actor, err = people.find(e.ActorID); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// people finds accounts for one page, each once.
type people struct {
	console *console
	request *http.Request
	found   map[int64]view.Person
}

func (c *console) newPeople(r *http.Request) *people {
	const nobody = 0
	return &people{console: c, request: r, found: map[int64]view.Person{nobody: {}}}
}

func (p *people) find(id int64) (view.Person, error) {
	if person, ok := p.found[id]; ok {
		return person, nil
	}
	person, err := p.console.personOf(p.request, id)
	p.found[id] = person
	return person, err
}

// personOf returns an account as a log shows it: its e-mail address, or its number once it
// is deleted.
func (c *console) personOf(r *http.Request, id int64) (view.Person, error) {
	user, err := c.Accounts.User(r.Context(), id)
	if errors.Is(err, account.ErrUnknownUser) {
		return view.Person{Text: strconv.FormatInt(id, 10)}, nil
	}
	return view.Person{Text: user.Email, Page: userAddress(id)}, err
}
