/** The widget on a rating page: overlay, hotkeys, what the page says, signs of the person. */
import { matches, parseHotkey } from "../core/hotkeys.ts";
import type { Actions, Hotkeys, Settings, Storage } from "../core/types.ts";
import type { Widget } from "../core/widget.ts";
import { listenHotkeys } from "../overlay/hotkeys.ts";
import { mount } from "../overlay/overlay.ts";
import { asPlacement } from "../overlay/place.ts";
import { readPage } from "../raterhub/read.ts";
import { watchSubmits } from "../raterhub/submit.ts";
import { isHotkey, placementKey, settingsKey } from "./settings.ts";
import { time } from "./time.ts";

/** Signs of a person are looked at this often, ms. */
const signEvery = 1_000;
/** Where this tab keeps a submit of which it is not known yet what became of it. */
const submitKey = "raterhub-tracker-submit";

/** Tells the places that this tab has stored from those of others. */
const tab = Math.random();

/** Shows the widget, whose start is over, and returns how it takes other settings. */
export async function showOn(doc: Document, widget: Widget, storage: Storage, settings: Settings): Promise<(settings: Settings) => void> {
  const overlay = mount(widget, {
    placement: asPlacement(await storage.get(placementKey)),
    settings,
    time,
    savePlacement: (placement) => keep(storage, placementKey, { ...placement, by: tab }),
    saveSettings: (chosen) => keep(storage, settingsKey, chosen),
    isHotkey,
  });
  // Told of its own, which comes late, a tab would go back to a place before the last one.
  storage.watch(placementKey, (_, value) => {
    if ((value as { by?: unknown } | undefined)?.by !== tab) overlay.setPlacement(asPlacement(value));
  });
  widget.subscribe((view) => overlay.draw(view));
  let present = settings;
  listen(doc, widget, () => present);
  return (changed) => {
    present = changed;
    overlay.setSettings(changed);
  };
}

function listen(doc: Document, widget: Widget, settings: () => Settings): void {
  const window = doc.defaultView!;
  listenHotkeys((event) => actionOf(settings().hotkeys, event), (action) => widget[action]());

  const read = (): void => {
    const { task, problems } = readPage(doc, doc.location.href);
    widget.pageSays(task ?? undefined, problems);
  };
  read();
  window.addEventListener("load", read);
  window.addEventListener("pageshow", read);
  watchSubmits(doc, () => doc.location.href, slot(window), time, ({ at, stop }) => {
    read();
    if (settings().autoNext) widget.accepted(at, stop);
  });

  let lastSign = 0;
  const sign = (): void => {
    const now = time.now();
    if (Math.abs(now - lastSign) < signEvery) return;
    lastSign = now;
    widget.sign();
  };
  for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    window.addEventListener(name, sign, { capture: true, passive: true });
  }
  doc.addEventListener("visibilitychange", () => {
    widget.visible(!doc.hidden);
    if (!doc.hidden) sign();
  });
  widget.visible(!doc.hidden);
  window.addEventListener("online", () => widget.sendNow());
}

type Hotkey = "next" | "pauseOrResume" | "undo" | "end";

const actions: readonly (readonly [keyof Hotkeys, Hotkey & keyof Actions])[] = [
  ["next", "next"], ["pause", "pauseOrResume"], ["undo", "undo"], ["end", "end"],
];

function actionOf(hotkeys: Hotkeys, event: KeyboardEvent): Hotkey | null {
  for (const [name, action] of actions) {
    const combination = parseHotkey(hotkeys[name]);
    if (combination && matches(combination, event)) return action;
  }
  return null;
}

/** sessionStorage is the tab's own; a page may forbid it, and then nothing is remembered. */
function slot(window: Window) {
  const quietly = <T>(use: (storage: globalThis.Storage) => T): T | null => {
    try {
      return use(window.sessionStorage);
    } catch {
      return null;
    }
  };
  return {
    get: () => quietly((s) => s.getItem(submitKey)),
    set: (text: string) => void quietly((s) => s.setItem(submitKey, text)),
    remove: () => void quietly((s) => s.removeItem(submitKey)),
  };
}

/** A place or a setting that could not be kept is chosen again; there is nothing to lose. */
function keep(storage: Storage, key: string, value: unknown): void {
  storage.set(key, value).catch(() => {});
}

