import assert from "node:assert/strict";
import test from "node:test";
import { findAet, parseAet } from "./aet.ts";

const understood: readonly (readonly [text: string, low: number, high: number])[] = [
  ["3 - 4 minutes", 3, 4],
  ["3-4 minutes", 3, 4],
  ["3 – 4 min", 3, 4],
  ["3 to 4 minutes", 3, 4],
  ["1.0 minutes", 1, 1],
  ["1 minute", 1, 1],
  ["Average Estimated Time = 9.0 minutes", 9, 9],
  ["Average Estimated Time: 5 - 6 min.", 5, 6],
  ["AET 5–6 min", 5, 6],
  ["AET - 5 minutes", 5, 5],
  ["45sec", 0.75, 0.75],
  ["45 seconds", 0.75, 0.75],
  ["30 - 45 sec", 0.5, 0.75],
  ["45 sec - 2 min", 0.75, 2],
  ["6 s", 0.1, 0.1],
  ["2,5 Minuten", 2.5, 2.5],
  ["1,5 - 2,5 minutes", 1.5, 2.5],
  ["1 min 30 sec", 1.5, 1.5],
  ["1 minute, 30 seconds", 1, 1], // the comma ends the estimate
  ["1 hour", 60, 60],
  ["1 h 30 min", 90, 90],
  ["1.5 hrs", 90, 90],
  ["24 hours", 1440, 1440],
  ["7", 7, 7],
  ["  3\u00a0-\n 4\tminutes ", 3, 4],
  ["(4 minutes)", 4, 4],
  ["4 minutes (2 tasks)", 4, 4],
  ["3 minutes - 3 minutes", 3, 3],
];

const nonsense: readonly string[] = [
  "", "minutes", "no estimate", "about a minute", "0 minutes", "0.0 minutes", "5 s", "1441 minutes", "25 hours",
  "4 - 3 minutes", "-5 minutes", "−5 minutes", "AET -5 minutes", "10:30", "1:30 minutes", "3/4 minutes", "1,500 minutes", "1.2.3 minutes",
  "123456 minutes", "NaN minutes", "Infinity", "1e3 minutes extra1", "v2 minutes", "2026-11-25", "99999 min",
];

for (const [text, low, high] of understood) {
  test(`AET ${JSON.stringify(text)}`, () => {
    const got = parseAet(text);
    assert.deepEqual(got, { low, high, text: text.replace(/\s+/gu, " ").trim() });
  });
}

for (const text of nonsense) {
  test(`no AET in ${JSON.stringify(text)}`, () => assert.equal(parseAet(text), null));
}

test("an estimate is found among other numbers", () => {
  assert.deepEqual(findAet("Experimental 2 Task 3 of 12 Time = 9.0 minutes"), { low: 9, high: 9, text: "9.0 minutes" });
  assert.deepEqual(findAet("Part 1 takes 3 - 4 minutes of 60"), { low: 3, high: 4, text: "3 - 4 minutes" });
  assert.deepEqual(findAet("Part 2 3 - 4 minutes"), { low: 3, high: 4, text: "3 - 4 minutes" });
  assert.deepEqual(findAet("Needs Met 2 1.5 minutes"), { low: 1.5, high: 1.5, text: "1.5 minutes" });
  assert.equal(findAet("Experimental 2 Task 3 of 12 with 3 mistakes"), null);
});

test("a long hostile text takes little work to read", () => {
  const before = process.cpuUsage(); // not the time, which depends on how busy the machine is
  for (const part of ["1 ", "1-", "1,", " ", "9", "1 min ", "a"]) parseAet(part.repeat(20_000));
  assert.ok(process.cpuUsage(before).user < 2_000_000, "2 s of work");
});
