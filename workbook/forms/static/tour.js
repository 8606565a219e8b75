// @ts-check
// A short tour of a page: one section after the other is outlined, and one sentence is said of it.

import { button, h, ownKeys } from "./dom.js";
import { kept } from "./kept.js";
import { say } from "./say.js";

/** @import { Lines } from "./types" */

const SEEN = "tour";
const OUTLINED = "mlaw-toured";

/**
 * The button that begins the tour; it stands out until it was pressed once in this browser. Nothing begins by itself.
 * @param {Lines} steps what is outlined, and what is said of it
 * @param {() => Element} within where to look for it
 */
export function tourButton(steps, within) {
  /** @type {Tour | null} */
  let tour = null;
  const begin = button(say("Show me around"), () => {
    kept.write(SEEN, true);
    begin.classList.remove("main");
    tour?.end();
    tour = new Tour(steps, within(), begin);
  }, { class: kept.read(SEEN) ? "" : "main" });
  return { begin, leave: () => tour?.end() };
}

class Tour {
  /** @param {Lines} steps @param {Element} within @param {HTMLElement} back to what the focus returns */
  constructor(steps, within, back) {
    /** @type {[place: Element, says: string][]} */
    this.steps = steps.flatMap(([kind, says]) => {
      const found = within.querySelector(`[data-form="${kind}"], nav.${kind}`);
      const cell = found?.matches("[data-form]") ? found.closest(".jp-Cell") : null; // has room for the outline
      return found ? [[cell ?? found, says]] : [];
    });
    this.back = back;
    this.at = 0;
    this.count = h("p", { class: "mute" });
    this.says = h("p", { class: "says" });
    this.before = button(say("Back"), () => this.show(this.at - 1));
    this.next = button(say("Next{verb}", { verb: "" }), () => (this.last ? this.end() : this.show(this.at + 1)),
      { class: "main" });
    this.stop = button(say("End"), () => this.end());
    this.box = h("section",
      { class: "mlaw mlaw-form mlaw-tour", role: "dialog", "aria-label": say("Around this page") },
      h("div", { "aria-live": "polite" }, this.count, this.says),
      h("p", { class: "actions" }, this.before, this.next, this.stop));
    ownKeys(this.box);
    this.box.addEventListener("keydown", (event) => { if (event.key === "Escape") this.end(); });
    document.body.append(this.box);
    this.show(0);
    this.next.focus();
  }

  get last() {
    return this.at === this.steps.length - 1;
  }

  /** @param {number} at */
  show(at) {
    this.clear();
    this.at = at;
    const [place, says] = this.steps[at];
    place.classList.add(OUTLINED);
    place.scrollIntoView({ block: "start" });
    this.count.textContent = say("{n} of {all}", { n: at + 1, all: this.steps.length });
    this.says.textContent = says;
    this.before.disabled = at === 0;
    this.next.textContent = this.last ? say("Done{verb}", { verb: "" }) : say("Next{verb}", { verb: "" });
    this.stop.hidden = this.last;
  }

  clear() {
    for (const [place] of this.steps) place.classList.remove(OUTLINED);
  }

  end() {
    if (!this.box.isConnected) return;
    this.clear();
    this.box.remove();
    this.back.focus();
  }
}
