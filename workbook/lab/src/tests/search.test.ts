import assert from "node:assert/strict";
import test from "node:test";

import { searcher } from "../search.js";
import { item } from "./made.js";

const ITEMS = [
  item("Who may deploy", "Access control · Partial"),
  item("Deployment pipeline", "Components · C-004", "row"),
  item("Privileged access for model deployment · Credit scoring", "Access control · Planned"),
  item("Jährliche Überprüfung.pdf", "Evidence · EV-007", "evidence"),
];
const titles = (query: string, limit = 10): string[] => searcher(ITEMS)(query, limit).items.map(({ title }) => title);

test("every word has to be there, in the title or beside it", () => {
  assert.deepEqual(titles("access partial"), ["Who may deploy"]);
  assert.deepEqual(titles("access C-004"), []);
  assert.deepEqual(titles("row"), ["Deployment pipeline"]);
});

test("what begins with the words comes first, what only mentions them last", () => {
  assert.deepEqual(titles("deploy"),
    ["Deployment pipeline", "Who may deploy", "Privileged access for model deployment · Credit scoring"]);
  assert.deepEqual(titles("access"),
    ["Privileged access for model deployment · Credit scoring", "Who may deploy"]);
});

test("accents and capitals do not matter", () => {
  assert.deepEqual(titles("UBERPRUFUNG ev-007"), ["Jährliche Überprüfung.pdf"]);
});

test("no words find nothing, and many hits are counted in full", () => {
  assert.deepEqual(searcher(ITEMS)("  ", 10), { items: [], total: 0 });
  assert.equal(searcher(ITEMS)("e", 1).items.length, 1);
  assert.equal(searcher(ITEMS)("e", 1).total, 4);
});
