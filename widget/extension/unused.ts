import type { Transport } from "../core/types.ts";

/** On the rating page and on pages of the extension: only the worker talks to the server. */
export const unused: Transport = {
  request: () => Promise.reject(new Error("only the worker sends")),
};
