// @ts-check
// Links from page to page: whoever surrounds the notebook may open them in its own way.

const PAGE = /^(?:.*\/)?(\d\d_\w+\.ipynb)(?:#(.*))?$/;

let leading = false;

/** The page and the place on it that a link leads to; null for any other link. @param {string} href */
export function leadsTo(href) {
  const found = PAGE.exec(href);
  return found && { page: found[1], anchor: decodeURIComponent(found[2] ?? "") };
}

/** Offers each click on a link of ours as the event `mlaw:open`; the browser follows those that nobody takes. */
export function leadLinks() {
  if (leading) return;
  leading = true;
  document.addEventListener("click", (event) => {
    const pressed = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const link = /** @type {Element} */ (event.target).closest?.(".mlaw a[href]");
    const detail = pressed || !link ? null : leadsTo(link.getAttribute("href") ?? "");
    if (!link || !detail) return;
    const open = new CustomEvent("mlaw:open", { detail, bubbles: true, cancelable: true, composed: true });
    if (!link.dispatchEvent(open)) event.preventDefault();
  }, true);
}
