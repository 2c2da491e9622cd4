import type { Storage, Time } from "../core/types.ts";

/** The value under this key names the key that changed last: a listener hears of one key only. */
const changedKey = "~changed";

/** How long to wait for what another tab has written, ms: a manager may have dropped the news. */
const mostWait = 2_000;

export interface Values extends Storage {
  /** How much this tab has written so far, for caughtUp in another tab. */
  written(): string;
  /** Resolves when this tab has what another tab had written at its `written`, or has waited too long. */
  caughtUp(written: string): Promise<void>;
}

/** The manager's values, which all tabs share and which outlive the browser. */
export function values(time: Time): Values {
  const watchers = new Set<(key: string) => void>();
  const tab = Math.random().toString(36).slice(2);
  let writes = 0;
  /** Number of the newest write that was heard from each other tab. */
  const heard = new Map<string, number>();
  const waiting = new Set<() => void>();

  const tell = (key: string): void => {
    for (const watcher of watchers) watcher(key);
  };
  /** The text differs each time; otherwise a second change of a key would not be announced. */
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
      // As text, because a manager may keep a reference to an object.
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
    return undefined; // the widget did not write it
  }
}
