"""Saving what people say, under the rules of who may say what."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from workbook.as_of import parse_as_of
from workbook.catalog import Catalog
from workbook.entries import RegisterField, Topic
from workbook.errors import BadFile, BadInput, Conflict, NotAllowed, Unknown
from workbook.exchange import imports
from workbook.keys import EVIDENCE
from workbook.model import Answer, Draft, Engagement, IssuedReport, Person, Result, Review, Revision, Role, TaskState
from workbook.store import Store, create

Q = "ac-privileged-deploy"
AUDITOR = Person("Lead internal auditor", Role.AUDITOR)


def answer(**more: object) -> Answer:
    return Answer(**{"question": Q, "system": "SYS-001", "result": Result.PARTIAL, **more})


def test_an_answer_is_there_when_the_record_is_read_again(store: Store):
    store.save_answer(answer(rationale="The pipeline's account deploys."), 0)
    stated = store.record().ask(Q, "SYS-001").answer

    assert stated.value.rationale == "The pipeline's account deploys."
    assert (stated.version, stated.actor) == (1, "ML platform lead")


def test_a_second_writer_is_shown_what_the_first_one_saved_and_overwrites_nothing(store: Store):
    store.save_answer(answer(rationale="first"), 0)

    with pytest.raises(Conflict) as caught:
        store.acting_as(Person("Security lead")).save_answer(answer(rationale="second"), 0)

    assert caught.value.theirs.body["rationale"] == "first"
    assert caught.value.ours["rationale"] == "second"
    assert store.record().ask(Q, "SYS-001").answer.value.rationale == "first"


def test_not_applicable_needs_a_reason(store: Store):
    with pytest.raises(BadInput, match="needs a reason"):
        store.save_answer(answer(result=Result.NOT_APPLICABLE, rationale="  "), 0)


def test_several_answers_are_saved_all_or_none(store: Store):
    store.save_answer(answer(), 0)
    pair = [(answer(system="SYS-002"), 0), (answer(), 0)]

    with pytest.raises(Conflict):
        store.save_answers(pair)

    assert store.record().ask(Q, "SYS-002").result is Result.NOT_ASSESSED


def test_an_answer_to_a_question_per_system_names_a_system_in_scope(store: Store):
    with pytest.raises(Unknown, match="SYS-001"):
        store.save_answer(answer(system="SYS-001x"), 0)


def test_an_answer_cannot_rest_on_evidence_that_is_not_there(store: Store):
    with pytest.raises(Unknown, match="piece of evidence"):
        store.save_answer(answer(evidence=("EV-0404",)), 0)


@pytest.fixture
def lost_column(store: Store) -> Revision:
    """A row with a column of the workspace's own that its checklists lost since."""
    with_column = replace(store, catalog=own_column(store.catalog))
    first = with_column.save_row("suppliers", "SU-001", {"name": "Acme", "insurer": "Big"}, 0)
    with_column.save_row("suppliers", "SU-001", {"name": "Acme Ltd", "insurer": "Big"}, 1)
    return first


def own_column(catalog: Catalog) -> Catalog:
    suppliers = catalog.register("suppliers")
    more = (*suppliers.fields, RegisterField(id="insurer", label="Insurer", type="text"))
    changed = Topic(id="own", title="Own", registers=(suppliers.model_copy(update={"fields": more}),))
    return replace(catalog, topics=(*catalog.topics, changed))


def test_a_version_with_a_column_that_is_gone_is_restored_without_it(store: Store, lost_column: Revision):
    restored = store.restore("suppliers", "SU-001", lost_column.number)

    assert restored.body == {"name": "Acme"}


def test_an_import_goes_over_a_row_with_a_column_that_is_gone(store: Store, lost_column: Revision, tmp_path: Path):
    path = tmp_path / "suppliers.csv"
    path.write_text("id,name\nSU-001,Acme plc\n")

    (revision,) = imports.apply(store, imports.plan(store, path))

    assert (revision.key, revision.body) == (lost_column.key, {"name": "Acme plc"})


def test_restoring_an_earlier_version_is_a_new_version(store: Store):
    first = store.save_answer(answer(rationale="first"), 0)
    store.save_answer(answer(rationale="second"), 1)

    restored = store.restore("answer", first.key, first.number)

    assert (restored.version, restored.body["rationale"]) == (3, "first")
    assert [r.body["rationale"] for r in store.history("answer", first.key)] == ["first", "second", "first"]


def test_a_preparer_may_not_review(store: Store):
    store.save_answer(answer(), 0)

    with pytest.raises(NotAllowed, match="preparer"):
        store.save_review(Review(question=Q, system="SYS-001", version=1, verdict="accepted"), 0)


def test_nobody_reviews_an_answer_of_their_own_not_even_an_older_version(store: Store):
    store.save_answer(answer(), 0)
    store.acting_as(Person("Security lead")).save_answer(answer(rationale="more"), 1)
    reviewer = store.acting_as(Person("ML Platform Lead", Role.REVIEWER))

    with pytest.raises(NotAllowed, match=r"A\.5\.3"):
        reviewer.save_review(Review(question=Q, system="SYS-001", version=2, verdict="accepted"), 0)


def test_somebody_else_reviews_and_a_later_change_shows(store: Store):
    store.save_answer(answer(), 0)
    store.acting_as(AUDITOR).save_review(Review(question=Q, system="SYS-001", version=1, verdict="accepted"), 0)
    assert store.record().ask(Q, "SYS-001").reviewed == "accepted"

    store.save_answer(answer(rationale="changed"), 1)
    assert store.record().ask(Q, "SYS-001").reviewed == "changed since"


def test_an_auditor_cannot_test_what_they_answered(store: Store):
    store.save_answer(answer(), 0)
    test = {"name": "Deployments", "question": Q, "system": "SYS-001", "auditor": "ml platform lead"}

    with pytest.raises(NotAllowed, match="cannot test it"):
        store.save_row("tests", "", test, 0)
    assert store.save_row("tests", "", {**test, "auditor": "Lead internal auditor"}, 0).key == "T-001"


def test_a_new_row_never_takes_the_key_of_a_deleted_one(store: Store):
    first = store.save_row("datasets", "", {"name": "Loans"}, 0)
    store.delete("datasets", first.key, 1)

    assert store.save_row("datasets", "", {"name": "Applicants"}, 0).key == "DS-002"


def test_a_control_row_is_kept_under_the_number_of_the_control(store: Store):
    with pytest.raises(BadInput, match="Say which control it is"):
        store.save_row("controls", "", {"name": "Privileged access rights"}, 0)
    with pytest.raises(Unknown, match=r"A\.8\.9"):
        store.save_row("controls", "A.8.99", {"name": "Nothing"}, 0)
    assert store.save_row("controls", "A.8.2", {"name": "Privileged access rights"}, 0).key == "A.8.2"


def test_the_same_file_twice_is_one_piece_of_evidence(store: Store, tmp_path: Path):
    file = tmp_path / "roles.csv"
    file.write_text("role,person\n")
    key, stored = store.attach_file(file, {"collected_at": date(2026, 11, 1)})
    again, stored_again = store.attach_file(file, {"collected_at": date(2026, 11, 1)})

    assert key == again
    assert stored.sha256 == stored_again.sha256
    assert list(store.record().evidence) == [key]


@pytest.mark.parametrize("name", ["missing.csv", ".", "empty.csv"])
def test_a_file_that_cannot_be_evidence_is_refused_and_nothing_is_recorded(store: Store, tmp_path: Path, name: str):
    (tmp_path / "empty.csv").touch()

    with pytest.raises(BadFile):
        store.attach_file(tmp_path / name)
    assert not store.record().evidence


def test_the_file_behind_evidence_is_never_exchanged(store: Store):
    key, _ = store.attach_bytes("roles.csv", [b"role\n"])

    with pytest.raises(BadInput, match="cannot be exchanged"):
        store.save_evidence(key, {"sha256": "0" * 64}, 1)
    assert store.save_evidence(key, {"title": "Roles"}, 1).version == 2


def test_a_link_must_be_an_address(store: Store):
    with pytest.raises(BadInput, match="https://"):
        store.attach_link("javascript:alert(1)")
    assert store.record().evidence == {}


def test_a_place_on_a_file_share_is_kept_as_a_reference_and_nothing_else(store: Store):
    key = store.attach_link("\\\\server\\audit\\roles.csv", {"collected_at": store.on})

    evidence = store.record().evidence[key].value
    assert (evidence.form, evidence.link) == ("reference", "\\\\server\\audit\\roles.csv")
    link = {"name": "x", "form": "link", "link": "smb://server/audit"}
    with pytest.raises(BadInput, match="is a reference; record it as one"):
        store.save([Draft("evidence", "EV-0009", link)])
    with pytest.raises(BadInput, match="is a link; record it as one"):
        store.save([Draft("evidence", "EV-0009", link | {"form": "reference", "link": "https://wiki.example"})])
    with pytest.raises(BadInput, match="needs a place on a file share"):
        store.save([Draft("evidence", "EV-0009", {"name": "x", "form": "reference"})])


def test_evidence_that_vanished_or_changed_is_found(store: Store):
    key, stored = store.attach_bytes("roles.csv", [b"role,person\n"])
    path = store.vault.path_of(stored.sha256)
    path.chmod(0o600)
    path.write_bytes(b"role,nobody\n")

    assert [d["evidence"] for d in store.verify_evidence()] == [key]


def test_the_past_can_be_read_but_not_written(store: Store):
    store.save_answer(answer(), 0)
    past = Store(store.ledger, store.vault, store.catalog, store.name, store.who, datetime.now(UTC))
    store.save_answer(answer(result=Result.IMPLEMENTED), 1)

    assert past.record().ask(Q, "SYS-001").result is Result.PARTIAL
    with pytest.raises(NotAllowed, match="as of"):
        past.save_answer(answer(), 2)


def test_a_date_before_the_first_entry_is_refused_in_words(store: Store):
    early = Store(store.ledger, store.vault, store.catalog, store.name, store.who, date(2020, 1, 1))

    with pytest.raises(BadInput, match="begins on"):
        early.record()


def test_an_unknown_engagement_suggests_near_names(store: Store):
    wrong = Store(store.ledger, store.vault, store.catalog, "isms-2072", store.who)

    with pytest.raises(Unknown, match="Did you mean isms-2027"):
        wrong.record()


@pytest.mark.parametrize("name", ["", "../x", "Isms", "a/b", "a b", "x" * 70, "-x", "a..b", "con\n"])
def test_an_engagement_name_is_always_a_safe_folder_name(store: Store, name: str):
    with pytest.raises(BadInput, match="cannot be an engagement's name"):
        create(store.ledger, name, Engagement(title="x"), store.who)


def at(store: Store, as_of: str) -> Store:
    return Store(store.ledger, store.vault, store.catalog, store.name, store.who, parse_as_of(as_of))


def test_a_revision_names_a_state_whatever_is_saved_later(store: Store):
    store.save_answer(answer(), 0)
    noted = store.head()
    store.save_answer(answer(result=Result.IMPLEMENTED), 1)

    record = at(store, "r4").record()

    assert (record.head, record.on) == (noted, noted.at.date())
    assert record.ask(Q, "SYS-001").result is Result.PARTIAL


@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        ("r99999", r"isms-2027 has no revision 99999; its newest is r3\..*workbook history isms-2027"),
        ("r2@2020-01-01", r"Revision 2 was recorded on .*, so ages cannot be counted to 2020-01-01; choose that day"),
    ],
)
def test_a_state_that_the_record_never_had_is_refused_in_one_sentence(store: Store, as_of: str, sentence: str):
    with pytest.raises(BadInput, match=sentence):
        at(store, as_of).record()


def test_an_earlier_state_rests_on_the_last_revision_up_to_its_number(store: Store):
    store.save_answer(answer(), 0)
    heads = [store.record_at(number, store.on).head for number in (0, 2, 4, 9)]

    assert [head.number for head in heads] == [0, 2, 4, 4]
    assert heads[-1] == store.head()


def test_a_task_and_an_issued_report_are_remembered(store: Store):
    store.save_task(TaskState(task="t3-train-staff", status="done"), 0)
    head = store.head()
    store.issue(
        IssuedReport(recipient="certification body", as_of=store.on, head_number=head.number, head_hash=head.hash)
    )
    record = store.record()

    assert record.tasks["t3-train-staff"].value.status == "done"
    assert record.issued[-1].value.recipient == "certification body"
    assert record.issued[-1].at - datetime.now(UTC) < timedelta(seconds=1)


@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d"])
def test_text_that_a_database_cannot_keep_is_refused_at_the_edge(text: str):
    with pytest.raises(ValueError, match=r"character|unicode"):
        Answer(question=Q, rationale=text)


def test_a_row_that_names_numbers_of_another_kind_is_refused(store: Store):
    with pytest.raises(BadInput, match="cannot be an id"):
        store.save([Draft("datasets", "", {"name": "Loans"}, numbers=EVIDENCE)])


def test_a_new_row_that_is_sent_twice_is_recorded_once(store: Store):
    first = store.save_row("datasets", "", {"name": "Loans"}, 0, id="4b3a8f0e-0000-4000-8000-000000000001")
    again = store.save_row("datasets", "", {"name": "Loans"}, 0, id="4b3a8f0e-0000-4000-8000-000000000001")

    assert first == again


def test_people_who_add_at_the_same_moment_get_keys_of_their_own(store: Store):
    def add(n: int) -> str:
        return store.save_row("datasets", "", {"name": f"Set {n}"}, 0).key

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(add, range(24)))

    assert sorted(keys) == [f"DS-{n:03d}" for n in range(1, 25)]


def test_an_engagement_begins_under_the_same_rules_as_it_goes_on(store: Store):
    backwards = Engagement(title="B", period_from=date(2027, 2, 1), period_to=date(2027, 1, 1))

    for about, says in [(Engagement(title="  "), "say what people call this audit"), (backwards, "before it begins")]:
        with pytest.raises(BadInput, match=says):
            create(store.ledger, "isms-2028", about, store.who)
    assert "isms-2028" not in store.ledger.engagements()
