/**
 * The presses that the server does not have yet, kept over reloads and shared by tabs.
 * Each press has a key of its own, so that two tabs never overwrite one another.
 */
import type { Press, RefusedPress, Storage, Task, Time } from "./types.ts";

const pressPrefix = "press:";
const refusedPrefix = "refused:";
/** Time of the newest press ever made, so that none is made before it. */
const lastKey = "last-press";
/** The server takes no press that is further ahead than this, ms: then the clock was wrong. */
const mostAhead = 120_000;
/** Between two tries to store a press, in ms. */
const storeAgain = 500;

interface Kept {
  readonly key: string;
  readonly press: Press;
}

/** Keys sort as presses were made: by time, then by the order within one millisecond. */
function keyOf(press: Press, sequence: number): string {
  return `${pressPrefix}${pad(press.at, 15)}:${pad(sequence, 6)}:${press.id}`;
}

const pad = (n: number, width: number) => String(n).padStart(width, "0");

const byKey = (a: Kept, b: Kept) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

export class Queue {
  readonly #storage: Storage;
  readonly #time: Time;
  readonly #changed: () => void;
  readonly #nowStored: () => void;
  #kept = new Map<string, Kept>(); // by key
  #refused = new Map<string, RefusedPress>(); // by id
  /** Keys that are done with: news of them that come late bring nothing back. */
  #gone = new Set<string>();
  #lastAt = 0;
  #sequence = 0;
  /** Writes go one after another, so that an earlier press is never stored after a later one. */
  #writing: Promise<void> = Promise.resolve();
  #stopWatching: (() => void)[] = [];
  #stopped = false;

  /** `changed` is called when there is something else to draw, `nowStored` when there is something to send. */
  constructor(storage: Storage, time: Time, changed: () => void, nowStored: () => void) {
    this.#storage = storage;
    this.#time = time;
    this.#changed = changed;
    this.#nowStored = nowStored;
  }

  /** Reads what is stored, and follows what other tabs do from now on. */
  async start(): Promise<void> {
    this.#stopWatching = [
      this.#storage.watch(pressPrefix, (key, value) => this.#seePress(key, value)),
      this.#storage.watch(refusedPrefix, (key, value) => this.#seeRefused(key, value)),
      this.#storage.watch(lastKey, (_, value) => this.#seeLast(value)),
    ];
    this.#seeLast(await this.#storage.get(lastKey));
    for (const [key, value] of await this.#storage.list(pressPrefix)) this.#seePress(key, value);
    for (const [key, value] of await this.#storage.list(refusedPrefix)) this.#seeRefused(key, value);
  }

  stop(): void {
    this.#stopped = true;
    for (const stop of this.#stopWatching) stop();
  }

  /** What waits, in order, for drawing: a press that is still being stored counts too. */
  pending(): readonly Press[] {
    return [...this.#kept.values()].sort(byKey).map((k) => k.press);
  }

  refused(): readonly RefusedPress[] {
    return [...this.#refused.values()].sort((a, b) => a.press.at - b.press.at);
  }

  /** Time of the newest press; 0 when none was made. */
  lastAt(): number {
    return this.#lastAt;
  }

  /**
   * Takes a press as made at `press.at`, or at the newest one's time when that is a little
   * later. When it is much later, that one was made by a wrong clock, and binds nobody.
   * It counts for drawing at once; the promise resolves when it is stored, which is tried
   * until it works.
   */
  add(press: Press): Promise<Press> {
    const at = this.#lastAt - press.at > mostAhead ? press.at : Math.max(press.at, this.#lastAt);
    const taken: Press = { ...press, at };
    this.#sequence = at === this.#lastAt ? this.#sequence + 1 : 0;
    this.#lastAt = at;
    const key = keyOf(taken, this.#sequence);
    this.#kept.set(key, { key, press: taken });
    this.#changed();
    const stored = this.#writing.then(() => this.#store(key, taken));
    this.#writing = stored;
    return stored.then(() => taken);
  }

  async #store(key: string, press: Press): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#storage.set(lastKey, press.at);
        await this.#storage.set(key, press);
        this.#nowStored();
        return;
      } catch {
        await new Promise<void>((again) => this.#time.after(storeAgain, again));
      }
    }
  }

  /**
   * Tells a NEXT that is kept back for it which task it opens. Another press has none of
   * its own by now, or is on its way.
   */
  tell(task: Task): void {
    const last = this.#newest();
    const held = last?.press.held;
    if (!last || !held || held.until <= this.#time.now() || !task.taskId || task.taskId === held.taskId) return;
    const { held: _, ...press } = last.press;
    const told: Kept = { key: last.key, press: { ...press, task } };
    this.#kept.set(told.key, told);
    this.#changed();
    this.#writing = this.#writing.then(() => this.#store(told.key, told.press));
  }

  #newest(): Kept | undefined {
    return [...this.#kept.values()].sort(byKey).at(-1);
  }

  /** Until when the newest press is kept back; 0 when it is not. */
  heldUntil(): number {
    const last = this.#newest();
    const until = last?.press.held?.until ?? 0;
    return until > this.#time.now() ? until : 0;
  }

  /**
   * The oldest stored presses, at most so many, as storage has them now. The newest one
   * may be kept back; with another behind it, it no longer is.
   */
  async stored(most: number): Promise<readonly Press[]> {
    const all = await this.#storage.list(pressPrefix);
    const kept: Kept[] = [];
    for (const [key, value] of all) {
      if (isPress(value)) kept.push({ key, press: value });
    }
    for (const k of kept) this.#seePress(k.key, k.press);
    const presses = kept.sort(byKey).map((k) => k.press);
    if ((presses.at(-1)?.held?.until ?? 0) > this.#time.now()) presses.pop();
    return presses.slice(0, most);
  }

  /** Forgets a press that the server has. */
  async remove(press: Press): Promise<void> {
    for (const { key } of [...this.#kept.values()].filter((k) => k.press.id === press.id)) {
      await this.#storage.remove(key);
      this.#seePress(key, undefined);
    }
  }

  /** Moves a press to the refused ones; kept twice for a moment rather than not at all. */
  async refuse(press: Press, status: number, reason: string): Promise<void> {
    const refused: RefusedPress = { press, status, reason };
    await this.#storage.set(refusedPrefix + press.id, refused);
    this.#seeRefused(refusedPrefix + press.id, refused);
    await this.remove(press);
  }

  async dismiss(id: string): Promise<void> {
    this.#seeRefused(refusedPrefix + id, undefined);
    await this.#storage.remove(refusedPrefix + id);
  }

  #seePress(key: string, value: unknown): void {
    if (!isPress(value)) {
      this.#gone.add(key);
      if (this.#kept.delete(key)) this.#changed();
      return;
    }
    const known = this.#kept.get(key)?.press;
    if (this.#gone.has(key) || (known && !(known.held && value.task))) return;
    this.#kept.set(key, { key, press: value });
    this.#nowStored(); // by another tab
    if (value.at > this.#lastAt) this.#sequence = 0;
    if (value.at >= this.#lastAt) {
      this.#sequence = Math.max(this.#sequence, Number(key.split(":")[2]));
      this.#lastAt = value.at;
    }
    this.#changed();
  }

  #seeRefused(key: string, value: unknown): void {
    const id = key.slice(refusedPrefix.length);
    if (value === undefined || value === null) this.#refused.delete(id);
    else this.#refused.set(id, value as RefusedPress);
    this.#changed();
  }

  #seeLast(value: unknown): void {
    if (typeof value !== "number" || (value <= this.#lastAt && this.#lastAt - value <= mostAhead)) return;
    this.#lastAt = value;
    this.#sequence = 0;
  }
}

function isPress(value: unknown): value is Press {
  return typeof value === "object" && value !== null && "id" in value && "at" in value && "type" in value;
}
