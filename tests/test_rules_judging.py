"""What makes an acceptance, a closure, a signature and a test hold: refused at the door, whichever way it comes."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from workbook.analysis.findings import is_open
from workbook.analysis.risk import rated_risks
from workbook.errors import BadInput, NotAllowed, Unknown, WorkbookError
from workbook.exchange import imports
from workbook.model import Draft, Person, Role
from workbook.store import Store

OWNER = "Head of credit"
AUDITOR = Person("Lead auditor", Role.AUDITOR)
QUESTION = "ac-privileged-deploy"
LINK = {"name": "Wiki", "form": "link", "link": "https://wiki.example/1"}


def day(store: Store, ago: int) -> str:
    return (store.on - timedelta(days=ago)).isoformat()


def save(store: Store, kind: str, key: str, **more: Any) -> Any:
    """Save a row as it stands, with `more` on top."""
    newest = store.ledger.get(store.name, kind, key)
    body = {c: v for c, v in {**((newest and newest.body) or {}), **more}.items() if v is not None}
    return store.save([Draft(kind, key, body, newest.version if newest else 0)])[0]


def drop(store: Store, kind: str, key: str) -> None:
    newest = store.ledger.get(store.name, kind, key)
    assert newest is not None
    store.delete(kind, key, newest.version)


def says(store: Store, kind: str, key: str, error: type[WorkbookError] = BadInput, **more: Any) -> str:
    """Why this is refused; nothing is saved."""
    before = store.head()
    with pytest.raises(error) as caught:
        save(store, kind, key, **more)
    assert store.head() == before
    return str(caught.value)


# accepting a risk ---------------------------------------------------------------------------------------------------


def risk(store: Store, **more: Any) -> dict[str, Any]:
    return {"name": "Poisoned data", "area": "adversarial attack", "owner": OWNER, "likelihood": 2, "consequence": 4,
            "treatment": "retain", "residual_likelihood": 2, "residual_consequence": 4, "accepted_by": OWNER,
            "accepted_on": day(store, 5), "acceptance_ends": day(store, -300), **more}  # fmt: skip


def accepted(store: Store) -> bool:
    (found,) = rated_risks(store.record())
    return found.accepted


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"accepted_by": "Head of IT"}, "Head of IT accepts it, but the risk owner is Head of credit"),
        ({"owner": None}, "name the risk owner"),
        ({"accepted_on": None}, "say on which day"),
        ({"accepted_on": -1}, "lies ahead"),
        ({"acceptance_ends": None}, "say when the acceptance ends"),
        ({"acceptance_ends": 9}, "before it was given"),
    ],
)
def test_an_acceptance_that_is_none_is_refused_with_its_clause(store: Store, more: Mapping[str, Any], why: str):
    days = {c: day(store, v) if isinstance(v, int) else v for c, v in more.items()}
    found = says(store, "risks", "R-001", **risk(store, **days))

    assert why in found
    assert "clause 6.1.3 f" in found


def test_an_acceptance_holds_for_the_risk_as_it_was_accepted_and_lapses_when_it_changes(store: Store):
    save(store, "risks", "R-001", **risk(store))
    assert accepted(store)

    save(store, "risks", "R-001", residual_likelihood=5)
    assert not accepted(store)
    save(store, "risks", "R-001", residual_likelihood=2)
    assert accepted(store)


@pytest.mark.parametrize(
    "more",
    [
        {"acceptance_ends": -301},
        {"accepted_by": "HEAD of credit"},
        {"accepted_state": "0123456789abcdef"},
        {"name": "Another name"},
    ],
)
def test_nothing_but_a_new_acceptance_revives_one_that_lapsed(store: Store, more: dict[str, Any]):
    save(store, "risks", "R-001", **risk(store))
    save(store, "risks", "R-001", consequence=5, residual_consequence=5)
    save(store, "risks", "R-001", **{c: day(store, v) if isinstance(v, int) else v for c, v in more.items()})

    assert not accepted(store)
    save(store, "risks", "R-001", accepted_on=day(store, 0))
    assert accepted(store)


def test_a_typed_stamp_of_another_row_revives_nothing(store: Store):
    save(store, "risks", "R-001", **risk(store))
    save(store, "risks", "R-001", consequence=5)
    save(store, "risks", "R-002", **risk(store, consequence=5))
    stamp = store.record().rows["risks"][1]["accepted_state"]
    save(store, "risks", "R-001", accepted_state=stamp)

    assert [r.accepted for r in rated_risks(store.record()) if r.row.key == "R-001"] == [False]


def test_an_acceptance_that_lapsed_is_not_revived_by_clearing_it_deleting_it_or_an_old_version(store: Store):
    save(store, "risks", "R-001", **risk(store))
    lapsed = save(store, "risks", "R-001", consequence=5)
    save(store, "risks", "R-001", accepted_by=None, accepted_on=None, acceptance_ends=None)
    store.restore("risks", "R-001", lapsed.number)
    assert not accepted(store)

    drop(store, "risks", "R-001")
    save(store, "risks", "R-001", **risk(store, consequence=5))
    assert not accepted(store)


def test_an_acceptance_cannot_be_moved_to_another_owner_nor_by_taking_the_owner_away(store: Store):
    save(store, "risks", "R-001", **risk(store))

    assert "Head of IT" in says(store, "risks", "R-001", owner="Head of IT")
    assert "name the risk owner" in says(store, "risks", "R-001", owner=None)


# closing a finding --------------------------------------------------------------------------------------------------

FINDING = {"name": "No approval", "grade": "minor nonconformity", "owner": "Platform lead", "status": "open"}
CLOSED = {"status": "closed", "closed_by": AUDITOR.name}


def action(store: Store, **more: Any) -> dict[str, Any]:
    return {"name": "Pipeline asks", "finding": "FI-001", "owner": "Platform lead", "done_on": day(store, 20),
            "effectiveness": day(store, 10), "effective": "yes", "checked_by": AUDITOR.name, "cycle": "weekly",
            "criterion": "None of 10", "effect_sample": "10 releases since",
            "status": "effectiveness confirmed", **more}  # fmt: skip


def close(store: Store) -> None:
    save(store, "findings", "FI-001", **FINDING)
    save(store, "actions", "CA-001", **action(store))
    save(store, "findings", "FI-001", **CLOSED)


def test_a_nonconformity_is_closed_by_somebody_else_once_its_action_worked(store: Store):
    save(store, "findings", "FI-001", **FINDING)
    assert "no corrective action names it" in says(store, "findings", "FI-001", **CLOSED)
    save(store, "actions", "CA-001", **action(store, criterion=None))
    assert "effective by no criterion (CA-001)" in says(store, "findings", "FI-001", **CLOSED)
    save(store, "actions", "CA-001", **action(store, cycle=None))
    assert "how often the control works" in says(store, "findings", "FI-001", **CLOSED)
    save(store, "actions", "CA-001", cycle="monthly")
    assert "before one cycle" in says(store, "findings", "FI-001", **CLOSED)
    save(store, "actions", "CA-001", cycle="weekly")
    assert "cannot verify" in says(store, "findings", "FI-001", **{**CLOSED, "closed_by": "PLATFORM lead"})
    assert "lies ahead" in says(store, "findings", "FI-001", **CLOSED, closed_on=day(store, -2))
    save(store, "findings", "FI-001", **CLOSED)

    (found,) = store.record().register("findings")
    assert not is_open(store.record(), found)


def test_finding_and_action_may_come_in_one_save_in_any_order(store: Store):
    drafts = [Draft("findings", "FI-001", {**FINDING, **CLOSED}), Draft("actions", "CA-001", action(store))]
    store.save(drafts)

    assert len(store.record().register("findings")) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"status": "under way"},
        {"effective": "no"},
        {"finding": None},
        {"owner": AUDITOR.name},
        {"cycle": "yearly"},
        {"effect_sample": None},
    ],
)
def test_an_action_cannot_be_taken_from_under_a_closed_finding(store: Store, more: dict[str, Any]):
    close(store)

    assert "FI-001 was closed on what this corrective action said" in says(store, "actions", "CA-001", **more)


def test_neither_deleting_its_action_nor_a_second_one_that_is_open_leaves_a_finding_closed(store: Store):
    close(store)
    with pytest.raises(BadInput, match="Open the finding again first"):
        drop(store, "actions", "CA-001")
    with pytest.raises(BadInput, match="Open the finding again first"):
        store.save_row("actions", "", action(store, status="planned"), 0)

    reopened = Draft("findings", "FI-001", FINDING, 2)
    store.save([Draft("actions", "CA-001", None, 1), reopened])
    assert not store.record().register("actions")


def test_an_observation_cannot_be_regraded_while_it_is_closed(store: Store):
    save(store, "findings", "FI-001", **{**FINDING, **CLOSED, "grade": "observation"})

    assert "no corrective action" in says(store, "findings", "FI-001", grade="major nonconformity")


def test_a_closed_finding_that_was_deleted_does_not_come_back_without_its_action(store: Store):
    close(store)
    drop(store, "findings", "FI-001")
    save(store, "actions", "CA-001", finding=None, status="planned")

    with pytest.raises(BadInput, match="cannot be closed yet"):
        store.restore("findings", "FI-001", store.history("findings", "FI-001")[1].number)


# signing off --------------------------------------------------------------------------------------------------------


def signature(store: Store, **more: Any) -> dict[str, Any]:
    return {"name": "Managing director", "capacity": "top management", "decision": "agrees",
            "signed_on": day(store, 0), **more}  # fmt: skip


def director(store: Store) -> Store:
    return store.acting_as(Person("managing DIRECTOR"))


def test_only_the_person_signs_or_somebody_with_the_signed_paper(store: Store):
    assert "You are not Managing director" in says(store, "sign_offs", "SO-001", NotAllowed, **signature(store))
    save(store, "evidence", "EV-0001", name="x", form="reference", link="\\\\share\\x")
    says(store, "sign_offs", "SO-001", NotAllowed, **signature(store), paper=["EV-0001"])
    save(store, "evidence", "EV-0002", **LINK)
    save(store, "sign_offs", "SO-001", **signature(store), paper=["EV-0002"])

    assert store.record().register("sign_offs")[0]["recorded_by"] == store.who.name


def test_a_signature_names_its_revision_and_who_gave_it_whatever_is_typed(store: Store):
    typed = {"recorded_by": "The king", "revision": 999}
    made = save(director(store), "sign_offs", "SO-001", **signature(store), **typed)

    (row,) = store.record().register("sign_offs")
    assert (row["recorded_by"], row["revision"]) == ("managing DIRECTOR", made.number)
    save(store, "sign_offs", "SO-001", **typed)
    assert store.record().register("sign_offs")[0]["revision"] == made.number


@pytest.mark.parametrize("more", [{"decision": "does not agree"}, {"signed_on": None}, {"name": "Security lead"}])
def test_nobody_else_changes_or_takes_back_a_signature(store: Store, more: dict[str, Any]):
    save(director(store), "sign_offs", "SO-001", **signature(store))

    says(store, "sign_offs", "SO-001", NotAllowed, **more)
    with pytest.raises(NotAllowed, match="nobody else can take it back"):
        drop(store, "sign_offs", "SO-001")


def test_a_paper_speaks_for_one_signature_and_not_for_the_next(store: Store):
    save(store, "evidence", "EV-0001", **LINK)
    save(store, "sign_offs", "SO-001", **signature(store, decision="does not agree"), paper=["EV-0001"])

    says(store, "sign_offs", "SO-001", NotAllowed, decision="agrees")


def test_a_signature_that_was_taken_back_is_not_restored_by_somebody_else(store: Store):
    save(director(store), "sign_offs", "SO-001", **signature(store))
    drop(director(store), "sign_offs", "SO-001")

    with pytest.raises(NotAllowed, match="You are not"):
        store.restore("sign_offs", "SO-001", store.history("sign_offs", "SO-001")[0].number)


def test_a_signature_of_tomorrow_is_refused(store: Store):
    assert "lies ahead" in says(director(store), "sign_offs", "SO-001", **signature(store, signed_on=day(store, -1)))


# reviews and tests --------------------------------------------------------------------------------------------------


def sample(**more: Any) -> dict[str, Any]:
    return {"name": "Sample", "question": QUESTION, "system": "SYS-001", "auditor": AUDITOR.name, **more}


def test_somebody_who_takes_part_otherwise_neither_reviews_nor_tests(store: Store):
    save(store, "people", "P-001", name="lead AUDITOR", part="technical expert")
    save(store, "answer", f"{QUESTION}@SYS-001", question=QUESTION, system="SYS-001", result="partial")
    review = {"question": QUESTION, "system": "SYS-001", "version": 1, "verdict": "accepted"}

    found = says(store.acting_as(AUDITOR), "review", f"{QUESTION}@SYS-001", NotAllowed, **review)
    assert found.startswith("You take part as technical expert")
    assert "takes part as technical expert" in says(store, "tests", "T-001", NotAllowed, **sample())
    concluded = sample(auditor="Somebody else", operation="effective")
    says(store.acting_as(AUDITOR), "tests", "T-001", NotAllowed, **concluded)


def test_there_are_no_more_exceptions_than_items(store: Store):
    assert "4 of 3 items sampled cannot be" in says(store, "tests", "T-1", **sample(exceptions_found=4, sampled=3))
    assert "out of range" in says(store, "tests", "T-1", **sample(sampled=-1))
    save(store, "tests", "T-1", **sample(exceptions_found=3, sampled=3))


# evidence -----------------------------------------------------------------------------------------------------------


def test_evidence_speaks_of_a_version_that_a_register_holds(store: Store):
    save(store, "models", "M-001", name="Scoring", version="4.2.0", system="SYS-001")

    found = says(store, "evidence", "EV-0001", Unknown, **LINK, version="4.2.1")
    assert "No version of a model or dataset is called '4.2.1'. Did you mean 4.2.0?" in found
    save(store, "evidence", "EV-0001", **LINK, version="4.2.0")


def test_a_period_outside_the_audit_is_refused(store: Store):
    save(store, "engagement", "engagement", period_from="2026-01-01", period_to="2026-06-30")
    period = {"period_from": "2025-01-01", "period_to": "2025-12-31"}

    assert "lies outside the period of the audit" in says(store, "evidence", "EV-0001", **LINK, **period)
    save(store, "evidence", "EV-0001", **LINK, period_from="2025-12-01", period_to="2026-01-01")


def test_an_artefact_that_nothing_asks_for_is_not_attached_to_an_answer(store: Store):
    asked = store.catalog.question(QUESTION).evidence[0].artefact
    save(store, "evidence", "EV-0001", **LINK, artefact=f"{asked}s")
    body = {"question": QUESTION, "system": "SYS-001", "result": "partial", "evidence": ["EV-0001"]}

    assert f"Did you mean {asked}" in says(store, "answer", f"{QUESTION}@SYS-001", Unknown, **body)
    save(store, "evidence", "EV-0001", artefact=asked)
    save(store, "answer", f"{QUESTION}@SYS-001", **body)
    says(store, "evidence", "EV-0001", Unknown, artefact=f"{asked}s")


def test_a_preparer_does_not_take_back_that_evidence_speaks_against_a_claim(store: Store):
    assert "No question is called" in says(store, "evidence", "EV-0001", Unknown, **LINK, against=["ac-privileged"])
    says(store, "evidence", "EV-0001", Unknown, **LINK, against=[f"{QUESTION}@SYS-009"])
    save(store, "evidence", "EV-0001", **LINK, against=[f"{QUESTION}@SYS-001"])

    assert "your role is preparer" in says(store, "evidence", "EV-0001", NotAllowed, against=[])
    with pytest.raises(NotAllowed, match="speaks against"):
        drop(store, "evidence", "EV-0001")
    save(store.acting_as(AUDITOR), "evidence", "EV-0001", against=[])
    drop(store, "evidence", "EV-0001")


# imports ------------------------------------------------------------------------------------------------------------


def test_an_import_is_judged_alike_and_says_so_by_row(store: Store, tmp_path: Path):
    (tmp_path / "risks.csv").write_text(
        "id,name,area,owner,accepted_by,accepted_on,acceptance_ends\n"
        f"R-001,A,data privacy,Owner,Intern,{day(store, 3)},{day(store, -30)}\n"
    )
    (tmp_path / "findings.csv").write_text(
        "id,name,grade,status,owner,closed_by\nFI-001,No approval,minor nonconformity,closed,A,B\n"
    )
    (tmp_path / "sign_offs.csv").write_text(
        f"id,name,capacity,decision,signed_on\nSO-001,Boss,top management,agrees,{day(store, 0)}\n"
    )
    found = [(p.where, p.line) for p in imports.plan(store, tmp_path).problems]

    assert sorted(found) == [("findings.csv", 2), ("risks.csv", 2), ("sign_offs.csv", 2)]


def test_a_lapsed_acceptance_stays_lapsed_when_it_is_imported_elsewhere(store: Store, tmp_path: Path):
    (tmp_path / "risks.csv").write_text(
        "id,name,area,owner,consequence,likelihood,accepted_by,accepted_on,acceptance_ends,accepted_state\n"
        f"R-001,A,data privacy,Owner,5,5,Owner,{day(store, 3)},{day(store, -30)},0123456789abcdef\n"
    )
    imports.apply(store, imports.plan(store, tmp_path))

    assert not accepted(store)


def test_an_import_brings_finding_and_action_together_and_evidence_with_its_version(store: Store, tmp_path: Path):
    made = action(store)
    (tmp_path / "actions.csv").write_text(",".join(["id", *made]) + "\n" + ",".join(["CA-001", *made.values()]) + "\n")
    closed = {**FINDING, **CLOSED}
    (tmp_path / "findings.csv").write_text(f"{','.join(['id', *closed])}\n{','.join(['FI-001', *closed.values()])}\n")
    (tmp_path / "evidence.csv").write_text(
        f"id,link,title,version,against\nEV-0001,https://wiki.example/1,Wiki,4.2.0,{QUESTION}@SYS-001; {QUESTION}\n"
    )
    (tmp_path / "models.csv").write_text("id,name,version,system\nM-001,Scoring,4.2.0,SYS-001\n")
    plan = imports.plan(store, tmp_path)
    assert not plan.problems
    imports.apply(store, plan)

    piece = store.record().evidence["EV-0001"].value
    assert (piece.version, piece.against) == ("4.2.0", (f"{QUESTION}@SYS-001", QUESTION))
    assert not imports.plan(store, tmp_path).drafts
