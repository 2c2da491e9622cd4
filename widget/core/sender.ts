/**
 * Sends the queue to the server: in order, one call at a time over all tabs, until every
 * press is accepted or refused. Times are milliseconds.
 */
import { backoff } from "./backoff.ts";
import { readBase, writeBase } from "./base.ts";
import { createBatches, type BatchParts } from "./batch.ts";
import { authorised } from "./credentials.ts";
import { dayFromAnswer, dayPath } from "./day.ts";
import type { Resuming } from "./resuming.ts";
import type { Connection, Lock } from "./types.ts";
import { CallError } from "./wire.ts";

export const connectionKey = "connection";
/** The longest wait that a server may ask for; more is a mistake, or our clock jumped. */
const longestWait = 3_600_000;
const dayEvery = 60_000;

/** Connection as it is stored: `asked` when the server itself asked to wait. */
type StoredConnection = Connection & { readonly asked?: boolean };

export interface SenderParts extends BatchParts {
  readonly resuming: Resuming;
  readonly lock: Lock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/**
 * Returns a function that sends what waits now, unless the server asked to wait. Calls that
 * come while it runs are served together by one more run.
 */
export function createSender(parts: SenderParts): () => void {
  const { storage, lock, time, random, dateOf, queue, credentials, resuming } = parts;
  const batches = createBatches(parts);
  let failures = 0;
  let isRunning = false;
  let isWanted = false;
  let cancelTimer = (): void => {};

  const kick = (): void => {
    isWanted = true;
    if (!isRunning) void run();
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    cancelTimer();
    while (isWanted) {
      isWanted = false;
      await lock.hold("send", sendAll).catch(failed);
    }
    isRunning = false;
  };

  const retryAt = (at: number): void => {
    cancelTimer();
    cancelTimer = time.after(Math.max(0, at - time.now()), kick);
  };

  const sendAll = async (): Promise<void> => {
    const until = await askedUntil();
    const waits = until > time.now();
    const isKnown = await credentials.has();
    await resuming.answer(waits ? "the server asked to wait" : isKnown ? "" : "not connected");
    if (waits) return retryAt(until);
    if (!isKnown) return;
    for (;;) {
      const presses = await queue.stored(batches.size());
      const [first] = presses;
      if (!first) break;
      if (first.takenBack) await resuming.settle(first);
      else if (await batches.send(presses)) failures = 0;
    }
    if (queue.heldUntil() > 0) retryAt(queue.heldUntil());
    await askDay();
    failures = 0;
    await say({ stage: "connected" });
  };

  /** Asks for the day's totals, at most once a minute and when the date has changed. */
  const askDay = async (): Promise<void> => {
    const { day } = await readBase(storage);
    const now = time.now();
    if (day && day.askedAt <= now && now - day.askedAt < dayEvery && day.date === dateOf(now)) return;
    const { reply } = await authorised(parts, "GET", `${dayPath}?date=${dateOf(now)}`);
    const got = reply.status === 200 && dayFromAnswer(reply.json(), now);
    if (got) await writeBase(storage, { ...(await readBase(storage)), day: got });
  };

  const failed = async (err: unknown): Promise<void> => {
    const known = err instanceof CallError ? err : new CallError("the browser's storage failed");
    const reason = known.message;
    if (known.isFinal) return say({ stage: "disconnected", reason });
    const asked = known.waitMs;
    const at = time.now() + Math.min(longestWait, asked ?? backoff(++failures, random));
    retryAt(at);
    await say({ stage: "waiting", reason, retryAt: at, asked: asked !== null });
  };

  /** Until when the server asked to wait, in this tab or another; 0 when it did not. */
  const askedUntil = async (): Promise<number> => {
    const said = (await storage.get(connectionKey)) as StoredConnection | undefined;
    if (said?.stage !== "waiting" || !said.asked) return 0;
    return said.retryAt - time.now() > longestWait ? 0 : said.retryAt;
  };

  /** Tells every tab how the connection stands. If that fails, sending goes on. */
  const say = async (connection: StoredConnection): Promise<void> => {
    try {
      const before = (await storage.get(connectionKey)) as StoredConnection | undefined;
      if (before?.stage !== "connected" || connection.stage !== "connected") await storage.set(connectionKey, connection);
    } catch {
      // The next run says it again.
    }
  };

  return kick;
}
