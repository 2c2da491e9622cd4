package browser

import (
	_ "embed" // for axe-core
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe is axe-core, see testdata/axe-core.
//
//go:embed testdata/axe-core/axe.min.js
var axe string

// Finding is a rule of accessibility that elements of a page break.
type Finding struct {
	Rule   string   `json:"rule"`   // of axe-core, as in "color-contrast"
	Impact string   `json:"impact"` // minor, moderate, serious or critical
	Help   string   `json:"help"`   // what the page should do
	At     []string `json:"at"`     // CSS selectors of the elements
}

// String returns the finding, with each element on its own line.
func (f Finding) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", f.Rule, f.Impact, f.Help, strings.Join(f.At, "\n\t"))
}

// Axe returns what axe-core finds wrong in the part of the page that a CSS selector names,
// by all of its rules: WCAG up to 2.2 AA, and good practice. "" means the whole page; rules
// about the page as a whole apply only then.
func (p *Page) Axe(selector string) []Finding {
	p.t.Helper()
	if p.view.NoScript { // axe needs timers; the page's own scripts were skipped when it was loaded
		p.Do(setScript(true))
		defer p.Do(setScript(false))
	}
	if !Eval[bool](p, "'axe' in globalThis") {
		p.Do(chromedp.Evaluate[chromedp.Void](axe))
	}
	within, err := json.Marshal(selector)
	if err != nil {
		p.t.Fatal(err)
	}
	// Without preload, axe loads nothing again, which would look like a request of the
	// page.
	return Eval[[]Finding](p, `axe.run(`+string(within)+` || document, {
		preload: false, resultTypes: ["violations"],
		rules: {"target-size": {enabled: true}},
	}).then(found => found.violations.map(v => ({
		rule: v.id, impact: v.impact, help: v.help, at: v.nodes.map(n => n.target.flat(Infinity).join(" ")),
	})))`)
}
