/** The widget without its face: wires queue, sender, clock and away over what the platform gives. */
import { AwayWatch } from "./away.ts";
import { emptyBase, readBase, watchBase, type Base } from "./base.ts";
import { Credentials, Disconnected, uuid, type Crypto } from "./credentials.ts";
import { dayOn, project, type DateOf, type Day } from "./day.ts";
import type { SessionState } from "./clock.ts";
import { Queue } from "./queue.ts";
import { connectionKey, Sender } from "./sender.ts";
import {
  type Actions, type AwayAnswer, type Connection, type Lock, type Press, type PressType, type Settings,
  type Storage, type Task, type Time, type Transport, type View,
} from "./types.ts";
import { viewOf } from "./view.ts";

const wakeKey = "wake";
const askPrefix = "ask:";
const second = 1_000;
/** How long a NEXT waits for the page of the task that it opens, ms. */
const holdFor = 6_000;

/** What a widget that does not send asks of the one that does, through the storage. */
type Ask = { readonly kind: "connect" } | { readonly kind: "code"; readonly code: string } | { readonly kind: "disconnect" };

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
  /** How the device calls itself when it is paired. */
  readonly device: { readonly name: string; readonly kind: string };
  /** Whether this one brings the queue to the server; a content script leaves that to its worker. */
  readonly sends: boolean;
  /** Whether pages of another origin bring the queue: a Web Lock holds for one origin only. */
  readonly leavesQueue?: boolean;
}

export class Widget implements Actions {
  readonly #parts: WidgetParts;
  readonly #queue: Queue;
  readonly #credentials: Credentials;
  readonly #sender: Sender | null;
  readonly #away: AwayWatch;
  readonly #listeners = new Set<(view: View) => void>();
  #settings: Settings;
  #base: Base = emptyBase;
  #shown: { state: SessionState; day: Day } | null = null;
  #connection: Connection = { kind: "disconnected" };
  #task: Task | undefined;
  #problems: readonly string[] = [];
  #visible = true;
  /** Whether Next was pressed since the page was loaded. */
  #pressedHere = false;
  #started = false;
  #cancelTick: (() => void) | null = null;
  #stops: (() => void)[] = [];

  constructor(parts: WidgetParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
    this.#queue = new Queue(parts.storage, parts.time, () => this.#change(), () => this.#kick());
    this.#credentials = new Credentials(parts);
    this.#sender = parts.sends && !parts.leavesQueue
      ? new Sender({ ...parts, queue: this.#queue, credentials: this.#credentials }) : null;
    this.#away = new AwayWatch({
      storage: parts.storage, lock: parts.lock, time: parts.time, newId: () => uuid(parts.crypto),
      runningSince: () => this.#runningSince(), minutes: () => this.#settings.awayMinutes,
      add: (press) => this.#queue.add(press), has: (id) => this.#has(id), changed: () => this.#draw(),
    });
  }

  async start(): Promise<void> {
    const { storage } = this.#parts;
    this.#stops = [
      watchBase(storage, (base) => { this.#base = base; this.#change(); }),
      storage.watch(connectionKey, (_, value) => this.#seeConnection(value)),
      storage.watch(wakeKey, () => this.#sender?.kick()),
      storage.watch(askPrefix, (key, value) => this.#asked(key, value)),
    ];
    this.#base = await readBase(storage);
    await this.#queue.start();
    if (await this.#credentials.has()) this.#connection = { kind: "connected" };
    this.#seeConnection(await storage.get(connectionKey));
    this.#started = true;
    await this.#away.start();
    this.#change();
    this.#sender?.kick();
    for (const [key, value] of await storage.list(askPrefix)) this.#asked(key, value);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#queue.stop();
    this.#away.stop();
    this.#sender?.stop();
    this.#listeners.clear();
  }

  /** Calls with the view now and after every change; returns how to stop that. */
  subscribe(listener: (view: View) => void): () => void {
    this.#listeners.add(listener);
    listener(this.view());
    return () => this.#listeners.delete(listener);
  }

  view(): View {
    const now = this.#parts.time.now();
    const { state, day } = this.#project(now);
    return viewOf({
      state, day, unsent: this.#unsent().length, refused: this.#queue.refused(), connection: this.#connection,
      away: this.#away.current(), pageProblems: this.#problems,
    }, now);
  }

  next(): void {
    const now = this.#parts.time.now();
    const task = this.#taskOfNext();
    this.#press("NEXT", now, task, task ? undefined : this.#holdOfNext(now));
    this.#pressedHere = true;
  }
  pauseOrResume(): void { this.#press("PAUSE"); }
  undo(): void { this.#press("UNDO"); }
  end(): void { this.#press("EXIT"); }

  /** The site took the answer that was submitted at `at`; `stop`: and no task follows. */
  accepted(at: number, stop: boolean): void {
    if (this.view().phase === "none") return; // nobody has started
    if (stop) this.#press("EXIT", at);
    else this.#press("NEXT", at, this.#task);
  }

  answerAway(answer: AwayAnswer): void {
    this.#later(this.#away.answer(answer));
  }

  connect(): void {
    const { device, openTab, sends } = this.#parts;
    if (!sends) return this.#ask({ kind: "connect" });
    this.#later(this.#credentials.pairPath(device.name, device.kind).then(async (path) => {
      await this.#say({ kind: "pairing" });
      openTab(path);
    }));
  }

  enterCode(code: string): void {
    if (!this.#parts.sends) return this.#ask({ kind: "code", code });
    this.#later(this.#credentials.takeCode(code).then(async () => {
      await this.#say({ kind: "connected" });
      this.sendNow();
    }));
  }

  disconnect(): void {
    if (!this.#parts.sends) return this.#ask({ kind: "disconnect" });
    this.#later(this.#credentials.disconnect().then(() => this.#say({ kind: "disconnected" })));
  }

  dismissRefused(id: string): void {
    this.#later(this.#queue.dismiss(id));
  }

  sendNow(): void {
    if (this.#sender) this.#sender.kick();
    else this.#later(this.#parts.storage.set(wakeKey, this.#parts.time.now()));
  }

  openDashboard(): void { this.#parts.openTab("/dashboard/today"); }

  /** The browser has a network again. */
  online(): void { this.sendNow(); }

  /** The person did something. */
  sign(): void { this.#away.sign(); }

  /** What the page reader found: the task that the next NEXT opens, and what it misses. */
  pageSays(task: Task | undefined, problems: readonly string[]): void {
    this.#task = task;
    this.#problems = problems;
    if (task) this.#queue.tell(task);
    this.#draw();
  }

  visible(isVisible: boolean): void {
    this.#visible = isVisible;
    this.#draw();
  }

  configure(settings: Settings): void { this.#settings = settings; }

  #ask(what: Ask): void {
    this.#later(this.#parts.storage.set(askPrefix + uuid(this.#parts.crypto), what));
  }

  #asked(key: string, value: unknown): void {
    if (!this.#parts.sends || !value) return;
    this.#later(this.#parts.storage.remove(key).then(() => {
      const ask = value as Ask;
      if (ask.kind === "connect") this.connect();
      else if (ask.kind === "disconnect") this.disconnect();
      else this.enterCode(ask.code);
    }));
  }

  /**
   * The task of the question that a NEXT opens. What the page shows belongs to it when
   * nothing runs, or when another task does; else it is the task that is being closed,
   * and the next one is not known yet.
   */
  #taskOfNext(): Task | undefined {
    const { state } = this.#project(this.#parts.time.now());
    if (state.phase === "none") return this.#task;
    const running = state.task?.taskId;
    return running && running !== this.#task?.taskId ? this.#task : undefined;
  }

  /**
   * A NEXT on the page of the task that it ends waits a little for the page of the next
   * one. Pressed again on the same page it waits for nothing.
   */
  #holdOfNext(now: number): Press["held"] {
    const taskId = this.#task?.taskId;
    const running = this.#project(now).state.task?.taskId;
    if (!taskId || (this.#pressedHere && running !== taskId)) return undefined;
    return { until: now + holdFor, taskId };
  }

  #press(type: PressType, now = this.#parts.time.now(), task?: Task, held?: Press["held"]): void {
    const { crypto } = this.#parts;
    const { state } = this.#project(now);
    if (type !== "NEXT" && state.phase === "none") return;
    if (type === "UNDO" && state.closed === 0) return;
    this.#away.pressed();
    this.#later(this.#queue.add({
      id: uuid(crypto), type, at: now,
      ...(type === "PAUSE" && { paused: state.phase !== "paused" }),
      ...(task && { task }),
      ...(held && { held }),
    }));
    this.sign();
  }

  /** Presses that are not in the base yet. */
  #unsent(): readonly Press[] {
    return this.#queue.pending().filter((p) => !this.#base.ids.includes(p.id));
  }

  #has(id: string): boolean {
    return this.#base.ids.includes(id) || this.#queue.pending().some((p) => p.id === id);
  }

  /** Kept between changes, so that a tick only reads the clock. */
  #project(now: number): { state: SessionState; day: Day } {
    const date = this.#parts.dateOf(now);
    if (this.#shown?.day.date !== date) {
      this.#shown = project(this.#base.state, dayOn(this.#base.day, date), this.#unsent(), this.#parts.dateOf);
    }
    return this.#shown;
  }

  #runningSince(): number | null {
    const { state } = this.#project(this.#parts.time.now());
    return state.phase === "running" ? Math.max(state.startedAt, this.#queue.lastAt()) : null;
  }

  #kick(): void {
    if (this.#started) this.#sender?.kick();
  }

  #seeConnection(value: unknown): void {
    if (value) this.#connection = value as Connection;
    this.#draw();
  }

  async #say(connection: Connection): Promise<void> {
    this.#seeConnection(connection);
    await this.#parts.storage.set(connectionKey, connection);
  }

  /** What goes on after an action has returned; its failure is told as the connection's. */
  #later(work: Promise<unknown>): void {
    work.catch((err: unknown) => {
      const reason = err instanceof Error ? err.message : String(err);
      if (err instanceof Disconnected) void this.#say({ kind: "disconnected", reason }).catch(() => {});
      else this.#seeConnection({ kind: "waiting", reason, retryAt: this.#parts.time.now() });
    });
  }

  #change(): void {
    this.#shown = null;
    this.#draw();
  }

  #draw(): void {
    if (!this.#started) return;
    this.#planTick();
    if (this.#listeners.size === 0) return;
    const view = this.view();
    for (const listener of this.#listeners) listener(view);
  }

  /** One tick a second while something runs and is seen; none else. */
  #planTick(): void {
    const { time } = this.#parts;
    const needed = this.#visible && this.#listeners.size > 0 && this.#project(time.now()).state.phase !== "none";
    if (!needed) {
      this.#cancelTick?.();
      this.#cancelTick = null;
      return;
    }
    this.#cancelTick ??= time.after(second, () => {
      this.#cancelTick = null;
      this.#away.tick();
      this.#draw();
    });
  }
}
