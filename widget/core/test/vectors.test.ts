import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { activeOf, noSession, step } from "../clock.ts";
import { mmss } from "../text.ts";
import type { PressType } from "../types.ts";

interface Case {
  name: string;
  script: { steps: { type: PressType; timestamp: string; aet_high_minutes?: number }[] };
  expect: { answers: { status: number; total_questions: number; active: number | null; raw: number | null; mmss: string | null }[] };
}

const path = new URL("../../../../e2e/api/testdata/vectors/events.json", import.meta.url);
const cases = JSON.parse(readFileSync(path, "utf8")) as Case[];

test("the clock derives what the recorded server answered", () => {
  let compared = 0;
  for (const c of cases) {
    let state = noSession;
    for (const [i, s] of c.script.steps.entries()) {
      const want = c.expect.answers[i]!;
      if (want.status !== 200) {
        assert.equal(state.phase, "none", `${c.name} step ${i} is refused`);
        continue;
      }
      const done = step(state, { id: String(i), type: s.type, at: Date.parse(s.timestamp) });
      state = done.state;
      assert.equal(state.closed, want.total_questions, `${c.name} step ${i}`);
      const q = done.closed;
      assert.equal(q ? activeOf(q) / 1000 : null, want.active, `${c.name} step ${i} active`);
      assert.equal(q ? (q.endedAt - q.startedAt) / 1000 : null, want.raw, `${c.name} step ${i} raw`);
      assert.equal(q ? mmss(activeOf(q)) : null, want.mmss, `${c.name} step ${i} text`);
      compared++;
    }
  }
  assert.ok(compared > 1000, `${compared} answers compared`);
});
