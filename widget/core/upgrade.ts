/**
 * Takes over what older versions stored, at the start and as long as pages with them are
 * open. Each version has keys of its own ("v2:base"), so none reads a form that it does
 * not know. While two versions run, this holds:
 *
 * - Only the newest version sends. It takes the credential over while it holds the lock
 *   under which the old one sends, so that no token is used by both and no press is on
 *   its way meanwhile.
 * - A press made on an old page lands under an old key. A new page takes it over as soon
 *   as it hears of it, or when it starts. The id stays, so that the server counts it once.
 * - An old page has no credential and no session any more. It asks to be reloaded.
 */
import { readBase } from "./base.ts";
import { insist } from "./insist.ts";
import type { Lock, Storage, Time } from "./types.ts";
import { inWords, version1Key, version1Keys, type Version1Key } from "./version1.ts";

/** To change the form, raise this number and add a step from the form before. */
const version = "v3:";

/**
 * Version 2 stored the same records, but did not know that an EXIT can be taken back: it
 * would send one that waits. So what it stored is good as it is.
 */
const version2 = "v2:";

/** How long a new page waits for what it takes over, before it starts without it, ms. */
const patience = 2_000;

/** What an old page says of its connection, as version 1 and version 2 read it. */
const reloadThisPage = { ah: "disconnected", stage: "disconnected", reason: "this page runs an older version: reload it" };

/** The records of the present version. */
export const versioned = (raw: Storage): Storage => ({
  get: (key) => raw.get(version + key),
  set: (key, value) => raw.set(version + key, value),
  remove: (key) => raw.remove(version + key),
  list: async (prefix) => new Map([...await raw.list(version + prefix)].map(([key, value]) => [key.slice(version.length), value])),
  watch: (prefix, changed) => raw.watch(version + prefix, (key, value) => changed(key.slice(version.length), value)),
});

/** Resolves when everything is taken over, or when that takes too long: then it follows as another tab's changes do. */
export function upgrade(raw: Storage, lock: Lock, time: Time): Promise<void> {
  let last = Promise.resolve();
  const takeOver = (): Promise<void> => (last = last.then(() => insist(time, () => takeOverAll(raw, lock, time))));
  raw.watch("", (key, value) => {
    if (value !== undefined && isOld(key, value)) void takeOver();
  });
  return new Promise((resolve) => {
    const cancel = time.after(patience, resolve);
    void takeOver().then(() => {
      cancel();
      resolve();
    });
  });
}

async function takeOverAll(raw: Storage, lock: Lock, time: Time): Promise<void> {
  if ((await oldRecords(raw)).length === 0) return;
  await lock.hold("send", async () => {
    const present = versioned(raw);
    const records = await oldRecords(raw);
    if (records.length === 0) return; // another tab was first
    for (const [old, value] of records) {
      const key = named(old);
      if (await isWanted(present, key, value)) await present.set(key, value);
      await raw.remove(old);
    }
    for (const before of ["", version2]) await raw.set(`${before}connection`, reloadThisPage);
    await present.set("wake", time.now());
  });
}

/** The key of a record without its version. */
const named = (key: string): string => key.startsWith(version2) ? key.slice(version2.length) : key;

const isOld = (key: string, value: unknown): boolean =>
  version1Key(named(key)) !== undefined && (value as Partial<typeof reloadThisPage> | null)?.reason !== reloadThisPage.reason;

/** In the order of version1Keys. */
async function oldRecords(raw: Storage): Promise<readonly (readonly [string, unknown])[]> {
  const place = ([key]: readonly [string, unknown]): number => version1Keys.indexOf(version1Key(named(key))!);
  return [...await raw.list("")]
    .filter(([key, value]) => isOld(key, value))
    .map(([key, value]) => [key, inWords(value)] as const)
    .sort((a, b) => place(a) - place(b));
}

/** Whether an old record says more than what is there already. */
async function isWanted(present: Storage, key: string, old: unknown): Promise<boolean> {
  const kind: Version1Key = version1Key(key)!;
  const there = await present.get(key);
  switch (kind) {
    case "press:": {
      const { id } = old as { id: string };
      return !(await readBase(present)).ids.includes(id) && !(await present.get(`refused:${id}`));
    }
    case "credential": {
      // The one that was issued last: the server would treat the use of another as a theft.
      const endOf = (credential: unknown): number => (credential as { expiresAt?: number } | undefined)?.expiresAt ?? 0;
      return endOf(old) > endOf(there);
    }
    case "last-press":
    case "sign":
      return Number(old) > Number(there ?? 0);
    case "pairing":
      return true;
    default:
      return there === undefined;
  }
}
