/** The server's address, which the server fills in when the widget is downloaded. */
declare const SERVER: string;

/** In one place, so that the bundle has it once. */
export const server = SERVER;
