// @ts-check
// A register as a table: edit in place, add, duplicate, delete with undo, sort, filter, paste and import.

import { control, held, holdsLines, holdsMany, holdsNumber, words } from "./cells.js";
import { conflictPanel, differing } from "./conflict.js";
import { button, clock, h } from "./dom.js";
import { downloads } from "./download.js";
import { Frame } from "./frame.js";
import { historyPanel } from "./history.js";
import { chosenFile, pastePanel } from "./importing.js";
import { RowPanel } from "./row.js";
import { Action, Saver } from "./saver.js";

/** @import { Column } from "./cells.js" */
/** @import { Panel } from "./panel.js" */
/** @import { Child, Control, Place, Reply, Version } from "./types" */

/**
 * @typedef {{key: string, version: number, by: string, at: string, values: Record<string, any>, gaps: string[],
 *   missing: string[]}} Row
 * @typedef {{key: string, version: number, column: string, edit: boolean}} Want the cell to go to, once it is there
 */

const EDITED = "td input, td select, td textarea, th input, th select, th textarea";

/** @param {Place} place */
export function register(place) {
  const table = new RegisterTable(place);
  return () => table.frame.leave();
}

export class RegisterTable {
  /** @type {HTMLElement} */ number;
  /** @type {HTMLInputElement} */ search;
  /** @type {HTMLButtonElement} */ add;
  /** @type {HTMLButtonElement} */ paste;
  /** @type {HTMLButtonElement} */ bring;

  /** @param {Place} place */
  constructor(place) {
    this.frame = new Frame(place);
    this.sort = "";
    this.down = false;
    this.all = false;
    /** @type {Want | null} */
    this.want = null;
    /** @type {RowPanel | null} */
    this.panel = null;
    this.said = h("p", { class: "said", role: "status" });
    this.extra = h("div", {});
    this.grid = h("div", { class: "grid", tabIndex: 0, role: "region" });
    this.top = this.makeTop();
    this.frame.el.append(this.top, this.said, this.extra, this.grid);
    this.frame.follow(() => {
      if (!this.grid.querySelector(EDITED)) this.paint();
      if (this.panel?.box.isConnected) this.panel.follow();
    });
    this.frame.arriving((anchor) => this.arrive(anchor));
    this.paint();
  }

  /** Goes to the row under this anchor, or to the whole register, if it is here. @param {string} anchor */
  arrive(anchor) {
    const { id } = this.state;
    const row = this.rows.find(({ key }) => anchor === `${id}-${key}`);
    if (!row && anchor !== id) return false;
    this.frame.el.scrollIntoView();
    if (!row) return true;
    this.search.value = "";
    this.want = { key: row.key, version: row.version, column: "name", edit: false };
    this.paint();
    return true;
  }

  get state() {
    return this.frame.state;
  }

  /** @returns {Row[]} */
  get rows() {
    return this.state.rows;
  }

  /** @param {string} key */
  row(key) {
    return this.rows.find((row) => row.key === key);
  }

  /** @param {string} words @param {Child[]} more */
  tell(words, ...more) {
    this.said.replaceChildren(h("span", {}, words, more.length ? " " : "", more));
  }

  /** @param {Panel | null} panel */
  open(panel) {
    this.panel = null;
    this.extra.replaceChildren(...(panel ? [panel.box] : []));
  }

  /** @param {Row | null} row @param {Record<string, any>} values */
  openRow(row, values) {
    const panel = new RowPanel(this, row, values);
    this.open(panel);
    this.panel = panel;
  }

  /** @param {Column} column @param {any} value */
  words(column, value) {
    return words(column, value, this.state.choices[column.id] ?? []);
  }

  /** @param {Version} revision */
  saved({ key, version, by, at }) {
    this.tell(`✓ Saved ${clock(at)}: ${key}, version ${version} by ${by}`);
  }

  // the line above the table ------------------------------------------------------------------------------------

  makeTop() {
    this.number = h("b", { "aria-live": "polite" });
    this.search = h("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter rows",
      oninput: () => this.paint() });
    const wide = button("All columns", () => {
      this.all = !this.all;
      wide.setAttribute("aria-pressed", String(this.all));
      this.paint();
    }, { "aria-pressed": "false" });
    this.add = button("", () => this.openRow(null, {}));
    this.paste = button("Paste rows …", () => pastePanel(this));
    this.bring = button("Import file …", () => file.click());
    const file = h("input", { type: "file", accept: ".csv,.xlsx", hidden: true,
      "aria-label": "CSV or XLSX file to import", onchange: () => chosenFile(this, file) });
    return h("div", { class: "top" },
      this.number, this.search, wide, this.add, this.paste, this.bring, file, downloads(this.frame));
  }

  /** @param {Row[]} shown */
  paintTop(shown) {
    const { one, title, readOnly } = this.state;
    const gaps = this.rows.reduce((n, row) => n + row.gaps.length, 0);
    const many = shown.length === this.rows.length ? this.rows.length : `${shown.length} of ${this.rows.length}`;
    this.number.textContent = `${many} ${this.rows.length === 1 ? "row" : "rows"}, `
      + `${gaps || "no"} ${gaps === 1 ? "gap" : "gaps"}`;
    this.add.textContent = `Add ${one}`;
    for (const way of [this.add, this.paste, this.bring]) way.disabled = Boolean(readOnly);
    this.grid.setAttribute("aria-label", title);
  }

  // the table ---------------------------------------------------------------------------------------------------

  /** @param {string} id @returns {Column | undefined} */
  column(id) {
    return this.state.columns.find((/** @type {Column} */ column) => column.id === id);
  }

  /** @returns {Column[]} */
  shownColumns() {
    if (this.all) return this.state.columns;
    return this.state.telling.map((/** @type {string} */ id) => this.column(id)).filter(Boolean);
  }

  shownRows() {
    const wanted = this.search.value.toLowerCase();
    const rows = this.rows.filter((row) => !wanted || this.text(row).includes(wanted));
    if (!this.sort) return rows;
    const column = this.column(this.sort);
    const by = (/** @type {Row} */ row) => (column ? this.sortable(column, row) : row.key);
    return [...rows].sort((a, b) => compare(by(a), by(b)) * (this.down ? -1 : 1));
  }

  /** @param {Column} column @param {Row} row */
  sortable(column, { values }) {
    return holdsNumber(column) ? values[column.id] ?? -1 : this.words(column, values[column.id]);
  }

  /** All that a row says, to be searched. @param {Row} row */
  text(row) {
    const cells = this.state.columns.map((/** @type {Column} */ c) => this.words(c, row.values[c.id]));
    return JSON.stringify([row.key, cells, row.gaps]).toLowerCase();
  }

  paint() {
    const shown = this.shownRows();
    this.paintTop(shown);
    if (!this.rows.length) {
      const { intro, one } = this.state;
      this.grid.replaceChildren(h("div", { class: "note" }, h("p", {}, intro), h("p", {},
        `No ${one} yet. Add the first one, paste rows from a spreadsheet, or import a CSV or XLSX file.`)));
      return;
    }
    const columns = this.shownColumns();
    this.grid.replaceChildren(h("table", {},
      h("caption", {}, this.state.readOnly || "Double-click a cell, or press Enter on it, to edit it."),
      h("thead", {}, this.header(columns)),
      h("tbody", {}, shown.map((row) => this.line(row, columns)))));
    this.goToWanted();
  }

  /** @param {Column[]} columns */
  header(columns) {
    const plain = (/** @type {string} */ label) =>
      h("th", { scope: "col" }, button(label, () => {}, { disabled: true }));
    const cells = columns.map((column) => this.heading(column.id, column.label));
    return h("tr", {}, this.heading("key", "Id"), cells, plain("Missing"), plain("Actions"));
  }

  /** @param {string} id @param {string} label */
  heading(id, label) {
    const sorted = this.sort === id;
    const order = sorted ? (this.down ? "descending" : "ascending") : "none";
    const sign = { descending: " ▼", ascending: " ▲", none: "" }[order];
    return h("th", { scope: "col", "aria-sort": order }, button(`${label}${sign}`, () => {
      this.down = sorted && !this.down;
      this.sort = id;
      this.paint();
    }));
  }

  /** @param {Row} row @param {Column[]} columns */
  line(row, columns) {
    const cells = columns.map((column, place) => this.cell(row, column, place === 0));
    const gaps = h("td", { class: row.gaps.length ? "stale" : "mute" },
      h("div", { class: "clip" }, row.gaps.join("; ") || "nothing"));
    return h("tr", {}, h("td", { class: "mute" }, row.key), cells, gaps, h("td", {}, this.tools(row)));
  }

  /** @param {Row} row @param {Column} column @param {boolean} first */
  cell(row, column, first) {
    const said = this.words(column, row.values[column.id]) || (row.missing.includes(column.id) ? "—" : "");
    const cell = h(first ? "th" : "td", { tabIndex: first ? 0 : -1, scope: first ? "row" : undefined,
      "data-key": row.key, "data-column": column.id }, h("div", { class: "clip" }, said));
    cell.addEventListener("dblclick", () => this.edit(cell, row, column));
    cell.addEventListener("keydown", (event) => this.pressed(event, cell, row, column));
    return cell;
  }

  /** @param {Row} row */
  tools(row) {
    const name = row.values.name || row.key;
    const copy = { ...row.values, name: `${row.values.name || ""} (copy)` };
    const changes = this.state.readOnly ? [] : [
      button("Copy", () => this.openRow(null, copy), { "aria-label": `Duplicate ${name}` }),
      button("Delete", () => this.remove(row), { "aria-label": `Delete ${name}` })];
    return h("span", { class: "actions" },
      button("Open", () => this.openRow(row, row.values), { "aria-label": `Open ${name}` }), changes,
      button("History", () => this.history(row), { "aria-label": `History of ${name}` }));
  }

  /** @param {Row} row */
  async history(row) {
    const names = this.state.columns.map((/** @type {Column} */ column) => [column.id, column.label]);
    this.open(await historyPanel(this.frame.wire, this.state.id, row.key, names, () => this.open(null)));
  }

  /** @param {Row} row */
  async remove(row, action = new Action(this.frame.wire, "delete")) {
    const name = row.values.name || row.key;
    const reply = await action.send({ key: row.key, base: row.version });
    if (!reply.ok) {
      this.tell(reply.says ?? "", reply.lost && button("Try again", () => this.remove(row, action)));
      return;
    }
    const back = new Action(this.frame.wire, "restore");
    this.tell(`Deleted ${name}.`, button("Undo", async () => {
      const done = await back.send({ kind: this.state.id, key: row.key, number: reply.number });
      this.tell(done.ok ? `Brought back ${name}.` : done.says ?? "");
    }));
  }

  // one cell ----------------------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event @param {HTMLElement} cell @param {Row} row @param {Column} column */
  pressed(event, cell, row, column) {
    if (event.target !== cell) return;
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      this.edit(cell, row, column);
      return;
    }
    const beside = neighbour(cell, event.key);
    if (beside?.dataset.column) {
      event.preventDefault();
      beside.focus();
    }
  }

  /** @param {HTMLElement} cell @param {Row} row @param {Column} column */
  edit(cell, row, column) {
    if (this.state.readOnly || cell.querySelector("input, select, textarea")) return;
    new CellEditor(this, cell, row, column).begin();
  }

  /** The column before or after. @param {Column} column @param {number} step */
  beside(column, step) {
    const all = this.shownColumns();
    return all[all.findIndex((one) => one.id === column.id) + step];
  }

  /** Goes to the cell that was wanted, once the row is there as it was saved. */
  goToWanted() {
    const want = this.want;
    const row = want && this.row(want.key);
    if (!want || !row || row.version < want.version) return;
    this.want = null;
    const [key, id] = [CSS.escape(want.key), CSS.escape(want.column)];
    const cell = this.grid.querySelector(`[data-key="${key}"][data-column="${id}"]`);
    const column = this.column(want.column);
    if (!(cell instanceof HTMLElement)) return;
    cell.focus();
    if (column && want.edit) this.edit(cell, row, column);
  }
}

/** @param {string | number} a @param {string | number} b */
function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** The cell that an arrow key leads to. @param {HTMLElement} cell @param {string} key @returns {HTMLElement | null} */
function neighbour(cell, key) {
  const line = /** @type {HTMLElement} */ (cell.parentElement);
  const place = [...line.children].indexOf(cell);
  const beside = { ArrowRight: cell.nextElementSibling, ArrowLeft: cell.previousElementSibling,
    ArrowDown: line.nextElementSibling?.children[place], ArrowUp: line.previousElementSibling?.children[place] };
  return /** @type {HTMLElement | null} */ (beside[/** @type {keyof typeof beside} */ (key)] ?? null);
}

/** A cell that is being edited: Enter and Tab save it, Escape leaves it as it was. */
class CellEditor {
  /** @param {RegisterTable} table @param {HTMLElement} cell @param {Row} row @param {Column} column */
  constructor(table, cell, row, column) {
    this.table = table;
    this.cell = cell;
    this.row = row;
    this.column = column;
    this.before = [...cell.childNodes];
    this.over = false;
    this.wrong = h("p", { class: "wrong", role: "alert" });
    /** @type {Control} */
    this.input = control(column, row.values[column.id], table.state.choices[column.id] ?? []);
    this.saver = new Saver({
      base: row.version,
      collect: () => ({ ...this.row.values, [column.id]: held(this.input) }),
      show: (says) => table.tell(says),
      send: (values, base, draft) => table.frame.wire.ask("save", { key: row.key, values, base, draft }),
      saved: ({ revision }) => table.saved(/** @type {Version} */ (revision)),
      conflict: () => {},
      onDemand: true,
    });
  }

  begin() {
    this.input.setAttribute("aria-label", `${this.column.label} of ${this.row.values.name || this.row.key}`);
    this.input.addEventListener("keydown", (event) => this.pressed(/** @type {KeyboardEvent} */ (event)));
    this.input.addEventListener("blur", () => setTimeout(() => {
      if (this.input.isConnected && document.activeElement !== this.input) this.keep(0);
    }, 0));
    this.cell.replaceChildren(this.input, this.wrong);
    this.input.focus();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.leave();
    } else if (event.key === "Enter" && !(holdsLines(this.column) && event.shiftKey)) {
      event.preventDefault();
      this.keep(0);
    } else if (event.key === "Tab") {
      event.preventDefault();
      this.keep(event.shiftKey ? -1 : 1);
    }
  }

  /** Leaves the cell as the record has it. */
  leave() {
    this.over = true;
    this.saver.forget(this.row.version);
    this.cell.replaceChildren(...this.before);
    this.table.want = { key: this.row.key, version: this.row.version, column: this.column.id, edit: false };
    this.table.paint();
  }

  /** Saves the cell and goes on to the one beside it. @param {number} step */
  async keep(step) {
    if (this.over) return;
    const empty = holdsMany(this.column) ? [] : "";
    const same = JSON.stringify(held(this.input)) === JSON.stringify(this.row.values[this.column.id] ?? empty);
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
    const value = held(this.input);
    const column = next ? next.id : this.column.id;
    this.table.want = { key: this.row.key, version, column, edit: Boolean(next) };
    this.cell.replaceChildren(h("div", { class: "clip" }, this.table.words(this.column, value)));
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
    this.input.setAttribute("aria-invalid", "true");
    this.input.focus();
    this.table.tell("Not saved; see the cell.");
  }

  /** Somebody saved the row first: both contents of this cell, to choose from. @param {Version} theirs */
  conflict(theirs) {
    const { id, label } = this.column;
    this.cell.replaceChildren(...this.before);
    this.table.extra.replaceChildren(conflictPanel({
      what: "this row",
      theirs,
      mine: { [id]: held(this.input) },
      describe: differing([[id, label]]),
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
