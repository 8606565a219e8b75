// @ts-check
// A register as a table: edit in place, add, duplicate, delete, undo, sort, filter, paste and import.

import { CellEditor } from "./celledit.js";
import { editor, holdsNumber, words } from "./cells.js";
import { button, clock, h, pill } from "./dom.js";
import { downloads } from "./download.js";
import { Frame } from "./frame.js";
import { historyPanel, plain } from "./history.js";
import { chosenFile } from "./importing.js";
import { pastePanel } from "./paste.js";
import { RowPanel } from "./row.js";
import { Action } from "./saver.js";
import { say, sayMany } from "./say.js";
import { rowsPanel } from "./severalrows.js";
import { datalist, offer } from "./speaker.js";
import { suggested } from "./suggested.js";
import { offerUndo, Steps } from "./undo.js";

/** @import { Column } from "./cells.js" */
/** @import { Panel } from "./panel.js" */
/** @import { Choices, Child, Editor, Named, Place, Reply, Version } from "./types" */

/**
 * @typedef {{key: string, version: number, by: string, at: string, values: Record<string, any>, gaps: string[],
 *   missing: string[], title: string, toReverify?: boolean}} Row
 * @typedef {{key: string, version: number, column: string, edit: boolean}} Want the cell to go to, once it is there
 */

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
  /** @type {HTMLButtonElement} */ several;

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
    /** @type {Panel | null} */
    this.picking = null;
    /** What edits a value, with what it offers now. @type {[Editor, () => Choices][]} */
    this.editors = [];
    /** The rows that are ticked, by key. @type {Set<string>} */
    this.picked = new Set();
    this.said = h("p", { class: "said", role: "status" });
    this.people = datalist("people", this.state.people);
    this.steps = new Steps(this.frame.wire, { kind: this.state.id }, (says) => this.tell(says));
    this.extra = h("div", {});
    this.grid = h("div", { class: "grid", tabIndex: 0, role: "region" });
    this.top = this.makeTop();
    this.suggested = suggested(this);
    this.frame.el.append(this.top, this.said, this.extra, this.suggested.box, this.grid, this.people);
    this.frame.follow(() => {
      this.offer();
      if (!this.grid.querySelector(".editing")) this.paint();
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

  /** What was done, with the way to take it back. @param {string} says @param {number} number of its revision */
  done(says, number) {
    offerUndo((words, ...more) => this.tell(words, ...more), this.frame.wire, says, number);
  }

  /** @param {Panel | null} panel */
  open(panel) {
    this.panel = null;
    this.pick(null);
    this.extra.replaceChildren(...(panel ? [panel.box] : []));
  }

  /** @param {Row | null} row @param {Record<string, any>} values */
  openRow(row, values) {
    const panel = new RowPanel(this, row, values);
    this.open(panel);
    this.panel = panel;
  }

  /**
   * What edits a cell of this column; what it offers follows the record, and what stands beside it in its row.
   * @param {Column} column @param {any} value @param {() => Record<string, any>} [row]
   */
  editor(column, value, row) {
    const made = editor(column, value, this.choices(column, row?.()), this.people.id);
    this.editors.push([made, () => this.choices(column, row?.())]);
    return made;
  }

  /** What a cell may hold; of lines, those of the question in its row. @param {Column} column @param {any} [row] */
  choices(column, row) {
    const all = /** @type {Choices} */ (this.state.choices[column.id] ?? []);
    const beside = column.schema["x-beside"];
    return beside && row ? all.filter(([key]) => key.startsWith(`${row[beside]}/`)) : all;
  }

  /** Offers in everything that is open what can be chosen now. */
  offer() {
    offer(this.people, this.state.people);
    this.editors = this.editors.filter(([{ el }]) => el.isConnected);
    for (const [made, choices] of this.editors) made.offer(choices());
  }

  /** What people call a column and what stands in it, where it is compared with another version. @returns {Named} */
  named(/** @type {Column} */ column) {
    return [column.id, column.label, (value) => (column.schema.enum ? this.words(column, value) : plain(value))];
  }

  /** @param {Column} column @param {any} value */
  words(column, value) {
    return words(column, value, this.state.choices[column.id] ?? []);
  }

  /** @param {Reply} reply */
  saved({ revision, doubts = [] }) {
    const { key, version, by, at } = /** @type {Version} */ (revision);
    const again = doubts.map(([, says]) => h("span", { class: "doubt" }, ` ${says}`));
    const says = say("Saved {moment}: {row}, version {n} by {who}",
      { moment: clock(at), row: key, n: version, who: by });
    this.tell(`✓ ${says}`, ...again);
  }

  // the line above the table ------------------------------------------------------------------------------------

  makeTop() {
    this.number = h("b", { "aria-live": "polite" });
    this.search = h("input", { type: "search", placeholder: say("Filter rows"), "aria-label": say("Filter rows"),
      oninput: () => this.paint() });
    const wide = button(say("All columns"), () => {
      this.all = !this.all;
      wide.setAttribute("aria-pressed", String(this.all));
      this.paint();
    }, { "aria-pressed": "false" });
    this.add = button("", () => this.openRow(null, this.state.begins));
    this.several = button(say("Several at once …"), () => (this.picking ? this.picking.leave() : this.openSeveral()));
    this.paste = button(say("Paste rows …"), () => pastePanel(this));
    this.bring = button(say("Import file …"), () => file.click());
    const file = h("input", { type: "file", accept: ".csv,.xlsx", hidden: true,
      "aria-label": say("CSV or XLSX file to import"), onchange: () => chosenFile(this, file) });
    return h("div", { class: "top" },
      this.number, this.search, wide, this.add, this.several, this.paste, this.bring, file, downloads(this.frame),
      h("span", { class: "steps" }, this.steps.undo, this.steps.redo));
  }

  openSeveral() {
    const panel = rowsPanel(this);
    panel.closed = () => this.pick(null);
    this.open(panel);
    this.pick(panel);
  }

  /** Rows are ticked as long as there is a panel for them. @param {Panel | null} panel */
  pick(panel) {
    if (this.picking === panel) return;
    this.picking = panel;
    this.picked.clear();
    this.several.setAttribute("aria-pressed", String(Boolean(panel)));
    this.paint();
  }

  /** @param {Row[]} shown */
  paintTop(shown) {
    const { one, title, readOnly } = this.state;
    const gaps = this.rows.reduce((n, row) => n + row.gaps.length, 0);
    const all = this.rows.length;
    const many = shown.length === all ? sayMany("{n} row", "{n} rows", all)
      : sayMany("{shown} of {n} row", "{shown} of {n} rows", all, { shown: shown.length });
    this.number.textContent = `${many}, ${gaps ? sayMany("{n} gap", "{n} gaps", gaps) : say("no gaps")}`;
    this.add.textContent = say("Add {what}", { what: one });
    const { undo, redo } = this.steps;
    for (const way of [this.add, this.several, this.paste, this.bring, undo, redo]) way.disabled = Boolean(readOnly);
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
    this.suggested.paint();
    this.paintTop(shown);
    if (!this.rows.length) {
      const { intro, one } = this.state;
      this.grid.replaceChildren(h("div", { class: "note" }, h("p", {}, intro), h("p", {}, say("No {what} yet. Add the "
        + "first one, paste rows from a spreadsheet, or import a CSV or XLSX file.", { what: one }))));
      return;
    }
    const columns = this.shownColumns();
    this.grid.replaceChildren(h("table", {},
      h("caption", {}, this.state.readOnly
        || say("Double-click a cell, or press Enter on it, to edit it.")),
      h("thead", {}, this.header(columns)),
      h("tbody", {}, shown.map((row) => this.line(row, columns)))));
    this.goToWanted();
  }

  /** @param {Column[]} columns */
  header(columns) {
    const still = (/** @type {string} */ label) =>
      h("th", { scope: "col" }, button(label, () => {}, { disabled: true }));
    const cells = columns.map((column) => this.heading(column.id, column.label));
    return h("tr", {}, this.picking && still(say("Tick")), this.heading("key", say("Id")), cells, still(say("Missing")),
      h("th", { scope: "col", class: "last" }, button(say("Actions"), () => {}, { disabled: true })));
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
    const key = h("td", { class: "mute id" }, row.key, this.again(row));
    return h("tr", {}, this.picking && h("td", {}, this.tick(row)), key, cells,
      h("td", { class: row.gaps.length ? "stale gaps" : "mute gaps" }, missing(row)),
      h("td", { class: "last" }, this.tools(row)));
  }

  /** The mark of a row that was carried over. @param {Row} row */
  again({ toReverify }) {
    if (!toReverify) return null;
    const [kind, sign, word] = this.state.again;
    return [" ", pill(kind, `${sign} ${word}`)];
  }

  /** @param {Row} row */
  tick(row) {
    const box = h("input", { type: "checkbox", checked: this.picked.has(row.key),
      "aria-label": say("Tick {row}", { row: row.values.name || row.key }), onchange: () => {
        if (box.checked) this.picked.add(row.key);
        else this.picked.delete(row.key);
      } });
    return box;
  }

  /** @param {Row} row @param {Column} column @param {boolean} first */
  cell(row, column, first) {
    const said = this.words(column, row.values[column.id]) || (row.missing.includes(column.id) ? "—" : "");
    const cell = h(first ? "th" : "td", { tabIndex: first ? 0 : -1, scope: first ? "row" : undefined,
      "data-key": row.key, "data-column": column.id, class: column.schema.format === "date" ? "day" : undefined },
    h("div", { class: "clip" }, said));
    cell.addEventListener("dblclick", () => this.edit(cell, row, column));
    cell.addEventListener("keydown", (event) => this.pressed(event, cell, row, column));
    return cell;
  }

  /** @param {Row} row */
  tools(row) {
    const name = row.values.name || row.key;
    const copy = { ...row.values, name: say("{name} (copy)", { name: row.values.name || "" }) };
    const changes = this.state.readOnly ? [] : [
      row.toReverify && button(say("Still true"), () => this.confirm(row),
        { "aria-label": say("Still true: {row}", { row: name }) }),
      button(say("Copy"), () => this.openRow(null, copy), { "aria-label": say("Duplicate {row}", { row: name }) }),
      button(say("Delete"), () => this.remove(row), { "aria-label": say("Delete {row}", { row: name }) })];
    return h("span", { class: "actions" }, button(say("Open{verb}", { verb: "" }), () => this.openRow(row, row.values),
      { "aria-label": say("Open {what}", { what: name }) }), changes,
    button(say("History"), () => this.history(row), { "aria-label": say("History of {row}", { row: name }) }));
  }

  /** @param {Row} row */
  async history(row) {
    const names = this.state.columns.map((/** @type {Column} */ column) => this.named(column));
    this.open(await historyPanel(this.frame.wire, this.state.id, row.key, names, () => this.open(null)));
  }

  /** Records in the name of whoever speaks that a row still holds. @param {Row} row */
  async confirm(row, action = new Action(this.frame.wire, "confirm")) {
    const reply = await action.send({ keys: [[row.key, row.version]] });
    if (reply.ok) this.done(reply.says ?? "", reply.number);
    else this.tell(reply.says ?? "", reply.lost && button(say("Try again"), () => this.confirm(row, action)));
  }

  /** @param {Row} row */
  async remove(row, action = new Action(this.frame.wire, "delete")) {
    const name = row.values.name || row.key;
    const reply = await action.send({ key: row.key, base: row.version });
    if (!reply.ok) {
      this.tell(reply.says ?? "", reply.lost && button(say("Try again"), () => this.remove(row, action)));
      return;
    }
    this.done(say("Deleted {row}.", { row: name }), reply.number);
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
    if (this.state.readOnly || cell.classList.contains("editing")) return;
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

/** What a row lacks: in words, or folded away if it is much. @param {Row} row @returns {Child} */
function missing({ gaps }) {
  if (gaps.length < 2) return gaps[0] ?? say("nothing");
  return h("details", {}, h("summary", {}, say("{n} things", { n: gaps.length })),
    gaps.map((gap) => h("div", {}, gap)));
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
