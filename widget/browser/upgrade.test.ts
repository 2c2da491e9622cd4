import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Lock, Storage, Time } from "../core/types.ts";
import { upgrade, versioned } from "../core/upgrade.ts";
import { Stored } from "../extension/stored.ts";
import { values } from "../userscript/values.ts";

const file = new URL("../../core/testdata/version1.json", import.meta.url);
const { "asked to wait, one refused": records } = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, unknown>>;

const time: Time = { now: () => 0, after: () => () => {} };
const lock: Lock = { hold: (_, work) => work() };

/** A userscript manager's values, which are texts. */
function userscript(): { storage: Storage; kept: () => Map<string, unknown> } {
  const kept = new Map(Object.entries(records!).map(([key, value]) => [key, JSON.stringify(value)]));
  Object.assign(globalThis, {
    GM_getValue: (name: string) => kept.get(name),
    GM_setValue: (name: string, value: string) => { kept.set(name, value); },
    GM_deleteValue: (name: string) => { kept.delete(name); },
    GM_listValues: () => [...kept.keys()],
    GM_addValueChangeListener: () => 1,
  });
  return {
    storage: values(time),
    kept: () => new Map([...kept].filter(([key]) => key !== "~changed").map(([key, text]) => [key, JSON.parse(text)])),
  };
}

/** An extension's storage, which keeps objects and tells every listener of each change. */
function extension(): { storage: Storage; kept: () => Map<string, unknown> } {
  const kept = new Map(Object.entries(records!));
  const listeners: ((changes: chrome.storage.Changes, area: string) => void)[] = [];
  const change = (key: string, newValue?: unknown): void => {
    for (const listener of listeners) listener({ [key]: newValue === undefined ? {} : { newValue } }, "local");
  };
  Object.assign(globalThis, {
    chrome: { storage: {
      local: {
        get: async (key: string | null) => key === null ? Object.fromEntries(kept) : kept.has(key) ? { [key]: kept.get(key) } : {},
        set: async (items: Record<string, unknown>) => {
          for (const [key, value] of Object.entries(items)) {
            kept.set(key, value);
            change(key, value);
          }
        },
        remove: async (key: string) => { kept.delete(key); change(key); },
      },
      onChanged: { addListener: (listener: (typeof listeners)[number]) => { listeners.push(listener); }, removeListener: () => {} },
    } },
  });
  return { storage: new Stored(), kept: () => kept };
}

for (const [name, platform] of Object.entries({ userscript, extension })) {
  test(`the ${name} stores what version 1 left, in words, and nothing twice`, async () => {
    const { storage, kept } = platform();
    await upgrade(storage, lock, time);
    const old = Object.keys(records!);
    assert.deepEqual([...kept().keys()].sort(), [...old.map((key) => `v3:${key}`), "connection", "v2:connection", "v3:wake"].sort());
    const present = versioned(storage);
    assert.deepEqual(await present.get("credential"), { accessToken: "access-1", refreshToken: "refresh-1", expiresAt: 1_795_904_653_195 });
    assert.deepEqual(await present.get("settings"), {
      hotkeys: { next: "Alt+N", pause: "Ctrl+Shift+P", undo: "Ctrl+Shift+Q", end: "Ctrl+Shift+X" }, autoNext: true, awayMinutes: 9, theme: "dark",
    });
    assert.deepEqual(await present.get("placement"), records!["placement"]);
    assert.deepEqual(await present.get("connection"),
      { stage: "waiting", reason: "the server answered 429", retryAt: 1_795_904_660_700, asked: true });
    assert.deepEqual([...(await present.list("refused:")).values()].map((refused) => (refused as { press: { type: string } }).press.type), ["PAUSE"]);
    assert.equal((await present.list("press:")).size, 2);
    const { state } = await present.get("base") as { state: { history: { task: unknown }[] } };
    assert.deepEqual(state.history[1]!.task,
      { aetLowMinutes: 3, aetHighMinutes: 4, aetText: "3 - 4 minutes", taskId: "1001", taskType: "Needs Met · Mobile" });
  });

  test(`the ${name} hears of what a page with version 1 writes later`, async () => {
    const { storage } = platform();
    await upgrade(storage, lock, time);
    await storage.set("press:001795904070000:000000:late", { id: "late", type: "NEXT", at: 1_795_904_070_000, c: { n: "7" } });
    for (let i = 0; i < 100; i++) await Promise.resolve();
    const presses = [...(await versioned(storage).list("press:")).values()];
    assert.deepEqual(presses.at(-1), { id: "late", type: "NEXT", at: 1_795_904_070_000, task: { taskId: "7" } });
    assert.equal((await storage.list("press:")).size, 0);
  });
}
