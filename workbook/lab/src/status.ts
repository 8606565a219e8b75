// The item of the status bar: which record, at which revision, and whether all is saved.

import { Widget } from "@lumino/widgets";

import { AuditState, Saving, SAVING } from "./contract.js";
import { button } from "./dom.js";
import { statusOf } from "./shown.js";

export class StatusItem extends Widget {
  readonly #words: HTMLButtonElement;
  #state: AuditState | undefined;
  #saving: Saving | null = null;

  constructor(open: () => void) {
    const words = button("", open, { title: "Open the audit panel" });
    super({ node: words });
    this.#words = words;
    this.addClass("mlaw-status");
    document.addEventListener(SAVING, (event) => {
      this.#saving = (event as CustomEvent<Saving>).detail;
      this.#paint();
    });
  }

  tell(state: AuditState): void {
    this.#state = state;
    this.#paint();
  }

  #paint(): void {
    if (this.#state) this.#words.textContent = statusOf(this.#state, this.#saving);
    this.toggleClass("failed", this.#saving?.state === "failed");
  }
}
