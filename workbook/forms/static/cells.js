// @ts-check
// What a column of a register means in the browser: the words of a value, and what edits it.

import { h } from "./dom.js";
import { Picker, Ticks } from "./picker.js";

/** @import { Choices, Control, Editor } from "./types" */

/**
 * @typedef {{type?: string, enum?: string[], format?: string, minimum?: number, maximum?: number,
 *   "x-refers-to"?: string, "x-lines"?: boolean, "x-beside"?: string}} Schema the JSON schema of a cell
 * @typedef {{id: string, label: string, required: boolean, help: string, person: boolean, onPurpose: boolean,
 *   schema: Schema}} Column
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
 * What edits a cell.
 * @param {Column} column
 * @param {any} value
 * @param {Choices} choices
 * @param {string} [names] the id of a list of people, who are offered while somebody types
 * @returns {Editor}
 */
export function editor(column, value, choices, names = "") {
  const made = chooser(column, choices) ?? new Plain(input(column, names));
  made.value = value;
  return made;
}

/** @param {Column} column @param {Choices} choices @returns {Editor | null} */
function chooser(column, choices) {
  if (holdsMany(column)) return new Ticks(choices);
  if (column.schema["x-refers-to"]) return new Picker(choices);
  return column.schema.enum ? new Plain(h("select", {}, h("option", { value: "" }, ""), choices.map(([id, name]) =>
    h("option", { value: id }, name)))) : null;
}

/** @param {Column} column @param {string} names */
function input(column, names) {
  const { format, minimum, maximum } = column.schema;
  if (holdsLines(column)) return h("textarea", { rows: 3 });
  if (holdsNumber(column)) return h("input", { type: "number", min: minimum, max: maximum });
  return h("input", { type: format === "date" ? "date" : "text", list: column.person && names ? names : undefined });
}

/** A control that is its own editor. @implements {Editor} */
class Plain {
  /** @param {Control} control */
  constructor(control) {
    this.el = this.control = control;
  }

  get value() {
    return this.control.value;
  }

  set value(value) {
    this.control.value = value ?? "";
  }

  offer() {} // what it offers never changes
}
