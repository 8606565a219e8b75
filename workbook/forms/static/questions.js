// The questions of a section, or of one person: progress, filters, one question open at a time.

const ANSWER_FIELDS = [["result", "Result"], ["rationale", "What is the case today"], ["owner", "Owner"], ["due", "Due"], ["evidence", "Evidence"]];
const EVIDENCE_KIND = { fresh: "ok", undated: "part", stale: "bad", none: "unk" };
const DONE_RESULTS = ["implemented", "not applicable"];

let lastOpen = null; // of this widget: a view that JupyterLab draws again opens where the person was

function render({ model, el }) {
  const form = frame(model, el, "questions");
  const view = { open: null, filter: "all", system: "", words: "", picked: new Set(), picking: false };
  const top = h("div", { class: "top" });
  const list = h("div", { class: "questions" });
  const below = h("div", {});
  const empty = h("p", { class: "note", hidden: true });
  el.append(top, below, empty, list);

  const mark = (result) => {
    const found = form.state().results.find(([name]) => name === result);
    return pill(found[2], `${found[1]} ${result[0].toUpperCase()}${result.slice(1)}`);
  };
  const filters = {
    all: ["All", () => true],
    open: ["Open", (i) => i.result === "not assessed" && !i.folded],
    mine: ["Mine", (i) => i.owner && i.owner.toLowerCase() === form.state().who.toLowerCase()],
    stale: ["Stale evidence", (i) => i.pieces && i.evidence !== "fresh"],
    review: ["Needs review", (i) => i.version && i.result !== "not assessed" && !i.folded && ["", "changed since"].includes(i.reviewed)],
  };
  const visible = () => form.state().items.filter((i) =>
    filters[view.filter][1](i)
    && (!view.system || !i.system || i.system === view.system)
    && (!view.words || `${i.title} ${i.ask} ${i.question}`.toLowerCase().includes(view.words.toLowerCase())));

  // the line above the list ---------------------------------------------------------------------------------------

  const counts = h("b", { "aria-live": "polite" });
  const bar = h("div", { class: "prog", role: "img" });
  const chips = h("span", { class: "chips", role: "group", "aria-label": "Show" });
  const systems = h("select", { "aria-label": "System", onchange: () => { view.system = systems.value; paint(); } });
  const search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search in questions", oninput: () => { view.words = search.value; paint(); } });
  const next = button("Next open question", () => {
    const found = form.state().items.find((i) => filters.open[1](i) && i.key !== view.open);
    if (found) { view.filter = "all"; view.words = search.value = ""; view.system = systems.value = ""; paint(); openQuestion(found.key); }
  }, { class: "next" });
  const several = button("Several at once …", () => {
    if (view.picking) { below.firstChild.leave(); return; }
    view.picking = true;
    below.replaceChildren(pickPanel());
    paint();
  });
  top.append(counts, bar, systems, chips, search, several, next);

  function paintTop() {
    const { items, results, systems: known, readOnly } = form.state();
    const asked = items.filter((i) => !i.folded);
    const answered = asked.filter((i) => i.result !== "not assessed").length;
    counts.textContent = `${answered} of ${asked.length} answered`;
    const parts = results.map(([name, , kind]) => [name, kind, asked.filter((i) => i.result === name).length]).filter((p) => p[2]);
    bar.replaceChildren(...parts.filter(([name]) => name !== "not assessed").map(([, kind, n]) => h("i", { style: `width:${(100 * n) / asked.length}%;background:var(--${kind})` })));
    bar.setAttribute("aria-label", parts.map(([name, , n]) => `${n} ${name}`).join(", ") || "nothing asked");
    const perSystem = items.some((i) => i.system);
    systems.hidden = !perSystem || known.length < 2;
    systems.replaceChildren(h("option", { value: "" }, "All systems"), ...known.map(([key, name]) => h("option", { value: key }, name)));
    systems.value = view.system;
    chips.replaceChildren(...Object.entries(filters).map(([id, [words, test]]) =>
      id !== "mine" || !form.state().mine ? button(`${words} ${items.filter(test).length}`, () => { view.filter = id; paint(); },
        { class: view.filter === id ? "chip on" : "chip", "aria-pressed": String(view.filter === id) }) : ""));
    several.setAttribute("aria-pressed", String(view.picking));
    several.disabled = Boolean(readOnly);
    next.disabled = !items.some((i) => filters.open[1](i) && i.key !== view.open);
  }

  // the list ------------------------------------------------------------------------------------------------------

  const rows = new Map();
  function paint() {
    paintTop();
    const shown = visible();
    const keep = new Set(shown.map((i) => i.key));
    if (view.open) keep.add(view.open);
    for (const [key, row] of rows) if (!keep.has(key)) { row.box.remove(); rows.delete(key); }
    let place = null;
    for (const item of form.state().items.filter((i) => keep.has(i.key))) {
      if (!rows.has(item.key)) rows.set(item.key, makeRow(item));
      const { box } = rows.get(item.key);
      paintRow(item);
      if (place ? place.nextSibling !== box : list.firstChild !== box) {
        if (place) place.after(box); else list.prepend(box);
      }
      place = box;
    }
    empty.hidden = shown.length > 0 || Boolean(view.open);
    empty.textContent = whyEmpty(form.state());
  }

  function whyEmpty({ items, mine, unnamed, who }) {
    if (items.length) return "No question fits this filter. Choose “All” to see every question.";
    if (!mine) return "No question yet: these are asked once for each ML system. Add the systems in scope on the page 00_start first.";
    if (unnamed) return "Say who you are under “Who speaks”; the questions that name you as their owner then stand here.";
    return `No question names ${who} as its owner. On pages 1 to 5, “Several at once …” gives questions to their owners.`;
  }

  function makeRow(item) {
    const row = { box: h("div", { class: "item" }), line: null, body: null };
    row.pick = h("input", { type: "checkbox", "aria-label": `Choose ${item.title}`, onchange: () => {
      if (row.pick.checked) view.picked.add(item.key); else view.picked.delete(item.key);
    } });
    row.title = h("span", { class: "title" });
    row.about = h("span", { class: "mute" });
    row.state = h("span", {});
    row.line = h("button", { type: "button", class: "row", "aria-expanded": "false", onclick: () => {
      if (view.open === item.key) closeQuestion(); else openQuestion(item.key);
    } }, row.title, row.about, row.state);
    row.box.append(row.pick, row.line);
    return row;
  }

  function paintRow(item) {
    const row = rows.get(item.key);
    row.pick.hidden = !view.picking;
    row.pick.checked = view.picked.has(item.key);
    row.title.replaceChildren(h("b", {}, item.title), h("span", { class: "mute" }, [item.systemName, item.section].filter(Boolean).map((w) => ` · ${w}`)));
    const proof = item.pieces ? `${item.pieces} ${item.pieces === 1 ? "item" : "items"}, ${item.evidence}` : "no evidence";
    const seen = item.reviewed ? `, ${item.reviewed === "accepted" ? "reviewed" : item.reviewed}` : "";
    row.about.textContent = item.folded ? item.folded : `${proof}${seen}`;
    row.state.replaceChildren(item.folded ? pill("unk", "– Not asked") : mark(item.result));
    row.box.classList.toggle("folded", Boolean(item.folded));
    row.line.setAttribute("aria-expanded", String(view.open === item.key));
  }

  function pickPanel() {
    const owners = h("datalist", { id: unique("people") }, form.state().owners.map((o) => h("option", { value: o })));
    const owner = labelled("Owner", h("input", { type: "text", list: owners.id }));
    const due = labelled("Due", h("input", { type: "date" }));
    const reason = labelled("Reason, the same for all", h("textarea", { rows: 2 }));
    const said = h("p", { role: "status" });
    const all = async (what, more) => {
      if (!view.picked.size) { said.textContent = "Tick at least one question first."; return; }
      const reply = await form.wire.ask(what, { keys: [...view.picked], ...more });
      said.textContent = complain({ owner, due, rationale: reason }, reply) ? "" : reply.says;
      if (!reply.ok) return;
      view.picked.clear();
      paint();
    };
    const box = panel("Several questions at once",
      h("p", {}, "Tick the questions in the list. ", button("Tick all shown", () => {
        for (const item of visible()) if (!item.folded) view.picked.add(item.key);
        paint();
      })),
      h("div", { class: "two" },
        h("div", {}, owner, due, owners, button("Set owner and due date", () => all("assign", { owner: owner.control.value, due: due.control.value }))),
        h("div", {}, reason, button("Set to not applicable", () => {
          if (reason.control.value.trim()) { all("not_applicable", { reason: reason.control.value }); return; }
          reason.complain("A reason is needed.");
          reason.control.focus();
        }))), said);
    const close = box.leave;
    box.leave = () => { view.picking = false; view.picked.clear(); close(); paint(); several.focus(); };
    return box;
  }

  // one question --------------------------------------------------------------------------------------------------

  function closeQuestion() {
    const row = rows.get(view.open);
    if (row) {
      if (row.saver) row.saver.flush();
      if (row.body) row.body.remove();
      row.body = row.saver = null;
    }
    view.open = lastOpen = null;
    paint();
  }

  async function openQuestion(key, { focus = true } = {}) {
    if (view.open) closeQuestion();
    view.open = lastOpen = key;
    paint();
    const row = rows.get(key);
    row.body = h("p", { class: "note", role: "status" }, "Opening …");
    row.box.append(row.body);
    let reply = { lost: true };
    for (let tries = 0; reply.lost && tries < 12 && view.open === key; tries += 1) {
      reply = await form.wire.ask("open", { key }, [], 10000); // the kernel may still be running other cells
    }
    if (view.open !== key) return;
    row.body.remove();
    row.body = reply.ok ? editor(row, key, reply) : h("p", { class: "wrong", role: "alert" }, reply.says);
    row.box.append(row.body);
    const ready = focus && row.body.querySelector("input:checked, input, textarea");
    if (ready) ready.focus({ preventScroll: true });
    if (focus) row.box.scrollIntoView({ block: "nearest" });
  }

  function editor(row, key, detail) {
    const { results, readOnly, owners } = form.state();
    const pieces = [...detail.evidence];
    const name = unique("result");
    const choices = results.map(([value, sign]) => {
      const input = h("input", { type: "radio", name, value, disabled: Boolean(readOnly), onchange: () => save.chosen() });
      input.checked = detail.answer.result === value;
      return h("label", { class: "choice" }, input, h("span", { "aria-hidden": "true" }, sign), ` ${value}`);
    });
    const result = h("fieldset", { class: "results" }, h("legend", {}, "Result"), choices);
    const rationale = h("textarea", { rows: 4, readOnly: Boolean(readOnly), oninput: () => save.typed() });
    const people = h("datalist", { id: unique("people") }, owners.map((o) => h("option", { value: o })));
    const owner = h("input", { type: "text", list: people.id, readOnly: Boolean(readOnly), oninput: () => save.typed() });
    const due = h("input", { type: "date", readOnly: Boolean(readOnly), onchange: () => save.chosen() });
    const words = labelled("What is the case today?", rationale);
    const ownerField = labelled("Owner", owner);
    const dueField = labelled("Due", due);
    const proof = h("div", { class: "ev" });
    const extra = h("div", {});
    const status = h("span", { class: "saving", role: "status" });
    const version = h("span", {});
    const reviewed = h("span", {});
    const proven = h("span", {});
    const body = h("div", { class: "form", role: "group", "aria-label": detail.ask });

    const fill = (answer) => {
      for (const label of choices) label.firstChild.checked = label.firstChild.value === answer.result;
      rationale.value = answer.rationale || "";
      owner.value = answer.owner || "";
      due.value = answer.due || "";
    };
    const collect = () => ({
      result: (choices.map((l) => l.firstChild).find((i) => i.checked) || { value: "not assessed" }).value,
      rationale: rationale.value,
      owner: owner.value,
      due: due.value,
      evidence: pieces.map((p) => p.key),
    });
    const show = (says, kind, retry) => {
      status.className = `saving ${kind}`;
      status.replaceChildren(says, retry ? button("Try again", retry) : "");
    };
    const save = new Saver({
      name: `${form.state().engagement}:${key}`,
      base: detail.version,
      collect,
      show,
      send: (answer, base, draft) => form.wire.ask("save", { key, base, draft, answer }),
      saved: (reply) => {
        version.textContent = `version ${reply.revision.version} by ${reply.revision.by}`;
        reviewed.textContent = detail.reviewed ? "changed since its review" : "not reviewed";
        detail.version = reply.revision.version;
      },
      conflict: (reply) => extra.replaceChildren(conflictPanel(reply.conflict)),
      fields: { rationale: words, owner: ownerField, due: dueField },
    });
    row.saver = save;

    function conflictPanel(theirs) {
      const mine = collect();
      const text = h("textarea", { rows: 5 });
      text.value = `${mine.rationale}${mine.rationale && theirs.body && theirs.body.rationale ? "\n\n" : ""}${(theirs.body || {}).rationale || ""}`;
      const choose = (answer, evidence) => {
        fill(answer);
        pieces.splice(0, pieces.length, ...pieces.filter((p) => (evidence || []).includes(p.key)));
        save.base = theirs.version;
        box.leave();
        save.chosen();
      };
      const theirBody = theirs.body || { result: "not assessed", rationale: "", owner: "", due: "", evidence: [] };
      const box = panel(`${theirs.by} saved this question first`,
        h("p", {}, `At ${when(theirs.at)}. Nothing was overwritten: choose, or merge both texts.`),
        h("div", { class: "two" },
          h("div", {}, h("h5", {}, "Yours"), h("p", {}, mark(mine.result)), h("p", { class: "said" }, mine.rationale || "no words"),
            button("Keep mine", () => choose(mine, mine.evidence))),
          h("div", {}, h("h5", {}, "Theirs"), h("p", {}, mark(theirBody.result)), h("p", { class: "said" }, theirBody.rationale || "no words"),
            button("Take theirs", () => { kept.drop(save.name); save.dirty = false; openQuestion(key); }))),
        labelled("Both, to edit", text),
        button("Save the merged text", () => choose({ ...mine, rationale: text.value }, [...new Set([...mine.evidence, ...(theirBody.evidence || [])])])));
      return box;
    }

    // evidence
    const paintProof = () => {
      const lines = pieces.map((piece) => h("div", { class: "piece" },
        h("span", {}, h("b", {}, piece.label), h("span", { class: "mute" },
          ` · ${piece.key}${piece.sha256 ? ` · ${piece.sha256.slice(0, 8)}…` : " · an address"}${piece.artefact ? ` · ${piece.artefact}` : ""}`)),
        pill(EVIDENCE_KIND[piece.state], piece.age),
        h("span", { class: "actions" }, !readOnly && button("Edit", () => extra.replaceChildren(piecePanel(piece)), { "aria-label": `Edit ${piece.label}` }),
          !readOnly && button("Remove", () => { pieces.splice(pieces.indexOf(piece), 1); paintProof(); save.chosen(); }, { "aria-label": `Remove ${piece.label} from this answer` }))));
      const states = pieces.map((p) => p.state);
      proven.textContent = states.length ? `evidence ${["fresh", "undated", "stale"].find((s) => states.includes(s))}` : "no evidence";
      proof.replaceChildren(
        ...(lines.length ? lines : [h("div", { class: "piece mute" }, "None yet. Would count: ",
          detail.wanted.map(([artefact, age]) => `${artefact}${age ? ` (${age} days)` : ""}`).join("; "))]),
        readOnly ? "" : h("div", { class: "add" }, file, button("Upload …", () => file.click()),
          button("File on the server …", () => pathPanel()), button("Existing …", () => existingPanel()), button("Link …", () => linkPanel()),
          h("span", { class: "hint" }, "or drop files or a link here")));
    };
    const file = h("input", { type: "file", hidden: true, multiple: true, "aria-label": "File to upload as evidence", onchange: async () => {
      await uploadAll([...file.files]);
      file.value = "";
    } });
    const uploadAll = async (files) => {
      for (const chosen of files) {
        if (chosen.size > form.state().limit) {
          show(`${chosen.name} is larger than ${Math.round(form.state().limit / 1048576)} MB. Put it into the inbox folder on the server, or give a link.`, "failed");
          return;
        }
        attached(await upload(form.wire, key, chosen, {}, (says) => show(says, "wait")));
      }
    };
    const attachLink = (link) => form.wire.ask("attach_link", { key, link });
    const drop = async (event) => {
      const files = [...event.dataTransfer.files];
      const links = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
      const link = links.split(/\s+/).find((l) => /^https?:/.test(l));
      if (files.length) await uploadAll(files);
      else if (link) attached(await attachLink(link));
      else show("What was dropped is neither a file nor a link.", "failed");
    };
    if (!readOnly) {
      for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
        proof.addEventListener(name, (event) => {
          event.preventDefault();
          event.stopPropagation();
          const left = name === "drop" || (name === "dragleave" && !proof.contains(event.relatedTarget));
          proof.classList.toggle("over", !left);
          if (name === "drop") drop(event);
        });
      }
    }
    const attached = (reply) => {
      if (!reply.ok) { show(`Not attached: ${reply.says}`, "failed"); return; }
      if (!pieces.some((p) => p.key === reply.evidence.key)) pieces.push(reply.evidence);
      paintProof();
      save.chosen();
      if (reply.evidence.state === "undated") extra.replaceChildren(piecePanel(reply.evidence));
    };
    const linkPanel = () => {
      const address = h("input", { type: "url", placeholder: "https://" });
      const field = labelled("Address", address, "Only the address is kept; what stands there may change.");
      const box = panel("Attach a link", field, button("Attach", async () => {
        const reply = await attachLink(address.value);
        if (reply.ok) { box.leave(); attached(reply); } else field.complain(reply.says);
      }, { class: "does" }));
      extra.replaceChildren(box);
    };
    const pathPanel = async () => {
      const reply = await form.wire.ask("evidence");
      const path = h("input", { type: "text", list: unique("files") });
      const ready = h("datalist", { id: path.getAttribute("list") }, (reply.files || []).map((f) => h("option", { value: f })));
      const field = labelled("File", path, `A file in ${reply.inbox || "the inbox"}, or a whole path. Large files are best copied there.`);
      const box = panel("Attach a file that lies on the server", field, ready, button("Attach", async () => {
        const done = await form.wire.ask("attach_path", { key, path: path.value }, [], 120000);
        if (done.ok) { box.leave(); attached(done); } else field.complain(done.says);
      }, { class: "does" }));
      extra.replaceChildren(box);
    };
    const existingPanel = async () => {
      const reply = await form.wire.ask("evidence");
      const pick = h("select", {}, (reply.evidence || []).map(([id, label, artefact]) => h("option", { value: id }, `${label} (${id})${artefact ? ` · ${artefact}` : ""}`)));
      const box = panel("Attach evidence that is in the record already",
        reply.evidence && reply.evidence.length ? [labelled("Evidence", pick), button("Attach", async () => {
          const done = await form.wire.ask("piece", { key, evidence: pick.value });
          box.leave();
          attached(done);
        })] : h("p", {}, "The record holds no evidence yet."));
      extra.replaceChildren(box);
    };
    const piecePanel = (piece) => {
      const artefact = h("select", {}, h("option", { value: "" }, "not said"), detail.wanted.map(([a]) => h("option", { value: a }, a)));
      if (piece.artefact && !detail.wanted.some(([a]) => a === piece.artefact)) artefact.append(h("option", { value: piece.artefact }, piece.artefact));
      const classes = h("select", {}, ["public", "internal", "confidential", "strictly confidential"].map((c) => h("option", { value: c }, c)));
      const fields = {
        title: labelled("Title", h("input", { type: "text" })),
        artefact: labelled("It is the", artefact),
        collected_at: labelled("Collected on", h("input", { type: "date" }), "The day it was exported or made, not the day it was uploaded."),
        period_from: labelled("Covers from", h("input", { type: "date" })),
        period_to: labelled("Covers to", h("input", { type: "date" })),
        valid_until: labelled("Valid until", h("input", { type: "date" })),
        source: labelled("Source system", h("input", { type: "text" })),
        collector: labelled("Collected by", h("input", { type: "text" })),
        classification: labelled("Classification", classes),
      };
      for (const [id, field] of Object.entries(fields)) field.control.value = piece[id] || (id === "classification" ? "internal" : "");
      const said = h("p", { class: "wrong", role: "alert" });
      const box = panel(`About ${piece.label}`, h("div", { class: "g" }, Object.values(fields)), button("Save", async () => {
        const about = Object.fromEntries(Object.entries(fields).map(([id, f]) => [id, f.control.value]));
        const reply = await form.wire.ask("save_evidence", { key, evidence: piece.key, base: piece.version, about });
        said.textContent = reply.ok || complain(fields, reply) ? "" : reply.says;
        if (!reply.ok) { (fields[reply.field] || fields.title).control.focus(); return; }
        pieces[pieces.findIndex((p) => p.key === piece.key)] = reply.evidence;
        paintProof();
        box.leave();
      }, { class: "does" }), said);
      return box;
    };

    // the rest of the form
    const fold = (title, ...children) => h("details", {}, h("summary", {}, title), ...children);
    const item = () => form.state().items.find((i) => i.key === key);
    const tools = h("span", { class: "actions" },
      button("History", async () => extra.replaceChildren(await historyPanel(form.wire, "answer", key, ANSWER_FIELDS, () => openQuestion(key)))),
      !readOnly && button("Undo", async () => {
        const past = await form.wire.ask("history", { kind: "answer", key });
        if (!past.ok || past.history.length < 2) { show("There is nothing to undo.", "wait"); return; }
        const done = await form.wire.ask("restore", { kind: "answer", key, number: past.history[1].number });
        if (done.ok) { kept.drop(save.name); save.dirty = false; openQuestion(key); } else show(done.says, "failed");
      }),
      !readOnly && item() && item().system && form.state().systems.length > 1 && button("Same for all systems", async () => {
        await save.flush();
        const done = await form.wire.ask("same_for_all", { key });
        show(done.says, done.ok ? "done" : "failed");
      }));
    version.textContent = detail.version ? `version ${detail.version} by ${detail.by}` : "no version yet";
    reviewed.textContent = detail.reviewed || "not reviewed";
    show(detail.version ? `✓ Saved ${when(detail.at)}` : "Nothing saved yet", detail.version ? "done" : "wait");
    fill(detail.answer);
    const siblings = form.state().items.filter((i) => i.system && item() && i.question === item().question);
    body.append(
      h("p", { class: "q" }, detail.ask),
      siblings.length > 1 ? h("p", { class: "chips", role: "group", "aria-label": "Asked of" }, siblings.map((i) =>
        button(i.systemName, () => { if (i.key !== key) openQuestion(i.key); }, { class: i.key === key ? "chip on" : "chip", "aria-pressed": String(i.key === key) }))) : "",
      readOnly ? h("p", { class: "note" }, readOnly) : "",
      item() && item().folded ? h("p", { class: "note" }, item().folded) : "",
      result, words,
      h("div", { class: "g" }, ownerField, dueField), people,
      h("p", { class: "label" }, "Evidence"), proof, extra,
      fold("Why it matters", h("p", {}, detail.why)),
      fold("What an auditor looks for", h("ul", {}, detail.lookFor.map((l) => h("li", {}, l)))),
      fold("A good answer", h("p", {}, detail.good)),
      fold("References", h("ul", {}, detail.references.map(([label, title, source, edition]) => h("li", {}, h("b", {}, label), ` ${title} `, h("span", { class: "mute" }, `${source}, ${edition}`))))),
      ...detail.help.map(([q, a]) => fold(q, h("p", {}, a))),
      detail.version ? reviewPart(detail, key, show) : "",
      h("div", { class: "save" }, status, version, proven, reviewed, tools, nextAfter(key)));
    paintProof();
    const typed = kept.read(save.name);
    if (typed && !readOnly) recovered(typed);

    function recovered(found) {
      if (JSON.stringify(found.value) === JSON.stringify(collect())) { kept.drop(save.name); return; }
      if (found.base === save.base) {
        fill(found.value);
        show("What you typed before is back", "wait");
        save.chosen();
        return;
      }
      extra.replaceChildren(panel("You typed something here that was not saved", h("p", { class: "said" }, found.value.rationale || found.value.result),
        button("Use it", () => { fill(found.value); extra.replaceChildren(); save.chosen(); }),
        button("Throw it away", () => { kept.drop(save.name); extra.replaceChildren(); })));
    }
    return body;
  }

  function reviewPart(detail, key, show) {
    const comment = h("textarea", { rows: 2 });
    const why = form.state().readOnly || detail.whyNotJudge;
    const judge = (verdict) => async () => {
      const reply = await form.wire.ask("review", { key, version: detail.version, verdict, comment: comment.value });
      show(reply.ok ? `Review recorded: ${verdict}` : reply.says, reply.ok ? "done" : "failed");
    };
    const before = detail.review ? h("p", {}, `Version ${detail.review.version} was ${detail.review.verdict} by ${detail.review.by}. ${detail.review.comment}`) : "";
    const reason = h("p", { class: "hint", id: unique("why") }, why);
    const accept = button("Accept", judge("accepted"), { disabled: Boolean(why), "aria-describedby": reason.id });
    const back = button("Return with a comment", judge("returned"), { disabled: Boolean(why), "aria-describedby": reason.id });
    return h("details", {}, h("summary", {}, "Review"), before, why ? reason : "", labelled("Comment", comment), accept, back);
  }

  function nextAfter(key) {
    const { items } = form.state();
    const place = items.findIndex((i) => i.key === key);
    const found = [...items.slice(place + 1), ...items.slice(0, place)].find(filters.open[1]);
    return found ? button(`Next open question: ${found.title}${found.systemName ? ` · ${found.systemName}` : ""} ↓`, () => openQuestion(found.key), { class: "n" }) : "";
  }

  const leaving = () => { const row = rows.get(view.open); if (row && row.saver) row.saver.flush(); };
  window.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", leaving);
  model.on("change:state", paint);
  paint();
  if (form.state().items.some((i) => i.key === lastOpen)) openQuestion(lastOpen, { focus: false });
  return () => {
    leaving();
    form.leave();
    window.removeEventListener("pagehide", leaving);
    document.removeEventListener("visibilitychange", leaving);
  };
}
