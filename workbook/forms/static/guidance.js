// @ts-check
// Help where one stands: its words come from Python.

import { fold, h } from "./dom.js";

/** @import { Lines } from "./types" */

/** What each of several things means, or does. @param {Lines} lines */
export const meanings = (lines) =>
  h("dl", { class: "meanings" }, lines.map(([what, says]) => [h("dt", {}, what), h("dd", {}, says)]));

/** Help behind one click, where it is needed. @param {[title: string, lines: Lines]} help */
export const advice = ([title, lines]) => {
  const box = fold(title, meanings(lines));
  box.classList.add("advice");
  return box;
};
