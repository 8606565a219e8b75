// @ts-check
// What the tests of single modules share: their names, comparing, and the kernel's half of a form.

/** @type {Map<string, () => any>} */
export const tests = new Map();

/** @param {string} name @param {() => any} run */
export const test = (name, run) => { tests.set(name, run); };

/** @param {any} actual @param {any} expected */
export function equal(actual, expected) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`expected ${e}, but it is ${a}`);
}

/** @param {() => any} condition */
export async function until(condition) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (condition()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`it did not happen: ${condition}`);
}

/** The kernel's half of a form: keeps what it is sent, and answers with what `reply` gives; with nothing, never. */
export class Kernel {
  /** @param {(message: any) => any} reply @param {Record<string, any>} [traits] */
  constructor(reply, traits = {}) {
    this.reply = reply;
    this.traits = traits;
    /** @type {any[]} */
    this.sent = [];
    /** @type {Record<string, ((content: any, buffers?: DataView[]) => void)[]>} */
    this.hearing = {};
  }

  /** @param {string} name */
  get(name) {
    return this.traits[name];
  }

  /** @param {string} event @param {(content: any) => void} hear */
  on(event, hear) {
    (this.hearing[event] ??= []).push(hear);
  }

  /** @param {any} message */
  send(message) {
    this.sent.push(message);
    const reply = this.reply(message);
    if (reply) setTimeout(() => this.say("msg:custom", { re: message.id, ...reply }), 0);
  }

  /** @param {string} event @param {any} [content] @param {DataView[]} [buffers] */
  say(event, content, buffers) {
    for (const hear of this.hearing[event] ?? []) hear(content, buffers);
  }

  /** @param {Record<string, any>} state */
  show(state) {
    this.traits = { ...this.traits, state };
    this.say("change:state");
  }
}

/** What Python answers to a save. @param {number} version @param {string} [by] */
export const recorded = (version, by = "Ada") =>
  ({ ok: true, revision: { number: version, version, key: "k", by, at: "2026-11-30T12:00:00+00:00", body: {} } });

/** An element that stands in the page. */
export function place() {
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  return el;
}

/** The button of this name. @param {string} words @param {ParentNode} [within] @returns {HTMLButtonElement} */
export function named(words, within = document) {
  const found = [...within.querySelectorAll("button")].find((button) => button.textContent === words);
  if (!found) throw new Error(`there is no button ${words}`);
  return found;
}
