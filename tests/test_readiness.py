import pytest

from tests.helpers_audit import answer, proof, proven, record, row, with_rows
from workbook.analysis.documents import DOCUMENTS
from workbook.analysis.readiness import open_gates, score_item, score_readiness
from workbook.model import Result

FRESH = {"EV-0001": proof(10)}


def documents():
    kinds = [kind for group in DOCUMENTS.values() for kind in group]
    return [row("documents", f"DOC-{n:03d}", kind=kind) for n, kind in enumerate(kinds, 1)]


def risk(key="R-001", likelihood=4, consequence=4, **more):
    rated = {"residual_likelihood": likelihood, "residual_consequence": consequence}
    return row("risks", key, likelihood=4, consequence=4, **(rated | more))


def test_everything_implemented_and_proven_with_no_gate_is_ready_at_100():
    found = score_readiness(with_rows(proven(), *documents()))

    assert (found.total.percent, found.number, found.verdict) == (100.0, 100, "ready")


def test_the_sum_is_weights_times_scores_over_weights():
    said = [  # weights 3, 3, 1; scores 5, 3, 0
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0001",)),
    ]
    total = score_readiness(record(said, FRESH)).total

    assert (total.weight, total.points) == (7, pytest.approx(3 * 5 / 5 + 3 * 3 / 5))
    assert total.percent == pytest.approx(100 * 4.8 / 7)


@pytest.mark.parametrize(
    ("result", "score"),
    [
        (Result.NOT_ASSESSED, 0),
        (Result.NOT_IMPLEMENTED, 0),
        (Result.PLANNED, 1),
        (Result.PARTIAL, 3),
        (Result.IMPLEMENTED, 5),
    ],
)
def test_each_result_has_its_score(result, score):
    asked = record([answer("roles", result, evidence=("EV-0001",))], FRESH).ask("roles")

    assert (score_item(asked).score, score_item(asked).capped) == (score, False)


@pytest.mark.parametrize("evidence", [{}, {"EV-0001": proof(91)}, {"EV-0001": proof(None)}])
def test_an_answer_without_fresh_evidence_scores_at_most_two(evidence):
    asked = record([answer("roles", Result.IMPLEMENTED, evidence=tuple(evidence))], evidence).ask("roles")

    assert (score_item(asked).score, score_item(asked).capped) == (2, True)


def test_the_cap_lifts_nothing_that_scores_less():
    asked = record([answer("roles", Result.PLANNED)]).ask("roles")

    assert (score_item(asked).score, score_item(asked).capped) == (1, False)


def test_not_applicable_leaves_both_sums_and_unanswered_stays_with_zero():
    said = [answer("roles", Result.NOT_APPLICABLE, rationale="none"), answer("keys", Result.NOT_ASSESSED)]
    total = score_readiness(record(said)).total

    assert (total.weight, total.percent) == (4, 0.0)


def test_an_area_names_its_lowest_item_and_of_equals_the_heaviest():
    said = [answer("deploy", Result.PLANNED, "SYS-001"), answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    access, crypto = score_readiness(record(said, FRESH)).areas

    assert access.score.lowest.asked.key == "deploy@SYS-001"
    assert crypto.score.lowest.asked.key == "keys"
    assert score_readiness(record()).total.lowest.asked.key == "roles"


def test_where_nothing_applies_there_is_no_figure_and_no_readiness():
    said = [
        answer("roles", Result.NOT_APPLICABLE, rationale="x"),
        answer("deploy", Result.NOT_APPLICABLE, "SYS-001", rationale="x"),
        answer("keys", Result.NOT_APPLICABLE, rationale="x"),
    ]
    found = score_readiness(record(said, rows=documents()))

    assert (found.total.percent, found.band, found.verdict, found.number) == (None, "", "not ready", 0)


def test_the_number_is_rounded_down_so_that_rounding_lifts_nothing_into_a_better_band():
    said = [  # (3·5 + 3·5 + 0) / (5·7) = 85.7
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0001",)),
    ]

    assert score_readiness(record(said, FRESH)).number == 85


@pytest.mark.parametrize(
    ("scores", "band"),
    [((0, 0, 5), "early"), ((0, 5, 0), "partial"), ((3, 5, 3), "nearly ready"), ((5, 5, 0), "ready")],
)
def test_the_bands_begin_at_0_40_60_and_80(scores, band):
    results = {0: Result.NOT_IMPLEMENTED, 3: Result.PARTIAL, 5: Result.IMPLEMENTED}
    said = [
        answer(q, results[s], "SYS-001" if q == "deploy" else "", evidence=("EV-0001",))
        for q, s in zip(("roles", "deploy", "keys"), scores, strict=True)
    ]

    assert score_readiness(record(said, FRESH)).band == band


def test_an_open_major_nonconformity_caps_a_perfect_score_until_it_is_closed():
    ready = with_rows(proven(), *documents())
    major = row("findings", "FI-001", name="No change control", grade="major nonconformity", status="open")
    found = score_readiness(with_rows(ready, major))

    assert (found.band, found.verdict) == ("ready", "not ready")
    assert [g.says for g in found.gates] == ["1 major nonconformity is open: No change control."]

    closed = row("findings", "FI-001", grade="major nonconformity", status="closed")
    assert score_readiness(with_rows(ready, closed)).gates == ()


def test_a_minor_nonconformity_is_no_gate():
    minor = row("findings", "FI-001", grade="minor nonconformity", status="open")

    assert open_gates(with_rows(proven(), *documents(), minor)) == ()


def test_one_missing_kind_of_document_is_a_gate_that_names_it():
    (gate,) = open_gates(with_rows(proven(), *documents()[1:]))

    assert gate.why == "documents"
    assert gate.keys == ("architecture diagram",)
    assert gate.says.startswith("1 of 8 kinds of document")


@pytest.mark.parametrize(
    ("row", "gated"),
    [
        (risk(), True),
        (risk(likelihood=2), False),
        (risk(accepted_by="Owner"), False),
        (risk(likelihood=None, consequence=None), True),
        (row("risks", "R-001"), False),
    ],
    ids=["high", "medium", "accepted", "residual not rated", "not rated at all"],
)
def test_a_high_risk_that_remains_unaccepted_is_a_gate(row, gated):
    assert [g.why for g in open_gates(with_rows(proven(), *documents(), row))] == ["risk"] * gated


def test_a_gate_names_four_and_counts_the_rest():
    majors = [row("findings", f"FI-{n}", grade="major nonconformity", status="open") for n in range(1, 7)]
    gate = open_gates(with_rows(proven(), *documents(), *majors))[0]

    assert gate.says == "6 major nonconformities are open: FI-1; FI-2; FI-3; FI-4 and 2 more."
