import assert from "node:assert/strict";
import { test } from "node:test";
import { names, shortened } from "./names.ts";

test("the names that are shortened are our own", () => {
  const { ours, others, server } = names();
  const all = shortened();
  for (const [name, short] of all) {
    assert.ok(ours.has(name), `${name} is no property: run npm run names`);
    assert.equal(others.get(name), undefined, `${name} is not only ours`);
    assert.ok(!server.has(name), `${name} is the server's too`);
    assert.ok(!ours.has(short) && !others.has(short), `${short} is a name of its own`);
  }
  assert.equal(new Set(all.values()).size, all.size, "two names are shortened to one");
});
