// @ts-check
import { editor } from "/static/cells.js";
import { changesTable } from "/static/changes.js";
import { h } from "/static/dom.js";
import { Importing } from "/static/importing.js";
import { pastePanel } from "/static/paste.js";
import { Wire } from "/static/wire.js";
import { equal, Kernel, named, place, test, until } from "./harness.js";

/** @import { Preview } from "/static/types" */

/** @type {Preview} */
const PREVIEW = {
  plan: "p1", sheet: "Risks", sheets: [["Cover", "Cover (no rows)"], ["Risks", "Risks (2 rows)"]],
  picture: [[1, ["Our risks", ""]], [3, ["Title", "How bad"]]], header: 3,
  columns: [{ header: "Title", sample: "Drift", column: "name", how: "guess" },
    { header: "How bad", sample: "High", column: "", how: "unknown" }],
  missing: ["area"],
  words: [{ column: "treatment", label: "Treatment", value: "Mitigate", rows: 26, ours: "Mitigate", how: "unknown",
    options: ["modify", "retain"] }],
  dates: ["03/04/2027"], blanks: true, notes: ["Risks: 2 rows matched by name"], problems: ["line 4: too long"],
  counts: { new: 1, changed: 1, same: 0, wrong: 0 },
  twins: [],
  rows: [{ line: 4, key: "R-001", name: "Drift", state: "changed", says: [], cells: [],
    changes: [{ label: "Owner", old: "Anna", new: "Ben" }] }],
  more: 0, ready: false,
};
const COLUMNS = ["name", "area", "treatment"].map((id) => ({ id, label: id.toUpperCase(), required: true, help: "",
  person: false, onPurpose: false, schema: id === "area" ? { enum: ["data"] } : {} }));

/** A panel in the page, over a kernel that answers every question with this preview. @param {Partial<Preview>} next */
function begun(next = {}) {
  const kernel = new Kernel(({ do: what }) => ({ ok: true,
    ...(what === "import" ? { says: "1 row imported.", number: 7 } : {}),
    ...(what === "preview" ? { ...PREVIEW, ...next } : {}) }));
  /** @type {any[]} */
  const told = [];
  const table = { frame: { wire: new Wire(kernel) }, state: { columns: COLUMNS, choices: { area: [["data", "data"]] } },
    column: (/** @type {string} */ id) => COLUMNS.find((one) => one.id === id),
    editor: (/** @type {any} */ column, /** @type {any} */ value) => editor(column, value, [["data", "data"]]),
    open: (/** @type {any} */ panel) => told.push(panel), tell: (/** @type {string} */ says) => told.push(says),
    done: (/** @type {string} */ says, /** @type {number} */ number) => told.push([says, number]) };
  const importing = new Importing(/** @type {any} */ (table), PREVIEW);
  place().append(importing.panel.box);
  return { kernel, told, importing, box: importing.panel.box };
}

/** Changes the control of this name. @param {HTMLElement} box @param {string} at @param {string} value */
function change(box, at, value) {
  const control = /** @type {HTMLSelectElement} */ (box.querySelector(`[data-at="${at}"]`));
  control.focus();
  control.value = value;
  control.dispatchEvent(new Event("change"));
}

test("every choice is sent with those before it, for the sheet that is shown", async () => {
  const { kernel, box } = begun();
  change(box, "column How bad", "treatment");
  await until(() => kernel.sent.length === 1);
  named("Leave out all 1 unknown columns").click();
  await until(() => kernel.sent.length === 2);
  change(box, "word treatment Mitigate", "modify");
  change(box, "constant area", "data");
  change(box, "dates", "day-first");
  named("Line 1").click();
  /** @type {HTMLElement | null} */ (box.querySelector("[data-at=blanks]"))?.click();
  await until(() => kernel.sent.length === 7);
  equal(kernel.sent[6].sheet, "Risks");
  equal(kernel.sent[6].tables, { Risks: { columns: { "How bad": "treatment" }, only_known: true,
    values: { treatment: { Mitigate: "modify" } }, constants: { area: "data" }, dates: "day-first", header_row: 1,
    blank_clears: true } });
});

test("after a choice the focus stays where it was, and parts stay as they were opened", async () => {
  const { box, kernel } = begun({ columns: PREVIEW.columns.map((one) => ({ ...one, how: "said" })) });
  await until(() => document.activeElement?.tagName === "H4");
  change(box, "column How bad", "treatment");
  await until(() => kernel.sent.length === 1 && box.querySelector(".said")?.textContent === "");
  equal(document.activeElement?.getAttribute("data-at"), "column How bad");
  equal(document.activeElement?.closest("details")?.open, true);
});

test("of two answers only the newest is shown", async () => {
  const { box, importing, kernel } = begun();
  kernel.reply = ({ sheet }) => ({ ok: true, ...PREVIEW, sheet, missing: sheet === "Cover" ? ["name"] : [] });
  const both = [importing.again("Cover"), importing.again("Risks")];
  await Promise.all(both);
  equal(importing.preview.sheet, "Risks");
  equal(box.querySelector("[data-at='constant name']"), null);
});

test("nothing is imported before all is decided, and then once", async () => {
  const { box, importing, kernel, told } = begun({ ready: true });
  equal(named("Import all").disabled, true);
  equal(box.textContent?.includes("Still to be decided: 1 column, 1 needed column, 1 word, how dates are read."), true);
  await importing.choose();
  named("Import all").click();
  await until(() => told.length === 2);
  equal(told, [null, ["1 row imported.", 7]]);
  equal([kernel.sent[1].plan, kernel.sent[1].draft.length], ["p1", 32]);
});

test("Escape closes a preview, but not the choices that were made in it", async () => {
  const { box, importing } = begun();
  await importing.choose({ dates: "day-first" });
  const escape = () => box.querySelector("select")?.dispatchEvent(new KeyboardEvent("keydown",
    { key: "Escape", bubbles: true }));
  escape();
  equal(box.isConnected, true);
  importing.tables = {};
  escape();
  equal(box.isConnected, false);
});

test("a row shows old and new, what is wrong, and text as text", () => {
  /** @type {any} */
  const wrong = { line: 5, key: "R-002", name: "<b>", state: "wrong", says: ["Too many cells."], changes: [],
    cells: [] };
  const cleared = { ...PREVIEW.rows[0], line: 6, changes: [{ label: "Owner", old: "Anna", new: "" }] };
  const box = h("div", {}, changesTable({ ...PREVIEW, rows: [...PREVIEW.rows, wrong, cleared], more: 7 }, () => {}));
  equal([...box.querySelectorAll("del, ins")].map((one) => `${one.tagName} ${one.textContent}`),
    ["DEL Anna", "INS Ben", "DEL Anna"]);
  equal([box.querySelector("td .wrong")?.textContent, box.querySelectorAll("b").length], ["Too many cells.", 2]);
  equal(box.querySelector("caption")?.textContent?.endsWith("The first 3; 7 more are not shown."), true);
});

const WRONG = { ...PREVIEW, twins: [[6, 4]], rows: [{ line: 5, key: "R-002", name: "Theft", state: "wrong", says: [],
  changes: [], cells: [{ header: "Title", label: "Risk", value: "Theft", says: "" },
    { header: "Due", label: "Treatment due", value: "soon", says: "Treatment due: 'soon' is no date." }] }] };

test("a cell that is wrong is corrected in the preview, and a line can be left out", async () => {
  const { kernel, box, importing } = begun(/** @type {any} */ (WRONG));
  await importing.choose();
  equal([...box.querySelectorAll("td input")].map((input) => input.getAttribute("data-at")), ["mend 5 Due"]);
  equal(box.querySelector("td b")?.parentElement?.textContent, "Risk: Theft");
  change(box, "mend 5 Due", "2027-04-03");
  await until(() => kernel.sent.length === 2);
  named("Leave out line 6").click();
  await until(() => kernel.sent.length === 3);
  equal(kernel.sent[2].mends, { Risks: { 5: { Due: "2027-04-03" }, 6: null } });
  await until(() => box.textContent?.includes("2 lines corrected or left out here."));
  named("Take that back").click();
  await until(() => kernel.sent.length === 4);
  equal(kernel.sent[3].mends, {});
});

/** A register's table as far as pasting needs it. @param {(message: any) => any} reply */
function pasting(reply) {
  localStorage.clear();
  const kernel = new Kernel(reply);
  const el = place();
  const state = { engagement: "e", id: "risks", columns: COLUMNS, choices: {} };
  const table = { frame: { wire: new Wire(kernel) }, state,
    column: () => undefined, editor: () => {}, done: () => {},
    open: (/** @type {any} */ panel) => el.replaceChildren(...(panel ? [panel.box] : [])) };
  return { kernel, el, open: () => pastePanel(/** @type {any} */ (table)) };
}

/** @param {HTMLElement} el @returns {HTMLTextAreaElement} */
const area = (el) => /** @type {HTMLTextAreaElement} */ (el.querySelector("textarea"));

test("what was pasted is there again until it was imported", async () => {
  const { kernel, el, open } = pasting(({ do: what }) => ({ ok: true, ...PREVIEW, ready: true,
    ...(what === "import" ? { says: "1 row imported.", number: 7 } : {}) }));
  open();
  area(el).value = "Title\nDrift";
  named("Preview").click();
  await until(() => el.querySelector(".importing"));
  change(el, "dates", "day-first");
  await until(() => kernel.sent.length === 2);
  open();
  equal(area(el).value, "Title\nDrift");
  named("Preview").click();
  await until(() => el.querySelector(".importing"));
  equal(kernel.sent[2].tables, { Risks: { dates: "day-first" } });
  named("Import all").click();
  await until(() => !el.childElementCount);
  open();
  equal(area(el).value, "");
});

test("what cannot be read stays to be corrected, and is thrown away only by who says so", async () => {
  const { el, open } = pasting(() => ({ ok: false, says: "What was pasted holds no rows to import." }));
  open();
  area(el).value = "nothing";
  named("Preview").click();
  await until(() => el.querySelector(".wrong")?.textContent === "What was pasted holds no rows to import.");
  equal(area(el).value, "nothing");
  open();
  named("Throw it away").click();
  equal(area(el).value, "");
});
