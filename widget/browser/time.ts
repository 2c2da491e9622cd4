import { two } from "../core/text.ts";
import type { Lock, Time } from "../core/types.ts";

export const time: Time = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Web Locks hold for all tabs of an origin. Without them every tab sends, and the ids of
 * the presses make sure that none counts twice.
 */
export const lock: Lock = {
  async hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const locks = globalThis.navigator?.locks as LockManager | undefined;
    return locks ? ((await locks.request(`raterhub-tracker:${name}`, work)) as T) : work();
  },
};

/** The date of an instant in the browser's zone, "2026-01-31". */
export function dateOf(ms: number): string {
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}
