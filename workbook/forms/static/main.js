// @ts-check
// All that a page needs, sent once: the line brings it, and every form of the page takes what it shows from here.

import { engagement } from "./engagement.js";
import { identity } from "./identity.js";
import { line } from "./line.js";
import { portfolio } from "./portfolio.js";
import { questions } from "./questions.js";
import { register } from "./register.js";
import { report } from "./report.js";
import { reviews } from "./reviews.js";
import { samples } from "./samples.js";
import { tasks } from "./tasks.js";

/** @import { Model } from "./types" */

/** What draws each kind of form. */
export const forms = { engagement, identity, portfolio, questions, register, report, reviews, samples, tasks };

/** The line as anywidget loads it: it hands the forms to whoever waits for this version of them, now or later. */
export default {
  ...line,
  /** @param {{model: Model}} place */
  initialize(place) {
    const waiting = (globalThis.mlawForms ??= new Map());
    const version = place.model.get("modules_version");
    const entry = waiting.get(version);
    if (entry) entry.arrived(forms);
    else waiting.set(version, { forms: Promise.resolve(forms), arrived() {}, asked: 0 });
    return line.initialize(place);
  },
};
