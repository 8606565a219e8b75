"""The risk method: a matrix of any size from the record, what it lacks, and that nothing counts before its approval."""

from typing import Any

import pytest

from tests.helpers_audit import DIRECTOR, SYSTEM, accepted_risk, approved, catalog, days_ago, plain, record, row
from workbook.adopting import take_usual_method
from workbook.analysis.method import method_of, why_no_method
from workbook.analysis.risk import rated_risks, risk_faults, unrated_faults
from workbook.analysis.risk_points import risk_points
from workbook.errors import BadInput
from workbook.exchange.scales import fitted
from workbook.model import Draft, Person
from workbook.record import Row
from workbook.risk_method import REGISTERS, method_state, plan_state, usual_rows
from workbook.store import Store
from workbook.views import risk_assessment

SMALL = ("low, low, medium", "low, medium, high", "medium, high, high")
SPEAKER = Person(DIRECTOR)


def method(lines: tuple[str, ...] = SMALL, **levels: dict[str, Any]) -> list[Row]:
    """The rows of a method with as many steps of each scale as `lines`; `levels` change what a level says."""
    said = {"low": {"within": "yes"}, "medium": {"within": "yes"}, "high": {"within": "no"}}
    rows = [
        row("risk_levels", f"RL-{n}", name=name, **{"rank": name, **about, **levels.get(name, {})})
        for n, (name, about) in enumerate(said.items())
    ]
    for n, line in enumerate(lines, 1):
        rows.append(row("risk_scales", f"L{n}", scale="likelihood", step=n, sentence="Every year.", levels=line))
        rows.append(row("risk_scales", f"C{n}", scale="consequence", step=n, sentence="Some harm."))
    settled = [r["settles"] for r in usual_rows(catalog())["risk_criteria"]]
    return rows + [row("risk_criteria", f"RC-{n}", settles=what, says="So.") for n, what in enumerate(settled)]


RISK = row("risks", "R-001", name="Poisoned data", systems=("SYS-001",), owner="Owner", likelihood=3, consequence=2)


def test_a_matrix_that_is_no_product_gives_the_levels():
    found = method_of(record(rows=method(("low, high, high", "low, high, high", "medium, high, high"))))

    assert found.own
    assert found.rate(1, 2).text == "high, 2"
    assert found.rate(3, 1).text == "medium, 3"
    assert found.rate(4, 1) is None


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("low, low, medium", "low, medium", "medium, high, high"), "likelihood 2 × consequence 3 has no level"),
        (("low, low, medium", "low,, high", "medium, high, high"), "likelihood 2 × consequence 2 has no level"),
        (("low, low, hgh", *SMALL[1:]), "likelihood 1 × consequence 3 is said to be 'hgh', which is no level"),
        ((*SMALL[:2], "medium, high, low"), "likelihood 3 × consequence 3 is low, although the cell before it is high"),
    ],
)
def test_what_a_matrix_lacks_is_named_by_its_cell(lines, says):
    assert says in method_of(record(rows=method(lines))).faults


def test_a_method_that_accepts_everything_or_a_worse_level_before_a_better_is_none():
    everything = method(high={"within": "yes"})
    upside = method(high={"within": "yes"}, medium={"within": "no"})

    assert "no level lies above the acceptance limit" in " ".join(method_of(record(rows=everything)).faults)
    assert "although medium lies above it" in " ".join(method_of(record(rows=upside)).faults)


def test_steps_without_a_sentence_and_criteria_that_nobody_wrote_are_said():
    rows = [r for r in method() if r.register != "risk_criteria"]
    rows[3] = row("risk_scales", "L1", scale="likelihood", step=1, levels=SMALL[0])

    faults = method_of(record(rows=rows)).faults

    assert "no sentence says when likelihood 1 is chosen" in faults
    assert "no criterion says when risks are assessed" in faults


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "No risk method is written down, so no risk counts as assessed."),
        (method(), "Risk method is not approved, so no risk counts as assessed."),
        (method(("low, low", "low, medium", "medium, high")), "The risk method is not whole, so no risk counts"),
        (
            [*approved(method()), row("risk_criteria", "RC-9", settles="other", says="New.")],
            "Risk method: changed since",
        ),
    ],
)
def test_without_an_approved_method_nothing_counts_as_assessed_and_ratings_stay(rows, says):
    held = record(rows=[SYSTEM, RISK, *rows])

    assert why_no_method(held).startswith(says)
    assert unrated_faults(held)[0].startswith(says.removesuffix("."))
    assert risk_faults(held)[0].startswith("no approved risk method")
    assert next(iter(risk_points(held))).title == "No approved risk method"
    assert rated_risks(held)[0].today is not None
    assert "Rated by no approved method." in plain(risk_assessment.heat_map(held))


def test_under_an_approved_method_its_own_limit_counts():
    held = record(rows=[SYSTEM, RISK, *approved(method())])

    assert why_no_method(held) == ""
    assert unrated_faults(held) == ()
    assert risk_faults(held) == ("Poisoned data: high, 6, not accepted",)
    assert "Rated by no approved" not in plain(risk_assessment.heat_map(held))


def test_a_rating_beyond_the_scale_is_said_and_counts_as_none():
    beyond = row("risks", "R-001", owner="Owner", likelihood=5, consequence=2)
    (found,) = rated_risks(record(rows=[beyond, *approved(method())]))

    assert found.inherent is None
    assert found.weaknesses[0].says == ("5 is beyond the scale of likelihood, which goes from 1 to 3; rate it again")


@pytest.mark.parametrize(
    ("agreed", "says"),
    [
        ({}, "at this level Managing director has to agree as well"),
        ({"agreed_by": "Owner", "agreed_on": days_ago(1)}, "at this level Managing director has to agree as well"),
        ({"agreed_by": "managing director"}, "no day says when Managing director agreed"),
        ({"agreed_by": DIRECTOR, "agreed_on": days_ago(-1)}, "no day says when Managing director agreed"),
        ({"agreed_by": DIRECTOR, "agreed_on": days_ago(6)}, "agreed to an earlier acceptance"),
        ({"agreed_by": DIRECTOR, "agreed_on": days_ago(5)}, ""),
    ],
)
def test_above_the_limit_whoever_the_method_names_has_to_agree(agreed, says):
    rows = approved(method(high={"agrees": DIRECTOR}))
    risk = accepted_risk(likelihood=3, consequence=2, residual_likelihood=1, residual_consequence=2, **agreed)
    (found,) = rated_risks(record(rows=[risk, *rows]))

    assert says in found.why_not_accepted
    assert found.accepted is not bool(says)


def test_the_map_has_the_size_of_the_method():
    shown = risk_assessment.heat_map(record(rows=[RISK, *approved(method())]))

    assert shown.count('title="') == 3 * 9
    assert "▲ high: 6 to 9; ◆ medium: 3 to 4;" in plain(shown)


def test_what_a_method_and_a_plan_say_is_their_state_and_not_their_keys_or_what_was_done():
    states = [
        method_state({name: [r.values for r in rows if r.register == name] for name in REGISTERS})
        for rows in (method(), list(reversed(method())))
    ]
    planned = {"R-001": {"treatment": "modify", "measures": "Hashes"}}

    assert states[0] == states[1] != ""
    assert plan_state(planned) == plan_state({"R-001": {**planned["R-001"], "treated_on": days_ago(1)}})
    assert plan_state(planned) != plan_state({"R-001": {"treatment": "modify", "measures": "None yet"}})
    assert plan_state({}) == ""


# what may be recorded -----------------------------------------------------------------------------------------------


def put(store: Store, kind: str, key: str, base: int = 0, **body: Any) -> Any:
    return store.save([Draft(kind, key, body, base)])


def small(store: Store) -> None:
    """A whole method of three steps, recorded in one save."""
    store.save(Draft(r.register, r.key, {c: v for c, v in r.values.items() if v is not None}) for r in method())


def test_a_method_is_refused_where_it_contradicts_itself(store: Store):
    small(store)
    step = {"name": "often", "scale": "likelihood", "sentence": "Often."}

    with pytest.raises(BadInput, match="likelihood 3 stands in L3 already"):
        put(store, "risk_scales", "L4", **step, step=3, levels=SMALL[2])
    with pytest.raises(BadInput, match="likelihood 4 × consequence 3 has no level"):
        put(store, "risk_scales", "L4", **step, step=4, levels="medium, high")
    with pytest.raises(BadInput, match=r"'extreme', which is no level.*The levels are low, medium, high"):
        put(store, "risk_scales", "L4", **step, step=4, levels="medium, high, extreme")
    with pytest.raises(BadInput, match="High stands in RL-2 already"):
        put(store, "risk_levels", "RL-9", name="High", rank="high", within="no")


def test_a_rating_that_is_new_keeps_to_the_scale_and_one_that_stands_is_left(store: Store):
    risk = {"name": "Poisoned data", "area": "adversarial attack", "likelihood": 5, "consequence": 2}
    with pytest.raises(BadInput, match="6 is beyond the scale of likelihood, which goes from 1 to 5 in the usual"):
        put(store, "risks", "R-001", **{**risk, "likelihood": 6})
    put(store, "risks", "R-001", **risk)
    small(store)

    put(store, "risks", "R-001", base=1, **risk, scenario="Labels are bought.")
    with pytest.raises(BadInput, match="which goes from 1 to 3 in the risk method"):
        put(store, "risks", "R-002", **risk)


def test_a_method_with_a_hole_is_not_approved_and_the_cell_is_named(store: Store):
    small(store)
    put(store, "risk_scales", "C4", name="worst", scale="consequence", step=4, sentence="The end.")
    put(store, "people", "P-001", name=DIRECTOR, part="management")
    given = {"name": "Method", "subject": "risk method", "version": "1", "approved_by": DIRECTOR}

    with pytest.raises(BadInput, match="cannot be approved as it stands: likelihood 1 × consequence 4 has no level"):
        put(store.acting_as(SPEAKER), "approvals", "AP-001", **given, approved_on=store.on.isoformat())


def test_the_usual_method_is_taken_over_once_and_approved_by_nobody(store: Store):
    take_usual_method(store)

    held = store.record()
    assert method_of(held).own
    assert method_of(held).faults == ()
    assert why_no_method(held).startswith("Risk method is not approved")
    with pytest.raises(BadInput, match="Levels of risk has 4 rows already"):
        take_usual_method(store)


def test_an_import_reads_ratings_on_the_scale_of_the_method_by_its_words(store: Store):
    small(store)
    field = fitted(store, "risks").register("risks").field("likelihood")

    assert field.max == 3
    assert field.means["3"] == ("l3",)  # the names of this method's steps
    assert fitted(store, "risks").register("risks").field("residual_consequence").means["2"] == ("c2",)
