/**
 * The form in which version 1 of the widget stored its records: the same records under
 * the same keys, but without a version before them, and with the property names that its
 * build had shortened. It is only read; nothing writes it.
 */

/**
 * The keys of version 1, in the order in which they are taken over: what is confirmed
 * before what waits, what is asked after the credential that it needs. One that ends in
 * ":" is the beginning of many.
 */
export const version1Keys = [
  "base", "last-press", "press:", "refused:", "away", "sign", "settings", "placement", "pairing", "connection", "credential", "ask:", "wake",
] as const;

export type Version1Key = (typeof version1Keys)[number];

/** Which of the keys this is; undefined when it is not one of version 1. */
export const version1Key = (key: string): Version1Key | undefined =>
  version1Keys.find((known) => known.endsWith(":") ? key.startsWith(known) : key === known);

/** No short name is a word of the new form, so words stay as they are. */
const words = new Map(Object.entries({
  a: "phase", b: "state", c: "task", e: "closed", f: "press", i: "startedAt", m: "ids", n: "taskId", o: "until", p: "day", q: "stop",
  u: "unknown", z: "pausedAt", A: "history", D: "hotkeys", E: "awayMinutes", H: "openings", I: "sessionTarget", K: "since", M: "expected",
  O: "aetHighMinutes", P: "taskType", T: "sessionId", U: "field", V: "aetLowMinutes", X: "autoNext", $: "opening", _: "accessToken",
  aW: "expiresAt", aX: "refreshToken", aY: "activeMs", ac: "aetText", ad: "retryAt", ah: "stage", an: "endedAt", ap: "askedAt",
  bD: "pausedMs", bL: "questionCount", bM: "wish", bb: "asked", bt: "targetMs",
}));

/** A record with its names written out. */
export function inWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [words.get(name) ?? name, inWords(inner)]));
}
