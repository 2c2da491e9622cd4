import assert from "node:assert/strict";
import { test } from "node:test";
import type { AwayAnswer } from "../types.ts";
import { Tab, World, settle } from "./platform.ts";

const minute = 60_000;

/** Two tabs; a question runs from `start`, the last sign is a minute later, and 14 minutes pass. */
async function away() {
  const world = new World();
  world.connect();
  const tabs = [new Tab(world), new Tab(world)] as const;
  for (const t of tabs) await t.widget.start();
  const start = world.time.real;
  tabs[0].widget.next();
  await world.time.advance(minute);
  tabs[0].widget.sign();
  await world.time.advance(14 * minute);
  tabs[1].widget.sign();
  await settle();
  return { world, tabs, start };
}

const pressed = (world: World, start: number) => world.server.log.map((l) => [l.type, (l.at - start) / minute, l.paused]);

for (const [answer, want] of [
  ["count", []],
  ["pause", [["PAUSE", 1, true], ["PAUSE", 15, false]]],
  ["end", [["EXIT", 1, undefined]]],
] as const satisfies readonly (readonly [AwayAnswer, readonly unknown[]])[]) {
  test(`away, answered with ${answer}, by the first tab only`, async () => {
    const { world, tabs, start } = await away();
    for (const t of tabs) assert.deepEqual(t.widget.view().away, { since: start + minute, until: start + 15 * minute });
    tabs[1].widget.answerAway(answer);
    tabs[0].widget.answerAway("end");
    await settle();
    assert.deepEqual(pressed(world, start), [["NEXT", 0, undefined], ...want]);
    for (const t of tabs) assert.equal(t.widget.view().away, null);
  });
}

test("nobody is asked while paused, and a press is an answer", async () => {
  const { world, tabs } = await away();
  tabs[0].widget.pauseOrResume();
  await settle();
  assert.equal(tabs[1].widget.view().away, null);
  await world.time.advance(30 * minute);
  tabs[0].widget.sign();
  assert.equal(tabs[0].widget.view().away, null);
});

test("the next tick notices that the machine slept", async () => {
  const world = new World();
  const tab = new Tab(world);
  await tab.widget.start();
  tab.widget.subscribe(() => {});
  tab.widget.next();
  await world.time.advance(3_000);
  const before = world.time.real;
  world.time.real += 20 * minute;
  await world.time.advance(1_000);
  assert.ok(tab.widget.view().away!.until >= before + 20 * minute);
});

test("nothing ticks when nothing runs or nobody looks", async () => {
  const world = new World();
  const tab = new Tab(world);
  let drawn = 0;
  await tab.widget.start();
  tab.widget.subscribe(() => drawn++);
  await settle();
  drawn = 0;
  await world.time.advance(10_000);
  assert.equal(drawn, 0);
  tab.widget.next();
  await settle();
  drawn = 0;
  await world.time.advance(10_000);
  assert.equal(drawn, 10);
  tab.widget.visible(false);
  drawn = 0;
  await world.time.advance(10_000);
  assert.equal(drawn, 0);
});
