// @ts-check
// The queue of answers that wait for a second person.

import { h } from "./dom.js";
import { Frame } from "./frame.js";
import { reviewParts } from "./review.js";
import { sayingIn } from "./saver.js";
import { say, sayMany, term } from "./say.js";

/** @import { Place } from "./types" */

const NOBODY = say("Nothing waits for review: every answer given so far was looked at by a second person.");

/** @param {Place} place */
export function reviews(place) {
  const frame = new Frame(place);
  const count = h("p", {});
  const list = h("div", {});
  /** @type {Map<string, {text: string, box: HTMLElement}>} what is shown for each answer */
  const shown = new Map();
  const paint = () => {
    const { queue, role } = frame.state;
    const waits = sayMany("{n} answer waits for a second person.", "{n} answers wait for a second person.",
      queue.length);
    count.replaceChildren(...(queue.length
      ? [h("b", {}, waits), ` ${say("Your role is {role}.", { role: term(role) })}`] : [NOBODY]));
    count.className = queue.length ? "" : "note";
    const boxes = queue.map((/** @type {any} */ item) => {
      const text = JSON.stringify(item);
      const old = shown.get(item.key);
      if (old?.text !== text) shown.set(item.key, { text, box: waiting(frame, item) });
      return shown.get(item.key)?.box;
    });
    list.replaceChildren(...boxes);
  };
  frame.el.append(count, list);
  // a comment that is being written stays: its answer is shown anew when the person has left it
  frame.follow(() => { if (!list.querySelector("textarea:focus")) paint(); });
  list.addEventListener("focusout", () => setTimeout(() => { if (!frame.busy(list)) paint(); }, 0));
  paint();
  return () => frame.leave();
}

/** @param {Frame} frame @param {any} item */
function waiting({ wire }, item) {
  const said = h("span", { role: "status" });
  return h("details", {},
    h("summary", {}, item.title, h("span", { class: "r" }, `${item.system} · ${term(item.result)} · ${item.by}`)),
    h("p", { class: "q" }, item.ask), h("p", { class: "said" }, item.rationale || say("no words")),
    item.evidence.length ? h("ul", {}, item.evidence.map((/** @type {string} */ e) => h("li", {}, e)))
      : h("p", { class: "wrong" }, say("No evidence.")),
    h("p", { class: "label" }, say("An auditor looks for")),
    h("ul", {}, item.lookFor.map((/** @type {string} */ l) => h("li", {}, l))),
    reviewParts(wire, item, sayingIn(said)), said);
}
