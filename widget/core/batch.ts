/** One call that sends presses to the server, and what follows from its answer. */
import { readBase, takeIn, writeBase, type Accepted } from "./base.ts";
import { authorised, type CallParts } from "./credentials.ts";
import type { DateOf } from "./day.ts";
import type { Queue } from "./queue.ts";
import type { Press, Storage } from "./types.ts";
import { CallError, detailOf, isTemporary, noResult, resultsOf, wirePress, type Result } from "./wire.ts";

const mostPresses = 100;
/** The server cannot read one of the presses, so it refuses them all. */
const refusesAll = [400, 409, 413, 422];

export interface BatchParts extends CallParts {
  readonly storage: Storage;
  readonly dateOf: DateOf;
  readonly queue: Queue;
}

export interface Batches {
  /** How many presses the next call may have. */
  size(): number;
  /**
   * Sends presses, and takes those that are answered out of the queue. Resolves with
   * whether the server answered each. Throws CallError when they are to be sent again.
   */
  send(presses: readonly Press[]): Promise<boolean>;
}

export function createBatches(parts: BatchParts): Batches {
  const { storage, time, dateOf, queue } = parts;
  /** Smaller while it looks for the one press that spoils its batch. */
  let size = mostPresses;

  /**
   * The state is stored before a press leaves the queue: a crash between the two sends the
   * press again, which its id makes harmless.
   */
  const takeResults = async (presses: readonly Press[], results: readonly Result[], sentAt: number): Promise<void> => {
    const all = results.map((result, i) => ({ ...result, press: presses[i]! }));
    const accepted = all.filter((one): one is typeof one & Accepted => Boolean(one.answer));
    await writeBase(storage, takeIn(await readBase(storage), accepted, sentAt, dateOf));
    let busy = "";
    for (const { press, result, status, reason = "" } of all) {
      if (result !== "rejected") await queue.forget(press);
      else if (isTemporary(status)) busy ||= reason || "the server is busy";
      else await queue.refuse({ press, reason });
    }
    size = Math.min(mostPresses, size * 2);
    if (busy) throw new CallError(busy);
  };

  return {
    size: () => size,
    async send(presses) {
      const { reply, sentAt } = await authorised(parts, "POST", "/events/batch",
        (at) => ({ sent_at: new Date(at).toISOString(), events: presses.map(wirePress) }));
      if (reply.status === 200) {
        const results = resultsOf(reply.json(), presses.length);
        if (!results) throw new CallError("the answer cannot be read");
        await takeResults(presses, results, sentAt);
        return true;
      }
      if (!refusesAll.includes(reply.status)) throw noResult(reply, time.now());
      const [press, another] = presses;
      if (press && !another) await queue.refuse({ press, reason: detailOf(reply) });
      else size = Math.ceil(presses.length / 2);
      return false;
    },
  };
}
