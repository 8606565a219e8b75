// Shared by every form: making elements, asking Python, saying how saving goes. No library, no build step, no network.

/** An element: h("button", {class: "x", onclick: f}, "words", child …). Text is always text, never HTML. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !["list", "form", "role"].includes(name) && typeof value !== "string") element[name] = value;
    else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
    if (name === "value") element.value = value;
  }
  element.append(...children.flat(9).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return element;
}

let counter = 0;
const unique = (prefix) => `mlaw-${prefix}-${(counter += 1)}-${Math.random().toString(36).slice(2, 7)}`;

/** A label with its control under it, and a place for what is wrong with it. */
function labelled(words, control, help) {
  control.id = control.id || unique("f");
  const wrong = h("p", { class: "wrong", id: `${control.id}-wrong`, hidden: true });
  const hint = help ? h("p", { class: "hint", id: `${control.id}-hint` }, help) : null;
  control.setAttribute("aria-describedby", [hint && hint.id, wrong.id].filter(Boolean).join(" "));
  const box = h("div", { class: control.tagName === "TEXTAREA" ? "field wide" : "field" }, h("label", { for: control.id }, words), control, hint, wrong);
  box.complain = (says) => {
    wrong.textContent = says || "";
    wrong.hidden = !says;
    control.setAttribute("aria-invalid", says ? "true" : "false");
  };
  box.control = control;
  return box;
}

/** Puts what Python says beside the field it speaks of, and clears the others; true if it found the field. */
function complain(fields, reply) {
  for (const [id, field] of Object.entries(fields)) field.complain(!reply.ok && id === reply.field ? reply.says : "");
  return !reply.ok && reply.field in fields;
}

const pill = (kind, words) => h("span", { class: `st ${kind}` }, words);
const button = (words, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, words);
const clock = (at) => (at ? new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }) : "");
const when = (at) => (at ? new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }) : "");

/** Asks Python and waits for the answer. Resolves to {ok, …}; never rejects, so that nobody forgets a failure. */
class Wire {
  constructor(model) {
    this.model = model;
    this.waiting = new Map();
    this.closed = false;
    model.on("msg:custom", (message) => {
      const done = this.waiting.get(message.re);
      if (done) {
        this.waiting.delete(message.re);
        done(message);
      }
    });
    model.on("comm:close", () => { this.closed = true; });
  }

  ask(what, more = {}, buffers = [], patience = 15000) {
    const id = unique("m");
    const lost = {
      ok: false,
      lost: true,
      says: "The notebook's kernel does not answer. Run this cell again; what you typed is kept in this browser.",
    };
    if (this.closed) return Promise.resolve(lost);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        resolve(lost);
      }, patience);
      this.waiting.set(id, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      try {
        this.model.send({ do: what, id, ...more }, undefined, buffers);
      } catch (error) {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(lost);
      }
    });
  }
}

/** What was typed and is not saved yet, kept in the browser until it is. */
const kept = {
  read(name) {
    try { return JSON.parse(localStorage.getItem(`mlaw:${name}`) || "null"); } catch { return null; }
  },
  write(name, value) {
    try { localStorage.setItem(`mlaw:${name}`, JSON.stringify(value)); } catch { /* private window, or full */ }
  },
  drop(name) {
    try { localStorage.removeItem(`mlaw:${name}`); } catch { /* nothing was kept */ }
  },
};

/**
 * Saves a value while somebody types: at once on a choice, a moment after the last key otherwise, one save at a time.
 * `collect()` gives the value, `send(value, base, draft)` asks Python, `show(words, kind, retry)` says how it goes,
 * `fields` are those by name that can be wrong.
 */
class Saver {
  constructor({ name, base, collect, send, show, saved, conflict, fields = {} }) {
    Object.assign(this, { name, base, collect, send, show, saved, conflict, fields });
    this.dirty = false;
    this.busy = false;
    this.timer = 0;
    this.unanswered = null;
  }

  typed(pause = 800) {
    this.dirty = true;
    kept.write(this.name, { base: this.base, value: this.collect() });
    if (!this.busy) this.show("Not saved yet", "wait");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), pause);
  }

  chosen() {
    this.typed(0);
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.busy || !this.dirty) return;
    this.busy = true;
    this.dirty = false;
    // what got no answer is sent again as it was, under the same name, so that it is recorded once
    const sent = this.unanswered || { value: this.collect(), base: this.base, draft: crypto.randomUUID() };
    if (!this.unanswered) this.show("Saving …", "wait");
    const reply = await this.send(sent.value, sent.base, sent.draft);
    this.busy = false;
    this.unanswered = reply.lost ? sent : null;
    complain(this.fields, reply);
    if (reply.ok) {
      this.base = reply.revision.version;
      this.dirty = this.dirty || JSON.stringify(this.collect()) !== JSON.stringify(sent.value);
      if (this.dirty) kept.write(this.name, { base: this.base, value: this.collect() });
      else kept.drop(this.name);
      this.show(`✓ Saved ${clock(reply.revision.at)}`, "done");
      this.saved(reply);
      if (this.dirty) this.flush();
      return;
    }
    this.dirty = true;
    this.show(`Not saved: ${reply.says}`, "failed", () => { this.dirty = true; this.flush(); });
    if (reply.conflict) this.conflict(reply);
    if (reply.lost) this.timer = setTimeout(() => this.flush(), 5000); // a busy kernel answers later
  }
}

/** A panel that opens under what it belongs to; Enter in a field does what it is for, Escape gives the focus back. */
function panel(title, ...children) {
  const heading = h("h4", { tabIndex: -1 }, title);
  const before = document.activeElement;
  const box = h("section", { class: "panel", "aria-label": title }, heading, ...children);
  box.leave = () => {
    box.remove();
    if (before && before.isConnected) before.focus();
  };
  box.addEventListener("keydown", (event) => {
    const does = event.key === "Enter" && event.target.tagName === "INPUT" && box.querySelector("button.does");
    if (does) {
      event.preventDefault();
      does.click();
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      box.leave();
    }
  });
  const ways = [...box.children].filter((child) => child.tagName === "BUTTON");
  box.append(h("p", { class: "actions" }, ways, button("Close", () => box.leave())));
  setTimeout(() => heading.focus({ preventScroll: false }), 0);
  return box;
}

/** The words of `now` that `before` had not, marked; and those that are gone, struck out. */
function difference(before, now) {
  const a = (before || "").split(/(\s+)/);
  const b = (now || "").split(/(\s+)/);
  if (a.length * b.length > 400000) return [now];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push(b[j]); i += 1; j += 1; }
    else if (j < b.length && (i >= a.length || common[i][j + 1] >= common[i + 1][j])) { out.push(h("ins", {}, b[j])); j += 1; }
    else { out.push(h("del", {}, a[i])); i += 1; }
  }
  return out;
}

/** Every version of one record with what changed in it, and a way back to each. */
async function historyPanel(wire, kind, key, fields, restored) {
  const reply = await wire.ask("history", { kind, key });
  if (!reply.ok) return panel("History", h("p", { class: "wrong" }, reply.says));
  const shown = (value) => (Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? "" : String(value));
  const lines = reply.history.map((version, place) => {
    const older = reply.history[place + 1];
    const body = version.body || {};
    const past = (older && older.body) || {};
    const changes = version.body === null
      ? h("p", {}, "Deleted.")
      : fields.filter(([id]) => shown(body[id]) !== shown(past[id])).map(([id, label]) =>
        h("p", {}, h("b", {}, `${label}: `), difference(shown(past[id]), shown(body[id]))));
    const back = place === 0 || version.body === null ? null : button(`Restore version ${version.version}`, async () => {
      const done = await wire.ask("restore", { kind, key, number: version.number });
      if (done.ok) restored(done.revision);
      else back.after(h("span", { class: "wrong", role: "alert" }, done.says));
    });
    return h("li", {}, h("p", { class: "mute" }, `Version ${version.version} · ${when(version.at)} · ${version.by}`), changes, back);
  });
  return panel("History", lines.length ? h("ol", { class: "versions" }, lines) : h("p", {}, "Nothing was saved yet."));
}

/** Name and part of whoever speaks; every form of the page follows at once. */
function speakerFields(wire, state) {
  const names = h("datalist", { id: unique("people") }, (state.people || []).map((p) => h("option", { value: p })));
  const name = h("input", { type: "text", list: names.id, disabled: state.fixed });
  const part = h("select", {}, state.parts.map((p) => h("option", { value: p }, p)));
  name.value = state.unnamed ? "" : state.who;
  part.value = state.part;
  const said = h("span", { role: "status", class: "saving" }, state.unnamed ? "" : `You speak as ${state.who}, ${state.part}.`);
  const field = labelled("Name or role", name, state.fixed ? "Comes from the hub or the environment." : "For example Security lead. It stands beside everything you say.");
  const speak = async () => {
    const reply = await wire.ask("speak", { name: name.value, part: part.value });
    field.complain(reply.ok ? "" : reply.says);
    if (!reply.ok) return;
    said.textContent = `✓ ${reply.says}`;
    window.dispatchEvent(new CustomEvent("mlaw-speaker", { detail: state.engagement }));
  };
  name.addEventListener("keydown", (event) => { if (event.key === "Enter") speak(); });
  return h("div", { class: "who" },
    h("div", { class: "g" }, field, labelled("Part in the audit", part, "Reviewers and auditors never judge their own answers.")),
    names, h("p", { class: "actions" }, button("Speak as this", speak), said));
}

/** Who speaks is asked once, above the first form of a page, until somebody has said it. */
function askWho(wire, state, place) {
  if (!state.unnamed || ["identity", "fields"].includes(state.kind)) return; // 00_start asks between these
  setTimeout(() => {
    if (!place.isConnected || document.querySelector(".mlaw-form .who")) return;
    place.after(h("section", { class: "panel", "aria-label": "Who speaks?" }, h("h4", {}, "Who speaks?"),
      h("p", {}, `Until you say so, everything is recorded as “${state.who}”.`), speakerFields(wire, state)));
  }, 50);
}

/** The frame of every form: keys stay inside, and a notice appears when somebody else saved. */
function frame(model, el, kind) {
  el.classList.add("mlaw", "mlaw-form");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const name of ["keydown", "keypress", "keyup"]) el.addEventListener(name, (event) => event.stopPropagation());
  const wire = new Wire(model);
  const news = h("p", { class: "news", role: "status", hidden: true });
  el.append(news);
  askWho(wire, model.get("state"), news);
  const spoken = ({ detail }) => {
    if (detail !== model.get("state").engagement) return;
    if (model.get("state").kind !== "identity") el.querySelector(".who")?.parentElement.remove();
    wire.ask("reload");
  };
  window.addEventListener("mlaw-speaker", spoken);
  const look = async () => {
    if (document.hidden || !el.isConnected || !news.hidden) return;
    const reply = await wire.ask("head", {}, [], 8000);
    if (reply.lost) {
      news.replaceChildren(reply.says);
      news.hidden = false;
    } else if (reply.ok && reply.head > model.get("state").head) {
      news.replaceChildren("Something newer was recorded, here or by somebody else. ", button("Show it", async () => {
        news.hidden = true;
        await wire.ask("reload");
      }));
      news.hidden = false;
    }
  };
  const timer = setInterval(look, 10000);
  model.on("change:state", () => { news.hidden = true; });
  return { wire, state: () => model.get("state"), leave: () => { clearInterval(timer); window.removeEventListener("mlaw-speaker", spoken); }, kind };
}
