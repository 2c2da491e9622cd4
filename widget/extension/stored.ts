import type { Storage } from "../core/types.ts";

/** The extension's storage: shared by its pages, its worker and all tabs, and durable. */
export class Stored implements Storage {
  async get(key: string): Promise<unknown> {
    return (await chrome.storage.local.get(key))[key];
  }

  set(key: string, value: unknown): Promise<void> {
    return chrome.storage.local.set({ [key]: value });
  }

  remove(key: string): Promise<void> {
    return chrome.storage.local.remove(key);
  }

  async list(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    const all = await chrome.storage.local.get(null);
    return new Map(Object.entries(all).filter(([key]) => key.startsWith(prefix)));
  }

  watch(prefix: string, changed: (key: string, value: unknown) => void): () => void {
    const listener = (changes: chrome.storage.Changes, area: string): void => {
      if (area !== "local") {
        return;
      }
      for (const [key, change] of Object.entries(changes)) {
        if (key.startsWith(prefix)) {
          changed(key, change.newValue);
        }
      }
    };
    chrome.storage.onChanged.addListener(listener);
    return () => chrome.storage.onChanged.removeListener(listener);
  }
}
