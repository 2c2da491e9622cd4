/** Hotkeys such as "Ctrl+Shift+P". Pure. */

export interface Combination {
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  /** In lower case, as a keyboard event names it. */
  readonly key: string;
}

/** What matters of a keyboard event. */
export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat?: boolean;
}

const modifiers: Readonly<Record<string, "ctrl" | "shift" | "alt" | "meta">> = {
  ctrl: "ctrl", control: "ctrl", shift: "shift", alt: "alt", option: "alt", meta: "meta", cmd: "meta",
};

/**
 * Reads a combination; null when it is none: an unknown key, a modifier twice, or a
 * key that types text because neither Ctrl, Alt nor Meta goes with it (F1 to F12 may).
 */
export function parseHotkey(text: string): Combination | null {
  const parts = text.split("+").map((p) => p.trim().toLowerCase());
  const key = parts.pop() ?? "";
  const held = { ctrl: false, shift: false, alt: false, meta: false };
  for (const part of parts) {
    const name = modifiers[part];
    if (!name || held[name]) return null;
    held[name] = true;
  }
  const isFunction = /^f([1-9]|1[0-2])$/.test(key);
  if (!isFunction && !/^[a-z0-9]$/.test(key)) return null;
  if (!isFunction && !held.ctrl && !held.alt && !held.meta) return null;
  return { ...held, key };
}

/** Whether a key press is this combination and no larger one; a held key repeats nothing. */
export function matches(c: Combination, e: KeyPress): boolean {
  if (e.repeat || e.ctrlKey !== c.ctrl || e.shiftKey !== c.shift || e.altKey !== c.alt || e.metaKey !== c.meta) return false;
  if (e.key.toLowerCase() === c.key) return true;
  return /^[a-z]$/.test(c.key) ? !/^[a-z]$/i.test(e.key) && e.code === `Key${c.key.toUpperCase()}` : e.code === `Digit${c.key}`;
}
