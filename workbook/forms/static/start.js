// @ts-check
// Beginning an audit, opening another one, or looking at the demo.

import { button, complain, Field, fold, h, select } from "./dom.js";
import { Panel } from "./panel.js";
import { datalist, SpeakerFields } from "./speaker.js";

/** @import { Frame } from "./frame.js" */
/** @import { Reply } from "./types" */

const PATIENCE = 120000; // milliseconds, for the demo on a slow machine
const DEMO = "An invented company with two ML systems, answered in part: to look around and try everything.";

/** @param {Frame} frame */
export async function startPanel(frame) {
  const { wire, state } = frame;
  const reply = await wire.ask("audits", {}, { patience: PATIENCE });
  if (!reply.ok) return new Panel("Which audits there are is not known", h("p", { class: "wrong" }, reply.says));
  const { audits, zones, zone } = reply;
  const first = !state.engagement && !audits.length;
  const said = h("p", { class: "said", role: "status" });

  /** @param {string} what @param {Record<string, any>} more @param {string} doing */
  const go = async (what, more, doing) => {
    said.textContent = doing;
    const reply = await wire.ask(what, more, { patience: PATIENCE });
    said.textContent = reply.ok ? "Opening …" : reply.says ?? "";
    if (reply.reload) window.location.reload();
    return reply;
  };
  const others = audits.filter((/** @type {string[]} */ [name]) => name !== state.engagement);
  const known = others.map((/** @type {string[]} */ [name, title]) =>
    h("li", {}, button(title, () => go("open", { name }, "Opening …")), " ", h("span", { class: "mute" }, name)));
  const demo = audits.some((/** @type {string[]} */ [name]) => name === "demo") ? null
    : h("p", {}, button("Look at the demo", () => go("demo", {}, "Loading the demo, a few seconds …")), " ",
      h("span", { class: "mute" }, DEMO));
  const fields = beginFields(frame, { zones, zone, audits }, go);
  const panel = new Panel(first ? "Begin your first audit" : "Open or begin an audit",
    known.length ? h("ul", { class: "audits", "aria-label": "Audits of this workspace" }, known) : null,
    first || !known.length ? fields : fold("Begin a new audit", fields), demo, said);
  return state.engagement ? panel : panel.stay();
}

/**
 * The fields of a new audit, and of who speaks if nobody has said so.
 * @param {Frame} frame @param {{zones: string[], zone: string, audits: [name: string, title: string][]}} offered
 * @param {(what: string, more: Record<string, any>, doing: string) => Promise<Reply>} go
 */
function beginFields({ wire, state }, { zones, zone, audits }, go) {
  const list = datalist("zones", zones);
  const earlier = /** @type {[string, string][]} */ (audits.map(([name, title]) => [name, `${title} (${name})`]));
  const text = (/** @type {Record<string, any>} */ more = {}) => h("input", { type: "text", ...more });
  const fields = {
    source: new Field("Goes on from an earlier audit?", select([["", "No, it begins empty"], ...earlier]),
      "Its registers, risks, answers and evidence come along, to be verified again; what is left empty here is taken "
      + "from it, and the audit period is the following year."),
    title: new Field("What is it called?", text({ placeholder: "ISMS audit 2027" })),
    organisation: new Field("Organisation", text({ placeholder: "Northlight Credit" })),
    audit_date: new Field("Audit begins", h("input", { type: "date" }),
      "Every due date is counted back from this day. It may stay open for now."),
    name: new Field("Short name", text({ placeholder: "isms-audit-2027" }),
      "Names its folder and stands in commands; made from the title if you leave it empty."),
    time_zone: new Field("Time zone", text({ list: list.id, value: zone })),
  };
  const speaker = state.unnamed ? new SpeakerFields(wire, state) : null;
  const begin = async () => {
    if (speaker && !(await speaker.speak()).ok) return;
    const typed = Object.entries(fields).map(([id, field]) => [id, field.value]);
    complain(fields, await go("begin", Object.fromEntries(typed), "Beginning …"));
  };
  return h("div", {},
    earlier.length ? h("div", { class: "g" }, fields.source.box) : null,
    h("div", { class: "g" }, fields.title.box, fields.organisation.box, fields.audit_date.box),
    speaker && h("div", { class: "g" }, speaker.boxes),
    fold("More", h("div", { class: "g" }, fields.name.box, fields.time_zone.box), list),
    h("p", { class: "actions" }, button("Begin", begin, { class: "main does" })));
}
