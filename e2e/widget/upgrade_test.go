package widget

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

// Presses made with version 1 of the widget while the server was away arrive once after the
// update, and a person's settings are kept.
func TestWidgetUpgrade(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	for _, kind := range []string{"userscript", "extension"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := bareRig(t, kind, tasks)
			r.startServer()
			present := r.files()
			r.startBrowserWith(r.version1(present))
			tab := r.task(1)
			tab.changeSetting("form.querySelector('[type=number]').value = 17")
			r.pairOld(tab)
			d := &diary{t: t}
			d.press(tab, "Next")
			tab.awaitText("all sent")
			r.server.Stop(t)
			d.press(tab, "Next", "Pause", "Resume", "Undo", "Pause")
			tab.awaitText("5 unsent")
			letPass(tab, storedWithin)

			r.browser.Stop()
			r.write(r.setup.Extension, present)
			r.browser = browser.Start(t, r.setup)
			tab = r.task(1)
			tab.awaitText("5 unsent")
			tab.awaitText("paused")
			if minutes := browser.Eval[string](tab.Page, tab.find(".settings [type=number]")+".value"); minutes != "17" {
				t.Errorf("the setting that was 17 is %s", minutes)
			}
			d.press(tab, "Resume", "Next")
			tab.awaitText("7 unsent")
			r.startServer()
			tab.press("Send now")
			tab.awaitText("all sent")
			tab.awaitText(fmt.Sprintf("Question %d ", d.number()))
			log := r.log()
			d.requireRecorded(log)
			requireFolded(t, r.sessions(), log)
		})
	}
}

// A page that still has version 1 and one with the present version are open side by side:
// each press on either arrives once, and the old page asks to be reloaded.
func TestWidgetVersionsSideBySide(t *testing.T) {
	t.Parallel()
	tasks := []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}}
	r := bareRig(t, "userscript", tasks)
	r.server = tracker.Start(t, r.database, "PUBLIC_URL="+r.origin)
	g := startGate(t, r.address, r.server.URL)
	files := r.files()
	files["script.js"] = fmt.Appendf(nil, `{
		%s
		const present = globalThis.runUserscript;
		%s
		const old = globalThis.runUserscript;
		globalThis.runUserscript = () => location.search.includes("present") ? present() : old();
	}`, files["script.js"], r.version1(files)["script.js"])
	r.startBrowserWith(files)

	old := r.task(1)
	r.pairOld(old)
	d := &diary{t: t}
	d.press(old, "Next", "Next")
	old.awaitText("all sent")
	tab := r.open(ratingsite.TaskPath(1) + "&present")
	tab.awaitText("Question 2 ")
	old.awaitText("This page runs an older version: reload it.")
	d.press(tab, "Next")
	tab.awaitText("Question 3 ")
	for number := 4; number <= 6; number++ {
		old.Front()
		d.press(old, "Next")
		tab.awaitText(fmt.Sprintf("Question %d ", number))
	}
	tab.Front()
	d.press(tab, "Pause")
	tab.awaitText("all sent")
	log := r.log()
	d.requireRecorded(log)
	requireFolded(t, r.sessions(), log)
	g.requireSentOnce(t)
}

// version1 returns the files of an unpacked extension with the scripts of version 1.
func (r *rig) version1(present map[string][]byte) map[string][]byte {
	r.t.Helper()
	script := func(name string) []byte {
		return bytes.ReplaceAll(r.read("testdata/version1/"+name), []byte("https://server.invalid"), []byte(r.origin))
	}
	files := maps.Clone(present)
	if r.kind == "userscript" {
		files["script.js"] = fmt.Appendf(nil, "globalThis.runUserscript = () => {\n%s\n};\n", script("raterhub-tracker.user.js"))
		return files
	}
	files["content.js"] = append(r.read("testdata/clock.js"), script("content.js")...)
	delete(files, "worker.js")
	files["worker1.js"] = append(r.read("testdata/clock.js"), script("worker.js")...)
	// The manifest and its worker get another version and name: Chromium otherwise keeps
	// the old worker when it is started again with other files in the same folder.
	manifest := bytes.Replace(files["manifest.json"], []byte(`"worker.js"`), []byte(`"worker1.js"`), 1)
	files["manifest.json"] = manifestVersion.ReplaceAll(manifest, []byte(`"version": "1.0.0"`))
	return files
}

var manifestVersion = regexp.MustCompile(`"version": "[^"]*"`)
