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

// The folders of the widget's sources and of the bundled files, in the project.
const (
	sources = "widget"
	target  = "widget/dist"
)

// spaces align the columns of the header for people who read it.
var spaces = regexp.MustCompile(" {2,}")

// files are the contents of the bundled files by their path in the target.
type files map[string][]byte

// bundle bundles the widget's sources in the project at root.
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

// versionOf returns the version in a package.json.
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

// build adds a minified file for each entry point, with everything that it imports.
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

// copy adds the files of a folder, with the version filled in.
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
