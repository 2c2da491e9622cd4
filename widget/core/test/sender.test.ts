import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../backoff.ts";
import { retryAfterMs } from "../wire.ts";
import { Tab, World, settle } from "./platform.ts";

async function connected(): Promise<{ world: World; tab: Tab }> {
  const world = new World();
  world.connect();
  const tab = new Tab(world);
  await tab.widget.start();
  tab.widget.subscribe(() => {});
  await settle();
  world.server.calls.length = 0;
  return { world, tab };
}

const batches = (world: World) => world.server.calls.filter((c) => c.path === "/events/batch");

test("a press is drawn before storage has answered", async () => {
  const { tab } = await connected();
  tab.widget.next();
  assert.equal(tab.widget.view().phase, "running");
  assert.equal(tab.widget.view().questionNumber, 1);
  assert.equal(tab.widget.view().unsent, 1);
});

test("an hour offline arrives in one call, with the times as pressed", async () => {
  const { world, tab } = await connected();
  world.faults(...Array.from({ length: 400 }, () => "lost" as const));
  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    times.push(world.time.real);
    tab.widget.next();
    await world.time.advance(60_000);
  }
  assert.equal(tab.widget.view().unsent, 60);
  assert.equal(tab.widget.view().questionNumber, 60);
  assert.equal(tab.widget.view().connection.stage, "waiting");
  world.server.faults = [];
  const before = batches(world).length;
  tab.widget.sendNow();
  await settle();
  assert.equal(batches(world).length - before, 1);
  assert.deepEqual(world.server.log.map((l) => l.at), times);
  assert.equal(tab.widget.view().unsent, 0);
  assert.equal(tab.widget.view().clock, "01:00");
});

for (const [fault, reason] of [
  ["429", "slow down"], ["500", "the server answered 500"], ["page", "the server answered 502"],
] as const) {
  test(`the reason to wait is the server's own text, if there is one: ${fault}`, async () => {
    const { world, tab } = await connected();
    world.faults(fault);
    tab.widget.next();
    await settle();
    const { connection, unsent } = tab.widget.view();
    assert.deepEqual([connection.stage === "waiting" && connection.reason, unsent], [reason, 1]);
    await world.time.advance(60_000);
    assert.equal(world.server.log.length, 1);
  });
}

test("a new press does not override Retry-After", async () => {
  const { world, tab } = await connected();
  world.faults("429");
  tab.widget.next();
  await settle();
  tab.widget.next();
  tab.widget.sendNow();
  tab.widget.sendNow();
  await world.time.advance(6_900);
  assert.equal(batches(world).length, 1);
  await world.time.advance(200);
  assert.equal(world.server.log.length, 2);
});

test("a new press does not wait for the network's back-off", async () => {
  const { world, tab } = await connected();
  world.faults("lost", "lost");
  tab.widget.next();
  await settle();
  tab.widget.next();
  await settle();
  tab.widget.next();
  await settle();
  assert.equal(world.server.log.length, 3);
});

test("only the press that the server cannot read is refused, not its batch", async () => {
  const { world, tab } = await connected();
  world.faults("lost");
  tab.widget.next();
  await settle();
  world.faults("lost", "lost", "lost", "lost", "lost", "lost", "lost", "lost");
  for (let i = 0; i < 8; i++) tab.widget.next();
  await settle();
  const ids = [...world.stored];
  world.server.poison = ids[4]!;
  world.server.faults = [];
  tab.widget.sendNow();
  await world.time.advance(5_000);
  await settle();
  await settle();
  assert.equal(world.server.log.length, 8);
  assert.deepEqual(tab.widget.view().refused.map((r) => [r.press.id, r.reason]), [[ids[4], "cannot be read"]]);
  tab.widget.dismissRefused(ids[4]!);
  await settle();
  assert.equal(tab.widget.view().refused.length, 0);
});

test("a revoked device keeps its presses", async () => {
  const { world, tab } = await connected();
  world.server.revoked = true;
  tab.widget.next();
  await settle();
  const view = tab.widget.view();
  assert.deepEqual([view.connection.stage, view.unsent], ["disconnected", 1]);
});

test("a worker sends what a page wrote", async () => {
  const world = new World();
  world.connect();
  const worker = new Tab(world);
  const page = new Tab(world, false);
  await worker.widget.start();
  await page.widget.start();
  page.widget.next();
  await settle();
  assert.equal(world.server.log.length, 1);
  assert.equal(page.widget.view().unsent, 0);
});

test("back-off doubles up to five minutes; Retry-After is read in both forms", () => {
  assert.deepEqual([1, 2, 3, 9, 10, 99].map((n) => backoff(n, () => 0)), [1000, 2000, 4000, 256_000, 300_000, 300_000]);
  assert.equal(backoff(1, () => 1), 800);
  const now = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(retryAfterMs("30", now), 30_000);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:01:00 GMT", now), 60_000);
  assert.equal(retryAfterMs("soon", now), null);
  assert.equal(retryAfterMs(null, now), null);
});

test("presses of one millisecond keep their order", async () => {
  const { world, tab } = await connected();
  for (const k of ["next", "pauseOrResume", "next", "undo", "next", "end", "next", "pauseOrResume"] as const) tab.widget[k]();
  await settle();
  await settle();
  assert.deepEqual(world.server.log.map((l) => l.type), ["NEXT", "PAUSE", "NEXT", "UNDO", "NEXT", "EXIT", "NEXT", "PAUSE"]);
});

test("a press that storage refuses at first is stored before the next one", async () => {
  const { world, tab } = await connected();
  world.storageFaults = 1;
  tab.widget.next();
  tab.widget.pauseOrResume();
  await world.time.advance(5_000);
  assert.deepEqual(world.server.log.map((l) => l.type), ["NEXT", "PAUSE"]);
  assert.equal(tab.widget.view().refused.length, 0);
});

test("two tabs make one call at a time", async () => {
  const { world, tab } = await connected();
  const other = new Tab(world);
  await other.widget.start();
  tab.widget.next();
  other.widget.next();
  tab.widget.sendNow();
  other.widget.sendNow();
  await settle();
  await settle();
  assert.equal(world.server.log.length, 2);
  assert.equal(world.mostAtOnce, 1);
});

test("a crash after the state was stored counts nothing twice", async () => {
  const { world, tab } = await connected();
  tab.widget.next();
  await world.time.advance(60_000);
  world.faults("lost");
  tab.widget.next();
  await settle();
  const left = [...world.values].filter(([k]) => k.startsWith("press:"));
  tab.widget.sendNow();
  await settle();
  tab.kill();
  for (const [k, v] of left) world.values.set(k, v);
  world.faults("lost");
  const again = new Tab(world);
  await again.widget.start();
  const drawn = () => { const v = again.widget.view(); return [v.questionNumber, v.unsent, v.average, v.today]; };
  assert.deepEqual(drawn(), [2, 0, "01:00", "1 · 01:00"]);
  await settle();
  again.widget.sendNow();
  await settle();
  assert.deepEqual(drawn(), [2, 0, "01:00", "1 · 01:00"]);
  again.widget.undo();
  assert.equal(again.widget.view().today, "0 · 00:00");
});

test("a press that is stored again after it was sent is sent once more, and goes", async () => {
  const { world, tab } = await connected();
  world.faults("lost");
  tab.widget.next();
  await settle();
  const left = [...world.values].filter(([k]) => k.startsWith("press:"));
  tab.widget.sendNow();
  await settle();
  for (const [k, v] of left) world.values.set(k, v);
  const before = batches(world).length;
  tab.widget.sendNow();
  await settle();
  assert.deepEqual([left.length, batches(world).length - before, world.server.log.length], [1, 1, 1]);
  assert.deepEqual([...world.values.keys()].filter((k) => k.startsWith("press:")), []);
});

test("a press made while the clock was days ahead does not change the times of later ones", async () => {
  const { world, tab } = await connected();
  world.faults("lost", "lost", "lost", "lost");
  const started = world.time.real;
  tab.widget.next();
  world.time.skew = 3 * 86_400_000;
  tab.widget.next();
  world.time.skew = 0;
  await world.time.advance(5);
  tab.widget.next();
  await settle();
  const times = [...world.values].filter(([k]) => k.startsWith("press:")).map(([, v]) => (JSON.parse(v) as { at: number }).at - started);
  assert.deepEqual(times.sort((a, b) => a - b), [0, 5, 3 * 86_400_000]);
});

test("the widget starts although the storage fails for a moment", async () => {
  for (let faults = 1; faults <= 8; faults++) {
    const world = new World();
    world.connect();
    const before = new Tab(world);
    await before.widget.start();
    before.widget.next();
    await settle();
    before.kill();
    world.storageFaults = faults;
    const tab = new Tab(world);
    const started = tab.widget.start();
    await world.time.advance(10_000);
    await started;
    tab.widget.subscribe(() => {});
    assert.equal(tab.widget.view().questionNumber, 1, `after ${faults} faults`);
    tab.widget.next();
    await settle();
    assert.equal(world.server.log.length, 2, `after ${faults} faults`);
  }
});
