// Which notebook is a page of the audit, and where a link leads.

import type { Page, Target } from "./contract.js";

/** The page that a notebook is; undefined for everybody else's notebooks. */
export const pageAt = (pages: readonly Page[], path: string): Page | undefined =>
  pages.find((page) => page.file === path);

/** Where a link leads, if it leads to a page of the audit on this server. */
export function targetOf(pages: readonly Page[], href: string, here: string): Target | undefined {
  const url = parsed(href, here);
  if (!url || url.origin !== new URL(here).origin) return undefined;
  const page = pageAt(pages, decoded(url.pathname.slice(url.pathname.lastIndexOf("/") + 1)));
  return page && { page: page.file, anchor: decoded(url.hash.slice(1)) };
}

function parsed(href: string, here: string): URL | undefined {
  try {
    return new URL(href, here);
  } catch {
    return undefined;
  }
}

/** What an address says; as it is where it was not encoded. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
