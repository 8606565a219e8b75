"""The proof calendar: a month is as good as what speaks of it, and what no piece covers is to be exported."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest

from tests.helpers_audit import (
    SECOND,
    SYSTEM,
    TODAY,
    accepted,
    all_tested,
    an_audit_test,
    answer,
    catalog,
    plain,
    proof,
    proven,
    question,
    record,
    row,
    with_rows,
)
from workbook.analysis.proof_calendar import RULE, WEAKEST_FIRST, missing_exports, proof_calendar
from workbook.audience import Edition
from workbook.entries import ExpectedEvidence, Section, Topic
from workbook.model import Engagement, Result
from workbook.record import Record
from workbook.views import states
from workbook.views.proof_calendar import calendar, months_in_words

PERIOD = Engagement(title="Audit", period_from=date(2026, 7, 1), period_to=date(2027, 2, 28))
MONTHS = ("Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb")


def a_piece(first: date, last: date | None = None, **more: Any):
    """An export that speaks of the days from `first` to `last`, or of one day."""
    return proof(**{"collected_at": last or first, "period_from": first, "period_to": last or first, **more})


def one_question(held: dict, *, result: Result = Result.IMPLEMENTED, **wanted: Any) -> Record:
    """A record of one question, for A.8.24, that asks for one artefact and is answered with `held`."""
    expected = ExpectedEvidence.model_validate({"artefact": "Export", "max_age_days": 90, **wanted})
    asked = question("keys", refs={"iso27001": ("A.8.24", "6.1.3")}, evidence=(expected,))
    section = Section(id="crypto", title="Cryptography", intro="I.", questions=(asked,))
    topic = Topic(id="topic", title="T", page="03_control_review", sections=(section,))
    said = answer("keys", result, evidence=tuple(held), owner="Data steward")
    full = catalog()
    return replace(
        record((), held, engagement=PERIOD),
        catalog=replace(full, topics=(topic, full.topics[1])),
        answers={said.value.key: said},
    )


def months(base: Record, control: str = "A.8.24") -> dict[str, str]:
    """The state of a control by the name of the month."""
    found = proof_calendar(base)
    (mine,) = (r for r in found.rows if r.control.id == control)
    return {f"{m.first:%b}": state for m, state in zip(found.months, mine.states, strict=True)}


def begun(base: Record, control: str = "A.8.24") -> str:
    """The first letters of the states from July to November: `cceec`; x is contradicted."""
    letters = {"claim": "c", "evidence": "e", "test": "t", "nothing": "n", "contradicted": "x"}
    return "".join(letters[months(base, control)[name]] for name in MONTHS[:5])


# months ---------------------------------------------------------------------------------------------------------------


def test_rows_are_the_controls_that_questions_which_count_refer_to_and_no_clause():
    assert [r.control.id for r in proof_calendar(one_question({})).rows] == ["A.8.24"]
    away = answer("keys", Result.NOT_APPLICABLE, rationale="Nothing is encrypted by any of these systems.")
    base = replace(one_question({}), answers={"keys": away})

    assert len(proof_calendar(base).rows) == 1
    assert proof_calendar(accepted(base)).rows == ()


def test_months_not_begun_on_the_day_of_the_record_are_ahead():
    assert [m for m, state in months(one_question({})).items() if state == "ahead"] == ["Dec", "Jan", "Feb"]
    assert tuple(months(one_question({}))) == MONTHS


def test_without_a_period_the_last_year_stands_in_and_a_very_long_one_is_cut_and_said():
    base = replace(one_question({}), engagement=Engagement(title="A"))
    assert len(proof_calendar(base).months) == 13
    assert "Nobody recorded when the audit period begins" in plain(calendar(base))

    long = replace(base, engagement=Engagement(title="A", period_from=date.min, period_to=date.max))
    assert len(proof_calendar(long).months) == 36
    assert "earlier months of the audit period not shown" in plain(calendar(long))


@pytest.mark.parametrize(
    ("held", "more", "expected"),
    [
        ({}, {}, "ccccc"),
        ({}, {"result": Result.PARTIAL}, "ccccc"),
        ({}, {"result": Result.PLANNED}, "nnnnn"),
        ({}, {"result": Result.NOT_ASSESSED}, "nnnnn"),
        ({"EV-1": a_piece(TODAY)}, {"result": Result.NOT_IMPLEMENTED}, "nnnnn"),
        ({"EV-1": a_piece(TODAY)}, {}, "cccce"),
        ({"EV-1": a_piece(date(2026, 8, 31))}, {}, "ceccc"),
        ({"EV-1": a_piece(date(2026, 8, 31), date(2026, 10, 1))}, {}, "ceeec"),
        ({"EV-1": a_piece(date(2025, 1, 1), date(2026, 6, 30))}, {}, "ccccc"),
        ({"EV-1": a_piece(date(2026, 11, 23), date(2026, 11, 30))}, {}, "ccccc"),
        ({"EV-1": proof(None)}, {}, "ccccc"),
        ({"EV-1": a_piece(TODAY, form="reference")}, {}, "ccccc"),
        ({"EV-1": a_piece(TODAY, form="erased")}, {}, "ccccc"),
        ({"EV-1": a_piece(TODAY, artefact="Another")}, {}, "ccccc"),
    ],
)
def test_a_month_has_the_evidence_that_speaks_of_a_day_in_it(held: dict, more: dict, expected: str):
    assert begun(one_question(held, **more)) == expected


def test_evidence_of_design_counts_from_its_day_until_it_is_too_old():
    day = {"EV-1": a_piece(date(2026, 7, 20))}

    assert begun(one_question(day, proves="design", max_age_days=365)) == "eeeee"
    assert begun(one_question(day, proves="design", max_age_days=60)) == "eeecc"
    ended = {"EV-1": a_piece(date(2026, 7, 20), valid_until=date(2026, 8, 1))}
    assert begun(one_question(ended, proves="design", max_age_days=365)) == "eeccc"
    assert begun(one_question({"EV-1": a_piece(date(2026, 9, 2))}, proves="design")) == "cceee"


def test_a_test_proves_its_month_and_those_that_its_evidence_speaks_of():
    held = {"EV-0001": a_piece(date(2026, 8, 5), date(2026, 12, 31))}
    base = one_question({})
    base = replace(base, evidence={**held, "EV-0002": a_piece(date(2026, 7, 3))})
    test = an_audit_test(question="keys", tested_on=date(2026, 10, 4))

    assert begun(with_rows(base, test)) == "ctttc"
    assert begun(with_rows(base, row("tests", "T-1", **{**test.values, "evidence": ("EV-0002",)}))) == "tcctc"
    assert begun(with_rows(base, row("tests", "T-1", **{**test.values, "method": "inquiry"}))) == "ccccc"


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(date(2026, 9, 30), "ccxxx"), (date(2026, 6, 1), "xxxxx"), (None, "xxxxx"), (date(2027, 1, 5), "ccccx")],
)
def test_a_finding_contradicts_from_its_month_on(raised: date | None, expected: str):
    one = row("findings", "FI-1", grade="minor nonconformity", status="open", question="keys", raised_on=raised)

    assert begun(with_rows(one_question({}), one)) == expected


def test_a_failed_test_and_counter_evidence_contradict_from_their_day_on():
    failed = an_audit_test(question="keys", operation="not effective", tested_on=date(2026, 8, 9))
    assert begun(with_rows(one_question({}), failed)) == "cxxxx"

    against = {"EV-9": a_piece(date(2026, 9, 9), date(2026, 10, 9), against=("keys",))}
    assert begun(replace(one_question({}), evidence=against)) == "ccxxx"


def test_what_contradicts_only_after_the_period_is_said_in_words():
    ended = Engagement(title="A", period_from=date(2026, 1, 1), period_to=date(2026, 6, 30))
    one = row("findings", "FI-1", grade="minor nonconformity", status="open", question="keys", raised_on=TODAY)
    base = replace(with_rows(one_question({}), one), engagement=ended)

    assert set(months(base).values()) == {"claim"}
    assert "Contradicted only after these months, so not marked in them: A.8.24." in plain(calendar(base))


def test_the_weakest_question_and_the_weakest_system_win():
    base = replace(all_tested(accepted(proven())), engagement=PERIOD)
    assert begun(base, "A.8.2")[-1] == "t"

    second = with_rows(base, SYSTEM, SECOND)
    assert begun(second, "A.8.2")[-1] == begun(second, "A.8.32")[-1] == "n"
    assert begun(second, "A.5.15")[-1] == "t"

    claimed = {**base.answers, "roles": answer("roles", Result.IMPLEMENTED)}
    roles = replace(base, answers=claimed, rows={**base.rows, "tests": base.rows["tests"][1:]})
    assert (begun(roles, "A.8.2")[-1], begun(roles, "A.8.32")[-1]) == ("c", "t")


# what to export -------------------------------------------------------------------------------------------------------

LOG = {"artefact": "Access log", "bound_to": "period", "over_days": 90, "proves": "operation"}


def test_months_passed_without_a_piece_are_to_be_exported_with_owner_and_link():
    held = {"EV-1": a_piece(date(2026, 9, 9), artefact="Access log")}
    shown = calendar(one_question(held, **LOG))

    assert "Export “Access log” for Jul–Aug 2026, Oct 2026 Keys Data steward" in plain(shown)
    assert 'href="03_control_review.ipynb#keys"' in shown


def test_a_month_under_way_a_covered_one_and_another_artefact_need_no_export():
    whole = {"EV-1": a_piece(date(2026, 7, 1), date(2026, 10, 31), artefact="Access log")}

    assert missing_exports(one_question(whole, **LOG)) == ()
    assert missing_exports(one_question({})) == ()
    assert "No month of the audit period has passed without" in plain(calendar(one_question(whole, **LOG)))


def test_the_longest_ago_is_exported_first_and_what_nobody_can_read_is_counted():
    held = {"EV-1": a_piece(date(2026, 7, 2), artefact="Log 0")}
    base = one_question(held, **LOG)
    artefacts = tuple(ExpectedEvidence(**{**LOG, "artefact": f"Log {n}"}) for n in range(18))
    many = question("keys", refs={"iso27001": ("A.8.24",)}, evidence=artefacts)
    section = base.catalog.topics[0].sections[0].model_copy(update={"questions": (many,)})
    topic = base.catalog.topics[0].model_copy(update={"sections": (section,)})
    base = replace(base, catalog=replace(base.catalog, topics=(topic, base.catalog.topics[1])))
    shown = plain(calendar(base))

    assert [e.artefact for e in missing_exports(base)][-1] == "Log 0"
    assert shown.count("Export “") == 15
    assert "3 more artefacts to export." in shown


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([(2026, 6)], "Jun 2026"),
        ([(2026, 6), (2026, 7), (2026, 8)], "Jun–Aug 2026"),
        ([(2025, 12), (2026, 1)], "Dec 2025–Jan 2026"),
        ([(2026, 1), (2026, 3)], "Jan 2026, Mar 2026"),
    ],
)
def test_months_are_said_as_a_person_says_them(given: list, says: str):
    assert months_in_words([date(y, m, 1) for y, m in given]) == says


# the view -------------------------------------------------------------------------------------------------------------


def drawn_runs(line: str) -> list[tuple[str, int]]:
    """The states in a row of the picture, by their signs, with for how many months each is wide."""
    signs = {look.sign: state for state, look in states.MONTHS.items()}
    found = re.findall(r'<rect [^>]*width="(\d+)"[^>]*></rect><text[^>]*>(.)', line)
    return [(signs[sign], (int(width) + 3) // 44) for width, sign in found]


def test_the_table_says_the_same_as_the_picture():
    base = replace(all_tested(accepted(proven())), engagement=PERIOD)
    shown = str(calendar(base))
    found = proof_calendar(base)
    pictures = re.findall(r"<svg.*?</svg>", shown, re.DOTALL)
    lasting = [drawn_runs(line) for svg in pictures for line in svg.split(">A.")[1:]]
    drawn = [[state for state, months in line for _ in range(months)] for line in lasting]
    lines = [
        plain(line) for line in re.findall(r"<tr>.*?</tr>", shown, re.DOTALL) if "By claim only" in line or ": " in line
    ]
    told = {line.split(" ")[0]: line for line in lines}

    assert drawn == [list(row.states) for row in found.rows]
    for control, line in zip(found.rows, drawn, strict=True):
        for state in set(line):
            months = months_in_words([m.first for m, s in zip(found.months, line, strict=True) if s == state])
            look = states.MONTHS[state]
            assert f"{look.sign} {look.word}: {months}" in told[control.control.id]


def test_the_picture_has_an_alternative_its_rule_and_words_beside_colours():
    shown = str(calendar(one_question({"EV-1": a_piece(TODAY)})))
    (alternative,) = re.findall(r'<svg role="img" aria-label="([^"]*)"', shown)

    assert alternative == (
        "Proof calendar of A.8: 1 control by month, Jul 2026 to Feb 2027. "
        "Of 8 cells: 1 by evidence, 4 by claim only, 3 ahead. The table below says the same."
    )
    assert RULE in unescape(shown)
    assert "◔ 1 By evidence ◌ 4 By claim only · 3 Ahead" in plain(shown)


def test_a_calendar_without_controls_and_one_that_lies_ahead_say_so():
    base = one_question({})
    none = replace(base, catalog=replace(base.catalog, topics=base.catalog.topics[1:]))
    assert "No question that counts refers to a control yet" in plain(calendar(none))

    ahead = replace(base, engagement=Engagement(title="A", period_from=date(2027, 1, 1)))
    assert "The audit period begins on 1 Jan 2027, so every month lies ahead." in plain(calendar(ahead))
    assert set(months(ahead).values()) == {"ahead"}
    assert missing_exports(replace(one_question({}, **LOG), engagement=ahead.engagement)) == ()


def test_a_customer_reads_no_better_calendar_and_no_owner(demo: Record):
    edition = Edition("customer").of(demo)
    rank = (*WEAKEST_FIRST, "ahead").index
    own, theirs = proof_calendar(demo), proof_calendar(edition)
    pairs = zip(own.rows, theirs.rows, strict=True)

    assert all(rank(b) <= rank(a) for r, s in pairs for a, b in zip(r.states, s.states, strict=True))
    assert len(missing_exports(edition)) == len(missing_exports(demo)) > 0
    owners = {str(e.asked.answer.value.owner) for e in missing_exports(demo)} - {""}
    assert owners
    assert not [name for name in owners if name in plain(calendar(edition))]
