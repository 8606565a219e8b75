// One of our notebooks while it is open: run by itself when it may be, and where a person wants to arrive on it.

import { CodeCell } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";

import { arrive } from "./arrival.js";
import type { Page } from "./contract.js";
import { button, h } from "./dom.js";

type Status = "" | "running" | "ready" | "failed";

const OWN_CODE = "This page's code is not what the workbook ships, so it was not run by itself.";
const FAILED = "This page stopped at an error.";
const ENDED = "What runs this page ended. What is recorded is safe.";

export class LivePage {
  #begun = false;
  #status: Status = "";
  #run = 0;
  #commanded = 0;
  #wanted = "";
  #bar: Widget | undefined;

  constructor(readonly panel: NotebookPanel, private page: Page) {
    const { sessionContext } = panel;
    sessionContext.statusChanged.connect((_, status) => this.#hear(status));
    sessionContext.kernelChanged.connect(() => this.#forget());
    void Promise.all([panel.context.ready, sessionContext.ready]).then(() => this.consider());
  }

  /** The name of its file. */
  get file(): string {
    return this.page.file;
  }

  /** The page as the server sees it now. */
  update(page: Page): void {
    this.page = page;
    void this.consider();
  }

  /** Goes to this anchor once the page was run; without one, nowhere. */
  arriveAt(anchor: string): void {
    this.#wanted = anchor;
    void this.consider();
    this.#arrive();
  }

  /** Runs the page if it may be run by itself, can be seen, and was not run since its kernel began. */
  async consider(): Promise<void> {
    if (!this.#due) return;
    const { isReady, session } = this.panel.sessionContext;
    if (this.page.known && (!isReady || session?.kernel)) this.#mark("running");
    if (!await this.#hasKernel() || !this.#due) return; // it may have begun while we waited
    if (this.page.known) await this.run();
    else this.#say(OWN_CODE, "Run this page");
  }

  /** Runs every cell, and leaves the person where they are. */
  async run(): Promise<void> {
    const { content, sessionContext } = this.panel;
    const cells = content.widgets.filter((cell) => cell instanceof CodeCell);
    const replies = Promise.all(cells.map((cell) => CodeCell.execute(cell, sessionContext)));
    await this.#follow(replies.then((all) => all.every((reply) => !reply || reply.content.status === "ok")));
  }

  /** Somebody runs all by a command, which leads to the last cell; whoever reads the page wants to stay at its top. */
  async commanded(running: Promise<unknown>, restarts: boolean): Promise<void> {
    this.#top();
    if (!restarts) return this.#follow(running);
    this.#commanded += 1; // so that it is not run twice
    const ran = await running.catch(() => false);
    this.#commanded -= 1;
    if (ran === true) await this.#follow(Promise.resolve(true));
    else await this.consider();
    this.#top();
  }

  get #due(): boolean {
    return !this.#begun && !this.#commanded && this.panel.isVisible && !this.panel.isDisposed;
  }

  get #edited(): boolean {
    const { sharedModel } = this.panel.context.model;
    return sharedModel.canUndo() || sharedModel.cells.some((cell) => cell.canUndo());
  }

  async #follow(running: Promise<unknown>): Promise<void> {
    const run = ++this.#run;
    this.#begun = true;
    this.#mark("running");
    const well = await running.catch(() => false);
    if (run !== this.#run || this.panel.isDisposed) return; // the kernel was restarted, or the page run again
    this.#mark(well === false ? "failed" : "ready");
    if (!this.#edited) this.panel.context.model.dirty = false; // what a page shows is never saved
    this.#arrive();
  }

  #forget(): void {
    this.#run += 1;
    this.#begun = false;
    this.#mark("");
  }

  /** What the kernel does. After it ended by itself the page waits for a person: run again, it might do so for ever. */
  #hear(status: Kernel.Status): void {
    if (status === "restarting") this.#forget();
    if (status === "idle") void this.consider();
    if (status !== "dead" && status !== "autorestarting") return;
    this.#run += 1;
    this.#begun = true;
    this.#bar?.dispose();
    this.#mark("failed", ENDED);
  }

  async #hasKernel(): Promise<boolean> {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (kernel?.connectionStatus !== "connected") return false;
    const info = await kernel.info.catch(() => null); // it is called idle before it answers
    return info !== null && kernel.status === "idle";
  }

  #mark(status: Status, why = FAILED): void {
    this.#status = status;
    if (status) this.panel.node.dataset.mlaw = status;
    else delete this.panel.node.dataset.mlaw;
    this.panel.node.setAttribute("aria-busy", String(status === "running"));
    if (status === "failed") this.#say(why, "Run this page again");
    else this.#bar?.dispose();
  }

  #say(words: string, act: string): void {
    if (this.#bar?.isDisposed === false) return; // it says so already
    const run = button(act, () => void this.run());
    this.#bar = new Widget({ node: h("div", { class: "mlaw-notice", role: "status" }, h("p", {}, words), run) });
    this.panel.contentHeader.addWidget(this.#bar);
  }

  #top(): void {
    const { content } = this.panel;
    content.activeCellIndex = 0;
    content.scrollToItem(0).catch(() => undefined); // another scroll took its place
  }

  #arrive(): void {
    if (!this.#wanted || (this.#status !== "ready" && this.#status !== "failed")) return;
    arrive(this.panel.node, this.#wanted);
    this.#wanted = "";
  }
}
