// The code of our pages: folded away by a class on their panel, shown by one toggle. Notebooks are left as they are.

import { ToolbarButton } from "@jupyterlab/apputils";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";

import { TOGGLE_CODE } from "./commands.js";

const FOLDED = "mlaw-folded";
const SETTING = "showCode";

export class Folding {
  readonly #panels = new Set<NotebookPanel>();
  #settings: ISettingRegistry.ISettings | undefined;
  shown = false;

  /** Remembers the choice with the settings, where there are any. */
  async remember(registry: ISettingRegistry, plugin: string): Promise<void> {
    this.#settings = await registry.load(plugin);
    const take = (): void => this.#show(this.#settings?.composite[SETTING] === true);
    this.#settings.changed.connect(take);
    take();
  }

  /** A page of ours was opened. */
  add(panel: NotebookPanel, toggle: () => void): void {
    this.#panels.add(panel);
    panel.disposed.connect(() => this.#panels.delete(panel));
    panel.toggleClass(FOLDED, !this.shown);
    panel.toolbar.insertItem(0, TOGGLE_CODE, new ToolbarButton({ label: "Code", onClick: toggle,
      tooltip: "Show or hide the code of the audit's pages" }));
  }

  async toggle(): Promise<void> {
    this.#show(!this.shown);
    await this.#settings?.set(SETTING, this.shown);
  }

  #show(shown: boolean): void {
    this.shown = shown;
    for (const panel of this.#panels) panel.toggleClass(FOLDED, !shown);
  }
}
