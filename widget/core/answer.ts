/** What the server answers to a press, and the state that follows. Pure. */
import { defaultTarget, noSession, type SessionState } from "./clock.ts";

/** The fields of an answer that the clock needs (docs/contract.md#events). Lengths are seconds, times RFC 3339. */
export interface Answer {
  readonly server_timestamp: string;
  readonly session_id: string;
  readonly total_questions: number;
  readonly is_active: boolean;
  readonly is_paused: boolean;
  readonly current_question_started_at: string | null;
  readonly paused_at: string | null;
  readonly pause_accumulated_seconds: number;
  readonly target_minutes_per_question: number;
}

/** The server corrects a clock that is off by more than this, in ms. */
const toleratedSkew = 2_000;

/** How far the times in an answer are ahead of our clock, ms: the server corrects a clock that is far off. */
export function skewOf(answer: Answer, sentAt: number): number {
  const ahead = Date.parse(answer.server_timestamp) - sentAt;
  return Math.abs(ahead) > toleratedSkew ? ahead : 0;
}

/** The state by an answer alone: of the closed questions only the number is known. */
export function stateFromAnswer(answer: Answer, skew = 0): SessionState {
  const at = (text: string | null) => (text === null ? null : Date.parse(text) - skew);
  const target = answer.target_minutes_per_question * 60_000 || defaultTarget;
  const phase = !answer.is_active ? "none" : answer.is_paused ? "paused" : "running";
  return {
    ...noSession, phase, sessionId: answer.session_id, closed: answer.total_questions,
    openings: Math.min(1, answer.total_questions), activeMs: null,
    startedAt: at(answer.current_question_started_at) ?? 0,
    pausedMs: answer.pause_accumulated_seconds * 1000, pausedAt: at(answer.paused_at), targetMs: target,
  };
}

/**
 * Corrects a state that the widget has derived with what the server says. What only the
 * widget knows (the closed questions) is kept if both count the same.
 */
export function agree(own: SessionState, said: SessionState): SessionState {
  if (own.phase !== said.phase || (own.sessionId ?? said.sessionId) !== said.sessionId) return said;
  const { history, activeMs: active, expected, openings, task, endedBy } = own;
  if (own.closed !== said.closed) return { ...said, endedBy };
  const saysTarget = said.phase !== "none" && !task?.aetHighMinutes && !task?.aetLowMinutes && !own.unknown;
  const sessionTarget = saysTarget && history.length <= 1 ? said.targetMs : own.sessionTarget;
  return { ...said, history, activeMs: active, expected, openings, task, sessionTarget, endedBy };
}
