import type { View } from "../../core/types.ts";

/** The time at which the states are drawn. */
export const now = new Date(2026, 10, 25, 10, 56).getTime();

export const running: View = {
  phase: "running", questionNumber: 10, clock: "03:42", clockWords: "3 minutes 42 seconds", fraction: 0.67, tone: "good",
  status: "running", average: "05:12", pace: "on target", today: "40 · 3:39 h", hint: "AET 5–6 min",
  unsent: 0, refused: [], connection: { stage: "connected" }, away: null, pageProblems: [],
  canUndo: true, canResume: false, resumeProblem: "",
};

const none: View = {
  ...running, phase: "none", questionNumber: 0, clock: "00:00", clockWords: "no session", fraction: 0, tone: "idle",
  status: "no session", average: "–", pace: "–", hint: "Next starts a session", canUndo: false,
};

const press = { id: "5d0c0f0e-0000-4000-8000-000000000001", type: "NEXT", at: now - 14 * 60_000 } as const;

/** Every state that the overlay has, by name. */
export const states: Readonly<Record<string, View>> = {
  running,
  near: {
    ...running, questionNumber: 11, clock: "04:51", clockWords: "4 minutes 51 seconds", fraction: 0.88, tone: "slow",
    average: "05:14", today: "41 · 3:44 h", hint: "0:39 to the target",
  },
  over: {
    ...running, questionNumber: 12, clock: "06:20", clockWords: "6 minutes 20 seconds", fraction: 1, tone: "over",
    status: "over target", average: "05:20", today: "42 · 3:50 h", hint: "+0:50",
  },
  paused: {
    ...running, phase: "paused", questionNumber: 13, clock: "01:05", clockWords: "1 minute 5 seconds", fraction: 0.2,
    tone: "paused", status: "paused 02:10",
  },
  away: {
    ...running, phase: "paused", questionNumber: 13, clock: "01:05", clockWords: "1 minute 5 seconds", fraction: 0.2,
    tone: "paused", status: "paused 02:10", away: { since: now - 14 * 60_000, until: now },
  },
  none,
  ended: { ...none, canResume: true },
  resuming: { ...none, canResume: true, status: "resuming …" },
  "not resumed": { ...none, canResume: true, resumeProblem: "another session has begun since then" },
  offline: {
    ...running, questionNumber: 11, clock: "04:51", fraction: 0.88, tone: "slow", hint: "0:39 to the target", unsent: 3,
    connection: { stage: "waiting", reason: "offline", retryAt: now + 12_000 },
  },
  disconnected: { ...running, unsent: 2, connection: { stage: "disconnected", reason: "this device was revoked" } },
  pairing: { ...running, connection: { stage: "pairing", fingerprint: "AB2C-D3EF" } },
  refused: {
    ...running,
    refused: [
      { press, reason: "older than the session" },
      { press: { ...press, id: "5d0c0f0e-0000-4000-8000-000000000002", type: "PAUSE", paused: false }, reason: "there is no session" },
    ],
  },
  changed: { ...running, hint: "", pageProblems: ["AET not found", "task type not found"] },
  long: {
    ...running, questionNumber: 1234, clock: "128:05", clockWords: "128 minutes 5 seconds", fraction: 1, tone: "over",
    status: "paused 102:10", phase: "paused", average: "105:12", pace: "way too fast", today: "1040 · 13:39 h",
    hint: "AET 1000–1440 min, as the page says", unsent: 128,
    connection: { stage: "waiting", reason: "too many requests", retryAt: now + 600_000 },
  },
};
