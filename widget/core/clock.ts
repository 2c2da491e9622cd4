/**
 * The session as the widget knows it: the server's fold (docs/contract.md#events) without
 * the log. Pure; times and lengths are milliseconds.
 */
import type { Press, Task } from "./types.ts";

/** How many closed questions are kept for UNDO. */
const keptQuestions = 50;

/** One closed question, as UNDO needs it. */
export interface Closed {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly pausedMs: number;
  /** Target of the question. */
  readonly targetMs: number;
  readonly task: Task | null;
  /** The zero-length question that a session's first NEXT closes. */
  readonly opening: boolean;
}

export interface SessionState {
  readonly phase: "none" | "running" | "paused";
  readonly sessionId: string | null;
  /** Closed questions, the opening one included. */
  readonly closed: number;
  /** How many of them are opening questions. */
  readonly openings: number;
  /** Start of the question that runs; 0 without a session. */
  readonly startedAt: number;
  /** Total of its pauses that are over. */
  readonly pausedMs: number;
  /** Start of the open pause, or null. */
  readonly pausedAt: number | null;
  readonly targetMs: number;
  /** What the page said about it; null when not known. */
  readonly task: Task | null;
  /** Target of a question whose page gives no AET. */
  readonly sessionTarget: number;
  /** The newest closed questions, oldest first. Earlier ones are not known. */
  readonly history: readonly Closed[];
  /** Active time of all closed questions of the session; null when not known. */
  readonly activeMs: number | null;
  /** Sum of the targets of the closed questions, without the opening ones. */
  readonly expected: number;
  /** Id of the EXIT that ended it; null when it runs, or when something else ended it. */
  readonly endedBy: string | null;
  /** An UNDO went back further than `history`: only the server knows how the clock stands. */
  readonly unknown: boolean;
}

/** 5.5 minutes, the target unless the page or the session has another. */
export const defaultTarget = 330_000;

export const noSession: SessionState = {
  phase: "none", sessionId: null, closed: 0, openings: 0, startedAt: 0, pausedMs: 0, pausedAt: null,
  targetMs: defaultTarget, sessionTarget: defaultTarget, task: null, history: [], activeMs: 0, expected: 0, unknown: false,
  endedBy: null,
};

/** What a press did: the state after it, and the question that it closed or reopened. */
export interface Step {
  readonly state: SessionState;
  readonly closed?: Closed;
  readonly removed?: Closed;
}

/** Active time of a closed question. */
export const activeOf = (q: Closed): number => Math.max(0, q.endedAt - q.startedAt - q.pausedMs);

/** Active time of the question that runs; it stands still while paused. */
export function activeAt(s: SessionState, now: number): number {
  if (s.phase === "none") return 0;
  return Math.max(0, now - s.startedAt - pausedUntil(s, now));
}

/** Total of the pauses of the question that runs, with an open one. */
export const pausedUntil = (s: SessionState, at: number): number =>
  s.pausedAt === null ? s.pausedMs : s.pausedMs + Math.max(0, at - s.pausedAt);

export const apply = (s: SessionState, press: Press): SessionState => step(s, press).state;

/** Applies one press, which must not be older than the one before. */
export function step(s: SessionState, press: Press): Step {
  const { type, at } = press;
  if (s.phase === "none") return type === "NEXT" ? open(s, press) : { state: s };
  if (type === "PAUSE") return { state: pause(s, press) };
  if (type === "UNDO") return undo(s, at);
  const done = close(s, at);
  const state: SessionState = { ...done.state, phase: "none", startedAt: 0, pausedMs: 0, pausedAt: null, unknown: false, endedBy: press.id };
  return { ...done, state: type === "NEXT" ? started(state, press) : state };
}

/** A session opens with a question of length zero, which is closed at once. */
function open({ sessionTarget }: SessionState, press: Press): Step {
  const { at } = press;
  const closed: Closed = { startedAt: at, endedAt: at, pausedMs: 0, targetMs: sessionTarget, task: null, opening: true };
  return { closed, state: started({ ...noSession, closed: 1, openings: 1, history: [closed], sessionTarget }, press) };
}

/** The question that a NEXT starts. */
function started(s: SessionState, { at, task }: Press): SessionState {
  const minutes = task?.aetHighMinutes ?? task?.aetLowMinutes;
  return { ...s, phase: "running", startedAt: at, targetMs: minutes ? minutes * 60_000 : s.sessionTarget, task: task ?? null, endedBy: null };
}

/** Closes the question that runs. One whose start is not known leaves no history. */
function close(s: SessionState, at: number): Step {
  if (s.unknown) return { state: { ...s, closed: s.closed + 1, history: [], activeMs: null } };
  const closed: Closed = {
    startedAt: s.startedAt, endedAt: Math.max(at, s.startedAt), pausedMs: pausedUntil(s, at),
    targetMs: s.targetMs, task: s.task, opening: false,
  };
  const history = [...s.history, closed].slice(-keptQuestions);
  const active = s.activeMs === null ? null : s.activeMs + activeOf(closed);
  return { closed, state: { ...s, closed: s.closed + 1, history, activeMs: active, expected: s.expected + closed.targetMs } };
}

function pause(s: SessionState, press: Press): SessionState {
  const isPaused = s.phase === "paused";
  const wanted = press.paused ?? !isPaused;
  if (wanted === isPaused) return s;
  if (wanted) return { ...s, phase: "paused", pausedAt: press.at };
  return { ...s, phase: "running", pausedMs: pausedUntil(s, press.at), pausedAt: null };
}

/** An ended session without its EXIT: the question that it closed runs again. */
export const reopened = (s: SessionState): Step => undo({ ...s, endedBy: null }, 0);

/**
 * The last closed question runs again. Pauses since its end stay pauses, an open one too,
 * and so does a gap between its end and the start of the next question.
 */
function undo(s: SessionState, at: number): Step {
  if (s.closed === 0) return { state: s };
  const q = s.history.at(-1);
  if (!q || s.unknown) {
    return { state: { ...s, phase: "running", closed: s.closed - 1, pausedAt: null, history: [], activeMs: null, unknown: true } };
  }
  return {
    removed: q,
    state: {
      ...s, phase: "running", closed: s.closed - 1, openings: s.openings - (q.opening ? 1 : 0),
      startedAt: q.startedAt, pausedAt: null, targetMs: q.targetMs, task: q.task, history: s.history.slice(0, -1),
      pausedMs: q.pausedMs + Math.max(0, s.startedAt - q.endedAt) + pausedUntil(s, at),
      activeMs: s.activeMs === null ? null : s.activeMs - activeOf(q),
      expected: s.expected - (q.opening ? 0 : q.targetMs),
    },
  };
}
