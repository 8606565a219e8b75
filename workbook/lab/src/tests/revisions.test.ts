import assert from "node:assert/strict";
import test from "node:test";

import { Revisions } from "../revisions.js";

test("what the forms of this window recorded is no news", () => {
  const revisions = new Revisions();
  assert.equal(revisions.reached("demo", 10), false);

  revisions.recorded("demo", 11);

  assert.equal(revisions.reached("demo", 11), false);
});

test("what somebody else recorded is news, also between two saves of one's own", () => {
  const revisions = new Revisions();
  revisions.reached("demo", 10);

  assert.equal(revisions.reached("demo", 11), true);

  revisions.recorded("demo", 13);
  assert.equal(revisions.reached("demo", 13), true);
});

test("another engagement is no news of this one", () => {
  const revisions = new Revisions();
  revisions.reached("demo", 10);

  revisions.recorded("other", 11);
  assert.equal(revisions.reached("other", 500), false);
});
