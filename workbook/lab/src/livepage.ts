// One of our notebooks while it is open: run by itself when it may be, and where a person wants to arrive on it.

import { CodeCell } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";

import { arrive } from "./arrival.js";
import type { Page } from "./contract.js";
import { button, h } from "./dom.js";

type Status = "" | "running" | "ready" | "failed";

const OWN_CODE = "This page's code is not what the workbook ships, so it was not run by itself.";
const FAILED = "This page stopped at an error.";

export class LivePage {
  #status: Status = "";
  #run = 0;
  #wanted = "";
  #bar: Widget | undefined;

  constructor(readonly panel: NotebookPanel, private page: Page) {
    const { sessionContext } = panel;
    sessionContext.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting") this.#forget();
      if (status === "idle") void this.consider();
    });
    sessionContext.kernelChanged.connect(() => this.#forget());
    void Promise.all([panel.context.ready, sessionContext.ready]).then(() => this.consider());
  }

  /** The page as the server sees it now. */
  update(page: Page): void {
    this.page = page;
    void this.consider();
  }

  /** Goes to this anchor once the page was run. */
  arriveAt(anchor: string): void {
    this.#wanted = anchor;
    void this.consider();
    this.#arrive();
  }

  /** Runs the page if it may be run by itself, can be seen, and was not run since its kernel began. */
  async consider(): Promise<void> {
    if (this.#status || !this.panel.isVisible || !await this.#hasKernel()) return;
    if (this.#status || this.panel.isDisposed) return; // while we waited for the kernel
    if (this.page.known) await this.run();
    else this.#say(OWN_CODE, "Run this page");
  }

  /** Runs every cell, and leaves the person where they are. */
  async run(): Promise<void> {
    const { panel } = this;
    const cells = panel.content.widgets.filter((cell) => cell instanceof CodeCell);
    await this.follow(Promise.all(cells.map((cell) => CodeCell.execute(cell, panel.sessionContext)))
      .then((replies) => replies.every((reply) => !reply || reply.content.status === "ok")));
  }

  /** The page is being run; what is returned by `running` says whether it went well. */
  async follow(running: Promise<unknown>): Promise<void> {
    const run = ++this.#run;
    this.#mark("running");
    const well = await running.catch(() => false);
    if (run !== this.#run || this.panel.isDisposed) return; // the kernel was restarted, or the page run again
    this.#mark(well === false ? "failed" : "ready");
    this.#arrive();
  }

  #forget(): void {
    this.#run += 1;
    this.#mark("");
  }

  async #hasKernel(): Promise<boolean> {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (kernel?.connectionStatus !== "connected") return false;
    await kernel.info; // it is called idle before it is connected, and would never answer
    return kernel.status === "idle";
  }

  #mark(status: Status): void {
    this.#status = status;
    if (status) this.panel.node.dataset.mlaw = status;
    else delete this.panel.node.dataset.mlaw;
    if (status === "failed") this.#say(FAILED, "Run this page again");
    else this.#bar?.dispose();
  }

  #say(words: string, act: string): void {
    this.#bar?.dispose();
    const node = h("div", { class: "mlaw-notice", role: "status" }, h("p", {}, words), button(act, () => void this.run()));
    this.#bar = new Widget({ node });
    this.panel.contentHeader.addWidget(this.#bar);
  }

  #arrive(): void {
    if (!this.#wanted || (this.#status !== "ready" && this.#status !== "failed")) return;
    arrive(this.panel.node, this.#wanted);
    this.#wanted = "";
  }
}
