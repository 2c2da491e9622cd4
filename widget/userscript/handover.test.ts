import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lock, Time } from "../core/types.ts";
import { handover } from "./handover.ts";
import { values } from "./values.ts";

type Told = (name: string, before: unknown, after: unknown, byAnotherTab: boolean) => void;

/** The manager of one tab. `hear` brings what another tab has written. */
function manager() {
  const kept = new Map<string, unknown>();
  let told: Told = () => {};
  Object.assign(globalThis, {
    GM_getValue: (name: string) => kept.get(name),
    GM_setValue: (name: string, value: unknown) => { kept.set(name, value); },
    GM_deleteValue: (name: string) => { kept.delete(name); },
    GM_listValues: () => [...kept.keys()],
    GM_addValueChangeListener: (_: string, changed: Told) => { told = changed; },
  });
  return {
    hear(key: string, value: unknown, announced: string): void {
      kept.set(key, JSON.stringify(value));
      told("~changed", "", announced, true);
    },
  };
}

/** Web Locks. `held` are those of other tabs. */
class Locks {
  readonly held = new Set<string>();
  readonly #ends = new Map<string, Promise<unknown>>();

  async query(): Promise<LockManagerSnapshot> {
    return { held: [...this.held, ...this.#ends.keys()].map((name) => ({ name, mode: "exclusive" as const, clientId: "" })), pending: [] };
  }

  async request(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const before = this.#ends.get(name);
    const end = (async () => { await before; return work(); })();
    this.#ends.set(name, end);
    await end;
    if (this.#ends.get(name) === end) this.#ends.delete(name);
    return undefined;
  }
}

function setUp(present: readonly string[] = []) {
  const { hear } = manager();
  const later: (() => void)[] = [];
  const time: Time = { now: () => 0, after: (_, call) => { later.push(call); return () => { later.splice(later.indexOf(call), 1); }; } };
  const locks = new Locks();
  for (const name of present) locks.held.add(name);
  const storage = values(time);
  const free: Lock = { hold: (_, work) => work() };
  const lock = handover(free, storage, locks as unknown as LockManager);
  let entered = 0;
  const enter = (): Promise<void> => lock.hold("send", async () => { entered++; });
  return { hear, later, locks, storage, enter, lock, entered: () => entered };
}

/** Resolves when everything that is ready to run has run. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
const written = (text: string): string => `raterhub-tracker written:${text}`;

test("it waits until what the last tab has written is here", async () => {
  const { hear, later, locks, storage, enter, entered } = setUp();
  await settled();
  locks.held.add(written("other 3"));
  const done = enter();
  await settled();
  assert.equal(entered(), 0, "it went in before");
  hear("press:1", { id: "1" }, "other 2 press:1");
  await settled();
  assert.equal(entered(), 0, "it went in before the last write");
  hear("press:2", { id: "2" }, "other 3 press:2");
  await done;
  assert.equal(entered(), 1);
  assert.equal((await storage.list("press:")).size, 2);
  assert.equal(later.length, 0, "a timer is left");
});

test("work under another lock waits for the same news", async () => {
  const { hear, locks, lock } = setUp();
  await settled();
  locks.held.add(written("other 1"));
  const entered: string[] = [];
  const enter = (name: string): Promise<void> => lock.hold(name, async () => { entered.push(name); });
  const first = enter("send");
  await settled();
  const second = enter("away"); // while the first waits
  await settled();
  assert.deepEqual(entered, [], "it went in before");
  hear("away", undefined, "other 1 away");
  await Promise.all([first, second]);
  assert.deepEqual(entered, ["send", "away"]);
});

test("it gives up on news that do not come, and waits for them once", async () => {
  const { later, locks, enter, entered } = setUp();
  await settled();
  locks.held.add(written("other 3"));
  const done = enter();
  await settled();
  later.forEach((call) => call());
  await done;
  await enter();
  assert.equal(entered(), 2);
});

test("a page starts with what was written before it", async () => {
  const { enter, entered } = setUp([written("other 3")]);
  await enter();
  assert.equal(entered(), 1);
});

test("locks that cannot be queried stop nothing", async () => {
  const { locks, lock, storage } = setUp();
  await settled();
  const left = (): Promise<never> => Promise.reject(new Error("the page is being left"));
  locks.query = left;
  locks.request = left;
  await lock.hold("send", () => storage.set("base", 1));
  await lock.hold("send", () => storage.set("base", 2));
  assert.equal(await storage.get("base"), 2);
});

test("it says once how much it has written, and holds one lock for that", async () => {
  const { locks, lock, storage, enter } = setUp();
  const said = async (): Promise<string[]> => (await locks.query()).held!.map(({ name }) => name!);
  await lock.hold("send", () => storage.set("base", 1));
  const first = await said();
  assert.equal(first.length, 1);
  assert.equal(first[0], written(storage.written()));
  await enter(); // nothing was written
  await lock.hold("send", () => storage.remove("base"));
  await settled();
  assert.deepEqual(await said(), [written(storage.written())]);
  assert.notEqual(first[0], written(storage.written()));
});

test("two that write at once leave one lock behind", async () => {
  const { locks, lock, storage } = setUp();
  await settled();
  const grant = locks.request.bind(locks);
  locks.request = async (name, work) => { await settled(); return grant(name, work); }; // as slow as a browser
  const first = lock.hold("send", () => storage.set("send", 1));
  const second = lock.hold("away", async () => { await Promise.resolve(); await storage.set("away", 1); });
  await Promise.all([first, second]);
  await settled();
  assert.deepEqual((await locks.query()).held!.map(({ name }) => name), [written(storage.written())]);
});

test("work that fails hands over too", async () => {
  const { locks, lock, storage } = setUp();
  await assert.rejects(lock.hold("send", async () => {
    await storage.set("base", 1);
    throw new Error("broken");
  }), /broken/);
  assert.equal((await locks.query()).held!.length, 1);
});

test("it tells of changes in its own tab and in others, and of no other key", async () => {
  const { hear, storage } = setUp();
  const seen: unknown[] = [];
  storage.watch("press:", (key, value) => seen.push([key, value]));
  await storage.set("press:1", 7);
  await storage.set("base", 8);
  hear("press:2", 9, "other 1 press:2");
  hear("press:2", 10, "not an announcement");
  await storage.remove("press:1");
  assert.deepEqual(seen, [["press:1", 7], ["press:2", 9], ["press:1", undefined]]);
});
