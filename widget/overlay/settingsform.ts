import type { Hotkeys, Settings } from "../core/types.ts";
import { drawing } from "./dom.ts";

export interface SettingsForm {
  readonly form: HTMLFormElement;
  /** Shows settings that were changed elsewhere. */
  show(settings: Settings): void;
}

const hotkeyNames: readonly (readonly [keyof Hotkeys, string])[] = [
  ["next", "Next"], ["pause", "Pause or resume"], ["undo", "Undo"], ["end", "End"],
];

const themes: readonly (readonly [Settings["theme"], string])[] = [
  ["auto", "Like the system"], ["light", "Light"], ["dark", "Dark"],
];

const mostAwayMinutes = 240;

/**
 * The form of the settings, for the overlay and for a page of the extension. save is
 * called with valid settings; isHotkey says whether a text names a key.
 */
export function settingsForm(save: (settings: Settings) => void, isHotkey: (text: string) => boolean): SettingsForm {
  const { element } = drawing();
  const field = <E extends HTMLElement>(name: string, input: E): HTMLElement => element("label.field", element("span", name), input);
  const keys = hotkeyNames.map(() => element("input", { autocomplete: "off", spellcheck: "false", maxlength: "40" }));
  const autoNext = element("input", { type: "checkbox" });
  const away = element("input", { type: "number", min: "0", max: `${mostAwayMinutes}` });
  const theme = element("select", ...themes.map(([value, name]) => element("option", { value }, name)));
  const result = element("p.result", { role: "status" });
  const form = element("form.settings", { novalidate: "", "aria-label": "Settings" },
    element("fieldset", element("legend", "Keys (empty: none)"), ...keys.map((input, i) => field(hotkeyNames[i]?.[1] ?? "", input))),
    field("Ask after minutes away (0: never)", away),
    field("Colours", theme),
    element("label.check", autoNext, element("span", "Next automatically when a task is accepted")),
    element("button.main", "Save"),
    result);

  form.onsubmit = (event) => {
    event.preventDefault();
    const [next = "", pause = "", undo = "", end = ""] = keys.map((input) => input.value.trim());
    const asked: Settings = {
      hotkeys: { next, pause, undo, end },
      autoNext: autoNext.checked,
      awayMinutes: away.value === "" ? NaN : Number(away.value),
      theme: themes[theme.selectedIndex]?.[0] ?? "auto",
    };
    const wrong = problem(asked, isHotkey);
    result.textContent = wrong ?? "Saved.";
    if (wrong === null) save(asked);
  };
  return {
    form,
    show(settings) {
      hotkeyNames.forEach(([key], i) => { keys[i]!.value = settings.hotkeys[key]; });
      autoNext.checked = settings.autoNext;
      away.value = `${settings.awayMinutes}`;
      theme.value = settings.theme;
    },
  };
}

/** What is wrong with settings, as a sentence; null when they are valid. */
export function problem(s: Settings, isHotkey: (text: string) => boolean): string | null {
  const used = new Map<string, string>();
  for (const [key, name] of hotkeyNames) {
    const text = s.hotkeys[key];
    if (text === "") continue;
    if (!isHotkey(text)) return `“${text}” is not a key such as Ctrl+Shift+P.`;
    const other = used.get(text.toLowerCase());
    if (other) return `${other} and ${name} have the same key.`;
    used.set(text.toLowerCase(), name);
  }
  return Number.isInteger(s.awayMinutes) && s.awayMinutes >= 0 && s.awayMinutes <= mostAwayMinutes
    ? null : `Minutes away must be 0 to ${mostAwayMinutes}.`;
}
