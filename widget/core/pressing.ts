/** The buttons: which press each makes, and which task a NEXT opens. */
import type { SessionState } from "./clock.ts";
import type { Press, PressType, Task, Time } from "./types.ts";

/** How long a NEXT waits for the page of the task that it opens, ms. */
const holdFor = 6_000;

export interface PressingParts {
  readonly time: Time;
  readonly newId: () => string;
  readonly stateAt: (now: number) => SessionState;
  /** Takes a press into the queue. */
  readonly add: (press: Press) => void;
}

export interface Pressing {
  next(): void;
  press(type: Exclude<PressType, "NEXT">): void;
  /** The site took the answer that was submitted at `at`; `stop`: no task follows. */
  accepted(at: number, stop: boolean): void;
  /** The task on the page, or undefined. */
  pageShows(task: Task | undefined): void;
}

export function createPressing({ time, newId, stateAt, add }: PressingParts): Pressing {
  let pageTask: Task | undefined;
  /** Whether Next was pressed since the page was loaded. */
  let wasPressedHere = false;

  const press = (type: PressType, at = time.now(), more: Pick<Press, "task" | "held"> = {}): void => {
    const { phase, closed } = stateAt(at);
    if (type !== "NEXT" && phase === "none") return;
    if (type === "UNDO" && closed === 0) return;
    add({ id: newId(), type, at, ...(type === "PAUSE" && { paused: phase !== "paused" }), ...more });
  };

  return {
    press: (type) => press(type),
    next() {
      const now = time.now();
      press("NEXT", now, taskOfNext(stateAt(now), now));
      wasPressedHere = true;
    },
    accepted(at, stop) {
      if (stateAt(time.now()).phase === "none") return; // nobody has started
      if (stop) press("EXIT", at);
      else press("NEXT", at, pageTask && { task: pageTask });
    },
    pageShows(task) { pageTask = task; },
  };

  /**
   * Without a session, or while another task runs, a NEXT opens the task on the page.
   * Otherwise the page still shows the task that the NEXT closes, and the one that it
   * opens is not known yet: the NEXT waits a little for the next page. It does not wait
   * when Next is pressed again on the same page.
   */
  function taskOfNext({ phase, task }: SessionState, now: number): Pick<Press, "task" | "held"> {
    const taskId = pageTask?.taskId;
    if (phase === "none" || (task?.taskId && task.taskId !== taskId)) return pageTask ? { task: pageTask } : {};
    const waits = taskId && !(wasPressedHere && task?.taskId !== taskId);
    return waits ? { held: { until: now + holdFor, taskId } } : {};
  }
}
