// @ts-check
// Name and role of whoever speaks; every form of the page follows at once.

import { button, Field, h, select, unique } from "./dom.js";
import { say, term } from "./say.js";

/** @import { Reply } from "./types" */
/** @import { Wire } from "./wire.js" */

/** The two fields, and what they do. */
export class SpeakerFields {
  /** @param {Wire} wire @param {any} state */
  constructor(wire, { people = [], unnamed, who, role, roles, fixed }) {
    this.wire = wire;
    this.names = datalist("people", people);
    this.name = new Field(say("Your name or role"),
      h("input", { type: "text", list: this.names.id, disabled: fixed }),
      fixed ? say("Comes from the hub or the environment.")
        : say("For example Security lead. It stands beside everything you say."));
    this.role = new Field(say("Role in the audit"), select(roles.map((/** @type {string} */ p) => [p, term(p)]), {}),
      say("Reviewers and auditors never judge their own answers."));
    this.show({ unnamed, who, role });
    this.boxes = [this.name.box, this.role.box, this.names];
  }

  /** Shows who speaks now. @param {any} state */
  show({ unnamed, who, role }) {
    this.name.control.value = unnamed ? "" : who;
    this.role.control.value = role;
  }

  /** @returns {Promise<Reply>} */
  async speak() {
    const reply = await this.wire.ask("speak", { name: this.name.value, role: this.role.value });
    this.name.complain(reply.ok ? "" : reply.says);
    if (!reply.ok) this.name.control.focus();
    return reply;
  }
}

/** Names to choose from while one types. @param {string} prefix @param {string[]} names */
export const datalist = (prefix, names) =>
  h("datalist", { id: unique(prefix) }, names.map((value) => h("option", { value })));

/** Offers other names from now on. @param {HTMLDataListElement} list @param {string[]} names */
export function offer(list, names) {
  if ([...list.options].map((option) => option.value).join("\n") === names.join("\n")) return;
  list.replaceChildren(...names.map((value) => h("option", { value })));
}

/** @type {Promise<boolean> | null} the one question that is open, whichever forms wait for its answer */
let asking = null;

/**
 * Asks who speaks, before the first word is recorded; false if nobody says so.
 * @param {Wire} wire @param {any} state
 */
export function askWho(wire, state) {
  asking ??= asked(wire, state).finally(() => { asking = null; });
  return asking;
}

/** @param {Wire} wire @param {any} state @returns {Promise<boolean>} */
function asked(wire, state) {
  const fields = new SpeakerFields(wire, state);
  const title = h("h4", { id: unique("who") }, say("Who speaks?"));
  const dialog = h("dialog", { "class": "mlaw mlaw-form", "aria-labelledby": title.id,
    "data-lm-suppress-shortcuts": "true" });
  return new Promise((resolve) => {
    const speak = async () => { if ((await fields.speak()).ok) dialog.close("said"); };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "said");
    });
    for (const name of ["keydown", "keypress", "keyup"]) {
      dialog.addEventListener(name, (event) => {
        event.stopPropagation();
        if (/** @type {KeyboardEvent} */ (event).key === "Enter" && event.target === fields.name.control
          && name === "keydown") speak();
      });
    }
    dialog.append(title, h("p", {}, say("Everything is recorded under a name or role. You are asked once; "
      + "what you typed is saved then.")), h("div", { class: "g" }, fields.boxes),
      h("p", { class: "actions" }, button(say("Speak as this"), speak, { class: "main" }),
        button(say("Not now"), () => dialog.close())));
    document.body.append(dialog);
    dialog.showModal();
  });
}
