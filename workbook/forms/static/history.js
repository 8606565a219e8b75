// @ts-check
// Every version of one record with what changed in it, and a way back to each.

import { difference } from "./difference.js";
import { button, h, when } from "./dom.js";
import { Panel } from "./panel.js";
import { Action } from "./saver.js";
import { say } from "./say.js";

/** @import { Named, Version } from "./types" */
/** @import { Wire } from "./wire.js" */

/** A value as a person reads it. @param {any} value */
export const plain = (value) => (Array.isArray(value) ? value.join(", ") : String(value ?? ""));

/**
 * @param {Wire} wire
 * @param {string} kind
 * @param {string} key
 * @param {Named[]} fields those whose changes are shown
 * @param {(revision: Version) => void} restored
 */
export async function historyPanel(wire, kind, key, fields, restored) {
  const reply = await wire.ask("history", { kind, key });
  if (!reply.ok) return new Panel(say("History"), h("p", { class: "wrong" }, reply.says));
  /** @type {Version[]} */
  const versions = reply.history;
  if (!versions.length) return new Panel(say("History"), h("p", {}, say("Nothing was saved yet.")));
  const lines = versions.map((version, place) => h("li", {},
    h("p", { class: "mute" }, `${say("Version {n}", { n: version.version })} · ${when(version.at)} · ${version.by}`),
    changes(version, versions[place + 1], fields),
    place && version.body ? back(wire, kind, version, restored) : null));
  return new Panel(say("History"), h("ol", { class: "versions" }, lines));
}

/** @param {Version} version @param {Version | undefined} older @param {Named[]} fields */
function changes(version, older, fields) {
  if (version.body === null) return [h("p", {}, say("Deleted."))];
  const [now, past] = [version.body, older?.body ?? {}];
  return fields.filter(([id]) => plain(now[id]) !== plain(past[id])).map(([id, label, read = plain]) =>
    h("p", {}, h("b", {}, `${label}: `), difference(read(past[id]), read(now[id]))));
}

/** @param {Wire} wire @param {string} kind @param {Version} version @param {(revision: Version) => void} restored */
function back(wire, kind, version, restored) {
  const action = new Action(wire, "restore");
  const press = button(say("Restore version {n}", { n: version.version }), async () => {
    const done = await action.send({ kind, key: version.key, number: version.number });
    if (done.revision) restored(done.revision);
    else press.after(h("span", { class: "wrong", role: "alert" }, done.says));
  });
  return press;
}
