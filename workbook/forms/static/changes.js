// @ts-check
// What an import would do, row by row: old and new.

import { difference } from "./difference.js";
import { h, pill } from "./dom.js";

/** @import { Child, PlannedChange, PlannedRow, Preview } from "./types" */

/** @type {Record<string, [kind: string, words: string]>} */
const STATES = {
  new: ["ok", "+ new"], changed: ["plan", "↻ changed"], same: ["unk", "= same"], wrong: ["bad", "○ wrong"],
};

/** How many rows are in which state. @param {Preview} preview */
export const counts = ({ counts: many }) => h("p", { class: "chips" },
  Object.entries(STATES).map(([state, [kind, words]]) => (many[state] ? pill(kind, `${words}: ${many[state]}`) : "")));

/** The rows that are new, change or are wrong; nothing if there are none. @param {Preview} preview */
export function changesTable({ rows, more }) {
  if (!rows.length) return h("p", { class: "mute" }, "Nothing would change.");
  const heads = ["What", "Line", "Row", "What changes"].map((words) => h("th", { scope: "col" }, words));
  const rest = more ? ` The first ${rows.length}; ${more} more are not shown.` : "";
  return h("div", { class: "grid", tabIndex: 0, role: "region", "aria-label": "Row by row" }, h("table", {},
    h("caption", {}, `Row by row, old and new.${rest}`),
    h("thead", {}, h("tr", {}, heads)),
    h("tbody", {}, rows.map(line))));
}

/** @param {PlannedRow} row */
function line(row) {
  const [kind, words] = STATES[row.state];
  return h("tr", {}, h("td", {}, pill(kind, words)), h("td", { class: "n" }, String(row.line)),
    h("th", { scope: "row" }, row.name || row.key, h("span", { class: "ref" }, row.key)), h("td", {}, happens(row)));
}

/** @param {PlannedRow} row @returns {Child} */
function happens({ state, says, changes }) {
  if (state === "wrong" && !says.length) return h("span", { class: "mute" }, "waits for what is to be decided above");
  if (state === "wrong") return says.map((one) => h("div", { class: "wrong" }, one));
  return changes.map((change) => h("div", { class: "clip" },
    h("b", {}, `${change.label}: `), state === "new" ? change.new : oldAndNew(change)));
}

/** @param {PlannedChange} change @returns {Child} */
function oldAndNew(change) {
  if (!change.old) return h("ins", {}, change.new);
  if (!change.new) return [h("del", {}, change.old), " cleared"];
  const words = difference(change.old, change.new);
  const same = words.filter((word) => typeof word === "string" && word.trim()).length;
  return same ? words : [h("del", {}, change.old), " → ", h("ins", {}, change.new)];
}
