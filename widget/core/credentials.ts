/**
 * The device's own credential, which comes from a pairing and is renewed by rotation
 * (docs/contract.md#tokens). Times are milliseconds.
 */
import type { Lock, Reply, Storage, Time, Transport } from "./types.ts";
import { call, CallError, detailOf, isTemporary, noResult } from "./wire.ts";

const key = "credential";
/** Holds the verifier of a pairing under way. */
export const pairingKey = "pairing";
/** An access token is renewed this long before it expires. */
const ahead = 60_000;

interface Credential {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly refreshToken: string;
}

/** What the platform gives; `globalThis.crypto` fits. */
export interface Crypto {
  randomUUID(): string;
  getRandomValues<T extends Uint8Array<ArrayBuffer>>(into: T): T;
  readonly subtle: { digest(algorithm: "SHA-256", data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
}

export interface CredentialParts {
  readonly storage: Storage;
  readonly transport: Transport;
  readonly lock: Lock;
  readonly time: Time;
  readonly crypto: Crypto;
}

export interface Credentials {
  /** Whether there is a credential. */
  has(): Promise<boolean>;
  /**
   * Starts a pairing, and returns the path of the page on which the person allows it, and the
   * fingerprint that this page shows too.
   */
  startPairing(kind: string): Promise<{ readonly path: string; readonly fingerprint: string }>;
  /** Exchanges the code of the pairing page. Throws a final CallError when the server refuses it. */
  takeCode(code: string): Promise<void>;
  /**
   * Returns an access token. `refused` is one that the server has just refused: it is
   * renewed, unless another tab has done that already. Throws CallError.
   */
  token(refused?: string): Promise<string>;
  /** Revokes the device and forgets its credential, also when the server cannot be reached. */
  disconnect(): Promise<void>;
}

export function createCredentials({ storage, transport, lock, time, crypto }: CredentialParts): Credentials {
  const read = async (): Promise<Credential | undefined> => (await storage.get(key)) as Credential | undefined;

  const obtain = async (path: string, body: unknown): Promise<string> => {
    const reply = await call(transport, "POST", path, body);
    if (isTemporary(reply.status)) throw noResult(reply, time.now());
    if (reply.status !== 200) {
      throw new CallError(reply.status === 401 ? "the server no longer knows this device" : "the code was refused", true);
    }
    const got = reply.json() as { access_token: string; refresh_token: string; expires_in: number } | null;
    if (!got?.access_token || !got.refresh_token || !got.expires_in) throw noResult(reply, 0);
    const made: Credential = {
      accessToken: got.access_token, refreshToken: got.refresh_token, expiresAt: time.now() + got.expires_in * 1000,
    };
    await storage.set(key, made);
    return made.accessToken;
  };

  /**
   * The old token stays stored until the new one is: if the answer is lost, the server
   * still accepts the old one, because the new one was never used.
   */
  const renew = (old: Credential): Promise<string> =>
    obtain("/auth/device/refresh", { refresh_token: old.refreshToken }).catch(async (err: unknown) => {
      if (err instanceof CallError && err.isFinal) await storage.remove(key);
      throw err;
    });

  return {
    has: async () => Boolean(await read()),
    async startPairing(kind) {
      const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
      await storage.set(pairingKey, { verifier });
      const challenge = await challengeOf(crypto, verifier);
      return { path: `/widget/pair?challenge=${challenge}&kind=${kind}`, fingerprint: fingerprintOf(challenge) };
    },
    takeCode: (code) => lock.hold(key, async () => {
      const pairing = (await storage.get(pairingKey)) as { verifier: string } | undefined;
      if (!pairing) throw new CallError("press Connect first", true);
      await obtain("/auth/device/token", { code: code.trim(), verifier: pairing.verifier });
      await storage.remove(pairingKey);
    }),
    async token(refused) {
      const usable = (c: Credential | undefined): string | undefined =>
        c && c.accessToken !== refused && c.expiresAt - ahead > time.now() ? c.accessToken : undefined;
      return usable(await read()) ?? lock.hold(key, async () => {
        const now = await read();
        if (!now) throw new CallError("not connected", true);
        return usable(now) ?? renew(now);
      });
    },
    disconnect: () => lock.hold(key, async () => {
      const present = await read();
      if (!present) return;
      // If the server cannot be reached, the device can still be revoked in the profile.
      await call(transport, "DELETE", "/me/device", undefined, present.accessToken).catch(() => {});
      await storage.remove(key);
    }),
  };
}

export interface CallParts {
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly time: Time;
}

/**
 * Makes a call with a token. A token that the server refuses is renewed once. `bodyAt` makes
 * the body of a call that is sent at an instant. Throws CallError, also when the same call may
 * succeed later.
 */
export async function authorised(
  { credentials, transport, time }: CallParts, method: "GET" | "POST", path: string, bodyAt?: (sentAt: number) => unknown,
): Promise<{ readonly reply: Reply; readonly sentAt: number }> {
  let sentAt = 0;
  const send = (token: string): Promise<Reply> => call(transport, method, path, bodyAt?.(sentAt = time.now()), token);
  const token = await credentials.token();
  let reply = await send(token);
  if (reply.status === 401) reply = await send(await credentials.token(token));
  if (reply.status === 401) throw new CallError("the server does not accept a new token");
  if (reply.status === 403) throw new CallError(detailOf(reply), true);
  if (isTemporary(reply.status)) throw noResult(reply, time.now());
  return { reply, sentAt };
}

/** SHA-256 of the verifier in base64url without padding (RFC 7636, S256). */
export const challengeOf = async (crypto: Crypto, verifier: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(verifier, (c) => c.charCodeAt(0)))));

/** 32 letters that nobody takes for one another. */
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Eight letters, as "AB2C-D3EF", that stand for a challenge. The server derives the same. */
export function fingerprintOf(challenge: string): string {
  const bytes = atob(challenge.slice(0, 12).replaceAll("-", "+").replaceAll("_", "/"));
  const eight = Array.from(bytes.slice(0, 8), (byte) => letters[byte.charCodeAt(0) % 32]).join("");
  return `${eight.slice(0, 4)}-${eight.slice(4)}`;
}

/** RFC 4648, section 5, without padding. */
const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
