package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// smallStyle minifies the overlay's style sheet, which is a string in TypeScript so that
// tests can load it.
func smallStyle() api.Plugin {
	return api.Plugin{Name: "style", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `/overlay/style\.ts$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			before, rest, _ := strings.Cut(string(source), "`")
			sheet, after, ok := strings.Cut(rest, "`")
			if !ok || strings.Contains(sheet, "${") || strings.Contains(sheet, `\`) {
				return api.OnLoadResult{}, fmt.Errorf("%s: want one plain template literal", args.Path)
			}
			small := api.Transform(sheet, api.TransformOptions{
				Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true, LogLevel: api.LogLevelSilent,
			})
			if len(small.Errors) > 0 {
				return api.OnLoadResult{}, fmt.Errorf("%s: %s", args.Path, small.Errors[0].Text)
			}
			contents := before + "`" + shorterVariables(strings.TrimSpace(string(small.Code))) + "`" + after
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, nil
		})
	}}
}

var (
	variable    = regexp.MustCompile(`--[a-z][a-z-]*`)
	declaration = regexp.MustCompile(`--[a-z][a-z-]*:[^;}]*`)
)

// shorterVariables gives the sheet's custom properties short names, in order of appearance,
// and removes the spaces in their values. esbuild keeps those because a script might read
// them; none does.
func shorterVariables(sheet string) string {
	sheet = declaration.ReplaceAllStringFunc(sheet, func(text string) string {
		return strings.NewReplacer(": ", ":", ", ", ",").Replace(text)
	})
	short := map[string]string{}
	return variable.ReplaceAllStringFunc(sheet, func(name string) string {
		if short[name] == "" {
			short[name] = "--" + string(rune('a'+len(short)))
		}
		return short[name]
	})
}
