// @ts-check
// Several questions at once: given to an owner, or set to not applicable with one reason.

import { stillTrue, unconfirmed } from "./again.js";
import { button, complain, Field, h } from "./dom.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { say } from "./say.js";
import { NOT_APPLICABLE } from "./shown.js";
import { datalist } from "./speaker.js";
import { offerUndo } from "./undo.js";

/** @import { QuestionList } from "./questions.js" */
/** @import { Child } from "./types" */

/** @param {QuestionList} list */
export function severalPanel(list) {
  const { wire, state } = list.frame;
  const owners = datalist("people", state.owners);
  const owner = new Field(say("Owner"), h("input", { type: "text", list: owners.id }));
  const due = new Field(say("Due"), h("input", { type: "date" }));
  const reason = new Field(say("Reason, the same for all"), h("textarea", { rows: 2 }), NOT_APPLICABLE);
  const said = h("p", { role: "status" });
  const tell = (/** @type {string} */ says, /** @type {Child[]} */ ...more) =>
    said.replaceChildren(h("span", {}, says, more.length ? " " : "", more));
  const assign = new Action(wire, "assign");
  const exclude = new Action(wire, "not_applicable");

  /** @param {Action} action @param {Record<string, any>} more */
  const all = async (action, more) => {
    if (!list.picked.size) {
      tell(say("Tick at least one question first."));
      return;
    }
    const reply = await action.send({ keys: [...list.picked], ...more });
    const told = complain({ owner, due, rationale: reason }, reply);
    if (!reply.ok) {
      tell(told ? "" : reply.says ?? "");
      return;
    }
    offerUndo(tell, wire, reply.says ?? "", reply.number);
    list.picked.clear();
    list.paint();
  };
  const tickAll = () => {
    for (const item of list.visible()) if (!item.folded) list.picked.add(item.key);
    list.paint();
  };
  const setExcluded = () => {
    if (reason.value.trim()) {
      all(exclude, { reason: reason.value });
      return;
    }
    reason.complain(say("A reason is needed."));
    reason.control.focus();
  };
  const confirm = stillTrue(wire, {
    who: () => list.frame.state.who,
    ticked: () => list.items.filter((i) => list.picked.has(i.key)).map((i) =>
      ({ ...i, key: i.key, version: i.version, title: [i.title, i.systemName].filter(Boolean).join(" · ") })),
    tell,
    done: (says, number) => {
      offerUndo(tell, wire, says, number);
      list.picked.clear();
      list.paint();
    },
  });
  return new Panel(say("Several questions at once"),
    h("p", {}, say("Tick the questions in the list."), " ", button(say("Tick all shown"), tickAll)),
    h("div", { class: "two" },
      h("div", {}, owner.box, due.box, owners,
        button(say("Set owner and due date"), () => all(assign, { owner: owner.value, due: due.value }))),
      h("div", {}, reason.box, button(say("Set to not applicable"), setExcluded))),
    unconfirmed(list.items).length ? h("div", {}, confirm) : null,
    said);
}
