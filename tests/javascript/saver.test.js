// @ts-check
import { Field, h } from "/static/dom.js";
import { kept } from "/static/kept.js";
import { recover } from "/static/recovered.js";
import { Action, Saver } from "/static/saver.js";
import { Wire } from "/static/wire.js";
import { equal, Kernel, named, place, recorded, test } from "./harness.js";

/** A form with one value, and what its Saver sends and says. @param {any[]} replies one for each time it sends */
function form(replies, more = {}) {
  const it = {
    text: "first",
    /** @type {any[]} */ sent: [],
    /** @type {string[]} */ said: [],
    /** @type {any[]} */ conflicts: [],
  };
  const saver = new Saver({
    name: "demo:one",
    base: 0,
    collect: () => it.text,
    show: (_, kind) => it.said.push(kind),
    send: async (value, base, draft) => {
      it.sent.push({ value, base, draft });
      return replies.shift() ?? { ok: false, lost: true, says: "nobody answers" };
    },
    saved: () => {},
    conflict: (theirs) => it.conflicts.push(theirs),
    onDemand: true,
    ...more,
  });
  return { it, saver };
}

test("what got no answer is sent again as it was, under the same id", async () => {
  const { it, saver } = form([undefined, recorded(1), recorded(2)]);
  await saver.save();
  it.text = "second";
  await saver.save();

  equal(it.sent.map((s) => [s.value, s.base]), [["first", 0], ["first", 0], ["second", 1]]);
  equal(it.sent[0].draft === it.sent[1].draft, true);
  equal(it.sent[1].draft === it.sent[2].draft, false);
  equal(saver.base, 2);
});

test("a lost save is sent under its first id also when the page was opened again", async () => {
  const before = form([]);
  await before.saver.save();
  const after = form([recorded(1)]);
  after.it.text = "";
  recover(after.saver, place(), (value) => { after.it.text = value; }, String);
  named("Use it").click();
  await after.saver.flush();

  equal(after.it.sent, before.it.sent);
  equal(kept.read("demo:one"), null);
});

test("what was typed while a save was under way is saved after it", async () => {
  const { it, saver } = form([recorded(1), recorded(2)]);
  const done = saver.save();
  it.text = "first, and more";
  saver.typed();
  await done;

  equal(it.sent.map((s) => [s.value, s.base]), [["first", 0], ["first, and more", 1]]);
  equal(saver.dirty, false);
});

test("a conflict is handed over, and what is kept then changes their version under a new id", async () => {
  const theirs = { version: 4, by: "Ben", body: {} };
  const { it, saver } = form([{ ok: false, says: "Ben was first", conflict: theirs }, recorded(5)]);
  await saver.save();
  equal(it.conflicts, [theirs]);
  saver.rebase(4);
  await saver.save();

  equal(it.sent.map((s) => s.base), [0, 4]);
  equal(it.sent[0].draft === it.sent[1].draft, false);
});

test("what is wrong is said at the field that the reply names, whatever its sentence says", async () => {
  const fields = { owner: new Field("Owner", h("input")), due: new Field("Due", h("input")) };
  const { saver } = form([{ ok: false, says: "Owner: so it begins, but the date is meant", field: "due" }], { fields });
  await saver.save();

  equal(fields.due.wrong.hidden, false);
  equal(fields.owner.wrong.hidden, true);
});

test("a form with a button of its own keeps what is typed and saves nothing before it is pressed", async () => {
  const { it, saver } = form([]);
  saver.typed(0);
  await new Promise((done) => setTimeout(done, 30));

  equal(it.sent, []);
  equal(kept.read("demo:one").value, "first");
});

test("what is thrown away is not kept", async () => {
  const { saver } = form([]);
  saver.typed();
  saver.forget(3);
  await saver.flush();

  equal([saver.base, saver.dirty, kept.read("demo:one")], [3, false, null]);
});

test("a button pressed again sends the same id until it has an answer, and another for something else", async () => {
  const kernel = new Kernel(() => (kernel.sent.length === 2 ? { ok: true } : null));
  const wire = new Wire(kernel);
  const action = new Action(wire, "delete");
  await action.send({ key: "DS-001" }, 10);
  await action.send({ key: "DS-001" }, 50);
  await action.send({ key: "DS-001" }, 10);
  await action.send({ key: "DS-002" }, 10);
  const drafts = kernel.sent.map((message) => message.draft);

  equal(drafts[0] === drafts[1], true);
  equal(new Set(drafts).size, 3);
});
