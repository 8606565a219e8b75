// Elements from words: text is always text, never HTML.

export type Child = Node | string | null | undefined | false | Child[];

/** An element: h("button", {class: "x", onclick: f}, "words", child …). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Record<string, unknown> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) assign(element, name, value);
  element.append(...(children.flat(9) as Child[]).filter((child): child is Node | string => Boolean(child)));
  return element;
}

function assign(element: HTMLElement, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
  else element.setAttribute(name, value === true ? "" : String(value));
}

export const button = (words: Child, onclick: () => void, more: Record<string, unknown> = {}): HTMLButtonElement =>
  h("button", { type: "button", onclick, ...more }, words);

/** A bar of how far something is claimed, and within it how far it is shown; its words stand beside it or in `far`. */
export function bar({ claimed, shown, far }: { claimed: number; shown: number; far: string }): HTMLElement {
  const part = (kind: string, percent: number): HTMLElement => {
    const element = h("i", { class: kind });
    element.style.width = `${Math.min(Math.max(percent, 0), 100)}%`;
    return element;
  };
  return h("span", { class: "far", role: "img", "aria-label": far, title: far },
    part("claimed", claimed), part("shown", shown));
}

const painted = new WeakMap<HTMLElement, string>();

/**
 * Fills a place again if what is shown there became other, so that nothing that somebody types is lost; what had the
 * focus, known by its `data-key`, has it again.
 */
export function repaint(place: HTMLElement, shown: unknown, make: () => Child): void {
  const now = JSON.stringify(shown);
  if (painted.get(place) === now) return;
  painted.set(place, now);
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest<HTMLElement>("[data-key]")?.dataset.key;
  place.replaceChildren(...h("div", {}, make()).childNodes);
  if (key) place.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
