package httpapi

import (
	"embed"
	"encoding/json"
	"io/fs"
	"maps"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// shown are the examples of an operation, by name.
type shown struct {
	Requests map[string]*huma.Example `json:"requests"`
	Answers  map[string]*huma.Example `json:"answers"`
}

// exampleFiles are one file for each tag of the document, by operation ID.
//
//go:embed examples
var exampleFiles embed.FS

// readExamples reads the examples of all operations.
func readExamples() map[string]shown {
	all := map[string]shown{}
	err := fs.WalkDir(exampleFiles, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := exampleFiles.ReadFile(name)
		if err != nil {
			return err
		}
		var of map[string]shown
		if err := json.Unmarshal(content, &of); err != nil {
			return err
		}
		maps.Copy(all, of)
		return nil
	})
	if err != nil {
		panic(err) // they are embedded above, and a test reads them
	}
	return all
}

// examplesOf returns the examples of an operation. The second path of an operation has
// those of the first: see idOf.
func (a *api) examplesOf(op *huma.Operation) shown {
	return a.examples[strings.TrimPrefix(op.OperationID, secondPath)]
}
