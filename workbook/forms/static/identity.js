// @ts-check
// Who speaks: said here, and shown as it is now, wherever it was said.

import { button, h } from "./dom.js";
import { Frame } from "./frame.js";
import { say, term } from "./say.js";
import { offer, SpeakerFields } from "./speaker.js";

/** @import { Place } from "./types" */

/** @param {Place} place */
export function identity(place) {
  const frame = new Frame(place);
  const fields = new SpeakerFields(frame.wire, frame.state);
  const said = h("span", { role: "status", class: "saving" });
  fields.name.control.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Enter") fields.speak();
  });
  const tell = () => {
    const { unnamed, who, role } = frame.state;
    said.textContent = unnamed ? "" : say("You speak as {name}, {role}.", { name: who, role: term(role) });
  };
  let shown = [frame.state.who, frame.state.role].join();
  frame.follow(() => {
    const { who, role, people } = frame.state;
    offer(fields.names, people);
    tell();
    if ([who, role].join() !== shown) fields.show(frame.state);
    shown = [who, role].join();
  });
  tell();
  frame.el.append(h("div", { class: "who" }, h("div", { class: "g" }, fields.boxes),
    h("p", { class: "actions" }, button(say("Speak as this"), () => fields.speak()), said)));
  return () => frame.leave();
}
