// @ts-check
// How far a claim is shown, beside the claim: the step it has reached, what contradicts it, what the next step needs.

import { h, pill } from "./dom.js";
import { say } from "./say.js";

/** @import { Proof, Step } from "./types" */

/**
 * The step of a claim with its sign and colour; nothing where nothing is claimed or contradicted.
 * @param {any} state of the form, with the words of the steps
 * @param {Step} proof
 */
export function stepMark(state, { step, contradicted, toReverify }) {
  if (contradicted || toReverify) {
    const [kind, sign, word] = contradicted ? state.contradicted : state.again;
    return pill(kind, `${sign} ${word}`);
  }
  if (step === "nothing") return null;
  const [, sign, kind, word] = found(state, step);
  return pill(kind, `${sign} ${word}`);
}

/** What is said of a claim that is set aside but stays in every sum. @param {string} why */
export const countsAsNothing = (why) => say("Counts as nothing in every sum: {why}.", { why });

/** What is said before anybody chooses it. */
export const NOT_APPLICABLE = say("Not applicable counts as nothing until somebody else accepts the reason.");

/**
 * How many claims are shown at least so far. What is contradicted is shown not at all.
 * @param {any} state @param {Step[]} items @param {string} step
 */
export function shownSoFar(state, items, step) {
  const place = (/** @type {string} */ name) => state.steps.indexOf(found(state, name));
  return items.filter((item) => !item.contradicted && place(item.step) >= place(step)).length;
}

/**
 * How many claims stand at each step, the furthest first, and how many are contradicted; with nothing claimed, none.
 * @param {any} state @param {Step[]} items
 * @returns {[says: string, kind: string, items: number][]}
 */
export function standing(state, items) {
  const steps = [...state.steps].reverse().filter(([step]) => step !== "nothing").map(([step, , kind]) =>
    [step, kind, items.filter((item) => !item.contradicted && item.step === step).length]);
  const against = ["contradicted", state.contradicted[0], items.filter((item) => item.contradicted).length];
  return [...steps, against].filter(([, , n]) => n).map(([step, kind, n]) => [counted(step, n), kind, n]);
}

/** How many stand at one step, in words. @param {string} step @param {number} n */
const counted = (step, n) => ({
  claimed: say("{n} claimed only", { n }), evidenced: say("{n} evidenced", { n }), reviewed: say("{n} reviewed", { n }),
  tested: say("{n} tested", { n }), contradicted: say("{n} contradicted", { n }),
}[step] ?? `${n} ${step}`);

/** The step after this one; undefined after the last. @param {any} state @param {Step} proof */
function following(state, { step }) {
  return state.steps[state.steps.indexOf(found(state, step)) + 1];
}

/** @param {any} state @param {string} step @returns {string[]} */
function found(state, step) {
  return state.steps.find((/** @type {string[]} */ [name]) => name === step);
}

/** The part of an opened question that says how far its claim is shown. */
export class Shown {
  /** @param {any} state of the form @param {Proof} proof */
  constructor(state, proof) {
    this.box = h("div", { class: "shown", role: "group", "aria-label": say("How far it is shown") });
    this.paint(state, proof);
  }

  /** @param {any} state @param {Proof} proof */
  paint(state, proof) {
    this.box.replaceChildren(h("p", { class: "label" }, say("How far it is shown")),
      h("p", { class: "step" }, stepMark(state, proof), " ", this.words(state, proof)),
      ...this.list("wrong", proof.against.map(([, , says]) => says)),
      ...this.missing(state, proof));
  }

  /** @param {any} state @param {Proof} proof */
  words(state, proof) {
    const [, , , word] = found(state, proof.step);
    if (proof.contradicted) {
      return say("Nothing of it counts while this speaks against it (otherwise: {step}).", { step: word });
    }
    if (proof.counted) return countsAsNothing(proof.counted);
    if (proof.step === "nothing") return say("Nothing is claimed, so there is nothing to show.");
    if (!following(state, proof)) return say("An independent test stands for it.");
    return proof.short.length ? "" : say("A plan shows nothing until it is carried out.");
  }

  /** What the next step needs. @param {any} state @param {Proof} proof */
  missing(state, proof) {
    if (!proof.short.length) return [];
    const [, , , word] = following(state, proof);
    return [h("p", { class: "hint" }, say("Missing for “{step}”:", { step: word })), ...this.list("", proof.short)];
  }

  /** @param {string} kind @param {string[]} lines */
  list(kind, lines) {
    return lines.length ? [h("ul", { class: kind }, lines.map((line) => h("li", {}, line)))] : [];
  }
}
