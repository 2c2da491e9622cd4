import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../types.ts";
import { Tab, World, settle } from "./platform.ts";

const page = (n: number): Task => ({ taskId: String(n), aetHighMinutes: n });

/** A rater who has pressed Next on the page of task 1, where the session began. */
async function rating(): Promise<{ world: World; tab: Tab }> {
  const world = new World();
  world.connect();
  const tab = await openAt(world, page(1));
  tab.widget.next();
  await settle();
  return { world, tab };
}

/** A tab at the page of a task; the widget starts again on each page. */
async function openAt(world: World, task: Task | undefined): Promise<Tab> {
  const tab = new Tab(world);
  await tab.widget.start();
  tab.widget.subscribe(() => {});
  tab.widget.pageSays(task, []);
  await settle();
  return tab;
}

const tasks = (world: World) => world.server.log.map((press) => press.taskId);

test("a Next before the submit gets the task of the page that follows", async () => {
  const { world, tab } = await rating();
  let here = tab;
  for (const n of [2, 3, 4]) {
    await world.time.advance(60_000);
    here.widget.next();
    await settle();
    assert.equal(world.server.log.length, n - 1, "it waits for the page");
    assert.equal(here.widget.view().questionNumber, n, "and is drawn at once");
    here.kill();
    await world.time.advance(1_500);
    here = await openAt(world, page(n));
  }
  assert.deepEqual(tasks(world), ["1", "2", "3", "4"]);
});

test("a Next on the page of the next task is sent at once", async () => {
  const { world, tab } = await rating();
  tab.kill();
  await world.time.advance(60_000);
  const next = await openAt(world, page(2));
  next.widget.next();
  await settle();
  assert.deepEqual(tasks(world), ["1", "2"]);
});

test("without another page it is sent after a few seconds, without a task", async () => {
  const { world, tab } = await rating();
  await world.time.advance(60_000);
  tab.widget.next();
  tab.widget.pageSays(page(1), []); // the page names its task again
  await world.time.advance(5_500);
  assert.equal(world.server.log.length, 1);
  await world.time.advance(1_000);
  assert.deepEqual(tasks(world), ["1", undefined]);
  const late = await openAt(world, page(2));
  assert.equal(late.widget.view().unsent, 0);
  assert.deepEqual(tasks(world), ["1", undefined], "a page that comes later changes nothing");
});

test("it is sent with the next press", async () => {
  const { world, tab } = await rating();
  await world.time.advance(60_000);
  tab.widget.next();
  await world.time.advance(1_000);
  tab.widget.pauseOrResume();
  await settle();
  assert.deepEqual(world.server.log.map((press) => press.type), ["NEXT", "NEXT", "PAUSE"]);
});

test("pressed again on the same page it is not kept back", async () => {
  const { world, tab } = await rating();
  await world.time.advance(60_000);
  tab.widget.next();
  await world.time.advance(7_000);
  tab.widget.next();
  await settle();
  assert.equal(world.server.log.length, 3);
});
