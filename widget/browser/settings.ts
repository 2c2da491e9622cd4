import { parseHotkey } from "../core/hotkeys.ts";
import { defaultSettings, type Hotkeys, type Settings, type Storage } from "../core/types.ts";

export const settingsKey = "settings";
export const placementKey = "placement";

/** As it was read: each property may be missing or have any type. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown } | null | undefined;

/** Reads stored settings. What is missing or invalid gets its default. */
export function asSettings(stored: unknown): Settings {
  const s = stored as Unchecked<Settings>;
  const keys = s?.hotkeys as Unchecked<Hotkeys>;
  const hotkey = (name: keyof Hotkeys): string => {
    const text = keys?.[name];
    return typeof text === "string" && isHotkey(text) ? text : defaultSettings.hotkeys[name];
  };
  const minutes = s?.awayMinutes as number;
  return {
    hotkeys: { next: hotkey("next"), pause: hotkey("pause"), undo: hotkey("undo"), end: hotkey("end") },
    autoNext: s?.autoNext === true,
    awayMinutes: minutes >= 0 ? minutes : defaultSettings.awayMinutes,
    theme: s?.theme === "light" || s?.theme === "dark" ? s.theme : "auto",
  };
}

/** Whether a text names a hotkey; an empty one turns it off. */
export const isHotkey = (text: string): boolean => text === "" || parseHotkey(text) !== null;

/** Calls with the settings now and after every change; resolves when it has called once. */
export async function followSettings(storage: Storage, changed: (settings: Settings) => void): Promise<void> {
  storage.watch(settingsKey, (_, value) => changed(asSettings(value)));
  changed(asSettings(await storage.get(settingsKey)));
}
