/**
 * Sees that nobody was there while a question ran, and what the person says of it
 * (SPEC section 7, "Away"). Times are milliseconds.
 */
import type { Away, AwayAnswer, Lock, Press, Storage, Time } from "./types.ts";

const signKey = "sign";
const awayKey = "away";
/** A sign is written at most this often. */
const signEvery = 10_000;

/** Away as it is stored: once answered, with the ids of the presses that follow. */
interface Stored extends Away {
  readonly answer?: AwayAnswer;
  readonly ids?: readonly [string, string];
}

export interface AwayParts {
  readonly storage: Storage;
  readonly lock: Lock;
  readonly time: Time;
  readonly newId: () => string;
  /** Start of the question that runs, or of its last press; null when none runs. */
  readonly runningSince: () => number | null;
  /** Minutes without a sign until the person is asked; 0 never asks. */
  readonly minutes: () => number;
  readonly add: (press: Press) => Promise<unknown>;
  /** Whether a press was made already. */
  readonly has: (id: string) => boolean;
  readonly changed: () => void;
}

export class AwayWatch {
  readonly #parts: AwayParts;
  #away: Stored | null = null;
  #lastSign = 0;
  #written = 0;
  #lastTick = 0;
  #stopWatching: (() => void)[] = [];

  constructor(parts: AwayParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { storage } = this.#parts;
    this.#stopWatching = [
      storage.watch(signKey, (_, value) => this.#seeSign(value)),
      storage.watch(awayKey, (_, value) => this.#see((value as Stored | undefined) ?? null)),
    ];
    this.#seeSign(await storage.get(signKey));
    this.#see(((await storage.get(awayKey)) as Stored | undefined) ?? null);
    if (this.#away?.answer) await this.answer(this.#away.answer); // a tab died over it
  }

  stop(): void {
    for (const stop of this.#stopWatching) stop();
  }

  /** What to ask, or null. */
  current(): Away | null {
    return this.#away && !this.#away.answer ? { since: this.#away.since, until: this.#away.until } : null;
  }

  /** The person did something. */
  sign(): void {
    const now = this.#parts.time.now();
    this.#check(now);
    this.#lastSign = now;
    if (Math.abs(now - this.#written) < signEvery) return;
    this.#written = now;
    void this.#parts.storage.set(signKey, now).catch(() => { this.#written = 0; });
  }

  /** Called while something runs; a long gap since the last call is a sleep of the machine. */
  tick(): void {
    const now = this.#parts.time.now();
    const gap = now - this.#lastTick;
    if (this.#lastTick > 0 && gap >= this.#limit()) this.#check(now);
    this.#lastTick = now;
  }

  /** A press answers the question as "count". */
  pressed(): void {
    if (!this.#away || this.#away.answer) return;
    this.#see(null);
    void this.#parts.storage.remove(awayKey).catch(() => {});
  }

  /** The first answer over all tabs counts; a later one changes nothing. */
  async answer(answer: AwayAnswer): Promise<void> {
    const { storage, lock, newId } = this.#parts;
    await lock.hold(awayKey, async () => {
      const stored = (await storage.get(awayKey)) as Stored | undefined;
      if (!stored) return;
      const decided: Stored = stored.answer ? stored : { ...stored, answer, ids: [newId(), newId()] };
      await storage.set(awayKey, decided);
      for (const press of pressesOf(decided)) {
        if (!this.#parts.has(press.id)) await this.#parts.add(press);
      }
      await storage.remove(awayKey);
      this.#see(null);
    });
  }

  #limit(): number {
    const minutes = this.#parts.minutes();
    return minutes > 0 ? minutes * 60_000 : Infinity;
  }

  #check(now: number): void {
    const running = this.#parts.runningSince();
    if (running === null || this.#away) return;
    const since = Math.max(running, this.#lastSign);
    if (now - since < this.#limit()) return;
    const away: Away = { since, until: now };
    this.#see(away);
    void this.#share(away).catch(() => {});
  }

  /** Tells the other tabs, unless one of them was first. */
  async #share(away: Away): Promise<void> {
    const { storage, lock } = this.#parts;
    await lock.hold(awayKey, async () => {
      const first = (await storage.get(awayKey)) as Stored | undefined;
      if (first) this.#see(first);
      else await storage.set(awayKey, away);
    });
  }

  #seeSign(value: unknown): void {
    if (typeof value === "number") this.#lastSign = Math.max(this.#lastSign, value);
  }

  #see(away: Stored | null): void {
    this.#away = away;
    this.#parts.changed();
  }
}

/** The presses that an answer means; the queue never puts one before the newest press. */
function pressesOf({ since, until, answer, ids }: Stored): readonly Press[] {
  const [first = "", second = ""] = ids ?? [];
  if (answer === "end") return [{ id: first, type: "EXIT", at: since }];
  if (answer !== "pause") return [];
  return [
    { id: first, type: "PAUSE", at: since, paused: true },
    { id: second, type: "PAUSE", at: until, paused: false },
  ];
}
