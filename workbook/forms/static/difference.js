// @ts-check
// What changed between two texts, word by word.

import { h } from "./dom.js";

const TOO_LONG = 400000; // pairs of words

/**
 * The words of `now` that `before` had not, marked; and those that are gone, struck out.
 * @param {string} before
 * @param {string} now
 * @returns {(string | HTMLElement)[]}
 */
export function difference(before, now) {
  const a = before.split(/(\s+)/);
  const b = now.split(/(\s+)/);
  if (a.length * b.length > TOO_LONG) return [now];
  const common = commonWords(a, b);
  /** @type {(string | HTMLElement)[]} */
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(b[j]);
      i += 1;
      j += 1;
    } else if (j < b.length && (i >= a.length || common[i][j + 1] >= common[i + 1][j])) {
      out.push(h("ins", {}, b[j]));
      j += 1;
    } else {
      out.push(h("del", {}, a[i]));
      i += 1;
    }
  }
  return out;
}

/** How many words a[i…] and b[j…] have in common. @param {string[]} a @param {string[]} b */
function commonWords(a, b) {
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  return common;
}
