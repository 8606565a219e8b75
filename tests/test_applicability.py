"""The Statement of Applicability: 93 controls whatever is written, decided with reasons only, no status flattered."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers_audit import an_audit_test, answer, days_ago, plain, proof, record, row, with_rows
from workbook.analysis.applicability import (
    Decision,
    applicability_faults,
    decisions,
    differences,
)
from workbook.analysis.doubts import doubts_of_row
from workbook.audience import Edition
from workbook.catalog import Catalog
from workbook.errors import BadInput
from workbook.exchange import imports
from workbook.model import Draft, Result
from workbook.record import Record, Row
from workbook.store import Store
from workbook.views import applicability

WHY = "Both ways of release go through the pipeline."


def control(key: str = "A.8.2", **values: Any) -> Row:
    return row("controls", key, **{"applicable": "yes", "reason": WHY, "statement": "By ticket.", **values})


def of(base: Record, key: str = "A.8.2") -> Decision:
    return next(one for one in decisions(base) if one.of.id == key)


def both(roles: Result, deploy: Result, **more: Any) -> Record:
    """A record with the two questions that test A.8.2 in the small catalog answered like this."""
    return record([answer("roles", roles, **more), answer("deploy", deploy, "SYS-001", **more)])


# always 93 ----------------------------------------------------------------------------------------------------------


def test_there_are_93_decisions_whatever_was_written():
    empty, one = record(), with_rows(record(), control())

    assert len(decisions(empty)) == len(decisions(one)) == 93
    assert {d.lacks for d in decisions(empty)} == {"not decided"}
    assert applicability_faults(one)[0].startswith("1 of 93 controls are decided (92 not decided)")
    assert plain(applicability.statement(one)).count("! Not decided") == 92


@pytest.mark.parametrize(
    ("values", "lacks"),
    [
        ({}, ""),
        ({"applicable": None}, "not decided"),
        ({"reason": "-"}, "no reason why it is included"),
        ({"statement": "..."}, "no statement of how it is implemented"),
        ({"applicable": "no", "reason": "n/a"}, "no reason that says why it is excluded"),
        ({"applicable": "no", "statement": None}, ""),
    ],
)
def test_a_control_is_decided_with_reasons_that_say_something(values: dict[str, Any], lacks: str):
    assert of(with_rows(record(), control(**values))).lacks == lacks


def test_risks_and_legal_duties_are_reasons_of_their_own():
    named = [row("risks", "R-003", controls=("A.8.2",)), row("legal", "LR-001", controls=("A.8.2",))]
    found = of(with_rows(record(), control(reason=None), *named))

    assert [ground.text for ground in found.grounds] == ["risk R-003", "legal requirement LR-001"]
    assert found.lacks == ""


# its status ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "deploy", "status"),
    [
        (Result.IMPLEMENTED, Result.IMPLEMENTED, "claimed only"),
        (Result.IMPLEMENTED, Result.NOT_ASSESSED, "partly"),
        (Result.PARTIAL, Result.NOT_IMPLEMENTED, "partly"),
        (Result.PLANNED, Result.NOT_IMPLEMENTED, "planned"),
        (Result.NOT_ASSESSED, Result.NOT_IMPLEMENTED, "not implemented"),
        (Result.NOT_ASSESSED, Result.NOT_ASSESSED, "not answered"),
        (Result.NOT_APPLICABLE, Result.NOT_APPLICABLE, "not answered"),  # nobody accepted that
    ],
)
def test_the_status_is_derived_from_the_answers(roles: Result, deploy: Result, status: str):
    assert of(both(roles, deploy)).derived == status


def test_what_is_shown_and_what_nothing_asks_for_are_said():
    evidenced = replace(
        both(Result.IMPLEMENTED, Result.IMPLEMENTED, evidence=("EV-0001",)), evidence={"EV-0001": proof()}
    )

    assert of(evidenced).derived == "implemented and evidenced"
    assert of(evidenced, "A.7.4").derived == "not asked"


def test_a_status_that_somebody_says_hides_no_contradiction():
    said = {
        "stated_status": "implemented",
        "status_reason": "The old key is a known ticket.",
        "status_by": "Security lead",
    }
    base = with_rows(
        both(Result.IMPLEMENTED, Result.IMPLEMENTED),
        control(**said),
        an_audit_test(operation="not effective", tested_on=days_ago(3)),
    )
    found, words = of(base), plain(applicability.statement(base))

    assert (found.derived, found.status) == ("contradicted", "implemented")
    assert found.doubts == ("said to be implemented, and something in the record speaks against it",)
    assert "✎ Implemented said by Security lead: The old key is a known ticket. derived: ✗ Contradicted" in words
    assert 'class="st ok"' not in str(applicability.statement(base))
    counts = plain(applicability.applicability(base, None))
    assert "by answers and proof: 1 contradicted. Of 1 control somebody says another status." in counts


def cell(base: Record, key: str = "A.8.2") -> str:
    """The cell of a control in the grid, from its class to its sign."""
    found = re.search(rf'<a class="(\w+)" href="#controls-{key}"[^>]*>[\d.]+ <b>(.)</b>', applicability.statement(base))
    return f"{found[1]} {found[2]}" if found else ""


def test_a_cell_of_the_grid_is_green_by_evidence_and_by_no_claim():
    claimed = both(Result.IMPLEMENTED, Result.IMPLEMENTED)
    said = {"stated_status": "implemented", "status_reason": "The owner of the platform showed me how it is done"}

    assert cell(with_rows(claimed, control())) == "unk ◌"
    assert cell(with_rows(claimed, control(**said))) == "unk ◌"
    assert cell(with_rows(claimed, control(applicable="no"))) == "unk /"
    assert cell(claimed) == "bad !"
    assert cell(Edition("customer").of(with_rows(claimed, control()))) == "plan ●"
    assert applicability.statement(claimed).count('href="#controls-') == 93


def test_a_status_said_without_a_reason_counts_for_nothing():
    assert of(with_rows(record(), control(stated_status="implemented", status_reason="ok"))).said == ""


# what an auditor would object to ------------------------------------------------------------------------------------


def test_an_exclusion_that_the_record_speaks_against_is_pointed_out():
    out = control(applicable="no", reason="The supplier is certified for all of it.")
    base = with_rows(both(Result.IMPLEMENTED, Result.PARTIAL), out, row("risks", "R-003", controls=("A.8.2",)))
    found = " / ".join(of(base).doubts)

    assert "excluded, and yet named by risk R-003" in found
    assert "answers say that it is carried out" in found


def test_what_an_auditor_would_object_to_is_for_the_team():
    out = control(applicable="no", reason="The supplier is certified for all of it.")
    base = with_rows(both(Result.IMPLEMENTED, Result.PARTIAL), out, row("risks", "R-003", controls=("A.8.2",)))

    assert "What an auditor would object to" in str(applicability.applicability(base, base))
    assert "would object to" not in str(applicability.applicability(Edition("auditor").of(base), base))


def test_a_suppliers_certificate_is_no_reason_and_the_form_says_so(catalog: Catalog):
    out = control(applicable="no", reason="The supplier is certified for all of it.")
    base = replace(with_rows(record(), out), catalog=catalog)

    assert "the reason names a supplier's proof (“certified”)" in of(base).doubts[0]
    assert [d.field for d in doubts_of_row(base, out)] == ["reason"]


def test_what_changed_is_told_control_by_control():
    old = with_rows(both(Result.PLANNED, Result.PLANNED), control())
    new = with_rows(both(Result.PARTIAL, Result.PARTIAL), control(statement="By pipeline."), control("A.7.4"))

    assert {one.of.id: one.says for one in differences(old, new)} == {
        "A.5.15": "planned → partly",
        "A.7.4": "not decided → applies",
        "A.8.2": "planned → partly; statement rewritten",
        "A.8.32": "planned → partly",
    }


def test_customers_read_number_title_and_whether_it_applies():
    flag = "Internal words of ours"
    said = {"reason": flag, "statement": flag, "owner": flag, "stated_status": "implemented", "status_reason": flag * 2}
    base = Edition("customer").of(with_rows(both(Result.PARTIAL, Result.PARTIAL), control(**said)))
    words = plain(applicability.statement(base)) + plain(applicability.applicability(base, None))

    assert flag not in words
    assert re.search(r"A\.8\.2 Privileged access rights (Applies )?● Applies", words)
    assert not re.search("partly|implemented|derived|said by", words, re.IGNORECASE)
    assert "withheld" not in words


# at the door --------------------------------------------------------------------------------------------------------

NAMED = {"name": "Privileged access rights"}


def refused(store: Store, **values: Any) -> str:
    with pytest.raises(BadInput) as caught:
        store.save_row("controls", "A.8.2", {**NAMED, **values}, 0)
    assert store.record().rows["controls"] == ()
    return str(caught.value)


@pytest.mark.parametrize("reason", [None, ".", "n/a", "not relevant", "a b c"])
def test_an_exclusion_without_a_reason_is_refused(store: Store, reason: str | None):
    assert "An exclusion needs a reason of its own (clause 6.1.3 d)" in refused(store, applicable="no", reason=reason)


def test_why_a_control_was_included_is_no_reason_to_exclude_it(store: Store, tmp_path: Path):
    store.save_row("controls", "A.8.2", {**NAMED, "applicable": "yes", "reason": "Needed by the two systems."}, 0)
    (tmp_path / "controls.csv").write_text("id,name,applicable,reason\nA.8.2,Rights,no,\n", encoding="utf-8")

    assert "of its own" in str(imports.plan(store, tmp_path).problems[0])


def test_an_import_excludes_nothing_without_a_reason_either(store: Store, tmp_path: Path):
    (tmp_path / "controls.csv").write_text(
        "id,name,applicable,reason\nA.8.2,Rights,no,not relevant\n", encoding="utf-8"
    )
    (problem,) = imports.plan(store, tmp_path).problems

    assert (problem.line, "needs a reason" in str(problem)) == (2, True)


def test_a_status_is_said_with_a_reason_and_keeps_who_said_it(store: Store):
    assert "follows from its answers" in refused(store, stated_status="implemented", status_reason="done")
    why = {"stated_status": "implemented", "status_reason": "Seen by the group on its visit.", "status_by": "The king"}
    store.save_row("controls", "A.8.2", {**NAMED, **why}, 0)
    (saved,) = store.record().rows["controls"]
    assert saved["status_by"] == store.who.name

    store.save([Draft("controls", "A.8.2", {**NAMED, "status_by": "The king"}, 1)])
    assert store.record().rows["controls"][0]["status_by"] is None
