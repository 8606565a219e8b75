// @ts-check
// Rows copied from a spreadsheet: their text is kept in the browser until it was imported or thrown away.

import { button, Field, h } from "./dom.js";
import { Importing } from "./importing.js";
import { kept } from "./kept.js";
import { Panel } from "./panel.js";
import { say } from "./say.js";

/** @import { RegisterTable } from "./register.js" */
/** @import { Pasted, Preview } from "./types" */

/** @param {RegisterTable} table */
export function pastePanel(table) {
  const { engagement, id } = table.state;
  const name = `${engagement}:${id}:paste`;
  /** @type {Pasted} */
  const before = kept.read(name) ?? { name, text: "", tables: {}, mends: {} };
  const example = say("Name\tOwner\nCredit scoring\tCredit lead");
  const text = h("textarea", { rows: 6, placeholder: example, value: before.text });
  const field = new Field(say("Rows copied from a spreadsheet, with the line that names the columns"), text,
    before.text && say("This is what you pasted before; it was not imported yet."));
  const preview = async () => {
    const pasted = text.value === before.text ? before : { name, text: text.value, tables: {}, mends: {} };
    kept.write(name, pasted);
    const { tables, mends } = pasted;
    const reply = await table.frame.wire.ask("paste", { text: pasted.text, tables, mends });
    field.complain(reply.ok ? "" : reply.says);
    if (!reply.ok) return;
    const shown = /** @type {Preview} */ (/** @type {unknown} */ (reply));
    table.open(new Importing(table, shown, pasted).panel);
  };
  text.addEventListener("paste", () => setTimeout(preview, 0));
  table.open(new Panel(say("Paste rows"), field.box, button(say("Preview"), preview, { class: "does" }),
    before.text ? button(say("Throw it away"), () => {
      kept.drop(name);
      pastePanel(table);
    }) : ""));
}
