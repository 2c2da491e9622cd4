/**
 * Takes back the EXIT that ended a session. Any tab asks for it through the storage. A widget
 * that sends does it while it sends nothing else: it takes the EXIT out of the queue, or, if
 * the server has it, asks the server. Times are milliseconds.
 */
import type { Answer } from "./answer.ts";
import { readBase, withoutExit, writeBase } from "./base.ts";
import type { BatchParts } from "./batch.ts";
import { authorised } from "./credentials.ts";
import type { Press, Reply } from "./types.ts";
import { detailOf } from "./wire.ts";

const key = "resume";
/** A wish that could not be fulfilled for so long is dropped: the person has turned to something else. */
const patience = 60_000;

/** What a person has asked for, until it is done. */
export interface Wish {
  /** Id of the EXIT. */
  readonly id: string;
  readonly at: number;
  /** Why it was not done. */
  readonly reason?: string;
}

export interface Resuming {
  /** The newest wish; undefined when it was fulfilled. */
  current(): Wish | undefined;
  /** Follows what other tabs ask from now on. */
  follow(): void;
  /** Reads what was asked before. */
  read(): Promise<void>;
  /** Asks for it. While that is under way, to ask again changes nothing. */
  ask(id: string): Promise<void>;
  /** Does what was asked, or says why not. `obstacle`: why the server cannot be asked; "" if it can. */
  answer(obstacle: string): Promise<void>;
  /** Makes sure that the server does not have an EXIT that was taken out of the queue. Throws CallError. */
  settle(press: Press): Promise<void>;
}

/** Calls `changed` when something else is to be drawn. */
export function createResuming(parts: BatchParts, changed: () => void): Resuming {
  const { storage, time, dateOf, queue } = parts;
  let wish: Wish | undefined;

  const see = (value: unknown): void => {
    wish = value as Wish | undefined;
    changed();
  };
  const say = async (said: Wish): Promise<void> => {
    see(said);
    await storage.set(key, said);
  };

  /** Asks the server, and takes its answer into the base. Throws CallError. */
  const askServer = async (id: string): Promise<Reply> => {
    const { reply, sentAt } = await authorised(parts, "POST", "/events/resume", () => ({ event_id: id }));
    if (reply.status === 200) {
      await writeBase(storage, withoutExit(await readBase(storage), id, reply.json() as Answer, sentAt, dateOf));
    }
    return reply;
  };

  /** Resolves with why the server does not do it; "" when it has done it. */
  const reasonAgainst = async (id: string): Promise<string> => {
    if ((await queue.stored(1)).length > 0) return "something else was pressed";
    const reply = await askServer(id);
    return reply.status === 200 ? "" : detailOf(reply);
  };

  return {
    current: () => wish,
    follow: () => void storage.watch(key, (_, value) => see(value)),
    read: async () => see(await storage.get(key)),
    ask: (id) => say({ id, at: time.now() }),
    async answer(obstacle) {
      const asked = (await storage.get(key)) as Wish | undefined;
      if (!asked || asked.reason) return;
      const { id, at } = asked;
      const refuse = (reason: string): Promise<void> => say({ id, at, reason });
      const isOver = time.now() - at > patience || (await queue.takeBack(id)) || (await readBase(storage)).state.endedBy !== id;
      try {
        const reason = isOver ? "" : obstacle || (await reasonAgainst(id));
        if (reason) return await refuse(reason);
      } catch (err) {
        await refuse((err as Error).message);
        throw err;
      }
      await storage.remove(key);
    },
    async settle(press) {
      const { id } = press;
      const reply = await askServer(id);
      // 404: it never arrived.
      if (reply.status === 200 || reply.status === 404) return queue.forget(press);
      await queue.giveBack(press);
      await say({ id, at: time.now(), reason: detailOf(reply) });
    },
  };
}
