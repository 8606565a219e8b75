// @ts-check
// Asks Python and waits for the answer.

import { unique } from "./dom.js";
import { say } from "./say.js";
import { askWho } from "./speaker.js";

/** @import { Model, Reply } from "./types" */

export const LOST = say("The notebook's kernel does not answer. "
  + "Run this cell again; what you typed is kept in this browser.");
const PATIENCE = 15000;

/** One form's way to its other half in the kernel: every question resolves to a reply, and none ever rejects. */
export class Wire {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, (reply: Reply) => void>} */
    this.waiting = new Map();
    this.closed = false;
    model.on("msg:custom", (reply, buffers) => this.heard(buffers?.length ? { ...reply, buffers } : reply));
    model.on("comm:close", () => { this.closed = true; });
  }

  /** @param {Reply} reply */
  heard(reply) {
    const done = this.waiting.get(reply.re);
    this.waiting.delete(reply.re);
    done?.(reply);
  }

  /**
   * What Python answers; while nobody has said who speaks, that is asked first and the same is then sent again.
   * @param {string} what
   * @param {Record<string, any>} [more]
   * @param {{buffers?: ArrayBuffer[], patience?: number}} [how]
   * @returns {Promise<Reply>}
   */
  async ask(what, more = {}, how = {}) {
    const reply = await this.send(what, more, how);
    const named = reply.unnamed && await askWho(this, this.model.get("state"));
    return named ? this.send(what, more, how) : reply;
  }

  /**
   * @param {string} what
   * @param {Record<string, any>} more
   * @param {{buffers?: ArrayBuffer[], patience?: number}} how
   * @returns {Promise<Reply>}
   */
  send(what, more, { buffers = [], patience = PATIENCE }) {
    if (this.closed) return Promise.resolve({ ok: false, lost: true, says: LOST });
    const id = unique("m");
    return new Promise((resolve) => {
      const lose = () => this.heard({ re: id, ok: false, lost: true, says: LOST });
      const timer = setTimeout(lose, patience);
      this.waiting.set(id, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      try {
        this.model.send({ do: what, id, ...more }, undefined, buffers);
      } catch {
        lose();
      }
    });
  }
}
