"""Artefacts: their alternatives, and what binds them beside age."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.helpers_audit import TODAY, answer, catalog, days_ago, proof, question, record, row
from workbook.analysis.artefacts import ArtefactProof, audit_period, days_covered, prove_artefacts
from workbook.entries import ExpectedEvidence, Section, Topic
from workbook.model import Engagement, Evidence, Result
from workbook.record import Record

PERIOD = Engagement(title="Audit", period_from=days_ago(300), period_to=days_ago(-60))


def asking(evidence: dict, rows=(), per: str = "system", **wanted) -> Record:
    """A record of one question that asks for one artefact, answered with `evidence`."""
    expected = ExpectedEvidence.model_validate({"artefact": "Report", **wanted})
    only = question("one", per, evidence=(expected,))
    topic = Topic(id="topic", title="T", page="03_control_review", sections=(
        Section(id="section", title="S", intro="I.", questions=(only,)),))  # fmt: skip
    system = "SYS-001" if per == "system" else ""
    said = answer("one", Result.IMPLEMENTED, system, evidence=tuple(evidence))
    base = record((), evidence, rows, engagement=PERIOD)
    full = catalog()
    return replace(base, catalog=replace(full, topics=(topic, full.topics[1])), answers={said.value.key: said})


def only(base: Record) -> ArtefactProof:
    (found,) = prove_artefacts(base, base.asked[0])
    return found


@pytest.mark.parametrize("name", ["Report", "  rePORT", "Search that found none"])
def test_an_artefact_or_its_alternative_counts_however_it_is_written(name: str):
    found = only(asking({"EV-0001": proof(artefact=name)}, **{"or": ["Search that found none"]}))

    assert found.proven
    assert found.keys == ("EV-0001",)


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({}, "no evidence of it"),
        ({"EV-0001": proof(artefact="")}, "no evidence of it"),
        ({"EV-0001": proof(artefact="Another")}, "no evidence of it"),
        ({"EV-0001": proof(91, artefact="Report")}, "its evidence is stale, 91 of 90 days"),
        ({"EV-0001": proof(None, artefact="Report")}, "its evidence is undated: nobody said when it was collected"),
        ({"EV-0001": proof(1, artefact="Report", against=("one",))}, "no evidence of it"),
    ],
)
def test_what_is_lacking_is_said(held: dict, says: str):
    assert only(asking(held, max_age_days=90)).says == says


MODEL = row(
    "models", "M-001", name="Scorer", version="3.2.0", system="SYS-001", stage="production", artefact_hash="ab12"
)
OLD = row("models", "M-002", name="Scorer", version="3.1.4", system="SYS-001", stage="retired")
SIDE = row("models", "M-003", name="Ranker", version="1.0", system="SYS-001", stage="production")
ELSEWHERE = row("models", "M-004", name="Other", version="9", system="SYS-002", stage="production")


@pytest.mark.parametrize(
    ("versions", "rows", "says"),
    [
        (["3.2.0"], [MODEL, OLD, ELSEWHERE], ""),
        (["AB12"], [MODEL], ""),
        (["3.1.4"], [MODEL, OLD], "its evidence speaks of another version than Scorer 3.2.0"),
        ([""], [MODEL], "nobody said which version of the model its evidence speaks of"),
        (["3.2.0"], [MODEL, SIDE], "its evidence speaks of another version than Ranker 1.0"),
        (["3.2.0", "1.0"], [MODEL, SIDE], ""),
        (["3.2.0"], [], "no model with a version is registered, so nothing says which version it has to speak of"),
    ],
)
def test_a_report_on_a_model_speaks_of_the_version_that_is_in_production(versions, rows, says: str):
    held = {f"EV-{n:04}": proof(artefact="Report", version=v) for n, v in enumerate(versions)}

    assert only(asking(held, rows, bound_to="model")).says == says


def test_a_report_on_data_speaks_of_one_of_the_datasets_of_the_system():
    sets = [row("datasets", f"DS-{n}", version=str(n), systems=("SYS-001",)) for n in (1, 2)]

    assert only(asking({"EV-1": proof(artefact="Report", version="2")}, sets, bound_to="dataset")).proven
    assert not only(asking({"EV-1": proof(artefact="Report", version="3")}, sets, bound_to="dataset")).proven


NEEDED = " of the audit period, 90 are needed"


def spanning(first: int, last: int, **more):
    """A report that speaks of the days from `first` to `last` days ago."""
    return proof(artefact="Report", period_from=days_ago(first), period_to=days_ago(last), **more)


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({"EV-1": spanning(90, 1)}, ""),
        ({"EV-1": spanning(89, 1)}, f"it speaks of 89 days{NEEDED}"),
        ({"EV-1": spanning(90, 46), "EV-2": spanning(45, 1)}, ""),
        ({"EV-1": spanning(90, 40), "EV-2": spanning(60, 1)}, ""),
        (
            {"EV-1": spanning(90, 46), "EV-2": spanning(44, 1)},
            f"it speaks of 89 days{NEEDED}",
        ),
        ({"EV-1": proof(1, artefact="Report")}, f"it speaks of 1 day{NEEDED}"),
        ({"EV-1": spanning(500, 290)}, f"it speaks of 11 days{NEEDED}"),
        ({"EV-1": spanning(10, -100)}, f"it speaks of 11 days{NEEDED}"),
    ],
)
def test_a_period_is_proven_by_as_many_days_of_it_as_are_asked_for(held: dict, says: str):
    assert only(asking(held, bound_to="period", over_days=90)).says == says


def test_a_quarterly_review_does_not_grow_stale_between_two_punctual_ones():
    held = {"EV-1": proof(184, artefact="Report"), "EV-2": proof(92, artefact="Report")}

    assert only(asking(held, max_age_days=100)).proven


def test_a_period_that_was_made_short_needs_no_fewer_days():
    base = asking({"EV-1": spanning(4, 0)}, bound_to="period", over_days=90)
    short = replace(base, engagement=Engagement(title="Audit", period_from=days_ago(4)))

    assert only(short).says == f"it speaks of 5 days{NEEDED}"


def test_the_period_of_an_audit_that_names_none_is_the_last_year():
    assert audit_period(record()) == (TODAY - timedelta(days=364), TODAY)
    assert audit_period(replace(record(), engagement=PERIOD)) == (days_ago(300), TODAY)


def test_undated_evidence_covers_no_day():
    assert days_covered(record(), [Evidence(name="a", sha256="a" * 64)]) == 0
