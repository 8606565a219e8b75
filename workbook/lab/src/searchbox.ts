// The search field of the panel: a combobox whose list is worked with arrows, Enter and Escape.

import type { IndexItem, Target } from "./contract.js";
import { h } from "./dom.js";
import { Found, searcher } from "./search.js";

const LIMIT = 50;
const LIST = "mlaw-audit-found";

export class SearchBox {
  readonly #field = h("input", { id: "mlaw-audit-search", type: "search", role: "combobox", autocomplete: "off",
    "aria-expanded": "false", "aria-controls": LIST, "aria-autocomplete": "list", spellcheck: "false",
    placeholder: "Questions, rows, evidence",
    oninput: () => void this.#look(), onkeydown: (event: KeyboardEvent) => this.#press(event) });
  readonly #list = h("ul", { id: LIST, role: "listbox", "aria-label": "What was found", hidden: true });
  readonly #says = h("p", { class: "hint", role: "status" });
  readonly box = h("search", { class: "search" },
    h("label", { for: "mlaw-audit-search" }, "Search"), this.#field, this.#says, this.#list);
  #items: IndexItem[] = [];
  #at = 0;

  /** @param items what is searched, as it is now; `open` goes to one; `filled` hears whether something is typed */
  constructor(
    private readonly items: () => Promise<IndexItem[]>,
    private readonly open: (target: Target) => void,
    private readonly filled: (something: boolean) => void,
  ) {}

  focus(): void {
    this.#field.focus();
    this.#field.select();
  }

  /** What can be found became other: shows what is found now, if something is looked for. */
  refresh(): void {
    if (this.#field.value.trim()) void this.#look(this.#at);
  }

  async #look(at = 0): Promise<void> {
    const items = await this.items();
    this.#paint(searcher(items)(this.#field.value, LIMIT), at);
  }

  #paint({ items, total }: Found, at = 0): void {
    const typed = this.#field.value.trim() !== "";
    this.#items = items;
    this.#list.replaceChildren(...items.map((item, n) => this.#option(item, n)));
    this.#list.hidden = !items.length;
    this.#field.setAttribute("aria-expanded", String(items.length > 0));
    this.#says.textContent = typed ? told(items.length, total) : "";
    this.#choose(Math.min(at, Math.max(items.length - 1, 0)));
    this.filled(typed);
  }

  #option(item: IndexItem, n: number): HTMLElement {
    return h("li", { id: `${LIST}-${n}`, role: "option", onclick: () => this.#go(n) },
      h("span", { class: "title" }, item.title),
      item.about && h("span", { class: "about" }, item.about));
  }

  #choose(n: number): void {
    this.#at = n;
    for (const [i, option] of [...this.#list.children].entries()) option.setAttribute("aria-selected", String(i === n));
    const chosen = this.#list.children[n];
    if (!chosen) return this.#field.removeAttribute("aria-activedescendant");
    this.#field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #press(event: KeyboardEvent): void {
    const last = this.#items.length - 1;
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.#choose(Math.min(this.#at + 1, last)),
      ArrowUp: () => this.#choose(Math.max(this.#at - 1, 0)),
      Enter: () => this.#go(this.#at),
      Escape: () => this.#clear(),
    };
    const move = event.isComposing ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  #go(n: number): void {
    const item = this.#items[n];
    if (item) this.open({ page: item.page, anchor: item.anchor });
  }

  #clear(): void {
    this.#field.value = "";
    this.#paint({ items: [], total: 0 });
  }
}

function told(shown: number, total: number): string {
  if (!total) return "Nothing was found. Try fewer or other words.";
  if (shown < total) return `${total} found, the first ${shown} shown. More words find fewer.`;
  return total === 1 ? "1 found." : `${total} found.`;
}
