// Which notebook is a page of the audit, and where a link leads.

import type { Page, Target } from "./contract.js";

/** Where the pages lie for a server that shows the whole workspace; others show this folder. */
export const FOLDER = "notebooks/";

/** The page that this notebook is; undefined for everybody else's. */
export const pageAt = (pages: readonly Page[], path: string): Page | undefined =>
  pages.find(({ file }) => path === file || path === FOLDER + file);

/** The folder of all pages, known from the path of one. */
export const folderOf = (path: string): string => path.startsWith(FOLDER) ? FOLDER : "";

/** Where a link leads, if it leads to a page of the audit on this server. */
export function targetOf(pages: readonly Page[], href: string, here: string): Target | undefined {
  const url = parsed(href, here);
  if (!url || url.origin !== new URL(here).origin) return undefined;
  const name = decoded(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  const page = pages.find(({ file }) => file === name);
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
