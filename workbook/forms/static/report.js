// @ts-check
// Makes the report and says how far it is; what was made is opened, or downloaded to be mailed.

import { button, complain, Field, h, select, unique } from "./dom.js";
import { keep } from "./download.js";
import { Frame } from "./frame.js";
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
      audience: new Field("Who will read it", select(editions)),
      as_of: new Field("As of", h("input", { type: "text", placeholder: "now" }),
        "As the record stood then: a day (2026-11-30) or a revision (r388). Empty is now."),
      recipient: new Field("Goes to", h("input", { type: "text", list: names.id }),
        "Only when you hand it out: it is issued under a number, and later reports name changes since."),
      classification: new Field("Marked as", select(classifications), "Stands on each page of an issued report."),
    };
    this.fields.classification.control.value = "confidential";
    this.make = button("Make the report", () => this.begin(), { class: "main" });
    this.said = h("span", { class: "saving", role: "status" });
    this.bar = h("progress", { hidden: true, "aria-label": "Pages made", id: unique("progress") });
    this.problems = h("div", { role: "alert" });
    this.made = h("div", {});
    this.offered = "";
    this.frame.el.append(names, h("div", { class: "g" }, Object.values(this.fields).map((field) => field.box)),
      h("p", { class: "actions" }, this.make, this.bar, this.said), this.problems, this.made);
    this.frame.follow(() => this.paint());
    this.paint();
  }

  async begin() {
    this.say("Beginning …");
    this.problems.replaceChildren();
    const values = Object.entries(this.fields).map(([name, field]) => [name, field.value]);
    const reply = await this.frame.wire.ask("make", Object.fromEntries(values));
    const beside = complain(this.fields, reply);
    if (!reply.ok) this.say(beside ? "Not made; see above." : reply.says ?? "", "failed");
  }

  /** @param {string} words @param {string} [kind] */
  say(words, kind = "") {
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
    if (unreached) this.say(unreached, "failed");
    else if (making) this.paintProgress(making);
    else if (ended) this.paintEnd(ended);
  }

  /** @param {[done: number, of: number, page: string]} making */
  paintProgress([done, of, page]) {
    this.bar.max = of;
    this.bar.value = done;
    this.say(page ? `${done} of ${of} pages, last ${page}` : `0 of ${of} pages; the first takes some seconds`);
  }

  /** @param {{problems: string[], recipient: string}} ended */
  paintEnd({ problems, recipient }) {
    if (problems.length) this.say(recipient ? "Not issued." : "Not all of it could be made.", "failed");
    else this.say(recipient ? `✓ Issued to ${recipient}` : "✓ Made", "done");
    this.problems.replaceChildren(...problems.map((says) => h("p", { class: "wrong" }, says)));
  }

  /** A button that brings a report as one file. @param {string} words @param {object} which */
  zip(words, which) {
    const said = h("span", { role: "status" });
    const zip = button(words, async () => {
      said.textContent = "Being packed …";
      const reply = await this.frame.wire.ask("zip", which, { patience: PATIENCE });
      said.textContent = reply.ok ? `Downloaded ${reply.name}.` : reply.says ?? "";
      if (reply.ok) keep(reply.name, reply.type, reply.buffers);
    });
    return h("span", {}, zip, " ", said);
  }

  /** A report that was issued: as it went out, to look at or to mail. @param {Issued} issued */
  offerIssued({ number, words, path }) {
    const open = h("span", {});
    linkTo({ path, label: `Open ${number}` }).then((link) => open.replaceChildren(link ?? ""));
    return h("div", { class: "piece" }, h("span", {}, h("b", {}, "Issued: "), words), open,
      this.zip("Download as ZIP to mail", { issued: number }));
  }

  /** One edition that lies there: a link where the server shows it, and a file to mail. @param {Made} made */
  offer(made) {
    const open = h("span", {});
    const named = { path: made.path, label: `Open the ${made.audience} report` };
    linkTo(named).then((link) => open.replaceChildren(link ?? "Unpack it and open index.html."));
    const lacks = made.incomplete.length ? `incomplete: ${made.incomplete.join(", ")}` : "";
    return h("div", { class: "piece" }, h("span", {}, h("b", {}, `Edition: ${made.audience}`),
      h("span", { class: "mute" }, ` · ${made.words}`), lacks ? h("p", { class: "wrong" }, lacks) : null), open,
      this.zip("Download as ZIP", { audience: made.audience }));
  }
}

/**
 * A link to a report; null where what surrounds the notebook does not serve it.
 * @param {{path: string[], label: string}} report
 */
async function linkTo({ path, label }) {
  const href = await served(path);
  return href && h("a", { href, target: "_blank", rel: "noopener" }, label);
}
