/**
 * Brings the queue to the server: in order, one call at a time over all tabs, until every
 * press is taken or refused. Times are milliseconds.
 */
import { backoff } from "./backoff.ts";
import { readBase, takeIn, writeBase, type Taken } from "./base.ts";
import { Credentials, Disconnected, Unreachable } from "./credentials.ts";
import { dayFromAnswer, dayPath, type DateOf } from "./day.ts";
import type { Queue } from "./queue.ts";
import type { Connection, Lock, Press, Storage, Time, Transport } from "./types.ts";
import { detailOf, resultsOf, retryAfterMs, wirePress, type Result } from "./wire.ts";

export const connectionKey = "connection";
const mostPresses = 100;
const timeoutMs = 30_000;
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

/** What ended a call without a result for its presses. */
class Wait extends Error {
  readonly ms: number | null;
  constructor(reason: string, ms: number | null) {
    super(reason);
    this.ms = ms;
  }
}

export class Sender {
  readonly #parts: SenderParts;
  #failures = 0;
  /** Presses in the next call; smaller while one is looked for that spoils its batch. */
  #size = mostPresses;
  #running = false;
  #again = false;
  #cancelTimer: () => void = () => {};
  #stopped = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /**
   * Sends now what waits, unless the server asked to wait. Calls while one runs are
   * taken together as one more.
   */
  kick(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#cancelTimer();
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#parts.lock.hold("send", () => this.#drain());
      } catch (err) {
        await this.#failed(err);
      }
    }
    this.#running = false;
  }

  async #drain(): Promise<void> {
    const { queue, time, credentials } = this.#parts;
    const askedUntil = await this.#askedUntil();
    if (askedUntil > time.now()) return this.#retryAt(askedUntil);
    if (!(await credentials.has())) return;
    while (!this.#stopped) {
      const presses = await queue.stored(this.#size);
      if (presses.length === 0) break;
      await this.#sendBatch(presses);
    }
    if (this.#stopped) return;
    if (queue.heldUntil() > 0) this.#retryAt(queue.heldUntil());
    await this.#askDay();
    this.#failures = 0;
    await this.#say({ kind: "connected" });
  }

  async #sendBatch(presses: readonly Press[]): Promise<void> {
    const { time } = this.#parts;
    let sentAt = 0;
    const answer = await this.#authorised((headers) => {
      sentAt = time.now();
      return this.#parts.transport.request({
        method: "POST", path: "/events/batch", headers, timeoutMs,
        body: { sent_at: new Date(sentAt).toISOString(), events: presses.map(wirePress) },
      });
    });
    if (answer.status === 200) {
      const results = resultsOf(answer.json(), presses.length);
      if (!results) throw new Wait("the answer cannot be read", null);
      return this.#takeResults(presses, results, sentAt);
    }
    if (answer.status === 413 || [400, 409, 422].includes(answer.status)) {
      return this.#narrow(presses, answer.status, detailOf(answer.json(), answer.status));
    }
    throw new Wait(`the server answered ${answer.status}`, retryAfterMs(answer.header("Retry-After"), time.now()));
  }

  /** A call with a token; a token that is turned down is renewed once. */
  async #authorised(call: (headers: Record<string, string>) => ReturnType<Transport["request"]>) {
    const { credentials } = this.#parts;
    const send = (token: string) => call({ Authorization: `Bearer ${token}` })
      .catch(() => { throw new Wait("the server cannot be reached", null); });
    const token = await credentials.token();
    let answer = await send(token);
    if (answer.status === 401) answer = await send(await credentials.token(token));
    if (answer.status === 401) throw new Wait("the server does not accept a new token", null);
    if (answer.status === 403) throw new Disconnected(detailOf(answer.json(), 403));
    return answer;
  }

  /** The server refused a batch as a whole: look for the press that it means. */
  async #narrow(presses: readonly Press[], status: number, reason: string): Promise<void> {
    const [only] = presses;
    if (presses.length > 1 || !only) {
      this.#size = Math.ceil(presses.length / 2);
      return;
    }
    await this.#parts.queue.refuse(only, status, reason);
  }

  /**
   * The state is stored before a press leaves the queue: a crash between the two sends the
   * press again, which its id makes harmless.
   */
  async #takeResults(presses: readonly Press[], results: readonly Result[], sentAt: number): Promise<void> {
    const { storage, queue, dateOf } = this.#parts;
    const taken: Taken[] = [];
    let later: Result | undefined;
    for (const [i, result] of results.entries()) {
      const press = presses[i]!;
      if (result.answer) taken.push({ press, answer: result.answer });
      else if (isTemporary(result.status)) later ??= result;
    }
    await writeBase(storage, takeIn(await readBase(storage), taken, sentAt, dateOf));
    for (const [i, result] of results.entries()) {
      const press = presses[i]!;
      if (result.result !== "rejected") await queue.remove(press);
      else if (!isTemporary(result.status)) await queue.refuse(press, result.status, result.reason ?? "");
    }
    this.#size = Math.min(mostPresses, this.#size * 2);
    if (later) throw new Wait(later.reason ?? "the server is busy", null);
    this.#failures = 0;
  }

  /** Asks for the day's totals, at most once a minute and when the date has changed. */
  async #askDay(): Promise<void> {
    const { storage, time, dateOf, transport } = this.#parts;
    const { day } = await readBase(storage);
    const now = time.now();
    const isFresh = day && day.askedAt <= now && now - day.askedAt < dayEvery;
    if (isFresh && day.date === dateOf(now)) return;
    const answer = await this.#authorised((headers) =>
      transport.request({ method: "GET", path: `${dayPath}?date=${dateOf(now)}`, headers, timeoutMs }));
    if (answer.status === 429 || answer.status >= 500) {
      throw new Wait(`the server answered ${answer.status}`, retryAfterMs(answer.header("Retry-After"), now));
    }
    const got = answer.status === 200 ? dayFromAnswer(answer.json(), now) : null;
    if (got) await writeBase(storage, { ...(await readBase(storage)), day: got });
  }

  async #failed(err: unknown): Promise<void> {
    if (err instanceof Disconnected) {
      await this.#say({ kind: "disconnected", reason: err.message });
      return;
    }
    const now = this.#parts.time.now();
    const asked = err instanceof Wait ? err.ms
      : err instanceof Unreachable ? retryAfterMs(err.retryAfter, now) : null;
    const ms = Math.min(longestWait, asked ?? backoff(++this.#failures, this.#parts.random));
    const reason = err instanceof Wait || err instanceof Unreachable ? err.message : "the browser's storage failed";
    this.#retryAt(now + ms);
    await this.#say({ kind: "waiting", reason, retryAt: now + ms, asked: asked !== null });
  }

  #retryAt(at: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.time.after(Math.max(0, at - this.#parts.time.now()), () => this.kick());
  }

  /** Until when the server asked to wait, in this tab or another; 0 when it did not. */
  async #askedUntil(): Promise<number> {
    const said = (await this.#parts.storage.get(connectionKey)) as StoredConnection | undefined;
    if (said?.kind !== "waiting" || !said.asked) return 0;
    return said.retryAt - this.#parts.time.now() > longestWait ? 0 : said.retryAt;
  }

  /** Tells every tab how the connection stands; that it cannot be told stops nothing. */
  async #say(connection: StoredConnection): Promise<void> {
    const { storage } = this.#parts;
    try {
      const before = (await storage.get(connectionKey)) as StoredConnection | undefined;
      if (before?.kind === "connected" && connection.kind === "connected") return;
      await storage.set(connectionKey, connection);
    } catch {
      // The next call says it again.
    }
  }
}

/** A press that was turned down for a reason that passes is sent again. */
function isTemporary(status: number): boolean {
  return status === 429 || status === 408 || status >= 500;
}
