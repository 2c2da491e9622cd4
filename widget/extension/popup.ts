/** The popup: the clock and the connection, for pages without the overlay. */
import { server } from "../browser/server.ts";
import { widgetOn } from "../browser/start.ts";
import { lock } from "../browser/time.ts";
import type { View } from "../core/types.ts";
import { connectionWords } from "./connectionwords.ts";
import { Stored } from "./stored.ts";
import { unused } from "./unused.ts";

const { widget } = widgetOn({
  storage: new Stored(), lock, transport: unused, sends: false, deviceKind: "extension",
  openTab: (path) => void chrome.tabs.create({ url: server + path }),
});
const at = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

function draw(view: View): void {
  at("question").textContent = view.phase === "none" ? "No session" : `Question ${view.questionNumber}`;
  at("status").textContent = view.phase === "none" ? "" : view.status;
  at("clock").textContent = view.phase === "none" ? "" : view.clock;
  at("today").textContent = view.today;
  at("connection").textContent = connectionWords(view.connection, view.unsent);
  at<HTMLButtonElement>("pause").textContent = view.phase === "paused" ? "Resume" : "Pause";
  at<HTMLButtonElement>("pause").disabled = view.phase === "none";
  at<HTMLButtonElement>("end").disabled = view.phase === "none";
  at<HTMLButtonElement>("connect").hidden = view.connection.stage !== "disconnected";
}

at("pause").addEventListener("click", () => widget.pauseOrResume());
at("end").addEventListener("click", () => widget.end());
at("connect").addEventListener("click", () => widget.connect());
at("dashboard").addEventListener("click", () => widget.openDashboard());
at("options").addEventListener("click", () => void chrome.runtime.openOptionsPage());
widget.subscribe(draw);
void widget.start();
