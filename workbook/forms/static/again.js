// @ts-check
// What was carried over from an earlier audit: confirmed one by one, or those of a list that is shown before.

import { button, h } from "./dom.js";
import { Action } from "./saver.js";
import { say } from "./say.js";

/** @import { Wire } from "./wire.js" */

/** @typedef {{key: string, version: number, title: string, toReverify?: boolean}} Carried */

/** What is carried over and still to be confirmed, of these. @param {any[]} lines @returns {Carried[]} */
export const unconfirmed = (lines) => lines.filter((line) => line.toReverify && !line.folded);

/**
 * A button that lists what is ticked and was carried over, and records that all of it is still true when that is said
 * once more.
 * @param {Wire} wire
 * @param {{who: () => string, ticked: () => Carried[], tell: (says: string) => void,
 *   done: (says: string, number: number) => void}} of
 */
export function stillTrue(wire, { who, ticked, tell, done }) {
  const action = new Action(wire, "confirm");
  const list = h("div", {});
  const ask = () => {
    const found = unconfirmed(ticked());
    list.replaceChildren();
    if (!found.length) {
      tell(say("Tick what you looked at first; only what was carried over is confirmed."));
      return;
    }
    const press = button(say("I looked at each of these {n}: still true", { n: found.length }), async () => {
      const reply = await action.send({ keys: found.map(({ key, version }) => [key, version]) });
      if (!reply.ok) {
        tell(reply.says ?? "");
        return;
      }
      list.replaceChildren();
      done(reply.says ?? "", reply.number);
    }, { class: "main" });
    list.replaceChildren(
      h("p", {}, say("Each gets a version in the name of {who}, who answers for having looked:", { who: who() })),
      h("ul", {}, found.map(({ title }) => h("li", {}, title))), h("p", { class: "actions" }, press));
    press.focus();
  };
  return [button(say("Still true …"), ask), list];
}
