// @ts-check
// The preparation timeline: how far each task is.

import { Field, h, pill, select } from "./dom.js";
import { downloads } from "./download.js";
import { Frame } from "./frame.js";
import { plain } from "./history.js";
import { RecordForm } from "./record.js";
import { LOCALES, say, term } from "./say.js";
import { datalist, offer } from "./speaker.js";

/** @import { Named, Place } from "./types" */

/** @type {Named[]} */
const NAMES = [["status", say("State"), (status) => term(plain(status))], ["owner", say("Owner")],
  ["note", say("Note")]];

/** @param {Place} place */
export function tasks(place) {
  const frame = new Frame(place);
  const people = datalist("people", frame.state.people);
  const made = new Map(frame.state.tasks.map((/** @type {any} */ task) =>
    [task.key, new Task(frame, task, people.id)]));
  frame.el.append(h("div", { class: "top" }, downloads(frame)), people,
    ...[...made.values()].map((task) => task.box));
  frame.follow(() => {
    offer(people, frame.state.people);
    for (const task of frame.state.tasks) made.get(task.key)?.follow(task);
  });
  return () => frame.leave();
}

class Task {
  /** @param {Frame} frame @param {any} task @param {string} people the id of the list of people to offer */
  constructor(frame, task, people) {
    const states = frame.state.states.map((/** @type {string} */ s) => [s, term(s)]);
    const fields = {
      status: new Field(say("State"), select(states)),
      owner: new Field(say("Owner"), h("input", { type: "text", list: people })),
      note: new Field(say("Note"), h("textarea", { rows: 2 })),
    };
    this.badge = h("span", {});
    this.due = h("span", { class: "r" });
    const about = { kind: "task", key: task.key, what: say("this task"), fields, names: NAMES };
    this.form = new RecordForm(frame, about, task);
    const yields = say("Leaves behind: {artefacts}", { artefacts: task.yields.join("; ") });
    this.box = h("details", {}, h("summary", {}, task.title, this.badge, this.due),
      h("p", {}, task.do), h("p", { class: "mute" }, say("Done when: {what}", { what: task.doneWhen })),
      task.yields.length ? h("p", { class: "mute" }, yields) : null,
      h("div", { class: "g" }, fields.status.box, fields.owner.box), fields.note.box, this.form.extra, this.form.line);
    this.paint(task);
  }

  /** @param {any} task */
  paint({ badge: [kind, words], phase, due }) {
    this.badge.replaceChildren(pill(kind, words));
    const day = due ? new Date(`${due}T12:00`).toLocaleDateString(LOCALES, { dateStyle: "medium" })
      : say("no date yet");
    this.due.textContent = `${phase} · ${day}`;
  }

  /** @param {any} task */
  follow(task) {
    this.paint(task);
    this.form.follow(task);
  }
}
