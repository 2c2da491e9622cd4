package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// registerUsers registers count users at a running program and returns their access tokens.
func registerUsers(ctx context.Context, baseURL string, count int) ([]string, error) {
	tokens := make([]string, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(runtime.GOMAXPROCS(0), 8)) // hashing a password takes a core, and an address has 8 places
	for i := range tokens {
		group.Go(func() (err error) {
			tokens[i], err = registerUser(ctx, baseURL, fmt.Sprintf("rater%d@example.com", i+1))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("registering %d users: %w", count, err)
	}
	return tokens, nil
}

// registerUser registers as a script does: it gets a CSRF token first, then sends it with
// the registration.
func registerUser(ctx context.Context, baseURL, email string) (token string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", fmt.Errorf("making a cookie jar: %w", err)
	}
	browser := &http.Client{Jar: jar}

	var csrf struct {
		Token string `json:"csrf_token"`
	}
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL+"/auth/csrf", nil)
	if err != nil {
		return "", fmt.Errorf("GET /auth/csrf: %w", err)
	}
	if err := exchange(browser, get, &csrf); err != nil {
		return "", err
	}

	person, err := json.Marshal(map[string]string{"email": email, "password": "Aa1!" + rand.Text()})
	if err != nil {
		return "", fmt.Errorf("encoding a registration: %w", err)
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, baseURL+"/auth/register", bytes.NewReader(person))
	if err != nil {
		return "", fmt.Errorf("POST /auth/register: %w", err)
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("X-Csrf-Token", csrf.Token)
	var access struct {
		Token string `json:"access_token"`
	}
	if err := exchange(browser, post, &access); err != nil {
		return "", err
	}
	return access.Token, nil
}

// exchange sends a request and decodes the JSON of its answer into into. If the status is
// not 2xx, the error shows the body.
func exchange(browser *http.Client, request *http.Request, into any) error {
	name := request.Method + " " + request.URL.Path
	response, err := browser.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%s: reading the answer: %w", name, err)
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s: status %d: %.*s", name, response.StatusCode, errorExcerpt, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s: decoding the answer: %w", name, err)
	}
	return nil
}
