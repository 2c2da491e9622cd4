/** The userscript: the widget on what a userscript manager gives. */
import { server } from "../browser/server.ts";
import { start } from "../browser/start.ts";
import { lock, time } from "../browser/time.ts";
import { handover } from "./handover.ts";
import { requests } from "./requests.ts";
import { values } from "./values.ts";

const storage = values(time);
void start({
  storage,
  lock: handover(lock, storage, navigator.locks),
  transport: requests,
  sends: true,
  deviceKind: "userscript",
  openTab: (path) => GM_openInTab(server + path, { active: true }),
});
