/**
 * A lock that hands over what was written under it. Web Locks let one tab in at a time,
 * but a manager brings the values of one tab to another a moment later: the next tab
 * would send again what the first has sent. So each tab says how much it has written in
 * the name of a small lock of its own, which the browser shows to all tabs at once.
 */
import type { Lock } from "../core/types.ts";
import type { Values } from "./values.ts";

const prefix = "raterhub-tracker written:";

export function handover(lock: Lock, values: Values, locks: LockManager | undefined): Lock {
  if (!locks) return lock;
  const said = async (): Promise<string[]> => {
    // The browser rejects queries of a page that is being left.
    const { held = [] } = await locks.query().catch((): LockManagerSnapshot => ({}));
    return held.flatMap(({ name }) => (name?.startsWith(prefix) ? name : []));
  };
  /** Resolves when this tab has what the others have written. One after another, so that no work overtakes one that waits. */
  const catchUp = async (before: Promise<string[]>): Promise<string[]> => {
    const old = await before;
    const now = await said();
    await Promise.all(now.filter((text) => !old.includes(text)).map((text) => values.caughtUp(text.slice(prefix.length))));
    return now;
  };
  // A page that starts has all values that were written before.
  let known = said();
  let last = "";
  let release = (): void => {};
  const say = async (): Promise<void> => {
    const now = prefix + values.written();
    if (now === last) return;
    last = now;
    await new Promise<void>((resolve) => {
      void locks.request(now, () => {
        release();
        resolve();
        return new Promise<void>((end) => { release = end; });
      }).catch(() => resolve());
    });
  };
  return {
    hold: (name, work) => lock.hold(name, async () => {
      await (known = catchUp(known));
      try {
        return await work();
      } finally {
        await say();
      }
    }),
  };
}
