// @ts-check
// Saving, for every form: one change at a time, each under a draft id that it keeps until Python has answered.

import { button, clock, complain } from "./dom.js";
import { kept } from "./kept.js";
import { say } from "./say.js";

/** @import { Field } from "./dom.js" */
/** @import { Reply, Show, Version } from "./types" */
/** @import { Wire } from "./wire.js" */

/**
 * @typedef {{value: any, base: number, draft: string}} Sent
 * @typedef {object} Saving
 * @property {string} [name] under which the browser keeps what is typed
 * @property {number} base the version that was shown
 * @property {() => any} collect the value as it stands in the form
 * @property {(value: any, base: number, draft: string) => Promise<Reply>} send
 * @property {Show} show how saving goes
 * @property {(reply: Reply) => void} saved
 * @property {(theirs: Version) => void} conflict
 * @property {Record<string, Field<any>>} [fields] those that can be wrong, by name
 * @property {boolean} [onDemand] saved when a button says so, not while somebody types
 */

const STATES = { wait: "typing", done: "saved", failed: "failed" };
const TYPING = 800; // milliseconds after the last key
const AGAIN = 5000; // a busy kernel answers later

export class Saver {
  /** @param {Saving} saving */
  constructor(saving) {
    this.saving = saving;
    this.base = saving.base;
    this.dirty = false;
    this.busy = false;
    this.timer = 0;
    /** @type {Sent | null} */
    this.unanswered = null;
  }

  get name() {
    return this.saving.name ?? "";
  }

  /** How saving goes, here and to whoever surrounds the notebook. @type {Show} */
  show(says, kind, retry) {
    this.saving.show(says, kind, retry);
    if (kind === "wait" && this.saving.onDemand) return; // may wait for its button for ever
    document.dispatchEvent(new CustomEvent("mlaw:saving", { detail: { state: STATES[kind], says } }));
  }

  /** Something was typed. @param {number} [pause] */
  typed(pause = TYPING) {
    this.dirty = true;
    this.keep();
    if (!this.busy) this.show(say("Not saved yet"), "wait");
    clearTimeout(this.timer);
    if (!this.saving.onDemand) this.timer = setTimeout(() => this.flush(), pause);
  }

  /** Something was chosen. */
  chosen() {
    this.typed(0);
  }

  /** Saves what stands in the form, changed or not. @returns {Promise<Reply | undefined>} */
  save() {
    this.dirty = true;
    return this.flush();
  }

  /** What was typed before and is kept in this browser: base, value, and what got no answer; null if nothing is. */
  found() {
    const found = kept.read(this.name);
    if (found && JSON.stringify(found.value) === JSON.stringify(this.saving.collect())) {
      kept.drop(this.name);
      return null;
    }
    return found;
  }

  /** Nothing typed here is to be saved any more: the form shows version `base`. @param {number} base */
  forget(base) {
    clearTimeout(this.timer);
    kept.drop(this.name);
    this.dirty = false;
    this.unanswered = null;
    this.base = base;
  }

  /** What is typed from now on changes version `base`; keeps what stands in the form. @param {number} base */
  rebase(base) {
    this.base = base;
    this.unanswered = null;
  }

  /** @returns {Promise<Reply | undefined>} the last reply; none if there was nothing to save */
  async flush() {
    clearTimeout(this.timer);
    if (this.busy || !this.dirty) return undefined;
    this.busy = true;
    this.dirty = false;
    const sent = this.next();
    this.keep();
    const reply = await this.saving.send(sent.value, sent.base, sent.draft);
    this.busy = false;
    if (!reply.lost) this.unanswered = null;
    complain(this.saving.fields ?? {}, reply);
    return reply.ok ? this.done(reply, sent) : this.failed(reply);
  }

  /** What got no answer, as it was and under the same id, so that it is recorded once; else what stands in the form. */
  next() {
    if (this.unanswered) return this.unanswered;
    this.show(say("Saving …"), "wait");
    this.unanswered = { value: this.saving.collect(), base: this.base, draft: draftId() };
    return this.unanswered;
  }

  keep() {
    kept.write(this.name, { base: this.base, value: this.saving.collect(), unanswered: this.unanswered });
  }

  /** @param {Reply} reply @param {Sent} sent */
  done(reply, sent) {
    const revision = /** @type {Version} */ (reply.revision);
    this.base = revision.version;
    this.dirty = this.dirty || JSON.stringify(this.saving.collect()) !== JSON.stringify(sent.value);
    if (this.dirty) this.keep();
    else kept.drop(this.name);
    this.show(`✓ ${say("Saved {moment}", { moment: clock(revision.at) })}`, "done");
    this.saving.saved(reply);
    return this.dirty ? this.flush() : reply;
  }

  /** @param {Reply} reply */
  failed(reply) {
    this.dirty = true;
    this.show(say("Not saved: {why}", { why: reply.says }), "failed", () => this.save());
    if (reply.conflict) this.saving.conflict(reply.conflict);
    if (reply.lost && !this.saving.onDemand) this.timer = setTimeout(() => this.flush(), AGAIN);
    return reply;
  }
}

/** An id that nobody made before; `crypto.randomUUID` is not there on a server without TLS. */
const draftId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** One thing that a button does: pressed again without an answer, it is sent under the same draft id. */
export class Action {
  /** @param {Wire} wire @param {string} what */
  constructor(wire, what) {
    this.wire = wire;
    this.what = what;
    this.text = "";
    this.draft = "";
  }

  /** @param {Record<string, any>} more @param {number} [patience] @returns {Promise<Reply>} */
  async send(more, patience) {
    const text = JSON.stringify(more);
    if (text !== this.text) {
      this.text = text;
      this.draft = draftId();
    }
    const reply = await this.wire.ask(this.what, { ...more, draft: this.draft }, { patience });
    if (!reply.lost) this.text = "";
    return reply;
  }
}

/** A status that says how saving goes, with a way to try again. @param {HTMLElement} status @returns {Show} */
export const sayingIn = (status) => (says, kind, retry) => {
  status.className = `saving ${kind}`;
  status.replaceChildren(says, retry ? button(say("Try again"), retry) : "");
};
