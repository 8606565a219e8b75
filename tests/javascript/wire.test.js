// @ts-check
import { Frame } from "/static/frame.js";
import { identity } from "/static/identity.js";
import { line } from "/static/line.js";
import { listen } from "/static/page.js";
import { LOST, Wire } from "/static/wire.js";
import { equal, Kernel, named, place, test, until } from "./harness.js";

const STATE = { page: "p1", unnamed: false, error: "" };
const BROUGHT = { sheet: ".x {}", helps: { tour: [], keys: [] } };

test("each answer reaches who asked, whatever their order", async () => {
  const kernel = new Kernel(() => null);
  const wire = new Wire(kernel);
  const both = Promise.all([wire.ask("a"), wire.ask("b")]);
  kernel.say("msg:custom", { re: kernel.sent[1].id, ok: true, n: "b" });
  kernel.say("msg:custom", { re: kernel.sent[0].id, ok: true, n: "a" });
  kernel.say("msg:custom", { re: "somebody else's", ok: true });
  equal((await both).map((reply) => reply.n), ["a", "b"]);
});

test("the bytes of a file come with the answer that they belong to", async () => {
  const kernel = new Kernel(() => null);
  const asked = new Wire(kernel).ask("download");
  const bytes = new DataView(new Uint8Array([80, 75]).buffer);
  kernel.say("msg:custom", { re: kernel.sent[0].id, ok: true, name: "risks.xlsx" }, [bytes]);
  const reply = await asked;
  equal([reply.name, reply.buffers.length, reply.buffers[0].getUint8(1)], ["risks.xlsx", 1, 75]);
});

test("no answer in time is a loss that is told, and a late one does no harm", async () => {
  const kernel = new Kernel(() => null);
  const wire = new Wire(kernel);
  const reply = await wire.ask("save", {}, { patience: 5 });
  equal([reply.ok, reply.lost, reply.says], [false, true, LOST]);
  kernel.say("msg:custom", { re: kernel.sent[0].id, ok: true });
});

test("after the kernel closed nothing is sent", async () => {
  const kernel = new Kernel(() => ({ ok: true }));
  const wire = new Wire(kernel);
  kernel.say("comm:close");
  equal([(await wire.ask("save")).lost, kernel.sent.length], [true, 0]);
});

test("what cannot be sent is a loss and no exception", async () => {
  const kernel = new Kernel(() => { throw new Error("the socket is closed"); });
  equal((await new Wire(kernel).ask("save")).lost, true);
});

test("a frame says what Python cannot show, and what is newer than what is edited", () => {
  const kernel = new Kernel(() => null, { state: { ...STATE, error: "No system is called SYS-9." } });
  const frame = new Frame({ model: kernel, el: place() });
  equal([frame.notice.hidden, frame.notice.textContent], [false, "No system is called SYS-9."]);
  kernel.show(STATE);
  equal(frame.notice.hidden, true);
  let shown = 0;
  frame.news("Ben", () => { shown += 1; });
  equal(frame.notice.textContent, "Ben recorded something newer here. Show it");
  named("Show it").click();
  equal([shown, frame.notice.hidden], [1, true]);
});

test("who speaks is asked before the first word is recorded, once, and then the same is sent again", async () => {
  const state = { ...STATE, unnamed: true, roles: ["preparer"], role: "preparer", who: "not named", people: [] };
  let said = false;
  const kernel = new Kernel((message) => {
    if (message.do === "speak") said = true;
    return message.do === "speak" || said ? { ok: true, says: "" } : { ok: false, unnamed: true, says: "Say first." };
  }, { state });
  const wire = new Wire(kernel);
  const both = [wire.ask("save", { draft: "d1" }), wire.ask("save", { draft: "d2" })];
  await until(() => document.querySelector("dialog"));
  equal(document.querySelectorAll("dialog").length, 1);
  const name = /** @type {HTMLInputElement} */ (document.querySelector("dialog input"));
  name.value = "Ada";
  named("Speak as this").click();
  equal((await Promise.all(both)).map((reply) => reply.ok), [true, true]);
  equal(kernel.sent.filter((m) => m.draft === "d1").length, 2);
  equal(document.querySelectorAll("dialog").length, 0);
});

test("who speaks is shown as it is now, wherever it was said, and nothing that is typed is lost before", () => {
  const state = { ...STATE, unnamed: false, roles: ["preparer", "auditor"], role: "preparer", who: "Ada", people: [] };
  const kernel = new Kernel(() => ({ ok: true }), { form: "identity", state });
  const el = place();
  identity({ model: kernel, el });
  const name = /** @type {HTMLInputElement} */ (el.querySelector("input"));
  name.value = "Be";
  kernel.show({ ...state, people: ["Ben"] });
  equal([name.value, el.querySelector(".saving")?.textContent], ["Be", "You speak as Ada, preparer."]);
  kernel.show({ ...state, who: "Internal auditor", role: "auditor" });
  equal([name.value, el.querySelector("select")?.value], ["Internal auditor", "auditor"]);
  equal(el.querySelector(".saving")?.textContent, "You speak as Internal auditor, auditor.");
});

test("whoever does not say who they are records nothing, and is told", async () => {
  const state = { ...STATE, unnamed: true, roles: ["preparer"], role: "preparer", who: "not named", people: [] };
  const kernel = new Kernel(() => ({ ok: false, unnamed: true, says: "Say first who speaks." }), { state });
  const asked = new Wire(kernel).ask("save");
  await until(() => document.querySelector("dialog"));
  named("Not now").click();
  equal((await asked).says, "Say first who speaks.");
  equal(kernel.sent.length, 1);
});

test("the line looks for all forms of its page, and says when the kernel is silent and when it is back", async () => {
  const kernel = new Kernel(() => ({ ok: true, head: 1 }),
    { ...BROUGHT, state: { ...STATE, engagement: "isms", value: "<p>open</p>" } });
  /** @type {string[]} */
  const heard = [];
  const stop = listen("p1", (error) => heard.push(error));
  listen("another page", () => heard.push("wrong"));
  const end = line.initialize({ model: kernel });
  equal(document.getElementById("mlaw-sheet")?.textContent, ".x {}");
  await globalThis.tick(10_500);
  await until(() => heard.length === 1);
  kernel.say("comm:close"); // told at once, not when it looks next
  await until(() => heard.length === 2);
  equal([kernel.sent[0].do, heard], ["look", ["", LOST]]);
  stop();
  end();
  await globalThis.tick(10_500);
  equal(heard.length, 2);
});

test("a line asks while it or a form of its page is shown, and no more when it was replaced", async () => {
  const kernel = new Kernel(() => ({ ok: true, head: 1 }),
    { ...BROUGHT, state: { ...STATE, page: "p2", engagement: "isms", value: "" } });
  line.initialize({ model: kernel });
  await globalThis.tick(10_500);
  equal(kernel.sent.length, 0);
  const leave = line.render({ model: kernel, el: place() });
  await globalThis.tick(10_500);
  equal(kernel.sent.length, 1);
  leave();
  await globalThis.tick(30_500);
  equal(kernel.sent.length, 1);
});
