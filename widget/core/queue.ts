/**
 * The presses that the server does not have yet, kept over reloads and shared by tabs.
 * Each press has a key of its own, so that two tabs never overwrite one another.
 */
import { insist } from "./insist.ts";
import type { Press, RefusedPress, Storage, Task, Time } from "./types.ts";

const pressPrefix = "press:";
const refusedPrefix = "refused:";
/** Time of the newest press ever made, so that none is made before it. */
const lastKey = "last-press";
/** The server takes no press that is further ahead than this, ms: then the clock was wrong. */
const mostAhead = 120_000;

export interface Queue {
  /** Follows what other tabs do from now on. */
  follow(): void;
  /** Reads what is stored. */
  read(): Promise<void>;
  /** What waits, in order, for drawing: a press that is still being stored counts too. */
  pending(): readonly Press[];
  refused(): readonly RefusedPress[];
  /** Time of the newest press; 0 when none was made. */
  lastAt(): number;
  /**
   * Takes a press as made at `press.at`, or at the newest one's time when that is a little
   * later. When it is much later, that one was made by a wrong clock, and binds nobody.
   * It counts for drawing at once; the promise resolves when it is stored, which is tried
   * until it works.
   */
  add(press: Press): Promise<void>;
  /**
   * Tells a NEXT that is kept back for it which task it opens. Another press has none of
   * its own by now, or is on its way.
   */
  tell(task: Task): void;
  /** Until when the newest press is kept back; 0 when it is not. */
  heldUntil(): number;
  /**
   * The oldest stored presses, at most so many, as storage has them now. The newest one
   * may be kept back; with another behind it, it no longer is.
   */
  stored(most: number): Promise<readonly Press[]>;
  /** Forgets a press that the server has. */
  forget(press: Press): Promise<void>;
  /** Moves a press to the refused ones; kept twice for a moment rather than not at all. */
  refuse(refused: RefusedPress): Promise<void>;
  dismiss(id: string): Promise<void>;
}

/** Keys sort as presses were made: by time, then by the order within one millisecond. */
const keyOf = (press: Press, sequence: number): string => `${pressPrefix}${pad(press.at, 15)}:${pad(sequence, 6)}:${press.id}`;

const pad = (n: number, width: number) => String(n).padStart(width, "0");

/** By their keys. */
const inOrder = (presses: Iterable<[string, Press]>): [string, Press][] => [...presses].sort(([a], [b]) => (a < b ? -1 : 1));

const pressOf = ([, press]: [string, Press]): Press => press;

/** `changed` is called when there is something else to draw, `nowStored` when there is something to send. */
export function createQueue(storage: Storage, time: Time, changed: () => void, nowStored: () => void): Queue {
  const kept = new Map<string, Press>();
  const refused = new Map<string, RefusedPress>();
  /** Keys that are done with: news of them that come late bring nothing back. */
  const gone = new Set<string>();
  let lastAt = 0;
  let sequence = 0;
  /** Writes go one after another, so that an earlier press is never stored after a later one. */
  let writing = Promise.resolve();

  const store = (key: string, press: Press): Promise<void> => {
    kept.set(key, press);
    changed();
    return (writing = writing.then(() => insist(time, async () => {
      await storage.set(lastKey, press.at);
      await storage.set(key, press);
      nowStored();
    })));
  };

  const seePress = (key: string, value: unknown): void => {
    const press = value as Press | undefined;
    if (!press) {
      gone.add(key);
      if (kept.delete(key)) changed();
      return;
    }
    const known = kept.get(key);
    if (gone.has(key) || (known && !(known.held && press.task))) return;
    kept.set(key, press);
    nowStored(); // by another tab
    if (press.at > lastAt) sequence = 0;
    if (press.at >= lastAt) {
      sequence = Math.max(sequence, Number(key.split(":")[2]));
      lastAt = press.at;
    }
    changed();
  };

  const seeRefused = (key: string, value: unknown): void => {
    if (value) refused.set(key, value as RefusedPress);
    else refused.delete(key);
    changed();
  };

  const seeLast = (value: unknown): void => {
    const at = value as number | undefined;
    if (!at || (at <= lastAt && lastAt - at <= mostAhead)) return;
    lastAt = at;
    sequence = 0;
  };

  /** What a press is kept back for, as long as it is. */
  const heldOf = (press: Press | undefined): Press["held"] =>
    press?.held && press.held.until > time.now() ? press.held : undefined;

  const forget = async (press: Press): Promise<void> => {
    for (const [key, { id }] of kept) {
      if (id !== press.id) continue;
      await storage.remove(key);
      seePress(key, undefined);
    }
  };

  return {
    follow() {
      storage.watch(pressPrefix, seePress);
      storage.watch(refusedPrefix, seeRefused);
      storage.watch(lastKey, (_, value) => seeLast(value));
    },
    async read() {
      await insist(time, async () => {
        seeLast(await storage.get(lastKey));
        for (const [key, value] of await storage.list(pressPrefix)) seePress(key, value);
        for (const [key, value] of await storage.list(refusedPrefix)) seeRefused(key, value);
      });
    },
    pending: () => inOrder(kept).map(pressOf),
    refused: () => [...refused.values()].sort((a, b) => a.press.at - b.press.at),
    lastAt: () => lastAt,
    add(press) {
      const at = lastAt - press.at > mostAhead ? press.at : Math.max(press.at, lastAt);
      sequence = at === lastAt ? sequence + 1 : 0;
      lastAt = at;
      const taken = { ...press, at };
      return store(keyOf(taken, sequence), taken);
    },
    tell(task) {
      const [key, last] = inOrder(kept).at(-1) ?? [];
      const forTask = heldOf(last)?.taskId;
      if (!key || !last || !forTask || !task.taskId || task.taskId === forTask) return;
      const { held, ...press } = last;
      void store(key, { ...press, task });
    },
    heldUntil: () => heldOf(inOrder(kept).at(-1)?.[1])?.until ?? 0,
    async stored(most) {
      const all = await storage.list(pressPrefix);
      for (const [key, value] of all) {
        gone.delete(key); // the storage knows better than news that were late
        seePress(key, value);
      }
      const presses = inOrder(all as ReadonlyMap<string, Press>).map(pressOf);
      if (heldOf(presses.at(-1))) presses.pop();
      return presses.slice(0, most);
    },
    forget,
    async refuse(refused) {
      const key = refusedPrefix + refused.press.id;
      await storage.set(key, refused);
      seeRefused(key, refused);
      await forget(refused.press);
    },
    async dismiss(id) {
      seeRefused(refusedPrefix + id, undefined);
      await storage.remove(refusedPrefix + id);
    },
  };
}
