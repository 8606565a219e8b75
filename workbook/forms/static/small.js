// What the audit is about, the timeline, the review queue, who speaks.

function render({ model, el }) {
  const form = frame(model, el, "small");
  const body = h("div", {});
  el.append(body);
  const forms = { fields, tasks, reviews, identity };
  forms[model.get("state").kind]();
  return form.leave;

  function saveLine(state, kindOf, key, names, after) {
    const status = h("span", { class: "saving", role: "status" });
    const version = h("span", {}, state.version ? `version ${state.version} by ${state.by}` : "");
    const extra = h("div", {});
    const line = h("div", { class: "save plain" }, status, version,
      button("History", async () => extra.replaceChildren(await historyPanel(form.wire, kindOf, key, names, after))));
    return { line, extra, version, show: (says, kind, retry) => {
      status.className = `saving ${kind}`;
      status.replaceChildren(says, retry ? button("Try again", retry) : "");
    } };
  }

  function fields() {
    const state = model.get("state");
    const made = state.fields.map(([id, label, type, help]) => {
      const input = type === "long_text" ? h("textarea", { rows: 3 })
        : type === "choice" ? h("select", {}, state.choices[id].map((c) => h("option", { value: c }, c)))
          : h("input", { type });
      input.value = state.values[id] || "";
      input.disabled = Boolean(state.readOnly);
      input.addEventListener(type === "text" || type === "long_text" ? "input" : "change", () => (type === "text" || type === "long_text" ? save.typed() : save.chosen()));
      return [id, labelled(label, input, help)];
    });
    const names = state.fields.map(([id, label]) => [id, label]);
    const { line, extra, version, show } = saveLine(state, "engagement", "engagement", names, () => { body.replaceChildren(); fields(); });
    const save = new Saver({
      name: `${state.engagement}:about`, base: state.version, show,
      collect: () => Object.fromEntries(made.map(([id, f]) => [id, f.control.value])),
      send: (values, base) => form.wire.ask("save", { values, base }),
      saved: (reply) => { version.textContent = `version ${reply.revision.version} by ${reply.revision.by}`; },
      fields: Object.fromEntries(made),
      conflict: (reply) => extra.replaceChildren(panel(`${reply.conflict.by} saved this first`, h("p", {}, "Nothing was overwritten."),
        button("Keep mine", () => { save.base = reply.conflict.version; extra.replaceChildren(); save.chosen(); }),
        button("Take theirs", () => { kept.drop(save.name); for (const [id, f] of made) f.control.value = reply.conflict.body[id] || ""; save.base = reply.conflict.version; save.dirty = false; extra.replaceChildren(); show("Theirs is shown", "wait"); }))),
    });
    const typed = kept.read(save.name);
    if (typed && typed.base === state.version && !state.readOnly) {
      for (const [id, f] of made) f.control.value = typed.value[id] || "";
      save.chosen();
    } else show(`✓ Saved ${when(state.at)}`, "done");
    body.append(h("div", { class: "g" }, made.map(([, f]) => f)), extra, line);
  }

  function tasks() {
    const state = model.get("state");
    for (const task of state.tasks) {
      const status = h("select", { disabled: Boolean(state.readOnly), onchange: () => save.chosen() }, ["open", "under way", "done", "not needed"].map((s) => h("option", { value: s }, s)));
      const owner = h("input", { type: "text", disabled: Boolean(state.readOnly), oninput: () => save.typed() });
      const note = h("textarea", { rows: 2, disabled: Boolean(state.readOnly), oninput: () => save.typed() });
      status.value = task.values.status;
      owner.value = task.values.owner;
      note.value = task.values.note;
      const due = task.due ? new Date(`${task.due}T12:00`).toLocaleDateString([], { dateStyle: "medium" }) : "no date yet";
      const sign = pill(task.values.status === "done" ? "ok" : task.late ? "bad" : task.next ? "part" : "unk",
        task.values.status === "done" ? "● Done" : task.late ? "○ Late" : task.next ? "▷ Next" : task.values.status === "open" ? "? Open" : `◐ ${task.values.status}`);
      const { line, extra, version, show } = saveLine(task, "task", task.key, [["status", "State"], ["owner", "Owner"], ["note", "Note"]], () => form.wire.ask("reload"));
      const save = new Saver({
        name: `${state.engagement}:task:${task.key}`, base: task.version, show,
        collect: () => ({ status: status.value, owner: owner.value, note: note.value }),
        send: (values, base) => form.wire.ask("save", { key: task.key, values, base }),
        saved: (reply) => { version.textContent = `version ${reply.revision.version} by ${reply.revision.by}`; },
        conflict: (reply) => extra.replaceChildren(panel(`${reply.conflict.by} saved this first`, h("p", {}, `They wrote: ${(reply.conflict.body || {}).status}. ${(reply.conflict.body || {}).note || ""}`),
          button("Keep mine", () => { save.base = reply.conflict.version; extra.replaceChildren(); save.chosen(); }))),
      });
      if (task.version) show(`✓ Saved ${when(task.at)}`, "done");
      body.append(h("details", {}, h("summary", {}, task.title, sign, h("span", { class: "r" }, `${task.phase} · ${due}`)),
        h("p", {}, task.do), h("p", { class: "mute" }, `Done when: ${task.doneWhen}`),
        h("div", { class: "g" }, labelled("State", status), labelled("Owner", owner)), labelled("Note", note), extra, line));
    }
    model.on("change:state", () => {
      const now = model.get("state").tasks;
      for (const [i, summary] of [...body.querySelectorAll(":scope > details > summary")].entries()) {
        const task = now[i];
        const due = task.due ? new Date(`${task.due}T12:00`).toLocaleDateString([], { dateStyle: "medium" }) : "no date yet";
        summary.querySelector(".r").textContent = `${task.phase} · ${due}`;
        summary.querySelector(".st").textContent = task.values.status === "done" ? "● Done" : task.late ? "○ Late" : task.values.status;
      }
    });
  }

  function reviews() {
    const paint = () => {
      const state = model.get("state");
      if (!state.queue.length) { body.replaceChildren(h("p", { class: "note" }, "Nothing waits for review: every answer given so far was looked at by a second person.")); return; }
      body.replaceChildren(h("p", {}, h("b", {}, `${state.queue.length} answers wait for a second person.`), ` You take part as ${state.part}.`),
        ...state.queue.map((item) => {
          const comment = h("textarea", { rows: 2 });
          const said = h("span", { role: "status" });
          const why = h("p", { class: "hint", id: unique("why") }, item.why);
          const judge = (verdict) => async () => {
            const reply = await form.wire.ask("review", { key: item.key, version: item.version, verdict, comment: comment.value });
            said.textContent = reply.says;
          };
          const more = { disabled: Boolean(item.why), "aria-describedby": why.id };
          return h("details", {}, h("summary", {}, item.title, h("span", { class: "r" }, `${item.system} · ${item.result} · ${item.by}`)),
            h("p", { class: "q" }, item.ask), h("p", { class: "said" }, item.rationale || "no words"),
            item.evidence.length ? h("ul", {}, item.evidence.map((e) => h("li", {}, e))) : h("p", { class: "wrong" }, "No evidence."),
            h("p", { class: "label" }, "An auditor looks for"), h("ul", {}, item.lookFor.map((l) => h("li", {}, l))),
            item.why ? why : "", labelled("Comment", comment), h("p", { class: "actions" }, button("Accept", judge("accepted"), more), button("Return with a comment", judge("returned"), more), said));
        }));
    };
    model.on("change:state", () => { if (!body.contains(document.activeElement) || document.activeElement.tagName !== "TEXTAREA") paint(); });
    paint();
  }

  function identity() {
    body.append(speakerFields(form.wire, model.get("state")));
  }
}
