// The panel beside the pages: how far the audit is, what is next, and the way to every page and question.

import { Widget } from "@lumino/widgets";

import type { AuditState, IndexItem, Target } from "./contract.js";
import { bar, button, Child, h, repaint } from "./dom.js";
import { SearchBox } from "./searchbox.js";
import { Group, Line, Panel, PageStep, panelOf, Step } from "./shown.js";
import { speakerForm } from "./speaker.js";

const FEW = 5; // lines of a list, until somebody wants them all

/** What can be done from the panel. */
export interface Doing {
  open(target: Target): void;
  speak(name: string, role: string): Promise<string>;
  items(): Promise<IndexItem[]>;
}

export class AuditPanel extends Widget {
  readonly #head = h("div", {});
  readonly #who = h("div", {});
  readonly #go = h("div", {});
  readonly #pages = h("nav", { "aria-label": "Pages of the audit" });
  readonly #groups = h("div", {});
  readonly #body = h("div", {}, this.#pages, this.#groups);
  readonly #search: SearchBox;
  readonly #unfolded = new Set<string>();
  #state: AuditState | undefined;
  #here = "";
  #asking = false;

  constructor(private readonly doing: Doing) {
    super();
    this.id = "mlaw-audit";
    this.addClass("mlaw-audit");
    this.#search = new SearchBox(() => doing.items(), (target) => doing.open(target), (something) => {
      this.#body.hidden = something;
    });
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", "Audit");
    this.node.append(h("div", { class: "all" }, this.#head, this.#who, this.#go, this.#search.box, this.#body));
  }

  /** Shows this state, and which page is open. */
  tell(state: AuditState, here: string): void {
    if (here !== this.#here) this.#unfolded.delete(this.#here);
    if (here && here !== this.#here) this.#unfolded.add(here);
    this.#state = state;
    this.#here = here;
    this.#paint();
  }

  /** The search field, ready to type. */
  search(): void {
    this.#search.focus();
  }

  /** Something else can be found. */
  found(): void {
    this.#search.refresh();
  }

  /** Your questions, ready to be gone through. */
  mine(): void {
    const group = this.#body.querySelector<HTMLElement>('[data-group="mine"]');
    (group?.querySelector<HTMLElement>("button") ?? group)?.focus();
  }

  #paint(): void {
    const state = this.#state;
    if (!state) return;
    const panel = panelOf(state, this.#here);
    this.#search.box.hidden = !panel.begun;
    const { begun, begin, title, problem, stage, speaker, next, nothingNext, pages, groups } = panel;
    const unfolded = [...this.#unfolded];
    repaint(this.#head, [title, problem, stage], () => headOf(panel));
    repaint(this.#who, [begun, speaker, this.#asking], () => begun && this.#speaker(speaker, state));
    repaint(this.#go, [begin, next, nothingNext], () => this.#next(panel));
    repaint(this.#pages, [pages, unfolded], () => [h("h3", {}, "Pages"),
      h("ol", { class: "pages" }, pages.map((page) => this.#page(page)))]);
    repaint(this.#groups, [groups, unfolded], () => groups.map((group) => this.#group(group)));
  }

  #speaker({ says, asks, fixed }: Panel["speaker"], state: AuditState): Child[] {
    if (asks || this.#asking) {
      const close = asks ? null : (): void => this.#ask(false);
      return [asks && h("p", { class: "asks" }, "Who speaks? Everything you say is recorded under this name or role."),
        speakerForm(state.speaker, (name, role) => this.#speak(name, role), close)];
    }
    return [h("p", { class: "speaker" }, says, " ",
      !fixed && button("Change", () => this.#ask(true), { "data-key": "change", "aria-label": "Change who speaks" }))];
  }

  #ask(asking: boolean): void {
    this.#asking = asking;
    this.#paint();
    this.#who.querySelector<HTMLElement>(asking ? "input" : '[data-key="change"]')?.focus();
  }

  async #speak(name: string, role: string): Promise<string> {
    const refused = await this.doing.speak(name, role);
    if (!refused) this.#ask(false);
    return refused;
  }

  #next({ begin, next, nothingNext }: Panel): Child {
    if (next) return this.#main("Next open question", next.title, next);
    if (begin?.here) return hint("Begin one on this page, or look at the demo.");
    if (!begin) return hint(nothingNext);
    return this.#main("Begin an audit, or look at the demo", begin.title, { page: begin.page, anchor: "" });
  }

  #main(words: string, about: string, { page, anchor }: Target): HTMLElement {
    return button([h("strong", {}, words), h("span", {}, about)], () => this.doing.open({ page, anchor }),
      { class: "main", "data-key": "next" });
  }

  #page(page: PageStep): HTMLElement {
    const unfolded = this.#unfolded.has(page.file);
    const id = `mlaw-audit-${page.number}`;
    const fold = page.sections.length > 0 && button(unfolded ? "▾" : "▸", () => this.#fold(page.file),
      { class: "fold", "aria-expanded": String(unfolded), "aria-controls": id, "data-key": `fold ${page.file}`,
        "aria-label": `Sections of ${page.title}` });
    const go = button([h("span", { class: "number" }, page.number), ...stepOf(page)],
      () => this.doing.open({ page: page.file, anchor: "" }),
      { class: "go", "data-key": page.file, "aria-current": page.here && "page" });
    return h("li", { class: page.here && "here" }, h("div", { class: "page" }, go, fold),
      h("ol", { id, class: "sections", hidden: !unfolded }, page.sections.map((section) => h("li", {},
        button(stepOf(section), () => this.doing.open(section),
          { class: "go", "data-key": `${section.page}#${section.anchor}` })))));
  }

  #fold(what: string): void {
    if (!this.#unfolded.delete(what)) this.#unfolded.add(what);
    this.#paint();
  }

  #group({ id, title, lines, empty }: Group): HTMLElement {
    const few = lines.length <= FEW + 1;
    const all = few || this.#unfolded.has(id);
    const more = !few && button(all ? "Show fewer" : `Show all ${lines.length}`, () => this.#fold(id),
      { class: "more", "data-key": `${id} more`, "aria-expanded": String(all) });
    return h("section", { "data-group": id, tabindex: "-1", "aria-labelledby": `mlaw-audit-${id}` },
      h("h3", { id: `mlaw-audit-${id}` }, title, lines.length ? h("span", { class: "count" }, ` ${lines.length}`) : ""),
      lines.length ? h("ul", {}, lines.slice(0, all ? undefined : FEW).map((line, n) => this.#line(line, `${id} ${n}`)))
        : hint(empty), more);
  }

  #line({ title, about, late, page, anchor }: Line, key: string): HTMLElement {
    return h("li", {}, button([h("span", { class: "title" }, title),
      about && h("span", { class: late ? "about late" : "about" }, about)],
    () => this.doing.open({ page, anchor }), { class: "line", "data-key": key }));
  }
}

const headOf = ({ title, problem, stage }: Panel): Child[] => [
  h("h2", {}, title),
  problem && h("p", { class: "wrong", role: "alert" }, problem),
  stage && h("p", { class: `stage ${stage.kind}` }, stage.word),
  stage?.far ? h("p", { class: "figures" }, bar(stage), h("span", { class: "hint" }, stage.far)) : null,
];

const hint = (words: string): Child => words && h("p", { class: "hint" }, words);

const stepOf = (step: Step): Child[] => [
  h("span", { class: "name" }, step.title),
  h("span", { class: "left" }, step.left), // answered is a claim, and no tick
  step.far ? bar(step) : null,
];
