// @ts-check
// Risks of the catalogue that the record points to: a press takes one into the register, to be rated by people.

import { button, h } from "./dom.js";
import { Action } from "./saver.js";
import { say } from "./say.js";

/** @import { RegisterTable } from "./register.js" */

/** @typedef {{number: string, title: string, systems: string, reasons: string[]}} Suggested */

/** The list of them, with what shows it anew. @param {RegisterTable} table */
export function suggested(table) {
  const summary = h("summary", {});
  const list = h("ul", {});
  const box = h("details", {}, summary, list);
  /** @param {Suggested} one */
  const line = ({ number, title, systems, reasons }) => {
    const action = new Action(table.frame.wire, "adopt");
    const take = async () => {
      const reply = await action.send({ number });
      if (reply.ok) table.done(reply.says ?? "", reply.number);
      else table.tell(reply.says ?? "");
    };
    const press = button(say("Add"), take,
      { "aria-label": say("Add {what}", { what: title }), disabled: Boolean(table.state.readOnly) });
    return h("li", {}, h("b", {}, `${number} ${title}`), ` (${systems}) `, press,
      h("div", { class: "mute" }, reasons.join(" · ")));
  };
  let text = "";
  const paint = () => {
    const found = /** @type {Suggested[]} */ (table.state.suggested ?? []);
    const now = JSON.stringify([found, table.state.readOnly]);
    if (now === text) return;
    text = now;
    box.hidden = !found.length;
    summary.textContent = say("From the catalogue: {n} that the record points to", { n: found.length });
    list.replaceChildren(...found.map(line));
  };
  return { box, paint };
}
