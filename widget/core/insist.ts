import type { Time } from "./types.ts";

/** Between two tries, ms. */
const again = 500;

/** Does work with the storage until it works: one that fails for a moment must not end anything. */
export async function insist<T>(time: Time, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise<void>((next) => time.after(again, next));
    }
  }
}
