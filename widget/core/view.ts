/** Turns what is known into what the overlay draws. Pure; times and lengths are milliseconds. */
import { activeAt, type SessionState } from "./clock.ts";
import type { Day } from "./day.ts";
import { aet, mmss, paceLabel, short, total, words } from "./text.ts";
import type { Wish } from "./resuming.ts";
import type { Away, Connection, RefusedPress, Tone, View } from "./types.ts";

/** The clock turns amber at this part of the target. */
const slowFrom = 0.8;

export interface Known {
  readonly state: SessionState;
  readonly day: Day;
  readonly unsent: number;
  readonly refused: readonly RefusedPress[];
  readonly connection: Connection;
  readonly away: Away | null;
  readonly pageProblems: readonly string[];
  /** The newest wish to take an EXIT back. */
  readonly wish: Wish | undefined;
}

export function viewOf(known: Known, now: number): View {
  const { state, day, wish: newest, ...rest } = known;
  const wish = newest?.id === state.endedBy ? newest : undefined;
  const isOpen = state.phase !== "none";
  const active = activeAt(state, now);
  const mean = meanOf(state, day);
  return {
    ...rest,
    phase: state.phase,
    questionNumber: isOpen ? state.closed - state.openings + 1 : 0,
    clock: state.unknown ? "–" : mmss(active),
    clockWords: state.unknown ? "not known yet" : words(active),
    fraction: isOpen && !state.unknown ? Math.min(1, active / state.targetMs) : 0,
    tone: toneOf(state, active),
    status: wish && !wish.reason ? "resuming …" : statusOf(state, active, now),
    average: mean ? mmss(mean.average) : "–",
    pace: mean ? paceLabel(mean.average, mean.target) : "–",
    today: `${day.questionCount} · ${total(day.activeMs)}`,
    hint: hintOf(state, active),
    canUndo: isOpen && state.closed > 0,
    canResume: Boolean(state.endedBy),
    resumeProblem: wish?.reason ?? "",
  };
}

/** Average and target of the session's closed questions; null when there are none or they are not known. */
function meanOf(s: SessionState, day: Day): { average: number; target: number } | null {
  const n = s.closed - s.openings;
  if (n > 0 && s.activeMs !== null) return { average: s.activeMs / n, target: s.expected / n };
  const told = s.activeMs === null && s.sessionId !== null ? day.sessions[s.sessionId] : undefined;
  return told && told.questionCount > 0 ? { average: told.activeMs / told.questionCount, target: s.sessionTarget } : null;
}

function toneOf(s: SessionState, active: number): Tone {
  if (s.phase === "none") return "idle";
  if (s.phase === "paused") return "paused";
  if (s.unknown) return "good";
  return active > s.targetMs ? "over" : active >= slowFrom * s.targetMs ? "slow" : "good";
}

function statusOf(s: SessionState, active: number, now: number): string {
  if (s.phase === "none") return "no session";
  if (s.phase === "paused") return `paused ${mmss(now - (s.pausedAt ?? now))}`;
  if (s.unknown) return "waiting for the server";
  return active > s.targetMs ? "over target" : "running";
}

/** First the AET, then what is left of the target, then what is over it. */
function hintOf(s: SessionState, active: number): string {
  if (s.phase === "none") return "Next starts a session";
  if (s.unknown) return "";
  if (active > s.targetMs) return `+${short(active - s.targetMs)}`;
  if (active >= slowFrom * s.targetMs) return `${short(s.targetMs - active)} to the target`;
  const low = s.task?.aetLowMinutes ?? s.task?.aetHighMinutes;
  const high = s.task?.aetHighMinutes ?? low;
  return low && high ? aet(low, high) : "";
}
