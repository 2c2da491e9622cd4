/** The extension on a page: it draws and stores presses, and the worker sends them. */
import { server } from "../browser/server.ts";
import { start } from "../browser/start.ts";
import { lock } from "../browser/time.ts";
import { Stored } from "./stored.ts";
import { unused } from "./unused.ts";

void start({
  storage: new Stored(), lock,
  transport: unused,
  sends: false,
  deviceKind: "extension",
  openTab: (path) => void window.open(server + path, "_blank", "noopener"),
});
