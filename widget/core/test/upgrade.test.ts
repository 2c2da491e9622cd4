import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Tab, World, settle } from "./platform.ts";

type Records = Readonly<Record<string, any>>;
type Situation = "not connected" | "connected, nothing waits" | "a NEXT kept back for its page" | "asked to wait, one refused" | "away, not answered";

const recorded = (name: string): Readonly<Record<Situation, Records>> =>
  JSON.parse(readFileSync(new URL(`../../../core/testdata/${name}.json`, import.meta.url), "utf8"));
const [version1, version2] = [recorded("version1"), recorded("version2")];

/** A browser in which an old version was in this situation, at the time of its last press. */
function browserOf(situation: Situation, version = version1): World {
  const world = new World();
  const records = version[situation];
  for (const [key, value] of Object.entries(records)) world.values.set(key, JSON.stringify(value));
  world.time.real = (records["last-press"] ?? records["v2:last-press"]) as number;
  world.server.access = "access-1";
  world.server.refresh = "refresh-1";
  return world;
}

async function open(world: World, sends = true): Promise<Tab> {
  const tab = new Tab(world, sends, true);
  const started = tab.widget.start();
  await world.time.advance(0);
  await started;
  tab.widget.subscribe(() => {});
  await settle();
  return tab;
}

const idsOf = (records: Records): string[] =>
  Object.entries(records).filter(([key]) => /^(v2:)?press:/.test(key)).map(([, press]) => press.id as string).sort();
const arrived = (world: World): string[] => world.server.log.map((press) => press.id).sort();
const stored = (world: World, key: string): any => JSON.parse(world.values.get(`v3:${key}`) ?? "null");
const oldKeys = (world: World): string[] => [...world.values.keys()].filter((key) => !key.startsWith("v3:") && !key.endsWith("connection"));

/** Every name in a record, of objects inside it too. */
const namesIn = (value: unknown): string[] => typeof value !== "object" || value === null ? []
  : Array.isArray(value) ? value.flatMap(namesIn) : Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);

const short = /^(_|\$|[a-zA-Z][a-zA-Z$_]?)$/;
const words = new Set(["id", "at", "by"]);

const situations = Object.keys(version1) as Situation[];
for (const [situation, version, name] of situations.flatMap((s) => [[s, version1, "version 1"], [s, version2, "version 2"]] as const)) {
  test(`"${situation}" in ${name}: every record is stored again, in words`, async () => {
    const world = browserOf(situation, version);
    world.faults(...Array.from({ length: 9 }, () => "lost" as const));
    await open(world);
    assert.deepEqual(oldKeys(world), []);
    for (const key of Object.keys(version[situation])) assert.notEqual(stored(world, key.replace("v2:", "")), null, key);
    for (const [key, text] of world.values) {
      if (!key.startsWith("v3:")) continue;
      for (const name of namesIn(JSON.parse(text))) assert.ok(words.has(name) || !short.test(name), `${name} in ${key}`);
    }
  });

  test(`"${situation}" in ${name}: a page that dies on the way loses nothing and doubles nothing`, async () => {
    for (let uses = 1; uses <= 60; uses++) {
      const world = browserOf(situation, version);
      const dying = new Tab(world, true, true);
      let used = 0;
      world.beforeUse = () => { if (++used === uses) dying.kill(); };
      void dying.widget.start();
      await settle();
      dying.kill();
      world.beforeUse = () => {};
      const tab = await open(world);
      if (situation === "not connected") world.connect("v3:");
      await world.time.advance(700_000);
      tab.widget.sendNow();
      await settle();
      const lost = idsOf(version[situation]).filter((id) => !arrived(world).includes(id) && !world.server.refusedIds.includes(id));
      assert.deepEqual(lost, [], `lost after ${uses} uses of the storage`);
      assert.equal(new Set(arrived(world)).size, world.server.log.length);
      assert.deepEqual([...world.values.keys()].filter((key) => key.includes("press:")), []);
      tab.kill();
    }
  });
}

test("presses that were made before there was a connection arrive with their task, once", async () => {
  const world = browserOf("not connected");
  const tab = await open(world);
  const { unsent, questionNumber, connection } = tab.widget.view();
  assert.deepEqual([unsent, questionNumber, connection.stage], [3, 1, "pairing"]);
  assert.deepEqual(stored(world, "settings"), {
    hotkeys: { next: "Alt+N", pause: "Ctrl+Shift+P", undo: "Ctrl+Shift+Q", end: "Ctrl+Shift+X" }, autoNext: true, awayMinutes: 9, theme: "dark",
  });
  const { verifier } = stored(world, "pairing");
  world.server.challengeOf(verifier);
  tab.widget.enterCode("code");
  await settle();
  assert.deepEqual(arrived(world), idsOf(version1["not connected"]));
  assert.deepEqual(world.server.log.map(({ type, paused, taskId }) => [type, paused, taskId]),
    [["NEXT", undefined, "1001"], ["PAUSE", true, undefined], ["PAUSE", false, undefined]]);
});

test("the clock, the day and what was confirmed go on", async () => {
  const world = browserOf("connected, nothing waits");
  await world.time.advance(60_000);
  const tab = await open(world);
  const view = tab.widget.view();
  assert.deepEqual([view.phase, view.questionNumber, view.clock, view.today, view.hint, view.connection.stage],
    ["running", 2, "01:00", "4 · 09:01", "AET 1 min", "connected"]);
  const { state, day, ids } = stored(world, "base");
  assert.deepEqual([state.history.length, state.history[1].task.taskType, state.history[0].opening, state.activeMs, ids.length],
    [2, "Needs Met · Mobile", true, 1062, 4]);
  assert.deepEqual([day.questionCount, Object.values(day.sessions)], [4, [{ questionCount: 3, activeMs: 540_000 }]]);
  tab.widget.undo();
  assert.equal(tab.widget.view().hint, "AET 3–4 min");
});

test("a NEXT that is kept back still gets the task of the page that follows", async () => {
  const world = browserOf("a NEXT kept back for its page");
  const tab = await open(world);
  assert.equal(world.server.log.length, 0, "it is kept back");
  tab.widget.pageSays({ taskId: "1003" }, []);
  await settle();
  assert.deepEqual(world.server.log.map(({ type, taskId }) => [type, taskId]), [["NEXT", "1003"]]);
});

test("the time that the server asked for holds, and a refused press is still shown", async () => {
  const world = browserOf("asked to wait, one refused");
  const tab = await open(world);
  assert.deepEqual(tab.widget.view().refused.map(({ press, reason }) => [press.type, reason]), [["PAUSE", "in the future"]]);
  tab.widget.sendNow();
  await settle();
  assert.equal(world.server.calls.length, 0);
  await world.time.advance(601_000);
  assert.deepEqual(arrived(world), idsOf(version1["asked to wait, one refused"]));
});

test("a question that is open is answered with the right times", async () => {
  const world = browserOf("away, not answered");
  const { K: since, o: until } = version1["away, not answered"]["away"];
  const tab = await open(world);
  assert.deepEqual(tab.widget.view().away, { since, until });
  await world.time.advance(until - world.time.real);
  tab.widget.answerAway("pause");
  await settle();
  const last = world.server.log.slice(-2).map(({ type, at, paused }) => [type, at, paused]);
  assert.deepEqual(last, [["PAUSE", since, true], ["PAUSE", until, false]]);
});

test("what a page asked the old worker is done by the new one", async () => {
  const world = browserOf("connected, nothing waits");
  world.values.set("ask:0.5", JSON.stringify({ bM: "disconnect", code: "" }));
  await open(world);
  assert.ok(world.server.revoked);
  assert.equal(stored(world, "credential"), null);
});

/** What a page with version 1 stores for a press of Next on the page of a task. */
function pressOnOldPage(world: World, storage: ReturnType<World["storage"]>, id: string): Promise<void> {
  const at = world.time.real;
  return storage.set(`press:${String(at).padStart(15, "0")}:000000:${id}`, { id, type: "NEXT", at, c: { n: "1009", O: 2 } });
}

test("a press on a page that still has version 1 arrives once, and that page is told", async () => {
  const world = browserOf("connected, nothing waits");
  const old = world.storage(new Tab(world));
  const tabs = [await open(world), await open(world)] as const;
  assert.equal(await old.get("credential"), undefined, "the old page can still send");
  const said = { ah: "disconnected", stage: "disconnected", reason: "this page runs an older version: reload it" };
  for (const key of ["connection", "v2:connection"]) assert.deepEqual(await old.get(key), said);
  await world.time.advance(5_000);
  await pressOnOldPage(world, old, "old-1");
  await settle();
  tabs[1].widget.next();
  await settle();
  assert.deepEqual(world.server.log.map(({ type, taskId }) => [type, taskId]), [["NEXT", "1009"], ["NEXT", undefined]]);
  for (const tab of tabs) assert.deepEqual([tab.widget.view().questionNumber, tab.widget.view().unsent], [2, 0]);

  await pressOnOldPage(world, old, "old-1"); // as a crash may leave it behind
  await settle();
  assert.equal(world.server.calls.filter(({ path }) => path === "/events/batch").length, 2, "a confirmed press was sent again");
  assert.deepEqual(oldKeys(world), []);
});

test("a press on a page that still has version 2 arrives once", async () => {
  const world = browserOf("connected, nothing waits", version2);
  const old = world.storage(new Tab(world));
  const tab = await open(world);
  assert.equal(await old.get("v2:credential"), undefined, "the old page can still send");
  const at = world.time.real;
  await old.set(`v2:press:${String(at).padStart(15, "0")}:000000:old-1`, { id: "old-1", type: "NEXT", at, task: { taskId: "1009" } });
  await settle();
  assert.deepEqual(world.server.log.map(({ id, taskId }) => [id, taskId]), [["old-1", "1009"]]);
  assert.deepEqual([tab.widget.view().today, oldKeys(world)], ["5 · 09:01", []]);
});

test("presses on an old page wait for a new page", async () => {
  const world = browserOf("connected, nothing waits");
  const old = world.storage(new Tab(world));
  (await open(world)).kill();
  await pressOnOldPage(world, old, "old-1");
  await settle();
  assert.equal(world.server.log.length, 0);
  await open(world);
  assert.deepEqual(arrived(world), ["old-1"]);
});

test("a page that is connected again from an old page uses the newer credential", async () => {
  const world = browserOf("connected, nothing waits");
  const old = world.storage(new Tab(world));
  await open(world);
  const { expiresAt } = stored(world, "credential");
  await old.set("credential", { _: "access-0", aX: "refresh-0", aW: expiresAt - 1 });
  await settle();
  assert.equal(stored(world, "credential").accessToken, "access-1");
  await old.set("credential", { _: "access-2", aX: "refresh-2", aW: expiresAt + 1 });
  await settle();
  assert.equal(stored(world, "credential").accessToken, "access-2");
});

test("it waits for an old page that sends, and not longer than a moment to be there", async () => {
  const world = browserOf("asked to wait, one refused");
  const waiting = idsOf(version1["asked to wait, one refused"]);
  world.values.delete("connection");
  let answered = (): void => {};
  const sending = world.lock(new Tab(world)).hold("send", () => new Promise<void>((done) => { answered = done; }));
  await settle();
  const tab = new Tab(world, true, true);
  let isStarted = false;
  void tab.widget.start().then(() => { isStarted = true; });
  await world.time.advance(1_900);
  assert.equal(isStarted, false);
  await world.time.advance(200);
  assert.equal(isStarted, true);
  tab.widget.subscribe(() => {});
  assert.equal(world.server.log.length, 0);
  answered();
  await sending;
  await settle();
  await settle();
  assert.deepEqual(arrived(world), waiting);
  assert.deepEqual([tab.widget.view().phase, tab.widget.view().unsent], ["paused", 0]);
});
