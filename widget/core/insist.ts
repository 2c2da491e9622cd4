import type { Time } from "./types.ts";

/** Time between two tries, ms. */
const again = 500;

/** Repeats work with the storage until it succeeds, because a storage may fail for a moment. */
export async function insist<T>(time: Time, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise<void>((next) => time.after(again, next));
    }
  }
}
