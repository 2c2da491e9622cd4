/** An average estimated time, in minutes: a range, or one value at both ends. */
export interface Aet {
  readonly low: number;
  readonly high: number;
  /** As the page wrote it. */
  readonly text: string;
}

/** Minutes: the server accepts at most a day, and no task takes less than 6 s. */
const least = 0.1;
const most = 1440;

const number = String.raw`(\d{1,5}(?:[.,]\d{1,4})?)`;
// What follows must not make it a longer number, a date or a time.
const end = String.raw`(?![\d:/]|[.,]\d)`;
// A letter after the unit makes it another word: "3 mistakes" are not minutes.
const unit = String.raw`(?:\s*(h(?:(?:ou)?rs?)?|m(?:in(?:s|ut\p{L}*)?)?|s(?:ec(?:s|ond\p{L}*)?)?)(?!\p{L})\.?|(?!\p{L}))`;
const one = number + end + unit;
const between = String.raw`\s*(-|–|—|~|\bto\b|\band\b|)\s*`;
// What precedes must not make it the end of a longer number, a date or a time, or negative.
const start = String.raw`(?<![\d.,:/\p{L}]|(?:^|[^\d\s])\s*[-−])`;
const estimate = new RegExp(`${start}${one}(?:${between}${one})?`, "giu");

const oneLine = (text: string): string => text.replace(/\s+/gu, " ").trim();

/**
 * Reads the estimate in a text such as "3 - 4 minutes" or "Average Estimated Time = 45sec":
 * its first one or two numbers, in minutes when it names no unit. Returns null when there is
 * none or when it makes no sense.
 */
export function parseAet(text: string): Aet | null {
  const whole = oneLine(text);
  const [first] = whole.matchAll(estimate);
  // Another number before it ("-5", "10:30") means something else.
  return first && !/\d/u.test(whole.slice(0, first.index)) ? fromMatch(first, whole) : null;
}

/** Reads the first estimate with a unit in a longer text, whatever other numbers it has. */
export function findAet(text: string): Aet | null {
  const whole = oneLine(text);
  const search = new RegExp(estimate);
  for (let match = search.exec(whole); match; match = search.exec(whole)) {
    const [all, n1 = "", u1, between, , u2] = match;
    const found = u1 || (u2 && between) ? fromMatch(match, all.trim()) : null;
    if (found) return found;
    if (!u1) search.lastIndex = match.index + n1.length; // "Part 2 3 - 4 minutes": the 2 belongs to the text
  }
  return null;
}

function fromMatch([, n1 = "", u1, between, n2, u2]: RegExpMatchArray, text: string): Aet | null {
  const a = minutes(n1, u1 ?? u2);
  if (!n2) return within(a, a, text);
  const b = minutes(n2, u2 ?? u1);
  if (between) return within(a, b, text);
  // Two units without a word between them add up, as in "1 min 30 sec". Anything else
  // after the first number does not belong to the estimate.
  const sum = u1 && u2 && secondsOf(u1) > secondsOf(u2) ? a + b : minutes(n1, u1);
  return within(sum, sum, text);
}

const within = (low: number, high: number, text: string): Aet | null =>
  low >= least && high <= most && low <= high ? { low, high, text } : null;

/** NaN, which is within no limits, when the comma may separate thousands: "1,500". */
const minutes = (digits: string, name = "m"): number =>
  /,\d{3}$/u.test(digits) ? NaN : (Number(digits.replace(",", ".")) * secondsOf(name)) / 60;

const secondsOf = (name: string): number => /^h/iu.test(name) ? 3600 : /^s/iu.test(name) ? 1 : 60;
