/** The widget without its user interface: queue, sender, clock and away on what a platform gives. */
import { createAwayWatch } from "./away.ts";
import { readBase, watchBase } from "./base.ts";
import { createConnecting } from "./connecting.ts";
import { createCredentials, type Crypto } from "./credentials.ts";
import type { DateOf } from "./day.ts";
import { createDisplay } from "./display.ts";
import { insist } from "./insist.ts";
import { createPressing } from "./pressing.ts";
import { createQueue } from "./queue.ts";
import { createResuming } from "./resuming.ts";
import { createSender } from "./sender.ts";
import type { Actions, Lock, Settings, Storage, Task, Time, Transport, View } from "./types.ts";

const wakeKey = "wake";

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
  /** What the server's list of devices calls it. */
  readonly deviceKind: "userscript" | "extension";
  /** Whether this widget sends the queue to the server; a content script leaves that to the worker. */
  readonly sends: boolean;
  /** Leaves the queue to pages of another origin, because a Web Lock holds for one origin only. */
  readonly leavesQueue?: boolean;
  /** Nothing is read from the storage before this. */
  readonly ready?: Promise<void>;
}

export interface Widget extends Actions {
  /** Resolves when what is stored is known; a storage that fails is asked again until it works. */
  start(): Promise<void>;
  /** Calls with the view now and after every change. */
  subscribe(listener: (view: View) => void): void;
  view(): View;
  /** The site took the answer that was submitted at `at`; `stop`: no task follows. */
  accepted(at: number, stop: boolean): void;
  /** The person did something. */
  sign(): void;
  /** What the page reader found: the task on the page, and what it did not find. */
  pageSays(task: Task | undefined, problems: readonly string[]): void;
  visible(isVisible: boolean): void;
  configure(settings: Settings): void;
}

export function createWidget(parts: WidgetParts): Widget {
  const { storage, time, sends } = parts;
  let { settings } = parts;
  let isStarted = false;
  const newId = (): string => parts.crypto.randomUUID();

  const queue = createQueue(storage, time, () => display.change(), () => {
    if (isStarted) send?.();
  });
  const credentials = createCredentials(parts);
  const resuming = createResuming({ ...parts, queue, credentials }, () => display.draw());
  const send = sends && !parts.leavesQueue ? createSender({ ...parts, queue, credentials, resuming }) : null;
  const sendNow = (): void => {
    if (send) send();
    else later(storage.set(wakeKey, time.now()));
  };
  const connecting = createConnecting({ ...parts, credentials, sendNow, changed: () => display.draw() });
  const { later } = connecting;
  const display = createDisplay({
    ...parts, queue, connection: connecting.current, away: () => away.current(), wish: resuming.current, ticked: () => away.tick(),
  });
  const away = createAwayWatch({
    ...parts, newId, runningSince: display.runningSince, minutes: () => settings.awayMinutes,
    add: queue.add, has: display.has, changed: display.draw,
  });
  const pressing = createPressing({
    time, newId, stateAt: display.stateAt,
    add(press) {
      away.pressed();
      later(queue.add(press));
      away.sign();
    },
  });

  return {
    async start() {
      // All at once, before anything is awaited: a worker is only woken for what it listens to from its first turn.
      watchBase(storage, display.setBase);
      connecting.follow();
      resuming.follow();
      storage.watch(wakeKey, () => send?.());
      queue.follow();
      await parts.ready;
      await queue.read();
      await insist(time, async () => {
        display.setBase(await readBase(storage));
        await connecting.read();
        await resuming.read();
      });
      isStarted = true;
      display.start();
      await away.start();
      display.change();
      send?.();
      await insist(time, connecting.answerAsks);
    },
    subscribe: display.subscribe,
    view: display.view,
    next: pressing.next,
    pauseOrResume: () => pressing.press("PAUSE"),
    undo: () => pressing.press("UNDO"),
    end: () => pressing.press("EXIT"),
    resume() {
      const { endedBy } = display.stateAt(time.now());
      if (endedBy) later(resuming.ask(endedBy).then(sendNow));
    },
    accepted: pressing.accepted,
    answerAway: (answer) => later(away.answer(answer)),
    connect: connecting.connect,
    enterCode: connecting.enterCode,
    disconnect: connecting.disconnect,
    dismissRefused: (id) => later(queue.dismiss(id)),
    sendNow,
    openDashboard: () => parts.openTab("/dashboard/today"),
    sign: away.sign,
    pageSays(task, problems) {
      pressing.pageShows(task);
      if (task) queue.tell(task);
      display.setProblems(problems);
    },
    visible: display.setVisible,
    configure(chosen) { settings = chosen; },
  };
}
