import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, ended, minute, offered, offline, open } from "./ended.ts";
import { World, settle } from "./platform.ts";

test("offline, an EXIT that was not sent leaves the queue, and never arrives", async () => {
  const { world, tab } = await ended(...offline);
  assert.deepEqual(offered(tab), ["none", true, "no session", ""]);
  await world.time.advance(2 * minute);
  tab.widget.resume();
  await settle();
  assert.deepEqual(drawn(tab), ["running", 2, "04:00", "03:00", "1 · 03:00", "AET 4–5 min", 0]);
  tab.widget.pageSays({ taskId: "3" }, []);
  tab.widget.next();
  await settle();
  tab.kill();
  const again = await open(world); // a reload keeps it
  assert.deepEqual(drawn(again).slice(0, 3), ["running", 3, "00:00"]);
  world.server.faults = [];
  again.widget.sendNow();
  await settle();
  assert.deepEqual(world.server.log.map(({ type, session }) => [type, session]),
    [["NEXT", 1], ["NEXT", 1], ["PAUSE", 1], ["PAUSE", 1], ["NEXT", 1]]);
  assert.deepEqual([...world.values.keys()].filter((key) => key.startsWith("press:") || key === "resume"), []);
});

test("an EXIT that leaves the queue never arrives, whatever waits before and behind it", async () => {
  const world = new World();
  const tab = await open(world);
  for (const key of ["next", "end", "resume", "next", "end"] as const) {
    tab.widget[key]();
    await world.time.advance(minute);
  }
  world.connect();
  tab.widget.sendNow();
  await settle();
  assert.deepEqual(world.server.log.map(({ type, session }) => [type, session]), [["NEXT", 1], ["NEXT", 1], ["EXIT", 1]]);
  assert.equal(tab.widget.view().today, "2 · 04:00");
});

test("an EXIT that arrived although its answer was lost is taken back before anything else is sent", async () => {
  const { world, tab } = await ended("answer lost", ...offline);
  tab.widget.resume();
  await world.time.advance(minute);
  tab.widget.pageSays({ taskId: "3" }, []);
  tab.widget.next();
  await settle();
  assert.equal(tab.widget.view().questionNumber, 3);
  world.server.faults = [];
  tab.widget.sendNow();
  await settle();
  assert.deepEqual(world.server.log.map(({ type, session }) => [type, session]),
    [["NEXT", 1], ["NEXT", 1], ["PAUSE", 1], ["PAUSE", 1], ["EXIT", 1], ["NEXT", 1]]);
  assert.deepEqual(drawn(tab).slice(0, 5), ["running", 3, "00:00", "03:00", "2 · 06:00"]);
});

test("an EXIT that arrived, and that the server does not take back, stands", async () => {
  const { world, tab } = await ended("answer lost", ...offline);
  tab.widget.resume();
  await settle();
  assert.equal(tab.widget.view().phase, "running");
  world.server.beginElsewhere();
  world.server.faults = [];
  tab.widget.sendNow();
  await settle();
  await settle();
  const { phase, questionNumber, clock } = tab.widget.view();
  assert.deepEqual([phase, questionNumber, clock], ["running", 1, "00:00"], "the session of the other device");
  assert.deepEqual([world.server.log.filter(({ type }) => type === "EXIT").length, world.server.takenBack.size], [1, 0]);
  assert.deepEqual([...world.values.keys()].filter((key) => key.startsWith("press:")), []);
});

test("it waits for an EXIT that is being sent at that moment", async () => {
  const { world, tab } = await ended();
  tab.widget.next();
  await settle();
  let answer = (): void => {};
  const held = world.lock(tab).hold("send", () => new Promise<void>((done) => { answer = done; }));
  tab.widget.end();
  await settle();
  tab.widget.resume();
  await settle();
  assert.deepEqual(offered(tab), ["none", true, "resuming …", ""]);
  assert.equal(world.takenBack.size, 0);
  answer();
  await held;
  await settle();
  assert.equal(tab.widget.view().phase, "running");
});
