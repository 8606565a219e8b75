// @ts-check
// Rows from a spreadsheet or a file: first what they would change and what has to be said, then all of them or none.

import { changesTable, counts } from "./changes.js";
import { button, Field, h, pill, select } from "./dom.js";
import { keep } from "./download.js";
import { kept } from "./kept.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { say, sayMany } from "./say.js";
import { upload } from "./upload.js";

/** @import { Column } from "./cells.js" */
/** @import { RegisterTable } from "./register.js" */
/** @import { Child, How, Pasted, Preview, Reply, SaidOfTable, TheirColumn, TheirWord } from "./types" */

const PATIENCE = 60000; // milliseconds for a large file
const SHOWN = 20; // problems
const UNDECIDED = "?";

/** Previews the file that was chosen. @param {RegisterTable} table @param {HTMLInputElement} input */
export async function chosenFile(table, input) {
  const file = input.files?.[0];
  if (!file) return;
  const reply = await upload(table.frame.wire, file, {}, (says) => table.tell(says));
  input.value = "";
  table.tell("");
  opened(table, reply);
}

/** @param {RegisterTable} table @param {Reply} reply */
function opened(table, reply) {
  table.open(reply.ok
    ? new Importing(table, /** @type {Preview} */ (/** @type {unknown} */ (reply))).panel
    : new Panel(say("Nothing was imported"), h("p", { class: "wrong", role: "alert" }, reply.says)));
}

/** One import, from its first preview on: every choice is looked at again in Python, where the file is kept. */
export class Importing {
  /** @param {RegisterTable} table @param {Preview} preview @param {Pasted} [pasted] */
  constructor(table, preview, pasted = { name: "", text: "", tables: {}, mends: {} }) {
    this.table = table;
    this.wire = table.frame.wire;
    this.preview = preview;
    this.pasted = pasted;
    /** What was chosen for each sheet. @type {Record<string, SaidOfTable>} */
    this.tables = pasted.tables;
    this.asked = 0;
    /** The parts that are open. @type {Set<string>} */
    this.open = new Set();
    this.action = new Action(this.wire, "import");
    this.body = h("div", { class: "importing", onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && Object.keys(this.tables).length) event.stopPropagation(); // choices are not lost so
    } });
    this.said = h("p", { class: "said", role: "status" });
    this.bring = button(say("Import all"), () => this.importAll(), { class: "main" });
    const file = h("input", { type: "file", accept: ".yaml,.yml", hidden: true,
      "aria-label": say("Mapping file to use"), onchange: () => this.useMapping(file) });
    this.panel = new Panel(say("Preview: nothing is imported yet"), this.body, this.said, file, this.bring,
      button(say("Save this mapping"), () => this.saveMapping()),
      button(say("Use a mapping file …"), () => file.click()));
    this.paint();
  }

  /** What was chosen for the sheet that is shown. */
  get own() {
    this.tables[this.preview.sheet] ??= {};
    return this.tables[this.preview.sheet];
  }

  /** @param {string} says @param {boolean} [wrong] */
  tell(says, wrong = false) {
    this.said.className = wrong ? "said wrong" : "said";
    this.said.textContent = says;
  }

  // asking ------------------------------------------------------------------------------------------------------

  /** Something else was chosen: the preview that follows from it. @param {SaidOfTable} [chosen] */
  async choose(chosen = {}) {
    Object.assign(this.own, chosen);
    await this.again(this.preview.sheet);
  }

  /** Corrects cells of a line, or leaves it out. @param {number} line @param {Record<string, string> | null} cells */
  mend(line, cells) {
    const { mends } = this.pasted;
    const own = (mends[this.preview.sheet] ??= {});
    own[line] = cells && { ...own[line], ...cells };
    return this.again(this.preview.sheet);
  }

  /** @param {string} sheet */
  async again(sheet) {
    this.asked += 1;
    const asked = this.asked;
    this.bring.disabled = true;
    this.tell(say("Looking again …"));
    const { mends } = this.pasted;
    this.pasted.tables = this.tables;
    kept.write(this.pasted.name, this.pasted);
    const reply = await this.wire.ask("preview", { sheet, tables: this.tables, mends }, { patience: PATIENCE });
    if (asked !== this.asked) return; // somebody chose something else meanwhile
    if (reply.ok) {
      this.preview = /** @type {Preview} */ (/** @type {unknown} */ (reply));
      this.paint();
    }
    this.tell(reply.ok ? "" : reply.says ?? "", !reply.ok);
  }

  async importAll() {
    this.tell(say("Importing …"));
    const reply = await this.action.send({ plan: this.preview.plan }, PATIENCE);
    if (reply.ok) {
      kept.drop(this.pasted.name);
      this.table.open(null);
      if (reply.number) this.table.done(reply.says ?? "", reply.number);
      else this.table.tell(reply.says ?? "");
      return;
    }
    if (!reply.lost) await this.again(this.preview.sheet); // somebody was faster: see what it would do now
    this.tell(reply.says ?? "", true);
  }

  async saveMapping() {
    const reply = await this.wire.ask("save_mapping", { sheet: this.preview.sheet, tables: this.tables });
    if (reply.ok) keep(reply.name, reply.type, reply.buffers);
    const done = say("Downloaded {file}; the command line takes it, too.", { file: reply.name });
    this.tell(reply.ok ? done : reply.says ?? "", !reply.ok);
  }

  /** @param {HTMLInputElement} input */
  async useMapping(input) {
    const file = input.files?.[0];
    if (!file) return;
    const reply = await this.wire.ask("use_mapping", { name: file.name, text: await file.text() });
    input.value = "";
    if (!reply.ok) {
      this.tell(reply.says ?? "", true);
      return;
    }
    this.tables = reply.tables;
    await this.again(this.preview.sheet);
  }

  // what is shown -----------------------------------------------------------------------------------------------

  paint() {
    const focused = document.activeElement?.getAttribute("data-at");
    const open = [...this.body.querySelectorAll("details[open]")];
    this.open = new Set(open.map((box) => box.getAttribute("data-part") ?? ""));
    this.body.replaceChildren(...[this.head(), this.sheets(), this.where(), this.columns(), this.constants(),
      this.words(), this.dates(), this.blanks(), this.mended(), this.twins(), this.notes(), this.problems(),
      changesTable(this.preview, (line, cells) => this.mend(line, cells))]
      .filter((part) => part !== null));
    this.bring.disabled = !this.preview.ready;
    const again = focused && this.body.querySelector(`[data-at="${CSS.escape(focused)}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  head() {
    const { header, columns, missing, words, dates, problems } = this.preview;
    const [strange, unclear] = [of(columns, "unknown"), of(words, "unknown")];
    const todo = [!header && say("the line that names the columns"),
      strange && sayMany("{n} column", "{n} columns", strange),
      missing.length && sayMany("{n} needed column", "{n} needed columns", missing.length),
      unclear && sayMany("{n} word", "{n} words", unclear),
      dates.length && say("how dates are read")].filter(Boolean);
    const says = todo.length ? say("Still to be decided: {list}.", { list: todo.join(", ") })
      : problems.length ? say("The lines below have to be corrected first.") : "";
    return h("div", {}, counts(this.preview), says && h("p", { class: "todo" }, says));
  }

  /**
   * A part that opens: by itself where something has to be decided; what is open stays so.
   * @param {string} name @param {string} title @param {boolean} open @param {...Child} children
   */
  part(name, title, open, ...children) {
    return h("details", { open: open || this.open.has(name), "data-part": name },
      h("summary", { "data-at": name }, title), children);
  }

  sheets() {
    const { sheets, sheet } = this.preview;
    if (sheets.length < 2) return null;
    const field = new Field(say("Sheet"),
      select(sheets, { "data-at": "sheet", onchange: () => this.again(field.value) }));
    field.control.value = sheet;
    return field.box;
  }

  where() {
    const { picture, header } = this.preview;
    if (!picture.length) return null;
    const title = header ? say("The columns are named in line {n}", { n: header })
      : say("Which line names the columns?");
    const lines = picture.map(([number, cells]) => h("tr", { class: number === header ? "chosen" : "" },
      h("th", { scope: "row" }, button(say("Line {n}", { n: number }), () => this.choose({ header_row: number }),
        { "aria-pressed": String(number === header), "data-at": `line ${number}` })),
      cells.map((cell) => h("td", {}, h("div", { class: "clip" }, cell)))));
    return this.part("where", title, !header, h("p", { class: "hint" },
      say("How the sheet begins. If another line names the columns, choose it.")),
    h("div", { class: "grid picture", tabIndex: 0, role: "region", "aria-label": say("How the sheet begins") },
      h("table", {}, h("tbody", {}, lines))));
  }

  columns() {
    const { columns } = this.preview;
    if (!columns.length) return null;
    const unknown = of(columns, "unknown");
    const heads = [say("Their column"), say("For example"), say("Ours")].map((words, place) =>
      h("th", { scope: "col", class: place === 1 ? "sample" : "" }, words));
    return this.part("columns", unsure(say("Which column is which"), columns), unknown > 0,
      unknown ? h("p", {}, button(say("Leave out all {n} unknown columns", { n: unknown }),
        () => this.choose({ only_known: true }), { "data-at": "only known" })) : "",
      h("div", { class: "grid choosing", tabIndex: 0, role: "region", "aria-label": say("Columns") }, h("table", {},
        h("thead", {}, h("tr", {}, heads)), h("tbody", {}, columns.map((column) => this.column(column))))));
  }

  /** @param {TheirColumn} column */
  column({ header, sample, column, how }) {
    /** @type {Column[]} */
    const own = this.table.state.columns;
    const chosen = select([...undecided(how), ["", say("– leave out –")], ["id", say("Id")],
      ...own.map(({ id, label }) => /** @type {[string, string]} */ ([id, label]))], {
      "aria-label": say("Ours for {header}", { header }), "data-at": `column ${header}`,
      onchange: () => this.choose({ columns: { ...this.own.columns, [header]: chosen.value } }) });
    chosen.value = how === "unknown" ? UNDECIDED : column;
    return h("tr", {}, h("th", { scope: "row" }, header),
      h("td", { class: "sample" }, h("div", { class: "clip mute" }, sample)),
      h("td", {}, h("span", { class: "ours" }, chosen, sure(how))));
  }

  constants() {
    const { missing } = this.preview;
    const given = Object.keys(this.own.constants ?? {});
    const ids = new Set([...missing, ...given]);
    const wanted = [...ids].map((id) => this.table.column(id)).filter((c) => c !== undefined);
    if (!wanted.length) return null;
    const fields = wanted.map((column) => {
      const editor = this.table.editor(column, this.own.constants?.[column.id]);
      const title = say("{column}, for every row", { column: column.label });
      const field = new Field(title, editor.control, column.help, editor.el);
      editor.control.setAttribute("data-at", `constant ${column.id}`);
      editor.el.addEventListener("change", () => this.constant(column.id, editor.value));
      return field.box;
    });
    const title = missing.length ? say("Needed, and no column of theirs says it") : say("The same for every row");
    return this.part("constants", title, true, h("div", { class: "g" }, fields));
  }

  /** @param {string} id @param {string | string[]} value */
  constant(id, value) {
    const { [id]: _, ...others } = this.own.constants ?? {};
    const said = Array.isArray(value) ? value.join(";") : value;
    this.choose({ constants: said ? { ...others, [id]: said } : others });
  }

  words() {
    const { words } = this.preview;
    if (!words.length) return null;
    const heads = [say("Column"), say("Their word"), say("Rows"), say("Ours")].map((text, place) =>
      h("th", { scope: "col", class: place === 2 ? "sample" : "" }, text));
    return this.part("words", unsure(say("What their words mean"), words), of(words, "said") < words.length,
      h("div", { class: "grid choosing", tabIndex: 0, role: "region", "aria-label": say("Words") }, h("table", {},
        h("thead", {}, h("tr", {}, heads)), h("tbody", {}, words.map((word) => this.word(word))))));
  }

  /** @param {TheirWord} word */
  word({ column, label, value, rows, ours, how, options }) {
    const said = this.own.values ?? {};
    const known = new Map(this.table.state.choices[column]);
    const chosen = select([...undecided(how), ...options.map((o) =>
      /** @type {[string, string]} */ ([o, known.get(o) ?? o])), ["", say("– nothing –")]], {
      "aria-label": say("Ours for {word} in {column}", { word: value, column: label }),
      "data-at": `word ${column} ${value}`,
      onchange: () => this.choose({ values: { ...said, [column]: { ...said[column], [value]: chosen.value } } }) });
    chosen.value = how === "unknown" ? UNDECIDED : ours;
    return h("tr", {}, h("td", {}, label), h("th", { scope: "row" }, value),
      h("td", { class: "n sample" }, String(rows)),
      h("td", {}, h("span", { class: "ours" }, chosen, sure(how))));
  }

  dates() {
    const { dates } = this.preview;
    const { dates: order } = this.own;
    if (!dates.length && !order) return null;
    const title = dates.length ? say("How is a date such as {date} meant?", { date: dates[0] })
      : say("How dates are read");
    const field = new Field(title, select([
      ...(order ? [] : /** @type {[string, string][]} */ ([["", say("choose …")]])),
      ["day-first", say("the day first")], ["month-first", say("the month first")]], { "data-at": "dates",
      onchange: () => this.choose({ dates: field.value }) }));
    field.control.value = order ?? "";
    return field.box;
  }

  blanks() {
    const { blanks } = this.preview;
    if (!blanks && !this.own.blank_clears) return null;
    const box = h("input", { type: "checkbox", checked: Boolean(this.own.blank_clears), "data-at": "blanks",
      onchange: () => this.choose({ blank_clears: box.checked }) });
    return h("label", { class: "choice" }, box, say("An empty cell clears what stands in the record"));
  }

  mended() {
    const { mends } = this.pasted;
    const lines = Object.values(mends[this.preview.sheet] ?? {});
    if (!lines.length) return null;
    const says = sayMany("{n} line corrected or left out here.", "{n} lines corrected or left out here.", lines.length);
    return h("p", {}, says, " ", button(say("Take that back"), () => {
      delete mends[this.preview.sheet];
      this.again(this.preview.sheet);
    }, { "data-at": "mended" }));
  }

  twins() {
    const { twins } = this.preview;
    if (!twins.length) return null;
    return h("ul", { class: "plain doubts", "aria-label": say("Lines that stand here twice") },
      twins.slice(0, SHOWN).map(([line, first]) => h("li", {},
        say("Line {n} says the same as line {first}.", { n: line, first }), " ",
        button(say("Leave out line {n}", { n: line }), () => this.mend(line, null), { "data-at": `twin ${line}` }))));
  }

  notes() {
    const { notes } = this.preview;
    if (!notes.length) return null;
    const said = sayMany("{n} note", "{n} notes", notes.length);
    return this.part("notes", say("What was assumed, mended or left out: {notes}", { notes: said }), notes.length < 6,
      h("ul", { class: "plain" }, notes.map((note) => h("li", {}, note))));
  }

  problems() {
    const { problems } = this.preview;
    if (!problems.length) return null;
    const more = problems.length - SHOWN;
    return h("section", { "aria-label": say("What is wrong") },
      h("h5", {}, sayMany("What is wrong: {n} thing", "What is wrong: {n} things", problems.length)),
      h("ul", { class: "plain wrong" }, problems.slice(0, SHOWN).map((says) => h("li", {}, says)),
        more > 0 && h("li", {}, say("… and {n} more", { n: more }))));
  }
}

/** How many were understood so. @param {{how: How}[]} found @param {How} how */
const of = (found, how) => found.filter((one) => one.how === how).length;

/** A title, with how many are guessed or not known. @param {string} title @param {{how: How}[]} found */
function unsure(title, found) {
  const [guessed, unknown] = [of(found, "guess"), of(found, "unknown")];
  const said = [unknown && say("{n} not known yet", { n: unknown }), guessed && say("{n} guessed", { n: guessed })];
  return [title, said.filter(Boolean).join(", ")].filter(Boolean).join(": ");
}

/** What is offered first while nothing is chosen. @param {How} how @returns {[string, string][]} */
const undecided = (how) => (how === "unknown" ? [[UNDECIDED, say("choose …")]] : []);

/** How surely something of theirs stands for ours. @param {string} how */
function sure(how) {
  const [kind, words] = { guess: ["plan", say("our guess")], said: ["ok", say("chosen")],
    unknown: ["part", say("not known")], out: ["unk", say("left out")] }[how] ?? ["", ""];
  return words && pill(kind, words);
}
