/**
 * What the widget shows: what the server has confirmed with the waiting presses on top,
 * and when it is drawn.
 */
import { emptyBase, type Base } from "./base.ts";
import type { SessionState } from "./clock.ts";
import { dayOn, project, type DateOf, type Day } from "./day.ts";
import type { Queue } from "./queue.ts";
import type { Wish } from "./resuming.ts";
import type { Away, Connection, Press, Time, View } from "./types.ts";
import { viewOf } from "./view.ts";

const second = 1_000;

export interface DisplayParts {
  readonly time: Time;
  readonly dateOf: DateOf;
  readonly queue: Queue;
  readonly connection: () => Connection;
  readonly away: () => Away | null;
  readonly wish: () => Wish | undefined;
  /** Called every second while something runs and is seen. */
  readonly ticked: () => void;
}

export interface Display {
  /** Before this nothing is drawn. */
  start(): void;
  /** Takes what the server has confirmed. */
  setBase(base: Base): void;
  setProblems(problems: readonly string[]): void;
  setVisible(isVisible: boolean): void;
  /** State or day has changed. */
  change(): void;
  /** Something else that is shown has changed. */
  draw(): void;
  subscribe(listener: (view: View) => void): void;
  view(): View;
  /** The state at an instant, with every press that was made. */
  stateAt(now: number): SessionState;
  /** Start of the question that runs, or of its last press; null when none runs. */
  runningSince(): number | null;
  /** Whether a press was made already. */
  has(id: string): boolean;
}

export function createDisplay({ time, dateOf, queue, connection, away, wish, ticked }: DisplayParts): Display {
  const listeners = new Set<(view: View) => void>();
  let base = emptyBase;
  /** Kept between changes, so that a tick only reads the clock. */
  let shown: { state: SessionState; day: Day } | null = null;
  let pageProblems: readonly string[] = [];
  let isStarted = false;
  let isVisible = true;
  let cancelTick: (() => void) | null = null;

  /** Presses that are not in the base yet. */
  const unsent = (): readonly Press[] => queue.pending().filter(({ id }) => !base.ids.includes(id));

  const shownAt = (now: number): { state: SessionState; day: Day } => {
    const date = dateOf(now);
    if (shown?.day.date !== date) shown = project(base.state, dayOn(base.day, date), unsent(), dateOf);
    return shown;
  };
  const stateAt = (now: number): SessionState => shownAt(now).state;

  const view = (): View => {
    const now = time.now();
    return viewOf({
      ...shownAt(now), unsent: unsent().length, refused: queue.refused(), connection: connection(), away: away(), wish: wish(), pageProblems,
    }, now);
  };

  const draw = (): void => {
    if (!isStarted) return;
    planTick();
    if (listeners.size === 0) return;
    const drawn = view();
    for (const listener of listeners) listener(drawn);
  };

  const planTick = (): void => {
    if (!isVisible || listeners.size === 0 || stateAt(time.now()).phase === "none") {
      cancelTick?.();
      cancelTick = null;
      return;
    }
    cancelTick ??= time.after(second, () => {
      cancelTick = null;
      ticked();
      draw();
    });
  };

  const change = (): void => {
    shown = null;
    draw();
  };

  return {
    stateAt, view, draw, change,
    start() { isStarted = true; },
    setBase(confirmed) {
      base = confirmed;
      change();
    },
    setProblems(problems) {
      pageProblems = problems;
      draw();
    },
    setVisible(now) {
      isVisible = now;
      draw();
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(view());
    },
    runningSince() {
      const { phase, startedAt } = stateAt(time.now());
      return phase === "running" ? Math.max(startedAt, queue.lastAt()) : null;
    },
    has: (id) => base.ids.includes(id) || queue.pending().some((press) => press.id === id),
  };
}
