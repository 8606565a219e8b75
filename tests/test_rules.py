"""One door: what may not be said is refused, whichever way it comes, and alone as well as among others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workbook.analysis.gaps import gaps_of_row
from workbook.errors import BadInput, Conflict, NotAllowed, Unknown, WorkbookError
from workbook.judging import Tie, tie
from workbook.model import Draft, IssuedReport, Person, Result, Role, Slot
from workbook.store import Store

EACH = "ac-privileged-deploy"  # asked once per system
AUDITOR = Person("Lead auditor", Role.AUDITOR)
LINK = {"name": "Wiki", "form": "link", "link": "https://wiki.example/1"}


@pytest.fixture
def once(store: Store) -> str:
    return next(q.id for q in store.catalog.questions.values() if q.per == "engagement")


def answer(question: str, system: str = "", **more: Any) -> Draft:
    body = {"question": question, "system": system, "result": "partial", **more}
    return Draft("answer", Slot(question, system).key, body)


def audit_test(auditor: str, system: str = "SYS-001") -> Draft:
    return Draft("tests", "T-001", {"name": "Sample", "question": EACH, "system": system, "auditor": auditor})


TOMORROW = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
REFUSED: dict[str, tuple[Callable[[str], Draft], type[WorkbookError], str]] = {
    "a question that does not exist": (lambda _: answer("no-such-question"), Unknown, "No question is called"),
    "a system that does not exist": (lambda _: answer(EACH, "SYS-009"), Unknown, "No system is called 'SYS-009'"),
    "no system where one is asked": (lambda _: answer(EACH), Unknown, "is asked per system"),
    "a system where none is asked": (lambda q: answer(q, "SYS-001"), BadInput, "asked once for the whole engagement"),
    "evidence that does not exist": (lambda q: answer(q, evidence=["EV-9999"]), Unknown, "No piece of evidence"),
    "a result that is none": (lambda q: answer(q, result="superb"), BadInput, "Answer, result"),
    "not applicable without a reason": (lambda q: answer(q, result="not applicable"), BadInput, "needs a reason"),
    "a field that is none": (lambda q: answer(q, mood="good"), BadInput, "there is no field 'mood'"),
    "an answer under another key": (
        lambda q: Draft("answer", EACH + "@SYS-001", {"question": q}), BadInput, "cannot be kept under",
    ),
    "a kind that is none": (lambda _: Draft("notes", "N-1", {"text": "x"}), Unknown, "No kind of revision"),
    "a column that is none": (lambda _: Draft("datasets", "DS-001", {"name": "a", "hue": "red"}), BadInput, "hue"),
    "a reference to nothing": (
        lambda _: Draft("datasets", "DS-001", {"name": "a", "systems": ["X"]}), BadInput, "Systems",
    ),
    "a key that cells cannot name": (lambda _: Draft("datasets", "a;b", {"name": "a"}), BadInput, "cannot be an id"),
    "a control that is none": (lambda _: Draft("controls", "A.8.99", {"name": "a"}), Unknown, "No control is called"),
    "a task that is none": (lambda _: Draft("task", "t9", {"task": "t9"}), Unknown, "No task is called 't9'"),
    "evidence of tomorrow": (
        lambda _: Draft("evidence", "EV-0001", {**LINK, "collected_at": TOMORROW}), BadInput, "lies ahead",
    ),
    "a period that ends before it begins": (
        lambda _: Draft("evidence", "EV-0001", {**LINK, "period_from": "2026-02-01", "period_to": "2026-01-01"}),
        BadInput, "before it begins",
    ),
    "a link that runs": (lambda _: Draft("evidence", "EV-0001", {**LINK, "link": "javascript:x"}), BadInput, "link"),
    "a file without bytes": (lambda _: Draft("evidence", "EV-0001", {"name": "x.csv"}), BadInput, "the SHA-256 of its"),
    "a link to nowhere": (
        lambda _: Draft("evidence", "EV-0001", {"name": "x", "form": "link"}), BadInput, "needs an address",
    ),
    "a key that ends in a space": (lambda _: Draft("datasets", "D 1 ", {"name": "a"}), BadInput, "cannot be an id"),
    "a number for a day": (lambda q: answer(q, due=86400), BadInput, "Answer, due: '86400' is a number and no date"),
    "a day at the edge of the calendar": (lambda q: answer(q, due="0001-01-02"), BadInput, "outside 1970 to 2199"),
    "an audit at the edge of the calendar": (
        lambda _: Draft("engagement", "engagement", {"title": "t", "audit_date": "9999-12-31"}, 1), BadInput, "outside",
    ),
    "evidence at the edge of the calendar": (
        lambda _: Draft("evidence", "EV-0001", {**LINK, "valid_until": "9999-12-31"}), BadInput, "outside",
    ),
    "a cell at the edge of the calendar": (
        lambda _: Draft("datasets", "DS-001", {"name": "a", "delete_by": "9999-12-31"}), BadInput, "Delete by.*outside",
    ),
    "an id in another case than ours": (
        lambda _: Draft("datasets", "ds-001", {"name": "a"}), BadInput, "only in how it is written; use DS-001",
    ),
    "a control in another writing": (lambda _: Draft("controls", "a5.1", {"name": "a"}), BadInput, "is written A.5.1"),
    "a clause for a control": (lambda _: Draft("controls", "9.2", {"name": "a"}), BadInput, "is a clause of ISO"),
    "a control of 2013": (lambda _: Draft("controls", "A.9.1.1", {"name": "a"}), BadInput, "2022 has A.5.15"),
    "an audit with a blank title": (
        lambda _: Draft("engagement", "engagement", {"title": " "}, 1), BadInput, "say what people call this audit",
    ),
    "a stage 1 after stage 2": (
        lambda _: Draft("engagement", "engagement",
                        {"title": "t", "audit_date": "2027-02-01", "stage_1_date": "2027-02-02"}, 1),
        BadInput, "after stage 2",
    ),
    "an audit period that ends before it begins": (
        lambda _: Draft("engagement", "engagement",
                        {"title": "t", "period_from": "2026-02-01", "period_to": "2026-01-01"}, 1),
        BadInput, "before it begins",
    ),
    "a body that is a list": (lambda q: Draft("answer", q, [1]), BadInput, "body .* cannot be a list"),  # type: ignore[arg-type]
    "a body that is text": (lambda q: Draft("answer", q, "x"), BadInput, "body .* cannot be a str"),  # type: ignore[arg-type]
    "a field without a name": (lambda q: Draft("answer", q, {1: "x"}), BadInput, "is called 1"),  # type: ignore[dict-item]
    "a key that is a number": (lambda _: Draft("risks", 7, {}), BadInput, "key .* cannot be a int"),  # type: ignore[arg-type]
    "a kind that is nothing": (lambda _: Draft(None, "x", {}), BadInput, "kind .* cannot be a NoneType"),  # type: ignore[arg-type]
    "a version that is text": (lambda q: replace(answer(q), base="0"), BadInput, "base .* cannot be a str"),
    "an id that is a number": (lambda q: replace(answer(q), id=7), BadInput, "id .* cannot be a int"),
    "a list where one text is asked": (
        lambda _: Draft("datasets", "DS-001", {"name": ["a"]}), BadInput, "Name: holds one value, not a list",
    ),
    "a number where keys are asked": (
        lambda _: Draft("datasets", "DS-001", {"name": "a", "systems": 5}), BadInput, "Systems: names rows by their",
    ),
    "an audit without a title": (lambda _: Draft("engagement", "engagement", {"title": ""}, 1), BadInput, "title"),
    "a second audit": (lambda _: Draft("engagement", "other", {"title": "B"}), BadInput, "under the key"),
    "an audit that goes away": (lambda _: Draft("engagement", "engagement", None, 1), BadInput, "cannot be deleted"),
    "a review before there is an answer": (
        lambda q: Draft("review", q, {"question": q, "version": 1, "verdict": "accepted"}), BadInput, "nothing to",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_may_not_be_said_is_refused_and_nothing_of_the_save_is_recorded(store: Store, once: str, why: str):
    make, error, says = REFUSED[why]
    before = store.head()

    with pytest.raises(error, match=says):
        store.save([Draft("datasets", "DS-100", {"name": "fine by itself"}), make(once)])

    assert store.head() == before


EVERYTHING_WRONG = {
    "a row": (
        Draft("risks", "R-001", {"treatment": "Mitigate", "likelihood": "9", "systems": ["SYS-8", "SYS-9"]}),
        ["name", "area", "systems", "systems", "likelihood", "treatment"],
    ),
    "a row under a key that is none": (
        Draft("controls", "A.8.99", {"applicable": "perhaps"}), ["", "applicable", "name"],
    ),
    "an answer": (
        answer(EACH, "SYS-009", result="superb", due="soon", evidence=["EV-8", "EV-9"]),
        ["result", "due", "", "evidence", "evidence"],
    ),
    "a task": (
        Draft("task", "t9", {"task": "t9", "status": "x", "evidence": ["EV-9"]}), ["status", "task", "evidence"],
    ),
    "evidence": (
        Draft("evidence", "EV-0001", {"name": "a", "classification": "x", "collected_at": TOMORROW}),
        ["classification", "collected_at", ""],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", EVERYTHING_WRONG)
def test_everything_that_is_wrong_with_one_draft_is_told_at_once(store: Store, what: str):
    draft, fields = EVERYTHING_WRONG[what]

    with pytest.raises(BadInput) as refused:
        store.save([draft])

    assert sorted(getattr(one, "field", "") for one in refused.value.errors) == sorted(fields)
    assert refused.value.field in fields
    assert all(str(one) in str(refused.value) for one in refused.value.errors)


def test_several_answers_at_once_pass_the_same_door(store: Store, once: str):
    record = store.record()
    fine = record.ask(once).answer.value.model_copy(update={"result": Result.PARTIAL})
    bad = fine.model_copy(update={"evidence": ("EV-9999",)})

    with pytest.raises(Unknown, match="EV-9999"):
        store.save_answers([(bad, 0)])
    assert store.save_answers([(fine, 0)])[0].version == 1


def test_a_save_may_refer_to_what_it_brings_itself(store: Store, once: str):
    store.save(
        [
            Draft("systems", "SYS-003", {"name": "Fraud"}),
            Draft("evidence", "EV-0001", LINK),
            answer(EACH, "SYS-003", evidence=["EV-0001"]),
        ]
    )

    assert store.record().ask(EACH, "SYS-003").evidence[0][0] == "EV-0001"


def test_a_save_cannot_refer_to_what_it_takes_away(store: Store):
    with pytest.raises(Unknown, match="SYS-002"):
        store.save([Draft("systems", "SYS-002", None, 1), answer(EACH, "SYS-002")])


# independence (control A.5.3, clause 9.2.2) ---------------------------------------------------------------------------


def test_nobody_tests_what_they_answered_before(store: Store):
    store.save([answer(EACH, "SYS-001")])

    with pytest.raises(NotAllowed, match="ml platform LEAD answered ac-privileged-deploy and cannot test it"):
        store.acting_as(AUDITOR).save([audit_test(" ml platform LEAD ")])
    assert store.acting_as(AUDITOR).save([audit_test("ML platform lead", "SYS-002")])


@pytest.mark.parametrize("first", [0, 1])
def test_nobody_tests_what_they_answer_in_the_same_save(store: Store, first: int):
    drafts = [answer(EACH, "SYS-001"), audit_test(store.who.name)]

    with pytest.raises(NotAllowed, match="cannot test it"):
        store.save([drafts[first], drafts[1 - first]])


def test_a_test_of_all_systems_is_refused_for_who_answered_one(store: Store):
    store.save([answer(EACH, "SYS-002")])

    with pytest.raises(NotAllowed, match="cannot test it"):
        store.save([Draft("tests", "T-001", {"name": "All", "question": EACH, "auditor": store.who.name})])


def test_who_answered_once_never_reviews_even_after_somebody_else_answered(store: Store):
    mine = answer(EACH, "SYS-001")
    store.save([mine])
    body = {"question": EACH, "system": "SYS-001", "result": "implemented"}
    store.acting_as(Person("Credit lead")).save([Draft("answer", mine.key, body, 1)])
    review = Draft("review", mine.key, {"question": EACH, "system": "SYS-001", "version": 2, "verdict": "accepted"})

    with pytest.raises(NotAllowed, match="You answered this yourself"):
        store.acting_as(Person(store.who.name.upper(), Role.REVIEWER)).save([review])
    with pytest.raises(NotAllowed, match="your role is preparer"):
        store.acting_as(Person("Somebody else")).save([review])
    assert store.acting_as(AUDITOR).save([review])


def test_nobody_reviews_a_version_that_is_not_there_yet(store: Store, once: str):
    store.save([answer(once)])
    review = {"question": once, "version": 2, "verdict": "accepted"}

    with pytest.raises(BadInput, match="yet; review version 1"):
        store.acting_as(AUDITOR).save([Draft("review", once, review)])


def test_whoever_may_not_review_may_not_take_a_review_away(store: Store, once: str):
    store.save([answer(once)])
    verdict = {"question": once, "version": 1, "verdict": "returned"}
    store.acting_as(AUDITOR).save([Draft("review", once, verdict)])

    with pytest.raises(NotAllowed, match="your role is preparer"):
        store.delete("review", once, 1)
    with pytest.raises(NotAllowed, match="You answered this yourself"):
        store.acting_as(Person(store.who.name, Role.REVIEWER)).delete("review", once, 1)
    assert store.acting_as(AUDITOR).delete("review", once, 1).body is None


@pytest.mark.parametrize(
    ("authors", "owner", "found"),
    [
        (["Lead auditor"], "", Tie.ANSWERED),
        (["x", " lead AUDITOR"], "Lead auditor", Tie.ANSWERED),
        (["x"], "Lead Auditor", Tie.OWNS),
        (["x"], "", None),
        ([], "", None),
        ([""], "", None),
    ],
)
def test_what_ties_a_person_to_an_answer(authors: list[str], owner: str, found: Tie | None):
    assert tie("Lead auditor", authors, owner) is found


# sent again -----------------------------------------------------------------------------------------------------------


def test_what_was_recorded_is_not_refused_when_it_is_sent_again(store: Store, once: str):
    """The first reply was lost, and what it rested on is gone or speaks against it by now."""
    evidence = store.attach_link(LINK["link"])
    sent = [
        replace(answer(once, evidence=[evidence]), id="1"),
        Draft("risks", "R-001", {"name": "n", "area": "data privacy", "systems": ["SYS-001"]}, 0, "2"),
        replace(audit_test("Credit lead"), id="3"),
    ]
    first = store.save(sent)
    review = Draft("review", once, {"question": once, "version": 1, "verdict": "accepted"}, 0, "4")
    (judged,) = store.acting_as(AUDITOR).save([review])
    about = store.save_evidence(evidence, {"title": "Export"}, 1, "5")
    store.save_evidence(evidence, {"title": "Later"}, 2)
    store.delete("evidence", evidence, 3)
    store.delete("systems", "SYS-001", 1)
    store.acting_as(AUDITOR).save([replace(answer(once), base=1)])
    store.acting_as(Person("Credit lead")).save([answer(EACH, "SYS-002")])
    count = store.head().number

    assert store.save(sent) == first
    assert store.acting_as(AUDITOR).save([review]) == [judged]
    assert store.save_evidence(evidence, {"title": "Export"}, 1, "5") == about
    assert store.head().number == count


def test_another_text_under_the_id_of_a_new_row_is_no_silent_success(store: Store):
    store.save_row("risks", "", {"name": "One", "area": "data privacy"}, 0, "1")

    with pytest.raises(Conflict, match="An earlier text of yours"):
        store.save_row("risks", "", {"name": "Two", "area": "data privacy"}, 0, "1")


# evidence stays what it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", [{"link": "https://wiki.example/2"}, {"name": "Other"}, {"form": "file"}, {"size": 3}])
def test_the_proof_behind_evidence_cannot_be_exchanged(store: Store, fact: dict[str, Any]):
    key = store.attach_link(LINK["link"])
    body = dict(store.history("evidence", key)[0].body or {})

    with pytest.raises(BadInput, match="cannot be exchanged"):
        store.save([Draft("evidence", key, {**body, **fact}, 1)])
    with pytest.raises(BadInput, match="cannot be exchanged"):
        store.save_evidence(key, fact, 1)


def test_a_key_that_somebody_took_meanwhile_is_a_conflict_so_that_the_next_one_is_tried(store: Store):
    key = store.attach_link(LINK["link"])

    with pytest.raises(Conflict):
        store.save([Draft("evidence", key, {**LINK, "name": "b", "link": "https://wiki.example/2"})])


def test_the_proof_cannot_be_exchanged_within_one_save(store: Store):
    other = {**LINK, "link": "https://wiki.example/2"}

    with pytest.raises(BadInput, match="cannot be exchanged"):
        store.save([Draft("evidence", "EV-0001", LINK), Draft("evidence", "EV-0001", other, 1)])


def test_a_row_that_is_nothing_is_no_deletion(store: Store):
    key = store.save_row("risks", "", {"name": "One", "area": "data privacy"}, 0).key

    with pytest.raises(BadInput, match="not a NoneType"):
        store.save_row("risks", key, None, 1)  # type: ignore[arg-type]
    assert [r.key for r in store.record().register("risks")] == [key]


def test_what_is_known_of_a_link_cannot_make_it_a_file(store: Store):
    key = store.attach_link(LINK["link"], {"form": "file", "sha256": "a" * 64, "name": "x"})

    assert store.record().evidence[key].value.form == "link"


def test_the_proof_cannot_be_exchanged_by_deleting_it_first(store: Store):
    key = store.attach_link(LINK["link"])
    store.delete("evidence", key, 1)

    with pytest.raises(BadInput, match="cannot be exchanged"):
        store.save([Draft("evidence", key, {**LINK, "link": "https://wiki.example/2"}, 2)])


def test_an_issued_report_cannot_be_taken_back(store: Store):
    head = store.head()
    issued = store.issue(IssuedReport(recipient="Board", as_of=store.on, head_number=head.number, head_hash=head.hash))

    with pytest.raises(BadInput, match="cannot be taken back"):
        store.delete("issued", issued.key, 1)


def test_ids_that_differ_in_their_case_alone_are_never_two_rows(store: Store):
    store.save([Draft("datasets", "mine-1", {"name": "Loans"})])

    with pytest.raises(BadInput, match="The id MINE-1 differs from mine-1 only in how it is written; use mine-1"):
        store.save([Draft("datasets", "MINE-1", {"name": "Cards"})])
    with pytest.raises(BadInput, match="differs from"):
        store.save([Draft("datasets", "new", {"name": "a"}), Draft("datasets", "NEW", {"name": "b"})])
    store.save([Draft("datasets", "mine-1", {"name": "Loans", "owner": "Lead"}, 1)])


def test_rows_of_before_that_differ_in_their_case_alone_can_be_changed(store: Store):
    rows = [Draft("datasets", key, {"name": key}) for key in ("mine", "MINE")]
    store.ledger.append(store.name, rows, store.who)

    store.save([Draft("datasets", "MINE", {"name": "Loans"}, 1)])


def test_a_control_can_be_named_before_it_has_a_row_and_stands_for_nothing(store: Store):
    body = {"name": "Gateway", "kind": "endpoint or integration", "controls": "5.15, A.8.2 Privileged access rights"}
    store.save([Draft("components", "C-001", body), Draft("controls", "A.8.2", {"name": "Rights"})])

    record = store.record()
    row = record.register("components")[0]
    assert row["controls"] == ("A.5.15", "A.8.2")
    assert record.shown(record.catalog.register("components").field("controls"), row["controls"]) == (
        "Access control (no row yet), Rights"
    )
    assert "a control is named that has no row yet" in {gap.says for gap in gaps_of_row(record, row)}


def test_a_row_of_a_control_is_found_in_any_writing_and_kept_under_its_number(store: Store):
    assert store.save_row("controls", "8.2", {"name": "Rights"}, 0).key == "A.8.2"
    assert store.save_row("controls", "a 8.2", {"name": "Access rights"}, 1).version == 2
