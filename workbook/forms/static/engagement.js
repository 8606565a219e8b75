// @ts-check
// What the audit is about.

import { Field, h, select } from "./dom.js";
import { downloads } from "./download.js";
import { Frame } from "./frame.js";
import { RecordForm } from "./record.js";

/** @import { Place } from "./types" */

/** @param {Place} place */
export function engagement(place) {
  const frame = new Frame(place, { asks: false });
  const { fields, choices, shown } = frame.state;
  /** @type {[string, Field][]} */
  const made = fields.map((/** @type {string[]} */ [id, label, type, help]) =>
    [id, new Field(label, control(type, choices[id]), help)]);
  const names = fields.map((/** @type {string[]} */ [id, label]) => [id, label]);
  const about = { kind: "engagement", key: "engagement", what: "this", fields: Object.fromEntries(made), names };
  const form = new RecordForm(frame, about, shown);
  frame.follow(() => form.follow(frame.state.shown));
  frame.el.append(h("div", { class: "g" }, made.map(([, field]) => field.box)), form.extra, form.line,
    h("div", { class: "top" }, downloads(frame)));
  return () => frame.leave();
}

/** @param {string} type @param {string[]} choices */
function control(type, choices) {
  if (type === "long_text") return h("textarea", { rows: 3 });
  return type === "choice" ? select(choices.map((c) => [c, c])) : h("input", { type });
}
