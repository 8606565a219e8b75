// @ts-check
// Makes the report and says how far it is; what was made is opened, or downloaded to be mailed.

import { button, complain, Field, h, select, unique } from "./dom.js";
import { keep } from "./download.js";
import { Frame } from "./frame.js";
import { say, term } from "./say.js";
import { served } from "./served.js";
import { datalist } from "./speaker.js";

/** @import { Place } from "./types" */

/** @typedef {{audience: string, words: string, incomplete: string[], path: string[]}} Made */
/** @typedef {{number: string, words: string, path: string[]}} Issued */

const PATIENCE = 60000;

/** @param {Place} place */
export function report(place) {
  const form = new ReportForm(place);
  return () => form.frame.leave();
}

class ReportForm {
  /** @param {Place} place */
  constructor(place) {
    this.frame = new Frame(place);
    const { editions, recipients, classifications } = this.frame.state;
    const names = datalist("recipients", recipients);
    this.fields = {
      audience: new Field(say("Who will read it"), select(editions)),
      as_of: new Field(say("As of"), h("input", { type: "text", placeholder: say("now") }),
        say("As the record stood then: a day (2026-11-30) or a revision (r388). Empty is now.")),
      recipient: new Field(say("Goes to"), h("input", { type: "text", list: names.id }),
        say("Only when you hand it out: it is issued under a number, and later reports name changes since.")),
      classification: new Field(say("Marked as"), select(classifications),
        say("Stands on each page of an issued report.")),
    };
    this.fields.classification.control.value = "confidential";
    this.make = button(say("Make the report"), () => this.begin(), { class: "main" });
    this.said = h("span", { class: "saving", role: "status" });
    this.bar = h("progress", { hidden: true, "aria-label": say("Pages made"), id: unique("progress") });
    this.problems = h("div", { role: "alert" });
    this.made = h("div", {});
    this.offered = "";
    this.frame.el.append(names, h("div", { class: "g" }, Object.values(this.fields).map((field) => field.box)),
      h("p", { class: "actions" }, this.make, this.bar, this.said), this.problems, this.made);
    this.frame.follow(() => this.paint());
    this.paint();
  }

  async begin() {
    this.tell(say("Beginning …"));
    this.problems.replaceChildren();
    const values = Object.entries(this.fields).map(([name, field]) => [name, field.value]);
    const reply = await this.frame.wire.ask("make", Object.fromEntries(values));
    const beside = complain(this.fields, reply);
    if (!reply.ok) this.tell(beside ? say("Not made; see above.") : reply.says ?? "", "failed");
  }

  /** @param {string} words @param {string} [kind] */
  tell(words, kind = "") {
    this.said.className = `saving ${kind}`;
    this.said.textContent = words;
  }

  paint() {
    const { making, ended, made, issued, unreached } = this.frame.state;
    if (this.offered !== JSON.stringify([made, issued])) {
      this.made.replaceChildren(...made.map(this.offer, this), ...issued.map(this.offerIssued, this));
    }
    this.offered = JSON.stringify([made, issued]);
    this.bar.hidden = !making;
    if (unreached) this.tell(unreached, "failed");
    else if (making) this.paintProgress(making);
    else if (ended) this.paintEnd(ended);
  }

  /** @param {[done: number, of: number, page: string]} making */
  paintProgress([done, of, page]) {
    this.bar.max = of;
    this.bar.value = done;
    this.tell(page ? say("{n} of {all} pages, last {page}", { n: done, all: of, page })
      : say("0 of {all} pages; the first takes some seconds", { all: of }));
  }

  /** @param {{problems: string[], recipient: string}} ended */
  paintEnd({ problems, recipient }) {
    if (problems.length) this.tell(recipient ? say("Not issued.") : say("Not all of it could be made."), "failed");
    else this.tell(recipient ? say("✓ Issued to {recipient}", { recipient }) : say("✓ Made"), "done");
    this.problems.replaceChildren(...problems.map((says) => h("p", { class: "wrong" }, says)));
  }

  /** A button that brings a report as one file. @param {string} words @param {object} which */
  zip(words, which) {
    const said = h("span", { role: "status" });
    const zip = button(words, async () => {
      said.textContent = say("Being packed …");
      const reply = await this.frame.wire.ask("zip", which, { patience: PATIENCE });
      said.textContent = reply.ok ? say("Downloaded {file}.", { file: reply.name }) : reply.says ?? "";
      if (reply.ok) keep(reply.name, reply.type, reply.buffers);
    });
    return h("span", {}, zip, " ", said);
  }

  /** A report that was issued: as it went out, to look at or to mail. @param {Issued} issued */
  offerIssued({ number, words, path }) {
    const open = h("span", {});
    linkTo({ path, label: say("Open {what}", { what: number }) }).then((link) => open.replaceChildren(link ?? ""));
    return h("div", { class: "piece" }, h("span", {}, h("b", {}, `${say("Issued:")} `), words), open,
      this.zip(say("Download as ZIP to mail"), { issued: number }));
  }

  /** One edition that lies there: a link where the server shows it, and a file to mail. @param {Made} made */
  offer(made) {
    const open = h("span", {});
    const named = { path: made.path, label: toOpen(made.audience) };
    linkTo(named).then((link) => open.replaceChildren(link ?? say("Unpack it and open index.html.")));
    const lacks = made.incomplete.length ? say("incomplete: {pages}", { pages: made.incomplete.join(", ") }) : "";
    const edition = say("Edition: {audience}", { audience: term(made.audience) });
    return h("div", { class: "piece" }, h("span", {}, h("b", {}, edition),
      h("span", { class: "mute" }, ` · ${made.words}`), lacks ? h("p", { class: "wrong" }, lacks) : null), open,
      this.zip(say("Download as ZIP"), { audience: made.audience }));
  }
}

/** @param {string} audience */
const toOpen = (audience) => (audience === "internal" ? say("Open the internal report")
  : audience === "auditor" ? say("Open the auditor report") : say("Open the customer report"));

/**
 * A link to a report; null where what surrounds the notebook does not serve it.
 * @param {{path: string[], label: string}} report
 */
async function linkTo({ path, label }) {
  const href = await served(path);
  return href && h("a", { href, target: "_blank", rel: "noopener" }, label);
}
