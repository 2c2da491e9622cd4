package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

const (
	// longSession is nearly as many entries as a session takes; some are left for corrections.
	longSession = 9_000
	// manySessions is how many sessions of one question there are in one day.
	manySessions = 5_000
	// mostHistory keeps the preparation short.
	mostHistory = 100_000
)

// villain is a user whose account costs as much as the limits allow.
type villain struct {
	token      string
	long       string // session with longSession entries
	question   string // its first one
	crowdedDay string // the day of manySessions
	from, to   string // the dates of everything
	csrf       string // token of a stranger
	cookie     string // that belongs to it
}

// newVillain records a history, a day with very many sessions and one very long session.
func newVillain(ctx context.Context, address, token string, questions int) (*villain, error) {
	v := &villain{token: token}
	questions = min(questions, mostHistory)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	first := today.AddDate(0, 0, -10).Add(-time.Duration(questions) * questionTime)
	r := recorder{url: "http://" + address + "/events/batch", token: token}
	for done := 0; done < questions; done += sessionQuestions {
		if err := r.session(ctx, first.Add(time.Duration(done)*questionTime), min(sessionQuestions, questions-done)); err != nil {
			return nil, err
		}
	}
	if err := r.send(ctx); err != nil {
		return nil, err
	}
	crowded := today.AddDate(0, 0, -5)
	for i := range manySessions {
		at := crowded.Add(time.Hour + time.Duration(i)*10*time.Second)
		if err := errors.Join(r.press(ctx, "NEXT", at), r.press(ctx, "EXIT", at.Add(5*time.Second))); err != nil {
			return nil, err
		}
	}
	begin := today.AddDate(0, 0, -3)
	for i := range longSession {
		if err := r.press(ctx, "NEXT", begin.Add(time.Duration(i)*9*time.Second)); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(r.press(ctx, "EXIT", begin.Add(longSession*9*time.Second)), r.send(ctx)); err != nil {
		return nil, err
	}
	v.crowdedDay, v.to = crowded.Format(time.DateOnly), today.Format(time.DateOnly)
	v.from = today.AddDate(0, 0, -365).Format(time.DateOnly)
	if err := v.look(ctx, address); err != nil {
		return nil, err
	}
	return v, v.visit(ctx, address)
}

// look finds the ids that the attacks name.
func (v *villain) look(ctx context.Context, address string) (err error) {
	r := reader{address: address, token: v.token}
	if v.long, err = r.newestSession(ctx); err != nil {
		return err
	}
	var summary struct {
		Questions []struct {
			ID string `json:"id"`
		} `json:"questions"`
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/summary/"+v.long, nil)
	if err != nil {
		return fmt.Errorf("asking for a session: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	if err := exchange(http.DefaultClient, request, &summary); err != nil {
		return err
	}
	if len(summary.Questions) == 0 {
		return errors.New("the long session has no questions")
	}
	v.question = summary.Questions[0].ID
	return nil
}

// visit gets what a stranger needs to send a form.
func (v *villain) visit(ctx context.Context, address string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return fmt.Errorf("making a cookie jar: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/auth/csrf", nil)
	if err != nil {
		return fmt.Errorf("GET /auth/csrf: %w", err)
	}
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	if err := exchange(&http.Client{Jar: jar}, request, &csrf); err != nil {
		return err
	}
	var cookies []string
	for _, c := range jar.Cookies(&url.URL{Scheme: "http", Host: address, Path: "/"}) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	v.csrf, v.cookie = csrf.Token, strings.Join(cookies, "; ")
	return nil
}

// request returns a request of the user, with a body of JSON unless body is nil.
func (v *villain) request(address, method, path string, body any) []byte {
	return httpRequest(method, path, body, "Host: "+address, "Authorization: Bearer "+v.token, "Accept: text/html, application/json")
}

// strange returns a request of a stranger at an address that nobody else has.
func (v *villain) strange(address, path string, number int, body any) []byte {
	return httpRequest(http.MethodPost, path, body, "Host: "+address, "X-Csrf-Token: "+v.csrf, "Cookie: "+v.cookie,
		fmt.Sprintf("X-Forwarded-For: 10.%d.%d.%d", number>>16&255, number>>8&255, number&255))
}

func httpRequest(method, path string, body any, headers ...string) []byte {
	text := ""
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			panic(err) // the bodies are maps of texts and numbers
		}
		text = string(encoded)
		headers = append(headers, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(text)))
	}
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\n%s\r\n\r\n%s", method, path, strings.Join(headers, "\r\n"), text)
}
