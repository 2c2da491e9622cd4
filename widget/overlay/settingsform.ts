import type { Hotkeys, Settings } from "../core/types.ts";
import { element } from "./dom.ts";

export interface SettingsForm {
  readonly element: HTMLFormElement;
  /** Shows settings that were changed elsewhere. */
  show(settings: Settings): void;
}

const hotkeyNames: readonly (readonly [keyof Hotkeys, string])[] = [
  ["next", "Next"], ["pause", "Pause or resume"], ["undo", "Undo"], ["end", "End"],
];

const themes: readonly (readonly [Settings["theme"], string])[] = [
  ["auto", "As the system"], ["light", "Light"], ["dark", "Dark"],
];

const mostAwayMinutes = 240;

/**
 * The form of the settings, for the overlay and for a page of an extension. save is
 * called with settings that are in order; isHotkey says whether a text names a key.
 */
export function settingsForm(
  doc: Document,
  settings: Settings,
  save: (settings: Settings) => void,
  isHotkey: (text: string) => boolean = () => true,
): SettingsForm {
  const text = (): HTMLInputElement =>
    element(doc, "input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: "40" });
  const keys: Readonly<Record<keyof Hotkeys, HTMLInputElement>> = { next: text(), pause: text(), undo: text(), end: text() };
  const autoNext = element(doc, "input", { type: "checkbox" });
  const away = element(doc, "input", { type: "number", min: "0", max: String(mostAwayMinutes), step: "1", inputmode: "numeric" });
  const theme = element(doc, "select", {}, ...themes.map(([value, name]) => element(doc, "option", { value }, name)));
  const result = element(doc, "p", { class: "result", role: "status" });
  const field = (name: string, input: HTMLElement): HTMLElement =>
    element(doc, "label", { class: "field" }, element(doc, "span", {}, name), input);

  const form = element(
    doc, "form", { class: "settings", novalidate: "", "aria-label": "Settings" },
    element(doc, "fieldset", {},
      element(doc, "legend", {}, "Keys, empty for none"),
      ...hotkeyNames.map(([key, name]) => field(name, keys[key]))),
    field("Ask after minutes away, 0 never", away),
    field("Colours", theme),
    element(doc, "label", { class: "check" }, autoNext, element(doc, "span", {}, "Next by itself when the task was accepted")),
    element(doc, "button", { type: "submit", class: "main" }, "Save"),
    result,
  );

  const show = (s: Settings): void => {
    for (const [key] of hotkeyNames) keys[key].value = s.hotkeys[key];
    autoNext.checked = s.autoNext;
    away.value = String(s.awayMinutes);
    theme.value = s.theme;
  };
  const read = (): Settings => ({
    hotkeys: { next: keys.next.value.trim(), pause: keys.pause.value.trim(), undo: keys.undo.value.trim(), end: keys.end.value.trim() },
    autoNext: autoNext.checked,
    awayMinutes: away.value.trim() === "" ? NaN : Number(away.value),
    theme: themes.find(([value]) => value === theme.value)?.[0] ?? "auto",
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = read();
    const wrong = problem(asked, isHotkey);
    result.textContent = wrong ?? "Saved.";
    if (wrong === null) save(asked);
  });
  show(settings);
  return { element: form, show };
}

/** What is wrong with settings, in words; null when they are in order. */
export function problem(s: Settings, isHotkey: (text: string) => boolean): string | null {
  const used = new Map<string, string>();
  for (const [key, name] of hotkeyNames) {
    const text = s.hotkeys[key];
    if (text === "") continue;
    if (!isHotkey(text)) return `“${text}” is not a key such as Ctrl+Shift+P.`;
    const other = used.get(text.toLowerCase());
    if (other !== undefined) return `${other} and ${name} have the same key.`;
    used.set(text.toLowerCase(), name);
  }
  if (!Number.isInteger(s.awayMinutes) || s.awayMinutes < 0 || s.awayMinutes > mostAwayMinutes) {
    return `Minutes away must be 0 to ${mostAwayMinutes}.`;
  }
  return null;
}
