/** An average estimated time, in minutes: a range, or one value at both ends. */
export interface Aet {
  readonly low: number;
  readonly high: number;
  /** As the page wrote it. */
  readonly text: string;
}

/** Minutes; the server takes no more than a day, and no task takes less than 6 s. */
const least = 0.1;
const most = 1440;

const number = String.raw`\d{1,5}(?:[.,]\d{1,4})?`;
// A letter after the unit makes it another word: "3 mistakes" has no minutes.
const unit = String.raw`(?:h(?:(?:ou)?rs?)?|m(?:in(?:s|ut\p{L}*)?)?|s(?:ec(?:s|ond\p{L}*)?)?)(?!\p{L})\.?`;
const between = String.raw`\s*(?<sep>-|–|—|~|\bto\b|\band\b|)\s*`;
// The number must not be the rest of a longer one, of a date, a clock or a negative.
const start = String.raw`(?<![\d.,:/\p{L}]|(?:^|[^\d\s])\s*[-−])`;
const end = String.raw`(?![\d:/]|[.,]\d)`;
const one = (n: string, u: string): string => `(?<${n}>${number})${end}(?:\\s*(?<${u}>${unit})|(?!\\p{L}))`;
const estimate = new RegExp(
  `${start}${one("n1", "u1")}(?:${between}${one("n2", "u2")})?`,
  "giu",
);

/**
 * Reads the estimate in a text such as "3 - 4 minutes" or "Average Estimated Time = 45sec":
 * its first one or two numbers, minutes when it names no unit. null when there is none, or
 * when it makes no sense.
 */
export function parseAet(text: string): Aet | null {
  const whole = text.replace(/\s+/gu, " ").trim();
  const first = whole.matchAll(estimate).next().value;
  // A number before the one that was understood ("-5", "10:30") means something else.
  if (first === undefined || /\d/u.test(whole.slice(0, first.index))) return null;
  return fromMatch(first, whole);
}

/** Reads the first estimate with a unit in a longer text, whatever other numbers it has. */
export function findAet(text: string): Aet | null {
  const whole = text.replace(/\s+/gu, " ").trim();
  const search = new RegExp(estimate);
  for (let match = search.exec(whole); match !== null; match = search.exec(whole)) {
    const { n1 = "", u1, sep, u2 } = match.groups as Record<string, string | undefined>;
    if (u1 === undefined && (u2 === undefined || sep === "")) {
      search.lastIndex = match.index + n1.length; // "Part 2 3 - 4 minutes": the 2 is of the text
      continue;
    }
    const found = fromMatch(match, match[0].trim());
    if (found !== null) return found;
  }
  return null;
}

function fromMatch(match: RegExpMatchArray, text: string): Aet | null {
  const { n1, u1, sep, n2, u2 } = match.groups as Record<string, string | undefined>;
  if (n1 === undefined) return null;
  const a = minutes(n1, u1 ?? u2);
  if (n2 === undefined) return within(a, a, text);
  const b = minutes(n2, u2 ?? u1);
  if (sep !== "") return within(a, b, text);
  // Without a word between them two units add up, as in "1 min 30 sec"; anything
  // else after the first number is not of the estimate.
  const adds = u1 !== undefined && u2 !== undefined && secondsOf(u1) > secondsOf(u2);
  return adds ? within(a + b, a + b, text) : within(minutes(n1, u1), minutes(n1, u1), text);
}

function within(low: number, high: number, text: string): Aet | null {
  return low >= least && high <= most && low <= high ? { low, high, text } : null;
}

/** NaN, which no limit takes, when the comma may as well part thousands: "1,500". */
function minutes(digits: string, name: string | undefined): number {
  if (/,\d{3}$/u.test(digits)) return NaN;
  const value = Number(digits.replace(",", "."));
  return name === undefined ? value : (value * secondsOf(name)) / 60;
}

function secondsOf(name: string): number {
  switch (name.charAt(0).toLowerCase()) {
    case "h":
      return 3600;
    case "s":
      return 1;
    default:
      return 60;
  }
}
