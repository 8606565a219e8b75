import assert from "node:assert/strict";
import test from "node:test";

import { decoded, folderOf, pageAt, targetOf } from "../places.js";
import { page } from "./made.js";

const PAGES = [page({ file: "00_start.ipynb" }), page({ file: "03_control_review.ipynb" })];
const HERE = "http://127.0.0.1:8888/lab/tree/00_start.ipynb";

test("only the notebooks of the workspace are pages", () => {
  assert.equal(pageAt(PAGES, "00_start.ipynb"), PAGES[0]);
  assert.equal(pageAt(PAGES, "notebooks/03_control_review.ipynb"), PAGES[1]);
  for (const other of ["my.ipynb", "outputs/demo/00_start.ipynb", "00_start-Copy1.ipynb", ""]) {
    assert.equal(pageAt(PAGES, other), undefined, other);
  }
});

test("other pages lie where one that is open does", () => {
  assert.equal(folderOf("00_start.ipynb"), "");
  assert.equal(folderOf("notebooks/00_start.ipynb"), "notebooks/");
});

test("a link leads to a page however Jupyter has rewritten it", () => {
  const target = { page: "03_control_review.ipynb", anchor: "ac-mfa@SYS-001" };
  for (const href of [
    "03_control_review.ipynb#ac-mfa@SYS-001",
    "http://127.0.0.1:8888/files/03_control_review.ipynb?_xsrf=2#ac-mfa%40SYS-001",
    "/notebooks/notebooks/03_control_review.ipynb#ac-mfa@SYS-001",
  ]) assert.deepEqual(targetOf(PAGES, href, HERE), target, href);
  assert.deepEqual(targetOf(PAGES, "00_start.ipynb", HERE), { page: "00_start.ipynb", anchor: "" });
});

test("links that lead elsewhere are left to the browser", () => {
  for (const href of ["https://example.org/00_start.ipynb#x", "mine.ipynb", "http://[", "mailto:a@example.org"]) {
    assert.equal(targetOf(PAGES, href, HERE), undefined, href);
  }
});

test("what is no encoded address is taken as it is", () => {
  assert.equal(decoded("100%"), "100%");
  assert.equal(decoded("a%20b"), "a b");
});
