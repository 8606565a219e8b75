// @ts-check
// What was typed and is not saved yet, kept in the browser until it is; what has no name is not kept.

/** @param {string} name @returns {any} */
function read(name) {
  if (!name) return null;
  try {
    return JSON.parse(localStorage.getItem(`mlaw:${name}`) || "null");
  } catch {
    return null;
  }
}

/** @param {string} name @param {any} value */
function write(name, value) {
  if (!name) return;
  try {
    localStorage.setItem(`mlaw:${name}`, JSON.stringify(value));
  } catch { /* a private window, or full */ }
}

/** @param {string} name */
function drop(name) {
  try {
    localStorage.removeItem(`mlaw:${name}`);
  } catch { /* nothing was kept */ }
}

export const kept = { read, write, drop };
