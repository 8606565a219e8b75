// A register as a table: edit in place, add, duplicate, delete with undo, sort, filter, paste and import.

function render({ model, el }) {
  const form = frame(model, el, "register");
  const view = { sort: null, down: false, words: "", all: false, cell: null };
  const said = h("p", { class: "said", role: "status" });
  const extra = h("div", {});
  const grid = h("div", { class: "grid", tabIndex: 0, role: "region" });
  const search = h("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter rows", oninput: () => { view.words = search.value; paint(); } });
  const number = h("b", { "aria-live": "polite" });
  const wide = button("All columns", () => { view.all = !view.all; wide.setAttribute("aria-pressed", String(view.all)); paint(); }, { "aria-pressed": "false" });
  const add = button("", () => rowPanel(null, {}));
  const paste = button("Paste rows …", () => pastePanel());
  const bring = button("Import file …", () => file.click());
  const file = h("input", { type: "file", accept: ".csv,.xlsx", hidden: true, "aria-label": "CSV or XLSX file to import", onchange: async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    const reply = await upload(form.wire, "", chosen, {}, (words) => tell(words));
    file.value = "";
    previewPanel(reply, (mapping) => upload(form.wire, "", chosen, {}, () => {}, mapping), chosen);
  } });
  el.append(h("div", { class: "top" }, number, search, wide, add, paste, bring, file), said, extra, grid);

  const state = () => form.state();
  const column = (id) => state().columns.find((c) => c.id === id);
  const tell = (words, undo) => said.replaceChildren(words, undo ? " " : "", undo || "");
  const many = (c) => c.type === "refs" || c.type === "evidence";
  const named = (c, value) => {
    if (value === undefined || value === null || value === "") return "";
    const known = new Map(state().choices[c.id] || []);
    if (many(c)) return value.map((v) => known.get(v) || v).join(", ");
    return c.type === "text" || c.type === "long_text" || c.type === "date" || c.type === "number" ? String(value) : known.get(value) || value;
  };

  // the table -----------------------------------------------------------------------------------------------------

  const shownColumns = () => (view.all ? state().columns : state().telling.map(column).filter(Boolean));
  function shownRows() {
    const words = view.words.toLowerCase();
    const rows = state().rows.filter((r) => !words || JSON.stringify([r.key, state().columns.map((c) => named(c, r.values[c.id])), r.gaps]).toLowerCase().includes(words));
    if (!view.sort) return rows;
    const c = view.sort === "key" ? null : column(view.sort);
    const by = (r) => (c ? (c.type === "number" ? r.values[c.id] ?? -1 : named(c, r.values[c.id])) : r.key);
    const order = (a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true }));
    return [...rows].sort((a, b) => order(by(a), by(b)) * (view.down ? -1 : 1));
  }

  function paint() {
    const { rows, one, title, readOnly } = state();
    const shown = shownRows();
    const columns = shownColumns();
    const gaps = rows.reduce((n, r) => n + r.gaps.length, 0);
    number.textContent = `${shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`} ${rows.length === 1 ? "row" : "rows"}, ${gaps || "no"} ${gaps === 1 ? "gap" : "gaps"}`;
    add.textContent = `Add ${one}`;
    for (const b of [add, paste, bring]) b.disabled = Boolean(readOnly);
    grid.setAttribute("aria-label", title);
    if (!rows.length) {
      grid.replaceChildren(h("div", { class: "note" }, h("p", {}, state().intro), h("p", {}, `No ${one} yet. Add the first one, paste rows from a spreadsheet, or import a CSV or XLSX file.`)));
      return;
    }
    const head = (id, label) => h("th", { scope: "col", "aria-sort": view.sort === id ? (view.down ? "descending" : "ascending") : "none" },
      button(`${label}${view.sort === id ? (view.down ? " ▼" : " ▲") : ""}`, () => { view.down = view.sort === id && !view.down; view.sort = id; paint(); }));
    const table = h("table", {}, h("caption", {}, state().readOnly || "Double-click a cell, or press Enter on it, to edit it."),
      h("thead", {}, h("tr", {}, head("key", "Id"), columns.map((c) => head(c.id, c.label)), h("th", { scope: "col" }, button("Missing", () => {}, { disabled: true })), h("th", { scope: "col" }, button("Actions", () => {}, { disabled: true })))),
      h("tbody", {}, shown.map((r) => line(r, columns))));
    grid.replaceChildren(table);
    const want = view.want && rows.find((r) => r.key === view.want.key);
    if (want && want.version >= view.want.version) {
      const { key, column: id, edit } = view.want;
      view.want = null;
      focusCell(key, id, edit);
    }
  }

  function line(row, columns) {
    const cells = columns.map((c, i) => {
      const cell = h(i ? "td" : "th", { tabIndex: -1, scope: i ? undefined : "row", "data-key": row.key, "data-column": c.id }, h("div", { class: "clip" }, named(c, row.values[c.id]) || (row.missing.includes(c.id) ? "—" : "")));
      cell.addEventListener("dblclick", () => editCell(cell, row, c));
      cell.addEventListener("keydown", (event) => moveOrEdit(event, cell, row, c));
      return cell;
    });
    cells[0].tabIndex = 0;
    const tools = h("td", {}, h("span", { class: "actions" },
      button("Open", () => rowPanel(row, row.values), { "aria-label": `Open ${row.values.name || row.key}` }),
      !state().readOnly && button("Copy", () => rowPanel(null, { ...row.values, name: `${row.values.name || ""} (copy)` }), { "aria-label": `Duplicate ${row.values.name || row.key}` }),
      !state().readOnly && button("Delete", () => remove(row), { "aria-label": `Delete ${row.values.name || row.key}` }),
      button("History", async () => extra.replaceChildren(await historyPanel(form.wire, state().id, row.key, state().columns.map((c) => [c.id, c.label]), () => extra.replaceChildren())), { "aria-label": `History of ${row.values.name || row.key}` })));
    return h("tr", {}, h("td", { class: "mute" }, row.key), cells, h("td", { class: row.gaps.length ? "stale" : "mute" }, h("div", { class: "clip" }, row.gaps.join("; ") || "nothing")), tools);
  }

  function moveOrEdit(event, cell, row, c) {
    if (event.target !== cell) return;
    if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); editCell(cell, row, c); return; }
    const place = [...cell.parentElement.children].indexOf(cell);
    const beside = { ArrowRight: cell.nextElementSibling, ArrowLeft: cell.previousElementSibling,
      ArrowDown: cell.parentElement.nextElementSibling && cell.parentElement.nextElementSibling.children[place],
      ArrowUp: cell.parentElement.previousElementSibling && cell.parentElement.previousElementSibling.children[place] }[event.key];
    if (beside && beside.dataset.column) { event.preventDefault(); beside.focus(); }
  }

  // one cell, one row ---------------------------------------------------------------------------------------------

  function control(c, value) {
    if (many(c)) {
      const select = h("select", { multiple: true, size: 6 }, (state().choices[c.id] || []).map(([id, words]) => h("option", { value: id, selected: (value || []).includes(id) }, words)));
      select.collect = () => [...select.selectedOptions].map((o) => o.value);
      return select;
    }
    if (c.type === "choice" || c.type === "ref" || c.type === "question") {
      const select = h("select", {}, h("option", { value: "" }, ""), (state().choices[c.id] || []).map(([id, words]) => h("option", { value: id }, c.type === "choice" ? words : `${words} (${id})`)));
      select.value = value || "";
      select.collect = () => select.value;
      return select;
    }
    const input = c.type === "long_text" ? h("textarea", { rows: 3 }) : h("input", { type: c.type === "date" ? "date" : c.type === "number" ? "number" : "text", min: c.min, max: c.max });
    input.value = value ?? "";
    input.collect = () => input.value;
    return input;
  }

  function editCell(cell, row, c) {
    if (state().readOnly || cell.querySelector("input, select, textarea")) return;
    const input = control(c, row.values[c.id]);
    input.setAttribute("aria-label", `${c.label} of ${row.values.name || row.key}`);
    const wrong = h("p", { class: "wrong", role: "alert" });
    const before = [...cell.childNodes];
    let over = false;
    const back = () => { over = true; cell.replaceChildren(...before); cell.focus(); };
    const keep = async (step) => {
      if (over) return;
      const value = input.collect();
      if (JSON.stringify(value) === JSON.stringify(row.values[c.id] ?? (many(c) ? [] : ""))) { back(); return; }
      over = true;
      tell("Saving …");
      const reply = await saveRow(row, { ...row.values, [c.id]: value });
      if (!reply.ok) { over = false; wrong.textContent = reply.says; input.setAttribute("aria-invalid", "true"); input.focus(); tell("Not saved; see the cell."); return; }
      const next = step && nextColumn(c, step);
      view.want = { key: row.key, column: next ? next.id : c.id, edit: Boolean(next), version: reply.revision.version };
      cell.replaceChildren(h("div", { class: "clip" }, named(c, value)));
      paint();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); back(); }
      else if (event.key === "Enter" && !(c.type === "long_text" && event.shiftKey)) { event.preventDefault(); keep(0); }
      else if (event.key === "Tab") { event.preventDefault(); keep(event.shiftKey ? -1 : 1); }
    });
    input.addEventListener("blur", () => setTimeout(() => { if (input.isConnected && document.activeElement !== input) keep(0); }, 0));
    cell.replaceChildren(input, wrong);
    input.focus();
  }

  const nextColumn = (c, step) => { const all = shownColumns(); return all[all.findIndex((x) => x.id === c.id) + step]; };
  function focusCell(key, id, edit) {
    const cell = grid.querySelector(`[data-key="${CSS.escape(key)}"][data-column="${CSS.escape(id)}"]`);
    if (!cell) return;
    cell.focus();
    if (edit) editCell(cell, state().rows.find((r) => r.key === key), column(id));
  }

  async function saveRow(row, values) {
    const reply = await form.wire.ask("save", { key: row ? row.key : "", base: row ? row.version : 0, values, draft: crypto.randomUUID() });
    if (reply.ok) tell(`✓ Saved ${clock(reply.revision.at)}: ${reply.revision.key}, version ${reply.revision.version} by ${reply.revision.by}`);
    return reply;
  }

  function rowPanel(row, values) {
    const { columns, one, keys, readOnly } = state();
    const fields = columns.map((c) => [c, labelled(`${c.label}${c.required ? " (needed)" : ""}`, control(c, values[c.id]), c.help)]);
    const which = !row && keys.length ? labelled("Number", h("select", {}, h("option", { value: "" }, ""), keys.map(([id, title]) => h("option", { value: id }, `${id} ${title}`)))) : null;
    const name = `${state().engagement}:${state().id}:${row ? row.key : "new"}`;
    const wrong = h("p", { class: "wrong", role: "alert" });
    const collect = () => Object.fromEntries(fields.map(([c, f]) => [c.id, f.control.collect()]));
    const typed = kept.read(name);
    if (typed && JSON.stringify(typed) !== JSON.stringify(collect()) && !readOnly) {
      wrong.replaceChildren("You typed something here before that was not saved. ", button("Put it back", () => {
        box.remove();
        kept.drop(name);
        rowPanel(row, typed);
      }), button("Throw it away", () => { kept.drop(name); wrong.textContent = ""; }));
    }
    for (const [, field] of fields) field.control.addEventListener("input", () => kept.write(name, collect()));
    const save = button(row ? "Save" : `Add ${one}`, async () => {
      for (const [, f] of fields) f.complain("");
      wrong.textContent = "";
      const target = row || (which ? { key: which.control.value, version: 0 } : null);
      const reply = await saveRow(target, collect());
      if (reply.ok) {
        kept.drop(name);
        box.remove();
        view.want = { key: reply.revision.key, column: "name", edit: false, version: reply.revision.version };
        paint();
        return;
      }
      const guilty = fields.find(([c]) => reply.says.startsWith(c.label));
      if (guilty) { guilty[1].complain(reply.says); guilty[1].control.focus(); } else wrong.textContent = reply.says;
      if (reply.conflict) wrong.append(" ", button("Show theirs", async () => { await form.wire.ask("reload"); box.remove(); rowPanel(state().rows.find((r) => r.key === row.key), (reply.conflict.body || {})); }),
        button("Keep mine", () => { row = { ...row, version: reply.conflict.version }; save.click(); }));
    }, { disabled: Boolean(readOnly), class: "does" });
    const box = panel(row ? `${row.key} ${values.name || ""}` : `New ${one}`, which || "", h("div", { class: "g" }, fields.map(([, f]) => f)), save, wrong);
    extra.replaceChildren(box);
  }

  async function remove(row) {
    const reply = await form.wire.ask("delete", { key: row.key, base: row.version });
    if (!reply.ok) { tell(reply.says); return; }
    tell(`Deleted ${row.values.name || row.key}.`, button("Undo", async () => {
      const done = await form.wire.ask("restore", { kind: state().id, key: row.key, number: reply.number });
      tell(done.ok ? `Brought back ${row.values.name || row.key}.` : done.says);
    }));
  }

  // paste and import ----------------------------------------------------------------------------------------------

  function pastePanel() {
    const text = h("textarea", { rows: 6, placeholder: "Name\tOwner\nCredit scoring\tCredit lead" });
    const field = labelled("Rows copied from a spreadsheet; the first line names the columns", text);
    const ask = (mapping) => form.wire.ask("paste", { text: text.value, mapping });
    extra.replaceChildren(panel("Paste rows", field, button("Preview", async () => previewPanel(await ask({}), ask))));
    text.addEventListener("paste", () => setTimeout(async () => previewPanel(await ask({}), ask), 0));
  }

  function previewPanel(reply, again) {
    if (!reply.ok) { extra.replaceChildren(panel("Nothing was imported", h("p", { class: "wrong" }, reply.says))); return; }
    const maps = reply.headers.map((header) => {
      const own = state().columns.find((c) => [c.id, c.label].some((n) => n.toLowerCase() === header.toLowerCase()));
      const select = h("select", {}, h("option", { value: "" }, "leave out"), h("option", { value: "id" }, "Id"), state().columns.map((c) => h("option", { value: c.id }, c.label)));
      select.value = header.toLowerCase() === "id" ? "id" : own ? own.id : "";
      if (reply.mapping && header in reply.mapping) select.value = reply.mapping[header];
      return [header, labelled(header, select)];
    });
    const totals = reply.summary.tables.map((t) => `${t.new} new, ${t.changed} changed, ${t.same} same, ${t.wrong} wrong`).join("; ") || "no row read";
    const wrongs = reply.problems.length;
    const bring_ = button("Import all", async () => {
      const done = await form.wire.ask("import");
      tell(done.says);
      if (done.ok) extra.replaceChildren();
    }, { disabled: wrongs > 0 });
    extra.replaceChildren(panel("Preview: nothing is imported yet",
      h("p", {}, h("b", {}, totals)),
      wrongs ? h("ul", { class: "wrong" }, reply.problems.map((p) => h("li", {}, p))) : "",
      h("details", { open: wrongs > 0 }, h("summary", {}, "Which column is which"), h("div", { class: "g" }, maps.map(([, f]) => f)),
        button("Preview again", async () => {
          const mapping = Object.fromEntries(maps.map(([header, f]) => [header, f.control.value]));
          const next = await again(mapping);
          previewPanel({ ...next, mapping }, again);
        })),
      h("details", {}, h("summary", {}, "Row by row"), h("ul", {}, reply.rows.map((r) => h("li", {}, `line ${r.line}: ${r.key} ${r.state} ${r.says}`)))),
      bring_));
  }

  model.on("change:state", () => { if (!grid.querySelector("td input, td select, td textarea, th input")) paint(); });
  paint();
  return form.leave;
}
