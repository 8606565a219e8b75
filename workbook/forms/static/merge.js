// @ts-check
// One person changed the same in two places: what was typed here stays, everything else is as it was recorded since.

import { plain } from "./history.js";

/**
 * @param {Record<string, any>} mine what stands in the form
 * @param {Record<string, any>} before what it showed before anything was typed
 * @param {Record<string, any>} now what was recorded since
 * @returns {Record<string, any>}
 */
export const merged = (mine, before, now) => Object.fromEntries(Object.keys(mine).map((name) =>
  [name, plain(mine[name]) === plain(before[name]) ? now[name] : mine[name]]));
