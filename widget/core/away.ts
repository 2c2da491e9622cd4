/**
 * Notices that nobody was there while a question ran, and asks what to do about it: pause
 * it, count it, or end when the person left. Times are milliseconds.
 */
import { insist } from "./insist.ts";
import type { Away, AwayAnswer, Lock, Press, Storage, Time } from "./types.ts";

const signKey = "sign";
const awayKey = "away";
/** A sign of the person is stored at most this often. */
const signEvery = 10_000;

/** Away as it is stored; once it is answered, with the ids of the presses that follow. */
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

export interface AwayWatch {
  start(): Promise<void>;
  /** The time to ask about, or null. */
  current(): Away | null;
  /** The person did something. */
  sign(): void;
  /** Called every second while something runs. A long gap since the last call means that the machine slept. */
  tick(): void;
  /** Any press answers the question with "count". */
  pressed(): void;
  /** The first answer in any tab counts; a later one changes nothing. */
  answer(answer: AwayAnswer): Promise<void>;
}

export function createAwayWatch({ storage, lock, time, newId, runningSince, minutes, add, has, changed }: AwayParts): AwayWatch {
  let away: Stored | undefined;
  let lastSign = 0;
  let written = 0;
  let lastTick = 0;

  const see = (value: unknown): void => {
    away = value as Stored | undefined;
    changed();
  };
  const seeSign = (value: unknown): void => {
    lastSign = Math.max(lastSign, Number(value ?? 0));
  };
  const stored = async (): Promise<Stored | undefined> => (await storage.get(awayKey)) as Stored | undefined;
  const limit = (): number => minutes() * 60_000 || Infinity;

  const check = (now: number): void => {
    const running = runningSince();
    if (running === null || away) return;
    const since = Math.max(running, lastSign);
    if (now - since < limit()) return;
    const found: Away = { since, until: now };
    see(found);
    // Tell the other tabs, unless one of them was first.
    lock.hold(awayKey, async () => {
      const first = await stored();
      if (first) see(first);
      else await storage.set(awayKey, found);
    }).catch(() => {});
  };

  const answer = (given: AwayAnswer): Promise<void> => lock.hold(awayKey, async () => {
    const asked = await stored();
    if (!asked) return;
    const decided: Stored = asked.answer ? asked : { ...asked, answer: given, ids: [newId(), newId()] };
    await storage.set(awayKey, decided);
    for (const press of pressesOf(decided)) {
      if (!has(press.id)) await add(press);
    }
    await storage.remove(awayKey);
    see(undefined);
  });

  return {
    answer,
    async start() {
      storage.watch(signKey, (_, value) => seeSign(value));
      storage.watch(awayKey, (_, value) => see(value));
      await insist(time, async () => {
        seeSign(await storage.get(signKey));
        see(await stored());
        if (away?.answer) await answer(away.answer); // a tab was closed in the middle of it
      });
    },
    current: () => away && !away.answer ? { since: away.since, until: away.until } : null,
    sign() {
      const now = time.now();
      check(now);
      lastSign = now;
      if (Math.abs(now - written) < signEvery) return;
      written = now;
      storage.set(signKey, now).catch(() => { written = 0; });
    },
    tick() {
      const now = time.now();
      if (lastTick > 0 && now - lastTick >= limit()) check(now);
      lastTick = now;
    },
    pressed() {
      if (!away || away.answer) return;
      see(undefined);
      storage.remove(awayKey).catch(() => {});
    },
  };
}

/** The presses that an answer stands for. The queue never puts one before the newest press. */
function pressesOf({ since, until, answer, ids }: Stored): readonly Press[] {
  const [first = "", second = ""] = ids ?? [];
  if (answer === "end") return [{ id: first, type: "EXIT", at: since }];
  if (answer !== "pause") return [];
  return [
    { id: first, type: "PAUSE", at: since, paused: true },
    { id: second, type: "PAUSE", at: until, paused: false },
  ];
}
