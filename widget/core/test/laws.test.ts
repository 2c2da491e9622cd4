import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Tab, World, settle } from "./platform.ts";
import type { Fault } from "./server.ts";

type Move =
  | { do: "press"; tab: 0 | 1; key: "next" | "pauseOrResume" | "undo" | "end" | "resume" }
  | { do: "wait"; ms: number }
  | { do: "jump"; ms: number }
  | { do: "die"; tab: 0 | 1 }
  | { do: "fault"; fault: Fault }
  | { do: "storage" };

const tab = fc.constantFrom<0 | 1>(0, 1);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("press" as const), tab, key: fc.constantFrom("next" as const, "next" as const, "pauseOrResume" as const, "undo" as const, "end" as const, "resume" as const, "resume" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("jump" as const), ms: fc.integer({ min: -60_000, max: 1_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), tab }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fault" as const), fault: fc.constantFrom<Fault>("lost", "answer lost", "401", "429", "500") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("storage" as const) }) },
);

async function open(world: World): Promise<Tab> {
  const tab = new Tab(world);
  let isStarted = false;
  void tab.widget.start().then(() => { isStarted = true; });
  // If the storage failed, it is asked again a little later.
  for (await settle(); !isStarted;) await world.time.advance(500);
  tab.widget.subscribe(() => {});
  return tab;
}

/** Resume is a button that appears after End, so a person finds it a moment later. */
async function endIfItRuns({ widget }: Tab): Promise<void> {
  widget.end();
  await settle();
}

async function play(world: World, moves: readonly Move[]): Promise<void> {
  const tabs = [await open(world), await open(world)];
  let last: 0 | 1 = 0;
  for (const m of moves) {
    if (m.do === "press" && m.tab !== last) await settle(); // a person needs longer to press in another tab
    if (m.do === "press") last = m.tab;
    if (m.do === "press" && m.key === "resume") await endIfItRuns(tabs[m.tab]!);
    if (m.do === "press") tabs[m.tab]!.widget[m.key]();
    if (m.do === "wait") await world.time.advance(m.ms);
    // A clock that is set back further counts as having been wrong: see order.ts.
    if (m.do === "jump") world.time.skew = Math.max(-60_000, world.time.skew + m.ms);
    if (m.do === "fault") world.faults(m.fault);
    if (m.do === "storage") world.storageFaults++;
    if (m.do === "die") {
      tabs[m.tab]!.kill();
      tabs[m.tab] = await open(world);
    }
  }
  world.server.faults = [];
  world.storageFaults = 0;
  await world.time.advance(700_000);
  for (const t of tabs) t.kill();
}

test("nothing is lost, nothing is doubled, the order is kept, whatever fails on the way", async () => {
  let sent = 0;
  let resumed = 0;
  await fc.assert(fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 25 }), async (moves) => {
    const world = new World();
    world.connect();
    await play(world, moves);
    const { log } = world.server;
    sent += log.length;
    resumed += world.server.takenBack.size + world.takenBack.size;
    const arrived = [...log.map((l) => l.id), ...new Set(world.server.refusedIds)];
    for (const id of world.takenBack) assert.ok(!arrived.includes(id) || world.server.takenBack.has(id), "what was taken back does not count");
    const neverSent = [...world.takenBack].filter((id) => !arrived.includes(id));
    assert.deepEqual([...arrived, ...neverSent].sort(), [...world.stored].sort(), "each stored press arrives once");
    assert.deepEqual([...world.values.keys()].filter((k) => k.startsWith("press:")), [], "nothing is left");
    const refused = [...world.values.keys()].filter((k) => k.startsWith("refused:")).map((k) => k.slice(8));
    for (const id of refused) assert.ok(world.server.refusedIds.includes(id), "only what the server refused is refused");
    // A press that could not be stored at once may arrive after one of another tab: the
    // server places it by its time.
    if (moves.some((m) => m.do === "storage")) return;
    for (const [i, l] of log.entries()) assert.ok(i === 0 || log[i - 1]!.at <= l.at, "in order");
  }), { numRuns: 60 });
  assert.ok(sent > 100, `${sent} presses arrived`);
  assert.ok(resumed > 3, `${resumed} EXITs were taken back`);
});

test("what is drawn offline is what the server says afterwards", async () => {
  const key = fc.constantFrom("next" as const, "next" as const, "next" as const, "pauseOrResume" as const, "undo" as const, "end" as const, "resume" as const);
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(key, fc.integer({ min: 0, max: 400_000 })), { maxLength: 30 }), async (keys) => {
    const world = new World();
    const tab = await open(world);
    for (const [k, ms] of keys) {
      if (k === "resume") await endIfItRuns(tab);
      tab.widget[k]();
      if (k === "resume") await settle();
      world.time.real += ms;
    }
    await settle();
    const before = tab.widget.view();
    tab.kill();
    world.connect();
    const later = await open(world);
    await settle();
    const after = later.widget.view();
    assert.equal(after.unsent, 0);
    for (const field of ["phase", "questionNumber", "clock", "status", "average", "pace", "today"] as const) {
      assert.equal(after[field], before[field], field);
    }
    later.kill();
  }), { numRuns: 60 });
});
