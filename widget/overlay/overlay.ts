import type { Actions, Placement, Settings, Time, View } from "../core/types.ts";
import { card } from "./card.ts";
import { adoptStyle, drawing, takesText } from "./dom.ts";
import { movable } from "./movable.ts";
import { settingsForm } from "./settingsform.ts";
import { style } from "./style.ts";

export interface OverlayOptions {
  readonly placement: Placement;
  readonly settings: Settings;
  readonly time: Time;
  /** Called with each placement that the person chose. */
  savePlacement(placement: Placement): void;
  saveSettings(settings: Settings): void;
  /** Whether a text names a hotkey, for the form of the settings. */
  isHotkey(text: string): boolean;
}

export interface Overlay {
  /** Draws at once, and only what differs from the View before. */
  draw(view: View): void;
  /** Applies settings that another tab has changed. */
  setSettings(settings: Settings): void;
  /** Applies a placement that another tab has changed. */
  setPlacement(placement: Placement): void;
}

/** The name of the element that holds the overlay. */
export const hostName = "raterhub-tracker";

/** How long to wait before the overlay returns to a page that removed it, ms. */
const returnAfter = 100;

/** Puts the overlay on the page. */
export function mount(actions: Actions, options: OverlayOptions): Overlay {
  const { element, button } = drawing();
  const host = document.createElement(hostName);
  // Open, so that a listener on the window sees where inside it an event happens. A closed
  // root would hide nothing from a hostile page.
  const root = host.attachShadow({ mode: "open" });
  adoptStyle(root, style);

  const { form, show } = settingsForm(options.saveSettings, options.isHotkey);
  const panel = element("div.panel", { hidden: "" }, form, element("div.links",
    button("", () => actions.openDashboard(), "Dashboard"), button("", () => actions.disconnect(), "Disconnect")));
  const parts = card(actions, panel, (collapsed) => {
    const held = root.activeElement;
    setPlacement({ ...moving.chosen(), collapsed });
    if (held) focusNext(root);
    options.savePlacement(moving.chosen());
  });
  const { box } = parts;
  const moving = movable(parts, options.placement, options.savePlacement);
  root.append(box);

  let last: View | null = null;
  const draw = (view: View): void => {
    const focused = root.activeElement;
    parts.draw(last = view, options.time.now());
    // A button that is hidden must not take the keyboard's focus with it.
    if (focused && !isUsable(focused)) focusNext(root);
  };
  const setPlacement = (placement: Placement): void => {
    parts.collapse(placement.collapsed);
    box.dataset["mini"] = `${placement.collapsed}`;
    if (last) draw(last); // the half of the card that was hidden is out of date
    moving.place(placement);
  };
  const setSettings = (settings: Settings): void => {
    box.dataset["theme"] = settings.theme;
    show(settings);
  };

  stay(host, options.time);
  keepFocusAndKeysApart(host, root);
  setSettings(options.settings);
  setPlacement(options.placement);
  return { draw, setSettings, setPlacement };
}

/** Keeps the host in <html>, so that a script that rewrites the body does not remove it. */
function stay(host: HTMLElement, time: Time): void {
  // Not at once: if a page always removed it, this would never end.
  const observer = new MutationObserver(() => {
    if (!host.isConnected) time.after(returnAfter, back);
  });
  const back = (): void => {
    const page: Element | null = document.documentElement;
    if (!host.isConnected) page?.append(host);
    if (page) observer.observe(page, { childList: true });
  };
  observer.observe(document, { childList: true });
  back();
}

const keyEvents = ["keydown", "keypress", "keyup"] as const;
const innerEvents = [...keyEvents, "beforeinput", "input", "change", "paste", "cut", "copy",
  "pointerdown", "pointerup", "mousedown", "mouseup", "click", "dblclick", "submit"] as const;

/**
 * The page keeps its focus when a button is clicked, hears no event inside the overlay,
 * and gets its focus back with Escape.
 */
function keepFocusAndKeysApart(host: HTMLElement, root: ShadowRoot): void {
  let from: HTMLElement | null = null;
  const leave = ({ type, key }: KeyboardEvent): void => {
    if (type !== "keydown" || key !== "Escape") return;
    (root.activeElement as HTMLElement | null)?.blur();
    from?.focus();
  };
  const inside: Partial<Record<string, (event: Event) => void>> = {
    keydown: (event) => leave(event as KeyboardEvent),
    mousedown(event) {
      if (!(event.target as Element).closest("input, select, label")) event.preventDefault();
    },
  };
  for (const name of innerEvents) {
    root.addEventListener(name, (event) => {
      inside[name]?.(event);
      event.stopPropagation();
    });
  }
  root.addEventListener("focusin", (event) => {
    const before = (event as FocusEvent).relatedTarget as HTMLElement | null;
    if (before && !root.contains(before)) from = before;
  });
  // To the page, the target of a key typed into a field here is the host, so it could take
  // the key for a hotkey of its own. So the event stops before the page hears it.
  for (const name of keyEvents) {
    addEventListener(name, (event) => {
      const path = event.composedPath();
      if (!takesText(path[0]) || !path.includes(host)) return;
      event.stopImmediatePropagation();
      leave(event);
    }, true);
  }
}

const isUsable = (at: Element): boolean => at.isConnected && !at.closest("[hidden], :disabled");

function focusNext(root: ShadowRoot): void {
  [...root.querySelectorAll<HTMLElement>("button.main, .open")].find(isUsable)?.focus();
}
