/** Presses as the server reads them, and what it says of them. Pure. */
import type { Answer } from "./answer.ts";
import type { Press } from "./types.ts";

/** One event of POST /events/batch. */
export function wirePress(p: Press): Record<string, unknown> {
  const task = p.task ?? {};
  return {
    id: p.id, type: p.type, timestamp: new Date(p.at).toISOString(),
    ...(p.paused !== undefined && { paused: p.paused }),
    ...(task.aetLowMinutes !== undefined && { aet_low_minutes: task.aetLowMinutes }),
    ...(task.aetHighMinutes !== undefined && { aet_high_minutes: task.aetHighMinutes }),
    ...(task.aetText !== undefined && { aet_text: task.aetText }),
    ...(task.taskId !== undefined && { task_id: task.taskId }),
    ...(task.taskType !== undefined && { task_type: task.taskType }),
  };
}

export interface Result {
  readonly result: "accepted" | "duplicate" | "rejected";
  readonly status: number;
  readonly reason?: string;
  readonly answer?: Answer;
}

/** The results of a batch, one per press; null when it is no such answer. */
export function resultsOf(json: unknown, presses: number): readonly Result[] | null {
  const results = (json as { results?: unknown } | null)?.results;
  return Array.isArray(results) && results.length === presses ? (results as Result[]) : null;
}

/** The `detail` of a problem, or a plain word on the status. */
export function detailOf(json: unknown, status: number): string {
  const detail = (json as { detail?: unknown } | null)?.detail;
  return typeof detail === "string" && detail !== "" ? detail : `the server answered ${status}`;
}

/** Retry-After in ms from now: whole seconds or an HTTP date (RFC 9110, section 10.2.3); null when neither. */
export function retryAfterMs(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
