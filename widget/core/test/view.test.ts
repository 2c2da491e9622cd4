import assert from "node:assert/strict";
import { test } from "node:test";
import { matches, parseHotkey } from "../hotkeys.ts";
import { stateFromAnswer } from "../answer.ts";
import { apply, noSession } from "../clock.ts";
import { dayOn } from "../day.ts";
import { mmss, paceLabel, total, words } from "../text.ts";
import type { Press, PressType } from "../types.ts";
import { viewOf } from "../view.ts";

let n = 0;
const press = (type: PressType, at: number, more: Partial<Press> = {}): Press => ({ id: String(n++), type, at, ...more });
const view = (presses: Press[], now: number) => viewOf({
  state: presses.reduce(apply, noSession), day: { ...dayOn(null, "2026-01-01"), questionCount: 40, activeMs: 13_140_000 },
  unsent: 0, refused: [], connection: { stage: "connected" }, away: null, pageProblems: [], wish: undefined,
}, now);
const task = { aetLowMinutes: 5, aetHighMinutes: 6 };

test("whole seconds come first", () => {
  assert.deepEqual([599_700, 0, 59_499, 59_500, 3_600_000].map(mmss), ["10:00", "00:00", "00:59", "01:00", "60:00"]);
  assert.deepEqual([3_599_600, 725_000].map(total), ["1:00 h", "12:05"]);
  assert.equal(words(222_000), "3 minutes 42 seconds");
  assert.equal(words(1_000), "1 second");
});

test("pace labels change at their limits", () => {
  const labels = [49, 50, 70, 90, 110, 130].map((x) => paceLabel(x, 100));
  assert.deepEqual(labels, ["way too fast", "fast", "slightly fast", "on target", "a bit slow", "slow"]);
});

test("the clock turns amber at 80 % and red past the target", () => {
  const at = (ms: number) => { const v = view([press("NEXT", 0, { task })], ms); return [v.clock, v.tone, v.hint, v.status]; };
  assert.deepEqual(at(222_000), ["03:42", "good", "AET 5–6 min", "running"]);
  assert.deepEqual(at(287_999)[1], "good");
  assert.deepEqual(at(321_000), ["05:21", "slow", "0:39 to the target", "running"]);
  assert.deepEqual(at(410_000), ["06:50", "over", "+0:50", "over target"]);
});

test("a paused clock stands still", () => {
  const v = view([press("NEXT", 0), press("PAUSE", 60_000)], 190_000);
  assert.deepEqual([v.clock, v.status, v.tone, v.today], ["01:00", "paused 02:10", "paused", "40 · 3:39 h"]);
});

test("after an UNDO of a question that is not known, the clock waits for the server", () => {
  const state = stateFromAnswer({
    server_timestamp: "2026-01-01T00:00:00Z", session_id: "s", total_questions: 7, is_active: true, is_paused: false,
    current_question_started_at: "2026-01-01T00:00:00Z", paused_at: null, pause_accumulated_seconds: 0, target_minutes_per_question: 5.5,
  });
  const undone = apply(state, press("UNDO", state.startedAt + 1000));
  assert.deepEqual([undone.unknown, undone.closed], [true, 6]);
  const on = apply(undone, press("NEXT", state.startedAt + 2000));
  assert.deepEqual([on.unknown, on.closed, on.startedAt], [false, 7, state.startedAt + 2000]);
});

test("hotkeys: which texts name one, and which keys match it", () => {
  for (const no of ["", "P", "Shift+P", "Ctrl", "Ctrl+Ctrl+P", "Ctrl+Enter", "Hyper+P"]) assert.equal(parseHotkey(no), null, no);
  const key = parseHotkey("Ctrl+Shift+P")!;
  const e = { key: "P", ctrlKey: true, shiftKey: true, altKey: false, metaKey: false };
  assert.ok(matches(key, e));
  assert.ok(matches(key, { ...e, key: "з", code: "KeyP" }));
  assert.ok(!matches(key, { ...e, shiftKey: false }));
  assert.ok(!matches(key, { ...e, metaKey: true }));
  assert.ok(!matches(key, { ...e, repeat: true }));
  assert.ok(!matches(key, { ...e, key: "q" }));
});
