// @ts-check
// Beginning an audit, opening another one, or looking at the demo.

import { button, complain, Field, fold, h, select } from "./dom.js";
import { Panel } from "./panel.js";
import { say } from "./say.js";
import { datalist, SpeakerFields } from "./speaker.js";

/** @import { Frame } from "./frame.js" */
/** @import { Reply } from "./types" */

const PATIENCE = 120000; // milliseconds, for the demo on a slow machine
const DEMO = say("An invented company with two ML systems, answered in part: to look around and try everything.");

/** @param {Frame} frame */
export async function startPanel(frame) {
  const { wire, state } = frame;
  const reply = await wire.ask("audits", {}, { patience: PATIENCE });
  if (!reply.ok) return new Panel(say("Which audits there are is not known"), h("p", { class: "wrong" }, reply.says));
  const { audits, zones, zone, languages } = reply;
  const first = !state.engagement && !audits.length;
  const said = h("p", { class: "said", role: "status" });

  /** @param {string} what @param {Record<string, any>} more @param {string} doing */
  const go = async (what, more, doing) => {
    said.textContent = doing;
    const reply = await wire.ask(what, more, { patience: PATIENCE });
    said.textContent = reply.ok ? say("Opening …") : reply.says ?? "";
    if (reply.reload) window.location.reload();
    return reply;
  };
  const others = audits.filter((/** @type {string[]} */ [name]) => name !== state.engagement);
  const known = others.map((/** @type {string[]} */ [name, title]) =>
    h("li", {}, button(title, () => go("open", { name }, say("Opening …"))), " ", h("span", { class: "mute" }, name)));
  const demo = audits.some((/** @type {string[]} */ [name]) => name === "demo") ? null
    : h("p", {}, button(say("Look at the demo"), () => go("demo", {}, say("Loading the demo, a few seconds …"))), " ",
      h("span", { class: "mute" }, DEMO));
  const fields = beginFields(frame, { zones, zone, audits, languages }, go);
  const panel = new Panel(first ? say("Begin your first audit") : say("Open or begin an audit"),
    known.length ? h("ul", { class: "audits", "aria-label": say("Audits of this workspace") }, known) : null,
    first || !known.length ? fields : fold(say("Begin a new audit"), fields), demo, said);
  return state.engagement ? panel : panel.stay();
}

/**
 * The fields of a new audit, and of who speaks if nobody has said so.
 * @param {Frame} frame
 * @param {{zones: string[], zone: string, audits: [name: string, title: string][],
 *   languages: [string, string][]}} offered
 * @param {(what: string, more: Record<string, any>, doing: string) => Promise<Reply>} go
 */
function beginFields({ wire, state }, { zones, zone, audits, languages }, go) {
  const list = datalist("zones", zones);
  const earlier = /** @type {[string, string][]} */ (audits.map(([name, title]) => [name, `${title} (${name})`]));
  const text = (/** @type {Record<string, any>} */ more = {}) => h("input", { type: "text", ...more });
  const fields = {
    source: new Field(say("Goes on from an earlier audit?"), select([["", say("No, it begins empty")], ...earlier]),
      say("Its registers, risks, answers and evidence come along, to be verified again; "
        + "what is left empty here is taken from it, and the audit period is the following year.")),
    title: new Field(say("What is it called?"), text({ placeholder: say("ISMS audit 2027") })),
    organisation: new Field(say("Organisation"), text({ placeholder: "Northlight Credit" })),
    audit_date: new Field(say("Audit begins"), h("input", { type: "date" }),
      say("Every due date is counted back from this day. It may stay open for now.")),
    language: new Field(say("Language"), select(languages), say("Forms and reports speak it.")),
    name: new Field(say("Short name"), text({ placeholder: "isms-audit-2027" }),
      say("Names its folder and stands in commands; made from the title if you leave it empty.")),
    time_zone: new Field(say("Time zone"), text({ list: list.id, value: zone })),
  };
  fields.source.control.addEventListener("change", () => {
    fields.language.box.hidden = Boolean(fields.source.value); // it comes along with the earlier audit
  });
  const [own] = navigator.language.split("-");
  if (languages.some(([language]) => language === own)) fields.language.control.value = own;
  const speaker = state.unnamed ? new SpeakerFields(wire, state) : null;
  const begin = async () => {
    if (speaker && !(await speaker.speak()).ok) return;
    const typed = Object.entries(fields).map(([id, field]) => [id, field.value]);
    complain(fields, await go("begin", Object.fromEntries(typed), say("Beginning …")));
  };
  return h("div", {},
    earlier.length ? h("div", { class: "g" }, fields.source.box) : null,
    h("div", { class: "g" }, fields.title.box, fields.organisation.box, fields.audit_date.box,
      fields.language.box),
    speaker && h("div", { class: "g" }, speaker.boxes),
    fold(say("More"), h("div", { class: "g" }, fields.name.box, fields.time_zone.box), list),
    h("p", { class: "actions" }, button(say("Begin"), begin, { class: "main does" })));
}
