import assert from "node:assert/strict";
import test from "node:test";

import { panelOf, statusOf } from "../shown.js";
import { link, page, section, state } from "./made.js";

test("each page and section says how far it is, in the server's figures", () => {
  const pages = [page({ sections: [section({ title: "Scope questions", open: 0, claimed: 100, shown: 40 })] })];
  const [first] = panelOf(state({ pages }), "00_start.ipynb").pages;

  assert.deepEqual([first?.number, first?.left, first?.far, first?.here],
    ["00", "4 open", "60 % claimed, 20 % shown", true]);
  const [scope] = first?.sections ?? [];
  assert.deepEqual([scope?.left, scope?.far], ["answered", "100 % claimed, 40 % shown"]);
});

test("a page that asks nothing has no figures", () => {
  const [report] = panelOf(state({ pages: [page({ file: "06_audit_report.ipynb", asked: 0, open: 0 })] }), "").pages;

  assert.deepEqual([report?.left, report?.far, report?.here], ["", "", false]);
});

test("before an audit has begun there is one thing to do", () => {
  const none = state({ engagement: "", title: "", stage: null });
  const panel = panelOf(none, "");

  assert.deepEqual([panel.title, panel.begun, panel.groups, panel.next], ["No audit yet", false, [], null]);
  assert.deepEqual(panel.begin, { page: "00_start.ipynb", title: "Start", here: false });
  assert.equal(panelOf(none, "00_start.ipynb").begin?.here, true);
});

test("a record that cannot be read is no reason to begin another", () => {
  const panel = panelOf(state({ engagement: "", problem: "The ledger is newer than this workbook." }), "");

  assert.deepEqual([panel.title, panel.begin], ["The record cannot be read", null]);
  assert.equal(panel.problem, "The ledger is newer than this workbook.");
});

test("an empty list is a calm sentence, and a late line stays late", () => {
  const due = [link({ title: "Confirm the scope", about: "was due 20 Nov 2026", late: true })];
  const groups = panelOf(state({ due }), "").groups;

  assert.deepEqual(groups.map(({ title, lines }) => [title, lines.length]),
    [["Your questions", 0], ["Due", 1], ["Stale evidence", 0]]);
  assert.equal(groups[0]?.empty, "No open question names you as its owner.");
  assert.equal(groups[1]?.lines[0]?.late, true);
});

test("who speaks is asked until somebody said it, but never where it is fixed", () => {
  const speaker = { name: "unnamed", role: "preparer", unnamed: true, fixed: false, roles: [] };

  assert.equal(panelOf(state({ speaker }), "").speaker.asks, true);
  assert.equal(panelOf(state({ speaker: { ...speaker, fixed: true } }), "").speaker.asks, false);
  assert.equal(panelOf(state({}), "").speaker.says, "You speak as Security lead, preparer.");
});

test("a verdict without figures is only its word", () => {
  const stage = { word: "Not begun", kind: "unk", claimed: null, shown: null };

  assert.deepEqual(panelOf(state({ stage }), "").stage,
    { word: "Not begun", kind: "unk", far: "", claimed: 0, shown: 0 });
});

test("the status bar says which record, at which revision, and whether all is saved", () => {
  assert.equal(statusOf(state({}), null), "ISMS audit · revision 12");
  assert.equal(statusOf(state({}), { state: "saved", says: "" }), "ISMS audit · revision 12 · ✓ saved");
  assert.equal(statusOf(state({}), { state: "failed", says: "The disk is full." }),
    "ISMS audit · revision 12 · not saved: The disk is full.");
  assert.equal(statusOf(state({ engagement: "", problem: "It is damaged." }), null), "The record cannot be read");
  assert.equal(statusOf(state({ engagement: "" }), null), "No audit yet");
});
