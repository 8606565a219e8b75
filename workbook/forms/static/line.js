// @ts-check
// The line that says which record is open: brings the style sheet, and watches the record for the whole page.

import { listen, watch } from "./page.js";

/** @import { Model, Place } from "./types" */

/** One sheet in the document's head; a newer one takes the place of an older. @param {string} css */
export function dress(css) {
  let style = document.getElementById("mlaw-sheet");
  if (!style) {
    style = document.createElement("style");
    style.id = "mlaw-sheet";
    document.head.append(style);
  }
  if (style.textContent !== css) style.textContent = css;
}

export const line = {
  /** @param {{model: Model}} place */
  initialize({ model }) {
    dress(model.get("sheet"));
    return watch(model);
  },

  /** @param {Place} place */
  render({ model, el }) {
    const paint = () => { el.innerHTML = model.get("value"); };
    model.on("change:value", paint);
    paint();
    return listen(model.get("page"));
  },
};
