import type { Storage, Time } from "../core/types.ts";

/** Names the key that changed last and the tab that changed it: a listener hears of one key only. */
const changedKey = "~changed";

/** How long to wait for what another tab has written; a manager may have dropped its news, ms. */
const mostWait = 2_000;

export interface Values extends Storage {
  /** What this tab has written so far, as caughtUp understands it in another tab. */
  written(): string;
  /** Resolves when this tab has what another tab had written at its `written`, or gives up on it. */
  caughtUp(written: string): Promise<void>;
}

/** The manager's values: shared by all tabs, and kept when the browser ends. */
export function values(time: Time): Values {
  const watchers = new Set<(key: string) => void>();
  const tab = Math.random().toString(36).slice(2);
  let writes = 0;
  /** The newest write that was heard of each other tab. */
  const heard = new Map<string, number>();
  const waiting = new Set<() => void>();

  const tell = (key: string): void => {
    for (const watcher of watchers) watcher(key);
  };
  /** The text is another each time, or a second change of a key would be none. */
  const announce = (key: string): void => {
    GM_setValue(changedKey, `${tab} ${++writes} ${key}`);
    tell(key);
  };
  GM_addValueChangeListener(changedKey, (_name, _before, after, byAnotherTab) => {
    const [, by, nth, key] = /^(\w+) (\d+) (.*)$/s.exec(byAnotherTab ? String(after) : "") ?? [];
    if (!by || !key) return;
    heard.set(by, Number(nth));
    tell(key);
    for (const look of waiting) look();
  });

  return {
    get: async (key) => read(key),
    async set(key, value) {
      // As text: a manager may keep a live object otherwise.
      GM_setValue(key, JSON.stringify(value));
      announce(key);
    },
    async remove(key) {
      GM_deleteValue(key);
      announce(key);
    },
    async list(prefix) {
      const keys = GM_listValues().filter((key) => key.startsWith(prefix));
      return new Map(keys.map((key) => [key, read(key)]));
    },
    watch(prefix, changed) {
      const watcher = (key: string): void => {
        if (key.startsWith(prefix)) changed(key, read(key));
      };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    written: () => `${tab} ${writes}`,
    caughtUp(written) {
      const [by = "", nth] = written.split(" ");
      return new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(look);
          cancel();
          resolve();
        };
        const look = (): void => {
          if (by === tab || (heard.get(by) ?? 0) >= Number(nth)) done();
        };
        const cancel = time.after(mostWait, done);
        waiting.add(look);
        look();
      });
    },
  };
}

function read(key: string): unknown {
  const text = GM_getValue(key);
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not ours
  }
}
