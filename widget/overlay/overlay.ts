import type { Actions, Placement, Settings, Time, View } from "../core/types.ts";
import { card } from "./card.ts";
import { adoptStyle, button, element, takesText } from "./dom.ts";
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
  /** Takes settings and places that another tab has changed. */
  setSettings(settings: Settings): void;
  setPlacement(placement: Placement): void;
  destroy(): void;
}

/** The name of the element that holds the overlay. */
export const hostName = "raterhub-tracker";

/** How long to wait before the overlay goes back into a page that dropped it, ms. */
const returnAfter = 100;

/** Puts the overlay on the page. */
export function mount(doc: Document, actions: Actions, options: OverlayOptions): Overlay {
  const window = doc.defaultView! as Window & typeof globalThis;
  const host = doc.createElement(hostName);
  // Open, so that events inside it can be told apart on the window. A closed root
  // would hide nothing from a page that means harm.
  const root = host.attachShadow({ mode: "open" });
  adoptStyle(root, style);

  const drawn = card(doc, actions, (collapsed) => {
    const held = root.activeElement !== null;
    setPlacement({ ...moving.chosen(), collapsed });
    if (held) visibleNext(root)?.focus();
    options.savePlacement(moving.chosen());
  });
  const form = settingsForm(doc, options.settings, options.saveSettings, options.isHotkey);
  drawn.panel.append(form.element, element(doc, "div", { class: "links" },
    button(doc, "Dashboard", () => actions.openDashboard()), button(doc, "Disconnect", () => actions.disconnect())));
  root.append(drawn.element);
  const moving = movable(window, { ...drawn, card: drawn.element }, options.placement, options.savePlacement);
  drawn.more.addEventListener("click", () => {
    drawn.panel.hidden = !drawn.panel.hidden;
    drawn.more.setAttribute("aria-expanded", String(!drawn.panel.hidden));
  });

  function setPlacement(placement: Placement): void {
    drawn.element.hidden = placement.hidden;
    drawn.element.dataset["collapsed"] = String(placement.collapsed);
    drawn.collapse(placement.collapsed);
    moving.place(placement);
  }
  const setSettings = (settings: Settings): void => {
    drawn.element.dataset["theme"] = settings.theme;
    form.show(settings);
  };

  const stopStaying = stay(doc, host, options.time);
  const stopKeys = keepFocusAndKeysApart(window, host, root);
  setSettings(options.settings);
  setPlacement(options.placement);

  // A notice that comes or goes must not push the card out of the window.
  const sizes = "ResizeObserver" in window ? new window.ResizeObserver(moving.fit) : null;
  sizes?.observe(drawn.element);
  let last: View | null = null;
  return {
    draw(view) {
      if (view === last) return;
      last = view;
      const focused = root.activeElement as HTMLElement | null;
      drawn.draw(view, options.time.now());
      // A key that went away must not take the keyboard's place with it.
      if (focused !== null && !isUsable(focused)) visibleNext(root)?.focus();
    },
    setSettings,
    setPlacement,
    destroy() {
      stopStaying();
      stopKeys();
      sizes?.disconnect();
      moving.destroy();
      host.remove();
    },
  };
}

/** Keeps the host on <html>, where a script that rewrites the body does not reach it. */
function stay(doc: Document, host: HTMLElement, time: Time): () => void {
  let cancel: (() => void) | null = null;
  // Later, not at once: against a page that always removes it this would never end.
  const observer = new doc.defaultView!.MutationObserver(() => {
    if (!host.isConnected && cancel === null) cancel = time.after(returnAfter, back);
  });
  const back = (): void => {
    cancel = null;
    if (!host.isConnected) doc.documentElement?.append(host);
    if (doc.documentElement !== null) observer.observe(doc.documentElement, { childList: true });
  };
  observer.observe(doc, { childList: true });
  back();
  return () => {
    observer.disconnect();
    cancel?.();
  };
}

const keyEvents = ["keydown", "keypress", "keyup"] as const;
const innerEvents = [...keyEvents, "beforeinput", "input", "change", "paste", "cut", "copy",
  "pointerdown", "pointerup", "mousedown", "mouseup", "click", "dblclick", "submit"] as const;

/**
 * The page keeps its focus when a key is pressed with the mouse, hears nothing of what
 * happens inside the overlay, and gets its focus back with Escape.
 */
function keepFocusAndKeysApart(window: Window, host: HTMLElement, root: ShadowRoot): () => void {
  let from: HTMLElement | null = null;
  root.addEventListener("focusin", (event) => {
    const before = (event as FocusEvent).relatedTarget;
    if (before !== null && !root.contains(before as Node)) from = before as HTMLElement;
  });
  const leave = (): void => {
    (root.activeElement as HTMLElement | null)?.blur();
    if (from?.isConnected) from.focus();
  };
  root.addEventListener("mousedown", (event) => {
    if ((event.target as Element).closest("input, select, label") === null) event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape") leave();
  });
  for (const name of innerEvents) root.addEventListener(name, (event) => event.stopPropagation());

  // Outside, the target of a key typed here is the host, which is no field: a page that
  // leaves fields alone would take it for a hotkey. So it ends before the page hears it.
  const typed = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    if (!takesText(target) || !event.composedPath().includes(host)) return;
    event.stopImmediatePropagation();
    if (event.type === "keydown" && event.key === "Escape") leave();
  };
  for (const name of keyEvents) window.addEventListener(name, typed, { capture: true });
  return () => {
    for (const name of keyEvents) window.removeEventListener(name, typed, { capture: true });
  };
}

function isUsable(at: HTMLElement): boolean {
  return at.isConnected && at.closest("[hidden], :disabled") === null;
}

function visibleNext(root: ShadowRoot): HTMLElement | null {
  return [...root.querySelectorAll<HTMLElement>("button.main, .open")].find(isUsable) ?? null;
}
