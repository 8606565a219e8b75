// Which notebook is a page of the audit, and where a link leads.

import type { Page, Target } from "./contract.js";

const FOLDER = "notebooks/";

/** The page that this notebook is; undefined for everybody else's. A server shows the workspace, or its notebooks. */
export const pageAt = (pages: readonly Page[], path: string): Page | undefined =>
  pages.find(({ file }) => path === file || path === FOLDER + file);

/** The folder of our pages on a server, known from a page that is open there or from the folder that it shows. */
export function folderOf(open: string | undefined, root: string): string {
  if (open !== undefined) return open.startsWith(FOLDER) ? FOLDER : "";
  return !root || `${root}/`.endsWith(`/${FOLDER}`) ? "" : FOLDER;
}

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
