// @ts-check
// The evidence of one answer: what is attached, what would count, and the ways to attach more.

import { button, complain, Field, h, pill, select, unique } from "./dom.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { upload } from "./upload.js";

/** @import { Frame } from "./frame.js" */
/** @import { Reply, Show } from "./types" */

/**
 * @typedef {{key: string, version: number, state: string, age: string, label: string, artefact: string,
 *   sha256: string} & Record<string, any>} Piece
 */

const ONE_FILE = 120000; // milliseconds to copy a large file on the server
const MEGABYTE = 1 << 20;

export class Evidence {
  /**
   * @param {Frame} frame
   * @param {object} about
   * @param {string} about.key of the answer
   * @param {Piece[]} about.pieces
   * @param {[string, number | null][]} about.wanted artefacts that would count, and how old each may be
   * @param {HTMLElement} about.extra where panels open
   * @param {Show} about.show
   * @param {() => void} about.changed
   */
  constructor(frame, { key, pieces, wanted, extra, show, changed }) {
    this.frame = frame;
    this.key = key;
    this.pieces = [...pieces];
    this.wanted = wanted;
    this.extra = extra;
    this.show = show;
    this.changed = changed;
    this.links = new Action(frame.wire, "attach_link");
    this.paths = new Action(frame.wire, "attach_path");
    this.box = h("div", { class: "ev" });
    this.summary = h("span", {});
    this.file = h("input", { type: "file", hidden: true, multiple: true, "aria-label": "File to upload as evidence",
      onchange: () => this.chosen() });
    if (!frame.state.readOnly) this.takeDrops();
    this.paint();
  }

  get keys() {
    return this.pieces.map((piece) => piece.key);
  }

  /** Keeps of the pieces those that are named. @param {string[]} keys */
  keep(keys) {
    this.pieces = this.pieces.filter((piece) => keys.includes(piece.key));
    this.paint();
  }

  paint() {
    const readOnly = this.frame.state.readOnly;
    const states = this.pieces.map((piece) => piece.state);
    const best = this.frame.state.evidenceStates.find((/** @type {string[]} */ [name]) => states.includes(name));
    this.summary.textContent = best ? `evidence ${best[0]}` : "no evidence";
    const lines = this.pieces.map((piece) => this.line(piece));
    this.box.replaceChildren(...(lines.length ? lines : [this.none()]), readOnly ? "" : this.ways());
  }

  none() {
    const wanted = this.wanted.map(([artefact, age]) => `${artefact}${age ? ` (${age} days)` : ""}`);
    return h("div", { class: "piece mute" }, "None yet. Would count: ", wanted.join("; "));
  }

  /** @param {Piece} piece */
  line(piece) {
    const [, kind] = this.frame.state.evidenceStates.find((/** @type {string[]} */ [name]) => name === piece.state);
    const source = piece.sha256 ? `${piece.sha256.slice(0, 8)}…` : "an address";
    const about = [piece.key, source, piece.artefact].filter(Boolean).map((word) => ` · ${word}`);
    const actions = this.frame.state.readOnly ? [] : [
      button("Edit", () => this.edit(piece), { "aria-label": `Edit ${piece.label}` }),
      button("Remove", () => this.remove(piece), { "aria-label": `Remove ${piece.label} from this answer` })];
    return h("div", { class: "piece" }, h("span", {}, h("b", {}, piece.label), h("span", { class: "mute" }, about)),
      pill(kind, piece.age), h("span", { class: "actions" }, actions));
  }

  ways() {
    return h("div", { class: "add" }, this.file, button("Upload …", () => this.file.click()),
      button("File on the server …", () => this.fromServer()), button("Existing …", () => this.existing()),
      button("Link …", () => this.link()), h("span", { class: "hint" }, "or drop files or a link here"));
  }

  /** @param {Piece} piece */
  remove(piece) {
    this.keep(this.keys.filter((key) => key !== piece.key));
    this.changed();
  }

  /** @param {Reply} reply */
  attached(reply) {
    if (!reply.ok) {
      this.show(`Not attached: ${reply.says}`, "failed");
      return;
    }
    if (!this.keys.includes(reply.evidence.key)) this.pieces.push(reply.evidence);
    this.paint();
    this.changed();
    if (reply.evidence.state === "undated") this.edit(reply.evidence);
  }

  /** @param {Panel} panel */
  open(panel) {
    this.extra.replaceChildren(panel.box);
  }

  // files and links ---------------------------------------------------------------------------------------------

  async chosen() {
    await this.uploadAll([...(this.file.files ?? [])]);
    this.file.value = "";
  }

  /** @param {File[]} files */
  async uploadAll(files) {
    const { limit } = this.frame.state;
    for (const file of files) {
      if (file.size > limit) {
        const most = Math.round(limit / MEGABYTE);
        this.show(`${file.name} is larger than ${most} MB. Put it into the inbox folder on the server, or give a link.`,
          "failed");
        return;
      }
      this.attached(await upload(this.frame.wire, file, { key: this.key }, (says) => this.show(says, "wait")));
    }
  }

  takeDrops() {
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.box.addEventListener(name, (raw) => {
        const event = /** @type {DragEvent} */ (raw);
        event.preventDefault();
        event.stopPropagation();
        const outside = !this.box.contains(/** @type {Node | null} */ (event.relatedTarget));
        this.box.classList.toggle("over", !(name === "drop" || (name === "dragleave" && outside)));
        if (name === "drop" && event.dataTransfer) this.dropped(event.dataTransfer);
      });
    }
  }

  /** @param {DataTransfer} data */
  async dropped(data) {
    const files = [...data.files];
    const words = (data.getData("text/uri-list") || data.getData("text/plain")).split(/\s+/);
    const link = words.find((word) => /^https?:/.test(word));
    if (files.length) await this.uploadAll(files);
    else if (link) this.attached(await this.links.send({ key: this.key, link }));
    else this.show("What was dropped is neither a file nor a link.", "failed");
  }

  link() {
    const field = new Field("Address", h("input", { type: "url", placeholder: "https://" }),
      "Only the address is kept; what stands there may change. A place on a file share proves nothing by itself.");
    this.open(this.asks("Attach a link", field, [], () => this.links.send({ key: this.key, link: field.value })));
  }

  async fromServer() {
    const reply = await this.frame.wire.ask("evidence");
    const names = h("datalist", { id: unique("files") },
      (reply.files ?? []).map((/** @type {string} */ value) => h("option", { value })));
    const field = new Field("File", h("input", { type: "text", list: names.id }),
      `A file in ${reply.inbox || "the inbox"}, or the whole path of one elsewhere in the workspace. `
      + "Large files are best copied there.");
    this.open(this.asks("Attach a file that lies on the server", field, [names],
      () => this.paths.send({ key: this.key, path: field.value }, ONE_FILE)));
  }

  /** @param {string} title @param {Field} field @param {Node[]} more @param {() => Promise<Reply>} send */
  asks(title, field, more, send) {
    const panel = new Panel(title, field.box, more, button("Attach", async () => {
      const reply = await send();
      field.complain(reply.ok ? "" : reply.says);
      if (!reply.ok) return;
      panel.leave();
      this.attached(reply);
    }, { class: "does" }));
    return panel;
  }

  async existing() {
    const reply = await this.frame.wire.ask("evidence");
    const known = (reply.evidence ?? []).map((/** @type {string[]} */ [id, label, artefact]) =>
      [id, `${label} (${id})${artefact ? ` · ${artefact}` : ""}`]);
    const field = new Field("Evidence", select(known));
    const attach = button("Attach", async () => {
      const done = await this.frame.wire.ask("piece", { key: this.key, evidence: field.value });
      panel.leave();
      this.attached(done);
    });
    const panel = new Panel("Attach evidence that is in the record already",
      known.length ? [field.box, attach] : h("p", {}, "The record holds no evidence yet."));
    this.open(panel);
  }

  // what is said about a piece ----------------------------------------------------------------------------------

  /** @param {Piece} piece */
  edit(piece) {
    const fields = this.aboutFields(piece);
    const said = h("p", { class: "wrong", role: "alert" });
    const action = new Action(this.frame.wire, "save_evidence");
    const save = button("Save", async () => {
      const about = Object.fromEntries(Object.entries(fields).map(([id, field]) => [id, field.value]));
      const reply = await action.send({ key: this.key, evidence: piece.key, base: piece.version, about });
      said.textContent = complain(fields, reply) || reply.ok ? "" : reply.says ?? "";
      if (!reply.ok) {
        (fields[reply.field ?? ""] ?? fields.title).control.focus();
        return;
      }
      this.pieces = this.pieces.map((p) => (p.key === piece.key ? reply.evidence : p));
      this.paint();
      panel.leave();
    }, { class: "does" });
    const boxes = Object.values(fields).map((field) => field.box);
    const panel = new Panel(`About ${piece.label}`, h("div", { class: "g" }, boxes), save, said);
    this.open(panel);
  }

  /** @param {Piece} piece @returns {Record<string, Field>} */
  aboutFields(piece) {
    const artefacts = new Set([...this.wanted.map(([artefact]) => artefact), piece.artefact].filter(Boolean));
    /** @type {[string, string][]} */
    const kinds = [["", "not said"], ...[...artefacts].map((a) => /** @type {[string, string]} */ ([a, a]))];
    const classes = this.frame.state.classifications.map((/** @type {string} */ c) => [c, c]);
    const day = () => h("input", { type: "date" });
    const text = () => h("input", { type: "text" });
    const fields = {
      title: new Field("Title", text()),
      artefact: new Field("It is the", select(kinds)),
      collected_at: new Field("Collected on", day(), "The day it was exported or made, not the day it was uploaded."),
      period_from: new Field("Covers from", day()),
      period_to: new Field("Covers to", day()),
      valid_until: new Field("Valid until", day()),
      source: new Field("Source system", text()),
      collector: new Field("Collected by", text()),
      classification: new Field("Classification", select(classes)),
    };
    for (const [id, field] of Object.entries(fields)) {
      field.control.value = piece[id] || (id === "classification" ? "internal" : "");
    }
    return fields;
  }
}
