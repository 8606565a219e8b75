// @ts-check
// Rows from a spreadsheet or a file: a preview first, then all of them or none.

import { button, Field, fold, h, select } from "./dom.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { upload } from "./upload.js";

/** @import { Column } from "./cells.js" */
/** @import { RegisterTable } from "./register.js" */
/** @import { Reply } from "./types" */

/** @typedef {(mapping: Record<string, string>) => Promise<Reply>} Preview asks for the preview with these columns */

/** Previews the file that was chosen. @param {RegisterTable} table @param {HTMLInputElement} input */
export async function chosenFile(table, input) {
  const file = input.files?.[0];
  if (!file) return;
  /** @type {Preview} */
  const ask = (mapping) => upload(table.frame.wire, file, { mapping }, (says) => table.tell(says));
  const reply = await ask({});
  input.value = "";
  previewPanel(table, reply, ask);
}

/** @param {RegisterTable} table */
export function pastePanel(table) {
  const text = h("textarea", { rows: 6, placeholder: "Name\tOwner\nCredit scoring\tCredit lead" });
  const field = new Field("Rows copied from a spreadsheet; the first line names the columns", text);
  /** @type {Preview} */
  const ask = (mapping) => table.frame.wire.ask("paste", { text: text.value, mapping });
  const preview = async () => previewPanel(table, await ask({}), ask);
  text.addEventListener("paste", () => setTimeout(preview, 0));
  table.open(new Panel("Paste rows", field.box, button("Preview", preview)));
}

/** @param {RegisterTable} table @param {Reply} reply @param {Preview} ask @param {Record<string, string>} [mapping] */
function previewPanel(table, reply, ask, mapping) {
  if (!reply.ok) {
    table.open(new Panel("Nothing was imported", h("p", { class: "wrong" }, reply.says)));
    return;
  }
  /** @type {string[]} */
  const problems = reply.problems;
  const totals = reply.summary.tables.map((/** @type {any} */ t) =>
    `${t.new} new, ${t.changed} changed, ${t.same} same, ${t.wrong} wrong`).join("; ") || "no row read";
  const action = new Action(table.frame.wire, "import");
  const bring = button("Import all", async () => {
    const done = await action.send({ plan: reply.plan });
    table.tell(done.says ?? "");
    if (done.ok) table.open(null);
  }, { disabled: problems.length > 0 });
  table.open(new Panel("Preview: nothing is imported yet",
    h("p", {}, h("b", {}, totals)),
    problems.length ? h("ul", { class: "wrong" }, problems.map((p) => h("li", {}, p))) : "",
    whichColumns(table, reply.headers, mapping ?? {}, problems.length > 0, async (next) =>
      previewPanel(table, await ask(next), ask, next)),
    fold("Row by row", h("ul", {}, reply.rows.map((/** @type {any} */ r) =>
      h("li", {}, `line ${r.line}: ${r.key} ${r.state} ${r.says}`)))),
    bring));
}

/**
 * Which header of the file is which column of the register.
 * @param {RegisterTable} table
 * @param {string[]} headers
 * @param {Record<string, string>} mapping what was chosen before
 * @param {boolean} open
 * @param {(mapping: Record<string, string>) => void} again
 */
function whichColumns(table, headers, mapping, open, again) {
  /** @type {Column[]} */
  const columns = table.state.columns;
  /** @type {[string, string][]} */
  const own = columns.map((c) => [c.id, c.label]);
  /** @type {[string, string][]} */
  const targets = [["", "leave out"], ["id", "Id"], ...own];
  const fields = headers.map((header) => {
    const field = new Field(header, select(targets));
    field.control.value = mapping[header] ?? likely(columns, header);
    return field;
  });
  const box = fold("Which column is which", h("div", { class: "g" }, fields.map((field) => field.box)),
    button("Preview again", () => again(Object.fromEntries(headers.map((header, n) => [header, fields[n].value])))));
  box.open = open;
  return box;
}

/** @param {Column[]} columns @param {string} header */
function likely(columns, header) {
  const name = header.toLowerCase();
  if (name === "id") return "id";
  return columns.find((c) => [c.id, c.label].some((own) => own.toLowerCase() === name))?.id ?? "";
}
