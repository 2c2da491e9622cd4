import type { Storage } from "../core/types.ts";

/** Names the key that changed last, because a listener hears of one key only. */
const changedKey = "~changed";

/** The manager's values: shared by all tabs, and kept when the browser ends. */
export class Values implements Storage {
  readonly #watchers = new Set<(key: string) => void>();
  #changes = 0;

  constructor() {
    GM_addValueChangeListener(changedKey, (_name, _before, after, byAnotherTab) => {
      if (byAnotherTab && typeof after === "string") {
        this.#tell(after.slice(after.indexOf(" ") + 1));
      }
    });
  }

  async get(key: string): Promise<unknown> {
    return read(key);
  }

  async set(key: string, value: unknown): Promise<void> {
    // As text: a manager may keep a live object otherwise.
    GM_setValue(key, JSON.stringify(value));
    this.#announce(key);
  }

  async remove(key: string): Promise<void> {
    GM_deleteValue(key);
    this.#announce(key);
  }

  async list(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    const keys = GM_listValues().filter((key) => key.startsWith(prefix));
    return new Map(keys.map((key) => [key, read(key)]));
  }

  watch(prefix: string, changed: (key: string, value: unknown) => void): () => void {
    const watcher = (key: string): void => {
      if (key.startsWith(prefix)) {
        changed(key, read(key));
      }
    };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The text is another each time, or a second change of a key would be none. */
  #announce(key: string): void {
    this.#changes++;
    GM_setValue(changedKey, `${crypto.randomUUID()}.${this.#changes} ${key}`);
    this.#tell(key);
  }

  #tell(key: string): void {
    for (const watcher of this.#watchers) {
      watcher(key);
    }
  }
}

function read(key: string): unknown {
  const text = GM_getValue(key);
  if (typeof text !== "string") {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not ours
  }
}
