// @ts-check
// A cell of a register that is being edited: Enter and Tab save it, Escape leaves it as it was.

import { holdsLines } from "./cells.js";
import { conflictPanel, differing } from "./conflict.js";
import { h } from "./dom.js";
import { Saver } from "./saver.js";
import { say } from "./say.js";

/** @import { Column } from "./cells.js" */
/** @import { RegisterTable, Row } from "./register.js" */
/** @import { Editor, Reply, Version } from "./types" */

/** A value as it is compared with another one of its column. @param {any} value */
const compared = (value) => (Array.isArray(value) ? [...value].sort().join("\n") : String(value ?? ""));

export class CellEditor {
  /** @param {RegisterTable} table @param {HTMLElement} cell @param {Row} row @param {Column} column */
  constructor(table, cell, row, column) {
    this.table = table;
    this.cell = cell;
    this.row = row;
    this.column = column;
    this.before = [...cell.childNodes];
    this.over = false;
    this.wrong = h("p", { class: "wrong", role: "alert" });
    /** @type {Editor} */
    this.editor = table.editor(column, row.values[column.id], () => row.values);
    this.saver = new Saver({
      base: row.version,
      collect: () => ({ ...this.row.values, [column.id]: this.editor.value }),
      show: (says) => table.tell(says),
      send: (values, base, draft) => table.frame.wire.ask("save", { key: row.key, values, base, draft }),
      saved: (reply) => table.saved(reply),
      conflict: () => {},
      onDemand: true,
    });
  }

  begin() {
    const { el, control } = this.editor;
    const row = this.row.values.name || this.row.key;
    control.setAttribute("aria-label", say("{column} of {row}", { column: this.column.label, row }));
    el.addEventListener("keydown", (event) => this.pressed(event));
    el.addEventListener("focusout", () => setTimeout(() => {
      if (el.isConnected && !el.contains(document.activeElement)) this.keep(0);
    }, 0));
    this.cell.replaceChildren(el, this.wrong);
    this.cell.classList.add("editing");
    this.focus();
  }

  focus() {
    const { control } = this.editor;
    const first = control.matches("input, select, textarea") ? control
      : control.querySelector("input:not([hidden])");
    if (first instanceof HTMLElement) first.focus();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.leave();
    } else if (event.key === "Enter" && !(holdsLines(this.column) && event.shiftKey)) {
      event.preventDefault();
      this.keep(0);
    } else if (event.key === "Tab" && this.leaves(event.shiftKey)) {
      event.preventDefault();
      this.keep(event.shiftKey ? -1 : 1);
    }
  }

  /** Whether Tab leaves the cell: with several boxes to tick, only from the last or the first. @param {boolean} back */
  leaves(back) {
    const boxes = [...this.editor.el.querySelectorAll("input")].filter((box) => box.offsetParent !== null);
    return boxes.length < 2 || document.activeElement === boxes.at(back ? 0 : -1);
  }

  /** Shows this in place of the editor. @param {...Node} shown */
  put(...shown) {
    this.cell.classList.remove("editing");
    this.cell.replaceChildren(...shown);
  }

  /** Leaves the cell as the record has it. */
  leave() {
    this.over = true;
    this.saver.forget(this.row.version);
    this.put(...this.before);
    this.table.want = { key: this.row.key, version: this.row.version, column: this.column.id, edit: false };
    this.table.paint();
  }

  /** Saves the cell and goes on to the one beside it. @param {number} step */
  async keep(step) {
    if (this.over) return;
    const same = compared(this.editor.value) === compared(this.row.values[this.column.id]);
    if (same && !this.saver.unanswered) {
      this.leave();
      return;
    }
    this.over = true;
    const reply = await this.saver.save();
    if (reply?.ok) this.done(/** @type {Version} */ (reply.revision), step && this.table.beside(this.column, step));
    else this.failed(reply);
  }

  /** @param {Version} revision @param {Column | 0 | undefined} next */
  done({ version }, next) {
    const column = next ? next.id : this.column.id;
    this.table.want = { key: this.row.key, version, column, edit: Boolean(next) };
    this.put(h("div", { class: "clip" }, this.table.words(this.column, this.editor.value)));
    this.table.paint();
  }

  /** @param {Reply | undefined} reply */
  failed(reply) {
    if (reply?.conflict) {
      this.conflict(reply.conflict);
      return;
    }
    this.over = false;
    this.wrong.replaceChildren(reply?.says ?? "");
    this.editor.control.setAttribute("aria-invalid", "true");
    this.focus();
    this.table.tell(say("Not saved; see the cell."));
  }

  /** Somebody saved the row first: both contents of this cell, to choose from. @param {Version} theirs */
  conflict(theirs) {
    const { id } = this.column;
    this.put(...this.before);
    this.table.extra.replaceChildren(conflictPanel({
      what: say("this row"),
      theirs,
      mine: { [id]: this.editor.value },
      describe: differing([this.table.named(this.column)]),
      keepMine: () => this.overwrite(theirs),
      takeTheirs: () => this.leave(),
    }).box);
  }

  /** Saves this cell on top of theirs, whose other cells stay. @param {Version} theirs */
  async overwrite(theirs) {
    this.row = { ...this.row, version: theirs.version, values: theirs.body ?? this.row.values };
    this.saver.rebase(theirs.version);
    const reply = await this.saver.save();
    if (reply?.ok) this.done(/** @type {Version} */ (reply.revision), 0);
    else this.failed(reply);
  }
}
