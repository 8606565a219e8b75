// @ts-check
// Elements from words: text is always text, never HTML. No library, no build step, no network.

import { LOCALES } from "./say.js";

/** @import { Child, Control, Reply } from "./types" */

const BY_ATTRIBUTE = ["list", "form", "role"];

/**
 * An element: h("button", {class: "x", onclick: f}, "words", child …).
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) assign(element, name, value);
  }
  const shown = children.flat(9).filter((c) => c !== null && c !== undefined && c !== false && c !== "");
  element.append(.../** @type {Node[]} */ (shown));
  return element;
}

/** @param {any} element @param {string} name @param {any} value */
function assign(element, name, value) {
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name in element && !BY_ATTRIBUTE.includes(name) && typeof value !== "string") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
  if (name === "value") element.value = value;
}

let counter = 0;

/** A name that nothing else in the page has. @param {string} prefix */
export function unique(prefix) {
  counter += 1;
  return `mlaw-${prefix}-${counter}-${Math.random().toString(36).slice(2, 7)}`;
}

/**
 * A label with its control under it, and a place for what is wrong with it or has to be looked at again.
 * @template {HTMLElement} [C=Control]
 */
export class Field {
  /** @param {string} words @param {C} control @param {string} [help] @param {HTMLElement} [shown] what holds it */
  constructor(words, control, help, shown = control) {
    this.control = control;
    control.id ||= unique("f");
    this.wrong = h("p", { class: "wrong", id: `${control.id}-wrong`, hidden: true });
    this.again = h("p", { class: "doubt", id: `${control.id}-doubt`, role: "status", hidden: true });
    const hint = help ? h("p", { class: "hint", id: `${control.id}-hint` }, help) : null;
    control.setAttribute("aria-describedby", [hint?.id, this.wrong.id, this.again.id].filter(Boolean).join(" "));
    const kind = control.tagName === "TEXTAREA" ? "field wide" : "field";
    this.box = h("div", { class: kind }, this.label(words), shown, hint, this.wrong, this.again);
  }

  /** @param {string} words */
  label(words) {
    if (this.control.tagName !== "DIV") return h("label", { for: this.control.id }, words);
    this.control.setAttribute("aria-labelledby", `${this.control.id}-name`); // a group, which no label can name
    return h("span", { class: "name", id: `${this.control.id}-name` }, words);
  }

  /** @returns {any} */
  get value() {
    return /** @type {any} */ (this.control).value;
  }

  /** Says what is wrong, or with nothing to say that all is well. @param {string} [says] */
  complain(says = "") {
    this.wrong.textContent = says;
    this.wrong.hidden = !says;
    this.control.setAttribute("aria-invalid", says ? "true" : "false");
  }

  /** Says what to look at again; it can be saved all the same. @param {string} [says] */
  doubt(says = "") {
    this.again.textContent = says;
    this.again.hidden = !says;
  }
}

/**
 * Puts what Python says beside the field it speaks of, and clears the others; true if it found the field.
 * @param {Record<string, Field<any>>} fields
 * @param {Pick<Reply, "ok" | "field" | "says" | "doubts">} reply
 */
export function complain(fields, reply) {
  const guilty = reply.ok ? "" : reply.field ?? "";
  for (const [id, field] of Object.entries(fields)) field.complain(id === guilty ? reply.says : "");
  if (reply.ok) doubt(fields, reply.doubts);
  return guilty in fields;
}

/**
 * Says beside each field what to look at again.
 * @param {Record<string, Field<any>>} fields
 * @param {[field: string, says: string][]} [doubts]
 */
export function doubt(fields, doubts = []) {
  for (const [id, field] of Object.entries(fields)) {
    field.doubt(doubts.filter(([name]) => name === id).map(([, says]) => says).join(" "));
  }
}

/** Keys pressed in this part are its own: no shortcut of the front end hears them. @param {HTMLElement} part */
export function ownKeys(part) {
  part.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const name of ["keydown", "keypress", "keyup"]) part.addEventListener(name, (event) => event.stopPropagation());
}

/** A small label in the colour of its kind. @param {string} kind @param {string} words */
export const pill = (kind, words) => h("span", { class: `st ${kind}` }, words);

/** @param {string} words @param {() => any} onclick @param {Record<string, any>} [more] */
export const button = (words, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, words);

/** @param {[string, string][]} pairs value and words @param {Record<string, any>} [more] */
export const select = (pairs, more = {}) =>
  h("select", more, pairs.map(([value, words]) => h("option", { value }, words)));

/** @param {string} title @param {...Child} children */
export const fold = (title, ...children) => h("details", {}, h("summary", {}, title), ...children);

/** The time of day by the clock of the engagement. @param {string} at */
export const clock = (at) => said(at, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** Day and time by the clock of the engagement. @param {string} at */
export const when = (at) => said(at, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

/**
 * A moment as it is written, 2026-11-22T17:20:05.123456+01:00, by its own clock, which is named where the reader's is
 * another.
 * @param {string} at
 * @param {Intl.DateTimeFormatOptions} how
 */
function said(at, how) {
  if (!at) return "";
  const [, clocks, sign, hours, minutes] = /** @type {string[]} */ (/^(.*)([+-])(\d\d):(\d\d)/.exec(at));
  const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  const words = new Date(`${clocks}Z`).toLocaleString(LOCALES, { ...how, timeZone: "UTC" });
  const here = offset === -new Date(at).getTimezoneOffset();
  return here ? words : `${words} UTC${offset ? `${sign}${hours}:${minutes}` : ""}`;
}
