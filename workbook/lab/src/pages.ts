// Our notebooks among all that are open, and the ways to them: from the panel, from links, from the address.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";

import type { Page, Target } from "./contract.js";
import { LivePage } from "./livepage.js";
import { decoded, FOLDER, folderOf, pageAt, targetOf } from "./places.js";
import type { Watch } from "./watch.js";

const RUN_ALL = ["notebook:run-all-cells", "runmenu:run-all"];
const RESTART_AND_RUN_ALL = ["notebook:restart-run-all", "runmenu:restart-and-run-all"];

/** Where the address leads when the window is opened; JupyterLab changes it as soon as it has started. */
const ADDRESS = { path: decoded(location.pathname), anchor: decoded(location.hash.slice(1)) };
const IN_TABS = PageConfig.getOption("notebookPage") !== ""; // Notebook 7: each page is a tab of the browser

export class Pages {
  readonly #live = new Map<NotebookPanel, LivePage>();
  #asked: { path: string; anchor: string } | undefined = ADDRESS;

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly watch: Watch,
  ) {}

  /** Takes care of our notebooks from now on; `dress` is told of each when it is opened. */
  begin(dress: (panel: NotebookPanel) => void): void {
    this.tracker.forEach((panel) => this.#meet(panel, dress));
    this.tracker.widgetAdded.connect((_, panel) => this.#meet(panel, dress));
    this.tracker.currentChanged.connect(() => void this.#current?.consider());
    this.watch.changed.connect(() => this.#update());
    this.app.commands.commandExecuted.connect((_, { id, result }) => {
      const restarts = RESTART_AND_RUN_ALL.includes(id);
      if (restarts || RUN_ALL.includes(id)) void this.#current?.commanded(result, restarts);
    });
    document.addEventListener("click", (event) => this.#clicked(event), { capture: true });
  }

  /** The file of the page that is open; empty where another notebook is. */
  get here(): string {
    return this.#current?.file ?? "";
  }

  /** Opens a page and arrives there. */
  async open({ page, anchor }: Target): Promise<void> {
    const open = [...this.#live.values()].find(({ file }) => file === page);
    if (open) {
      this.app.shell.activateById(open.panel.id);
      open.arriveAt(anchor);
      return;
    }
    const path = await this.#folderOf(page) + page;
    if (IN_TABS) {
      const address = URLExt.join(PageConfig.getBaseUrl(), "notebooks", URLExt.encodeParts(path));
      window.open(anchor ? `${address}#${encodeURIComponent(anchor)}` : address, "_blank");
    } else {
      this.#asked = { path, anchor };
      await this.app.commands.execute("docmanager:open", { path });
    }
  }

  get #current(): LivePage | undefined {
    const panel = this.tracker.currentWidget;
    return panel ? this.#live.get(panel) : undefined;
  }

  /** The folder of our pages on this server: as one that is open, else where the server has this one. */
  async #folderOf(page: string): Promise<string> {
    const [open] = this.#live.keys();
    if (open) return folderOf(open.context.path);
    return this.app.serviceManager.contents.get(page, { content: false }).then(() => "", () => FOLDER);
  }

  get #pages(): readonly Page[] {
    return this.watch.state?.pages ?? [];
  }

  #meet(panel: NotebookPanel, dress: (panel: NotebookPanel) => void): void {
    const { path } = panel.context;
    const page = pageAt(this.#pages, path);
    if (!page) return;
    const live = new LivePage(panel, page);
    this.#live.set(panel, live);
    panel.disposed.connect(() => this.#live.delete(panel));
    dress(panel);
    if (!`/${this.#asked?.path}`.endsWith(`/${path}`)) return;
    live.arriveAt(this.#asked?.anchor ?? "");
    this.#asked = undefined;
  }

  #update(): void {
    for (const [panel, live] of this.#live) {
      const page = pageAt(this.#pages, panel.context.path);
      if (page) live.update(page);
    }
  }

  #clicked(event: MouseEvent): void {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (!link || ![...this.#live.keys()].some((panel) => panel.node.contains(link))) return;
    const target = targetOf(this.#pages, link.href, location.href);
    if (!target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.open(target);
  }
}
