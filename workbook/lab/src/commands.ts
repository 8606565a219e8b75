// The commands, and the palette through which every page, question, row and piece of evidence is found.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import type { IDisposable } from "@lumino/disposable";

import type { IndexItem, Page, Target } from "./contract.js";

export const TOGGLE_CODE = "workbook:toggle-code";
const OPEN = "workbook:open";
const CATEGORY = "ML Audit Workbook";
const MOST = 2000;

/** What the commands do. */
export interface Acts {
  open(target: Target): void;
  next(): void;
  mine(): void;
  search(): void;
  toggleCode(): void;
  codeShown(): boolean;
}

export function addCommands({ commands }: JupyterFrontEnd, acts: Acts, palette: ICommandPalette | null): void {
  commands.addCommand(OPEN, {
    label: ({ label }) => typeof label === "string" ? label : "Open a page or question",
    execute: ({ page, anchor }) => acts.open({ page: String(page ?? ""), anchor: String(anchor ?? "") }),
  });
  commands.addCommand("workbook:next-question", { label: "Next open question", execute: () => acts.next() });
  commands.addCommand("workbook:my-questions", { label: "Your questions", execute: () => acts.mine() });
  commands.addCommand("workbook:search", { label: "Search questions, rows and evidence",
    execute: () => acts.search() });
  commands.addCommand(TOGGLE_CODE, { label: () => acts.codeShown() ? "Hide code" : "Show code",
    caption: "The code of all pages of the audit", execute: () => acts.toggleCode() });
  for (const command of ["workbook:next-question", "workbook:my-questions", "workbook:search", TOGGLE_CODE]) {
    palette?.addItem({ command, category: CATEGORY });
  }
}

/** What the palette finds: pages and what is on them, changed only where they are other than before. */
export class Findable {
  #added = new Map<string, IDisposable>();

  constructor(private readonly palette: ICommandPalette) {}

  show(pages: readonly Page[], items: readonly IndexItem[]): void {
    const wanted = new Map<string, { label: string } & Target>();
    for (const { file, title } of pages) wanted.set(file, { label: `Page: ${title}`, page: file, anchor: "" });
    for (const item of items.slice(0, MOST)) {
      const label = item.about ? `${item.title} – ${item.about}` : item.title;
      wanted.set(`${item.page}#${item.anchor} ${label}`, { label, page: item.page, anchor: item.anchor });
    }
    for (const [key, item] of this.#added) {
      if (wanted.has(key)) continue;
      item.dispose();
      this.#added.delete(key);
    }
    for (const [key, args] of wanted) {
      if (this.#added.has(key)) continue;
      this.#added.set(key, this.palette.addItem({ command: OPEN, category: CATEGORY, args: { ...args } }));
    }
  }
}
