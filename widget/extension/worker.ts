/**
 * The extension's service worker, which sends the queue. The browser stops it when nothing
 * happens, and starts it again for a stored press or an alarm.
 */
import { server } from "../browser/server.ts";
import { widgetOn } from "../browser/start.ts";
import { lock } from "../browser/time.ts";
import { fetched } from "./fetched.ts";
import { Stored } from "./stored.ts";

/** The alarm makes a retry that fell due while the worker was stopped; minutes. */
const alarmEvery = 0.5;

const { widget } = widgetOn({
  storage: new Stored(), lock,
  transport: fetched,
  sends: true,
  deviceKind: "extension",
  openTab: (path) => void chrome.tabs.create({ url: server + path }),
});

widget.visible(false); // nobody sees a clock here, so it need not tick
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
