// @ts-check
// Draws one form with what the page's line has brought; asks Python for it where there is no line.
// Sent with every form, so it is short and imports nothing.

/** @import { Entry, Model, Place } from "./types" */

const AFTER = 3000; // milliseconds until it asks
const WAIT = 15000;
const WAITING = "This form waits for the notebook's kernel. Run the cell that opens the audit, then this one again.";

/** The forms of one version of the workbook: there already, or promised to whoever asks before they arrive. */
function entryOf(/** @type {string} */ version) {
  const entries = (globalThis.mlawForms ??= new Map());
  const known = entries.get(version);
  if (known) return known;
  /** @type {Entry} */
  const entry = { asked: 0, arrived: () => {}, forms: new Promise(() => {}) };
  entry.forms = new Promise((resolve) => { entry.arrived = resolve; });
  entries.set(version, entry);
  return entry;
}

/** Asks Python for the modules, unless another form of the page did so a moment ago. */
function ask(/** @type {Model} */ model, /** @type {Entry} */ entry) {
  if (Date.now() - entry.asked < WAIT) return;
  entry.asked = Date.now();
  model.on("msg:custom", async (reply) => {
    if (reply.re !== "modules") return;
    const url = URL.createObjectURL(new Blob([reply.modules], { type: "text/javascript" }));
    entry.arrived((await import(url)).forms);
    URL.revokeObjectURL(url);
  });
  model.send({ do: "modules", id: "modules" });
}

export default {
  /** @param {Place & {signal?: AbortSignal}} place @returns {Promise<(() => void) | undefined>} */
  async render({ model, el, signal }) {
    const entry = entryOf(model.get("modules_version"));
    const asking = setInterval(() => ask(model, entry), AFTER);
    const telling = setTimeout(() => { el.textContent = WAITING; }, WAIT);
    const stop = () => {
      clearInterval(asking);
      clearTimeout(telling);
    };
    signal?.addEventListener("abort", stop);
    const forms = await entry.forms;
    stop();
    el.replaceChildren();
    return signal?.aborted ? undefined : forms[model.get("form")]({ model, el });
  },
};
