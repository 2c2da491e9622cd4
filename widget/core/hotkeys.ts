/** Hotkeys such as "Ctrl+Shift+P". Pure. */

export interface Combination {
  /** Initials of the modifiers in alphabetical order. */
  readonly held: string;
  /** In lower case, as a keyboard event names it. */
  readonly key: string;
}

/** The parts of a keyboard event that matter. */
export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat?: boolean;
}

const modifiers = new Map([
  ["ctrl", "c"], ["control", "c"], ["shift", "s"], ["alt", "a"], ["option", "a"], ["meta", "m"], ["cmd", "m"],
]);

/**
 * Reads a combination. Returns null for an unknown key, for a modifier that is named
 * twice, and for a key that types text because Ctrl, Alt or Meta is missing (F1 to F12
 * need none).
 */
export function parseHotkey(text: string): Combination | null {
  const parts = text.split("+").map((part) => part.trim().toLowerCase());
  const key = parts.pop() ?? "";
  const held = parts.map((part) => modifiers.get(part) ?? "?").sort().join("");
  const isFunction = /^f([1-9]|1[0-2])$/.test(key);
  const isLetter = /^[a-z0-9]$/.test(key) && /[acm]/.test(held);
  return (isFunction || isLetter) && !/\?|(.)\1/.test(held) ? { held, key } : null;
}

/** Whether a key press is exactly this combination. A key that is held down matches once. */
export function matches({ held, key }: Combination, e: KeyPress): boolean {
  const holds = [e.altKey && "a", e.ctrlKey && "c", e.metaKey && "m", e.shiftKey && "s"].filter(Boolean).join("");
  if (e.repeat || holds !== held) return false;
  if (e.key.toLowerCase() === key) return true;
  // With a layout of other letters, or with Alt, the key is recognised by its place.
  return /^[a-z]$/.test(key) ? !/^[a-z]$/i.test(e.key) && e.code === `Key${key.toUpperCase()}` : e.code === `Digit${key}`;
}
