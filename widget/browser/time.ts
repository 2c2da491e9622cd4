import type { Lock, Time } from "../core/types.ts";

export const time: Time = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Web Locks hold for all tabs of an origin. A browser without them sends from every tab:
 * the ids of the presses keep that from counting twice.
 */
export const lock: Lock = {
  hold(name, work) {
    const locks = globalThis.navigator?.locks;
    return locks ? locks.request(`raterhub-tracker:${name}`, work) : work();
  },
};
