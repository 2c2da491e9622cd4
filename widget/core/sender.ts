/**
 * Brings the queue to the server: in order, one call at a time over all tabs, until every
 * press is taken or refused. Times are milliseconds.
 */
import { backoff } from "./backoff.ts";
import { readBase, takeIn, writeBase, type Taken } from "./base.ts";
import type { Credentials } from "./credentials.ts";
import { dayFromAnswer, dayPath, type DateOf } from "./day.ts";
import type { Queue } from "./queue.ts";
import type { Connection, Lock, Press, Reply, Storage, Time, Transport } from "./types.ts";
import { call, CallError, detailOf, isTemporary, noResult, resultsOf, wirePress, type Result } from "./wire.ts";

export const connectionKey = "connection";
const mostPresses = 100;
/** The longest wait that a server may ask for; more is a mistake, or our clock jumped. */
const longestWait = 3_600_000;
const dayEvery = 60_000;

/** Connection as it is stored: `asked` when the server itself asked to wait. */
type StoredConnection = Connection & { readonly asked?: boolean };

export interface SenderParts {
  readonly storage: Storage;
  readonly transport: Transport;
  readonly lock: Lock;
  readonly time: Time;
  readonly random: () => number;
  readonly dateOf: DateOf;
  readonly queue: Queue;
  readonly credentials: Credentials;
}

/**
 * Gives how to send now what waits, unless the server asked to wait. Calls while one runs
 * are taken together as one more.
 */
export function createSender({ storage, transport, lock, time, random, dateOf, queue, credentials }: SenderParts): () => void {
  let failures = 0;
  /** Presses in the next call; smaller while one is looked for that spoils its batch. */
  let size = mostPresses;
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
      await lock.hold("send", drain).catch(failed);
    }
    isRunning = false;
  };

  const retryAt = (at: number): void => {
    cancelTimer();
    cancelTimer = time.after(Math.max(0, at - time.now()), kick);
  };

  const drain = async (): Promise<void> => {
    const until = await askedUntil();
    if (until > time.now()) return retryAt(until);
    if (!(await credentials.has())) return;
    for (;;) {
      const presses = await queue.stored(size);
      if (presses.length === 0) break;
      await sendBatch(presses);
    }
    if (queue.heldUntil() > 0) retryAt(queue.heldUntil());
    await askDay();
    failures = 0;
    await say({ stage: "connected" });
  };

  const sendBatch = async (presses: readonly Press[]): Promise<void> => {
    let sentAt = 0;
    const reply = await authorised((token) => {
      sentAt = time.now();
      return call(transport, "POST", "/events/batch", { sent_at: new Date(sentAt).toISOString(), events: presses.map(wirePress) }, token);
    });
    const { status } = reply;
    if (status === 200) {
      const results = resultsOf(reply.json(), presses.length);
      if (!results) throw new CallError("the answer cannot be read");
      return takeResults(presses, results, sentAt);
    }
    if (![400, 409, 413, 422].includes(status)) throw noResult(reply, time.now());
    // The server refused the batch as a whole: look for the press that it means.
    const [press, another] = presses;
    if (press && !another) return queue.refuse({ press, reason: detailOf(reply) });
    size = Math.ceil(presses.length / 2);
  };

  /** A call with a token; a token that is turned down is renewed once. */
  const authorised = async (send: (token: string) => Promise<Reply>): Promise<Reply> => {
    const token = await credentials.token();
    let reply = await send(token);
    if (reply.status === 401) reply = await send(await credentials.token(token));
    if (reply.status === 401) throw new CallError("the server does not accept a new token");
    if (reply.status === 403) throw new CallError(detailOf(reply), true);
    return reply;
  };

  /**
   * The state is stored before a press leaves the queue: a crash between the two sends the
   * press again, which its id makes harmless.
   */
  const takeResults = async (presses: readonly Press[], results: readonly Result[], sentAt: number): Promise<void> => {
    const all = results.map((result, i) => ({ ...result, press: presses[i]! }));
    const taken = all.filter((one): one is typeof one & Taken => Boolean(one.answer));
    await writeBase(storage, takeIn(await readBase(storage), taken, sentAt, dateOf));
    let busy = "";
    for (const { press, result, status, reason = "" } of all) {
      if (result !== "rejected") await queue.forget(press);
      else if (isTemporary(status)) busy ||= reason || "the server is busy";
      else await queue.refuse({ press, reason });
    }
    size = Math.min(mostPresses, size * 2);
    if (busy) throw new CallError(busy);
    failures = 0;
  };

  /** Asks for the day's totals, at most once a minute and when the date has changed. */
  const askDay = async (): Promise<void> => {
    const { day } = await readBase(storage);
    const now = time.now();
    if (day && day.askedAt <= now && now - day.askedAt < dayEvery && day.date === dateOf(now)) return;
    const reply = await authorised((token) => call(transport, "GET", `${dayPath}?date=${dateOf(now)}`, undefined, token));
    if (isTemporary(reply.status)) throw noResult(reply, now);
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

  /** Tells every tab how the connection stands; that it cannot be told stops nothing. */
  const say = async (connection: StoredConnection): Promise<void> => {
    try {
      const before = (await storage.get(connectionKey)) as StoredConnection | undefined;
      if (before?.stage !== "connected" || connection.stage !== "connected") await storage.set(connectionKey, connection);
    } catch {
      // The next call says it again.
    }
  };

  return kick;
}
