// @ts-check
// One question, opened: what it asks, the answer as it stands, and what helps to give it.

import { conflictPanel } from "./conflict.js";
import { button, Field, fold, h, unique, when } from "./dom.js";
import { Evidence } from "./evidence.js";
import { advice } from "./guidance.js";
import { historyPanel, plain } from "./history.js";
import { merged } from "./merge.js";
import { recover } from "./recovered.js";
import { reviewParts } from "./review.js";
import { Action, Saver, sayingIn } from "./saver.js";
import { say, term } from "./say.js";
import { NOT_APPLICABLE, Shown } from "./shown.js";
import { datalist, offer } from "./speaker.js";
import { offerUndo, Steps } from "./undo.js";

/** @import { Child, Named, Reply, Version } from "./types" */
/** @import { QuestionList } from "./questions.js" */

/** @type {Named[]} */
const ANSWER = [["result", say("Result"), (result) => term(plain(result))],
  ["rationale", say("What is the case today")], ["owner", say("Owner")], ["due", say("Due")],
  ["evidence", say("Evidence")]];
const BLANK = { result: "not assessed", rationale: "", owner: "", due: "", evidence: [] };

export class QuestionForm {
  /** @param {QuestionList} list @param {string} key @param {Reply} detail what the question says, and its answer */
  constructor(list, key, detail) {
    this.list = list;
    this.frame = list.frame;
    this.key = key;
    this.detail = detail;
    this.stood = detail.answer;
    this.readOnly = Boolean(this.frame.state.readOnly);
    this.status = h("span", { class: "saving", role: "status" });
    this.show = sayingIn(this.status);
    const version = say("version {n} by {who}", { n: detail.version, who: detail.by });
    this.version = h("span", {}, detail.version ? version : say("no version yet"));
    this.reviewed = h("span", {}, reviewed(detail.reviewed));
    this.extra = h("div", {});
    this.steps = new Steps(this.frame.wire, { kind: "answer", key }, (says, done) => this.stepped(says, done),
      () => this.saver.flush());
    this.copying = new Action(this.frame.wire, "same_for_all");
    this.confirming = new Action(this.frame.wire, "confirm");
    this.carried = this.makeCarried();
    this.choices = this.makeChoices();
    this.people = datalist("people", this.frame.state.owners);
    this.fields = this.makeFields();
    this.excluded = h("p", { class: "hint", "aria-live": "polite", hidden: true });
    this.shown = new Shown(this.frame.state, detail.proof);
    this.evidence = new Evidence(this.frame, { key, pieces: detail.evidence, proof: detail.proof, extra: this.extra,
      show: this.show, changed: () => this.saver.chosen(), edited: () => this.prove() });
    this.saver = this.makeSaver();
    if (detail.version) this.show(`✓ ${say("Saved {moment}", { moment: when(detail.at) })}`, "done");
    else this.show(say("Nothing saved yet"), "wait");
    this.fill(detail.answer);
    this.box = h("div", { class: "form", role: "group", "aria-label": detail.ask }, this.parts());
    if (!this.readOnly) recover(this.saver, this.extra, (a) => this.fill(a), (a) => a.rationale || a.result);
  }

  /** @returns {any} the question's line in the list */
  get item() {
    return this.frame.state.items.find((/** @type {any} */ item) => item.key === this.key);
  }

  /** The results to choose from, each with its sign. @returns {[HTMLInputElement, string][]} */
  makeChoices() {
    const name = unique("result");
    const onchange = () => {
      this.warn();
      this.saver.chosen();
    };
    return this.frame.state.results.map((/** @type {string[]} */ [value, sign]) =>
      [h("input", { type: "radio", name, value, disabled: this.readOnly, onchange }), sign]);
  }

  makeFields() {
    const readOnly = this.readOnly;
    const typed = () => this.saver.typed();
    const chosen = () => this.saver.chosen();
    const owner = h("input", { type: "text", list: this.people.id, readOnly, oninput: typed });
    return {
      rationale: new Field(say("What is the case today?"), h("textarea", { rows: 4, readOnly, oninput: typed })),
      owner: new Field(say("Owner"), owner),
      due: new Field(say("Due"), h("input", { type: "date", readOnly, onchange: chosen })),
    };
  }

  makeSaver() {
    return new Saver({
      name: `${this.frame.state.engagement}:${this.key}`,
      base: this.detail.version,
      collect: () => this.collect(),
      show: this.show,
      send: (answer, base, draft) => this.frame.wire.ask("save", { key: this.key, base, draft, answer }),
      saved: (reply) => this.saved(/** @type {Version} */ (reply.revision)),
      conflict: (theirs) => this.conflict(theirs),
      fields: this.fields,
    });
  }

  /** What is said above an answer that was carried over, with the way to confirm it. */
  makeCarried() {
    const says = say("recorded in the name of {who}; or change the result or the words below",
      { who: this.frame.state.who });
    return h("div", { class: "note again", hidden: !this.detail.carried }, h("p", {}, this.detail.carried),
      h("p", { class: "actions" },
        button(say("Still true"), () => this.confirm(), { disabled: this.readOnly, class: "main" }),
        h("span", { class: "mute" }, says)));
  }

  /** Records in the name of whoever speaks that the answer still holds. */
  async confirm() {
    await this.saver.flush();
    const done = await this.confirming.send({ keys: [[this.key, this.saver.base]] });
    if (!done.ok) {
      this.show(done.says ?? "", "failed");
      return;
    }
    await this.list.open(this.key, { focus: false });
    this.list.form?.show(`✓ ${done.says}`, "done");
  }

  // the answer --------------------------------------------------------------------------------------------------

  /** @param {any} answer */
  fill(answer) {
    for (const [input] of this.choices) input.checked = input.value === answer.result;
    const { rationale, owner, due } = this.fields;
    rationale.control.value = answer.rationale || "";
    owner.control.value = answer.owner || "";
    due.control.value = answer.due || "";
    this.warn();
  }

  /** Says of "not applicable" what it counts as, as soon as it is chosen. */
  warn() {
    const chosen = this.choices.some(([input]) => input.checked && input.value === "not applicable");
    this.excluded.hidden = !chosen;
    this.excluded.textContent = chosen ? NOT_APPLICABLE : "";
  }

  collect() {
    const checked = this.choices.find(([input]) => input.checked);
    return {
      result: checked ? checked[0].value : BLANK.result,
      rationale: this.fields.rationale.value,
      owner: this.fields.owner.value,
      due: this.fields.due.value,
      evidence: this.evidence.keys,
    };
  }

  /** @param {Version} revision */
  saved(revision) {
    this.stood = revision.body ?? BLANK;
    this.version.textContent = say("version {n} by {who}", { n: revision.version, who: revision.by });
  }

  /** The list was painted anew: says what others recorded here, at once or when the person asks for it. */
  follow() {
    const item = this.item;
    if (!item) return;
    this.reviewed.textContent = reviewed(item.reviewed);
    this.carried.hidden = !item.toReverify;
    this.prove();
    offer(this.people, this.frame.state.owners);
    if (item.version <= this.saver.base || this.saver.busy) return;
    const others = item.by !== this.frame.state.who;
    if (this.saver.dirty && !others) this.merge();
    else if (others && (this.saver.dirty || this.frame.busy(this.box))) {
      this.frame.news(item.by, () => (this.saver.dirty ? this.compare() : this.again()));
    }
    else this.list.open(this.key, { focus: false });
  }

  /** Shows how far the claim as it is recorded is shown now. */
  async prove() {
    const reply = await this.frame.wire.ask("proof", { key: this.key });
    if (!reply.ok || JSON.stringify(reply.proof) === JSON.stringify(this.detail.proof)) return;
    this.detail.proof = reply.proof;
    this.shown.paint(this.frame.state, reply.proof);
    this.evidence.prove(reply.proof);
  }

  /** The speaker changed the answer elsewhere: what was not typed here is shown as it is now. */
  async merge() {
    const now = await this.frame.wire.ask("open", { key: this.key });
    if (!now.ok || now.version <= this.saver.base || this.saver.busy) return;
    this.fill(merged(this.collect(), this.stood, now.answer));
    this.stood = now.answer;
    this.saver.rebase(now.version);
  }

  /** What is typed here beside what stands in the record. */
  async compare() {
    const now = await this.frame.wire.ask("open", { key: this.key });
    if (!now.ok) this.show(now.says ?? "", "failed");
    else this.conflict({ number: 0, key: this.key, version: now.version, by: now.by, at: now.at, body: now.answer });
  }

  /** @param {Version} theirs */
  conflict(theirs) {
    const mine = this.collect();
    const other = theirs.body ?? BLANK;
    /** @param {any} answer @param {string[]} evidence */
    const choose = (answer, evidence) => {
      this.fill(answer);
      this.evidence.keep(evidence);
      this.saver.rebase(theirs.version);
      this.saver.chosen();
    };
    const both = [...new Set([...mine.evidence, ...(other.evidence ?? [])])];
    const panel = conflictPanel({
      what: say("this question"),
      theirs,
      mine,
      describe: (answer) => [h("p", {}, this.list.mark(answer.result)),
        h("p", { class: "said" }, answer.rationale || say("no words"))],
      keepMine: () => choose(mine, mine.evidence),
      takeTheirs: () => this.again(),
      merge: {
        text: [mine.rationale, other.rationale].filter(Boolean).join("\n\n"),
        save: (rationale) => choose({ ...mine, rationale }, both),
      },
    });
    this.extra.replaceChildren(panel.box);
  }

  /** Shows what stands in the record; what was typed here is not saved any more. */
  again() {
    this.saver.forget(this.saver.base);
    this.list.open(this.key);
  }

  // the parts of the form ---------------------------------------------------------------------------------------

  /** @returns {Child[]} */
  parts() {
    const { detail, item } = this;
    const choices = this.choices.map(([input, sign]) =>
      h("label", { class: "choice" }, input, h("span", { "aria-hidden": "true" }, sign), ` ${term(input.value)}`));
    return [
      h("p", { class: "q" }, detail.ask),
      this.siblings(),
      this.readOnly && h("p", { class: "note" }, this.frame.state.readOnly),
      item?.folded && h("p", { class: "note" }, item.folded),
      this.carried,
      h("fieldset", { class: "results" }, h("legend", {}, say("What is claimed")), choices),
      this.excluded, advice(detail.advice.results),
      this.shown.box,
      this.fields.rationale.box,
      h("div", { class: "g" }, this.fields.owner.box, this.fields.due.box), this.people,
      advice(detail.advice.nobody),
      h("p", { class: "label" }, say("Evidence")), this.evidence.box, advice(detail.advice.evidence), this.extra,
      this.help(),
      detail.version ? this.review() : null,
      h("div", { class: "save" }, this.status, this.version, this.evidence.summary, this.reviewed, this.tools(),
        this.next()),
    ];
  }

  /** @returns {Child[]} */
  help() {
    const { why, lookFor, good, references, help } = this.detail;
    /** @param {string[]} reference */
    const reference = ([label, title, source, edition]) => h("li", {}, h("b", {}, label), ` ${title} `,
      h("span", { class: "mute" }, `${source}, ${edition}`));
    return [
      fold(say("Why it matters"), h("p", {}, why)),
      fold(say("What an auditor looks for"), h("ul", {}, lookFor.map((/** @type {string} */ l) => h("li", {}, l)))),
      fold(say("A good answer"), h("p", {}, good)),
      fold(say("References"), h("ul", {}, references.map(reference))),
      help.map((/** @type {string[]} */ [question, answer]) => fold(question, h("p", {}, answer))),
    ];
  }

  /** The systems of which the same is asked, one click apart. */
  siblings() {
    const asked = this.item?.question;
    const others = this.frame.state.items.filter((/** @type {any} */ i) => i.system && i.question === asked);
    if (others.length < 2) return null;
    const chips = others.map((/** @type {any} */ i) => {
      const own = i.key === this.key;
      return button(i.systemName, () => { if (!own) this.list.open(i.key); },
        { class: own ? "chip on" : "chip", "aria-pressed": String(own) });
    });
    return h("p", { class: "chips", role: "group", "aria-label": say("Asked of") }, chips);
  }

  review() {
    const { review, whyNotJudge, version } = this.detail;
    const before = review && h("p", {}, `${judged(review)} ${review.comment}`);
    const why = this.frame.state.readOnly || whyNotJudge;
    return fold(say("Review"), before, reviewParts(this.frame.wire, { key: this.key, version, why }, this.show));
  }

  tools() {
    const several = this.item?.system && this.frame.state.systems.length > 1;
    return h("span", { class: "actions" }, button(say("History"), () => this.history()),
      !this.readOnly && [this.steps.undo, this.steps.redo],
      !this.readOnly && several && button(say("Same for all systems"), () => this.sameForAll()));
  }

  async history() {
    const panel = await historyPanel(this.frame.wire, "answer", this.key, ANSWER, () => this.again());
    this.extra.replaceChildren(panel.box);
  }

  /** Shows the answer as it stands after a step back or forward. @param {string} says @param {boolean} done */
  async stepped(says, done) {
    if (!done) {
      this.show(says, "wait");
      return;
    }
    const at = document.activeElement === this.steps.redo ? "redo" : "undo";
    this.saver.forget(this.saver.base);
    await this.list.open(this.key, { focus: false });
    this.list.form?.show(`✓ ${says}`, "done");
    this.list.form?.steps[at].focus();
  }

  async sameForAll() {
    await this.saver.flush();
    const done = await this.copying.send({ key: this.key });
    this.show(done.says ?? "", done.ok ? "done" : "failed");
    if (!done.ok || !done.number) return;
    offerUndo((says, ...more) => this.status.replaceChildren(h("span", {}, says, " ", more)),
      this.frame.wire, done.says ?? "", done.number);
  }

  next() {
    const found = this.list.openAfter(this.key);
    if (!found) return null;
    const title = [found.title, found.systemName].filter(Boolean).join(" · ");
    const says = say("Next open question: {title} ↓", { title });
    return button(says, () => this.list.open(found.key), { class: "n" });
  }
}

/** What became of the review, in words. @param {string} state */
const reviewed = (state) => (state ? term(state) : say("not reviewed"));

/** Who said what of which version. @param {{version: number, verdict: string, by: string}} review */
const judged = ({ version: n, verdict, by: who }) => (verdict === "accepted"
  ? say("Version {n} was accepted by {who}.", { n, who }) : say("Version {n} was returned by {who}.", { n, who }));
