import type { Connection } from "../core/types.ts";
import { allowIt } from "../overlay/words.ts";

/** How the connection stands, as a sentence. */
export function connectionWords(connection: Connection, unsent: number): string {
  const waiting = unsent === 0 ? "Everything is sent." : `${unsent} unsent.`;
  switch (connection.stage) {
    case "connected":
      return `Connected. ${waiting}`;
    case "pairing":
      return allowIt(connection.fingerprint);
    case "waiting":
      return `${waiting} Trying again soon: ${connection.reason}.`;
    case "disconnected":
      return connection.reason ? `Not connected: ${connection.reason}. ${waiting}` : `Not connected. ${waiting}`;
  }
}
