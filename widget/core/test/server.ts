/** A small server that counts each press once, and keeps their order. */
import { createHash } from "node:crypto";
import type { FakeTime } from "./platform.ts";

/** What goes wrong with one request. */
export type Fault = "lost" | "answer lost" | "401" | "429" | "500" | "page" | "none";

export interface Logged {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly paused?: boolean;
  readonly session: number;
  readonly taskId?: string;
}

type Reply = { status: number; header(name: string): string | null; json(): unknown };

const reply = (status: number, json: unknown, headers: Record<string, string> = {}): Reply => ({
  status, json: () => json, header: (name) => headers[name.toLowerCase()] ?? null,
});

const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

export class FakeServer {
  readonly log: Logged[] = [];
  readonly refusedIds: string[] = [];
  /** EXITs that were taken back. */
  readonly takenBack = new Set<string>();
  faults: Fault[] = [];
  calls: { at: number; path: string }[] = [];
  access = "access-0";
  refresh = "refresh-0";
  previous = "";
  revoked = false;
  challenge = "";
  /** The answer about the day; null if there is none. */
  day: unknown = null;
  /** A press whose batch is refused as a whole. */
  poison = "";
  #time: FakeTime;
  #session = 0;
  #tokens = 0;

  constructor(time: FakeTime) { this.#time = time; }

  answer(method: string, path: string, headers: Record<string, string>, body: any): Reply {
    this.calls.push({ at: this.#time.real, path });
    const fault = this.faults.shift() ?? "none";
    if (fault === "lost") throw new Error("no network");
    if (fault === "429") return reply(429, { detail: "slow down" }, { "retry-after": "7" });
    if (fault === "page") return { ...reply(502, null), json: () => JSON.parse("<html>") }; // of a proxy
    if (fault === "500") return reply(500, {});
    if (fault === "401" && path === "/events/batch") return reply(401, {});
    const answer = this.#route(method, path, headers, body);
    if (fault === "answer lost") throw new Error("no answer");
    return answer;
  }

  #route(method: string, path: string, headers: Record<string, string>, body: any): Reply {
    if (path === "/auth/device/token") return this.#pair(body);
    if (path === "/auth/device/refresh") return this.#rotate(body.refresh_token);
    if (this.revoked || headers["Authorization"] !== `Bearer ${this.access}`) return reply(401, {});
    this.previous = ""; // the new credential is in use
    if (method === "DELETE") { this.revoked = true; return reply(204, null); }
    if (path === "/events/batch") return this.#batch(body.events);
    if (path === "/events/resume") return this.#resume(body.event_id);
    if (this.day && path.startsWith("/dashboard/today/json")) return reply(200, this.day);
    return reply(404, {});
  }

  /** As if the person had opened the page of a pairing with this verifier. */
  challengeOf(verifier: string): void {
    this.challenge = challengeOf(verifier);
  }

  #pair(body: any): Reply {
    return body.code === "code" && challengeOf(body.verifier) === this.challenge ? this.#issue() : reply(400, { detail: "no such code" });
  }

  #rotate(token: string): Reply {
    if (this.revoked || (token !== this.refresh && token !== this.previous)) return reply(401, {});
    this.previous = token;
    return this.#issue();
  }

  #issue(): Reply {
    this.#tokens++;
    this.access = `access-${this.#tokens}`;
    this.refresh = `refresh-${this.#tokens}`;
    return reply(200, { access_token: this.access, token_type: "bearer", expires_in: 600, refresh_token: this.refresh, device_id: "d" });
  }

  #batch(events: any[]): Reply {
    if (events.some((e) => e.id === this.poison)) return reply(422, { detail: "cannot be read" });
    return reply(200, { results: events.map((e) => this.#record(e)) });
  }

  #resume(id: string): Reply {
    const exit = this.log.find((l) => l.id === id && l.type === "EXIT");
    if (!exit) return reply(404, { detail: "there is no such End" });
    if (exit.session !== this.#session) return reply(409, { detail: "another session has begun since" });
    this.takenBack.add(id);
    return reply(200, this.state());
  }

  /** A session that another device starts now. */
  beginElsewhere(): void {
    this.#session++;
    this.log.push({ id: `elsewhere-${this.#session}`, type: "NEXT", at: this.#time.real, session: this.#session });
  }

  #record(e: any): unknown {
    if (this.log.some((l) => l.id === e.id)) return { event_id: e.id, result: "duplicate", status: 200, answer: this.state() };
    const open = this.state().is_active;
    if (!open && e.type !== "NEXT") {
      this.refusedIds.push(e.id);
      return { event_id: e.id, result: "rejected", status: 400, reason: "no active session" };
    }
    if (!open) this.#session++;
    this.log.push({ id: e.id, type: e.type, at: Date.parse(e.timestamp), paused: e.paused, session: this.#session, taskId: e.task_id });
    return { event_id: e.id, result: "accepted", status: 200, answer: this.state() };
  }

  /** Folds the newest session. Written independently of the widget's own fold. */
  state() {
    let start = 0, pausedAt = 0, paused = 0, phase = "none";
    const done: { start: number; end: number; paused: number }[] = [];
    const mine = this.log.filter((l) => l.session === this.#session && !this.takenBack.has(l.id)).map((l, i) => ({ ...l, i })).sort((a, b) => a.at - b.at || a.i - b.i);
    for (const e of mine) {
      const soFar = paused + (phase === "paused" ? Math.max(0, e.at - pausedAt) : 0);
      if (e.type === "PAUSE") {
        const want = e.paused ?? phase !== "paused";
        if (want && phase !== "paused") { phase = "paused"; pausedAt = e.at; }
        else if (!want) { paused = soFar; phase = "running"; }
        continue;
      }
      if (e.type === "UNDO") {
        const q = done.pop();
        if (!q) continue;
        paused = q.paused + (start - q.end) + soFar;
        start = q.start;
        phase = "running";
        continue;
      }
      done.push({ start: phase === "none" ? e.at : start, end: e.at, paused: soFar });
      phase = e.type === "EXIT" ? "none" : "running";
      start = e.at;
      paused = 0;
    }
    const iso = (ms: number) => new Date(ms).toISOString();
    return {
      server_timestamp: iso(this.#time.real + this.#time.skew), session_id: `s${this.#session}`, total_questions: done.length,
      is_active: phase !== "none", is_paused: phase === "paused",
      current_question_started_at: phase === "none" ? null : iso(start), paused_at: phase === "paused" ? iso(pausedAt) : null,
      pause_accumulated_seconds: phase === "none" ? 0 : paused / 1000, target_minutes_per_question: 5.5,
    };
  }
}
