// @ts-check
// What helps on a whole page, in its line: the keys, and on the first page a tour.

import { button, h } from "./dom.js";
import { meanings } from "./guidance.js";
import { Panel } from "./panel.js";
import { say } from "./say.js";
import { tourButton } from "./tour.js";

/** @import { Lines } from "./types" */

/** @param {{keys: Lines, tour: Lines}} said @param {HTMLElement} el the line, on the page that is meant */
export function helps({ keys, tour }, el) {
  const below = h("div", {});
  const around = tourButton(tour, () => el.closest(".jp-NotebookPanel") ?? document.body);
  return { buttons: [tour.length ? around.begin : null, keysButton(keys, below)], below, leave: around.leave };
}

/** The button that opens and closes the list of keys. @param {Lines} keys @param {HTMLElement} below */
function keysButton(keys, below) {
  /** @type {Panel | null} */
  let panel = null;
  const toggle = button(say("Keys"), () => {
    if (panel) panel.leave();
    else {
      panel = new Panel(say("Keys"), meanings(keys));
      panel.closed = () => {
        panel = null;
        toggle.setAttribute("aria-expanded", "false");
      };
      below.append(panel.box);
    }
    toggle.setAttribute("aria-expanded", String(Boolean(panel)));
  }, { "aria-expanded": "false" });
  return toggle;
}
