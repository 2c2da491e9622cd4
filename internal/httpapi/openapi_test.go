package httpapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// The document is a promise to clients: a change of it is a decision, which shows in the
// diff of the golden file. -update writes that file.
func TestOpenAPIGolden(t *testing.T) {
	w := newServer(t).answer(t, request{method: "GET", path: "/openapi.json"})
	var got bytes.Buffer
	if err := json.Indent(&got, w.Body.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')

	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the document changed; if it should, run: go test ./internal/httpapi -run OpenAPIGolden -update\n(-golden +now):\n%s", diff)
	}
}

// The document describes the fields of every body, also where the handler reads the body
// itself.
func TestDocumentedBodies(t *testing.T) {
	var document struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					} `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
	}
	w := newServer(t).answer(t, request{method: "GET", path: "/openapi.json"})
	if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for path, operations := range document.Paths {
		for method, operation := range operations {
			for media, content := range operation.RequestBody.Content {
				got[method+" "+path+" "+media] = strings.TrimPrefix(content.Schema.Ref, "#/components/schemas/")
			}
		}
	}
	want := map[string]string{
		"post /auth/login application/json":                      "LoginInputBody",
		"post /auth/register application/json":                   "RegisterInputBody",
		"patch /me application/json":                             "ProfileBody",
		"post /auth/device/refresh application/json":             "RefreshDeviceInputBody",
		"post /auth/device/token application/json":               "ConnectDeviceInputBody",
		"delete /me application/json":                            "ConfirmInputBody",
		"delete /me/logins application/json":                     "ConfirmInputBody",
		"delete /me/logins/{login_id} application/json":          "EndLoginInputBody",
		"post /auth/login/passkey application/json":              "ChallengeInputBody",
		"post /auth/login/second-factor application/json":        "SecondFactorBody",
		"post /me/identity application/json":                     "ConnectInputBody",
		"post /me/identity/remove application/json":              "ConfirmInputBody",
		"post /me/passkeys application/json":                     "NewPasskeyBody",
		"post /me/passkeys/start application/json":               "ConfirmInputBody",
		"post /me/passkeys/{passkey_id}/remove application/json": "RemovePasskeyInputBody",
		"post /me/password application/json":                     "PasswordInputBody",
		"post /me/recovery-codes application/json":               "ConfirmInputBody",
		"post /me/totp application/json":                         "ConfirmInputBody",
		"post /me/totp/confirm application/json":                 "CodeInputBody",
		"post /me/totp/remove application/json":                  "ConfirmInputBody",
		"post /events application/json":                          "PressBody",
		"post /events/batch application/json":                    "BatchSchema",
		"patch /sessions/{session_id} application/json":          "TargetInputBody",

		"patch /sessions/{session_id}/questions/{question_id} application/json": "AdjustmentBody",
		"patch /sessions/{session_id}/presses/{event_id} application/json":      "MovePressInputBody",
		"post /sessions/{session_id}/presses application/json":                  "AddedPressBody",
		"post /sessions application/json":                                       "WorkBody",
		"post /events/resume application/json":                                  "ResumeInputBody",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	examples := strings.NewReplacer("{session_id}", unknown, "{question_id}", unknown, "{event_id}", unknown, "{passkey_id}", "AAAA", "{login_id}", unknown)
	for name := range got {
		method, path, _ := strings.Cut(strings.TrimSuffix(name, " application/json"), " ")
		if route := strings.ToUpper(method) + " " + examples.Replace(path); bodyRoutes[route] == "" {
			t.Errorf("%s reads a body: declare in bodyRoutes one that it understands", route)
		}
	}
}
