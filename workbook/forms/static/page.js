// @ts-check
// One notebook's page: asks once for all its forms whether somebody else recorded something.

import { Wire } from "./wire.js";

/** @import { Model } from "./types" */

const EVERY = 10000;
const PATIENCE = 8000;

/** @type {Map<string, Set<(trouble: string) => void>>} what each page's forms do when the kernel is silent, or back */
const listeners = new Map();

/** Calls `hear` with what is wrong with the kernel, or nothing; returns how to stop. */
export function listen(/** @type {string} */ page, /** @type {(trouble: string) => void} */ hear) {
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
    if (document.hidden) return;
    const reply = await wire.ask("look", {}, { patience: PATIENCE });
    for (const hear of listeners.get(model.get("page")) ?? []) hear(reply.lost ? reply.says ?? "" : "");
  };
  const timer = setInterval(look, EVERY);
  return () => clearInterval(timer);
}
