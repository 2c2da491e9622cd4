import { two } from "../core/text.ts";
import type { Away, PressType, RefusedPress, View } from "../core/types.ts";

/** The overlay's texts, apart from those of a View. */

export const title = (view: View): string => view.questionNumber > 0 ? `Question ${view.questionNumber}` : "Tracker";

export const awayQuestion = (away: Away): string => `You were away for ${span(away.until - away.since)}.`;

/** "14 min", "1 h 05 min": whole minutes, at least one. */
export function span(ms: number): string {
  const all = Math.max(1, Math.floor(ms / 60_000));
  const hours = Math.floor(all / 60);
  return hours === 0 ? `${all} min` : `${hours} h ${two(all % 60)} min`;
}

/** "10:42" on the clock of this machine. */
export function wallClock(at: number): string {
  const t = new Date(at);
  return `${two(t.getHours())}:${two(t.getMinutes())}`;
}

/** "3 unsent · offline", "all sent", "not connected". */
export function sending(view: View): string {
  const parts: string[] = [];
  if (view.unsent > 0) parts.push(`${view.unsent} unsent`);
  if (view.connection.stage === "waiting") parts.push(view.connection.reason);
  else if (view.connection.stage === "disconnected") parts.push("not connected");
  else if (view.connection.stage === "pairing") parts.push("connecting");
  return parts.join(" · ") || "all sent";
}

export function nextTry(retryAt: number, now: number): string {
  const seconds = Math.ceil((retryAt - now) / 1000);
  if (seconds <= 0) return "Trying again …";
  return seconds < 120 ? `Next try in ${seconds} s` : `Next try in ${Math.ceil(seconds / 60)} min`;
}

const pressWords: Readonly<Record<PressType, string>> = { NEXT: "Next", PAUSE: "Pause", UNDO: "Undo", EXIT: "End" };

export function refusedPress(refused: RefusedPress): string {
  const { type, at, paused } = refused.press;
  const word = type === "PAUSE" && paused === false ? "Resume" : pressWords[type];
  return `${word} at ${wallClock(at)}: ${refused.reason}`;
}

export const problems = ({ pageProblems }: View): string => pageProblems.length === 0 ? "" : `The page has changed: ${pageProblems.join(", ")}.`;

export const resumeTitle = "Takes End back: the time since then counts as work";

export const resumeProblem = ({ resumeProblem: reason }: View): string => reason && `Not resumed. ${sentence(reason)}`;

/** The news that the collapsed line hides; "" when there is none. */
export function hiddenNews(view: View): string {
  if (view.away !== null) return "you were away";
  if (view.connection.stage === "disconnected") return "not connected";
  if (view.refused.length > 0) return `${view.refused.length} refused`;
  return view.pageProblems.length > 0 ? "the page has changed" : "";
}

/** What a screen reader says about a change. It never reads the running clock. */
export function announcement(before: View | null, view: View): string {
  const { away, phase, questionNumber, refused } = view;
  return [
    away && before?.away?.since !== away.since && awayQuestion(away),
    ...(before ? [
      questionNumber !== before.questionNumber && questionNumber > 0 && `Question ${questionNumber}.`,
      phase !== before.phase && { none: "Session ended.", running: "Running.", paused: "Paused." }[phase],
      view.tone === "over" && before.tone !== "over" && phase === "running" && "Over target.",
      refused.length > before.refused.length && `${refused.length} refused.`,
      ofSending(before, view),
      view.pageProblems.length > before.pageProblems.length && problems(view),
      view.resumeProblem !== before.resumeProblem && resumeProblem(view),
    ] : []),
  ].filter(Boolean).join(" ");
}

function ofSending(before: View, view: View): string | false {
  const { connection: { stage }, unsent } = view;
  if (stage !== before.connection.stage) return `${stage === "connected" ? "Connected, " : ""}${sending(view)}.`;
  return stage !== "connected" && unsent !== before.unsent && `${unsent} unsent.`;
}

/** A reason as a sentence. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** What to do on the server's page for pairing. */
export const allowIt = (fingerprint?: string): string =>
  fingerprint ? `If the page that opened shows ${fingerprint}, press Connect on it.` : "Press Connect on the page that opened.";
