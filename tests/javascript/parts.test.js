// @ts-check
import { conflictPanel, differing } from "/static/conflict.js";
import { difference } from "/static/difference.js";
import { clock, complain, Field, h, when } from "/static/dom.js";
import { Frame } from "/static/frame.js";
import { historyPanel } from "/static/history.js";
import { kept } from "/static/kept.js";
import { merged } from "/static/merge.js";
import { Panel } from "/static/panel.js";
import { RecordForm } from "/static/record.js";
import { Wire } from "/static/wire.js";
import { equal, Kernel, named, place, recorded, test, until } from "./harness.js";

/** @param {(string | HTMLElement)[]} parts */
const marked = (parts) => parts.map((p) => (typeof p === "string" ? p : `${p.tagName}:${p.textContent}`)).join("");

test("the difference of two texts marks the words that came and went", () => {
  equal(marked(difference("two people can", "three people can")), "INS:threeDEL:two people can");
  equal(marked(difference("same words", "same words")), "same words");
  equal(marked(difference("", "new")), "INS:newDEL:");
});

test("texts too long to compare are shown as they are now", () => {
  const long = "word ".repeat(1000);
  equal(difference(long, `${long} more`).length, 1);
});

test("text is never HTML, and what is nothing is left out", () => {
  const element = h("p", { title: "<b>", hidden: false }, "<img src=x>", null, false, ["a", ["b"]]);
  equal(element.textContent, "<img src=x>ab");
  equal([element.children.length, element.title], [0, "<b>"]);
});

test("a moment is told by the clock it carries, which is named where the reader's is another", () => {
  const ahead = -new Date("2026-11-30T12:00:00Z").getTimezoneOffset();
  const offset = new Date(Date.UTC(2026, 0, 1) + Math.abs(ahead) * 60_000).toISOString().slice(11, 16);
  equal(clock(`2026-11-30T23:59:05.123456${ahead < 0 ? "-" : "+"}${offset}`).includes("UTC"), false);
  const far = ahead === 345 ? "+08:45" : "+05:45";
  equal(clock(`2026-11-30T23:59:05${far}`).endsWith(`23:59:05 UTC${far}`), true);
  equal(/30.*23:59 UTC/.test(when(`2026-11-30T23:59:05.123456${far}`)), true);
  equal([when(""), clock("")], ["", ""]);
});

test("a complaint stands at its field alone, and goes when all is well", () => {
  const fields = { a: new Field("A", h("input")), b: new Field("B", h("input"), "A hint.") };
  equal(complain(fields, { ok: false, field: "b", says: "Not a date." }), true);
  equal(fields.b.control.getAttribute("aria-invalid"), "true");
  equal(fields.b.control.getAttribute("aria-describedby")?.split(" ").length, 3);
  equal(complain(fields, { ok: false, field: "", says: "Elsewhere." }), false);
  equal(complain(fields, { ok: true }), false);
  equal(fields.b.wrong.hidden, true);
});

test("what is kept comes back, what was damaged or has no name does not", () => {
  kept.write("x", { a: 1 });
  equal(kept.read("x"), { a: 1 });
  kept.drop("x");
  equal(kept.read("x"), null);
  localStorage.setItem("mlaw:y", "{broken");
  equal(kept.read("y"), null);
  kept.write("", "z");
  equal(kept.read(""), null);
});

const THEIRS = { number: 9, version: 2, key: "k", by: "Ben", at: "2026-11-30T12:00:00+00:00",
  body: { owner: "Ben", note: "theirs", due: "" } };

/** @param {string} press @param {boolean} [merge] */
function pressed(press, merge = false) {
  /** @type {any[]} */
  const done = [];
  const panel = conflictPanel({ what: "this row", theirs: THEIRS, mine: { owner: "Ben", note: "mine", due: "" },
    describe: differing([["owner", "Owner"], ["note", "Note"], ["due", "Due"]]),
    keepMine: () => done.push("mine"), takeTheirs: () => done.push("theirs"),
    merge: merge ? { text: "mine\n\ntheirs", save: (text) => done.push(text) } : undefined });
  place().append(panel.box);
  const words = panel.box.textContent ?? "";
  named(press).click();
  return { done, words, open: panel.box.isConnected };
}

test("a conflict shows both sides, in what differs, and does what is chosen", () => {
  const { done, words, open } = pressed("Keep mine");
  equal(done, ["mine"]);
  equal(open, false);
  equal([words.includes("Ben saved this row first"), words.includes("Note: mine"), words.includes("Note: theirs")],
    [true, true, true]);
  equal(words.includes("Owner:"), false);
  equal(pressed("Take theirs").done, ["theirs"]);
  equal(pressed("Save the merged text", true).done, ["mine\n\ntheirs"]);
});

test("what was typed stays, and all else is as it was recorded since", () => {
  const before = { owner: "Ada", note: "old", evidence: ["EV-1"] };
  equal(merged({ ...before, note: "typed" }, before, { owner: "Ben", note: "theirs", evidence: ["EV-1", "EV-2"] }),
    { owner: "Ben", note: "typed", evidence: ["EV-1", "EV-2"] });
});

/** A group of fields over a kernel, as a task has it. @param {(message: any) => any} [reply] */
function grouped(reply = () => ({ ok: true })) {
  localStorage.clear();
  const kernel = new Kernel(reply, { state: { engagement: "e", who: "Ada", error: "", page: "p" } });
  const el = place();
  const frame = new Frame({ model: kernel, el });
  const fields = { owner: new Field("Owner", h("input")), note: new Field("Note", h("input")) };
  const about = { kind: "task", key: "t", what: "this task", fields, names: NAMED };
  const form = new RecordForm(frame, about, { version: 1, by: "Ada", at: THEIRS.at, values: { owner: "", note: "" } });
  el.append(fields.owner.box, fields.note.box, form.extra, form.line);
  return { kernel, el, form, fields };
}
/** @type {[string, string][]} */
const NAMED = [["owner", "Owner"], ["note", "Note"]];

test("what the speaker changes in another place is no news while they type here", () => {
  const { el, form, fields } = grouped();
  fields.note.control.value = "typed";
  form.saver.typed();
  form.follow({ version: 2, by: "Ada", at: THEIRS.at, values: { owner: "Eve", note: "" } });
  equal([fields.owner.value, fields.note.value, form.saver.base], ["Eve", "typed", 2]);
  equal(/** @type {HTMLElement} */ (el.querySelector(".news")).hidden, true);
  form.follow({ version: 3, by: "Ben", at: THEIRS.at, values: { owner: "Ben", note: "" } });
  equal(el.querySelector(".news")?.textContent?.startsWith("Ben recorded something newer here."), true);
});

test("a step back shows what stood before, even where nothing did", async () => {
  const { form, fields } = grouped(() => ({ ok: true, says: "Undone: a task." }));
  fields.owner.control.value = "Ada";
  named("Undo").click();
  await until(() => form.line.textContent?.includes("✓ Undone: a task."));
  form.follow({ version: 0, by: "", at: "", values: { owner: "", note: "" } });
  equal([fields.owner.value, form.saver.base], ["", 0]);
});

test("Escape closes a panel and gives the focus back", () => {
  const el = place();
  const before = h("button", {}, "before");
  el.append(before);
  before.focus();
  const panel = new Panel("About", h("input"));
  el.append(panel.box);
  panel.box.querySelector("input")?.focus();
  panel.box.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  equal([panel.box.isConnected, document.activeElement === before], [false, true]);
});

test("a panel takes the focus, but not from somebody who is in it already", async () => {
  const el = place();
  const entered = new Panel("About", h("input"));
  el.append(entered.box);
  const field = entered.box.querySelector("input");
  field?.focus();
  await new Promise((done) => setTimeout(done, 10));
  equal(document.activeElement === field, true);
  const opened = new Panel("Other", h("input"));
  el.append(opened.box);
  await new Promise((done) => setTimeout(done, 10));
  equal(document.activeElement?.textContent, "Other");
});

test("history shows what changed and restores a version under an id of its own", async () => {
  const at = "2026-11-30T12:00:00+00:00";
  const history = [{ number: 7, version: 2, key: "k", by: "Ada", at, body: { note: "new" } },
    { number: 3, version: 1, key: "k", by: "Ben", at, body: { note: "old" } }];
  const kernel = new Kernel(({ do: what }) => (what === "history" ? { ok: true, history } : recorded(3)));
  /** @type {any[]} */
  const restored = [];
  const panel = await historyPanel(new Wire(kernel), "task", "k", [["note", "Note"]], (r) => restored.push(r.version));
  place().append(panel.box);
  equal([...panel.box.querySelectorAll("ins")].map((word) => word.textContent).includes("new"), true);
  named("Restore version 1").click();
  await new Promise((done) => setTimeout(done, 20));
  equal(restored, [3]);
  equal([kernel.sent[1].number, kernel.sent[1].draft.length], [3, 32]);
});
