import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { challengeOf, createCredentials, fingerprintOf } from "../credentials.ts";
import { Tab, World, settle } from "./platform.ts";

function setUp() {
  const world = new World();
  const tab = new Tab(world);
  const credentials = createCredentials({
    storage: world.storage(tab), transport: world.transport(tab), lock: world.lock(tab),
    time: world.time.handle(() => false), crypto: webcrypto,
  });
  return { world, tab, credentials };
}

/** A tab that waits for the code of the page which it has opened. */
async function pairing() {
  const world = new World();
  const tab = new Tab(world);
  await tab.widget.start();
  tab.widget.connect();
  await settle();
  const url = new URL(tab.opened[0]!, "https://tracker.example");
  world.server.challenge = url.searchParams.get("challenge")!;
  return { world, tab, url };
}

test("the challenge is that of RFC 7636, appendix B", async () => {
  const made = await challengeOf(webcrypto, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  assert.equal(made, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});

test("the fingerprint of a challenge is what the server derives", () => {
  const vectors = new URL("../../../core/testdata/fingerprints.json", import.meta.url);
  const wanted = JSON.parse(readFileSync(vectors, "utf8")) as Record<string, string>;
  assert.ok(Object.keys(wanted).length > 5);
  for (const [challenge, fingerprint] of Object.entries(wanted)) assert.equal(fingerprintOf(challenge), fingerprint, challenge);
});

test("pairing: a page, a code, a credential", async () => {
  const { world, tab, url } = await pairing();
  const { connection } = tab.widget.view();
  assert.deepEqual(connection, { stage: "pairing", fingerprint: fingerprintOf(world.server.challenge) });
  assert.equal(url.pathname, "/widget/pair");
  tab.widget.next();
  tab.widget.enterCode("wrong");
  await settle();
  assert.equal(tab.widget.view().connection.stage, "disconnected");
  tab.widget.enterCode(" code ");
  await settle();
  assert.equal(tab.widget.view().connection.stage, "connected");
  assert.equal(world.server.log.length, 1);
  tab.widget.disconnect();
  await settle();
  assert.ok(world.server.revoked);
  assert.equal(world.values.has("credential"), false);
});

test("a code that does not reach the server is reported, and can be entered again", async () => {
  const { world, tab } = await pairing();
  world.faults("lost");
  tab.widget.enterCode("code");
  await settle();
  const { connection } = tab.widget.view();
  assert.deepEqual([connection.stage, "reason" in connection && connection.reason], ["disconnected", "the server cannot be reached"]);
  tab.widget.enterCode("code");
  await settle();
  assert.equal(tab.widget.view().connection.stage, "connected");
});

test("a lost answer to a rotation locks nobody out", async () => {
  const { world, credentials } = setUp();
  world.connect();
  world.faults("answer lost");
  await assert.rejects(credentials.token(world.server.access));
  const token = await credentials.token("access-0");
  assert.equal(token, world.server.access);
});

test("a rotation that could not be stored is repeated", async () => {
  const { world, credentials } = setUp();
  world.connect();
  await credentials.has();
  const asked = credentials.token("access-0");
  for (let i = 0; i < 500 && world.server.calls.length === 0; i++) await Promise.resolve();
  world.storageFaults = 1;
  await assert.rejects(asked, /storage failed/);
  assert.equal(await credentials.token("access-0"), world.server.access);
});

test("two calls at once renew the token once, before it expires", async () => {
  const { world, credentials } = setUp();
  world.connect();
  await credentials.token("access-0");
  world.time.real += 541_000;
  const [a, b] = await Promise.all([credentials.token(), credentials.token()]);
  assert.equal(a, b);
  assert.equal(world.server.calls.length, 2);
});
