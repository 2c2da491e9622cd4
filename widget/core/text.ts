/** Numbers as a rater reads them (SPEC section 4). Pure; lengths are milliseconds. */

const wholeSeconds = (ms: number): number => Math.round(Math.max(0, ms) / 1000);

/** "07" */
export const two = (n: number) => String(n).padStart(2, "0");

/** "03:42": rounded to whole seconds first, so that 599.7 s is 10:00. */
export function mmss(ms: number): string {
  const s = wholeSeconds(ms);
  return `${two(Math.floor(s / 60))}:${two(s % 60)}`;
}

/** "0:39", without the leading zero of the minutes. */
export function short(ms: number): string {
  const s = wholeSeconds(ms);
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** "3:39 h" from one hour on, "12:05" below it. */
export function total(ms: number): string {
  const s = wholeSeconds(ms);
  if (s < 3600) return mmss(ms);
  return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))} h`;
}

/** "3 minutes 42 seconds". */
export function words(ms: number): string {
  const s = wholeSeconds(ms);
  const seconds = count(s % 60, "second");
  return s < 60 ? seconds : `${count(Math.floor(s / 60), "minute")} ${seconds}`;
}

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

const labels: readonly (readonly [below: number, label: string])[] = [
  [0.5, "way too fast"], [0.7, "fast"], [0.9, "slightly fast"], [1.1, "on target"], [1.3, "a bit slow"],
];

/** The label of an average against a target, both of the same unit. */
export function paceLabel(average: number, target: number): string {
  const ratio = average / target;
  return labels.find(([below]) => ratio < below)?.[1] ?? "slow";
}

/** "AET 5–6 min", "AET 5 min". */
export const aet = (low: number, high: number): string => low === high ? `AET ${high} min` : `AET ${low}–${high} min`;
