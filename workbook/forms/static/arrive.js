// @ts-check
// In Voilà, where no extension of a front end does it, a link with a place in it arrives there.

const EVERY = 250;
const PATIENCE = 20000; // milliseconds in which the forms are built

/** @type {ReturnType<typeof setInterval> | undefined} */
let trying;

/** Goes where the address says, now and whenever it changes; returns how to stop. */
export function followAddress() {
  if (!document.body.dataset.voila) return () => {};
  const go = () => arrive(decodeURIComponent(location.hash.slice(1)));
  window.addEventListener("hashchange", go);
  go();
  return () => {
    window.removeEventListener("hashchange", go);
    clearInterval(trying);
  };
}

/** Asks the forms, until one of them has what is looked for, or it stands in the page. @param {string} anchor */
function arrive(anchor) {
  clearInterval(trying);
  if (!anchor) return;
  const end = Date.now() + PATIENCE;
  trying = setInterval(() => {
    const detail = { anchor, root: document.body };
    const taken = !document.dispatchEvent(new CustomEvent("mlaw:arrive", { cancelable: true, detail }));
    const there = taken ? null : document.getElementById(anchor);
    there?.scrollIntoView();
    if (taken || there || Date.now() > end) clearInterval(trying);
  }, EVERY);
}
