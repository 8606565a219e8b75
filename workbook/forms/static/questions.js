// @ts-check
// The questions of a section, or of one person: progress, filters, one question open at a time.

import { button, h, pill } from "./dom.js";
import { downloads } from "./download.js";
import { Frame } from "./frame.js";
import { QuestionForm } from "./question.js";
import { say, sayMany, term } from "./say.js";
import { severalPanel } from "./several.js";
import { countsAsNothing, shownSoFar, standing, stepMark } from "./shown.js";

/** @import { Place, Step } from "./types" */
/** @import { Panel } from "./panel.js" */

/** @typedef {Step & Record<string, any>} Item one question as asked, in a line of the list */

const TRIES = 12;
const PATIENCE = 10000; // the kernel may still be running other cells
const OPEN = "not assessed";
const NOT_STALE = ["fresh", "none"]; // of the artefacts asked for there is a fresh piece, or none at all

/** @type {Map<string, string>} the question open in each form, for when JupyterLab draws it again */
const lastOpen = new Map();

/**
 * What the chips above the list let through.
 * @type {[id: string, words: string, test: (item: Item, who: string) => any][]}
 */
const FILTERS = [
  ["all", say("All{questions}", { questions: "" }), () => true],
  ["again", say("To re-verify"), (i) => i.toReverify && !i.folded],
  ["open", say("Open"), (i) => i.result === OPEN && !i.folded],
  ["mine", say("Mine"), (i, who) => i.owner && i.owner.toLowerCase() === who.toLowerCase()],
  ["stale", say("Stale evidence"), (i) => i.pieces && !NOT_STALE.includes(i.evidence)],
  ["review", say("Needs review"), (i) =>
    i.version && i.result !== OPEN && !i.folded && !i.toReverify && ["", "changed since"].includes(i.reviewed)],
  ["claimed", say("Claimed only"), (i) => i.step === "claimed" && !i.contradicted],
  ["contradicted", say("Contradicted"), (i) => i.contradicted],
];

/** @param {string} id @param {Item} item @param {string} [who] */
const passes = (id, item, who = "") => Boolean(FILTERS.find(([name]) => name === id)?.[2](item, who));

/** Whether somebody has to confirm it, or to answer it. @param {Item} item */
const waits = (item) => passes("again", item) || passes("open", item);

/** @param {Place} place */
export function questions(place) {
  const list = new QuestionList(place);
  return () => list.leave();
}

export class QuestionList {
  /** @type {HTMLElement} */ counts;
  /** @type {HTMLElement} */ bar;
  /** @type {HTMLElement} */ chips;
  /** @type {HTMLSelectElement} */ systems;
  /** @type {HTMLInputElement} */ search;
  /** @type {HTMLButtonElement} */ next;
  /** @type {HTMLButtonElement} */ several;

  /** @param {Place} place */
  constructor(place) {
    this.frame = new Frame(place);
    this.filter = "all";
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    /** @type {string | null} */
    this.opened = null;
    /** @type {QuestionForm | null} */
    this.form = null;
    /** @type {Set<string>} */
    this.picked = new Set();
    /** @type {Panel | null} */
    this.picking = null;
    this.top = this.makeTop();
    this.below = h("div", {});
    this.empty = h("p", { class: "note", hidden: true });
    this.list = h("div", { class: "questions" });
    this.frame.el.append(this.top, this.below, this.empty, this.list);
    this.saveWhenLeft();
    this.frame.follow(() => {
      this.paint();
      this.form?.follow();
    });
    this.paint();
    this.frame.arriving((anchor) => this.arrive(anchor));
    const last = lastOpen.get(this.frame.state.form);
    if (last && this.items.some((i) => i.key === last)) this.open(last, { focus: false });
  }

  /** @returns {Item[]} */
  get items() {
    return this.frame.state.items;
  }

  leave() {
    this.form?.saver.flush();
    this.frame.leave();
  }

  saveWhenLeft() {
    const flush = () => this.form?.saver.flush();
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    this.frame.leaving(() => {
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
    });
  }

  /** A result with its sign and colour. @param {string} result */
  mark(result) {
    const [, sign, kind, word] = this.frame.state.results.find((/** @type {string[]} */ [name]) => name === result);
    return pill(kind, `${sign} ${word}`);
  }

  visible() {
    const [words, system] = [this.search.value.toLowerCase(), this.systems.value];
    return this.items.filter((i) => passes(this.filter, i, this.frame.state.who)
      && (!system || !i.system || i.system === system)
      && (!words || `${i.title} ${i.ask} ${i.question}`.toLowerCase().includes(words)));
  }

  /** The next open question after this one, or from the top. @param {string} key */
  openAfter(key) {
    const place = this.items.findIndex((i) => i.key === key);
    return [...this.items.slice(place + 1), ...this.items.slice(0, place)].find(waits);
  }

  // the line above the list -------------------------------------------------------------------------------------

  makeTop() {
    const paint = () => this.paint();
    this.counts = h("b", { "aria-live": "polite" });
    this.bar = h("div", { class: "prog", role: "img" });
    this.chips = h("span", { class: "chips", role: "group", "aria-label": say("Show") });
    this.systems = h("select", { "aria-label": say("System"), onchange: paint });
    this.search = h("input",
      { type: "search", placeholder: say("Search"), "aria-label": say("Search in questions"), oninput: paint });
    this.next = button(say("Next open question"), () => this.openNext(), { class: "next" });
    this.several = button(say("Several at once …"), () => this.pick());
    return h("div", { class: "top" }, this.counts, this.bar, this.systems, this.chips, this.search, this.several,
      downloads(this.frame), this.next);
  }

  paintTop() {
    const { readOnly } = this.frame.state;
    this.paintProgress(this.items.filter((i) => !i.folded));
    this.paintSystems();
    this.paintChips();
    this.several.setAttribute("aria-pressed", String(Boolean(this.picking)));
    this.several.disabled = Boolean(readOnly);
    this.next.disabled = !this.items.some((i) => waits(i) && i.key !== this.opened);
  }

  /** @param {Item[]} asked */
  paintProgress(asked) {
    const { state } = this.frame;
    const answered = asked.filter((i) => i.result !== OPEN).length;
    const [evidenced, tested] = ["evidenced", "tested"].map((step) => shownSoFar(state, asked, step));
    const against = asked.filter((i) => i.contradicted).length;
    const said = { n: answered, all: asked.length, minutes: state.minutes, evidenced, tested, against };
    this.counts.textContent = answered
      ? say("{n} of {all} answered: {evidenced} evidenced, {tested} tested, {against} contradicted", said)
      : state.minutes ? say("{n} of {all} answered, about {minutes} minutes", said)
        : say("{n} of {all} answered", said);
    const parts = standing(state, asked);
    this.bar.replaceChildren(...parts.map(([, kind, n]) =>
      h("i", { style: `width:${(100 * n) / asked.length}%;background:var(--${kind})` })));
    this.bar.setAttribute("aria-label", parts.map(([says]) => says).join(", ") || say("nothing claimed"));
  }

  paintSystems() {
    /** @type {[string, string][]} */
    const known = this.frame.state.systems;
    const chosen = this.systems.value;
    this.systems.hidden = known.length < 2 || !this.items.some((i) => i.system);
    this.systems.replaceChildren(h("option", { value: "" }, say("All systems")),
      ...known.map(([key, name]) => h("option", { value: key }, name)));
    this.systems.value = known.some(([key]) => key === chosen) ? chosen : "";
  }

  paintChips() {
    const { who, mine } = this.frame.state;
    const carried = this.filter === "again" || this.items.some((i) => i.toReverify);
    const shown = FILTERS.filter(([id]) => (id !== "mine" || !mine) && (id !== "again" || carried));
    this.chips.replaceChildren(...shown.map(([id, words]) => {
      const on = this.filter === id;
      return button(`${words} ${this.items.filter((i) => passes(id, i, who)).length}`, () => {
        this.filter = id;
        this.paint();
      }, { class: on ? "chip on" : "chip", "aria-pressed": String(on) });
    }));
  }

  openNext() {
    const found = this.items.find((i) => waits(i) && i.key !== this.opened);
    if (!found) return;
    this.filter = "all";
    this.search.value = this.systems.value = "";
    this.open(found.key);
  }

  pick() {
    if (this.picking) {
      this.picking.leave();
      return;
    }
    this.picking = severalPanel(this);
    this.picking.closed = () => {
      this.picking = null;
      this.picked.clear();
      this.paint();
      this.several.focus();
    };
    this.below.replaceChildren(this.picking.box);
    this.paint();
  }

  // the list ----------------------------------------------------------------------------------------------------

  paint() {
    this.paintTop();
    const shown = this.visible();
    const keep = new Set(shown.map((i) => i.key));
    if (this.opened) keep.add(this.opened);
    for (const [key, row] of this.rows) {
      if (keep.has(key)) continue;
      row.box.remove();
      this.rows.delete(key);
    }
    /** @type {HTMLElement | null} */
    let place = null;
    for (const item of this.items.filter((i) => keep.has(i.key))) {
      const row = this.rowOf(item);
      row.paint(item);
      // only what is out of place is moved, so that nothing loses the focus
      if (place ? place.nextSibling !== row.box : this.list.firstChild !== row.box) {
        if (place) place.after(row.box);
        else this.list.prepend(row.box);
      }
      place = row.box;
    }
    this.empty.hidden = shown.length > 0 || Boolean(this.opened);
    this.empty.textContent = this.whyEmpty();
  }

  /** @param {Item} item */
  rowOf(item) {
    const row = this.rows.get(item.key) ?? new Row(this, item);
    this.rows.set(item.key, row);
    return row;
  }

  whyEmpty() {
    const { mine, unnamed, who } = this.frame.state;
    if (this.items.length) return say("No question fits this filter. Choose “All” to see every question.");
    if (!mine) {
      return say("No question yet: these are asked once for each ML system. "
        + "Add the systems in scope on the page 00_start first.");
    }
    if (unnamed) {
      return say("Say who you are under “Who speaks”; the questions that name you as their owner then stand here.");
    }
    return say("No question names {who} as its owner. "
      + "On pages 1 to 5, “Several at once …” gives questions to their owners.", { who });
  }

  // one question open -------------------------------------------------------------------------------------------

  close() {
    this.form?.saver.flush();
    this.rows.get(this.opened ?? "")?.show(null);
    this.form = null;
    this.opened = null;
    lastOpen.delete(this.frame.state.form);
    this.frame.noNews();
    this.paint();
  }

  /**
   * Opens the question under this anchor, if it is asked here; without a system, that of the first.
   * @param {string} anchor
   */
  arrive(anchor) {
    const found = this.items.find((i) => i.key === anchor) ?? this.items.find((i) => i.question === anchor);
    if (found && this.opened !== found.key) this.open(found.key);
    return Boolean(found);
  }

  /** @param {string} key @param {{focus?: boolean}} [how] */
  async open(key, { focus = true } = {}) {
    if (this.opened) this.close();
    this.opened = key;
    lastOpen.set(this.frame.state.form, key);
    this.paint();
    const row = this.rows.get(key);
    if (!row) return;
    row.show(h("p", { class: "note", role: "status" }, say("Opening …")));
    const reply = await this.detail(key);
    if (this.opened !== key) return;
    this.form = reply.ok ? new QuestionForm(this, key, reply) : null;
    row.show(this.form?.box ?? h("p", { class: "wrong", role: "alert" }, reply.says));
    if (focus) row.focus();
  }

  /** What a question says and its answer, asked for until the kernel has time. @param {string} key */
  async detail(key) {
    let reply = await this.frame.wire.ask("open", { key }, { patience: PATIENCE });
    for (let tries = 1; reply.lost && tries < TRIES && this.opened === key; tries += 1) {
      reply = await this.frame.wire.ask("open", { key }, { patience: PATIENCE });
    }
    return reply;
  }
}

/** One line of the list, and under it the question when it is open. */
class Row {
  /** @param {QuestionList} list @param {Item} item */
  constructor(list, { key, title }) {
    this.list = list;
    this.pick = h("input", { type: "checkbox", "aria-label": say("Choose {title}", { title }), onchange: () => {
      if (this.pick.checked) list.picked.add(key);
      else list.picked.delete(key);
    } });
    this.title = h("span", { class: "title" });
    this.about = h("span", { class: "mute" });
    this.state = h("span", {});
    this.line = h("button", { type: "button", class: "row", "aria-expanded": "false", onclick: () => {
      if (list.opened === key) list.close();
      else list.open(key);
    } }, this.title, this.about, this.state);
    this.box = h("div", { class: "item" }, this.pick, this.line);
  }

  /** @param {Item} item */
  paint(item) {
    const { list } = this;
    this.pick.hidden = !list.picking;
    this.pick.checked = list.picked.has(item.key);
    const where = [item.systemName, item.section].filter(Boolean).map((word) => ` · ${word}`);
    this.title.replaceChildren(h("b", {}, item.title), h("span", { class: "mute" }, where));
    this.about.textContent = [item.folded, item.folded && !item.counted ? "" : this.proof(item)]
      .filter(Boolean).join(" ");
    const [kind, sign, word] = list.frame.state.notAsked;
    this.state.replaceChildren(...(item.folded ? [pill(kind, `${sign} ${word}`)]
      : [list.mark(item.result), " ", stepMark(list.frame.state, item) ?? ""]));
    this.box.classList.toggle("folded", Boolean(item.folded));
    this.line.setAttribute("aria-expanded", String(list.opened === item.key));
  }

  /** How many of the artefacts asked for are proven, and what became of the review. @param {Item} item */
  proof(item) {
    if (item.counted) return countsAsNothing(item.counted);
    const proven = sayMany("{proven} of {n} artefact", "{proven} of {n} artefacts", item.artefacts,
      { proven: item.proven });
    const aged = NOT_STALE.includes(item.evidence) ? "" : `, ${term(item.evidence)}`;
    const seen = item.reviewed ? `, ${item.reviewed === "accepted" ? say("reviewed") : term(item.reviewed)}` : "";
    return `${item.pieces ? `${proven}${aged}` : say("no evidence")}${seen}`;
  }

  /** @param {HTMLElement | null} body */
  show(body) {
    this.body?.remove();
    this.body = body;
    if (body) this.box.append(body);
  }

  /** To the first control of the question. */
  focus() {
    const control = this.body?.querySelector("input:checked, input, textarea");
    if (control instanceof HTMLElement) control.focus({ preventScroll: true });
    this.box.scrollIntoView({ block: "nearest" });
  }
}
