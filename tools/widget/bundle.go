package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The folders of the widget's sources and of what is made of them, in the project.
const (
	sources = "widget"
	target  = "widget/dist"
)

// spaces line the header's columns up for its readers.
var spaces = regexp.MustCompile(" {2,}")

// files are the contents of what is made, by their path in the target.
type files map[string][]byte

// bundle makes the widget's files of its sources in the project at root.
func bundle(root string) (files, error) {
	version, err := versionOf(filepath.Join(root, sources, "package.json"))
	if err != nil {
		return nil, err
	}
	header, err := os.ReadFile(filepath.Join(root, sources, "userscript/header.txt"))
	if err != nil {
		return nil, err
	}
	made := files{}
	err = errors.Join(
		made.build(root, api.BuildOptions{
			EntryPointsAdvanced: []api.EntryPoint{{InputPath: "widget/userscript/main.ts", OutputPath: "raterhub-tracker.user"}},
			Banner:              map[string]string{"js": spaces.ReplaceAllString(strings.ReplaceAll(string(header), "%VERSION%", version), " ")},
		}),
		made.build(root, api.BuildOptions{
			EntryPoints: []string{
				"widget/extension/content.ts", "widget/extension/worker.ts", "widget/extension/options.ts", "widget/extension/popup.ts",
			},
			EntryNames: "extension/[name]",
		}),
		made.copy(filepath.Join(root, sources, "extension/static"), "extension", version),
	)
	return made, err
}

// versionOf is the version that a package.json gives.
func versionOf(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var p struct{ Version string }
	if err := json.Unmarshal(content, &p); err != nil || p.Version == "" {
		return "", fmt.Errorf("%s: no version (%w)", file, err)
	}
	return p.Version, nil
}

// build adds what esbuild makes: one file an entry point, with all it imports, small.
func (f files) build(root string, o api.BuildOptions) error {
	o.AbsWorkingDir, o.Outdir = root, target
	o.Bundle, o.Format, o.Target, o.Charset = true, api.FormatIIFE, api.ES2022, api.CharsetUTF8
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = true, true, true
	o.LegalComments = api.LegalCommentsNone
	o.Define = map[string]string{"SERVER": `"https://server.invalid"`}
	o.Plugins = []api.Plugin{smallStyle()}
	o.LogLevel = api.LogLevelSilent
	result := api.Build(o)
	var errs []error
	for _, m := range result.Errors {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		errs = append(errs, errors.New(at+m.Text))
	}
	for _, out := range result.OutputFiles {
		name, err := filepath.Rel(filepath.Join(root, target), out.Path)
		if err != nil {
			return err
		}
		f[filepath.ToSlash(name)] = out.Contents
	}
	return errors.Join(errs...)
}

// copy adds the files of a folder as they are, but for the version.
func (f files) copy(from, to, version string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil {
			return err
		}
		if strings.HasSuffix(entry.Name(), ".json") {
			content = []byte(strings.ReplaceAll(string(content), "%VERSION%", version))
		}
		f[to+"/"+entry.Name()] = content
	}
	return nil
}
