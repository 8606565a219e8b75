// @ts-check
// Two people changed the same: both texts side by side, and nothing overwritten until one chooses.

import { button, Field, h, when } from "./dom.js";
import { plain } from "./history.js";
import { Panel } from "./panel.js";
import { say } from "./say.js";

/** @import { Child, Named, Version } from "./types" */

/**
 * @param {object} about
 * @param {string} about.what what both changed, for example “this question”, already said
 * @param {Version} about.theirs
 * @param {Record<string, any>} about.mine
 * @param {(body: Record<string, any>, other: Record<string, any>) => Child} about.describe one side, in words
 * @param {() => void} about.keepMine
 * @param {() => void} about.takeTheirs
 * @param {{text: string, save: (text: string) => void}} [about.merge] both texts in one, where they can be merged
 */
export function conflictPanel({ what, theirs, mine, describe, keepMine, takeTheirs, merge }) {
  const body = theirs.body ?? {};
  /** @param {() => void} does */
  const choose = (does) => () => {
    panel.leave();
    does();
  };
  const text = h("textarea", { rows: 5, value: merge?.text ?? "" });
  const moment = when(theirs.at);
  const panel = new Panel(say("{who} saved {what} first", { who: theirs.by, what }),
    h("p", {}, merge ? say("At {moment}. Nothing was overwritten: choose, or merge both texts.", { moment })
      : say("At {moment}. Nothing was overwritten: choose.", { moment })),
    h("div", { class: "two" },
      h("div", {}, h("h5", {}, say("Yours")), describe(mine, body), button(say("Keep mine"), choose(keepMine))),
      h("div", {}, h("h5", {}, say("Theirs")), theirs.body ? describe(body, mine) : h("p", {}, say("Deleted.")),
        button(say("Take theirs"), choose(takeTheirs)))),
    merge && new Field(say("Both, to edit"), text).box,
    merge && button(say("Save the merged text"), choose(() => merge.save(text.value))));
  return panel;
}

/** The fields in which two bodies differ, by what people call them. @param {Named[]} fields */
export const differing = (fields) =>
  /** @param {Record<string, any>} body @param {Record<string, any>} other */
  (body, other) => fields.filter(([id]) => plain(body[id]) !== plain(other[id])).map(([id, label, read = plain]) =>
    h("p", { class: "said" }, h("b", {}, `${label}: `), read(body[id]) || say("nothing")));
