// @ts-check
// What a person reads, in the language of the page: English as it stands in the code, or what is put in here for it.

/**
 * English words with what they are in another language: one text, or one and many. Python fills it in as it sends this.
 * @type {Record<string, string[]>}
 */
const WORDS = {};

/** The language in which dates are written; none for English, where the browser says it. @type {string[]} */
export const LOCALES = [];

/**
 * A sentence with what stands in its {places}.
 * @param {string} words a literal, so that the catalogues hold it
 * @param {Record<string, any>} [parts]
 */
export const say = (words, parts = {}) => filled(WORDS[words]?.[0] ?? words, parts);

/**
 * One sentence or the other, by a number that stands in its {n}.
 * @param {string} one a literal, as is the next
 * @param {string} many
 * @param {number} n
 * @param {Record<string, any>} [parts]
 */
export const sayMany = (one, many, n, parts = {}) =>
  filled(n === 1 ? WORDS[one]?.[0] ?? one : WORDS[one]?.[1] ?? many, { n, ...parts });

/** What Python compares and records, a result or a role, as a person reads it. @param {string} word */
export const term = (word) => WORDS[word]?.[0] ?? word;

/** @param {string} words @param {Record<string, any>} parts */
const filled = (words, parts) => words.replace(/\{(\w+)\}/g, (place, name) => (name in parts ? parts[name] : place));
