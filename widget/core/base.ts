/** What the server has confirmed. It has one key, so that it changes as a whole or not at all. */
import { agree, skewOf, stateFromAnswer, type Answer } from "./answer.ts";
import { noSession, reopened, step, type SessionState, type Step } from "./clock.ts";
import { count, dayOn, type DateOf, type Day } from "./day.ts";
import type { Press, Storage } from "./types.ts";

const key = "base";
/** How many confirmed presses are remembered: two full batches. */
const rememberedIds = 200;

export interface Base {
  readonly state: SessionState;
  readonly day: Day | null;
  /**
   * Presses that are in `state`. A crash may leave one in the queue after it was counted;
   * it must not be drawn twice.
   */
  readonly ids: readonly string[];
}

export const emptyBase: Base = { state: noSession, day: null, ids: [] };

/** A press that the server has, with its answer. */
export interface Accepted {
  readonly press: Press;
  readonly answer: Answer;
}

/**
 * Returns the base after an answer to presses that were sent at `sentAt`. Our own steps
 * come first and the newest answer corrects them: the answer to a repeated press tells the
 * state now, not the state after that press.
 */
export function takeIn(base: Base, accepted: readonly Accepted[], sentAt: number, dateOf: DateOf): Base {
  let { state, ids } = base;
  let day = dayOn(base.day, dateOf(sentAt));
  for (const { press } of accepted) {
    if (ids.includes(press.id)) continue;
    const done = step(state, press);
    state = done.state;
    day = count(day, done, dateOf);
    ids = [...ids, press.id].slice(-rememberedIds);
  }
  const newest = accepted.at(-1)?.answer;
  if (newest) state = agree(state, stateFromAnswer(newest, skewOf(newest, sentAt)));
  return { state, day, ids };
}

/** Returns the base after the answer to a request, sent at `sentAt`, that took this EXIT back. */
export function withoutExit(base: Base, id: string, answer: Answer, sentAt: number, dateOf: DateOf): Base {
  const said = stateFromAnswer(answer, skewOf(answer, sentAt));
  const own: Step = base.state.endedBy === id ? reopened(base.state) : base;
  // Only the server knows whether the session was paused when it ended.
  const state = agree({ ...own.state, phase: said.phase }, said);
  // The day is asked for again, because the widget may not know what the EXIT had closed.
  const day = { ...count(dayOn(base.day, dateOf(sentAt)), own, dateOf), askedAt: 0 };
  return { ...base, state, day };
}

export const readBase = async (storage: Storage): Promise<Base> => baseOf(await storage.get(key));

export async function writeBase(storage: Storage, base: Base): Promise<void> {
  await storage.set(key, base);
}

export const watchBase = (storage: Storage, changed: (base: Base) => void): () => void =>
  storage.watch(key, (_, value) => changed(baseOf(value)));

const baseOf = (value: unknown): Base => (value as Base | undefined) ?? emptyBase;
