package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The environment wins over .env, and both win over the file of NAME_FILE.
func TestLoadEnvironment(t *testing.T) {
	tests := []struct {
		name        string
		environment map[string]string
		dotenv      string // "" is no file
		files       map[string]string
		want        string // the value of SECRET_KEY that results
	}{
		{name: "nothing", want: ""},
		{name: "environment", environment: map[string]string{"SECRET_KEY": "env"}, want: "env"},
		{name: ".env", dotenv: "SECRET_KEY=dotenv\n", want: "dotenv"},
		{name: ".env with quotes, a comment and export", dotenv: "# key\nexport SECRET_KEY=\"dot env\" # mine\n", want: "dot env"},
		{name: "file", environment: map[string]string{"SECRET_KEY_FILE": "key"}, files: map[string]string{"key": "file"}, want: "file"},
		{name: "file ends with a line break", environment: map[string]string{"SECRET_KEY_FILE": "key"}, files: map[string]string{"key": " file \r\n"}, want: " file "},
		{name: "file named in .env", dotenv: "SECRET_KEY_FILE=key", files: map[string]string{"key": "file"}, want: "file"},
		{
			name:        "environment over .env and file",
			environment: map[string]string{"SECRET_KEY": "env", "SECRET_KEY_FILE": "key"},
			dotenv:      "SECRET_KEY=dotenv", files: map[string]string{"key": "file"}, want: "env",
		},
		{
			name: "the environment's file over .env", environment: map[string]string{"SECRET_KEY_FILE": "key"},
			dotenv: "SECRET_KEY=dotenv", files: map[string]string{"key": "file"}, want: "file",
		},
		{
			name:   ".env over a file that it names itself",
			dotenv: "SECRET_KEY=dotenv\nSECRET_KEY_FILE=key", files: map[string]string{"key": "file"}, want: "dotenv",
		},
		{
			name:   "a file that .env names",
			dotenv: "SECRET_KEY_FILE=key", files: map[string]string{"key": "file"}, want: "file",
		},
		{
			name: "set to nothing is not set", environment: map[string]string{"SECRET_KEY": ""},
			dotenv: "SECRET_KEY=dotenv", want: "dotenv",
		},
		{
			name: "nothing in .env is not set", environment: map[string]string{"SECRET_KEY_FILE": "key"},
			dotenv: "SECRET_KEY=", files: map[string]string{"key": "file"}, want: "file",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			withoutSettings(t)
			t.Chdir(t.TempDir())
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			if test.dotenv != "" {
				writeFile(t, ".env", test.dotenv)
			}
			for path, content := range test.files {
				writeFile(t, path, content)
			}
			if err := LoadEnvironment(); err != nil {
				t.Fatal(err)
			}
			if got := os.Getenv("SECRET_KEY"); got != test.want {
				t.Errorf("SECRET_KEY %q, want %q", got, test.want)
			}
		})
	}
}

// Every setting may be given as a file.
func TestLoadEnvironmentFromFiles(t *testing.T) {
	withoutSettings(t)
	t.Chdir(t.TempDir())
	for _, name := range Names() {
		path := strings.ToLower(name)
		writeFile(t, path, "value of "+name+"\n")
		t.Setenv(name+"_FILE", path)
	}
	if err := LoadEnvironment(); err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if got := os.Getenv(name); got != "value of "+name {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func TestLoadEnvironmentErrors(t *testing.T) {
	tests := []struct {
		name  string
		setUp func(t *testing.T)
		names string // what the error must name
	}{
		{"no such file", func(t *testing.T) { t.Setenv("SECRET_KEY_FILE", "missing") }, "SECRET_KEY_FILE"},
		{"a folder for a file", func(t *testing.T) { t.Setenv("DATABASE_URL_FILE", ".") }, "DATABASE_URL_FILE"},
		{"a bad .env", func(t *testing.T) { writeFile(t, ".env", "what is this?\nSECRET_KEY=hunter2\n") }, ".env"},
		{"a folder for .env", func(t *testing.T) {
			if err := os.Mkdir(".env", 0o700); err != nil {
				t.Fatal(err)
			}
		}, ".env"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			withoutSettings(t)
			t.Chdir(t.TempDir())
			test.setUp(t)
			err := LoadEnvironment()
			if err == nil || !strings.Contains(err.Error(), test.names) {
				t.Fatalf("error %v does not name %s", err, test.names)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error has a secret: %v", err)
			}
		})
	}
}

// example returns the file that people copy to .env.
func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exampleLine matches a setting in the example, commented out or not.
var exampleLine = regexp.MustCompile(`(?m)^#?([A-Z_]+)=`)

// .env.example names every setting exactly once, and nothing else.
func TestExampleNamesEverySetting(t *testing.T) {
	var named []string
	for _, match := range exampleLine.FindAllStringSubmatch(example(t), -1) {
		named = append(named, match[1])
	}
	want := Names()
	slices.Sort(want)
	slices.Sort(named)
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("(-settings +.env.example):\n%s", diff)
	}
}

// The values in the example are the defaults. A setting without a default has a valid
// value.
func TestExampleHasTheDefaults(t *testing.T) {
	withoutSettings(t)
	all := exampleLine.ReplaceAllString(example(t), "$1=")
	t.Chdir(t.TempDir())
	writeFile(t, ".env", all)
	t.Setenv("SECRET_KEY", testKey)
	if err := LoadEnvironment(); err != nil {
		t.Fatal(err)
	}
	got := mustSettings(t, mustParse(t))
	if got.PublicURL == "" || len(got.TrustedProxies) == 0 {
		t.Error("there is no example of a public URL, or none of a proxy")
	}
	want := defaults()
	want.PublicURL, want.TrustedProxies = got.PublicURL, got.TrustedProxies
	want.AllowedOrigins = append(want.AllowedOrigins, got.PublicURL)
	want.CookieLocal = false // with a public URL on https
	if diff := cmp.Diff(want, got, equatePrefixes); diff != "" {
		t.Errorf("(-defaults +.env.example):\n%s", diff)
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
