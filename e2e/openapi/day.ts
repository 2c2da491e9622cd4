// Does a day's work with the types that openapi-typescript makes of the OpenAPI document.
// The argument is the address of the server. It throws what went wrong.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./dist/schema.js";

type Event = components["schemas"]["PressBody"];

const address = process.argv[2];
assert.ok(address, "the address of the server is missing");
const client = createClient<paths>({ baseUrl: address });

const email = "typescript@example.org";
const password = "Correct-Horse-7-Battery";
const date = "2025-11-12";
const month = "2025-11";

/** The data of an answer that must be good. */
function good<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  assert.equal(answer.response.status, 200, JSON.stringify(answer.error));
  assert.ok(answer.data !== undefined);
  return answer.data;
}

/** The problem of an answer that must have this status. */
function problem<T>(answer: { error?: T; response: Response }, status: number): T {
  assert.equal(answer.response.status, status, JSON.stringify(answer.error));
  assert.ok(answer.error !== undefined);
  return answer.error;
}

async function csrf(): Promise<{ "x-csrf-token": string }> {
  return { "x-csrf-token": good(await client.GET("/auth/csrf")).csrf_token };
}

async function register(): Promise<void> {
  const body = { email, password, first_name: "Ada", last_name: null };
  good(await client.POST("/auth/register", { params: { header: await csrf() }, body }));
  problem(await client.POST("/auth/register", { params: { header: await csrf() }, body }), 409);
}

async function logIn(): Promise<void> {
  const params = { header: await csrf() };
  const refused = problem(await client.POST("/auth/login", { params, body: { email, password: "wrong" } }), 401);
  const methods: string[] | undefined = refused.second_factor?.methods;
  assert.equal(methods, undefined);
  const token = good(await client.POST("/auth/login", { params, body: { email, password } })).access_token;
  client.use({
    onRequest({ request }) {
      request.headers.set("authorization", `Bearer ${token}`);
      return request;
    },
  });
}

async function setZone(): Promise<void> {
  const body = { timezone: "Europe/Berlin", reporting_timezone: "America/Los_Angeles", target_minutes: 5 };
  const me = good(await client.PATCH("/me", { body }));
  assert.deepEqual([me.timezone, me.first_name, me.last_name], ["Europe/Berlin", "Ada", ""]);
}

const ids = new Map<string, string>();

/** An event at a time of the day; a repeat has the same id. */
function event(type: Event["type"], clock: string): Event & { id: string } {
  const id = ids.get(clock) ?? crypto.randomUUID();
  ids.set(clock, id);
  return { id, type, timestamp: `${date}T${clock}Z` };
}

/** Presses one after another, and returns the session. */
async function press(): Promise<string> {
  let session = "";
  const first = event("NEXT", "08:00:00");
  for (const body of [
    first,
    event("NEXT", "08:05:00"),
    { ...event("PAUSE", "08:06:00"), paused: true },
    { ...event("PAUSE", "08:07:00"), paused: false },
    event("NEXT", "08:10:00"),
    event("NEXT", "08:10:30"),
    event("UNDO", "08:10:40"),
  ]) {
    const answer = good(await client.POST("/events", { body }));
    assert.deepEqual([answer.event_id, answer.duplicate], [body.id, false]);
    session = answer.session_id;
  }
  const again = good(await client.POST("/events", { body: first }));
  assert.deepEqual([again.duplicate, again.total_questions], [true, 3]);
  return session;
}

async function batch(): Promise<void> {
  const tooOld: Event = { type: "NEXT", timestamp: "1999-01-01T00:00:00Z" };
  const body = { events: [event("UNDO", "08:10:40"), tooOld, event("EXIT", "08:16:00")] };
  const { results } = good(await client.POST("/events/batch", { body }));
  assert.deepEqual(results.map((result) => result.result), ["duplicate", "rejected", "accepted"]);
  assert.equal(results[2]?.answer?.is_active, false);
}

/** Reads the session, and returns its active seconds and questions. */
async function summary(session: string): Promise<{ total: number; questions: string[] }> {
  const path = { session_id: session };
  const read = good(await client.GET("/summary/{session_id}", { params: { path } }));
  const ends: string[] = read.questions.map((question) => question.ended_at); // never null
  assert.ok(ends.every((end) => end.endsWith("Z")));
  return { total: read.total_active_seconds, questions: read.questions.map((question) => question.id) };
}

async function readPeriods(session: string): Promise<void> {
  const recent = good(await client.GET("/sessions/recent", { params: { query: { limit: 1 } } }));
  assert.deepEqual(recent.map((read) => read.session_id), [session]);
  const day = good(await client.GET("/sessions/today", { params: { query: { date } } }));
  assert.deepEqual([day.total_questions, day.hourly_activity[9]?.total_questions], [3, 3]);
  const week = good(await client.GET("/dashboard/week/json", { params: { query: { date } } }));
  assert.deepEqual([week.total_questions, week.days.length, week.timezone], [3, 7, "America/Los_Angeles"]);
  const read = good(await client.GET("/dashboard/month/json", { params: { query: { month } } }));
  assert.deepEqual([read.total_questions, read.days.length], [3, 30]);
  problem(await client.GET("/dashboard/month/json", { params: { query: { month: "2025-13" } } }), 400);
}

/** Adjusts, deletes and restores, and finds each in the total. */
async function correct(session: string): Promise<void> {
  const { questions } = await summary(session);
  const [first, , last] = questions;
  assert.ok(first && last);
  const path = { session_id: session };
  const of = (question: string) => ({ params: { path: { ...path, question_id: question } } });
  const question = "/sessions/{session_id}/questions/{question_id}";

  good(await client.PATCH(question, { ...of(first), body: { active_seconds: 200 } }));
  assert.equal((await summary(session)).total, 200 + 240 + 360);
  good(await client.PATCH(question, { ...of(first), body: { active_seconds: null } }));
  assert.equal((await summary(session)).total, 300 + 240 + 360);
  good(await client.DELETE(question, of(last)));
  assert.equal((await summary(session)).total, 300 + 240);
  good(await client.POST(`${question}/restore`, of(last)));
  good(await client.DELETE("/sessions/{session_id}", { params: { path } }));
  problem(await client.GET("/summary/{session_id}", { params: { path } }), 404);
  good(await client.POST("/sessions/{session_id}/restore", { params: { path } }));
  assert.equal((await summary(session)).total, 300 + 240 + 360);
}

async function logOut(): Promise<void> {
  good(await client.POST("/auth/logout"));
  problem(await client.GET("/me"), 401);
}

await register();
await logIn();
await setZone();
const session = await press();
await batch();
assert.equal((await summary(session)).total, 300 + 240 + 360);
await readPeriods(session);
await correct(session);
await logOut();
