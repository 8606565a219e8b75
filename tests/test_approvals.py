"""Approvals of versions: who may give one, what it speaks of, and when it speaks of an older state."""

from datetime import timedelta
from typing import Any

import pytest

from workbook.analysis.approvals import standing
from workbook.audience import Edition
from workbook.errors import BadInput, NotAllowed, WorkbookError
from workbook.model import Draft, Person
from workbook.store import Store

SOA = "Statement of Applicability"
DIRECTOR = Person("Managing director")
CONTROL = {"name": "Change management", "applicable": "yes", "reason": "R-003 asks for it", "statement": "By ticket."}
LINK = {"name": "Minutes", "form": "link", "link": "https://wiki.example/minutes"}


@pytest.fixture
def held(store: Store) -> Store:
    """An engagement with a row of the SoA and people of three parts, of whom the director speaks."""
    save(store, "controls", "A.8.32", **CONTROL)
    for key, name, part in (
        ("P-001", "Managing director", "management"),
        ("P-002", "Lead auditor", "auditor"),
        ("P-003", "ML platform lead", "preparer"),
    ):
        save(store, "people", key, name=name, part=part)
    return store.acting_as(DIRECTOR)


def save(store: Store, kind: str, key: str, **more: Any) -> Any:
    newest = store.ledger.get(store.name, kind, key)
    body = {c: v for c, v in {**((newest and newest.body) or {}), **more}.items() if v is not None}
    return store.save([Draft(kind, key, body, newest.version if newest else 0)])[0]


def approve(store: Store, version: str = "1.0", key: str = "AP-001", **more: Any) -> Any:
    given = {"name": "SoA", "subject": SOA, "approved_by": DIRECTOR.name, "approved_on": store.on.isoformat()}
    return save(store, "approvals", key, **{**given, "version": version, **more})


def refused(error: type[WorkbookError], store: Store, **more: Any) -> str:
    with pytest.raises(error) as caught:
        approve(store, **more)
    return str(caught.value)


def soa(store: Store) -> Any:
    return standing(store.record(), SOA)


def test_an_approval_is_current_until_what_it_speaks_of_changes(held: Store):
    made = approve(held)
    assert (soa(held).version, soa(held).current) == ("1.0", True)
    assert soa(held).approval["at_revision"] == made.number

    save(held, "controls", "A.8.32", owner="Somebody else")
    assert soa(held).current
    save(held, "controls", "A.8.32", statement="By nobody.")
    assert not soa(held).current
    assert "changed since version 1.0, approved by Managing director" in soa(held).reason


def test_what_nobody_approved_and_what_is_not_held_are_said_apart(held: Store):
    assert soa(held).reason == "Statement of Applicability is not approved."
    none = standing(held.record(), "something nobody has thought of")
    assert "is not held in the record yet" in none.reason
    assert not none.current


def test_only_the_person_approves_or_somebody_with_the_signed_paper(held: Store):
    other = held.acting_as(Person("ML platform lead"))
    assert "You are not Managing director" in refused(NotAllowed, other)
    save(other, "evidence", "EV-0001", **LINK)
    approve(other, paper=["EV-0001"])

    assert soa(held).approval["recorded_by"] == "ML platform lead"
    assert soa(held).current


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Lead auditor", "takes part as auditor and approves nothing"),
        ("ML platform lead", "takes part as preparer and approves nothing"),
        ("Nobody known", "is not in the table of people"),
    ],
)
def test_whoever_has_no_part_for_it_approves_nothing(held: Store, name: str, says: str):
    assert says in refused(NotAllowed, held.acting_as(Person(name)), approved_by=name)


def test_a_day_ahead_and_a_subject_that_is_not_held_are_refused(held: Store):
    assert "lies ahead" in refused(BadInput, held, approved_on=(held.on + timedelta(days=1)).isoformat())
    held.delete("controls", "A.8.32", 1)
    assert "nothing to approve" in refused(BadInput, held)


def test_one_version_is_one_state(held: Store):
    approve(held, "1.2")
    approve(held, "1.2", "AP-002")  # a second person, say, for the same state
    save(held, "controls", "A.8.32", applicable="no", reason="Nobody changes anything here at all.")

    assert "Version 1.2 of the Statement of Applicability is approved already" in refused(
        BadInput, held, version=" 1.2 ", key="AP-003"
    )
    approve(held, "1.3", "AP-003")
    assert (soa(held).version, soa(held).current) == ("1.3", True)


def test_a_lapsed_approval_does_not_come_to_life_by_editing_or_restoring_it(held: Store):
    first = approve(held)
    save(held, "controls", "A.8.32", statement="By nobody.")
    approve(held, name="Another name", state="anything", at_revision=999, recorded_by="The king")
    assert not soa(held).current

    held.delete("approvals", "AP-001", 2)
    held.restore("approvals", "AP-001", first.number)
    assert not soa(held).current
    assert soa(held).approval["at_revision"] == first.number


def test_nobody_else_takes_an_approval_back(held: Store):
    approve(held)
    with pytest.raises(NotAllowed, match="nobody else can take it back"):
        held.acting_as(Person("ML platform lead")).delete("approvals", "AP-001", 1)


def test_an_approval_on_a_paper_that_was_taken_away_does_not_hold(held: Store):
    other = held.acting_as(Person("ML platform lead"))
    save(other, "evidence", "EV-0001", **LINK)
    approve(other, paper=["EV-0001"])
    other.delete("evidence", "EV-0001", 1)

    assert soa(held).approval is None


def test_a_customer_reads_whether_it_is_current_and_not_who_approved(held: Store):
    approve(held)
    edition = standing(Edition("customer").of(held.record()), SOA)
    assert edition.current
    assert DIRECTOR.name not in edition.reason

    save(held, "controls", "A.8.32", statement="By nobody.")
    assert not standing(Edition("customer").of(held.record()), SOA).current


def test_one_save_cannot_bring_two_states_under_one_version(held: Store):
    given = {"name": "SoA", "subject": SOA, "version": "1", "approved_by": DIRECTOR.name,
             "approved_on": held.on.isoformat()}  # fmt: skip
    with pytest.raises(BadInput, match="approved already, in another state"):
        held.save(Draft("approvals", key, {**given, "state": state}) for key, state in (("AP-1", "a"), ("AP-2", "b")))
