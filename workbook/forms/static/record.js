// @ts-check
// A group of fields that is saved while somebody types: what the audit is about, how far a task is.

import { conflictPanel, differing } from "./conflict.js";
import { button, h, when } from "./dom.js";
import { historyPanel, plain } from "./history.js";
import { merged } from "./merge.js";
import { recover } from "./recovered.js";
import { Saver, sayingIn } from "./saver.js";
import { say } from "./say.js";
import { Steps } from "./undo.js";

/** @import { Field } from "./dom.js" */
/** @import { Frame } from "./frame.js" */
/** @import { Named, Version } from "./types" */

/** @typedef {{version: number, by: string, at: string, values: Record<string, any>}} Shown what the form shows */

export class RecordForm {
  /**
   * @param {Frame} frame
   * @param {object} about
   * @param {string} about.kind
   * @param {string} about.key
   * @param {string} about.what what people call it in a sentence
   * @param {Record<string, Field>} about.fields
   * @param {Named[]} about.names
   * @param {Shown} shown
   */
  constructor(frame, { kind, key, what, fields, names }, shown) {
    this.frame = frame;
    this.fields = fields;
    this.names = names;
    this.what = what;
    this.key = key;
    /** What the form showed last, before anything was typed. @type {Record<string, any>} */
    this.stood = shown.values;
    const status = h("span", { class: "saving", role: "status" });
    this.show = sayingIn(status);
    this.version = h("span", {});
    this.extra = h("div", {});
    this.steps = new Steps(frame.wire, { kind, key }, (says, done) => this.stepped(says, done),
      () => this.saver.flush());
    this.line = h("div", { class: "save plain" }, status, this.version, button(say("History"), async () =>
      this.extra.replaceChildren((await historyPanel(frame.wire, kind, key, names, () => this.clear())).box)),
    frame.state.readOnly ? "" : [this.steps.undo, this.steps.redo]);
    this.saver = new Saver({
      name: `${frame.state.engagement}:${kind}:${key}`,
      base: shown.version,
      collect: () => Object.fromEntries(Object.entries(fields).map(([id, f]) => [id, f.value])),
      show: this.show,
      send: (values, base, draft) => frame.wire.ask("save", { key, values, base, draft }),
      saved: (reply) => this.saved(/** @type {Version} */ (reply.revision)),
      conflict: (theirs) => this.conflict(theirs),
      fields,
    });
    for (const field of Object.values(fields)) this.listen(field);
    this.paint(shown);
    if (frame.state.readOnly) return;
    recover(this.saver, this.extra, (values) => this.fill(values), (values) => said(names, values, shown.values));
  }

  /** @param {Field} field */
  listen({ control }) {
    control.disabled = Boolean(this.frame.state.readOnly);
    const chooses = control.tagName === "SELECT" || control.type === "date" || control.hasAttribute("data-whole");
    control.addEventListener(chooses ? "change" : "input", () => (chooses ? this.saver.chosen() : this.saver.typed()));
  }

  /** @param {Shown} shown */
  paint(shown) {
    this.stood = shown.values;
    this.fill(shown.values);
    this.signed(shown);
    if (shown.version) this.show(`✓ ${say("Saved {moment}", { moment: when(shown.at) })}`, "done");
  }

  /** @param {Record<string, any>} values */
  fill(values) {
    for (const [id, field] of Object.entries(this.fields)) field.control.value = values[id] || "";
  }

  /** @param {Version} revision */
  saved(revision) {
    this.stood = revision.body ?? {};
    this.signed(revision);
  }

  /** @param {{version: number, by: string}} version */
  signed({ version, by }) {
    this.version.textContent = version ? say("version {n} by {who}", { n: version, who: by }) : "";
  }

  /** A step back or forward was taken, and what stands now is on its way. @param {string} says @param {boolean} done */
  stepped(says, done) {
    if (done) this.saver.forget(-1);
    this.show(done ? `✓ ${says}` : says, done ? "done" : "wait");
  }

  clear() {
    this.extra.replaceChildren();
  }

  /** Something newer is in the record: shown at once, unless somebody is typing here. @param {Shown} shown */
  follow(shown) {
    if (shown.version <= this.saver.base || this.saver.busy) return;
    const fields = Object.values(this.fields).map((f) => f.control);
    const others = shown.by !== this.frame.state.who;
    if (this.saver.dirty && !others) {
      this.fill(merged(this.saver.saving.collect(), this.stood, shown.values));
      this.stood = shown.values;
      this.saver.rebase(shown.version);
      return;
    }
    if (others && (this.saver.dirty || fields.some((control) => control === document.activeElement))) {
      const theirs = { number: 0, key: this.key, body: shown.values, ...shown };
      this.frame.news(shown.by, () => this.conflict(theirs));
      return;
    }
    this.saver.forget(shown.version);
    this.paint(shown);
  }

  /** @param {Version} theirs */
  conflict(theirs) {
    const panel = conflictPanel({
      what: this.what,
      theirs,
      mine: this.saver.saving.collect(),
      describe: differing(this.names),
      keepMine: () => {
        this.saver.rebase(theirs.version);
        this.saver.chosen();
      },
      takeTheirs: () => {
        this.saver.forget(theirs.version);
        this.paint({ ...theirs, values: theirs.body ?? {} });
      },
    });
    this.extra.replaceChildren(panel.box);
  }
}

/** The fields that differ, in one text. @param {Named[]} names @param {any} values @param {any} others */
const said = (names, values, others) => names.filter(([id]) => plain(values[id]) !== plain(others[id]))
  .map(([id, label, read = plain]) => `${label}: ${read(values[id])}`).join("\n");
