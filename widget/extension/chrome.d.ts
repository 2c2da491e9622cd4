// The part of the browser's interface that the extension uses (Manifest V3).
declare namespace chrome {
  interface Event<Listener> {
    addListener(listener: Listener): void;
    removeListener(listener: Listener): void;
  }
  namespace storage {
    const local: {
      get(keys: string | null): Promise<Record<string, unknown>>;
      set(items: Record<string, unknown>): Promise<void>;
      remove(key: string): Promise<void>;
    };
    type Changes = Readonly<Record<string, { newValue?: unknown }>>;
    const onChanged: Event<(changes: Changes, area: string) => void>;
  }
  namespace alarms {
    function create(name: string, when: { periodInMinutes: number }): Promise<void>;
    const onAlarm: Event<(alarm: { name: string }) => void>;
  }
  namespace runtime {
    const onStartup: Event<() => void>;
    const onInstalled: Event<() => void>;
    function openOptionsPage(): Promise<void>;
    function getURL(path: string): string;
  }
  namespace tabs {
    function create(tab: { url: string }): Promise<unknown>;
  }
  namespace action {
    function setBadgeText(badge: { text: string }): Promise<void>;
    function setTitle(title: { title: string }): Promise<void>;
  }
}
