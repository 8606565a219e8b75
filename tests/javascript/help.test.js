// @ts-check
import { followAddress } from "/static/arrive.js";
import { h } from "/static/dom.js";
import { helps } from "/static/helps.js";
import { advice } from "/static/guidance.js";
import { equal, named, place, test, until } from "./harness.js";

/** @type {[string, string][]} */
const TOUR = [["engagement", "Begin here."], ["reviews", "This page has none."], ["pages", "Go on here."]];
/** @type {[string, string][]} */
const KEYS = [["Escape", "closes this list"]];

/** A page with two of the three sections that the tour speaks of, and its help. @param {[string, string][]} [tour] */
function page(tour = TOUR) {
  const el = place();
  const sections = [h("nav", { class: "pages" }), h("div", { "data-form": "engagement" })];
  const help = helps({ tour, keys: KEYS }, el);
  el.append(...sections, h("p", {}, help.buttons), help.below);
  return { el, help, sections, outlined: () => sections.map((s) => s.classList.contains("mlaw-toured")) };
}

/** @param {string} key */
const press = (key) => document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const words = () => document.querySelector(".mlaw-tour")?.textContent ?? "";

test("the tour outlines one section after the other, says a sentence of each, and leaves out what is not there", () => {
  const { outlined } = page();
  named("Show me around").click();
  equal([outlined(), words().includes("1 of 2"), words().includes("Begin here.")], [[false, true], true, true]);
  named("Next").click();
  equal([outlined(), words().includes("2 of 2"), words().includes("Go on here.")], [[true, false], true, true]);
  named("Back").click();
  equal(outlined(), [false, true]);
  named("Next").click();
  named("Done").click();
  equal([outlined(), words()], [[false, false], ""]);
});

test("the keyboard alone goes through the tour, and Escape ends it where it began", () => {
  const { outlined } = page();
  named("Show me around").click();
  equal(document.activeElement === named("Next"), true);
  press("Escape");
  equal([outlined(), words(), document.activeElement === named("Show me around")], [[false, false], "", true]);
});

test("the tour begins only when it is asked for, and its button stands out until then", () => {
  localStorage.clear();
  page();
  equal([words(), named("Show me around").classList.contains("main")], ["", true]);
  named("Show me around").click();
  named("End").click();
  page();
  equal([words(), named("Show me around").classList.contains("main")], ["", false]);
});

test("a tour that is begun again is shown once, and goes with its page", () => {
  const { help } = page();
  named("Show me around").click();
  named("Show me around").click();
  equal(document.querySelectorAll(".mlaw-tour").length, 1);
  help.leave();
  equal(document.querySelectorAll(".mlaw-tour").length, 0);
});

test("a page without a tour offers none", () => {
  const { el } = page([]);
  equal([...el.querySelectorAll("button")].map((button) => button.textContent), ["Keys"]);
});

test("the list of keys opens and closes with one button, and with Escape", () => {
  const { el } = page();
  const keys = named("Keys");
  keys.click();
  equal([el.textContent?.includes("closes this list"), keys.getAttribute("aria-expanded")], [true, "true"]);
  keys.click();
  equal([el.textContent?.includes("closes this list"), keys.getAttribute("aria-expanded")], [false, "false"]);
  keys.focus();
  keys.click();
  el.querySelector(".panel h4")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  equal([document.activeElement === keys, keys.getAttribute("aria-expanded")], [true, "false"]);
});

test("keys pressed in the tour are heard by nobody else", () => {
  page();
  let heard = 0;
  const hear = () => { heard += 1; };
  document.addEventListener("keydown", hear);
  named("Show me around").click();
  press("x");
  named("End").click();
  document.removeEventListener("keydown", hear);
  equal(heard, 0);
});

test("advice stands behind one click, in pairs of what and why", () => {
  const box = advice(["Which result fits?", [["partial", "Say which part."]]]);
  equal([box.open, [...box.querySelectorAll("summary, dt, dd")].map((e) => e.textContent)],
    [false, ["Which result fits?", "partial", "Say which part."]]);
});

/** The places asked for by `mlaw:arrive` while this runs; the form that has one is built at the `after`th time. */
function forms(/** @type {number} */ after) {
  /** @type {string[]} */
  const asked = [];
  const hear = (/** @type {Event} */ event) => {
    asked.push(/** @type {CustomEvent} */ (event).detail.anchor);
    if (asked.length >= after) event.preventDefault();
  };
  document.addEventListener("mlaw:arrive", hear);
  return { asked, gone: () => document.removeEventListener("mlaw:arrive", hear) };
}

test("in the app the place in the address is asked for until a form has it, and at every change", async () => {
  document.body.dataset.voila = "voila";
  location.hash = "#deploy@SYS-001";
  const { asked, gone } = forms(2);
  const stop = followAddress();
  await globalThis.tick(1_000);
  await until(() => asked.length === 2);
  await globalThis.tick(1_000);
  equal(asked, ["deploy@SYS-001", "deploy@SYS-001"]);
  location.hash = "#keys";
  await until(() => asked.includes("keys"));
  stop();
  gone();
});

test("what is no form's is scrolled to where it stands", async () => {
  document.body.dataset.voila = "voila";
  place().append(h("p", { style: "height:5000px" }), h("p", { id: "far" }, "here"));
  location.hash = "";
  const stop = followAddress();
  history.replaceState(null, "", "#far");
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await until(() => window.scrollY > 1000);
  stop();
});

test("outside the app the front end does it", async () => {
  delete document.body.dataset.voila;
  location.hash = "#keys";
  const { asked, gone } = forms(1);
  const stop = followAddress();
  await globalThis.tick(1_000);
  equal(asked, []);
  stop();
  gone();
});
