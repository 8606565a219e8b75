// The code of our pages: folded away by a class on their panel, shown by one toggle. Notebooks are left as they are.

import type { NotebookPanel } from "@jupyterlab/notebook";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { CommandToolbarButton } from "@jupyterlab/ui-components";
import type { CommandRegistry } from "@lumino/commands";

import { TOGGLE_CODE } from "./commands.js";

const FOLDED = "mlaw-folded";
const SETTING = "showCode";

export class Folding {
  readonly #panels = new Set<NotebookPanel>();
  shown = false;

  /** @param settings where the choice is remembered, if there are any */
  constructor(private readonly commands: CommandRegistry, private readonly settings?: ISettingRegistry.ISettings) {
    const take = (): void => this.#show(settings?.composite[SETTING] === true);
    settings?.changed.connect(take);
    take();
  }

  /** A page of ours was opened. */
  add(panel: NotebookPanel): void {
    this.#panels.add(panel);
    panel.disposed.connect(() => this.#panels.delete(panel));
    panel.toggleClass(FOLDED, !this.shown);
    const toggle = new CommandToolbarButton({ commands: this.commands, id: TOGGLE_CODE });
    if (!panel.toolbar.insertBefore("spacer", TOGGLE_CODE, toggle)) panel.toolbar.addItem(TOGGLE_CODE, toggle);
  }

  async toggle(): Promise<void> {
    this.#show(!this.shown);
    await this.settings?.set(SETTING, this.shown);
  }

  #show(shown: boolean): void {
    this.shown = shown;
    for (const panel of this.#panels) panel.toggleClass(FOLDED, !shown);
    if (this.commands.hasCommand(TOGGLE_CODE)) this.commands.notifyCommandChanged(TOGGLE_CODE);
  }
}
