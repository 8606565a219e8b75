// @ts-check
// What the audit is about.

import { Field, h, select } from "./dom.js";
import { downloads } from "./download.js";
import { Frame } from "./frame.js";
import { plain } from "./history.js";
import { RecordForm } from "./record.js";
import { say, term } from "./say.js";
import { datalist, offer } from "./speaker.js";

/** @import { Place } from "./types" */

/** @param {Place} place */
export function engagement(place) {
  const frame = new Frame(place);
  const { fields, choices, shown } = frame.state;
  const zones = datalist("zones", choices.time_zone);
  const people = datalist("people", frame.state.people);
  /** @type {[string, Field][]} */
  const made = fields.map((/** @type {string[]} */ [id, label, type, help]) =>
    [id, new Field(label, control(type, choices[id], type === "person" ? people : zones), help)]);
  const names = fields.map((/** @type {string[]} */ [id, label]) => [id, label, id === "audit_kind" ? term : plain]);
  const about = { kind: "engagement", key: "engagement", what: say("this"), fields: Object.fromEntries(made), names };
  const form = new RecordForm(frame, about, shown);
  frame.follow(() => {
    offer(people, frame.state.people);
    form.follow(frame.state.shown);
  });
  frame.el.append(h("div", { class: "g" }, made.map(([, field]) => field.box)), zones, people, form.extra, form.line,
    h("div", { class: "top" }, downloads(frame)));
  return () => frame.leave();
}

/** @param {string} type @param {[string, string][]} choices with words @param {HTMLDataListElement} names to offer */
function control(type, choices, names) {
  if (type === "listed") return h("input", { type: "text", list: names.id, "data-whole": "" }); // half a name is none
  if (type === "person") return h("input", { type: "text", list: names.id });
  if (type === "long_text") return h("textarea", { rows: 3 });
  return type === "choice" ? select(choices) : h("input", { type });
}
