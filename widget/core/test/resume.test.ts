import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, drawn, ended, minute, offered, open } from "./ended.ts";
import { type World, settle } from "./platform.ts";

test("an EXIT that the server has is taken back there; the question runs on with its start and its pauses", async () => {
  const { world, tab } = await ended();
  assert.deepEqual(offered(tab), ["none", true, "no session", ""]);
  assert.equal(tab.widget.view().today, "2 · 05:00");
  await world.time.advance(2 * minute);
  tab.widget.resume();
  await settle();
  assert.deepEqual(drawn(tab), ["running", 2, "04:00", "03:00", "1 · 03:00", "AET 4–5 min", 0]);
  assert.deepEqual(offered(tab), ["running", false, "running", ""]);
  tab.widget.pageSays({ taskId: "3" }, []);
  tab.widget.next();
  await settle();
  assert.deepEqual(world.server.log.map(({ type, session }) => [type, session]),
    [["NEXT", 1], ["NEXT", 1], ["PAUSE", 1], ["PAUSE", 1], ["EXIT", 1], ["NEXT", 1]]);
  assert.deepEqual(drawn(tab).slice(0, 5), ["running", 3, "00:00", "03:30", "2 · 07:00"]);
});

test("the day is asked for again, because it had the question that runs on", async () => {
  const { world, tab } = await ended();
  world.server.day = { date: "2026-03-02", total_questions: 5, total_active_seconds: 300, sessions: [] };
  await world.time.advance(minute);
  tab.widget.sendNow();
  await settle();
  assert.equal(tab.widget.view().today, "5 · 05:00");
  world.server.day = { date: "2026-03-02", total_questions: 3, total_active_seconds: 240, sessions: [] };
  tab.widget.resume();
  await settle();
  assert.equal(tab.widget.view().today, "3 · 04:00");
});

test("a session that was ended during a pause is paused again", async () => {
  const { world, tab } = await ended();
  tab.widget.next();
  await world.time.advance(minute);
  tab.widget.next();
  tab.widget.pauseOrResume();
  await world.time.advance(minute);
  tab.widget.end();
  await world.time.advance(minute);
  tab.widget.resume();
  await settle();
  assert.deepEqual(offered(tab), ["paused", false, "paused 02:00", ""]);
  assert.equal(tab.widget.view().average, "01:00", "the widget still knows what was closed before");
});

for (const [name, prepare, reason] of [
  ["offline", (world: World) => world.faults("lost"), "the server cannot be reached"],
  ["of another session", (world: World) => world.server.beginElsewhere(), "another session has begun since"],
  ["that the server does not know", (world: World) => world.server.log.pop(), "there is no such End"],
  ["when it is busy", (world: World) => world.faults("500"), "the server answered 500"],
  ["when it asks to wait", (world: World) => world.faults("429"), "slow down"],
] as const) {
  test(`an EXIT ${name} stands, and the reason is shown until something is pressed`, async () => {
    const { world, tab } = await ended();
    const other = await open(world);
    const before = drawn(tab);
    prepare(world);
    tab.widget.resume();
    await settle();
    for (const t of [tab, other]) {
      assert.deepEqual(offered(t), ["none", true, "no session", reason]);
      assert.deepEqual(drawn(t), before);
    }
    const again = await open(world);
    assert.deepEqual(offered(again), ["none", true, "no session", reason]);
    again.widget.next();
    assert.equal(again.widget.view().resumeProblem, "");
  });
}

test("nothing is asked while the server wants it so, or without a connection", async () => {
  const { world, tab } = await ended();
  world.faults("429");
  tab.widget.resume();
  await settle();
  tab.widget.resume();
  await settle();
  assert.deepEqual([asked(world), tab.widget.view().resumeProblem], [1, "the server asked to wait"]);
  await world.time.advance(8_000);
  tab.widget.resume();
  await settle();
  assert.equal(tab.widget.view().phase, "running");

  tab.widget.end();
  await settle();
  tab.widget.disconnect();
  await settle();
  tab.widget.resume();
  await settle();
  assert.deepEqual([asked(world), tab.widget.view().resumeProblem], [2, "not connected"]);
});

test("a second tap does nothing, in this tab and in another", async () => {
  const { world, tab } = await ended();
  const other = await open(world);
  tab.widget.resume();
  tab.widget.resume();
  other.widget.resume();
  await settle();
  other.widget.resume();
  await settle();
  assert.equal(asked(world), 1);
  for (const t of [tab, other]) assert.deepEqual(offered(t), ["running", false, "running", ""]);
});

test("a second tap while the server does not answer does not ask again when it fails", async () => {
  const { world, tab } = await ended();
  world.faults("lost");
  tab.widget.resume();
  for (let i = 0; i < 500 && asked(world) === 0; i++) {
    await Promise.resolve();
    if (i === 20) tab.widget.resume();
  }
  await settle();
  assert.deepEqual([asked(world), tab.widget.view().resumeProblem], [1, "the server cannot be reached"]);
});

test("an EXIT is offered although another device pressed Next in its session", async () => {
  const { world, tab } = await ended();
  tab.widget.next();
  await settle();
  world.server.log.push({ id: "elsewhere", type: "NEXT", at: world.time.real, session: 2 });
  await world.time.advance(minute);
  tab.widget.end();
  await settle();
  assert.deepEqual(offered(tab), ["none", true, "no session", ""]);
  tab.widget.resume();
  await settle();
  assert.deepEqual(drawn(tab).slice(0, 3), ["running", 2, "01:00"]);
});

test("an answer that was lost is asked for again, and changes nothing more", async () => {
  const { world, tab } = await ended();
  world.faults("answer lost");
  tab.widget.resume();
  await settle();
  assert.equal(tab.widget.view().resumeProblem, "the server cannot be reached");
  tab.widget.resume();
  await settle();
  assert.deepEqual([asked(world), world.server.takenBack.size, tab.widget.view().phase], [2, 1, "running"]);
});

test("a worker does what a page asks", async () => {
  const { world, tab: worker } = await ended();
  const page = await open(world, false);
  page.widget.resume();
  await settle();
  assert.deepEqual([asked(world), page.widget.view().phase, worker.widget.view().phase], [1, "running", "running"]);
});

test("a page that dies on the way leaves it to the next, unless that comes much later", async () => {
  for (const [ms, phase] of [[1_000, "running"], [61_000, "none"]] as const) {
    const { world, tab } = await ended();
    tab.widget.resume();
    world.beforeUse = () => { if (world.values.has("resume")) tab.kill(); };
    await settle();
    world.beforeUse = () => {};
    assert.equal(tab.isDead, true);
    await world.time.advance(ms);
    const next = await open(world);
    assert.deepEqual(offered(next), [phase, phase === "none", phase === "none" ? "no session" : "running", ""]);
  }
});

test("what is pressed before it is asked goes first: then the EXIT stands", async () => {
  const { world, tab } = await ended();
  const other = await open(world);
  const release = world.lock(tab).hold("send", settle);
  tab.widget.resume();
  other.widget.next();
  await release;
  await settle();
  assert.deepEqual([asked(world), world.server.state().session_id], [0, "s2"]);
});

test("a session that something else ended is not offered", async () => {
  const { world, tab } = await ended();
  tab.widget.next();
  await settle();
  world.faults("answer lost");
  tab.widget.pauseOrResume();
  await settle();
  world.server.log.push({ id: "elsewhere", type: "EXIT", at: world.time.real, session: 2 });
  tab.widget.sendNow();
  await settle();
  assert.deepEqual(offered(tab), ["none", false, "no session", ""]);
});
