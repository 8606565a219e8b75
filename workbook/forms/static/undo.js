// @ts-check
// A sentence that says what was done, with the way to take it back and, once it was, to bring it about again.

import { button } from "./dom.js";
import { Action } from "./saver.js";
import { say } from "./say.js";

/** @import { Child } from "./types" */
/** @import { Wire } from "./wire.js" */

/**
 * @param {(says: string, ...more: Child[]) => void} tell where it is said
 * @param {Wire} wire
 * @param {string} says
 * @param {number} number of one of the revisions that were recorded
 * @param {boolean} [redo] whether it was an undo that can be redone
 */
export function offerUndo(tell, wire, says, number, redo = false) {
  const action = new Action(wire, "take_back");
  const press = button(redo ? say("Redo") : say("Undo"), async () => {
    const held = document.activeElement === press;
    const reply = await action.send({ number, redo });
    const next = reply.ok ? offerUndo(tell, wire, reply.says ?? "", reply.number, !redo) : press;
    if (!reply.ok) tell(reply.says ?? "", reply.lost && press);
    if (held && next.isConnected) next.focus();
  });
  tell(says, press);
  return press;
}

/** One step back or forward: the form's last change, as the history has it. */
export class Steps {
  /**
   * @param {Wire} wire
   * @param {{kind: string, key?: string}} place what is undone
   * @param {(says: string, done: boolean) => void} tell
   * @param {() => any} [before] what has to be saved first
   */
  constructor(wire, place, tell, before = () => {}) {
    const [back, forward] = ["undo", "redo"].map((what) => new Action(wire, what));
    /** @param {Action} action */
    const step = (action) => async () => {
      await before();
      const reply = await action.send(place);
      tell(reply.says ?? "", reply.ok);
    };
    this.undo = button(say("Undo"), step(back));
    this.redo = button(say("Redo"), step(forward));
  }
}
