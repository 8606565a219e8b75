"""One palette: what a state looks like is the same wherever it is shown."""

import re
from collections.abc import Mapping

import pytest

from tests.conftest import ROOT
from tests.helpers_audit import answer, proof, record
from workbook.model import Result, TaskState
from workbook.scale import EVIDENCE_STATES, GRADES, SEVERITIES
from workbook.views import audit_report, cards, control_review, start, states
from workbook.views.markup import mark, style

PALETTES = {name: value for name, value in vars(states).items() if name.isupper() and isinstance(value, Mapping)}


@pytest.mark.parametrize(("days", "state"), [(5, "fresh"), (200, "stale"), (None, "undated")])
def test_evidence_looks_the_same_on_its_card_in_the_plan_and_in_the_index(days: int | None, state: str):
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    base = record(said, {"EV-0001": proof(days, artefact="Export for roles")})
    shown = (cards.card(base, [base.ask("roles")]), start.evidence_plan(base), audit_report.evidence_index(base))

    look = str(mark(states.EVIDENCE[state])).partition(">")[0]
    assert all(f"{look}>{states.EVIDENCE[state].sign} " in view for view in shown)


@pytest.mark.parametrize(("held", "state"), [({}, "none"), ({"EV-0001": proof(None)}, "undated")])
def test_evidence_that_proves_nothing_looks_the_same_among_the_questions_and_among_the_doubts(held, state: str):
    base = record([answer("roles", Result.IMPLEMENTED, evidence=tuple(held))], held)
    look = str(mark(states.EVIDENCE[state])).partition(">")[0]

    assert look in cards.section(base, "access")
    assert look in control_review.evidence_status(base)


def test_every_state_that_a_record_can_hold_has_its_look():
    assert set(states.RESULTS) == set(Result)
    assert set(states.EVIDENCE) == set(EVIDENCE_STATES)
    assert set(states.SEVERITIES) == set(states.BANDS) == set(SEVERITIES)
    assert set(states.GRADES) == set(GRADES)
    assert set(states.TASKS) == {"open", "under way", "done", "not needed"}
    assert TaskState(task="x").status in states.TASKS


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_a_state_can_be_told_without_its_colour(name: str):
    looks = [(state.sign, state.word) for state in PALETTES[name].values()]

    assert all(sign and word for sign, word in looks)
    if (
        name != "ACCEPTANCES"
    ):  # a risk that must be accepted and one that should be say the same; the level stands beside
        assert len(set(looks)) == len(looks)


def test_signs_are_in_the_fonts_that_every_machine_has():
    """DejaVu Sans and Segoe UI Symbol have these blocks whole; full-width signs and emoji they have not."""
    package = ROOT / "workbook"
    files = [*(package / "views").glob("*.py"), *package.glob("views/*.css"), *package.glob("report/template/*")]
    signs = {c for file in files for c in file.read_text(encoding="utf-8") if ord(c) > 0x17F and not c.isalpha()}
    common = "[\u2010-\u205e\u2190-\u21ff\u25a0-\u25ff\u2701-\u27bf\u2212]"

    assert sorted(c for c in signs if not re.fullmatch(common, c)) == []


def test_every_kind_of_colour_is_defined_for_light_and_dark():
    kinds = {state.kind for palette in PALETTES.values() for state in palette.values()}

    assert all(f"--{kind}:" in style() and f"--{kind}bg:" in style() for kind in kinds)
