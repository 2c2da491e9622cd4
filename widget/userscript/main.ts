/** The userscript: what a manager gives, and the widget on it. */
import { start } from "../browser/start.ts";
import { requests } from "./requests.ts";
import { Values } from "./values.ts";

void start(document, {
  storage: new Values(),
  transport: requests,
  sends: true,
  kind: "userscript",
  openTab: (path) => GM_openInTab(SERVER + path, { active: true }),
});
