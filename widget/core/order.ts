/** The order of presses: the time that each one gets, and the key that puts it in its place. */
import type { Press } from "./types.ts";

export const pressPrefix = "press:";
/** The server takes no press that is further ahead than this, ms: then the clock was wrong. */
const mostAhead = 120_000;

export type Entry = readonly [key: string, press: Press];

/** Entries in the order in which the presses were made. */
export const inOrder = (entries: Iterable<Entry>): Entry[] => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

export interface Order {
  /** Time of the newest press; 0 when none was made. */
  lastAt(): number;
  /**
   * Gives a press its time and its key. It is never before the newest press, unless that
   * one is so far ahead that a wrong clock must have made it.
   */
  place(press: Press): Entry;
  /** Learns of a press that another tab made. */
  see(entry: Entry): void;
  /** Learns the time of the newest press, which may be set back after a wrong clock. */
  seeLast(at: number | undefined): void;
}

export function createOrder(): Order {
  let lastAt = 0;
  /** Tells presses of one millisecond apart. */
  let sequence = 0;
  return {
    lastAt: () => lastAt,
    place(press) {
      const at = lastAt - press.at > mostAhead ? press.at : Math.max(press.at, lastAt);
      sequence = at === lastAt ? sequence + 1 : 0;
      lastAt = at;
      return [`${pressPrefix}${pad(at, 15)}:${pad(sequence, 6)}:${press.id}`, { ...press, at }];
    },
    see([key, { at }]) {
      if (at < lastAt) return;
      if (at > lastAt) sequence = 0;
      sequence = Math.max(sequence, Number(key.split(":")[2]));
      lastAt = at;
    },
    seeLast(at) {
      if (!at || (at <= lastAt && lastAt - at <= mostAhead)) return;
      lastAt = at;
      sequence = 0;
    },
  };
}

const pad = (n: number, width: number): string => String(n).padStart(width, "0");
