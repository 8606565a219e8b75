// @ts-check
// The line that says which record is open: brings the style sheet, watches the record for the whole page, and begins or
// opens another audit.

import { followAddress } from "./arrive.js";
import { button, h } from "./dom.js";
import { Frame } from "./frame.js";
import { helps } from "./helps.js";
import { listen, watch } from "./page.js";
import { say } from "./say.js";
import { startPanel } from "./start.js";

/** @import { Model, Place } from "./types" */

/** One sheet in the document's head; a newer one takes the place of an older. @param {string} css */
export function dress(css) {
  let style = document.getElementById("mlaw-sheet");
  if (!style) {
    style = document.createElement("style");
    style.id = "mlaw-sheet";
    document.head.append(style);
  }
  if (style.textContent !== css) style.textContent = css;
}

/** Tells whoever surrounds the notebook what was recorded, and who speaks now. @param {Frame} frame */
function tellOthers(frame) {
  let { revision, who, role } = frame.state;
  frame.follow(() => {
    const { engagement, ...now } = frame.state;
    if (now.revision !== revision) tell("mlaw:recorded", { engagement, revision: now.revision });
    if (now.who !== who || now.role !== role) tell("mlaw:speaker", {});
    ({ revision, who, role } = now);
  });
}

/**
 * Another audit was opened on another page: offered here, or followed at once where none has begun.
 * @param {Frame} frame @param {HTMLElement} news
 */
function follow(frame, news) {
  const { engagement, elsewhere: name } = frame.state;
  const open = () => frame.wire.ask("open", { name });
  news.hidden = !name || !engagement;
  if (name && !engagement && news.dataset.name !== name) open();
  news.dataset.name = name;
  if (!news.hidden) {
    const says = say("The audit {name} was opened on another page; this one still shows {engagement}.",
      { name, engagement });
    news.replaceChildren(says, " ", button(say("Show it here"), open));
  }
}

/** @param {string} event @param {object} detail */
const tell = (event, detail) => document.dispatchEvent(new CustomEvent(event, { detail }));

export const line = {
  /** @param {{model: Model}} place */
  initialize({ model }) {
    dress(model.get("sheet"));
    return watch(model);
  },

  /** @param {Place} place */
  render(place) {
    const frame = new Frame(place);
    const says = h("div", { tabIndex: -1 });
    const below = h("div", {});
    let shown = frame.state.engagement;
    const other = button(say("Another audit …"), async () => {
      below.replaceChildren((await startPanel(frame)).box);
    });
    const news = h("p", { class: "news", role: "status", hidden: true });
    const help = helps(place.model.get("helps"), frame.el);
    const actions = h("p", { class: "actions" }, help.buttons, other);
    const paint = () => {
      const { engagement, value, chooses } = frame.state;
      says.innerHTML = value;
      if (engagement !== shown) {
        if (frame.busy(below)) says.focus({ preventScroll: true }); // what was pressed is gone
        below.replaceChildren();
      }
      shown = engagement;
      other.hidden = !chooses;
      actions.hidden = !engagement;
      frame.el.classList.toggle("begin", !engagement);
      follow(frame, news);
    };
    frame.el.append(says, news, actions, help.below, below);
    frame.follow(paint);
    tellOthers(frame);
    paint();
    if (!frame.state.engagement) startPanel(frame).then((panel) => below.replaceChildren(panel.box));
    const left = [listen(frame.state.page), followAddress(), help.leave];
    return () => {
      for (const leave of left) leave();
      frame.leave();
    };
  },
};
