// @ts-check
// Choosing among many by typing a part of their names: one of them, or several that are ticked.

import { h, unique } from "./dom.js";
import { say } from "./say.js";

/** @import { Choices, Editor } from "./types" */

const SHOWN = 60; // lines of a list; the others are found by typing more
const FEW = 7; // so many need no filter

/** Whether every word that was typed stands somewhere in a text. @param {string} text @param {string} typed */
const holds = (text, typed) =>
  typed.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

/** Choices as they are found: by number and name. @param {Choices} choices @returns {Choices} */
const numbered = (choices) => choices.map(([id, name]) => {
  if (name.startsWith(id)) return [id, name];
  return [id, /^[A-Z]+[-.]\d/.test(id) ? `${id} ${name}` : `${name} (${id})`];
});

/** Tells whoever listens that somebody chose. @param {HTMLElement} el */
const chose = (el) => {
  for (const type of ["input", "change"]) el.dispatchEvent(new Event(type, { bubbles: true }));
};

/** One of many, found by typing: a combobox whose list is filtered by words. @implements {Editor} */
export class Picker {
  /** @param {Choices} choices */
  constructor(choices) {
    this.choices = numbered(choices);
    this.chosen = "";
    this.at = -1;
    this.list = h("ul", { class: "list", id: unique("list"), role: "listbox", hidden: true,
      "aria-label": say("Choices") });
    this.control = h("input", { type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": this.list.id, placeholder: say("Type to find …"),
      onfocus: () => this.control.select(), onclick: () => this.open(), onblur: () => this.left(),
      oninput: () => this.open(this.control.value),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event) });
    this.el = h("div", { class: "picker" }, this.control, this.list);
  }

  get value() {
    return this.chosen;
  }

  set value(value) {
    this.chosen = value ?? "";
    this.control.value = this.words(this.chosen);
  }

  /** @param {string} key */
  words(key) {
    const [, words] = this.choices.find(([id]) => id === key) ?? [];
    return key && (words ?? say("{key} (no longer there)", { key }));
  }

  /** Offers other choices from now on; what was chosen stays. @param {Choices} choices */
  offer(choices) {
    this.choices = numbered(choices);
    if (document.activeElement !== this.control) this.value = this.chosen;
    else if (!this.list.hidden) this.open(this.control.value);
  }

  /** Shows what holds these words, or everything. @param {string} [typed] */
  open(typed = "") {
    const found = this.choices.filter(([, words]) => holds(words, typed));
    this.at = typed && found.length ? 0 : -1;
    const rest = found.length > SHOWN ? say("{n} more; type to find them", { n: found.length - SHOWN }) : "";
    const says = found.length ? rest : say("Nothing is called so");
    this.list.replaceChildren(...found.slice(0, SHOWN).map(([id, words]) => h("li", { role: "option", id: unique("o"),
      "data-id": id, "aria-selected": String(id === this.chosen), onmousedown: (/** @type {Event} */ event) => {
        event.preventDefault(); // the field keeps the focus
        this.choose(id);
      } }, words)),
    ...(says ? [h("li", { class: "mute", role: "option", "aria-disabled": "true" }, says)] : []));
    this.expand(true);
  }

  /** @param {boolean} open */
  expand(open) {
    this.list.hidden = !open;
    this.control.setAttribute("aria-expanded", String(open));
    this.mark();
  }

  /** @returns {HTMLElement[]} */
  get options() {
    return [...this.list.querySelectorAll("[data-id]")].filter((one) => one instanceof HTMLElement);
  }

  mark() {
    this.options.forEach((option, place) => option.classList.toggle("at", place === this.at));
    const at = this.list.hidden ? undefined : this.options[this.at];
    at?.scrollIntoView?.({ block: "nearest" });
    if (at) this.control.setAttribute("aria-activedescendant", at.id);
    else this.control.removeAttribute("aria-activedescendant");
  }

  /** @param {string} id */
  choose(id) {
    this.value = id;
    this.expand(false);
    chose(this.el);
  }

  /** What was typed and not chosen: the only one it can mean, nothing, or what was chosen before. */
  left() {
    const typed = this.control.value.trim();
    const found = this.choices.filter(([, words]) => holds(words, typed));
    const exact = found.find(([, words]) => words.toLowerCase() === typed.toLowerCase());
    const [meant] = (exact ?? (found.length === 1 ? found[0] : undefined)) ?? [this.chosen];
    this.expand(false);
    if (typed === this.words(this.chosen)) return;
    this.value = typed ? meant : "";
    chose(this.el);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.open();
      const last = this.options.length - 1;
      this.at = key === "ArrowDown" ? Math.min(this.at + 1, last) : Math.max(this.at - 1, 0);
      this.mark();
    } else if (!this.list.hidden && (key === "Enter" || key === "Escape")) {
      event.preventDefault(); // what is around it does not act on a key that was meant for the list
      event.stopPropagation();
      const at = this.options[this.at];
      if (key === "Enter" && at) this.choose(at.getAttribute("data-id") ?? "");
      else this.expand(false);
    }
  }
}

/** Several of many: boxes to tick, with a field above them that finds some by their names. @implements {Editor} */
export class Ticks {
  /** @param {Choices} choices */
  constructor(choices) {
    /** @type {Set<string>} */
    this.chosen = new Set();
    this.find = h("input", { type: "search", placeholder: say("Type to find …"),
      "aria-label": say("Find among the choices"), oninput: () => this.filter() });
    this.list = h("div", { class: "list" });
    this.el = this.control = h("div", { class: "ticks", role: "group" }, this.find, this.list);
    this.choices = numbered(choices);
    this.paint();
  }

  get value() {
    return this.choices.map(([id]) => id).filter((id) => this.chosen.has(id));
  }

  set value(value) {
    this.chosen = new Set(value ?? []);
    this.paint();
  }

  /** Offers other choices from now on; what is no longer there is no longer chosen. @param {Choices} choices */
  offer(choices) {
    this.choices = numbered(choices);
    this.paint();
  }

  paint() {
    const held = document.activeElement?.getAttribute("data-id");
    this.find.hidden = this.choices.length <= FEW;
    this.list.replaceChildren(...this.choices.map(([id, words]) => {
      const box = h("input", { type: "checkbox", "data-id": id, checked: this.chosen.has(id), onchange: () => {
        if (box.checked) this.chosen.add(id);
        else this.chosen.delete(id);
      } });
      return h("label", { class: "tick" }, box, ` ${words}`);
    }), ...(this.choices.length ? [] : [h("p", { class: "mute" }, say("Nothing to choose from yet."))]));
    this.filter();
    const again = held && this.list.querySelector(`[data-id="${CSS.escape(held)}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  filter() {
    const typed = this.find.value;
    for (const tick of this.list.querySelectorAll("label")) tick.hidden = !holds(tick.textContent ?? "", typed);
  }
}
