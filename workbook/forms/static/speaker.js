// @ts-check
// Name and role of whoever speaks; every form of the page follows at once.

import { button, Field, h, select, unique } from "./dom.js";

/** @import { Wire } from "./wire.js" */

/** @param {Wire} wire @param {any} state */
export function speakerFields(wire, state) {
  const names = datalist("people", state.people ?? []);
  const own = state.unnamed ? "" : state.who;
  const name = h("input", { type: "text", list: names.id, disabled: state.fixed, value: own });
  const role = select(state.roles.map((/** @type {string} */ p) => [p, p]), {});
  role.value = state.role;
  const said = h("span", { role: "status", class: "saving" },
    state.unnamed ? "" : `You speak as ${state.who}, ${state.role}.`);
  const field = new Field("Name or role", name, state.fixed ? "Comes from the hub or the environment."
    : "For example Security lead. It stands beside everything you say.");
  const speak = async () => {
    const reply = await wire.ask("speak", { name: name.value, role: role.value });
    field.complain(reply.ok ? "" : reply.says);
    if (reply.ok) said.textContent = `✓ ${reply.says}`;
  };
  name.addEventListener("keydown", (event) => { if (event.key === "Enter") speak(); });
  return h("div", { class: "who" },
    h("div", { class: "g" }, field.box,
      new Field("Role in the audit", role, "Reviewers and auditors never judge their own answers.").box),
    names, h("p", { class: "actions" }, button("Speak as this", speak), said));
}

/** Names to choose from while one types. @param {string} prefix @param {string[]} names */
export const datalist = (prefix, names) =>
  h("datalist", { id: unique(prefix) }, names.map((value) => h("option", { value })));

/** Asked once, above the first form of a page, until somebody has said it. @param {Wire} wire @param {any} state */
export function askWho(wire, state) {
  const place = h("div", {});
  setTimeout(() => {
    if (!place.isConnected || document.querySelector(".mlaw-form .who")) return;
    place.append(h("section", { class: "panel", "aria-label": "Who speaks?" }, h("h4", {}, "Who speaks?"),
      h("p", {}, `Until you say so, everything is recorded as “${state.who}”.`), speakerFields(wire, state)));
  }, 50);
  return place;
}
