// Our notebooks among all that are open, and the ways to them: from the panel, from links, from the address.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";

import { OPEN, Target } from "./contract.js";
import { LivePage } from "./livepage.js";
import { decoded, pageAt, targetOf } from "./places.js";
import type { Watch } from "./watch.js";

const RUN_ALL = new Set(["notebook:run-all-cells", "notebook:restart-run-all", "runmenu:run-all",
  "runmenu:restart-and-run-all"]);

/** What the address asked for when the window was opened; JupyterLab drops it as soon as it has started. */
const ASKED: Target = { page: PageConfig.getOption("treePath") || PageConfig.getOption("notebookPath"),
  anchor: decoded(location.hash.slice(1)) };

export class Pages {
  readonly #live = new Map<NotebookPanel, LivePage>();
  #asked: Target | undefined = ASKED;

  /** @param dress what is done once with each of our notebooks when it is opened */
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly watch: Watch,
    private readonly dress: (panel: NotebookPanel) => void,
  ) {
    tracker.forEach((panel) => this.#meet(panel));
    tracker.widgetAdded.connect((_, panel) => this.#meet(panel));
    tracker.currentChanged.connect(() => void this.current?.consider());
    watch.changed.connect(() => this.#update());
    app.commands.commandExecuted.connect((_, { id, result }) => {
      if (RUN_ALL.has(id) && this.current) this.#stay(this.current, result);
    });
    document.addEventListener(OPEN, (event) => this.#opened(event as CustomEvent<Target>));
    document.addEventListener("click", (event) => this.#clicked(event), { capture: true });
  }

  /** The page that is open; undefined where another notebook is. */
  get current(): LivePage | undefined {
    const panel = this.tracker.currentWidget;
    return panel ? this.#live.get(panel) : undefined;
  }

  /** The file of the page that is open. */
  get here(): string {
    return this.current?.panel.context.path ?? "";
  }

  /** Opens a page and arrives there. */
  async open({ page, anchor }: Target): Promise<void> {
    const open = [...this.#live.values()].find(({ panel }) => panel.context.path === page);
    if (open) {
      this.app.shell.activateById(open.panel.id);
      open.arriveAt(anchor);
    } else if (PageConfig.getOption("notebookPage")) {
      const address = URLExt.join(PageConfig.getBaseUrl(), "notebooks", page);
      window.open(anchor ? `${address}#${encodeURIComponent(anchor)}` : address, "_blank");
    } else {
      this.#asked = { page, anchor };
      await this.app.commands.execute("docmanager:open", { path: page });
    }
  }

  #meet(panel: NotebookPanel): void {
    const { path } = panel.context;
    const page = this.watch.state && pageAt(this.watch.state.pages, path);
    if (!page) return;
    const live = new LivePage(panel, page);
    this.#live.set(panel, live);
    panel.disposed.connect(() => this.#live.delete(panel));
    this.dress(panel);
    if (this.#asked?.page !== path) return;
    live.arriveAt(this.#asked.anchor);
    this.#asked = undefined;
  }

  #update(): void {
    for (const [panel, live] of this.#live) {
      const page = pageAt(this.watch.state?.pages ?? [], panel.context.path);
      if (page) live.update(page);
    }
  }

  /** Run All leads to the last cell; whoever reads the page wants to stay at its top. */
  #stay(live: LivePage, result: Promise<unknown>): void {
    const { content } = live.panel;
    void live.follow(result);
    content.activeCellIndex = 0;
    void content.scrollToItem(0).catch(() => undefined);
  }

  #opened(event: CustomEvent<Target>): void {
    const page = pageAt(this.watch.state?.pages ?? [], event.detail.page);
    if (!page) return;
    event.preventDefault();
    void this.open({ page: page.file, anchor: event.detail.anchor });
  }

  #clicked(event: MouseEvent): void {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (!link || ![...this.#live.keys()].some((panel) => panel.node.contains(link))) return;
    const target = targetOf(this.watch.state?.pages ?? [], link.href, location.href);
    if (!target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.open(target);
  }
}
