// @ts-check
// The evidence of one answer: what is attached, what would count, and the ways to attach more.

import { button, complain, doubt, Field, h, pill, select, unique } from "./dom.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { say, term } from "./say.js";
import { upload } from "./upload.js";

/** @import { Frame } from "./frame.js" */
/** @import { Artefact, Proof, Reply, Show } from "./types" */

/**
 * @typedef {{key: string, base: number, state: string, age: string, label: string, artefact: string, version: string,
 *   against: string[], sha256: string} & Record<string, any>} Piece one piece; `base` counts its revisions
 */

/** @typedef {Record<string, Field>} Fields */

const ONE_FILE = 120000; // milliseconds to copy a large file on the server
const MEGABYTE = 1 << 20;

export class Evidence {
  /**
   * @param {Frame} frame
   * @param {object} about
   * @param {string} about.key of the answer
   * @param {Piece[]} about.pieces
   * @param {Proof} about.proof the artefacts asked for, and what each lacks
   * @param {HTMLElement} about.extra where panels open
   * @param {Show} about.show
   * @param {() => void} about.changed other pieces are attached
   * @param {() => void} about.edited something else is said about a piece
   */
  constructor(frame, { key, pieces, proof, extra, show, changed, edited }) {
    this.frame = frame;
    this.key = key;
    this.pieces = [...pieces];
    this.proof = proof;
    this.extra = extra;
    this.show = show;
    this.changed = changed;
    this.edited = edited;
    this.links = new Action(frame.wire, "attach_link");
    this.paths = new Action(frame.wire, "attach_path");
    this.box = h("div", { class: "ev" });
    this.summary = h("span", {});
    this.file = h("input", { type: "file", hidden: true, multiple: true,
      "aria-label": say("File to upload as evidence"), onchange: () => this.chosen() });
    this.asked = h("ul", { class: "asked", "aria-label": say("Artefacts asked for") });
    this.held = h("div", {});
    this.box.append(this.asked, this.held, frame.state.readOnly ? "" : this.ways());
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

  /** Shows how far the artefacts asked for are proven now. @param {Proof} proof */
  prove(proof) {
    this.proof = proof;
    this.paint();
  }

  paint() {
    const { artefacts } = this.proof;
    const proven = artefacts.filter(({ lacks }) => !lacks).length;
    this.summary.textContent = say("{n} of {all} artefacts proven", { n: proven, all: artefacts.length });
    this.asked.replaceChildren(...this.proof.artefacts.map((artefact) => this.wanted(artefact)));
    this.held.replaceChildren(...this.pieces.map((piece) => this.line(piece)));
  }

  /** An artefact asked for, what counts as well, what binds it, and whether it is proven. @param {Artefact} asked */
  wanted(asked) {
    const { or, proves, binds, keys, lacks } = asked;
    const others = or.map((name) => called(asked, name)).join(", ");
    const also = others && ` ${say("or {others}", { others })}`;
    const held = keys.length ? ` · ${keys.join(", ")}` : "";
    return h("li", {}, h("span", {}, h("b", {}, called(asked, asked.artefact)), also,
      h("span", { class: "mute" }, ` · ${say("proves {what}", { what: proves })} · ${binds}${held}`)),
    lacks ? pill("bad", `○ ${lacks}`) : pill("ok", say("● proven")));
  }

  /** @param {Piece} piece */
  line(piece) {
    const [, kind] = this.frame.state.evidenceStates.find((/** @type {string[]} */ [name]) => name === piece.state);
    const source = piece.sha256 ? `${piece.sha256.slice(0, 8)}…` : say("an address");
    const version = piece.version && say("version {version}", { version: piece.version });
    const about = [piece.key, source, this.nameOf(piece.artefact), version].filter(Boolean).map((word) => ` · ${word}`);
    const actions = this.frame.state.readOnly ? [] : [
      button(say("Edit"), () => this.edit(piece), { "aria-label": say("Edit {what}", { what: piece.label }) }),
      button(say("Remove"), () => this.remove(piece),
        { "aria-label": say("Remove {what} from this answer", { what: piece.label }) })];
    const noProof = this.noProof(piece);
    return h("div", { class: "piece" }, h("span", {}, h("b", {}, piece.label), h("span", { class: "mute" }, about),
      noProof), pill(noProof ? "unk" : kind, piece.age), h("span", { class: "actions" }, actions));
  }

  /** Why a piece proves nothing here, whatever its age. @param {Piece} piece */
  noProof(piece) {
    if (speaksAgainst(piece, this.key)) return h("p", { class: "wrong" }, say("Speaks against this claim."));
    if (!this.proof.others.includes(piece.key)) return null;
    return h("p", { class: "wrong" }, piece.artefact
      ? say("Counts for nothing here: it is another artefact than those asked for.")
      : say("Counts for nothing here: nobody said which artefact it is."));
  }

  ways() {
    return h("div", { class: "add" }, this.file, button(say("Upload …"), () => this.file.click()),
      button(say("File on the server …"), () => this.fromServer()),
      button(say("Existing …"), () => this.existing()), button(say("Link …"), () => this.link()),
      h("span", { class: "hint" }, say("or drop files or a link here")));
  }

  /** @param {Piece} piece */
  remove(piece) {
    this.keep(this.keys.filter((key) => key !== piece.key));
    this.changed();
  }

  /** @param {Reply} reply */
  attached(reply) {
    if (!reply.ok) {
      this.show(say("Not attached: {why}", { why: reply.says }), "failed");
      return;
    }
    if (!this.keys.includes(reply.evidence.key)) this.pieces.push(reply.evidence);
    this.paint();
    this.changed();
    if (reply.evidence.state === "undated" || !reply.evidence.artefact) this.edit(reply.evidence);
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
        this.show(say("{file} is larger than {n} MB. Put it into the inbox folder on the server, or give a link.",
          { file: file.name, n: most }), "failed");
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
    else this.show(say("What was dropped is neither a file nor a link."), "failed");
  }

  link() {
    const field = new Field(say("Address"), h("input", { type: "url", placeholder: "https://" }),
      say("Only the address is kept; what stands there may change. "
        + "A place on a file share proves nothing by itself."));
    this.open(this.asks(say("Attach a link"), field, [], () => this.links.send({ key: this.key, link: field.value })));
  }

  async fromServer() {
    const reply = await this.frame.wire.ask("evidence");
    const names = h("datalist", { id: unique("files") },
      (reply.files ?? []).map((/** @type {string} */ value) => h("option", { value })));
    const field = new Field(say("File"), h("input", { type: "text", list: names.id }),
      say("A file in {folder}, or the whole path of one elsewhere in the workspace. "
        + "Large files are best copied there.", { folder: reply.inbox || say("the inbox") }));
    this.open(this.asks(say("Attach a file that lies on the server"), field, [names],
      () => this.paths.send({ key: this.key, path: field.value }, ONE_FILE)));
  }

  /** @param {string} title @param {Field} field @param {Node[]} more @param {() => Promise<Reply>} send */
  asks(title, field, more, send) {
    const panel = new Panel(title, field.box, more, button(say("Attach"), async () => {
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
      [id, `${label} (${id})${artefact ? ` · ${this.nameOf(artefact)}` : ""}`]);
    const field = new Field(say("Evidence"), select(known));
    const attach = button(say("Attach"), async () => {
      const done = await this.frame.wire.ask("piece", { key: this.key, evidence: field.value });
      panel.leave();
      this.attached(done);
    });
    const panel = new Panel(say("Attach evidence that is in the record already"),
      known.length ? [field.box, attach] : h("p", {}, say("The record holds no evidence yet.")));
    this.open(panel);
  }

  // what is said about a piece ----------------------------------------------------------------------------------

  /** @param {Piece} piece */
  edit(piece) {
    const fields = this.aboutFields(piece);
    const speaks = h("input", { type: "checkbox", checked: speaksAgainst(piece, this.key) });
    const said = h("p", { class: "wrong", role: "alert" });
    const action = new Action(this.frame.wire, "save_evidence");
    const save = button(say("Save"), async () => {
      const about = Object.fromEntries(Object.entries(fields).map(([id, field]) => [id, field.value]));
      const against = claims(piece, this.key, speaks.checked);
      const reply = await action.send({ key: this.key, evidence: piece.key, base: piece.base,
        about: { ...about, against } });
      said.textContent = complain(fields, reply) || reply.ok ? "" : reply.says ?? "";
      if (!reply.ok) {
        (fields[reply.field ?? ""] ?? fields.title).control.focus();
        return;
      }
      this.pieces = this.pieces.map((p) => (p.key === piece.key ? reply.evidence : p));
      this.paint();
      panel.leave();
      this.edited();
    }, { class: "does" });
    const boxes = Object.values(fields).map((field) => field.box);
    const check = async () => {
      const about = Object.fromEntries(Object.entries(fields).map(([id, field]) => [id, field.value]));
      const reply = await this.frame.wire.ask("check_evidence", { about });
      if (reply.ok) doubt(fields, reply.doubts);
    };
    const panel = new Panel(say("About {what}", { what: piece.label }),
      h("div", { class: "g", onchange: check }, boxes), this.binding(fields),
      h("label", { class: "choice" }, speaks, ` ${say("It speaks against this claim")}`), save, said);
    this.open(panel);
  }

  /** What binds the artefact that is chosen; the version is asked for where one binds it. @param {Fields} fields */
  binding({ artefact, version }) {
    const says = h("p", { class: "hint", role: "status" });
    const names = h("datalist", { id: unique("versions") });
    version.control.setAttribute("list", names.id);
    const choose = () => {
      const asked = this.artefactOf(artefact.value);
      const versions = asked?.versions ?? [];
      const other = say("Only an artefact that is asked for counts here.");
      says.textContent = asked ? `${called(asked, asked.artefact)}: ${asked.binds}.` : other;
      version.box.hidden = !(asked && ["model", "dataset"].includes(asked.bound)) && !version.value;
      /** @type {HTMLInputElement} */ (version.control).placeholder = versions.map(([text]) => text).join(", ");
      names.replaceChildren(...versions.map(([value, name]) => h("option", { value }, name)));
    };
    artefact.control.addEventListener("change", choose);
    choose();
    return [says, names];
  }

  /** The artefact asked for that goes by this name. @param {string} name */
  artefactOf(name) {
    return this.proof.artefacts.find((asked) => [asked.artefact, ...asked.or].includes(name));
  }

  /** What people call an artefact. @param {string} name */
  nameOf(name) {
    const asked = this.artefactOf(name);
    return asked ? called(asked, name) : name;
  }

  /** Every name that counts here, and the one the piece has. @param {Piece} piece @returns {[string, string][]} */
  artefactNames(piece) {
    const names = this.proof.artefacts.flatMap((asked) => {
      const artefact = called(asked, asked.artefact);
      return [[asked.artefact, artefact], ...asked.or.map((name) =>
        [name, say("{name} (counts as {artefact})", { name: called(asked, name), artefact })])];
    });
    const known = !piece.artefact || this.artefactOf(piece.artefact);
    const own = known ? [] : [[piece.artefact, say("{name} (not asked for here)", { name: piece.artefact })]];
    return /** @type {[string, string][]} */ ([["", say("not said")], ...names, ...own]);
  }

  /** @param {Piece} piece @returns {Fields} */
  aboutFields(piece) {
    const classes = this.frame.state.classifications.map((/** @type {string} */ c) => [c, term(c)]);
    const day = () => h("input", { type: "date" });
    const text = () => h("input", { type: "text" });
    const fields = {
      title: new Field(say("Title"), text()),
      artefact: new Field(say("It is the"), select(this.artefactNames(piece))),
      version: new Field(say("Of version"), text(),
        say("The version, or the hash, of the model or dataset it speaks of.")),
      collected_at: new Field(say("Collected on"), day(),
        say("The day it was exported or made, not the day it was uploaded.")),
      period_from: new Field(say("Covers from"), day()),
      period_to: new Field(say("Covers to"), day()),
      valid_until: new Field(say("Valid until"), day()),
      source: new Field(say("Source system"), text()),
      collector: new Field(say("Collected by"), text()),
      classification: new Field(say("Classification"), select(classes)),
    };
    for (const [id, field] of Object.entries(fields)) {
      field.control.value = piece[id] || (id === "classification" ? "internal" : "");
    }
    return fields;
  }
}

/**
 * Whether a piece is counter-evidence to an answer, of this system or of all.
 * @param {Piece} piece
 * @param {string} key
 */
const speaksAgainst = ({ against }, key) => against.includes(key) || against.includes(questionOf(key));

/**
 * What a piece speaks against once it was said of one answer; what was said of others stays.
 * @param {Piece} piece @param {string} key @param {boolean} speaks
 */
function claims(piece, key, speaks) {
  if (speaks === speaksAgainst(piece, key)) return piece.against;
  return speaks ? [...piece.against, key] : piece.against.filter((claim) => ![key, questionOf(key)].includes(claim));
}

/** What people call what is asked for, or what counts as well. @param {Artefact} asked @param {string} name */
const called = ({ artefact, named, or, orNamed }, name) =>
  (name === artefact ? named : orNamed?.[or.indexOf(name)]) ?? name;

/** @param {string} key */
const questionOf = (key) => key.split("@")[0];
