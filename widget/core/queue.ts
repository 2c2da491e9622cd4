/**
 * The presses that the server does not have yet, kept over reloads and shared by tabs.
 * Each press has a key of its own, so that two tabs never overwrite each other's.
 */
import { insist } from "./insist.ts";
import { createOrder, inOrder, pressPrefix, type Entry } from "./order.ts";
import type { Press, RefusedPress, Storage, Task, Time } from "./types.ts";

const refusedPrefix = "refused:";
/** Time of the newest press ever made, so that none is made before it. */
const lastKey = "last-press";

export interface Queue {
  /** Follows what other tabs do from now on. */
  follow(): void;
  /** Reads what is stored. */
  read(): Promise<void>;
  /** The waiting presses in order, for drawing: one that is still being stored counts too. */
  pending(): readonly Press[];
  refused(): readonly RefusedPress[];
  /** Time of the newest press; 0 when none was made. */
  lastAt(): number;
  /**
   * Takes a press. It counts for drawing at once; the promise resolves when it is stored,
   * which is tried until it works.
   */
  add(press: Press): Promise<void>;
  /** Tells a NEXT that is kept back which task it opens. Any other press already has its task or goes without one. */
  tell(task: Task): void;
  /** Until when the newest press is kept back; 0 when it is not. */
  heldUntil(): number;
  /**
   * The oldest presses that storage has now, at most so many. The newest one may be kept
   * back; once another is behind it, it no longer is. One that was taken back comes alone.
   */
  stored(most: number): Promise<readonly Press[]>;
  /** Takes back the press with this id, if it is the newest one in storage. Resolves with whether it was. */
  takeBack(id: string): Promise<boolean>;
  /** A press that was taken back counts again. */
  giveBack(press: Press): Promise<void>;
  /** Forgets a press that the server has. */
  forget(press: Press): Promise<void>;
  /** Moves a press to the refused ones. For a moment it is in both places rather than in none. */
  refuse(refused: RefusedPress): Promise<void>;
  dismiss(id: string): Promise<void>;
}

/** Calls `changed` when something else is to be drawn, `nowStored` when something is to be sent. */
export function createQueue(storage: Storage, time: Time, changed: () => void, nowStored: () => void): Queue {
  const order = createOrder();
  const kept = new Map<string, Press>();
  const refused = new Map<string, RefusedPress>();
  /** Keys that are done with: late news of them must not bring them back. */
  const gone = new Set<string>();
  /** Writes go one after another, so that an earlier press is never stored after a later one. */
  let writing = Promise.resolve();

  const newest = (): Entry | undefined => inOrder(kept).at(-1);

  const store = ([key, press]: Entry): Promise<void> => {
    kept.set(key, press);
    changed();
    return (writing = writing.then(() => insist(time, async () => {
      await storage.set(lastKey, press.at);
      await storage.set(key, press);
      nowStored();
    })));
  };

  const seePress = (key: string, value: unknown): void => {
    const press = value as Press | undefined;
    if (!press) {
      gone.add(key);
      if (kept.delete(key)) changed();
      return;
    }
    const known = kept.get(key);
    const isNews = !known || (known.held && press.task) || known.takenBack !== press.takenBack;
    if (gone.has(key) || !isNews) return;
    kept.set(key, press);
    nowStored(); // by another tab
    order.see([key, press]);
    changed();
  };

  const seeRefused = (key: string, value: unknown): void => {
    if (value) refused.set(key, value as RefusedPress);
    else refused.delete(key);
    changed();
  };

  const seeLast = (value: unknown): void => order.seeLast(value as number | undefined);

  /** Until when a press is kept back, and the task on which it was made; undefined once that time is over. */
  const heldOf = (press: Press | undefined): Press["held"] =>
    press?.held && press.held.until > time.now() ? press.held : undefined;

  /** Stores another form of a press that is stored already. */
  const put = async (key: string, press: Press): Promise<void> => {
    await storage.set(key, press);
    seePress(key, press);
  };

  const forget = async (press: Press): Promise<void> => {
    for (const [key, { id }] of kept) {
      if (id !== press.id) continue;
      await storage.remove(key);
      seePress(key, undefined);
    }
  };

  return {
    follow() {
      storage.watch(pressPrefix, seePress);
      storage.watch(refusedPrefix, seeRefused);
      storage.watch(lastKey, (_, value) => seeLast(value));
    },
    read: () => insist(time, async () => {
      seeLast(await storage.get(lastKey));
      for (const [key, value] of await storage.list(pressPrefix)) seePress(key, value);
      for (const [key, value] of await storage.list(refusedPrefix)) seeRefused(key, value);
    }),
    pending: () => inOrder(kept).map(([, press]) => press).filter(({ takenBack }) => !takenBack),
    refused: () => [...refused.values()].sort((a, b) => a.press.at - b.press.at),
    lastAt: order.lastAt,
    add: (press) => store(order.place(press)),
    tell(task) {
      const [key, last] = newest() ?? [];
      const pressedOn = heldOf(last)?.taskId;
      if (!key || !last || !pressedOn || !task.taskId || task.taskId === pressedOn) return;
      const { held, ...press } = last;
      void store([key, { ...press, task }]);
    },
    heldUntil: () => heldOf(newest()?.[1])?.until ?? 0,
    async stored(most) {
      const all = await storage.list(pressPrefix) as ReadonlyMap<string, Press>;
      for (const [key, press] of all) {
        gone.delete(key); // the storage knows better than late news
        seePress(key, press);
      }
      const presses = inOrder(all).map(([, press]) => press);
      if (heldOf(presses.at(-1))) presses.pop();
      const back = presses.findIndex(({ takenBack }) => takenBack);
      return presses.slice(0, Math.min(most, back < 0 ? most : back || 1));
    },
    async takeBack(id) {
      const [key, press] = inOrder(await storage.list(pressPrefix) as ReadonlyMap<string, Press>).at(-1) ?? [];
      if (!key || press?.id !== id) return false;
      await put(key, { ...press, takenBack: true });
      return true;
    },
    async giveBack({ takenBack, ...press }) {
      for (const [key, { id }] of kept) if (id === press.id) await put(key, press);
    },
    forget,
    async refuse(refused) {
      const key = refusedPrefix + refused.press.id;
      await storage.set(key, refused);
      seeRefused(key, refused);
      await forget(refused.press);
    },
    async dismiss(id) {
      seeRefused(refusedPrefix + id, undefined);
      await storage.remove(refusedPrefix + id);
    },
  };
}
