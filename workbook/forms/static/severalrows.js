// @ts-check
// Several rows at once: one column is set to the same in all of them, or in none.

import { stillTrue, unconfirmed } from "./again.js";
import { button, Field, h, select } from "./dom.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { say } from "./say.js";

/** @import { Column } from "./cells.js" */
/** @import { RegisterTable } from "./register.js" */
/** @import { Editor } from "./types" */

/** @param {RegisterTable} table */
export function rowsPanel(table) {
  /** @type {Column[]} */
  const columns = table.state.columns;
  const first = columns.find((column) => column.person) ?? columns[0];
  const which = new Field(say("Column"),
    select(columns.map(({ id, label }) => [id, label]), { onchange: () => ask() }));
  const place = h("div", {});
  const set = new Action(table.frame.wire, "set");
  /** @type {Editor} */
  let editor;
  /** @type {Field<any>} */
  let field;

  const ask = () => {
    const column = /** @type {Column} */ (table.column(which.value));
    editor = table.editor(column, "");
    const title = say("{column}, for every row that is ticked", { column: column.label });
    field = new Field(title, editor.control, column.help, editor.el);
    place.replaceChildren(field.box);
  };
  const setAll = async () => {
    if (!table.picked.size) {
      field.complain(say("Tick at least one row first."));
      return;
    }
    const reply = await set.send({ keys: [...table.picked], column: which.value, value: editor.value });
    field.complain(reply.ok ? "" : reply.says);
    if (reply.ok) table.done(reply.says ?? "", reply.number);
  };
  const tickAll = () => {
    for (const row of table.shownRows()) table.picked.add(row.key);
    table.paint();
  };
  which.control.value = first.id;
  ask();
  const confirm = stillTrue(table.frame.wire, {
    who: () => table.state.who,
    ticked: () => table.rows.filter((row) => table.picked.has(row.key)),
    tell: (says) => table.tell(says),
    done: (says, number) => table.done(says, number),
  });
  return new Panel(say("Several rows at once"),
    h("p", {}, say("Tick the rows in the table."), " ", button(say("Tick all shown"), tickAll)),
    h("div", { class: "g" }, which.box, place),
    unconfirmed(table.rows).length ? h("div", {}, confirm) : null,
    button(say("Set in all ticked rows"), setAll, { class: "does" }));
}
