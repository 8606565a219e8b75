// @ts-check
import { say, sayMany, term } from "/static/say.js";
import { equal, test } from "./harness.js";

test("what is said in English is what stands in the code, with its places filled", () => {
  equal(say("Nothing is open."), "Nothing is open.");
  equal(say("{who} said {what}, {who}.", { who: "Ada", what: "{who}" }), "Ada said {who}, Ada.");
  equal(say("{n} of {all}", { n: 0, all: "" }), "0 of ");
  equal([say("constructor"), term("not assessed")], ["constructor", "not assessed"]);
});

test("one stands for one, and many for none or more", () => {
  const rows = (/** @type {number} */ n) => sayMany("{n} row of {all}", "{n} rows of {all}", n, { all: 9 });
  equal([rows(0), rows(1), rows(2)], ["0 rows of 9", "1 row of 9", "2 rows of 9"]);
});
