package browser

import (
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused describes the element that has the focus, once for each element: "" for
// one that was described before, and for none.
const focused = `(() => {
	let at = document.activeElement;
	while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
	const seen = globalThis.focusedBefore ??= new Set();
	if (!at || at === document.body || at === document.documentElement || seen.has(at)) return "";
	seen.add(at);
	const name = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.name || "";
	const id = at.id ? "#" + at.id : "";
	return (at.localName + id + " " + name.trim().replace(/\s+/g, " ").slice(0, 60)).trim();
})()`

// TabOrder presses Tab until the focus has left the page or comes to an element
// again, or most times, and describes where it went: as "button#send Send", the
// element's name, its id and what it is called. Call it on a page just opened.
func (p *Page) TabOrder(most int) []string {
	p.t.Helper()
	var order []string
	for range most {
		p.Do(chromedp.KeyEvent(kb.Tab))
		at := Eval[string](p, focused)
		if at == "" {
			break
		}
		order = append(order, at)
	}
	return order
}

// Chord presses a key while others are held, as in "Ctrl+Shift+P".
func (p *Page) Chord(keys string) {
	p.t.Helper()
	names := strings.Split(keys, "+")
	key := names[len(names)-1]
	held := map[string]chromedp.Modifier{
		"Ctrl": chromedp.ModifierCtrl, "Shift": chromedp.ModifierShift, "Alt": chromedp.ModifierAlt,
	}
	var modifiers []chromedp.Modifier
	for _, name := range names[:len(names)-1] {
		modifier, known := held[name]
		if !known {
			p.t.Fatalf("no key %q is held", name)
		}
		modifiers = append(modifiers, modifier)
	}
	if !slices.Contains(names, "Shift") {
		key = strings.ToLower(key)
	}
	p.Do(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}
