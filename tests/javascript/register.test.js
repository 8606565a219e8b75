// @ts-check
import { editor } from "/static/cells.js";
import { Field, h } from "/static/dom.js";
import { Picker, Ticks } from "/static/picker.js";
import { RegisterTable } from "/static/register.js";
import { samples } from "/static/samples.js";
import { offerUndo, Steps } from "/static/undo.js";
import { Wire } from "/static/wire.js";
import { equal, Kernel, named, place, test, until } from "./harness.js";

/** @import { Choices } from "/static/types" */

/** @type {Choices} */
const FINDINGS = [["FI-001", "Keys are shared"], ["FI-002", "Logs are kept a week"], ["FI-010", "No second person"]];

/** @param {HTMLElement} control @param {string} key */
const press = (control, key) => control.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true,
  cancelable: true }));

/** Types into a control. @param {any} control @param {any} value */
function type(control, value) {
  control.focus();
  control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A picker in the page. @param {Choices} [choices] */
function picking(choices = FINDINGS) {
  const picker = new Picker(choices);
  place().append(h("div", {}, picker.el, h("button", {}, "elsewhere")));
  const shown = () => picker.options.map((option) => option.textContent);
  return { picker, shown };
}

test("a row is found by any words of its number and name, and chosen with the keyboard", () => {
  const { picker, shown } = picking();
  type(picker.control, "week logs");
  equal(shown(), ["FI-002 Logs are kept a week"]);
  type(picker.control, "fi-0");
  press(picker.control, "ArrowDown");
  press(picker.control, "Enter");
  equal([picker.value, picker.control.value, picker.list.hidden], ["FI-002", "FI-002 Logs are kept a week", true]);
});

test("what is typed and means one row alone is that row; what means none changes nothing; nothing is nothing", () => {
  const { picker } = picking();
  for (const [typed, value] of [["second", "FI-010"], ["nowhere", "FI-010"], ["fi", "FI-010"], ["", ""]]) {
    type(picker.control, typed);
    named("elsewhere").focus();
    equal(picker.value, value);
  }
});

test("an open list follows what can be chosen, and says of a chosen row that it is gone", () => {
  const { picker, shown } = picking();
  picker.value = "FI-001";
  type(picker.control, "fi");
  picker.offer(FINDINGS.slice(1));
  equal(shown(), ["FI-002 Logs are kept a week", "FI-010 No second person"]);
  press(picker.control, "Escape");
  named("elsewhere").focus();
  picker.offer(FINDINGS.slice(2));
  equal([picker.value, picker.control.value], ["FI-001", "FI-001 (no longer there)"]);
});

test("keys for the list do nothing around it; with the list closed they do", () => {
  const { picker } = picking();
  let heard = 0;
  picker.el.addEventListener("keydown", () => { heard += 1; });
  picker.open();
  press(picker.control, "Escape");
  equal(heard, 0);
  press(picker.control, "Escape");
  equal(heard, 1);
});

test("several are ticked, found by typing, and kept when the choices change", () => {
  const many = Array.from({ length: 12 }, (_, n) => /** @type {[string, string]} */ ([`SYS-0${n}`, `System ${n}`]));
  const ticks = new Ticks(many);
  place().append(ticks.el);
  ticks.value = ["SYS-03"];
  type(ticks.find, "system 11");
  const seen = [...ticks.list.querySelectorAll("label")].filter((label) => !label.hidden);
  equal(seen.map((label) => label.textContent), [" SYS-011 System 11"]);
  seen[0].querySelector("input")?.click();
  equal(ticks.value, ["SYS-03", "SYS-011"]);
  ticks.offer(many.slice(4));
  equal(ticks.value, ["SYS-011"]);
});

test("a group of boxes has its label as its name", () => {
  const made = editor({ id: "systems", label: "Systems", required: false, help: "", person: false, onPurpose: false,
    schema: { type: "array" } }, ["FI-010"], FINDINGS);
  const field = new Field("Systems", made.control, "", made.el);
  place().append(field.box);
  const name = document.getElementById(made.control.getAttribute("aria-labelledby") ?? "");
  equal([name?.textContent, made.value], ["Systems", ["FI-010"]]);
});

test("what was done can be undone and redone where it is said, by who recorded it last", async () => {
  const kernel = new Kernel(({ redo, number }) =>
    ({ ok: true, says: redo ? "Redone." : "Undone.", number: number + 1 }));
  const el = place();
  offerUndo((says, ...more) => el.replaceChildren(h("span", {}, says, more)), new Wire(kernel), "3 rows imported.", 7);
  for (const [words, says] of [["Undo", "Undone.Redo"], ["Redo", "Redone.Undo"], ["Undo", "Undone.Redo"]]) {
    named(words).focus();
    named(words).click();
    await until(() => el.textContent === says);
    equal(document.activeElement?.textContent, says.slice(7));
  }
  equal(kernel.sent.map(({ number, redo }) => [number, redo]), [[7, false], [8, true], [9, false]]);
});

test("each press of Undo is a step of its own, after what was typed is saved", async () => {
  const kernel = new Kernel(() => ({ ok: true, says: "Undone: Loans." }));
  /** @type {string[]} */
  const told = [];
  const steps = new Steps(new Wire(kernel), { kind: "answer", key: "k" }, (says) => told.push(says),
    () => told.push("saved"));
  for (const n of [2, 4]) {
    steps.undo.click();
    await until(() => told.length === n);
  }
  equal(told, ["saved", "Undone: Loans.", "saved", "Undone: Loans."]);
  equal(kernel.sent[0].draft === kernel.sent[1].draft, false);
});

const NAME = { id: "name", label: "Name", required: true, help: "", person: false, onPurpose: false, schema: {} };
const OWNER = { ...NAME, id: "owner", label: "Owner", required: false, person: true };
const LINK = { ...NAME, id: "finding", label: "Finding", required: false, onPurpose: true,
  schema: { "x-refers-to": "findings" } };
const AT = "2026-11-30T12:00:00+00:00";

/** @param {string} key @param {number} version @param {Record<string, any>} values @param {string} [by] */
const row = (key, version, values, by = "Ada") => ({ key, version, by, at: AT, values, gaps: [], missing: [] });

/** @param {any[]} rows @param {Record<string, any>} [more] */
const state = (rows, more = {}) => ({ id: "actions", title: "Actions", one: "action", intro: "", engagement: "e",
  who: "Ada", columns: [NAME, OWNER, LINK], telling: ["name", "owner"], rows, choices: { finding: FINDINGS },
  people: [], begins: { owner: "Ada" }, keys: [], downloads: [], error: "", page: "p", ...more });

/** A register in the page. @param {any[]} rows @param {(message: any) => any} [reply] */
function shown(rows, reply = () => ({ ok: true, doubts: [] })) {
  localStorage.clear();
  const kernel = new Kernel(reply, { state: state(rows) });
  const el = place();
  const table = new RegisterTable({ model: kernel, el });
  return { kernel, el, table };
}

/** @param {HTMLElement} el @param {string} label @returns {HTMLInputElement} */
function field(el, label) {
  const found = [...el.querySelectorAll("label")].find((one) => one.textContent?.startsWith(label));
  return /** @type {HTMLInputElement} */ (document.getElementById(found?.htmlFor ?? ""));
}

test("an open panel offers what was added meanwhile, and keeps what was typed", async () => {
  const { kernel, el, table } = shown([]);
  table.openRow(null, {});
  type(field(el, "Name"), "Ask two people");
  kernel.show(state([], { choices: { finding: [...FINDINGS, ["FI-011", "Added a moment ago"]] } }));
  type(field(el, "Finding"), "moment");
  equal([...el.querySelectorAll("[role=option]")].map((one) => one.textContent), ["FI-011 Added a moment ago"]);
  equal(field(el, "Name").value, "Ask two people");
});

test("what the speaker changes elsewhere is no news: it is shown, and what was typed stays", () => {
  const { kernel, el, table } = shown([row("CA-001", 1, { name: "Two", owner: "Ben" })]);
  table.openRow(table.rows[0], table.rows[0].values);
  type(field(el, "Name"), "Two people");
  kernel.show(state([row("CA-001", 2, { name: "Two", owner: "Eve" })]));
  equal([field(el, "Name").value, field(el, "Owner").value], ["Two people", "Eve"]);
  equal(/** @type {HTMLElement} */ (el.querySelector(".news")).hidden, true);

  kernel.show(state([row("CA-001", 3, { name: "Two", owner: "Kim" }, "Ben")]));
  equal(el.querySelector(".news")?.textContent?.includes("Ben recorded something newer here"), true);
  equal(field(el, "Owner").value, "Eve");
});

test("saved with another one to add, the form is there again with what it begins with", async () => {
  const { kernel, el } = shown([], ({ do: what }) => (what === "save"
    ? { ok: true, doubts: [["name", "CA-001 has this name, too."]],
      revision: { key: "CA-002", number: 9, version: 1, by: "Ada", at: AT, body: {} } } : { ok: true, doubts: [] }));
  named("Add action").click();
  type(field(el, "Name"), "Ask two people");
  named("Save and add another").click();
  await until(() => document.activeElement === field(el, "Name") && field(el, "Name").value === "");
  equal(field(el, "Owner").value, "Ada");
  equal(kernel.sent.find(({ do: what }) => what === "save").values, { name: "Ask two people", owner: "Ada",
    finding: "" });
  equal(el.querySelector(".said .doubt")?.textContent, " CA-001 has this name, too.");
});

test("a control is found by its number or title, which becomes its name; one that has a row is not offered", () => {
  const { el, kernel, table } = shown([row("A.8.2", 1, { name: "Privileged access rights" })]);
  kernel.show(state(table.rows, { keys: [["A.8.2", "Privileged access rights"], ["A.8.3", "Access restriction"]] }));
  named("Add action").click();
  type(field(el, "Number"), "access");
  const offered = [...el.querySelectorAll("[role=option]")];
  equal(offered.map((one) => one.textContent), ["A.8.3 Access restriction"]);
  press(field(el, "Number"), "Enter");
  equal(field(el, "Name").value, "Access restriction");
});

test("that there is no finding is said on purpose", async () => {
  const { kernel, el } = shown([]);
  named("Add action").click();
  type(field(el, "Name"), "Ask two people");
  const none = /** @type {HTMLInputElement} */ (el.querySelector("[aria-label='Finding: none, on purpose']"));
  none.click();
  named("Add action", /** @type {HTMLElement} */ (el.querySelector(".panel"))).click();
  await until(() => kernel.sent.some(({ do: what }) => what === "save"));
  equal(kernel.sent.find(({ do: what }) => what === "save").without, ["finding"]);
});

test("what is odd is pointed out beside its field while somebody types", async () => {
  const { el } = shown([], ({ do: what, values }) => (what === "check"
    ? { ok: true, doubts: values.name === "Two" ? [["name", "CA-001 has this name, too."]] : [] } : { ok: true }));
  named("Add action").click();
  type(field(el, "Name"), "Two");
  await until(() => el.querySelector(".doubt:not([hidden])")?.textContent === "CA-001 has this name, too.");
  type(field(el, "Name"), "Two people");
  await until(() => !el.querySelector(".doubt:not([hidden])"));
});

test("ticked rows are given one value, and the sentence takes it back", async () => {
  const { kernel, el } = shown([row("CA-001", 1, { name: "One" }), row("CA-002", 1, { name: "Two" })],
    () => ({ ok: true, says: "Owner set in 2 rows.", number: 9 }));
  named("Several at once …").click();
  named("Set in all ticked rows").click();
  equal(el.querySelector(".panel .wrong:not([hidden])")?.textContent, "Tick at least one row first.");
  named("Tick all shown").click();
  type(field(el, "Owner, for every row"), "Eve");
  named("Set in all ticked rows").click();
  await until(() => el.querySelector(".said")?.textContent === "Owner set in 2 rows. Undo");
  const { keys, column, value } = kernel.sent.find(({ do: what }) => what === "set");
  equal([keys, column, value], [["CA-001", "CA-002"], "owner", "Eve"]);
});

test("a cell that is edited offers what was added meanwhile, and is saved with what was ticked", async () => {
  const systems = { ...NAME, id: "systems", label: "Systems", required: false, schema: { type: "array" } };
  const choices = { systems: [["SYS-001", "Scoring"]] };
  const own = { columns: [NAME, systems], telling: ["name", "systems"], choices };
  const { kernel, el, table } = shown([]);
  const rows = [row("CA-001", 1, { name: "One", systems: ["SYS-001"] })];
  kernel.show(state(rows, own));
  table.edit(/** @type {HTMLElement} */ (el.querySelector("[data-column=systems]")), table.rows[0], systems);
  kernel.show(state(rows, { ...own, choices: { systems: [["SYS-001", "Scoring"], ["SYS-002", "Support"]] } }));
  const added = /** @type {HTMLInputElement} */ (el.querySelector(".editing [data-id=SYS-002]"));
  added.click();
  press(added, "Enter");
  await until(() => kernel.sent.some(({ do: what }) => what === "save"));
  equal(kernel.sent.find(({ do: what }) => what === "save").values.systems, ["SYS-001", "SYS-002"]);
});

test("a risk of the catalogue is added once under one draft, and the list follows what is left", async () => {
  const { el, kernel } = shown([], () => ({ ok: true, says: "R02 is in the register as R-001.", number: 9 }));
  const one = { number: "R02", title: "Poisoned data", systems: "Scoring", reasons: ["Open intake: DS-001"] };
  kernel.show(state([], { suggested: [one] }));
  el.querySelector("details")?.setAttribute("open", "");
  named("Add").click();
  await until(() => el.querySelector(".said")?.textContent?.includes("R-001"));
  equal(kernel.sent.filter(({ do: what }) => what === "adopt").map(({ number }) => number), ["R02"]);
  kernel.show(state([], { suggested: [] }));
  equal(el.querySelector("details")?.hidden, true);
});

const ITEM = { key: "S-001:1", item: "D-07", values: { result: "", note: "" }, version: 0, by: "", at: "" };
const DRAWN = { key: "S-001", title: "S-001 random", badge: ["part", "Open"], about: ["Five items."], why: "", more: 0,
  items: [ITEM] };

test("what an item showed is saved when it is chosen, and items of an extension come after it", async () => {
  localStorage.clear();
  const revision = { key: "S-001:1", number: 9, version: 1, by: "Ada", at: AT, body: { result: "exception" } };
  const about = { engagement: "e", who: "Ada", page: "p", error: "", choices: ["pass", "exception"] };
  const kernel = new Kernel(() => ({ ok: true, revision }), { state: { ...about, samples: [DRAWN] } });
  const el = place();
  samples({ model: kernel, el });
  const box = /** @type {HTMLDetailsElement} */ (el.querySelector("details"));
  box.open = true;
  await until(() => el.querySelector("select"));
  const result = /** @type {HTMLSelectElement} */ (el.querySelector("select"));
  result.value = "exception";
  result.dispatchEvent(new Event("change"));
  await until(() => kernel.sent.some(({ do: what }) => what === "save"));
  equal(kernel.sent.find(({ do: what }) => what === "save").values, { result: "exception", note: "" });
  kernel.show({ ...about, samples: [{ ...DRAWN, items: [ITEM, { ...ITEM, key: "S-001:2", item: "D-09" }] }] });
  equal([...el.querySelectorAll("[role=group]")].map((one) => one.getAttribute("aria-label")), ["D-07", "D-09"]);
});
