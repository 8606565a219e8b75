// @ts-check
// Files that come from Python and are saved by the browser.

import { button, h } from "./dom.js";
import { Panel } from "./panel.js";
import { say } from "./say.js";

/** @import { Frame } from "./frame.js" */

const PATIENCE = 60000;
const KEPT = 60000; // milliseconds in which the browser takes the bytes

/** A button that offers the files of a form, in a panel under the line it stands in. @param {Frame} frame */
export function downloads(frame) {
  /** @type {Panel | null} */
  let panel = null;
  const way = button(say("Download …"), () => {
    panel?.box.remove();
    panel = downloadPanel(frame);
    way.parentElement?.after(panel.box);
  });
  return way;
}

/** @param {Frame} frame */
function downloadPanel(frame) {
  const said = h("p", { class: "said", role: "status" });
  /** @type {[string, string][]} */
  const offers = frame.state.downloads;
  const ways = offers.map(([file, words]) => button(words, async () => {
    said.textContent = say("Being made …");
    const reply = await frame.wire.ask("download", { file }, { patience: PATIENCE });
    said.textContent = reply.ok ? say("Downloaded {file}.", { file: reply.name }) : reply.says ?? "";
    if (reply.ok) keep(reply.name, reply.type, reply.buffers);
  }));
  const whom = h("p", { class: "mute" }, say("For the team: what customers may not read is in it, too."));
  return new Panel(say("Download"), whom, h("p", { class: "actions" }, ways), said);
}

/** Lets the browser save a file. @param {string} name @param {string} type @param {DataView[]} buffers */
export function keep(name, type, buffers) {
  const href = URL.createObjectURL(new Blob(/** @type {BlobPart[]} */ (buffers), { type }));
  const link = h("a", { href, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), KEPT);
}
