/** Numbers as a rater reads them. Pure; lengths are milliseconds. */

/** Minutes and seconds: rounded to whole seconds first, so that 599.7 s is 10:00. */
function whole(ms: number): readonly [minutes: number, seconds: number] {
  const s = Math.round(Math.max(0, ms) / 1000);
  return [Math.floor(s / 60), s % 60];
}

/** "07" */
export const two = (n: number) => String(n).padStart(2, "0");

/** "03:42" */
export function mmss(ms: number): string {
  const [m, s] = whole(ms);
  return `${two(m)}:${two(s)}`;
}

/** "0:39", without the leading zero of the minutes. */
export function short(ms: number): string {
  const [m, s] = whole(ms);
  return `${m}:${two(s)}`;
}

/** "3:39 h" from one hour on, "12:05" below it. */
export function total(ms: number): string {
  const [m] = whole(ms);
  return m < 60 ? mmss(ms) : `${Math.floor(m / 60)}:${two(m % 60)} h`;
}

/** "3 minutes 42 seconds". */
export function words(ms: number): string {
  const [m, s] = whole(ms);
  return (m ? `${count(m, "minute")} ` : "") + count(s, "second");
}

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

const labels: readonly (readonly [below: number, label: string])[] = [
  [0.5, "way too fast"], [0.7, "fast"], [0.9, "slightly fast"], [1.1, "on target"], [1.3, "a bit slow"],
];

/** The label of an average against a target, both in the same unit (docs/contract.md#pace). */
export function paceLabel(average: number, target: number): string {
  const ratio = average / target;
  return labels.find(([below]) => ratio < below)?.[1] ?? "slow";
}

/** "AET 5–6 min", "AET 5 min". */
export const aet = (low: number, high: number): string => low === high ? `AET ${high} min` : `AET ${low}–${high} min`;
