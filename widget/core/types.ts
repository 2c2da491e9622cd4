/**
 * The words that the parts of the widget share. Times are milliseconds since 1970 UTC,
 * lengths are milliseconds, unless a name says otherwise.
 */

/** What a person can press (docs/contract.md#events). */
export type PressType = "NEXT" | "PAUSE" | "UNDO" | "EXIT";

/** What the page says about the question that a NEXT opens. Never a query, rating or comment. */
export interface Task {
  readonly aetLowMinutes?: number;
  readonly aetHighMinutes?: number;
  readonly aetText?: string;
  readonly taskId?: string;
  readonly taskType?: string;
}

/** One press as it is kept until the server has it. */
export interface Press {
  /** A UUID. The server counts the press once, however often it is sent. */
  readonly id: string;
  readonly type: PressType;
  /** When it was made; never before an earlier press of this widget. */
  readonly at: number;
  /** For PAUSE: the state that was wanted, so that a repeat changes nothing. */
  readonly paused?: boolean;
  readonly task?: Task;
  /**
   * For a NEXT that was made on the page of the task that it closes: it is kept back until
   * `until`, because the page of the next task is still loading and names that task.
   */
  readonly held?: { readonly until: number; readonly taskId: string };
  /**
   * For an EXIT that was taken back before the server answered it: it no longer counts, but
   * the server may have it.
   */
  readonly takenBack?: true;
}

/** A press that the server refused, and why. */
export interface RefusedPress {
  readonly press: Press;
  readonly reason: string;
}

/** How the clock stands, which gives the overlay's edge its colour. */
export type Tone = "good" | "slow" | "over" | "paused" | "idle";

/** How the widget is connected to the server. */
export type Connection =
  | { readonly stage: "connected" }
  /** There is no credential yet, or it was revoked. */
  | { readonly stage: "disconnected"; readonly reason?: string }
  /**
   * The person has not pressed Connect on the server's page yet. The page shows the same
   * fingerprint, unless a version before 1.3.0 began this.
   */
  | { readonly stage: "pairing"; readonly fingerprint?: string }
  /** The server cannot be reached or asks to wait. The next try is at `retryAt`. */
  | { readonly stage: "waiting"; readonly reason: string; readonly retryAt: number };

/** Time in which nobody was there, to be asked about. */
export interface Away {
  /** Last sign of the person. */
  readonly since: number;
  /** When they came back. */
  readonly until: number;
}

export type AwayAnswer = "count" | "pause" | "end";

/** Everything that the overlay draws. Texts are ready to be shown. */
export interface View {
  readonly phase: "none" | "running" | "paused";
  /** Number of the question that runs, from 1. 0 without a session. */
  readonly questionNumber: number;
  /** Active time of this question in whole seconds, "03:42". */
  readonly clock: string;
  /** The same for a screen reader: "3 minutes 42 seconds". */
  readonly clockWords: string;
  /** Part of the target that is used up, 0 to 1. */
  readonly fraction: number;
  readonly tone: Tone;
  /** "running", "over target", "paused 02:10", "no session". */
  readonly status: string;
  /** Average of the session's closed questions "05:12", or "–". */
  readonly average: string;
  /** "on target", "a bit slow" …, or "–". */
  readonly pace: string;
  /** "40 · 3:39 h": questions and active time of the day, with unsent presses. */
  readonly today: string;
  /** "AET 5–6 min", "0:39 to the target", "+0:50", or "". */
  readonly hint: string;
  readonly unsent: number;
  readonly refused: readonly RefusedPress[];
  readonly connection: Connection;
  readonly away: Away | null;
  /** What the page reader does not find on the rating page; usually empty. */
  readonly pageProblems: readonly string[];
  readonly canUndo: boolean;
  /** Whether the EXIT that ended the session may be taken back. */
  readonly canResume: boolean;
  /** Why it was not taken back; usually empty. */
  readonly resumeProblem: string;
}

/** What the overlay asks for. Every call returns at once, and a new View follows. */
export interface Actions {
  next(): void;
  pauseOrResume(): void;
  undo(): void;
  end(): void;
  /** Takes the EXIT back that ended the session. */
  resume(): void;
  answerAway(answer: AwayAnswer): void;
  /** Opens the server's pairing page in a new tab. */
  connect(): void;
  /** Takes a code that the person copied from that page. */
  enterCode(code: string): void;
  disconnect(): void;
  dismissRefused(id: string): void;
  /** Sends what waits without waiting for the next try. */
  sendNow(): void;
  openDashboard(): void;
}

/** Where the overlay is; kept over reloads, shared by tabs. */
export interface Placement {
  /** Distance to the right and lower edge of the window, in CSS pixels. */
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
  /** Whether NEXT is made automatically when the site accepts an answer. */
  readonly autoNext: boolean;
  /** Minutes without a sign of the person before they are asked; 0 never asks. */
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
 * extension's storage. Nothing is atomic over two keys.
 */
export interface Storage {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every key that starts with the prefix, with its value. */
  list(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  /** Calls `changed` for changes by any tab, this one included. Returns a function that stops it. */
  watch(prefix: string, changed: (key: string, value: unknown) => void): () => void;
}

/** The server's answer to a request. */
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

/** Lets work run in one tab at a time, as Web Locks do. */
export interface Lock {
  /** Runs work when the lock is free; resolves with its result. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** The clock and timers, so that tests own the time. */
export interface Time {
  now(): number;
  /** Calls once after so many ms. Returns a function that cancels it. */
  after(ms: number, call: () => void): () => void;
}
