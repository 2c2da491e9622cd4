package browser

import (
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused is a script that describes the element with the focus. It returns "" if it has
// described that element before, or if no element has the focus.
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

// TabOrder presses Tab, at most this many times, until the focus leaves the page or returns
// to an element. It describes the elements on the way by their name, id and label, as in
// "button#send Send". Call it on a page that was just opened.
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

// Stop is an element at which Tab stops.
type Stop struct {
	What  string `json:"what"`  // as TabOrder describes it
	Shown bool   `json:"shown"` // the focus is visible
}

// reachable is a script that lists the elements that Tab should reach, in reading order. Of
// a group of radio buttons it lists only one.
const reachable = `(() => {
	const groups = new Set();
	return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter((e) => {
		if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({ visibilityProperty: true })) return false;
		if (e.type !== "radio") return true;
		if (groups.has(e.name)) return false;
		groups.add(e.name);
		return true;
	});
})()`

// Round compares the way that Tab should take with the way that it takes.
type Round struct {
	Want []string `json:"want"` // every link, button and field, in reading order
	Got  []Stop   `json:"got"`
}

// TabRound presses Tab through a page that was just opened, two times more than it needs.
// In a focus trap, a stop then comes again before the others have come.
func (p *Page) TabRound() Round {
	p.t.Helper()
	presses := Eval[int](p, `(() => {
		const describe = (e) => {
			const name = e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText || e.name || "";
			const id = e.id ? "#" + e.id : "";
			return (e.localName + id + " " + name.trim().replace(/\s+/g, " ").slice(0, 60)).trim();
		};
		const all = `+reachable+`;
		globalThis.tabRound = { want: all.map(describe), got: [] };
		addEventListener("focusin", (event) => {
			const style = getComputedStyle(event.target);
			const box = event.target.getBoundingClientRect();
			tabRound.got.push({
				what: describe(event.target),
				shown: box.width > 0 && box.right > 0 && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
			});
		});
		const parts = { date: 3, time: 4, "datetime-local": 7 }; // each has a stop of its own
		const inside = all.reduce((sum, e) => sum + (parts[e.type] ?? 0), 0);
		return all.length + inside + 2;
	})()`)
	keys := make([]chromedp.Action[chromedp.Void], presses)
	for i := range keys {
		keys[i] = chromedp.KeyEvent(kb.Tab)
	}
	p.Do(keys...)
	return Eval[Round](p, "tabRound")
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
