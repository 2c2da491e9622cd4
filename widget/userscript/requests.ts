import type { Transport } from "../core/types.ts";
import { server } from "../browser/server.ts";

/** Requests that the manager makes, without cookies. The page's policy does not apply to them. */
export const requests: Transport = {
  request: ({ method, path, headers, body, timeoutMs }) => new Promise((resolve, reject) => {
    const failed = (): void => reject(new Error("no answer"));
    GM_xmlhttpRequest({
      method, url: server + path, data: JSON.stringify(body), timeout: timeoutMs, anonymous: true,
      headers: { ...headers, "content-type": "application/json" },
      onload: ({ status, responseHeaders, responseText }) => resolve({
        status,
        header: (name) => RegExp(`^${name}:(.*)`, "im").exec(responseHeaders)?.[1]?.trim() ?? null,
        json: () => JSON.parse(responseText),
      }),
      onerror: failed, ontimeout: failed, onabort: failed,
    });
  }),
};
