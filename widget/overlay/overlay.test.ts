import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";
import { type Actions, type Placement, type View, defaultSettings } from "../core/types.ts";
import { listenHotkeys } from "./hotkeys.ts";
import { hostName, mount } from "./overlay.ts";
import { asPlacement, defaultPlacement, inside } from "./place.ts";
import { running, states } from "./testdata/states.ts";

/** Opens a page, and gives the overlay's code the globals of that page. */
function open(body: string) {
  const { window } = new JSDOM(`<!doctype html><body>${body}</body>`, { pretendToBeVisual: true });
  const { document, innerWidth, innerHeight, Node, Text, MutationObserver } = window;
  const ResizeObserver = class { observe(): void {} };
  Object.assign(globalThis, {
    document, innerWidth, innerHeight, Node, Text, MutationObserver, ResizeObserver,
    addEventListener: window.addEventListener.bind(window),
  });
  return window;
}

function setUp() {
  const window = open("<input id=page>");
  const called: string[] = [];
  const saved: Placement[] = [];
  const later: (() => void)[] = [];
  const log = (name: string) => (...given: unknown[]): void => { called.push([name, ...given].join(" ")); };
  const actions: Actions = {
    next: log("next"), pauseOrResume: log("pause"), undo: log("undo"), end: log("end"), resume: log("resume"), answerAway: log("away"),
    connect: log("connect"), enterCode: log("code"), disconnect: log("disconnect"), dismissRefused: log("dismiss"),
    sendNow: log("send"), openDashboard: log("dashboard"),
  };
  const overlay = mount(actions, {
    placement: defaultPlacement, settings: defaultSettings,
    time: { now: () => 0, after: (_, call) => { later.push(call); return () => {}; } },
    savePlacement: (p) => saved.push(p), saveSettings: () => {}, isHotkey: () => true,
  });
  const host = window.document.querySelector(hostName)!;
  const root = host.shadowRoot!;
  const shown = (text: string): HTMLButtonElement | undefined =>
    [...root.querySelectorAll("button")].find((b) => b.textContent === text && b.closest("[hidden]") === null);
  return { window, overlay, host, root, called, saved, later, shown };
}

for (const [name, view] of Object.entries(states)) {
  test(`the state "${name}" is drawn, and drawing it again changes nothing`, async () => {
    const { overlay, root, window } = setUp();
    overlay.draw(view);
    assert.equal(root.querySelector(".clock")!.textContent, view.clock);
    assert.equal(root.querySelector("section")!.getAttribute("data-tone"), view.tone);
    let changes = 0;
    new window.MutationObserver((list) => { changes += list.length; })
      .observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    overlay.draw({ ...view });
    await Promise.resolve();
    assert.equal(changes, 0);
  });
}

const presses: readonly (readonly [keyof typeof states, string, string])[] = [
  ["running", "Next", "next"], ["running", "Pause", "pause"], ["paused", "Resume", "pause"], ["running", "Undo", "undo"],
  ["running", "End", "end"], ["ended", "Resume", "resume"], ["not resumed", "Resume", "resume"], ["ended", "Next", "next"], ["away", "Pause it", "away pause"], ["away", "Count it", "away count"], ["away", "End at 10:42", "away end"],
  ["disconnected", "Connect", "connect"], ["offline", "Send now", "send"],
  ["refused", "×", "dismiss 5d0c0f0e-0000-4000-8000-000000000001"],
];
for (const [state, text, call] of presses) {
  test(`"${text}" of "${state}" calls ${call} at once`, () => {
    const { overlay, called, shown } = setUp();
    overlay.draw(states[state]!);
    shown(text)!.click();
    assert.equal(called[0]?.startsWith(call), true);
    assert.equal(called.length, 1);
  });
}

test("after End, Resume says what it does, takes the place of Pause, and a screen reader hears of a refusal", () => {
  const { overlay, root, shown } = setUp();
  overlay.draw(running);
  assert.equal(shown("Resume"), undefined);
  shown("End")!.focus();
  overlay.draw(states["ended"]!);
  assert.equal(shown("Pause"), undefined);
  assert.match(shown("Resume")!.title, /time since then counts/);
  shown("Resume")!.focus();
  overlay.draw(states["resuming"]!);
  assert.equal(root.activeElement, shown("Resume"), "a second tap must find it");
  overlay.draw(states["not resumed"]!);
  const said = "Not resumed. Another session has begun since then.";
  assert.equal(root.querySelector(".live")!.textContent, said);
  assert.ok([...root.querySelectorAll("p.warn")].some((p) => p.textContent === said && p.closest("[hidden]") === null));
  overlay.draw(running);
  assert.equal(root.activeElement, shown("Next"), "the page must not lose the focus");
  assert.equal(root.querySelector(".live")!.textContent, "Question 10. Running.");
});

test("the target passes once", () => {
  const { overlay, root } = setUp();
  const passed = (): boolean => root.querySelector(".passed") !== null;
  const over: View = { ...running, tone: "over" };
  overlay.draw(over);
  assert.equal(passed(), false, "a page that loads later must not blink");
  overlay.draw(running);
  overlay.draw({ ...over });
  assert.equal(passed(), true);
});

test("a click leaves the page its focus, and the page hears nothing", () => {
  const { window, overlay, shown } = setUp();
  overlay.draw(running);
  let heard = 0;
  for (const name of ["mousedown", "click", "keydown"]) window.document.addEventListener(name, () => { heard++; });
  const down = new window.MouseEvent("mousedown", { bubbles: true, cancelable: true, composed: true });
  shown("Next")!.dispatchEvent(down);
  shown("Next")!.dispatchEvent(new window.KeyboardEvent("keydown", { key: "a", bubbles: true, composed: true }));
  assert.equal(down.defaultPrevented, true);
  assert.equal(heard, 0);
});

test("it comes back when a page removes it", async () => {
  const { host, later } = setUp();
  host.remove();
  await Promise.resolve();
  later.forEach((call) => call());
  assert.equal(host.isConnected, true);
});

test("collapsing is saved, and another tab's placement is applied", () => {
  const { overlay, root, saved } = setUp();
  overlay.draw(running);
  root.querySelector<HTMLElement>(".fold")!.click();
  assert.equal(saved[0]?.collapsed, true);
  assert.equal(root.querySelector<HTMLElement>(".mini")!.hidden, false);
  assert.equal(root.querySelector(".mini b")!.textContent, running.clock);
  overlay.draw({ ...running, clock: "03:43" });
  assert.equal(root.querySelector(".mini b")!.textContent, "03:43");
  assert.equal(root.querySelector(".clock")!.textContent, running.clock, "what is not seen is drawn");
  overlay.setPlacement({ ...defaultPlacement, right: 40 });
  assert.equal(root.querySelector<HTMLElement>(".mini")!.hidden, true);
  assert.equal(root.querySelector("section")!.style.right, "40px");
  assert.equal(root.querySelector(".clock")!.textContent, "03:43");
});

test("a placement stays inside any window, and an invalid one is ignored", () => {
  const size = { width: 252, height: 200 };
  const far = { ...defaultPlacement, right: 9_999, bottom: -50 };
  assert.deepEqual(inside(far, size, { width: 800, height: 600 }), { ...far, right: 548, bottom: 0 });
  assert.equal(inside(far, size, { width: 100, height: 100 }).right, 0);
  for (const stored of [null, 7, "x", { right: "1", width: NaN }]) assert.deepEqual(asPlacement(stored), defaultPlacement);
});

test("hotkeys act outside of fields, once, and leave other keys alone", () => {
  const window = open("<input id=text><input id=box type=checkbox><textarea id=area></textarea><div id=free></div>");
  const acted: string[] = [];
  listenHotkeys((e) => (e.key === "q" ? "next" : undefined), (a) => acted.push(a));
  const press = (id: string, init: KeyboardEventInit): boolean => {
    const event = new window.KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...init });
    window.document.getElementById(id)!.dispatchEvent(event);
    return event.defaultPrevented;
  };
  assert.deepEqual(["text", "area", "box", "free"].map((id) => press(id, { key: "q" })), [false, false, true, true]);
  assert.equal(press("free", { key: "q", repeat: true }), false);
  assert.equal(press("free", { key: "w" }), false);
  assert.deepEqual(acted, ["next", "next"]);
});
