/**
 * How the widget is connected to the server, as every tab sees it. What needs the server
 * is done by a widget that sends; the others ask it through the storage.
 */
import type { Credentials } from "./credentials.ts";
import { connectionKey } from "./sender.ts";
import type { Connection, Storage, Time } from "./types.ts";
import { CallError } from "./wire.ts";

const askPrefix = "ask:";

/** What a widget that does not send asks of the one that does. */
interface Ask {
  readonly wish: "connect" | "code" | "disconnect";
  /** The code of a pairing; empty for the other wishes. */
  readonly code: string;
}

export interface ConnectingParts {
  readonly storage: Storage;
  readonly time: Time;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly credentials: Credentials;
  readonly sends: boolean;
  readonly deviceKind: string;
  readonly openTab: (path: string) => void;
  /** Sends what waits, here or in the widget that sends. */
  readonly sendNow: () => void;
  /** The connection has changed. */
  readonly changed: () => void;
}

export interface Connecting {
  current(): Connection;
  /** Follows what other tabs say and ask from now on. */
  follow(): void;
  /** Reads how the connection stands. */
  read(): Promise<void>;
  /** Does what was asked before this widget started. */
  answerAsks(): Promise<void>;
  connect(): void;
  enterCode(code: string): void;
  disconnect(): void;
  /** Lets work go on by itself; if it fails, the connection says so. */
  later(work: Promise<unknown>): void;
}

export function createConnecting(parts: ConnectingParts): Connecting {
  const { storage, time, random, credentials, sends, deviceKind, openTab, sendNow, changed } = parts;
  let connection: Connection = { stage: "disconnected" };

  const see = (now: Connection | undefined): void => {
    if (now?.stage) connection = now;
    changed();
  };

  const say = async (said: Connection): Promise<void> => {
    see(said);
    await storage.set(connectionKey, said);
  };

  /** A pairing that fails is not tried again by itself: the person presses Connect again. */
  const later = (work: Promise<unknown>, isPairing = false): void => {
    work.catch((err: unknown) => {
      const reason = err instanceof Error ? err.message : String(err);
      if (isPairing || (err instanceof CallError && err.isFinal)) say({ stage: "disconnected", reason }).catch(() => {});
      else see({ stage: "waiting", reason, retryAt: time.now() });
    });
  };

  const pair = async (): Promise<void> => {
    const { path, fingerprint } = await credentials.startPairing(deviceKind);
    await say({ stage: "pairing", fingerprint });
    openTab(path);
  };

  const takeCode = async (code: string): Promise<void> => {
    await credentials.takeCode(code);
    await say({ stage: "connected" });
    sendNow();
  };

  const forget = async (): Promise<void> => {
    await credentials.disconnect();
    await say({ stage: "disconnected" });
  };

  const ask = (asked: Ask): void => {
    const { wish, code } = asked;
    if (!sends) later(storage.set(askPrefix + random(), asked));
    else if (wish === "disconnect") later(forget());
    else later(wish === "connect" ? pair() : takeCode(code), true);
  };

  const seeAsk = (key: string, value: unknown): void => {
    if (sends && value) later(storage.remove(key).then(() => ask(value as Ask)));
  };

  return {
    current: () => connection,
    follow() {
      storage.watch(connectionKey, (_, value) => see(value as Connection | undefined));
      storage.watch(askPrefix, seeAsk);
    },
    async read() {
      if (await credentials.has()) connection = { stage: "connected" };
      see((await storage.get(connectionKey)) as Connection | undefined);
    },
    async answerAsks() {
      for (const [key, value] of await storage.list(askPrefix)) seeAsk(key, value);
    },
    connect: () => ask({ wish: "connect", code: "" }),
    enterCode: (code) => ask({ wish: "code", code }),
    disconnect: () => ask({ wish: "disconnect", code: "" }),
    later,
  };
}
