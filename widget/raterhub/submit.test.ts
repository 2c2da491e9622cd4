import assert from "node:assert/strict";
import test from "node:test";
import { FakeTime, addresses, page } from "./page.testing.ts";
import { type Accepted, type Slot, watchSubmits } from "./submit.ts";

/** What happens on the pages of one tab, in order. */
type Step =
  | { readonly load: string; readonly at: string }
  | { readonly click: string }
  /** A change of the page by its own script. */
  | { readonly change: (doc: Document) => void; readonly at?: string }
  | { readonly wait: number }
  /** The form's own event, without a click. */
  | { readonly event: "submit" };

const submit: Step = { click: "#ewok-task-submit-button" };
const done: Step = { click: "#ewok-task-submit-done-button" };
const cancel: Step = { click: "#ewok-task-cancel-button" };
const release: Step = { click: ".ewok-release-buttons button" };
const task = (name: string, ids: string): Step => ({ load: name, at: addresses.task(ids) });
const list: Step = { load: "list", at: addresses.list };
const login: Step = { load: "list", at: addresses.login };
const first = task("range", "1001");
const second = task("single", "1002");
const refusedPage = task("refused", "1001");
const change = (call: (doc: Document) => void, at?: string): Step => (at === undefined ? { change: call } : { change: call, at });
const addError = change((doc) => doc.querySelector("form")!.insertAdjacentHTML("beforeend", '<p class="ewok-error-field">Answer</p>'));
const removeForm = change((doc) => doc.querySelector("form")!.remove());

const sequences: readonly { name: string; steps: readonly Step[]; accepted?: { afterMs: number; stop: boolean } }[] = [
  { name: "the next task is another", steps: [first, submit, { wait: 900 }, second], accepted: { afterMs: 0, stop: false } },
  { name: "the list follows", steps: [first, submit, { wait: 900 }, list], accepted: { afterMs: 0, stop: false } },
  { name: "the index follows a submit and stop", steps: [first, done, { load: "list", at: addresses.index }], accepted: { afterMs: 0, stop: true } },
  { name: "a page loads after 20 s", steps: [first, submit, { wait: 20_000 }, second], accepted: { afterMs: 0, stop: false } },
  { name: "a page loads after 31 s", steps: [first, submit, { wait: 31_000 }, second] },
  { name: "the same task is loaded again with errors", steps: [first, submit, refusedPage, second] },
  { name: "the same task is loaded again with a wrong field", steps: [first, submit, task("refused-field", "1001"), second] },
  { name: "errors are corrected", steps: [first, submit, refusedPage, { wait: 4_000 }, submit, { wait: 500 }, second], accepted: { afterMs: 4_000, stop: false } },
  { name: "errors show up on the page", steps: [first, submit, addError, second] },
  { name: "errors show up, then the form goes", steps: [first, submit, addError, removeForm, { wait: 3_000 }] },
  {
    name: "old errors are drawn again", steps: [
      refusedPage, submit,
      change((doc) => { doc.querySelector("#ewok-errors-list")!.innerHTML = "<li>Please answer every question.</li>"; }), list,
    ],
  },
  { name: "old errors stay while nothing is sent", steps: [refusedPage, submit, { wait: 6_000 }, list] },
  { name: "hidden errors do not count", steps: [task("hidden-errors", "1008"), submit, change((doc) => doc.body.append("x")), second], accepted: { afterMs: 0, stop: false } },
  { name: "a next page with hidden errors", steps: [first, submit, task("hidden-errors", "1008")], accepted: { afterMs: 0, stop: false } },
  { name: "the browser refuses an empty field", steps: [first, change((doc) => { doc.querySelector<HTMLInputElement>("[name=answer]")!.value = ""; }), submit, second] },
  { name: "the same task without errors is no answer", steps: [first, submit, first, { wait: 40_000 }, second] },
  { name: "the same task, then another", steps: [first, submit, first, { wait: 2_000 }, second], accepted: { afterMs: 0, stop: false } },
  { name: "a login page says nothing", steps: [first, submit, login, { wait: 40_000 }, list] },
  { name: "released", steps: [first, release, second] },
  { name: "submitted without effect, then released", steps: [first, submit, { wait: 1_000 }, release, list] },
  { name: "cancelled", steps: [first, cancel, list] },
  { name: "submitted without effect, then cancelled", steps: [first, submit, { wait: 500 }, cancel, list] },
  { name: "left without a submit", steps: [first, list, second] },
  { name: "pressed twice", steps: [first, submit, { wait: 200 }, submit, second], accepted: { afterMs: 200, stop: false } },
  { name: "submitted by the page, without a button", steps: [first, { event: "submit" }, second], accepted: { afterMs: 0, stop: false } },
  { name: "stop, then the form's own event", steps: [first, done, { event: "submit" }, list], accepted: { afterMs: 0, stop: true } },
  { name: "the form goes for good", steps: [first, submit, removeForm, { wait: 2_500 }], accepted: { afterMs: 0, stop: false } },
  {
    name: "the form goes for a moment and comes back with errors", steps: [
      first, submit, removeForm, { wait: 500 },
      change((doc) => { doc.body.insertAdjacentHTML("beforeend", '<form id="ewok-task-form"><p class="ewok-error-field">x</p></form>'); }),
      { wait: 5_000 }, second,
    ],
  },
  {
    name: "the task changes in place", steps: [
      first, submit, change((doc) => { doc.querySelector("#taskIds")!.setAttribute("value", "1002"); }),
    ], accepted: { afterMs: 0, stop: false },
  },
  {
    name: "the field goes, and the address is the same", steps: [
      task("header-only", "1006,1007"), submit, change((doc) => doc.querySelector("#taskIds")!.remove()), { wait: 40_000 }, list,
    ],
  },
  {
    name: "the address becomes the list's", steps: [first, submit, change((doc) => doc.body.append("x"), addresses.list)],
    accepted: { afterMs: 0, stop: false },
  },
  {
    name: "a button that is off submits nothing", steps: [
      first, change((doc) => doc.querySelector("#ewok-task-submit-button")!.setAttribute("disabled", "")), submit, second,
    ],
  },
];

class MemorySlot implements Slot {
  text: string | null = null;
  get(): string | null { return this.text; }
  set(text: string): void { this.text = text; }
  remove(): void { this.text = null; }
}

/** Plays the steps; the events with the time of the first press. */
async function play(steps: readonly Step[]): Promise<{ events: Accepted[]; firstPressAt: number; slot: MemorySlot; time: FakeTime }> {
  const time = new FakeTime();
  const slot = new MemorySlot();
  const events: Accepted[] = [];
  let unload = (): void => {};
  let doc: Document | undefined;
  let address = "";
  let firstPressAt = 0;
  for (const step of steps) {
    if ("load" in step) {
      unload();
      address = step.at;
      doc = page(step.load, address);
      for (const answer of doc.querySelectorAll<HTMLInputElement>("[name=answer]")) answer.value = "x";
      doc.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
      const here = time.ofPage();
      unload = here.unload;
      watchSubmits(doc, () => address, slot, here.time, (event) => events.push(event));
    } else if ("wait" in step) {
      time.advance(step.wait);
    } else if ("change" in step) {
      address = step.at ?? address;
      step.change(doc!);
    } else {
      firstPressAt ||= time.now();
      const window = doc!.defaultView!;
      if ("click" in step) doc!.querySelector<HTMLElement>(step.click)!.click();
      else doc!.querySelector("form")!.dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
    }
    await Promise.resolve(); // mutation observers are told in a microtask
  }
  unload();
  return { events, firstPressAt, slot, time };
}

for (const { name, steps, accepted } of sequences) {
  test(name, async () => {
    const { events, firstPressAt, slot, time } = await play(steps);
    const want = accepted === undefined ? [] : [{ at: firstPressAt + accepted.afterMs, stop: accepted.stop }];
    assert.deepEqual(events, want);
    assert.equal(slot.text, null, "something stays remembered");
    assert.equal(time.waiting, 0, "a timer stays behind");
  });
}

test("what another program wrote is not a pending submit", () => {
  for (const text of ["", "null", "7", "{}", "[", '{"at":1,"until":1e99,"stop":false,"ids":{}}']) {
    const slot = new MemorySlot();
    slot.text = text;
    const events: Accepted[] = [];
    watchSubmits(page("list", addresses.list), () => addresses.list, slot, new FakeTime(), (e) => events.push(e));
    assert.deepEqual(events, []);
  }
});

test("a submit that version 1 of the widget remembered is known on the next page", () => {
  const slot = new MemorySlot();
  const time = new FakeTime();
  const at = time.now() - 1_000;
  slot.text = `{"m":{"U":"1002","address":"1002"},"at":${at},"q":true,"o":${at + 30_000}}`;
  const events: Accepted[] = [];
  watchSubmits(page("list", addresses.list), () => addresses.list, slot, time, (e) => events.push(e));
  assert.deepEqual(events, [{ at, stop: true }]);
});

test("a clock that was set back forgets", () => {
  const slot = new MemorySlot();
  const time = new FakeTime();
  const doc = page("range", addresses.task("1001"));
  watchSubmits(doc, () => addresses.task("1001"), slot, time, () => {});
  doc.querySelector("#ewok-task-submit-button")!.dispatchEvent(new doc.defaultView!.Event("click", { bubbles: true }));
  assert.notEqual(slot.text, null);
  const events: Accepted[] = [];
  const earlier = { now: () => time.now() - 60_000, after: () => () => {} };
  watchSubmits(page("list", addresses.list), () => addresses.list, slot, earlier, (e) => events.push(e));
  assert.deepEqual(events, []);
});
