/** A platform whose time, storage, locks and network the test controls. */
import { createHash, webcrypto } from "node:crypto";
import type { Crypto } from "../credentials.ts";
import type { Lock, Press, Storage, Time, Transport } from "../types.ts";
import { upgrade, versioned } from "../upgrade.ts";
import { createWidget, type Widget } from "../widget.ts";
import { defaultSettings } from "../types.ts";
import { FakeServer, type Fault } from "./server.ts";

const never = new Promise<never>(() => {});

/** Hashes before it returns: webcrypto does so in a thread, which a busy machine runs later. */
const promptCrypto: Crypto = {
  randomUUID: () => webcrypto.randomUUID(),
  getRandomValues: (into) => webcrypto.getRandomValues(into),
  subtle: {
    digest: async (_, data) =>
      new Uint8Array(createHash("sha256").update(data).digest()).buffer,
  },
};

export const settle = async () => {
  for (let i = 0; i < 6; i++) await new Promise((go) => setImmediate(go));
};

/** Virtual milliseconds; `skew` is added to what the widgets read. */
export class FakeTime {
  real = Date.parse("2026-03-02T09:00:00Z");
  skew = 0;
  #timers: { at: number; call: () => void }[] = [];

  handle(isDead: () => boolean): Time {
    return {
      now: () => this.real + this.skew,
      after: (ms, call) => {
        const timer = { at: this.real + ms, call: () => { if (!isDead()) call(); } };
        this.#timers.push(timer);
        return () => { this.#timers = this.#timers.filter((t) => t !== timer); };
      },
    };
  }

  async advance(ms: number): Promise<void> {
    const end = this.real + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((t) => t !== due);
      this.real = Math.max(this.real, due.at);
      due.call();
      await settle();
    }
    this.real = end;
  }
}

export class World {
  readonly time = new FakeTime();
  readonly values = new Map<string, string>();
  /** Every press that was ever stored, by id. */
  readonly stored = new Set<string>();
  /** Those of them that were taken back before the server answered. */
  readonly takenBack = new Set<string>();
  readonly server = new FakeServer(this.time);
  storageFaults = 0;
  /** Called before each use of the storage. */
  beforeUse = (): void => {};
  /** Calls of the batch route at the same time. */
  mostAtOnce = 0;
  #inFlight = 0;
  #watchers = new Set<{ tab: Tab; prefix: string; changed: (key: string, value: unknown) => void }>();
  #locks = new Map<string, Promise<unknown>>();

  storage(tab: Tab): Storage {
    const act = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve();
      this.beforeUse();
      if (tab.isDead) return never;
      if (this.storageFaults > 0) {
        this.storageFaults--;
        throw new Error("storage failed");
      }
      return work();
    };
    const tell = (key: string, value: unknown) => {
      for (const w of this.#watchers) if (!w.tab.isDead && key.startsWith(w.prefix)) queueMicrotask(() => w.changed(key, value));
    };
    return {
      get: (key) => act(() => read(this.values.get(key))),
      set: (key, value) => act(() => {
        this.values.set(key, JSON.stringify(value));
        if (key.startsWith("press:")) this.stored.add((value as Press).id);
        if (key.startsWith("press:") && (value as Press).takenBack) this.takenBack.add((value as Press).id);
        tell(key, read(this.values.get(key)));
      }),
      remove: (key) => act(() => { this.values.delete(key); tell(key, undefined); }),
      list: (prefix) => act(() => new Map([...this.values].filter(([k]) => k.startsWith(prefix)).map(([k, v]) => [k, read(v)]))),
      watch: (prefix, changed) => {
        const watcher = { tab, prefix, changed };
        this.#watchers.add(watcher);
        return () => this.#watchers.delete(watcher);
      },
    };
  }

  lock(tab: Tab): Lock {
    return {
      hold: <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const before = this.#locks.get(name) ?? Promise.resolve();
        const result = before.then(() => (tab.isDead ? never : work()));
        this.#locks.set(name, Promise.race([result.catch(() => {}), tab.died]));
        return result;
      },
    };
  }

  transport(tab: Tab): Transport {
    return {
      request: async (r) => {
        if (r.path === "/events/batch") this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#inFlight);
        await new Promise((go) => setImmediate(go));
        if (r.path === "/events/batch") this.#inFlight--;
        if (tab.isDead) return never;
        return this.server.answer(r.method, r.path, r.headers ?? {}, JSON.parse(JSON.stringify(r.body ?? null)));
      },
    };
  }

  faults(...faults: Fault[]): void {
    this.server.faults.push(...faults);
  }

  connect(version = ""): void {
    this.values.set(`${version}credential`, JSON.stringify({
      accessToken: this.server.access, refreshToken: this.server.refresh, expiresAt: this.time.real + 1e12, deviceId: "d",
    }));
  }
}

/** One page with a widget in it. */
export class Tab {
  isDead = false;
  kill!: () => void;
  readonly died: Promise<void>;
  readonly widget: Widget;
  readonly opened: string[] = [];

  /** `upgrades`: its records are those of the present version, and it takes over older ones. */
  constructor(world: World, sends = true, upgrades = false) {
    this.died = new Promise((die) => { this.kill = () => { this.isDead = true; die(); }; });
    const raw = world.storage(this);
    const lock = world.lock(this);
    const time = world.time.handle(() => this.isDead);
    this.widget = createWidget({
      storage: upgrades ? versioned(raw) : raw, ...(upgrades && { ready: upgrade(raw, lock, time) }),
      transport: world.transport(this), lock, time, random: () => 0.5, crypto: promptCrypto, sends,
      settings: defaultSettings, dateOf: (ms) => new Date(ms).toISOString().slice(0, 10),
      openTab: (path) => this.opened.push(path), deviceKind: "userscript",
    });
  }
}

function read(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
