// @ts-check
// What somebody typed before and never saved comes back.

import { button, h } from "./dom.js";
import { Panel } from "./panel.js";
import { say } from "./say.js";

/** @import { Saver } from "./saver.js" */

/**
 * Puts it back at once where nothing was recorded since and the form saves by itself; asks otherwise.
 * @param {Saver} saver
 * @param {HTMLElement} place where it is asked
 * @param {(value: any) => void} fill
 * @param {(value: any) => string} describe
 */
export function recover(saver, place, fill, describe) {
  const found = saver.found();
  if (!found) return;
  const use = () => {
    fill(found.value);
    saver.unanswered = found.unanswered ?? null;
    saver.saving.show(say("What you typed before is back"), "wait");
    saver.chosen();
  };
  if (found.base === saver.base && !saver.saving.onDemand) {
    use();
    return;
  }
  const panel = new Panel(say("You typed something here that was not saved"),
    h("p", { class: "said" }, describe(found.value)),
    button(say("Use it"), () => { panel.leave(); use(); }),
    button(say("Throw it away"), () => { panel.leave(); saver.forget(saver.base); }));
  place.replaceChildren(panel.box);
}
