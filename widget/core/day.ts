/** The totals of a day. Lengths are milliseconds, dates are "YYYY-MM-DD". */
import { activeOf, type SessionState, step, type Step } from "./clock.ts";
import type { Press } from "./types.ts";

interface Totals {
  readonly questionCount: number;
  readonly activeMs: number;
}

/** The totals that the server told, with the presses that it has accepted since. */
export interface Day extends Totals {
  readonly date: string;
  /** When the server was asked. */
  readonly askedAt: number;
  /** By public id, for sessions whose questions the widget does not know. */
  readonly sessions: Readonly<Record<string, Totals>>;
}

/** The local date of an instant. */
export type DateOf = (ms: number) => string;

export const dayPath = "/dashboard/today/json";

interface WireTotals {
  readonly total_questions: number;
  readonly total_active_seconds: number;
}

const totalsOf = (t: WireTotals): Totals => ({ questionCount: t.total_questions, activeMs: t.total_active_seconds * 1000 });

/** Reads the answer of GET /dashboard/today/json; null when it is something else. */
export function dayFromAnswer(json: unknown, askedAt: number): Day | null {
  const day = json as WireTotals & { date?: string; sessions?: readonly (WireTotals & { session_id: string })[] | null } | null;
  if (!day?.date) return null;
  const sessions = Object.fromEntries((day.sessions ?? []).map((session) => [session.session_id, totalsOf(session)]));
  return { ...totalsOf(day), date: day.date, askedAt, sessions };
}

/** The given day if it is that of `date`, or else an empty one. */
export const dayOn = (day: Day | null, date: string): Day =>
  day?.date === date ? day : { date, questionCount: 0, activeMs: 0, askedAt: 0, sessions: {} };

/** The day after one step. A question belongs to the day on which it started. */
export function count(day: Day, { closed, removed }: Step, dateOf: DateOf): Day {
  const question = closed ?? removed;
  if (!question || question.opening || dateOf(question.startedAt) !== day.date) return day;
  const sign = closed ? 1 : -1;
  return {
    ...day,
    questionCount: Math.max(0, day.questionCount + sign),
    activeMs: Math.max(0, day.activeMs + sign * activeOf(question)),
  };
}

/** State and day with presses on top of what the server has. */
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
