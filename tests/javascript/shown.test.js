// @ts-check
import { Evidence } from "/static/evidence.js";
import { Frame } from "/static/frame.js";
import { QuestionList } from "/static/questions.js";
import { Shown, stepMark } from "/static/shown.js";
import { equal, Kernel, named, place, recorded, test, until } from "./harness.js";

/** @import { Artefact, Proof } from "/static/types" */

const WORDS = {
  steps: [["nothing", "–", "unk", "Nothing claimed"], ["claimed", "◌", "unk", "Claimed only"],
    ["evidenced", "◔", "plan", "Evidenced"], ["reviewed", "◑", "part", "Reviewed"],
    ["tested", "●", "ok", "Tested"]],
  contradicted: ["bad", "✗", "Contradicted"],
  results: [["implemented", "●", "plan", "Implemented"], ["not assessed", "?", "unk", "Not assessed"],
    ["not applicable", "–", "unk", "Not applicable"]],
  notAsked: ["unk", "–", "Not asked"],
  evidenceStates: [["fresh", "ok"], ["undated", "part"], ["none", "bad"]],
  classifications: ["internal"], systems: [], owners: [], downloads: [], roles: ["preparer"], role: "preparer",
  who: "Ada",
  engagement: "isms", form: "f1", page: "p1", readOnly: "", unnamed: false, mine: false, error: "", limit: 1,
  minutes: 0,
};

/** @type {Artefact} */
const CARD = { artefact: "Model card", or: ["Datasheet"], proves: "design", bound: "model",
  binds: "at most 90 days old, of each model version in use: Scorer 2.3", versions: [["2.3", "Scorer"]], keys: [],
  lacks: "no evidence of it" };
/** @type {Artefact} */
const LOG = { artefact: "Elevation log", or: [], proves: "operation", bound: "period",
  binds: "at most 100 days old, over 90 days between 1 Jan 2026 and 30 Nov 2026", versions: [], keys: ["EV-0001"],
  lacks: "" };

/** @param {Partial<Proof>} [more] @returns {Proof} */
const proof = (more = {}) => ({ step: "claimed", contradicted: false, short: [], against: [], others: [],
  artefacts: [CARD, LOG], ...more });

/** @param {Record<string, any>} [more] */
const piece = (more = {}) => ({ key: "EV-0001", base: 4, state: "fresh", age: "3 days old", label: "log.csv",
  artefact: "Elevation log", version: "", against: [], sha256: "a".repeat(64), title: "", ...more });

/** @param {any[]} pieces @param {Partial<Proof>} [more] @param {(message: any) => any} [reply] */
function evidence(pieces, more = {}, reply = () => null) {
  const kernel = new Kernel(reply, { state: WORDS });
  const el = place();
  const extra = document.createElement("div");
  /** @type {string[]} */
  const done = [];
  const part = new Evidence(new Frame({ model: kernel, el }), { key: "q@SYS-001", pieces, proof: proof(more), extra,
    show: () => {}, changed: () => done.push("changed"), edited: () => done.push("edited") });
  el.append(part.box, extra);
  return { part, kernel, done, extra };
}

/** The field of this label. @param {ParentNode} within @param {string} words @returns {any} */
function labelled(within, words) {
  const label = [...within.querySelectorAll("label")].find((found) => found.textContent?.trim() === words);
  if (!label) throw new Error(`there is no field ${words}`);
  return label.htmlFor ? document.getElementById(label.htmlFor) : label.querySelector("input");
}

/** The line in which an artefact asked for stands. @param {string} words @returns {HTMLElement} */
function asked(words) {
  const lines = [...document.querySelectorAll(".asked li")];
  return /** @type {HTMLElement} */ (lines.find((found) => found.textContent?.includes(words)));
}

test("the step of a claim is told by sign and word, and what contradicts it outweighs the step", () => {
  const words = (/** @type {any} */ found) => stepMark(WORDS, found)?.textContent ?? null;
  equal(words({ step: "reviewed", contradicted: false }), "◑ Reviewed");
  equal(words({ step: "tested", contradicted: true }), "✗ Contradicted");
  equal(words({ step: "nothing", contradicted: false }), null);
  equal(stepMark(WORDS, { step: "tested", contradicted: true })?.className, "st bad");
});

test("an opened question says what its claim lacks for the next step", () => {
  const shown = new Shown(WORDS, proof({ short: ["Model card: no evidence of it"] }));
  equal(shown.box.querySelector(".step")?.textContent, "◌ Claimed only ");
  equal(shown.box.querySelector(".hint")?.textContent, "Missing for “Evidenced”:");
  equal([...shown.box.querySelectorAll("li")].map((line) => line.textContent), ["Model card: no evidence of it"]);
  shown.paint(WORDS, proof({ step: "tested" }));
  equal(shown.box.querySelector(".step")?.textContent, "● Tested An independent test stands for it.");
  equal(shown.box.querySelectorAll("li").length, 0);
});

test("an opened question says what contradicts its claim, whatever was shown before", () => {
  const says = "major nonconformity F-001, open: Two people deploy by hand";
  /** @type {[string, string, string][]} */
  const against = [["nonconformity", "F-001", says]];
  const shown = new Shown(WORDS, proof({ step: "tested", contradicted: true, against }));
  equal(shown.box.querySelector(".st")?.textContent, "✗ Contradicted");
  equal(shown.box.querySelector("ul.wrong")?.textContent, says);
  equal(shown.box.textContent?.includes("Nothing of it counts"), true);
  equal(shown.box.textContent?.includes("Missing for"), false);
});

test("each artefact asked for says whether it is proven, what counts as well and what binds it", () => {
  evidence([piece()]);
  equal(asked("Model card").textContent, "Model card or Datasheet · proves design · at most 90 days old, "
    + "of each model version in use: Scorer 2.3○ no evidence of it");
  equal(asked("Elevation log").querySelector(".st")?.textContent, "● proven");
  const binds = "over 90 days between 1 Jan 2026 and 30 Nov 2026 · EV-0001";
  equal(asked("Elevation log").textContent?.includes(binds), true);
});

test("evidence that counts for nothing here says so, and why", () => {
  const other = piece({ key: "EV-0002", label: "minutes.pdf", artefact: "Minutes" });
  const unsaid = piece({ key: "EV-0003", label: "scan.pdf", artefact: "" });
  const counter = piece({ key: "EV-0004", label: "ticket.txt", against: ["q"] });
  evidence([piece(), other, unsaid, counter], { others: ["EV-0002", "EV-0003"] });
  const lines = [...document.querySelectorAll(".piece")].map((line) => line.querySelector(".wrong")?.textContent ?? "");
  equal(lines, ["", "Counts for nothing here: it is another artefact than those asked for.",
    "Counts for nothing here: nobody said which artefact it is.", "Speaks against this claim."]);
  const marks = [...document.querySelectorAll(".piece .st")].map((mark) => mark.className);
  equal(marks, ["st ok", "st unk", "st unk", "st unk"]);
});

test("what is attached is called by a name that is asked for, and a version is asked for where one binds it", () => {
  const { extra } = evidence([piece({ artefact: "Minutes" })]);
  named("Edit").click();
  const artefact = labelled(extra, "It is the");
  equal([...artefact.options].map((option) => option.textContent),
    ["not said", "Model card", "Datasheet (counts as Model card)", "Elevation log", "Minutes (not asked for here)"]);
  const version = labelled(extra, "Of version");
  const hidden = () => Boolean(version.closest(".field").hidden);
  const choose = (/** @type {string} */ name) => {
    artefact.value = name;
    artefact.dispatchEvent(new Event("change"));
  };
  equal(hidden(), true);
  choose("Datasheet");
  equal([hidden(), version.placeholder], [false, "2.3"]);
  const offered = document.querySelectorAll(`#${version.getAttribute("list")} option`);
  equal([...offered].map((option) => option.textContent), ["Scorer"]);
  equal(extra.textContent?.includes("Model card: at most 90 days old, of each model version in use"), true);
  choose("Elevation log");
  equal([hidden(), extra.textContent?.includes("over 90 days between")], [true, true]);
});

test("what is said of a piece is saved on its newest revision, with what it speaks against", async () => {
  const { kernel, done, extra } = evidence([piece({ artefact: "Model card", against: ["other"] })], {},
    ({ do: what }) => (what === "save_evidence" ? { ok: true, evidence: piece({ base: 5, version: "2.3" }) } : null));
  named("Edit").click();
  labelled(extra, "Of version").value = "2.3";
  labelled(extra, "It speaks against this claim").checked = true;
  named("Save", extra).click();
  await until(() => done.length);
  const { base, about } = kernel.sent[0];
  equal([base, about.version, about.artefact, about.against], [4, "2.3", "Model card", ["other", "q@SYS-001"]]);
  equal(done, ["edited"]);
  equal(document.querySelector(".piece")?.textContent?.includes("version 2.3"), true);
});

/** @param {string} key @param {Record<string, any>} [more] */
const item = (key, more = {}) => ({ key, question: key, title: key, ask: "?", system: "", systemName: "", owner: "",
  result: "implemented", evidence: "fresh", pieces: 1, reviewed: "", folded: "", version: 1, by: "Ada",
  step: "claimed", contradicted: false, proven: 1, artefacts: 2, ...more });

const ADVICE = { results: ["", []], nobody: ["", []], evidence: ["", []] };
const DETAIL = { ok: true, ask: "?", why: "", lookFor: [], good: "", references: [], help: [], advice: ADVICE,
  version: 1, by: "Ada", at: "2026-11-30T12:00:00+00:00", reviewed: "", review: null, whyNotJudge: "", evidence: [],
  answer: { result: "implemented", rationale: "", owner: "", due: "", evidence: [] } };

test("the list shows claim and proof as two things, and finds what is contradicted or only claimed", () => {
  const items = [item("a"), item("b", { contradicted: true, step: "tested" }), item("c", { step: "tested", proven: 2 }),
    item("d", { result: "not assessed", step: "nothing", pieces: 0, proven: 0, evidence: "none" }),
    item("e", { step: "reviewed", proven: 0, evidence: "none" }), item("f", { step: "reviewed", evidence: "stale" })];
  const list = new QuestionList({ model: new Kernel(() => null, { state: { ...WORDS, items } }), el: place() });
  const states = () => [...document.querySelectorAll(".item .row")].map((row) =>
    [...row.querySelectorAll(".st")].map((mark) => mark.textContent));
  equal(states(), [["● Implemented", "◌ Claimed only"], ["● Implemented", "✗ Contradicted"],
    ["● Implemented", "● Tested"], ["? Not assessed"], ["● Implemented", "◑ Reviewed"],
    ["● Implemented", "◑ Reviewed"]]);
  equal([...document.querySelectorAll(".row > .mute")].map((about) => about.textContent),
    ["1 of 2 artefacts", "1 of 2 artefacts", "2 of 2 artefacts", "no evidence", "0 of 2 artefacts",
      "1 of 2 artefacts, stale"]);
  named("Stale evidence 1", list.chips);
  named("Contradicted 1", list.chips).click();
  equal(states(), [["● Implemented", "✗ Contradicted"]]);
  named("Claimed only 1", list.chips).click();
  equal(states(), [["● Implemented", "◌ Claimed only"]]);
});

test("an open question follows what somebody else records against its claim", async () => {
  let now = proof({ short: ["Model card: no evidence of it"] });
  const kernel = new Kernel(({ do: what }) => ({ open: { ...DETAIL, proof: now }, proof: { ok: true, proof: now } })[
    /** @type {"open" | "proof"} */ (what)], { state: { ...WORDS, items: [item("a")] } });
  const list = new QuestionList({ model: kernel, el: place() });
  await list.open("a");
  equal(document.querySelector(".shown .st")?.textContent, "◌ Claimed only");
  now = proof({ contradicted: true, against: [["test", "T-001", "test T-001 found operation not effective"]] });
  kernel.show({ ...WORDS, items: [item("a", { contradicted: true })] });
  await until(() => document.querySelector(".shown .st")?.textContent === "✗ Contradicted");
  equal(document.querySelector(".shown ul.wrong")?.textContent, "test T-001 found operation not effective");
});

/** @param {Record<string, any>[]} items */
const summary = (items) => {
  const list = new QuestionList({ model: new Kernel(() => null, { state: { ...WORDS, items } }), el: place() });
  return [list.counts.textContent, list.bar.getAttribute("aria-label"), list.bar.children.length];
};

test("the line above the list counts what is shown, and never takes implemented for done", () => {
  const items = [item("a"), item("b", { contradicted: true, step: "tested" }), item("c", { step: "tested" }),
    item("d", { step: "reviewed" }), item("e", { result: "not assessed", step: "nothing" })];
  equal(summary(items), ["4 of 5 answered: 2 evidenced, 1 tested, 1 contradicted",
    "1 tested, 1 reviewed, 1 claimed only, 1 contradicted", 4]);
  equal(summary(items.slice(4)), ["0 of 1 answered", "nothing claimed", 0]);
});

test("not applicable says in the list and when it is chosen that it counts as nothing", async () => {
  const counted = "nobody else accepted the reason";
  const items = [item("a", { result: "not applicable", step: "nothing", pieces: 0, counted })];
  const kernel = new Kernel(({ do: what }) => (what === "open"
    ? { ...DETAIL, proof: proof({ step: "nothing", counted }) } : recorded(2)), { state: { ...WORDS, items } });
  const list = new QuestionList({ model: kernel, el: place() });
  equal(document.querySelector(".row > .mute")?.textContent, `Counts as nothing in every sum: ${counted}.`);
  await list.open("a");
  const says = () => document.querySelector(".form")?.textContent?.includes("until somebody else accepts the reason");
  equal(document.querySelector(".shown .step")?.textContent?.includes(counted), true);
  equal(says(), false);
  labelled(document, "– not applicable").click();
  equal(says(), true);
});

test("what was carried over is listed by name before it is confirmed, and only that", async () => {
  const items = [item("a", { toReverify: true, version: 1, title: "Roles" }), item("b", { title: "Keys" })];
  const kernel = new Kernel(({ do: what }) => (what === "confirm" ? { ok: true, says: "Done.", number: 9 } : null),
    { state: { ...WORDS, again: ["part", "↻", "To re-verify"], items } });
  const list = new QuestionList({ model: kernel, el: place() });
  equal(document.querySelector(".item .st + .st")?.textContent, "↻ To re-verify");
  named("To re-verify 1", list.chips);
  named("Several at once …").click();
  named("Tick all shown").click();
  named("Still true …").click();
  equal([...document.querySelectorAll(".panel li")].map((line) => line.textContent), ["Roles"]);
  equal(kernel.sent.filter(({ do: what }) => what === "confirm").length, 0);
  named("I looked at each of these 1: still true").click();
  await until(() => kernel.sent.some(({ do: what }) => what === "confirm"));
  equal(kernel.sent.find(({ do: what }) => what === "confirm").keys, [["a", 1]]);
});
