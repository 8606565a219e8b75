// @ts-check
// A panel that opens under what it belongs to.

import { button, h } from "./dom.js";
import { say } from "./say.js";

/** @import { Child } from "./types" */

/** Enter in one of its fields presses the button of the class `does`; Escape closes it and gives the focus back. */
export class Panel {
  /** @param {string} title @param {...Child} children buttons among them stand below, beside “Close” */
  constructor(title, ...children) {
    const heading = h("h4", { tabIndex: -1 }, title);
    this.before = /** @type {HTMLElement | null} */ (document.activeElement);
    this.box = h("section", { class: "panel", "aria-label": title }, heading, ...children);
    /** @type {() => void} */
    this.closed = () => {};
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    const ways = [...this.box.children].filter((child) => child.tagName === "BUTTON");
    this.box.append(h("p", { class: "actions" }, ways, button(say("Close"), () => this.leave())));
    this.going = setTimeout(() => {
      if (!this.box.contains(document.activeElement)) heading.focus({ preventScroll: false });
    }, 0);
  }

  /** It stands there from the first, and cannot be closed: nothing else is to be done here. */
  stay() {
    clearTimeout(this.going);
    this.box.querySelector(":scope > .actions > button:last-child")?.remove();
    this.leave = () => {};
    return this;
  }

  leave() {
    this.box.remove();
    if (this.before?.isConnected) this.before.focus();
    this.closed();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const inField = /** @type {HTMLElement} */ (event.target).tagName === "INPUT";
    const does = event.key === "Enter" && inField && this.box.querySelector("button.does");
    if (does instanceof HTMLElement) {
      event.preventDefault();
      does.click();
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      this.leave();
    }
  }
}
