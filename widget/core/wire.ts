/** Presses as the server reads them, and what it answers. */
import type { Answer } from "./answer.ts";
import type { Press, Reply, Transport } from "./types.ts";

const timeoutMs = 30_000;

/** A call that failed. */
export class CallError extends Error {
  /** It is not tried again: the person must connect. */
  readonly isFinal: boolean;
  /** How long the server asked to wait, ms; null if it did not. */
  readonly waitMs: number | null;
  constructor(reason: string, isFinal = false, waitMs: number | null = null) {
    super(reason);
    this.isFinal = isFinal;
    this.waitMs = waitMs;
  }
}

/** Calls the server, with a token if one is given. Throws CallError when no answer comes. */
export async function call(transport: Transport, method: "GET" | "POST" | "DELETE", path: string, body?: unknown, token?: string): Promise<Reply> {
  try {
    return await transport.request({ method, path, body, timeoutMs, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  } catch {
    throw new CallError("the server cannot be reached");
  }
}

/** One event of POST /events/batch. What is undefined is left out of the JSON. */
export const wirePress = ({ id, type, at, paused, task }: Press): Record<string, unknown> => ({
  id, type, timestamp: new Date(at).toISOString(), paused,
  aet_low_minutes: task?.aetLowMinutes, aet_high_minutes: task?.aetHighMinutes, aet_text: task?.aetText,
  task_id: task?.taskId, task_type: task?.taskType,
});

export interface Result {
  readonly result: "accepted" | "duplicate" | "rejected";
  readonly status: number;
  readonly reason?: string;
  readonly answer?: Answer;
}

/** The results of a batch, one per press; null when the answer is something else. */
export function resultsOf(json: unknown, presses: number): readonly Result[] | null {
  const results = (json as { results?: unknown } | null)?.results;
  return Array.isArray(results) && results.length === presses ? (results as Result[]) : null;
}

/** The `detail` of a problem, or a text with the status, as when a proxy answers with a page. */
export function detailOf(reply: Reply): string {
  let detail: unknown;
  try {
    detail = (reply.json() as { detail?: unknown } | null)?.detail;
  } catch {
    // No JSON.
  }
  return typeof detail === "string" && detail ? detail : `the server answered ${reply.status}`;
}

/** Whether the same request may succeed later. */
export const isTemporary = (status: number): boolean => status === 429 || status === 408 || status >= 500;

/** The error for an answer without a result: the server's own text, and the time that it asks to wait. */
export const noResult = (reply: Reply, now: number): CallError =>
  new CallError(detailOf(reply), false, retryAfterMs(reply.header("Retry-After"), now));

/** Reads Retry-After: whole seconds or an HTTP date (RFC 9110, section 10.2.3). Returns ms from now, or null. */
export function retryAfterMs(text: string | null, now: number): number | null {
  const seconds = /^\s*\d+\s*$/.test(text ?? "") ? Number(text) * 1000 : Date.parse(text ?? "") - now;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
