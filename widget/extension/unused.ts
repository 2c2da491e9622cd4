import type { Transport } from "../core/types.ts";

/** Pages of the extension and the rating page leave the server to the worker. */
export const unused: Transport = {
  request: () => Promise.reject(new Error("only the worker sends")),
};
