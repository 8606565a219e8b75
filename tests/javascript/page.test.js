// @ts-check
import stub from "/static/form.js";
import page from "/static/main.js";
import { equal, Kernel, place, test, until } from "./harness.js";

const STATE = { page: "p1", form: "f1", unnamed: false, error: "", roles: ["preparer"], role: "preparer",
  who: "Ada", people: [] };

/** @param {string} version @param {(message: any) => any} [reply] */
const form = (version, reply = () => null) =>
  new Kernel(reply, { modules_version: version, form: "identity", state: STATE });
const line = (/** @type {string} */ version) =>
  new Kernel(() => null, { modules_version: version, page: "p1", sheet: "", value: "" });

test("a form is drawn whether the line came before it or after", async () => {
  const el = place();
  const drawn = stub.render({ model: form("v1"), el });
  equal(el.childElementCount, 0);
  page.initialize({ model: line("v1") });
  await drawn;
  equal(el.querySelectorAll(".who").length, 1);
  const second = place();
  await stub.render({ model: form("v1"), el: second });
  equal(second.querySelectorAll(".who").length, 1);
});

test("a form of another version waits for its own line", async () => {
  page.initialize({ model: line("v2") });
  const el = place();
  let drawn = false;
  stub.render({ model: form("v3"), el }).then(() => { drawn = true; });
  await new Promise((done) => setTimeout(done, 30));
  equal(drawn, false);
  page.initialize({ model: line("v3") });
  await until(() => drawn);
});

test("without a line the first form asks Python for the modules, and all are drawn", async () => {
  const text = "export const forms = { identity: ({ el }) => { el.textContent = 'drawn'; return () => {}; } };";
  const model = form("v4", () => ({ ok: true, modules: text }));
  const other = form("v4");
  const places = [place(), document.createElement("div")];
  const drawn = Promise.all([stub.render({ model, el: places[0] }), stub.render({ model: other, el: places[1] })]);
  await globalThis.tick(4_000);
  await drawn;
  equal(places.map((el) => el.textContent), ["drawn", "drawn"]);
  equal([model.sent.map((m) => m.do), other.sent], [["modules"], []]);
});

test("a form that nobody brings its modules says what to run", async () => {
  const el = place();
  stub.render({ model: form("v5"), el });
  await globalThis.tick(16_000);
  equal(el.textContent?.includes("Run the cell that opens the audit"), true);
  page.initialize({ model: line("v5") });
  await until(() => el.querySelector(".who"));
  equal(el.textContent?.includes("Run the cell"), false);
});

test("a form that is taken away while it waits draws nothing", async () => {
  const el = place();
  const gone = new AbortController();
  const drawn = stub.render({ model: form("v6"), el, signal: gone.signal });
  gone.abort();
  page.initialize({ model: line("v6") });
  await drawn;
  equal(el.childElementCount, 0);
});
