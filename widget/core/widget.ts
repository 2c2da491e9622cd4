/** The widget without its face: wires queue, sender, clock and away over what the platform gives. */
import { createAwayWatch } from "./away.ts";
import { emptyBase, readBase, watchBase, type Base } from "./base.ts";
import { createCredentials, type Crypto } from "./credentials.ts";
import { dayOn, project as projectOn, type DateOf, type Day } from "./day.ts";
import type { SessionState } from "./clock.ts";
import { insist } from "./insist.ts";
import { createQueue } from "./queue.ts";
import { connectionKey, createSender } from "./sender.ts";
import {
  type Actions, type Connection, type Lock, type Press, type PressType, type Settings,
  type Storage, type Task, type Time, type Transport, type View,
} from "./types.ts";
import { viewOf } from "./view.ts";
import { CallError } from "./wire.ts";

const wakeKey = "wake";
const askPrefix = "ask:";
const second = 1_000;
/** How long a NEXT waits for the page of the task that it opens, ms. */
const holdFor = 6_000;

/** What a widget that does not send asks of the one that does, through the storage. */
interface Ask {
  readonly wish: "connect" | "code" | "disconnect";
  /** Of a code; else empty. */
  readonly code: string;
}

export interface WidgetParts {
  readonly storage: Storage;
  readonly transport: Transport;
  readonly lock: Lock;
  readonly time: Time;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly crypto: Crypto;
  readonly settings: Settings;
  /** The local date of an instant, "YYYY-MM-DD". */
  readonly dateOf: DateOf;
  /** Opens a path of the server in a new tab. */
  readonly openTab: (path: string) => void;
  /** Which widget the server's list of devices calls it. */
  readonly deviceKind: "userscript" | "extension";
  /** Whether this one brings the queue to the server; a content script leaves that to its worker. */
  readonly sends: boolean;
  /** Whether pages of another origin bring the queue: a Web Lock holds for one origin only. */
  readonly leavesQueue?: boolean;
  /** Nothing is read from the storage before this. */
  readonly ready?: Promise<void>;
}

export interface Widget extends Actions {
  /** Resolves when what is stored is known; a storage that fails is asked again until then. */
  start(): Promise<void>;
  /** Calls with the view now and after every change. */
  subscribe(listener: (view: View) => void): void;
  view(): View;
  /** The site took the answer that was submitted at `at`; `stop`: and no task follows. */
  accepted(at: number, stop: boolean): void;
  /** The person did something. */
  sign(): void;
  /** What the page reader found: the task that the next NEXT opens, and what it misses. */
  pageSays(task: Task | undefined, problems: readonly string[]): void;
  visible(isVisible: boolean): void;
  configure(settings: Settings): void;
}

export function createWidget(parts: WidgetParts): Widget {
  const { storage, lock, time, random, crypto, dateOf, openTab, deviceKind, sends } = parts;
  const listeners = new Set<(view: View) => void>();
  let { settings } = parts;
  let base: Base = emptyBase;
  /** Kept between changes, so that a tick only reads the clock. */
  let shown: { state: SessionState; day: Day } | null = null;
  let connection: Connection = { stage: "disconnected" };
  let pageTask: Task | undefined;
  let pageProblems: readonly string[] = [];
  let isVisible = true;
  /** Whether Next was pressed since the page was loaded. */
  let wasPressedHere = false;
  let isStarted = false;
  let cancelTick: (() => void) | null = null;

  const change = (): void => {
    shown = null;
    draw();
  };
  const kick = (): void => {
    if (isStarted) send?.();
  };
  const queue = createQueue(storage, time, change, kick);
  const credentials = createCredentials(parts);
  const send = sends && !parts.leavesQueue ? createSender({ ...parts, queue, credentials }) : null;
  const away = createAwayWatch({
    storage, lock, time, newId: () => crypto.randomUUID(), runningSince: () => runningSince(), minutes: () => settings.awayMinutes,
    add: (press) => queue.add(press), changed: () => draw(),
    has: (id) => base.ids.includes(id) || queue.pending().some((p) => p.id === id),
  });

  /** Presses that are not in the base yet. */
  const unsent = (): readonly Press[] => queue.pending().filter((p) => !base.ids.includes(p.id));

  const project = (now: number): { state: SessionState; day: Day } => {
    const date = dateOf(now);
    if (shown?.day.date !== date) shown = projectOn(base.state, dayOn(base.day, date), unsent(), dateOf);
    return shown;
  };

  const stateNow = (): SessionState => project(time.now()).state;

  const runningSince = (): number | null => {
    const { phase, startedAt } = stateNow();
    return phase === "running" ? Math.max(startedAt, queue.lastAt()) : null;
  };

  const view = (): View => {
    const now = time.now();
    return viewOf({
      ...project(now), unsent: unsent().length, refused: queue.refused(), connection, away: away.current(), pageProblems,
    }, now);
  };

  const draw = (): void => {
    if (!isStarted) return;
    planTick();
    if (listeners.size === 0) return;
    const drawn = view();
    for (const listener of listeners) listener(drawn);
  };

  /** One tick a second while something runs and is seen; none else. */
  const planTick = (): void => {
    if (!isVisible || listeners.size === 0 || stateNow().phase === "none") {
      cancelTick?.();
      cancelTick = null;
      return;
    }
    cancelTick ??= time.after(second, () => {
      cancelTick = null;
      away.tick();
      draw();
    });
  };

  const press = (type: PressType, at = time.now(), task?: Task, held?: Press["held"]): void => {
    const { state } = project(at);
    if (type !== "NEXT" && state.phase === "none") return;
    if (type === "UNDO" && state.closed === 0) return;
    away.pressed();
    later(queue.add({
      id: crypto.randomUUID(), type, at,
      ...(type === "PAUSE" && { paused: state.phase !== "paused" }),
      ...(task && { task }),
      ...(held && { held }),
    }));
    away.sign();
  };

  /**
   * What the page shows belongs to the question that a NEXT opens when nothing runs, or
   * when another task does. Else it is the task that is being closed, and the next one is
   * not known yet: then the NEXT waits a little for the page of it. Pressed again on the
   * same page it waits for nothing.
   */
  const next = (): void => {
    const now = time.now();
    const { phase, task } = stateNow();
    const taskId = pageTask?.taskId;
    const isOfNext = phase === "none" || (task?.taskId && task.taskId !== taskId);
    const waits = taskId && !(wasPressedHere && task?.taskId !== taskId);
    press("NEXT", now, isOfNext ? pageTask : undefined, !isOfNext && waits ? { until: now + holdFor, taskId } : undefined);
    wasPressedHere = true;
  };

  const seeConnection = (now: Connection | undefined): void => {
    if (now?.stage) connection = now;
    draw();
  };

  const say = async (said: Connection): Promise<void> => {
    seeConnection(said);
    await storage.set(connectionKey, said);
  };

  /**
   * What goes on after an action has returned; its failure is told as the connection's.
   * isPairing: without a connection there is nothing to wait for, the person tries again.
   */
  const later = (work: Promise<unknown>, isPairing = false): void => {
    work.catch((err: unknown) => {
      const reason = err instanceof Error ? err.message : String(err);
      if (isPairing || (err instanceof CallError && err.isFinal)) say({ stage: "disconnected", reason }).catch(() => {});
      else seeConnection({ stage: "waiting", reason, retryAt: time.now() });
    });
  };

  const pair = async (): Promise<void> => {
    const path = await credentials.pairPath(deviceKind);
    await say({ stage: "pairing" });
    openTab(path);
  };

  const takeCode = async (code: string): Promise<void> => {
    await credentials.takeCode(code);
    await say({ stage: "connected" });
    sendNow();
  };

  const forget = async (): Promise<void> => {
    await credentials.disconnect();
    await say({ stage: "disconnected" });
  };

  /** What needs the server is done by the one that sends; the others ask it through the storage. */
  const ask = (what: Ask): void => {
    const { wish, code } = what;
    if (!sends) later(storage.set(askPrefix + random(), what));
    else if (wish === "disconnect") later(forget());
    else later(wish === "connect" ? pair() : takeCode(code), true);
  };

  const seeAsk = (key: string, value: unknown): void => {
    if (sends && value) later(storage.remove(key).then(() => ask(value as Ask)));
  };

  const sendNow = (): void => {
    if (send) send();
    else later(storage.set(wakeKey, time.now()));
  };

  return {
    async start() {
      watchBase(storage, (now) => {
        base = now;
        change();
      });
      storage.watch(connectionKey, (_, value) => seeConnection(value as Connection | undefined));
      storage.watch(wakeKey, () => send?.());
      storage.watch(askPrefix, seeAsk);
      queue.follow();
      await parts.ready;
      await queue.read();
      const asks = await insist(time, async () => {
        base = await readBase(storage);
        if (await credentials.has()) connection = { stage: "connected" };
        seeConnection((await storage.get(connectionKey)) as Connection | undefined);
        return storage.list(askPrefix);
      });
      isStarted = true;
      await away.start();
      change();
      send?.();
      for (const [key, value] of asks) seeAsk(key, value);
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(view());
    },
    view,
    next,
    pauseOrResume: () => press("PAUSE"),
    undo: () => press("UNDO"),
    end: () => press("EXIT"),
    accepted(at, stop) {
      if (stateNow().phase === "none") return; // nobody has started
      if (stop) press("EXIT", at);
      else press("NEXT", at, pageTask);
    },
    answerAway: (answer) => later(away.answer(answer)),
    connect: () => ask({ wish: "connect", code: "" }),
    enterCode: (code) => ask({ wish: "code", code }),
    disconnect: () => ask({ wish: "disconnect", code: "" }),
    dismissRefused: (id) => later(queue.dismiss(id)),
    sendNow,
    openDashboard: () => openTab("/dashboard/today"),
    sign: () => away.sign(),
    pageSays(task, problems) {
      pageTask = task;
      pageProblems = problems;
      if (task) queue.tell(task);
      draw();
    },
    visible(now) {
      isVisible = now;
      draw();
    },
    configure(chosen) { settings = chosen; },
  };
}
