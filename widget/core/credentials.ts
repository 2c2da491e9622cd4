/**
 * The device's own credential: got by pairing, renewed by rotation (SPEC section 7).
 * Times are milliseconds.
 */
import type { Lock, Storage, Time, Transport } from "./types.ts";

const key = "credential";
/** What a pairing that was started waits with. */
export const pairingKey = "pairing";
/** A token is renewed this long before it ends. */
const ahead = 60_000;
const timeoutMs = 20_000;

interface Credential {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly refreshToken: string;
  readonly deviceId: string;
}

/** What the platform gives; `globalThis.crypto` fits. */
export interface Crypto {
  getRandomValues(into: Uint8Array<ArrayBuffer>): unknown;
  readonly subtle: { digest(algorithm: "SHA-256", data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
}

/** The server no longer takes this device, or there is no credential yet. */
export class Disconnected extends Error {}

/** No answer that says yes or no: try again later. */
export class Unreachable extends Error {
  readonly status: number;
  readonly retryAfter: string | null;
  constructor(status: number, retryAfter: string | null) {
    super(status === 0 ? "the server cannot be reached" : `the server answered ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export class Credentials {
  readonly #storage: Storage;
  readonly #transport: Transport;
  readonly #lock: Lock;
  readonly #time: Time;
  readonly #crypto: Crypto;

  constructor(of: { storage: Storage; transport: Transport; lock: Lock; time: Time; crypto: Crypto }) {
    this.#storage = of.storage;
    this.#transport = of.transport;
    this.#lock = of.lock;
    this.#time = of.time;
    this.#crypto = of.crypto;
  }

  /** Whether there is a credential at all. */
  async has(): Promise<boolean> {
    return (await this.#read()) !== null;
  }

  /** Starts a pairing; the path of the server's page on which the person confirms it. */
  async pairPath(name: string, kind: string): Promise<string> {
    const verifier = base64url(randomBytes(this.#crypto, 32));
    const challenge = await challengeOf(this.#crypto, verifier);
    await this.#storage.set(pairingKey, { verifier });
    return `/widget/pair?challenge=${challenge}&name=${encodeURIComponent(name)}&kind=${encodeURIComponent(kind)}`;
  }

  /** Exchanges the code of the pairing page. Throws Disconnected when the server refuses it. */
  async takeCode(code: string): Promise<void> {
    await this.#lock.hold(key, async () => {
      const pairing = (await this.#storage.get(pairingKey)) as { verifier: string } | undefined | null;
      if (!pairing) throw new Disconnected("press Connect first");
      await this.#obtain("/auth/device/token", { code: code.trim(), verifier: pairing.verifier });
      await this.#storage.remove(pairingKey);
    });
  }

  /**
   * A token to send with. `refused` is one that the server has just turned down: a token
   * that another tab renewed since is used before a new one is asked for.
   * Throws Disconnected or Unreachable.
   */
  async token(refused?: string): Promise<string> {
    const usable = (c: Credential) => c.accessToken !== refused && c.expiresAt - ahead > this.#time.now();
    const present = await this.#read();
    if (present && usable(present)) return present.accessToken;
    return this.#lock.hold(key, async () => {
      const now = await this.#read();
      if (!now) throw new Disconnected("not connected");
      if (usable(now)) return now.accessToken;
      return this.#renew(now);
    });
  }

  /** Revokes the device and forgets it. Forgets it also when the server cannot be told. */
  async disconnect(): Promise<void> {
    await this.#lock.hold(key, async () => {
      const c = await this.#read();
      if (!c) return;
      try {
        await this.#transport.request({
          method: "DELETE", path: "/me/device", timeoutMs, headers: { Authorization: `Bearer ${c.accessToken}` },
        });
      } catch {
        // The person said forget; the device can still be revoked in the profile.
      }
      await this.#storage.remove(key);
    });
  }

  /**
   * The old token stays stored until the new one is: when the answer is lost on the way,
   * the server still takes the old one, because the new one was never used.
   */
  async #renew(old: Credential): Promise<string> {
    try {
      return (await this.#obtain("/auth/device/refresh", { refresh_token: old.refreshToken })).accessToken;
    } catch (err) {
      if (err instanceof Disconnected) await this.#storage.remove(key);
      throw err;
    }
  }

  async #obtain(path: string, body: unknown): Promise<Credential> {
    const answer = await this.#transport.request({ method: "POST", path, body, timeoutMs })
      .catch(() => { throw new Unreachable(0, null); });
    if (answer.status !== 200) {
      if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
        throw new Unreachable(answer.status, answer.header("Retry-After"));
      }
      throw new Disconnected(answer.status === 401 ? "the server no longer knows this device" : "the code was refused");
    }
    const got = credentialOf(answer.json(), this.#time.now());
    if (!got) throw new Unreachable(answer.status, null);
    await this.#storage.set(key, got);
    return got;
  }

  async #read(): Promise<Credential | null> {
    return ((await this.#storage.get(key)) as Credential | undefined) ?? null;
  }
}

function credentialOf(json: unknown, now: number): Credential | null {
  const j = json as { access_token?: unknown; refresh_token?: unknown; expires_in?: unknown; device_id?: unknown } | null;
  if (typeof j?.access_token !== "string" || typeof j.refresh_token !== "string" || typeof j.expires_in !== "number") return null;
  return {
    accessToken: j.access_token, refreshToken: j.refresh_token,
    expiresAt: now + j.expires_in * 1000, deviceId: String(j.device_id ?? ""),
  };
}

/** SHA-256 of the verifier in base64url without padding (RFC 7636, S256). */
export async function challengeOf(crypto: Crypto, verifier: string): Promise<string> {
  const ascii = Uint8Array.from(verifier, (c) => c.charCodeAt(0));
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", ascii)));
}

export function randomBytes(crypto: Crypto, n: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(n);
  crypto.getRandomValues(bytes);
  return bytes;
}

/** A random UUID (version 4); crypto.randomUUID is missing on plain http. */
export function uuid(crypto: Crypto): string {
  const b = randomBytes(crypto, 16);
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** RFC 4648, section 5, without padding. */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = Math.min(3, bytes.length - i);
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let j = 0; j <= left; j++) text += alphabet[(n >> (18 - 6 * j)) & 63];
  }
  return text;
}
