/** What the userscript and the extension's content script have in common. */
import { insist } from "../core/insist.ts";
import type { Lock, Storage, Transport } from "../core/types.ts";
import { upgrade, versioned } from "../core/upgrade.ts";
import { createWidget, type Widget } from "../core/widget.ts";
import { asPlacement } from "../overlay/place.ts";
import { isPairingPage, takeCodeFrom } from "./pairingpage.ts";
import { showOn } from "./ratingpage.ts";
import { asSettings, placementKey, settingsKey } from "./settings.ts";
import { dateOf, time } from "./time.ts";

export interface Platform {
  /** With the records of every version. */
  readonly storage: Storage;
  readonly lock: Lock;
  readonly transport: Transport;
  /** Whether this widget sends the queue to the server. */
  readonly sends: boolean;
  readonly deviceKind: "userscript" | "extension";
  /** Opens a path of the server in a new tab. */
  openTab(path: string): void;
}

/** The widget on a platform, and what it stores, in the present form. */
export interface Started {
  readonly widget: Widget;
  readonly storage: Storage;
  /** Resolves when what an older version stored is there too. */
  readonly ready: Promise<void>;
}

/** `leavesQueue`: see WidgetParts. */
export function widgetOn(platform: Platform, leavesQueue = false): Started {
  const storage = versioned(platform.storage);
  const upgrades = platform.sends && !leavesQueue;
  const ready = upgrades ? upgrade(platform.storage, platform.lock, time) : Promise.resolve();
  const widget = createWidget({
    ...platform, storage, ready, time, random: Math.random, crypto, dateOf, leavesQueue, settings: asSettings(undefined),
  });
  return { widget, storage, ready };
}

/** Runs the widget on a rating page or on the pairing page. */
export async function start(platform: Platform): Promise<void> {
  const isPairing = isPairingPage(location);
  const { widget, storage, ready } = widgetOn(platform, isPairing);
  await ready;
  const [settings, placement] = await insist(time, async () => [
    asSettings(await storage.get(settingsKey)), asPlacement(await storage.get(placementKey)),
  ] as const);
  widget.configure(settings);
  await widget.start();
  if (isPairing) await takeCodeFrom(document, widget, storage);
  else showOn(document, widget, storage, settings, placement);
}
