// @ts-check
// The frame of every form: keys stay inside, and a notice says what is newer or wrong.

import { button, h, ownKeys } from "./dom.js";
import { listen } from "./page.js";
import { say } from "./say.js";
import { Wire } from "./wire.js";

/** @import { Place } from "./types" */

export class Frame {
  /** @param {Place} place */
  constructor({ model, el }) {
    this.el = el;
    this.model = model;
    this.wire = new Wire(model);
    this.notice = h("p", { class: "news", role: "status", hidden: true });
    el.classList.add("mlaw", "mlaw-form");
    el.dataset.form = model.get("form");
    ownKeys(el);
    el.append(this.notice);
    this.follow(() => this.tell(this.state.error));
    this.tell(this.state.error);
    /** @type {(() => void)[]} */
    this.left = [listen(this.state.page, (error) => { if (error || this.silent) this.tell(error, true); })];
    this.silent = false;
    this.fresh = false;
  }

  /** What Python says is to be shown. @returns {any} */
  get state() {
    return this.model.get("state");
  }

  /** Calls `paint` whenever there is something else to show. @param {() => void} paint */
  follow(paint) {
    this.model.on("change:state", paint);
  }

  /** A sentence above the form; nothing to say hides it. @param {string} [words] @param {boolean} [silent] */
  tell(words = "", silent = false) {
    this.silent = silent && Boolean(words);
    this.fresh = false;
    this.notice.replaceChildren(words);
    this.notice.hidden = !words;
  }

  /** Somebody recorded something newer than what is being edited here. @param {string} by @param {() => void} show */
  news(by, show) {
    this.fresh = true;
    const says = say("{who} recorded something newer here.", { who: by });
    this.notice.replaceChildren(says, " ", button(say("Show it"), () => {
      this.tell();
      show();
    }));
    this.notice.hidden = false;
  }

  /** What was newer is shown, or is not edited any more. */
  noNews() {
    if (this.fresh) this.tell();
  }

  /** Whether a person is in this element with the pointer or the keyboard. @param {Element} [part] */
  busy(part = this.el) {
    return part.contains(document.activeElement);
  }

  /**
   * Somebody comes for what stands under an anchor; `open` opens it if it stands here, and says whether it does.
   * @param {(anchor: string) => boolean} open
   */
  arriving(open) {
    const hear = (/** @type {Event} */ event) => {
      const { anchor, root } = /** @type {CustomEvent} */ (event).detail;
      if (root.contains(this.el) && open(anchor)) event.preventDefault();
    };
    document.addEventListener("mlaw:arrive", hear);
    this.leaving(() => document.removeEventListener("mlaw:arrive", hear));
  }

  /** @param {() => void} does when the form is taken out of the page */
  leaving(does) {
    this.left.push(does);
  }

  leave() {
    for (const does of this.left) does();
  }
}
