// @ts-check
// One row of a register with all its columns: added or changed when a button says so.

import { control, held, put } from "./cells.js";
import { conflictPanel, differing } from "./conflict.js";
import { button, Field, h, select } from "./dom.js";
import { Panel } from "./panel.js";
import { recover } from "./recovered.js";
import { Saver } from "./saver.js";

/** @import { Column } from "./cells.js" */
/** @import { RegisterTable, Row } from "./register.js" */
/** @import { Named, Reply, Version } from "./types" */

export class RowPanel extends Panel {
  /** @param {RegisterTable} table @param {Row | null} row @param {Record<string, any>} values */
  constructor(table, row, values) {
    const { columns, one, keys, choices, readOnly } = table.state;
    /** @type {[string, Field][]} */
    const fields = columns.map((/** @type {Column} */ column) =>
      [column.id, new Field(`${column.label}${column.required ? " (needed)" : ""}`,
        control(column, values[column.id], choices[column.id] ?? []), column.help)]);
    const which = !row && keys.length ? new Field("Number", select([["", ""], ...keys.map(
      (/** @type {string[]} */ [id, title]) => /** @type {[string, string]} */ ([id, `${id} ${title}`]))])) : null;
    const wrong = h("p", { class: "wrong", role: "alert" });
    const extra = h("div", {});
    const save = button(row ? "Save" : `Add ${one}`, () => this.save(), { disabled: Boolean(readOnly), class: "does" });
    super(row ? `${row.key} ${values.name || ""}` : `New ${one}`, which?.box ?? "",
      h("div", { class: "g" }, fields.map(([, field]) => field.box)), save, wrong, extra);
    this.table = table;
    this.key = row?.key ?? "";
    this.fields = Object.fromEntries(fields);
    /** @type {Named[]} */
    this.names = columns.map((/** @type {Column} */ column) => [column.id, column.label]);
    this.which = which;
    this.wrong = wrong;
    this.extra = extra;
    this.saver = this.makeSaver(row?.version ?? 0, row?.key ?? "new");
    for (const field of Object.values(this.fields)) field.control.addEventListener("input", () => this.saver.typed());
    if (!readOnly) recover(this.saver, extra, (v) => this.fill(v), (v) => differs(this.names, v, values));
  }

  /** @param {number} base @param {string} name */
  makeSaver(base, name) {
    const { table } = this;
    return new Saver({
      name: `${table.state.engagement}:${table.state.id}:${name}`,
      base,
      collect: () => this.collect(),
      show: (says, kind) => { this.wrong.textContent = kind === "failed" ? says : ""; },
      send: (values, version, draft) => table.frame.wire.ask("save",
        { key: this.key || this.which?.value || "", values, base: version, draft }),
      saved: ({ revision }) => { this.key = /** @type {Version} */ (revision).key; },
      conflict: (theirs) => this.conflict(theirs),
      fields: this.fields,
      onDemand: true,
    });
  }

  collect() {
    return Object.fromEntries(Object.entries(this.fields).map(([id, field]) => [id, held(field.control)]));
  }

  /** @param {Record<string, any>} values */
  fill(values) {
    for (const [id, field] of Object.entries(this.fields)) put(field.control, values[id]);
  }

  async save() {
    const reply = await this.saver.save();
    if (reply?.ok) this.done(/** @type {Version} */ (reply.revision));
    else if (reply) this.failed(reply);
  }

  /** @param {Version} revision */
  done(revision) {
    this.box.remove();
    this.table.saved(revision);
    this.table.want = { key: revision.key, column: "name", edit: false, version: revision.version };
    this.table.paint();
  }

  /** @param {Reply} reply */
  failed(reply) {
    const guilty = this.fields[reply.field ?? ""];
    guilty?.control.focus();
    this.wrong.textContent = guilty || reply.conflict ? "" : reply.says ?? "";
  }

  /** The row was painted anew: shows what others recorded, at once or when the person asks for it. */
  follow() {
    const row = this.table.row(this.key);
    if (!row || row.version <= this.saver.base || this.saver.busy) return;
    const theirs = { number: 0, key: row.key, version: row.version, by: row.by, at: row.at, body: row.values };
    if (this.saver.dirty || this.table.frame.busy(this.box)) {
      this.table.frame.news(row.by, () => this.conflict(theirs));
    } else this.take(theirs);
  }

  /** @param {Version} theirs */
  take(theirs) {
    this.saver.forget(theirs.version);
    this.fill(theirs.body ?? {});
  }

  /** @param {Version} theirs */
  conflict(theirs) {
    this.extra.replaceChildren(conflictPanel({
      what: "this row",
      theirs,
      mine: this.collect(),
      describe: differing(this.names),
      keepMine: () => {
        this.saver.rebase(theirs.version);
        this.save();
      },
      takeTheirs: () => this.take(theirs),
    }).box);
  }
}

/** @param {Named[]} names @param {any} values @param {any} others */
const differs = (names, values, others) => names.filter(([id]) => String(values[id] ?? "") !== String(others[id] ?? ""))
  .map(([id, label]) => `${label}: ${values[id]}`).join("\n");
