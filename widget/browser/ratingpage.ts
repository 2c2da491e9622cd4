/** The widget on a rating page: overlay, hotkeys, page reader, signs of the person. */
import { matches, parseHotkey } from "../core/hotkeys.ts";
import type { Hotkeys, Placement, Settings, Storage } from "../core/types.ts";
import type { Widget } from "../core/widget.ts";
import { listenHotkeys } from "../overlay/hotkeys.ts";
import { mount } from "../overlay/overlay.ts";
import { asPlacement } from "../overlay/place.ts";
import { readPage } from "../raterhub/read.ts";
import { watchSubmits, type Slot } from "../raterhub/submit.ts";
import { asSettings, isHotkey, placementKey, settingsKey } from "./settings.ts";
import { time } from "./time.ts";

/** Signs of the person are noted at most this often, ms. */
const signEvery = 1_000;
/** Where this tab remembers a submit whose outcome is not known yet. */
const submitKey = "raterhub-tracker-submit";

/** Marks the placements that this tab has stored. */
const tab = Math.random();

/** Shows a widget that has started. */
export function showOn(doc: Document, widget: Widget, storage: Storage, settings: Settings, placement: Placement): void {
  let present = settings;
  const overlay = mount(widget, {
    placement, settings, time, isHotkey,
    savePlacement: (chosen) => keep(storage, placementKey, { ...chosen, by: tab }),
    saveSettings: (chosen) => keep(storage, settingsKey, chosen),
  });
  // News of its own placements come late and would move the overlay back.
  storage.watch(placementKey, (_, value) => {
    if ((value as { by?: unknown } | undefined)?.by !== tab) overlay.setPlacement(asPlacement(value));
  });
  storage.watch(settingsKey, (_, value) => {
    present = asSettings(value);
    widget.configure(present);
    overlay.setSettings(present);
  });
  widget.subscribe(overlay.draw);
  listen(doc, widget, () => present);
}

function listen(doc: Document, widget: Widget, settings: () => Settings): void {
  const actions: readonly (readonly [keyof Hotkeys, () => void])[] = [
    ["next", widget.next], ["pause", widget.pauseOrResume], ["undo", widget.undo], ["end", widget.end],
  ];
  listenHotkeys((event) => {
    const { hotkeys } = settings();
    return actions.find(([name]) => {
      const combination = parseHotkey(hotkeys[name]);
      return combination && matches(combination, event);
    });
  }, ([, act]) => act());

  const read = (): void => {
    const { task, problems } = readPage(doc, doc.location.href);
    widget.pageSays(task, problems);
  };
  read();
  addEventListener("load", read);
  addEventListener("pageshow", read);
  watchSubmits(doc, () => doc.location.href, slot, time, ({ at, stop }) => {
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
    addEventListener(name, sign, { capture: true, passive: true });
  }
  const see = (): void => {
    widget.visible(!doc.hidden);
    if (!doc.hidden) sign();
  };
  doc.addEventListener("visibilitychange", see);
  widget.visible(!doc.hidden);
  addEventListener("online", widget.sendNow);
}

/** A page may forbid sessionStorage; then nothing is remembered. */
function quietly<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}

const slot: Slot = {
  get: () => quietly(() => sessionStorage.getItem(submitKey)),
  set: (text) => void quietly(() => sessionStorage.setItem(submitKey, text)),
  remove: () => void quietly(() => sessionStorage.removeItem(submitKey)),
};

/** If a placement or a setting cannot be stored, the person chooses it again. */
function keep(storage: Storage, key: string, value: unknown): void {
  storage.set(key, value).catch(() => {});
}

