/** The server's address, which it fills in when it hands the widget out. */
declare const SERVER: string;

/** Once here, not at each use: the address may be a long one. */
export const server = SERVER;
