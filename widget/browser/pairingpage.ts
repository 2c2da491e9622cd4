/** The server's page that hands over the code of a pairing. */
import type { Storage } from "../core/types.ts";
import { pairingKey } from "../core/credentials.ts";
import { insist } from "../core/insist.ts";
import type { Widget } from "../core/widget.ts";
import { server } from "./server.ts";
import { time } from "./time.ts";

/** Whether this is the server's page for pairing. */
export const isPairingPage = (location: Location): boolean => location.origin === server && location.pathname === "/widget/pair";

/** Takes the code from the page, if there is one and this widget has started the pairing. */
export async function takeCodeFrom(doc: Document, widget: Widget, storage: Storage): Promise<void> {
  const output = doc.querySelector<HTMLElement>("#pairing-code");
  const code = output?.dataset["code"];
  if (!output || !code || !(await insist(time, () => storage.get(pairingKey)))) return;
  widget.subscribe(({ connection }) => {
    if (connection.stage === "connected") output.textContent = "Connected. You can close this page and continue rating.";
    if (connection.stage === "disconnected" && connection.reason) output.textContent = `Not connected: ${connection.reason}.`;
  });
  widget.enterCode(code);
}
