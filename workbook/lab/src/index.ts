// The extension: begins only where the server has a workspace of ours, and otherwise does and says nothing.

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStatusBar } from "@jupyterlab/statusbar";

import { Acts, addCommands, Findable } from "./commands.js";
import { LOOK } from "./contract.js";
import { Folding } from "./folding.js";
import { auditIcon } from "./icon.js";
import { Pages } from "./pages.js";
import { AuditPanel } from "./panel.js";
import { post } from "./server.js";
import { StatusItem } from "./status.js";
import { Watch } from "./watch.js";

const ID = "ml-audit-workbook:plugin";

/** What JupyterLab or Notebook 7 lends us; either may lack some. */
interface Lent {
  tracker: INotebookTracker;
  palette: ICommandPalette | null;
  settings: ISettingRegistry | null;
  statusBar: IStatusBar | null;
  restorer: ILayoutRestorer | null;
}

/** What of ours the commands work on. */
interface Parts {
  folding: Folding;
  pages: Pages;
  panel: AuditPanel;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "The audit beside its pages.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ISettingRegistry, IStatusBar, ILayoutRestorer],
  activate: (app: JupyterFrontEnd, tracker, palette, settings, statusBar, restorer) => {
    const watch = new Watch();
    const lent: Lent = { tracker, palette, settings, statusBar, restorer };
    void watch.begin().then((ours) => ours ? begin(app, watch, lent) : undefined);
  },
};

async function begin(app: JupyterFrontEnd, watch: Watch, lent: Lent): Promise<void> {
  const settings = await lent.settings?.load(ID).catch(() => undefined);
  const folding = new Folding(app.commands, settings);
  const pages = new Pages(app, lent.tracker, watch);
  const panel = new AuditPanel({ open: (target) => void pages.open(target), items: () => watch.index(),
    speak: (name, role) => speak(watch, name, role) });
  place(app, panel, lent.restorer, settings?.composite.openPanel !== false);
  addCommands(app, actsOf(app, watch, { folding, pages, panel }), lent.palette);
  const show = (): void => { if (watch.state) panel.tell(watch.state, pages.here); };
  watch.changed.connect(show);
  watch.indexed.connect(() => panel.found());
  lent.tracker.currentChanged.connect(show);
  pages.begin((page) => {
    folding.add(page);
    show();
  });
  show();
  if (lent.palette) listAll(watch, new Findable(lent.palette));
  if (lent.statusBar) addStatus(lent.statusBar, watch, () => app.shell.activateById(panel.id));
}

/** Says who speaks; why it was refused, or nothing once every form and the panel know. */
async function speak(watch: Watch, name: string, role: string): Promise<string> {
  const refused = await post("workbook/speaker", { name, role });
  if (refused) return refused;
  document.dispatchEvent(new CustomEvent(LOOK));
  await watch.look();
  return "";
}

function place(app: JupyterFrontEnd, panel: AuditPanel, restorer: ILayoutRestorer | null, opened: boolean): void {
  panel.title.icon = auditIcon;
  panel.title.caption = "Audit";
  app.shell.add(panel, "left", { rank: 1 });
  restorer?.add(panel, panel.id);
  if (opened) void app.restored.then(() => app.shell.activateById(panel.id));
}

function actsOf(app: JupyterFrontEnd, watch: Watch, { folding, pages, panel }: Parts): Acts {
  const unfolded = (act: () => void) => (): void => {
    app.shell.activateById(panel.id);
    requestAnimationFrame(act);
  };
  return {
    open: (target) => void pages.open(target),
    next: () => { if (watch.state?.next) void pages.open(watch.state.next); },
    mine: unfolded(() => panel.mine()),
    search: unfolded(() => panel.search()),
    toggleCode: () => void folding.toggle(),
    codeShown: () => folding.shown,
  };
}

function listAll(watch: Watch, findable: Findable): void {
  const show = (): void => { if (watch.state) findable.show(watch.state.pages, watch.items); };
  watch.changed.connect(show);
  watch.indexed.connect(show);
  show();
  void watch.index();
}

function addStatus(statusBar: IStatusBar, watch: Watch, open: () => void): void {
  const item = new StatusItem(open);
  const show = (): void => { if (watch.state) item.tell(watch.state); };
  watch.changed.connect(show);
  show();
  statusBar.registerStatusItem(ID, { item, align: "left", rank: 0 });
}

export default plugin;
