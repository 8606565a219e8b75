// @ts-check
// Where the server around a notebook shows a made report.

/** The address of a file of a report; null where nobody serves it. @param {string[]} path engagement and file */
export async function served(path) {
  const href = `${base()}workbook/reports/${path.map(encodeURIComponent).join("/")}`;
  const there = await fetch(href, { method: "HEAD", credentials: "same-origin" }).catch(() => null);
  return there?.ok && !there.redirected ? href : null;
}

/** Where the Jupyter server, or the app, is found on its machine. */
function base() {
  const told = document.getElementById("jupyter-config-data")?.textContent ?? "{}";
  const { baseUrl } = JSON.parse(told);
  return baseUrl ?? "/";
}
