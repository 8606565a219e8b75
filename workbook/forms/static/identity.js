// @ts-check
// Who speaks in this notebook.

import { Frame } from "./frame.js";
import { speakerFields } from "./speaker.js";

/** @import { Place } from "./types" */

/** @param {Place} place */
export function identity(place) {
  const frame = new Frame(place);
  frame.el.append(speakerFields(frame.wire, frame.state));
  return () => frame.leave();
}
