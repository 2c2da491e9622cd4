import type { Transport } from "../core/types.ts";
import { server } from "../browser/server.ts";

/** Requests that the worker makes to the server that the manifest names, without cookies. */
export const fetched: Transport = {
  async request(r) {
    const headers: Record<string, string> = { ...r.headers };
    if (r.body !== undefined) {
      headers["content-type"] = "application/json";
    }
    const response = await fetch(server + r.path, {
      method: r.method,
      headers,
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(r.timeoutMs),
      ...(r.body === undefined ? {} : { body: JSON.stringify(r.body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      header: (name) => response.headers.get(name),
      json: () => JSON.parse(text),
    };
  },
};
