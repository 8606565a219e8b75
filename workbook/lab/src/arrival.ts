// Arriving at a question, a row or a section: the form that holds it opens it; a heading is scrolled to.

import { ARRIVE } from "./contract.js";

const EVERY = 250;
const PATIENCE = 20_000;
const BY_HAND = ["pointerdown", "keydown", "wheel"];

let current: AbortController | undefined;

/** Tries until somebody takes it, the person does something else, or patience is over. */
export function arrive(root: HTMLElement, anchor: string): void {
  current?.abort();
  const one = current = new AbortController();
  const end = performance.now() + PATIENCE;
  for (const act of BY_HAND) root.addEventListener(act, () => one.abort(), { signal: one.signal, passive: true });
  const attempt = (): void => {
    if (one.signal.aborted || taken(root, anchor) || performance.now() > end) one.abort();
    else setTimeout(attempt, EVERY);
  };
  attempt();
}

function taken(root: HTMLElement, anchor: string): boolean {
  const asked = new CustomEvent(ARRIVE, { cancelable: true, detail: { anchor, root } });
  if (!document.dispatchEvent(asked)) return true;
  const name = CSS.escape(anchor);
  const heading = root.querySelector<HTMLElement>(`:is(h1,h2,h3,h4):is([id="${name}"],[data-jupyter-id="${name}"])`);
  if (!heading) return false;
  heading.scrollIntoView({ block: "start" });
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}
