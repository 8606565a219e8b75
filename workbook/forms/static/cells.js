// @ts-check
// What a column of a register means in the browser: the words of a value, and the control that edits it.

import { h } from "./dom.js";

/** @import { Control } from "./types" */

/**
 * @typedef {{type?: string, enum?: string[], format?: string, minimum?: number, maximum?: number,
 *   "x-refers-to"?: string, "x-lines"?: boolean}} Schema the JSON schema of a cell
 * @typedef {{id: string, label: string, required: boolean, help: string, schema: Schema}} Column
 * @typedef {[id: string, words: string][]} Choices what a cell may hold, where that is a list
 */

/** @param {Column} column */
export const holdsMany = (column) => column.schema.type === "array";

/** @param {Column} column */
const holdsOne = (column) => Boolean(column.schema.enum || column.schema["x-refers-to"]);

/** @param {Column} column */
export const holdsNumber = (column) => column.schema.type === "integer";

/** @param {Column} column */
export const holdsLines = (column) => Boolean(column.schema["x-lines"]);

/** A value as a person reads it. @param {Column} column @param {any} value @param {Choices} choices */
export function words(column, value, choices) {
  if (value === undefined || value === null || value === "") return "";
  const known = new Map(choices);
  if (holdsMany(column)) return value.map((/** @type {string} */ one) => known.get(one) || one).join(", ");
  return holdsOne(column) ? known.get(value) || value : String(value);
}

/**
 * The control that edits a cell.
 * @param {Column} column
 * @param {any} value
 * @param {Choices} choices
 * @returns {Control}
 */
export function control(column, value, choices) {
  if (holdsMany(column)) {
    const chosen = value ?? [];
    return h("select", { multiple: true, size: 6 },
      choices.map(([id, name]) => h("option", { value: id, selected: chosen.includes(id) }, name)));
  }
  const made = holdsOne(column) ? chooser(column, choices) : input(column);
  made.value = value ?? "";
  return made;
}

/** @param {Column} column @param {Choices} choices */
const chooser = (column, choices) => h("select", {}, h("option", { value: "" }, ""), choices.map(([id, name]) =>
  h("option", { value: id }, column.schema.enum ? name : `${name} (${id})`)));

/** @param {Column} column */
function input(column) {
  const { format, minimum, maximum } = column.schema;
  if (holdsLines(column)) return h("textarea", { rows: 3 });
  if (holdsNumber(column)) return h("input", { type: "number", min: minimum, max: maximum });
  return h("input", { type: format === "date" ? "date" : "text" });
}

/** What the control holds, as Python takes it. @param {Control} edited @returns {string | string[]} */
export function held(edited) {
  const many = edited instanceof HTMLSelectElement && edited.multiple;
  return many ? [...edited.selectedOptions].map((option) => option.value) : edited.value;
}

/** Puts a value into the control. @param {Control} edited @param {any} value */
export function put(edited, value) {
  if (edited instanceof HTMLSelectElement && edited.multiple) {
    for (const option of edited.options) option.selected = (value ?? []).includes(option.value);
  } else edited.value = value ?? "";
}
