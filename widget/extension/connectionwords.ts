import type { Connection } from "../core/types.ts";

/** How the connection stands, as a sentence. */
export function connectionWords(connection: Connection, unsent: number): string {
  const waiting = unsent === 0 ? "Everything is sent." : `${unsent} unsent.`;
  switch (connection.stage) {
    case "connected":
      return `Connected. ${waiting}`;
    case "pairing":
      return "Press Connect on the page that has opened.";
    case "waiting":
      return `${waiting} Trying again soon: ${connection.reason}.`;
    case "disconnected":
      return connection.reason ? `Not connected: ${connection.reason}. ${waiting}` : `Not connected. ${waiting}`;
  }
}
