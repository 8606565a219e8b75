// @ts-check
// All engagements side by side; each can be opened for the other pages, and its report where the server shows it.

import { button, h } from "./dom.js";
import { Frame } from "./frame.js";
import { say } from "./say.js";
import { served } from "./served.js";

/** @import { Place } from "./types" */

const ROW = "engagement-";

/** @param {Place} place */
export function portfolio(place) {
  const frame = new Frame(place);
  const said = h("p", { class: "news", role: "status", hidden: true });
  const shown = h("div", {});
  let value = "";

  /** @param {string} name @param {string} title */
  const open = async (name, title) => {
    const reply = await frame.wire.ask("open", { name });
    const link = reply.ok ? h("a", { href: reply.page }, say("Go to its first page.")) : null;
    said.hidden = false;
    const says = say("{title} is open in the other pages.", { title });
    said.replaceChildren(link ? `${says} ` : reply.says ?? "", link ?? "");
    link?.click();
  };
  const paint = () => {
    if (frame.state.value === value) return;
    value = frame.state.value;
    shown.innerHTML = value;
    const rows = [...shown.querySelectorAll("tr")].filter((row) => row.id.startsWith(ROW));
    for (const row of rows) {
      const title = row.querySelector("th b")?.textContent ?? "";
      const press = button(say("Open{verb}", { verb: "" }), () => open(row.id.slice(ROW.length), title),
        { "aria-label": say("Open {what}", { what: title }) });
      row.querySelector("th")?.append(press);
    }
    leadToReports(shown, rows);
  };
  frame.el.append(said, shown);
  frame.follow(paint);
  paint();
  return () => frame.leave();
}

/**
 * Links to reports lead to where the server shows them; where it does not, they are words.
 * @param {HTMLElement} shown @param {HTMLElement[]} rows
 */
async function leadToReports(shown, rows) {
  const links = rows.flatMap((row) => {
    const link = row.querySelector("th a");
    return link instanceof HTMLAnchorElement ? [{ link, path: [row.id.slice(ROW.length), "index.html"] }] : [];
  });
  for (const { link } of links) link.removeAttribute("href");
  const first = links.length ? await served(links[0].path) : null;
  if (!first || !shown.isConnected) return;
  const root = first.slice(0, -links[0].path.map(encodeURIComponent).join("/").length);
  for (const { link, path } of links) {
    Object.assign(link, { href: root + path.map(encodeURIComponent).join("/"), target: "_blank", rel: "noopener" });
  }
}
