// The functions that the header's @grant lines ask for (Tampermonkey, Violentmonkey).
declare function GM_getValue(name: string): unknown;
declare function GM_setValue(name: string, value: unknown): void;
declare function GM_deleteValue(name: string): void;
declare function GM_listValues(): string[];
declare function GM_addValueChangeListener(
  name: string,
  changed: (name: string, before: unknown, after: unknown, byAnotherTab: boolean) => void,
): unknown;
declare function GM_openInTab(address: string, options: { active: boolean }): void;
declare function GM_xmlhttpRequest(request: {
  method: string;
  url: string;
  headers: Record<string, string>;
  data: string | undefined;
  anonymous: boolean;
  timeout: number;
  onload(response: { status: number; responseHeaders: string; responseText: string }): void;
  onerror(): void;
  ontimeout(): void;
  onabort(): void;
}): void;
