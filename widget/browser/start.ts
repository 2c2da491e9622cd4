/** What the userscript and the extension's content script have in common. */
import { insist } from "../core/insist.ts";
import type { Lock, Storage, Transport } from "../core/types.ts";
import { createWidget, type Widget } from "../core/widget.ts";
import { asPlacement } from "../overlay/place.ts";
import { isPairingPage, takeCodeFrom } from "./pairingpage.ts";
import { showOn } from "./ratingpage.ts";
import { asSettings, placementKey, settingsKey } from "./settings.ts";
import { dateOf, time } from "./time.ts";

export interface Platform {
  readonly storage: Storage;
  readonly lock: Lock;
  readonly transport: Transport;
  /** Whether this one brings the queue to the server. */
  readonly sends: boolean;
  readonly deviceKind: "userscript" | "extension";
  /** Opens a path of the server in a new tab. */
  openTab(path: string): void;
}

export const widgetOn = (platform: Platform, leavesQueue = false): Widget => createWidget({
  ...platform, time, random: Math.random, crypto, dateOf, leavesQueue, settings: asSettings(undefined),
});

/** Runs the widget on the page, whichever it is. */
export async function start(platform: Platform): Promise<void> {
  const { storage } = platform;
  const isPairing = isPairingPage(location);
  const widget = widgetOn(platform, isPairing);
  const [settings, placement] = await insist(time, async () => [
    asSettings(await storage.get(settingsKey)), asPlacement(await storage.get(placementKey)),
  ] as const);
  widget.configure(settings);
  await widget.start();
  if (isPairing) await takeCodeFrom(document, widget, storage);
  else showOn(document, widget, storage, settings, placement);
}
