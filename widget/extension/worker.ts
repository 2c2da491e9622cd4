/**
 * The extension's service worker: it owns the queue's way to the server. The browser ends
 * it when nothing happens and starts it again for a stored press, an alarm or a new tab.
 */
import { server } from "../browser/server.ts";
import { widgetOn } from "../browser/start.ts";
import { lock } from "../browser/time.ts";
import { fetched } from "./fetched.ts";
import { Stored } from "./stored.ts";

/** A retry that the worker did not live to see is made by an alarm, in minutes. */
const alarmEvery = 0.5;

const { widget } = widgetOn({
  storage: new Stored(), lock,
  transport: fetched,
  sends: true,
  deviceKind: "extension",
  openTab: (path) => void chrome.tabs.create({ url: server + path }),
});

widget.visible(false); // nobody sees a clock here, so none ticks
widget.subscribe(({ unsent, refused }) => {
  const waiting = unsent + refused.length;
  void chrome.action.setBadgeText({ text: waiting === 0 ? "" : String(waiting) });
});
const started = widget.start();

const kick = (): void => void started.then(() => widget.sendNow());
chrome.alarms.onAlarm.addListener(kick);
chrome.runtime.onStartup.addListener(kick);
chrome.runtime.onInstalled.addListener(kick);
void chrome.alarms.create("send", { periodInMinutes: alarmEvery });
