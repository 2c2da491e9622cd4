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
	Help   string   `json:"help"`   // what should be
	At     []string `json:"at"`     // CSS selectors of the elements
}

// String is the finding and every element on a line of its own.
func (f Finding) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", f.Rule, f.Impact, f.Help, strings.Join(f.At, "\n\t"))
}

// Axe is what axe-core finds wrong in the part of the page that a CSS selector
// names, by all of its rules: WCAG up to 2.2 AA, and good practice. An empty
// selector is the whole page, and only that is judged by rules on the page itself.
func (p *Page) Axe(selector string) []Finding {
	p.t.Helper()
	if p.view.NoScript { // axe waits by timers; scripts of the page were passed over as it was read
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
	// Nothing is loaded once more for axe: that would be a request of the page.
	return Eval[[]Finding](p, `axe.run(`+string(within)+` || document, {
		preload: false, resultTypes: ["violations"],
		rules: {"target-size": {enabled: true}},
	}).then(found => found.violations.map(v => ({
		rule: v.id, impact: v.impact, help: v.help, at: v.nodes.map(n => n.target.flat(Infinity).join(" ")),
	})))`)
}
