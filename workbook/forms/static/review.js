// @ts-check
// A second person's verdict on the version they read.

import { button, Field, h, unique } from "./dom.js";
import { Action } from "./saver.js";
import { say } from "./say.js";

/** @import { Child, Show } from "./types" */
/** @import { Wire } from "./wire.js" */

/**
 * A comment, and the two verdicts; `why` says why this person may not judge.
 * @param {Wire} wire
 * @param {{key: string, version: number, why: string}} about
 * @param {Show} show how it goes
 * @returns {Child[]}
 */
export function reviewParts(wire, { key, version, why }, show) {
  const action = new Action(wire, "review");
  const comment = h("textarea", { rows: 2 });
  const reason = h("p", { class: "hint", id: unique("why") }, why);
  const more = { disabled: Boolean(why), "aria-describedby": reason.id };
  /** @param {string} verdict */
  const judge = (verdict) => async () => {
    const reply = await action.send({ key, version, verdict, comment: comment.value });
    show(reply.says ?? "", reply.ok ? "done" : "failed");
  };
  return [why ? reason : null, new Field(say("Comment"), comment).box,
    h("p", { class: "actions" },
      button(say("Accept"), judge("accepted"), more),
      button(say("Return with a comment"), judge("returned"), more))];
}
