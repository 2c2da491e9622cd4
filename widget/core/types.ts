/**
 * The words that the parts of the widget share. Times are milliseconds since 1970 UTC,
 * lengths are milliseconds, unless a name says otherwise.
 */

/** What a rater can press (SPEC section 3). */
export type PressType = "NEXT" | "PAUSE" | "UNDO" | "EXIT";

/** What the page says of the question that a NEXT opens. Never a query, rating or comment. */
export interface Task {
  readonly aetLowMinutes?: number;
  readonly aetHighMinutes?: number;
  readonly aetText?: string;
  readonly taskId?: string;
  readonly taskType?: string;
}

/** One press as it is kept until the server has it. */
export interface Press {
  /** UUID; the server counts it once, however often it is sent. */
  readonly id: string;
  readonly type: PressType;
  /** When it was made; never before an earlier press of this widget. */
  readonly at: number;
  /** For PAUSE: which state was wanted, so that a repeat changes nothing. */
  readonly paused?: boolean;
  readonly task?: Task;
  /**
   * Of a NEXT that was made on the page of the task that it ends: it is kept back until
   * then, because the page of the next task is on its way and says more of it.
   */
  readonly held?: { readonly until: number; readonly taskId: string };
}

/** A press that the server did not take, and why. */
export interface RefusedPress {
  readonly press: Press;
  readonly reason: string;
}

/** How the clock stands: the colour of the overlay's edge. */
export type Tone = "good" | "slow" | "over" | "paused" | "idle";

/** What became of the way to the server. */
export type Connection =
  | { readonly stage: "connected" }
  /** No credential yet, or it was revoked: press Connect. */
  | { readonly stage: "disconnected"; readonly reason?: string }
  /** Waiting for the person to press Connect on the server's page. */
  | { readonly stage: "pairing" }
  /** The server cannot be reached or asks to wait; it is tried again at `retryAt`. */
  | { readonly stage: "waiting"; readonly reason: string; readonly retryAt: number };

/** A question about time that nobody was there (SPEC section 7, "Away"). */
export interface Away {
  /** Last sign of the person. */
  readonly since: number;
  /** When they came back. */
  readonly until: number;
}

export type AwayAnswer = "count" | "pause" | "end";

/** Everything that the overlay draws. Texts are ready to show. */
export interface View {
  readonly phase: "none" | "running" | "paused";
  /** Of the question that runs, as a person counts: the first is 1. 0 without a session. */
  readonly questionNumber: number;
  /** Active time of this question, whole seconds "03:42" (SPEC section 4). */
  readonly clock: string;
  /** The same for a screen reader: "3 minutes 42 seconds". */
  readonly clockWords: string;
  /** Part of the target that is used, 0 to 1. */
  readonly fraction: number;
  readonly tone: Tone;
  /** "running", "over target", "paused 02:10", "no session". */
  readonly status: string;
  /** Average of the session's closed questions "05:12", or "–". */
  readonly average: string;
  /** "on target", "a bit slow" …, or "–". */
  readonly pace: string;
  /** "40 · 3:39 h": questions and active time of the day, what is unsent included. */
  readonly today: string;
  /** "AET 5–6 min", "0:39 to the target", "+0:50", or "". */
  readonly hint: string;
  readonly unsent: number;
  readonly refused: readonly RefusedPress[];
  readonly connection: Connection;
  readonly away: Away | null;
  /** What the page reader no longer finds on the rating page; empty is well. */
  readonly pageProblems: readonly string[];
  readonly canUndo: boolean;
}

/** What the overlay asks for. Every call returns at once; what follows is a new View. */
export interface Actions {
  next(): void;
  pauseOrResume(): void;
  undo(): void;
  end(): void;
  answerAway(answer: AwayAnswer): void;
  /** Opens the server's pairing page in a new tab. */
  connect(): void;
  /** Takes a code that the person copied from there by hand. */
  enterCode(code: string): void;
  disconnect(): void;
  dismissRefused(id: string): void;
  /** Tries at once what waits. */
  sendNow(): void;
  openDashboard(): void;
}

/** Where the overlay stands and how; kept over reloads, shared by tabs. */
export interface Placement {
  /** Distance of the overlay's corner to the nearest edges of the window, in CSS pixels. */
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly collapsed: boolean;
}

/** The hotkeys, each like "Ctrl+Shift+P"; "" turns one off. */
export interface Hotkeys {
  readonly next: string;
  readonly pause: string;
  readonly undo: string;
  readonly end: string;
}

export interface Settings {
  readonly hotkeys: Hotkeys;
  /** Send NEXT by itself when the task form was accepted. */
  readonly autoNext: boolean;
  /** Minutes without a sign of the person until they are asked; 0 never asks. */
  readonly awayMinutes: number;
  readonly theme: "auto" | "light" | "dark";
}

export const defaultSettings: Settings = {
  hotkeys: { next: "Ctrl+Q", pause: "Ctrl+Shift+P", undo: "Ctrl+Shift+Q", end: "Ctrl+Shift+X" },
  autoNext: false,
  awayMinutes: 5,
  theme: "auto",
};

/**
 * A durable store that all tabs share: the userscript manager's values, or the
 * extension's storage. Keys are written one by one; nothing is atomic over two keys.
 */
export interface Storage {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every key that starts with the prefix, with its value. */
  list(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  /** Tells of changes by any tab, this one included; returns how to stop that. */
  watch(prefix: string, changed: (key: string, value: unknown) => void): () => void;
}

/** An answer of the server. */
export interface Reply {
  readonly status: number;
  header(name: string): string | null;
  json(): unknown;
}

/** One request to the server. It rejects only when no answer came. */
export interface Transport {
  request(r: {
    method: "GET" | "POST" | "DELETE";
    path: string;
    headers?: Readonly<Record<string, string>>;
    body?: unknown;
    timeoutMs: number;
  }): Promise<Reply>;
}

/** Runs work in one tab at a time: Web Locks, or nothing where there is one runner anyway. */
export interface Lock {
  /** Runs work when the lock is free; resolves with its result. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** The clock and timers, so that tests own the time. */
export interface Time {
  now(): number;
  /** Calls once after so many ms; returns how to take it back. */
  after(ms: number, call: () => void): () => void;
}
