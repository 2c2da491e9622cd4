/** What the day adds up to. Lengths are milliseconds, dates are "YYYY-MM-DD". */
import { activeOf, type SessionState, step, type Step } from "./clock.ts";
import type { Press } from "./types.ts";

/** The day as the server told it, with what it has taken since. */
export interface Day {
  readonly date: string;
  readonly questions: number;
  readonly active: number;
  /** When the server was asked. */
  readonly askedAt: number;
  /** By public id: of a session whose questions the widget does not know. */
  readonly sessions: Readonly<Record<string, { readonly questions: number; readonly active: number }>>;
}

/** The local date of an instant. */
export type DateOf = (ms: number) => string;

export const dayPath = "/dashboard/today/json";

/** Reads the answer of GET /dashboard/today/json; null when it is none. */
export function dayFromAnswer(json: unknown, askedAt: number): Day | null {
  const j = json as {
    date?: unknown; total_questions?: unknown; total_active_seconds?: unknown;
    sessions?: readonly { session_id: string; total_questions: number; total_active_seconds: number }[] | null;
  } | null;
  if (typeof j?.date !== "string" || typeof j.total_questions !== "number" || typeof j.total_active_seconds !== "number") return null;
  const sessions = Object.fromEntries((j.sessions ?? []).map((s) =>
    [s.session_id, { questions: s.total_questions, active: s.total_active_seconds * 1000 }]));
  return { date: j.date, questions: j.total_questions, active: j.total_active_seconds * 1000, askedAt, sessions };
}

/** The day of `date`: the given one, or an empty one that was never asked for. */
export function dayOn(day: Day | null, date: string): Day {
  return day?.date === date ? day : { date, questions: 0, active: 0, askedAt: 0, sessions: {} };
}

/** The day after one step: a question belongs to the day in which it started (SPEC section 4). */
export function count(day: Day, done: Step, dateOf: DateOf): Day {
  const { closed, removed } = done;
  if (closed && !closed.opening && dateOf(closed.startedAt) === day.date) {
    return { ...day, questions: day.questions + 1, active: day.active + activeOf(closed) };
  }
  if (removed && !removed.opening && dateOf(removed.startedAt) === day.date) {
    return { ...day, questions: Math.max(0, day.questions - 1), active: Math.max(0, day.active - activeOf(removed)) };
  }
  return day;
}

/** State and day with presses on top that the server does not have yet. */
export function project(
  state: SessionState, day: Day, presses: readonly Press[], dateOf: DateOf,
): { state: SessionState; day: Day } {
  for (const press of presses) {
    const done = step(state, press);
    day = count(day, done, dateOf);
    state = done.state;
  }
  return { state, day };
}
