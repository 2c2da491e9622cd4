import assert from "node:assert/strict";
import test from "node:test";
import type { Task } from "../core/types.ts";
import { limits } from "./facts.ts";
import { addresses, page } from "./page.testing.ts";
import { type PageKind, pageKind, readPage } from "./read.ts";

const pages: readonly { name: string; address: string; task: Task; problems?: readonly string[] }[] = [
  {
    name: "range", address: addresses.task("1001"),
    task: { aetLowMinutes: 3, aetHighMinutes: 4, aetText: "3 - 4 minutes", taskId: "1001", taskType: "Needs Met · Mobile" },
  },
  {
    name: "single", address: addresses.task("1002"),
    task: { aetLowMinutes: 1, aetHighMinutes: 1, aetText: "1.0 minutes", taskId: "1002", taskType: "Side by Side" },
  },
  {
    name: "seconds", address: addresses.task("1003"),
    task: { aetLowMinutes: 0.75, aetHighMinutes: 0.75, aetText: "45sec", taskId: "1003", taskType: "Quick check" },
  },
  {
    name: "comma", address: addresses.task("1004"),
    task: { aetLowMinutes: 2.5, aetHighMinutes: 3.5, aetText: "2,5 – 3,5 Minuten", taskId: "1004", taskType: "Seitenqualität" },
  },
  {
    name: "by-id", address: addresses.task("1005"),
    task: { aetLowMinutes: 9, aetHighMinutes: 9, aetText: "Average Estimated Time = 9.0 minutes", taskId: "1005", taskType: "Rating Home" },
  },
  {
    name: "header-only", address: addresses.task("1006,1007"),
    task: { aetLowMinutes: 9, aetHighMinutes: 9, aetText: "9.0 minutes", taskId: "1006,1007", taskType: "Experimental 2" },
  },
  {
    name: "changed", address: addresses.task("1001"), task: { taskId: "1001" },
    problems: ["AET not found", "task type not found", "task form not found"],
  },
];

for (const { name, address, task, problems } of pages) {
  test(`the page "${name}" is read`, () => {
    const doc = page(name, address);
    const before = doc.documentElement.outerHTML;
    assert.deepEqual(readPage(doc, address), { task, problems: problems ?? [] });
    assert.equal(doc.documentElement.outerHTML, before, "reading changed the page");
  });
}

const kinds: readonly (readonly [string, PageKind])[] = [
  [addresses.task("1"), "task"],
  [addresses.task("1,2"), "task"],
  ["https://www.raterhub.com/evaluation/rater/task/show", "task"],
  [addresses.list, "list"],
  [`${addresses.list}/`, "list"],
  [addresses.index, "list"],
  [`${addresses.index}?page=2`, "list"],
  ["https://www.raterhub.com/evaluation/rater/task/show/more", "other"],
  ["https://www.raterhub.com/evaluation/raters", "other"],
  [addresses.login, "other"],
  ["not an address", "other"],
];

for (const [address, kind] of kinds) {
  test(`${address} is a page of the kind ${kind}`, () => assert.equal(pageKind(address), kind));
}

test("a page without a task has no task and no problem", () => {
  assert.deepEqual(readPage(page("list", addresses.list), addresses.list), { task: undefined, problems: [] });
});

test("a missing submit button is a problem, and the ID comes from the address", () => {
  const doc = page("range", addresses.task("77"));
  doc.querySelector("#ewok-task-submit-button")?.remove();
  doc.querySelector("#taskIds")?.remove();
  const { task, problems } = readPage(doc, addresses.task("77"));
  assert.equal(task?.taskId, "77");
  assert.deepEqual(problems, ["submit button not found"]);
});

test("texts are cut to what the server accepts", () => {
  const doc = page("range", addresses.task("1"));
  doc.querySelector("h2")!.textContent = "😀\u0007\u202e".repeat(300);
  doc.querySelector(".ewok-estimated-task-weight")!.textContent = `3 minutes ${"x".repeat(300)}`;
  doc.querySelector<HTMLInputElement>("#taskIds")!.value = Array.from({ length: 60 }, (_, i) => 10_000 + i).join(",");
  const task = readPage(doc, addresses.task("1")).task!;
  assert.equal([...task.taskType!].length <= limits.taskType, true);
  assert.doesNotMatch(task.taskType!, /[\p{Cc}\u202e]/u);
  assert.equal(task.aetText!.length, limits.aetText);
  assert.equal(task.taskId!.length <= limits.taskId, true);
  assert.match(task.taskId!, /^\d{5}(,\d{5})*$/u, "an ID was cut in two");
});

test("nothing of the task's content is read", () => {
  const doc = page("range", addresses.task("1"));
  const form = doc.querySelector("form")!;
  form.insertAdjacentHTML("beforeend", "<h2>secret query</h2><textarea>secret comment</textarea><p>9 minutes secret</p>");
  assert.doesNotMatch(JSON.stringify(readPage(doc, addresses.task("1"))), /secret/u);
});
