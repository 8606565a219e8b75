// @ts-check
// One notebook's page: asks once for all its forms whether somebody else recorded something.

import { Wire } from "./wire.js";

/** @import { Model } from "./types" */

const EVERY = 10000;
const PATIENCE = 8000;

/** @type {Map<string, Set<(error: string) => void>>} what each page shows, and does when the kernel is silent */
const listeners = new Map();

/**
 * Something of this page is shown, until what is returned is called; `hear` is told what is wrong with the kernel.
 * @param {string} page
 * @param {(error: string) => void} [hear]
 */
export function listen(page, hear = () => {}) {
  const those = listeners.get(page) ?? new Set();
  listeners.set(page, those.add(hear));
  return () => { those.delete(hear); };
}

/**
 * Python compares what the page shows with the record, and sends each form what it has to show; returns how to stop.
 * @param {Model} model
 */
export function watch(model) {
  const wire = new Wire(model);
  const look = async () => {
    const shown = listeners.get(model.get("state").page);
    if (document.hidden || !shown?.size) return; // a line that was replaced asks no more
    const reply = await wire.ask("look", {}, { patience: PATIENCE });
    for (const hear of shown) hear(reply.lost ? reply.says ?? "" : "");
  };
  const timer = setInterval(look, EVERY);
  document.addEventListener("mlaw:look", look); // who surrounds the notebook heard of something newer
  model.on("comm:close", look); // so that no form looks alive without its kernel
  return () => {
    clearInterval(timer);
    document.removeEventListener("mlaw:look", look);
  };
}
