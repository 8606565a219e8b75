// @ts-check
// One row of a register with all its columns: added or changed when a button says so.

import { conflictPanel, differing } from "./conflict.js";
import { button, doubt, Field, h } from "./dom.js";
import { plain } from "./history.js";
import { merged } from "./merge.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { recover } from "./recovered.js";
import { Saver } from "./saver.js";
import { say } from "./say.js";

/** @import { Column } from "./cells.js" */
/** @import { RegisterTable, Row } from "./register.js" */
/** @import { Choices, Editor, Named, Reply, Version } from "./types" */

const PAUSE = 400; // milliseconds after the last key, before what was typed is looked at

export class RowPanel extends Panel {
  /** @param {RegisterTable} table @param {Row | null} row @param {Record<string, any>} values */
  constructor(table, row, values) {
    const { columns, one, keys, readOnly } = table.state;
    /** @type {{collect?: () => Record<string, any>}} what stands in the row, once it is there */
    const open = {};
    const stands = () => open.collect?.() ?? values;
    /** @type {[Column, Editor][]} */
    const made = columns.map((/** @type {Column} */ column) =>
      [column, table.editor(column, values[column.id], stands)]);
    /** @type {[string, Field<any>][]} */
    const fields = made.map(([{ id, label, required, help }, { control, el }]) =>
      [id, new Field(required ? say("{label} (needed)", { label }) : label, control, help, el)]);
    const free = row ? [] : keys.filter((/** @type {string[]} */ [id]) => !table.row(id));
    const which = free.length ? new Picker(free) : null;
    const wrong = h("p", { class: "wrong", role: "alert" });
    const extra = h("div", {});
    const disabled = Boolean(readOnly);
    const save = button(row ? say("Save") : say("Add {what}", { what: one }), () => this.save(),
      { disabled, class: "does" });
    const more = row ? "" : button(say("Save and add another"), () => this.save(true), { disabled });
    super(row ? `${row.key} ${values.name || ""}` : say("New {what}", { what: one }),
      which ? new Field(say("Number"), which.control, "", which.el).box : "",
      h("div", { class: "g" }, fields.map(([, field]) => field.box)), save, more, wrong, extra);
    this.table = table;
    this.key = row?.key ?? "";
    this.editors = new Map(made.map(([{ id }, editor]) => [id, editor]));
    /** The columns whose choices follow another one. @type {Column[]} */
    this.following = columns.filter((/** @type {Column} */ column) => column.schema["x-beside"]);
    open.collect = () => this.collect();
    this.fields = Object.fromEntries(fields);
    /** @type {Named[]} */
    this.names = columns.map((/** @type {Column} */ column) => table.named(column));
    this.which = which;
    which?.el.addEventListener("change", () => this.name(free));
    this.wrong = wrong;
    this.extra = extra;
    this.stood = values;
    this.timer = 0;
    this.none = this.askNone(made.map(([column]) => column));
    this.saver = this.makeSaver(row?.version ?? 0, row?.key ?? "new");
    this.box.addEventListener("input", () => this.typed());
    table.frame.wire.ask("look");
    if (!row) setTimeout(() => this.focus(), 0);
    if (!readOnly) recover(this.saver, extra, (v) => this.fill(v), (v) => differs(this.names, v, values));
  }

  /** Boxes that say of a link that there is none; they are asked for while it is empty. @param {Column[]} columns */
  askNone(columns) {
    const asked = columns.filter((column) => column.onPurpose);
    return new Map(asked.map(({ id, label }) => {
      const box = h("input", { type: "checkbox", "aria-label": say("{label}: none, on purpose", { label }) });
      const asks = h("label", { class: "choice" }, box, say("None, on purpose"));
      this.fields[id].box.append(asks);
      return [id, { box, asks }];
    }));
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
        { key: this.key || this.which?.value || "", values, base: version, draft, without: this.without() }),
      saved: ({ revision }) => { this.key = /** @type {Version} */ (revision).key; },
      conflict: (theirs) => this.conflict(theirs),
      fields: this.fields,
      onDemand: true,
    });
  }

  /** The title of the reference that was chosen is the name of the row, unless it has one. @param {Choices} keys */
  name(keys) {
    const [, title] = keys.find(([id]) => id === this.which?.value) ?? [];
    const editor = this.editors.get("name");
    if (title && editor && !editor.value) editor.value = title;
  }

  focus() {
    const first = this.box.querySelector("input:not([hidden]), select, textarea");
    if (first instanceof HTMLElement) first.focus();
  }

  collect() {
    return Object.fromEntries([...this.editors].map(([id, editor]) => [id, editor.value]));
  }

  /** The columns that were left empty on purpose. */
  without() {
    return [...this.none].filter(([, { box }]) => box.checked).map(([id]) => id);
  }

  /** @param {Record<string, any>} values */
  fill(values) {
    for (const [id, editor] of this.editors) editor.value = values[id];
    this.narrow();
  }

  /** Offers what belongs to what stands beside it now, such as the lines of another question. */
  narrow() {
    for (const column of this.following) {
      this.editors.get(column.id)?.offer(this.table.choices(column, this.collect()));
    }
  }

  /** Something was typed or chosen: it is looked at after a pause. */
  typed() {
    this.narrow();
    this.saver.typed();
    for (const [id, { asks }] of this.none) asks.hidden = Boolean(this.editors.get(id)?.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    const values = this.collect();
    const reply = await this.table.frame.wire.ask("check", { key: this.key, values });
    if (reply.ok && plain(Object.values(values)) === plain(Object.values(this.collect()))) {
      doubt(this.fields, reply.doubts);
    }
  }

  /** @param {boolean} [another] whether the next row is asked for */
  async save(another = false) {
    clearTimeout(this.timer);
    const reply = await this.saver.save();
    if (reply?.ok) this.done(reply, another);
    else if (reply) this.failed(reply);
  }

  /** @param {Reply} reply @param {boolean} another */
  done(reply, another) {
    const { key, version } = /** @type {Version} */ (reply.revision);
    this.box.remove();
    this.table.saved(reply);
    if (another) this.table.openRow(null, this.table.state.begins);
    else this.table.want = { key, column: "name", edit: false, version };
    this.table.paint();
  }

  /** @param {Reply} reply */
  failed(reply) {
    const guilty = this.fields[reply.field ?? ""];
    guilty?.control.focus();
    this.wrong.textContent = guilty || reply.conflict ? "" : reply.says ?? "";
  }

  /** The record changed: what is newer of this row is shown, at once or when the person asks for it. */
  follow() {
    const row = this.table.row(this.key);
    if (!row || row.version <= this.saver.base || this.saver.busy) return;
    const theirs = { number: 0, key: row.key, version: row.version, by: row.by, at: row.at, body: row.values };
    const own = row.by === this.table.state.who;
    if (!this.saver.dirty && (own || !this.table.frame.busy(this.box))) this.take(theirs);
    else if (own) this.merge(theirs);
    else this.table.frame.news(row.by, () => this.conflict(theirs));
  }

  /** @param {Version} theirs */
  take(theirs) {
    this.stood = theirs.body ?? {};
    this.saver.forget(theirs.version);
    this.fill(this.stood);
  }

  /** The speaker changed the row elsewhere: what was not typed here is shown as it is now. @param {Version} now */
  merge(now) {
    const body = now.body ?? {};
    this.fill(merged(this.collect(), this.stood, body));
    this.stood = body;
    this.saver.rebase(now.version);
  }

  /** @param {Version} theirs */
  conflict(theirs) {
    this.extra.replaceChildren(conflictPanel({
      what: say("this row"),
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
const differs = (names, values, others) => names.filter(([id]) => plain(values[id]) !== plain(others[id]))
  .map(([id, label, read = plain]) => `${label}: ${read(values[id])}`).join("\n");
