/** The server's origin; the server puts its own in the place of this. */
declare const SERVER: string;
