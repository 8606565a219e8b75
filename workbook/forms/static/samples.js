// @ts-check
// What each drawn item of a sample showed: one group of fields for each, saved while somebody types.

import { Field, h, pill, select } from "./dom.js";
import { Frame } from "./frame.js";
import { plain } from "./history.js";
import { RecordForm } from "./record.js";
import { say, term } from "./say.js";

/** @import { Named, Place } from "./types" */

/** @type {Named[]} */
const NAMES = [["result", say("Result"), (result) => term(plain(result))], ["note", say("Note")]];
const NONE = say("No sample is drawn yet. "
  + "`workbook sample` freezes a population and draws from it; nobody can choose.");

/** @param {Place} place */
export function samples(place) {
  const frame = new Frame(place);
  const none = h("p", { class: "note" }, NONE);
  /** @type {Map<string, Drawn>} */
  const made = new Map();
  frame.el.append(none);
  const paint = () => {
    none.hidden = frame.state.samples.length > 0;
    for (const one of frame.state.samples) {
      const drawn = made.get(one.key) ?? new Drawn(frame);
      if (!made.has(one.key)) frame.el.append(drawn.box);
      made.set(one.key, drawn);
      drawn.follow(one);
    }
  };
  frame.follow(paint);
  frame.arriving((anchor) => {
    const drawn = made.get(anchor.replace("sample-", ""));
    if (drawn) drawn.box.open = true;
    drawn?.box.scrollIntoView();
    return Boolean(drawn);
  });
  paint();
  return () => frame.leave();
}

class Drawn {
  /** @param {Frame} frame */
  constructor(frame) {
    this.frame = frame;
    this.summary = h("summary", {});
    this.about = h("ul", {});
    this.why = h("p", { class: "hint" });
    this.items = h("div", {});
    /** The form of each item, made when the sample is opened first. @type {Map<string, RecordForm>} */
    this.forms = new Map();
    /** @type {any} */
    this.shown = null;
    this.box = h("details", { ontoggle: () => this.fill() }, this.summary, this.about, this.why, this.items);
  }

  /** @param {any} one */
  follow(one) {
    this.shown = one;
    this.summary.replaceChildren(one.title, " ", pill(one.badge[0], one.badge[1]));
    this.about.replaceChildren(...one.about.map((/** @type {string} */ says) => h("li", {}, says)));
    const command = `workbook sample … --of ${one.key} --results FILE`;
    const more = one.more ? say("{n} more items come from a file: {command}", { n: one.more, command }) : "";
    this.why.textContent = [one.why, more].filter(Boolean).join(" ");
    this.why.hidden = !this.why.textContent;
    this.fill();
  }

  fill() {
    if (!this.box.open) return;
    for (const item of this.shown.items) {
      const form = this.forms.get(item.key);
      if (form) form.follow(item);
      else this.add(item);
    }
  }

  /** @param {any} item */
  add(item) {
    const results = this.frame.state.choices.map((/** @type {string} */ c) => [c, term(c)]);
    const choices = [["", say("not looked at yet")], ...results];
    const fields = {
      result: new Field(say("Result"), select(/** @type {[string, string][]} */ (choices))),
      note: new Field(say("Note"), h("input", { type: "text" })),
    };
    const what = say("what {item} showed", { item: item.item });
    const about = { kind: "sample_result", key: item.key, what, fields, names: NAMES };
    const form = new RecordForm(this.frame, about, item);
    this.forms.set(item.key, form);
    this.items.append(h("div", { role: "group", "aria-label": item.item }, h("p", { class: "label" }, item.item),
      h("div", { class: "g" }, fields.result.box, fields.note.box), form.extra, form.line));
  }
}
