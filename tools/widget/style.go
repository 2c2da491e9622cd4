package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// smallStyle is the overlay's style sheet, which is a text in TypeScript so that tests can
// load it, without what only a reader needs.
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
			contents := before + "`" + strings.TrimSpace(string(small.Code)) + "`" + after
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, nil
		})
	}}
}
