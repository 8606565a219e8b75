// @ts-check
// What an import would do, row by row: old and new.

import { difference } from "./difference.js";
import { button, Field, h, pill } from "./dom.js";
import { say } from "./say.js";

/** @import { Child, PlannedCell, PlannedChange, PlannedRow, Preview } from "./types" */

/** @typedef {(line: number, cells: Record<string, string> | null) => any} Mend corrects cells of a line, or drops it */

/** @type {Record<string, [kind: string, words: string]>} */
const STATES = {
  new: ["ok", say("+ new")], changed: ["plan", say("↻ changed")], same: ["unk", say("= same")],
  wrong: ["bad", say("○ wrong")],
};

/** How many rows are in which state. @param {Preview} preview */
export const counts = ({ counts: many }) => h("p", { class: "chips" },
  Object.entries(STATES).map(([state, [kind, words]]) => (many[state] ? pill(kind, `${words}: ${many[state]}`) : "")));

/** The rows that are new, change or are wrong, if there are any. @param {Preview} preview @param {Mend} mend */
export function changesTable({ rows, more }, mend) {
  if (!rows.length) return h("p", { class: "mute" }, say("Nothing would change."));
  const heads = [say("What"), say("Line"), say("Row"), say("What changes")].map((words) =>
    h("th", { scope: "col" }, words));
  const rest = more ? say("The first {n}; {more} more are not shown.", { n: rows.length, more }) : "";
  return h("div", { class: "grid", tabIndex: 0, role: "region", "aria-label": say("Row by row") }, h("table", {},
    h("caption", {}, say("Row by row, old and new."), rest && ` ${rest}`),
    h("thead", {}, h("tr", {}, heads)),
    h("tbody", {}, rows.map((row) => line(row, mend)))));
}

/** @param {PlannedRow} row @param {Mend} mend */
function line(row, mend) {
  const [kind, words] = STATES[row.state];
  return h("tr", {}, h("td", {}, pill(kind, words)), h("td", { class: "n" }, String(row.line)),
    h("th", { scope: "row" }, row.name || row.key, h("span", { class: "ref" }, row.key)),
    h("td", {}, row.state === "wrong" ? toMend(row, mend) : happens(row)));
}

/** @param {PlannedRow} row @returns {Child} */
const happens = ({ state, changes }) => changes.map((change) => h("div", { class: "clip" },
  h("b", {}, `${change.label}: `), state === "new" ? change.new : oldAndNew(change)));

/** What a line says, with what is wrong in it to be corrected here. @param {PlannedRow} row @param {Mend} mend */
function toMend({ line: number, says, cells }, mend) {
  const wrong = cells.filter((cell) => cell.says);
  const waits = !says.length && !wrong.length;
  return [waits ? h("span", { class: "mute" }, say("waits for what is to be decided above")) : null,
    says.map((one) => h("div", { class: "wrong" }, one)),
    cells.filter((cell) => cell.says || cell.value).map((cell) => (cell.says ? field(number, cell, mend)
      : h("div", { class: "clip" }, h("b", {}, `${cell.label}: `), cell.value))),
    button(say("Leave out line {n}", { n: number }), () => mend(number, null),
      { "data-at": `leave out ${number}` })];
}

/** @param {number} number @param {PlannedCell} cell @param {Mend} mend */
function field(number, { header, label, value, says }, mend) {
  const input = h("input", { type: "text", value, "data-at": `mend ${number} ${header}`,
    onchange: () => mend(number, { [header]: input.value }) });
  const made = new Field(say("{column}, line {n}", { column: label, n: number }), input);
  made.complain(says);
  return made.box;
}

/** @param {PlannedChange} change @returns {Child} */
function oldAndNew(change) {
  if (!change.old) return h("ins", {}, change.new);
  if (!change.new) return [h("del", {}, change.old), " ", say("cleared")];
  const words = difference(change.old, change.new);
  const same = words.filter((word) => typeof word === "string" && word.trim()).length;
  return same ? words : [h("del", {}, change.old), " → ", h("ins", {}, change.new)];
}
