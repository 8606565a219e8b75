// Who speaks: said in a line, changed in a small form below it.

import type { Speaker } from "./contract.js";
import { button, Child, h } from "./dom.js";

/** The form; `speak` sends what is said and returns why it was refused, or nothing. */
export function speakerForm(
  speaker: Speaker, speak: (name: string, role: string) => Promise<string>, close: (() => void) | null,
): HTMLFormElement {
  const name = h("input", { id: "mlaw-audit-name", type: "text", "data-key": "name", autocomplete: "off",
    "aria-describedby": "mlaw-audit-name-says" });
  name.value = speaker.unnamed ? "" : speaker.name;
  const role = h("select", { id: "mlaw-audit-role", "data-key": "role" },
    speaker.roles.map((value) => h("option", { value, selected: value === speaker.role }, value)));
  const says = h("p", { id: "mlaw-audit-name-says", class: "wrong", role: "status" });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    says.textContent = await speak(name.value.trim(), role.value);
  };
  return h("form", { class: "who", "aria-label": "Who speaks?", onsubmit: (event: Event) => void send(event) },
    field("mlaw-audit-name", "Name or role", name), field("mlaw-audit-role", "Role in the audit", role), says,
    h("p", { class: "actions" }, h("button", { type: "submit", "data-key": "speak" }, "Speak as this"),
      close && button("Cancel", close)));
}

const field = (id: string, words: string, control: Child): HTMLElement =>
  h("div", { class: "field" }, h("label", { for: id }, words), control);
