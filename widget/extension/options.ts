/** The options page: the same settings as in the overlay, and the connection. */
import { server } from "../browser/server.ts";
import { followSettings, isHotkey, settingsKey } from "../browser/settings.ts";
import { widgetOn } from "../browser/start.ts";
import { lock } from "../browser/time.ts";
import { settingsForm } from "../overlay/settingsform.ts";
import { connectionWords } from "./connectionwords.ts";
import { Stored } from "./stored.ts";
import { unused } from "./unused.ts";

const { widget, storage } = widgetOn({
  storage: new Stored(), lock, transport: unused, sends: false, deviceKind: "extension",
  openTab: (path) => void chrome.tabs.create({ url: server + path }),
});
const at = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

const { form, show } = settingsForm((settings) => void storage.set(settingsKey, settings), isHotkey);
at("settings").append(form);
at("server").textContent = server;
at<HTMLButtonElement>("connect").addEventListener("click", () => widget.connect());
at<HTMLButtonElement>("disconnect").addEventListener("click", () => widget.disconnect());

widget.subscribe(({ connection, unsent }) => {
  at("connection").textContent = connectionWords(connection, unsent);
  at<HTMLButtonElement>("connect").hidden = connection.stage === "connected" || connection.stage === "waiting";
  at<HTMLButtonElement>("disconnect").hidden = connection.stage === "disconnected" || connection.stage === "pairing";
});
void widget.start();
void followSettings(storage, show);
