/** How long to wait after the n-th failure in a row. Pure; milliseconds. */

const first = 1_000;
const most = 300_000;

/** 1 s, 2 s, 4 s … 5 min, each up to a fifth shorter at random, so that widgets do not call in step. */
export function backoff(failures: number, random: () => number): number {
  const full = Math.min(most, first * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.round(full * (1 - random() / 5));
}
