import type { Transport } from "../core/types.ts";

/** Requests by the manager, which no policy of the page reaches, without cookies. */
export const requests: Transport = {
  request(r) {
    return new Promise((resolve, reject) => {
      const failed = (why: string) => () => reject(new Error(why));
      const headers: Record<string, string> = { ...r.headers };
      if (r.body !== undefined) {
        headers["content-type"] = "application/json";
      }
      GM_xmlhttpRequest({
        method: r.method,
        url: SERVER + r.path,
        headers,
        ...(r.body === undefined ? {} : { data: JSON.stringify(r.body) }),
        anonymous: true,
        timeout: r.timeoutMs,
        onload: (response) =>
          resolve({
            status: response.status,
            header: (name) => headerOf(response.responseHeaders, name),
            json: () => JSON.parse(response.responseText),
          }),
        onerror: failed("no answer"),
        ontimeout: failed("no answer in time"),
        onabort: failed("interrupted"),
      });
    });
  },
};

function headerOf(lines: string, name: string): string | null {
  for (const line of lines.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).trim().toLowerCase() === name.toLowerCase()) {
      return line.slice(colon + 1).trim();
    }
  }
  return null;
}
