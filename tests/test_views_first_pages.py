"""The views of the first pages: what they say of an empty engagement, of a full one, and of hostile text."""

import re
from datetime import date, timedelta

import pytest

from workbook.analysis.data_flows import data_flows, flows_about_people
from workbook.analysis.evidence_plan import planned_evidence
from workbook.analysis.gaps import gaps_of_register
from workbook.analysis.progress import whole_progress
from workbook.analysis.proof import prove
from workbook.analysis.timeline import due_tasks
from workbook.audience import Edition
from workbook.model import Answer, Draft, Engagement, Person, Result, Role, TaskState
from workbook.store import Store
from workbook.views import cards, data_inventory, infrastructure_mapping, registers, start
from workbook.views.markup import with_hints

HOSTILE = '<script>alert(1)</script> "x" \\N \\G <b>&amp; \u202egnp.exe'
DEPLOY = "ac-privileged-deploy"


@pytest.fixture
def mapped(store: Store) -> Store:
    """Three components in two zones and two flows, one of them with personal data."""
    store.save(
        [
            Draft("components", "C-001", {"name": "Website", "kind": "endpoint or integration", "zone": "internet"}),
            Draft("components", "C-002", {"name": "Scoring", "kind": "deployment platform", "zone": "production",
                                          "authentication": "tokens", "encryption": "TLS", "logging": "yes"}),
            Draft("components", "C-003", {"name": "Lake", "kind": "data storage", "zone": "production"}),
            Draft("flows", "F-001", {"name": "Application", "source": "C-001", "target": "C-002",
                                     "personal_data": "yes", "data": "form",
                                     "decision": "decision without human review"}),
            Draft("flows", "F-002", {"name": "Snapshot", "source": "C-003", "target": "C-002", "personal_data": "no"}),
        ]
    )  # fmt: skip
    return store


def test_an_empty_register_says_how_to_fill_it(store: Store):
    shown = with_hints(lambda: registers.register_table(store.record(), "datasets"))()

    assert "No dataset yet" in shown
    assert "01_data_inventory.ipynb" in shown


def test_hostile_text_in_any_column_is_inert_and_visible(store: Store, catalog):
    for register in sorted(catalog.registers.values(), key=lambda r: r.id != "components"):
        if register.keyed_by or register.id in ("tests", "approvals", "risk_levels", "risk_scales"):
            continue  # rules refuse these words in them; test_views looks at every table
        typed = {f.id: HOSTILE for f in register.fields if f.type in ("text", "long_text")}
        chosen = {f.id: f.choices[0] for f in register.fields if f.type == "choice" and f.required}
        ends = {f.id: "C-001" for f in register.fields if f.type == "ref" and f.required}
        typed.pop("accepted_by", None)  # an acceptance is refused unless it is one
        speaking = store.acting_as(Person(HOSTILE)) if register.id == "sign_offs" else store  # nobody signs for others
        speaking.save_row(register.id, "", typed | chosen | ends, 0)
        shown = str(registers.register_table(store.record(), register.id))
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown
        assert "\u202e" not in shown
        assert "⟦U+202E⟧" in shown


def test_the_diagram_draws_hostile_names_as_text(mapped: Store):
    mapped.save([Draft("components", "C-004", {"name": HOSTILE, "kind": "data storage", "zone": "<i>" + HOSTILE})])
    shown = str(data_inventory.diagram(mapped.record()))
    svg = re.search(r"<svg.*?</svg>", shown, re.DOTALL)[0]

    assert "<script" not in svg
    assert "\u202e" not in svg
    assert "gnp.exe" in svg
    assert 'class="line personal"' in svg


def test_flows_about_people_come_with_the_gravest_decision_first(mapped: Store):
    record = mapped.record()

    assert [f.row.key for f in flows_about_people(record)] == ["F-001"]
    assert [f.crosses for f in data_flows(record)] == [True, False]
    assert "decision without human review" in data_inventory.personal_data(record)


def test_components_without_protection_are_listed_with_what_they_lack(mapped: Store):
    shown = str(infrastructure_mapping.unprotected(mapped.record()))

    assert shown.index("Website") < shown.index("Scoring")
    assert "no authentication; no encryption; not logged" in shown
    assert "internet → production" in infrastructure_mapping.integration_points(mapped.record())


def test_what_is_kept_too_long_comes_first(store: Store):
    store.save_row("datasets", "", {"name": "Fresh", "retention": "1 year", "delete_by": "2099-01-01"}, 0)
    store.save_row("datasets", "", {"name": "Old", "retention": "1 year", "delete_by": "2020-01-01"}, 0)
    shown = str(data_inventory.retention(store.record()))

    assert shown.index("Old") < shown.index("Fresh")
    assert "1 kept beyond" in shown or "kept beyond the deletion date" in shown


def test_a_gap_counts_only_where_its_condition_holds(store: Store):
    store.save_row("data_sources", "", {"name": "Own", "origin": "internal system"}, 0)
    store.save_row("data_sources", "", {"name": "Bought", "origin": "purchased"}, 0)
    found = {(g.name, g.says) for g in gaps_of_register(store.record(), "data_sources")}

    assert ("Bought", "no licence or agreement") in found
    assert ("Own", "no licence or agreement") not in found


def test_a_card_says_what_would_count_as_evidence_and_who_did_not_answer(store: Store):
    shown = cards.card(store.record(), [store.record().ask(DEPLOY, "SYS-001")])

    assert "Would count as evidence" in shown
    assert f"at most {store.catalog.question(DEPLOY).evidence[0].max_age_days} days old" in shown
    assert "not answered yet" in shown


def test_stale_evidence_is_told_in_words(store: Store):
    wanted = store.catalog.question(DEPLOY).evidence[0]
    about = {"collected_at": store.on - timedelta(days=203), "artefact": wanted.artefact}
    key, _ = store.attach_bytes("old.csv", [b"x"], about)
    store.save_answer(Answer(question=DEPLOY, system="SYS-001", result=Result.IMPLEMENTED, evidence=(key,)), 0)
    shown = cards.section(store.record(), "access-control")

    assert f"stale, 203 of {wanted.max_age_days} days" in shown
    assert whole_progress(store.record()).stale == 1
    assert whole_progress(store.record()).evidenced == 0


def test_the_ids_on_a_section_are_unique(store: Store):
    ids = re.findall(r'\bid="([^"]+)"', str(cards.section(store.record(), "access-control")))

    assert len(ids) == len(set(ids)) >= 12


def test_without_an_audit_date_nothing_is_due_and_the_page_says_so(store: Store):
    store.save_engagement(Engagement(title="No date"), 1)
    record = store.record()

    assert {d.due for d in due_tasks(record)} == {None}
    assert "nothing has a due date" in start.timeline(record)
    assert "no date: nothing can be due" in start.overview(record)


def test_a_task_past_its_date_is_late_until_it_is_done(store: Store):
    store.save_engagement(Engagement(title="Soon", audit_date=store.on + timedelta(days=60)), 1)
    late = {d.task.id for d in due_tasks(store.record()) if d.late}
    assert late == {t for t in store.catalog.tasks if t.startswith("t3-")}
    assert {d.task.days_before for d in due_tasks(store.record()) if d.next} == {30}

    store.save_task(TaskState(task="t3-train-staff", status="done"), 0)
    assert "t3-train-staff" not in {d.task.id for d in due_tasks(store.record()) if d.late}


def test_the_plan_counts_each_piece_of_evidence_for_the_artefact_it_is(store: Store):
    artefact = store.catalog.question(DEPLOY).evidence[1].artefact
    named, _ = store.attach_bytes("a.csv", [b"a"], {"collected_at": store.on, "artefact": artefact})
    other, _ = store.attach_bytes("b.csv", [b"b"], {"collected_at": store.on})
    store.save_answer(Answer(question=DEPLOY, system="SYS-001", result=Result.PARTIAL, evidence=(named, other)), 0)
    plan = [p for p in planned_evidence(store.record()) if p.asked.key == f"{DEPLOY}@SYS-001"]

    assert [p.proof.keys for p in plan][:3] == [(), (named,), ()]
    assert [p.proof.state for p in plan][:3] == ["none", "fresh", "none"]
    assert prove(store.record())[plan[0].asked.key].others == (other,)
    assert plan[0].due == date(2027, 2, 1) - timedelta(days=30)


def test_the_report_lists_who_has_spoken_up_to_its_day(store: Store):
    store.save_answer(Answer(question=DEPLOY, system="SYS-001", result=Result.PLANNED), 0)
    record = store.record()
    later = Store(store.ledger, store.vault, store.catalog, store.name, Person("Eve <b>", Role.AUDITOR))
    later.save_answer(Answer(question=DEPLOY, system="SYS-002", result=Result.PLANNED), 0)

    assert "Eve" not in start.speakers(record, store.history())
    now = start.speakers(store.record(), store.history())
    assert "Eve &lt;b&gt;" in now
    assert "auditor" in now
    customer = Edition("customer")
    shown = start.speakers(customer.of(store.record()), customer.speakers(store.history()))
    assert "withheld (" in shown
    assert "Eve" not in shown


def test_the_status_line_and_the_review_queue_speak_for_themselves(store: Store):
    assert "You speak as <b>Jo</b>" in start.line(store.record(), "Jo")
    assert "Every answer given so far has been reviewed" in start.reviews(store.record())

    store.save_answer(Answer(question=DEPLOY, system="SYS-001", result=Result.PLANNED), 0)

    assert "1 of 1 answer wait for a second person" in start.reviews(store.record())
