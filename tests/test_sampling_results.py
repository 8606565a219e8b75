"""What a sample showed: by whom it may be said, what an exception adds, what is proven, what a test may conclude."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from math import comb
from pathlib import Path

import pytest
from markupsafe import Markup

from workbook import forms
from workbook.analysis.audit_tests import failed, weaknesses_of_test, why_no_proof
from workbook.analysis.findings import weaknesses_of_action
from workbook.analysis.sampling import (
    SampleState,
    bound,
    differences,
    most_failing,
    open_samples,
    register_items,
    sample_state,
    upper_rate,
    usual_size,
)
from workbook.audience import Edition
from workbook.drawing import OpenSample, added, frozen
from workbook.errors import BadInput, NotAllowed, Unknown
from workbook.exchange.export import make
from workbook.exchange.imports import plan
from workbook.forms.page import Page
from workbook.freezing import draw, freeze, planned, record_results
from workbook.model import Answer, Draft, Person, Role
from workbook.model import Result as Claim
from workbook.record import Row
from workbook.store import Store
from workbook.undo import take_back

Q, SYSTEM = "op-secure-deployment", "SYS-001"
EVE = Person("Eve", Role.AUDITOR)


def drawn(store: Store, since: date | None = None, **facts: object) -> Store:
    """A sample of five of thirty components of a period that began then; the store speaks as an auditor."""
    if not store.record().register("components"):
        kind = store.catalog.register("components").field("kind").choices[0]
        rows = {f"C-{n:03}": {"name": f"gateway {n}", "kind": kind, "zone": "ab"[n % 2]} for n in range(1, 31)}
        store.save(Draft("components", key, row) for key, row in rows.items())
    items = register_items(store.record(), "components", "", "zone")
    period = {"period_from": since, "period_to": since and date(2026, 11, 20)}
    population = frozen(items, source="components", form="register", stratified_by="zone", **period)
    given = {"method": "random", "size": 5, "next_size": 10, "reason": "5 items.", "question": Q, "system": SYSTEM}
    draw(store, freeze(store, population).key, planned(store, population, given | facts))
    return store.acting_as(EVE)


def says(state: SampleState, *failing: int, result: str = "exception") -> Mapping[str, tuple[str, str]]:
    """Every item of the sample passes, but for those at these places."""
    items = state.sample.value.items
    return {one: (result, "no ticket") if n in failing else ("pass", "") for n, one in enumerate(items)}


def concluded(store: Store, key: str = "S-001", *failing: int) -> SampleState:
    record_results(store, key, says(sample_state(store.record(), key), *failing))
    return sample_state(store.record(), key)


def test_results_are_typed_item_by_item_and_an_exception_brings_its_next_items(store: Store):
    store = drawn(store)
    form = forms.form("samples", Page(store), static=lambda: Markup(""))

    def save(place: int, base: int, **values: str) -> dict[str, object]:
        return form.answer({"do": "save", "key": f"S-001:{place}", "base": base, "values": {"note": "", **values}}, [])

    assert save(1, 0, result="")["field"] == "result"
    assert "no item" in str(save(6, 0, result="pass")["says"])
    first = save(1, 0, result="pass")
    assert save(1, 0, result="pass")["revision"] == first["revision"]  # the reply was lost, and it was sent again
    assert "conflict" in save(1, 0, result="exception")
    assert save(2, 0, result="exception", note="no ticket")["ok"]
    form.page.changed()
    [shown] = form.state["samples"]
    assert (len(shown["items"]), shown["badge"][0]) == (10, "bad")
    assert [one["values"]["result"] for one in shown["items"][:3]] == ["pass", "exception", ""]


# who may say it -------------------------------------------------------------------------------------------------------


def test_results_are_recorded_in_the_name_of_the_auditor_one_for_each_item(store: Store):
    auditor = drawn(store)
    state = concluded(auditor)
    made = auditor.history("sample_result")

    assert [(r.key, r.actor, r.role) for r in made] == [(f"S-001:{n}", "Eve", "auditor") for n in range(1, 6)]
    assert (state.open, state.failing) == ((), 0)
    assert (
        state.says == "No exceptions in 5: with 95 % confidence at most 40.0 %, 12 of 30, are exceptions (one-sided)."
    )
    assert record_results(auditor, "S-001", says(state)) == []  # said once more, it is nothing new


def test_nobody_says_what_a_sample_of_their_own_answers_showed(store: Store):
    store.save_answer(Answer(question=Q, system=SYSTEM, result=Claim.IMPLEMENTED), 0)
    auditor = drawn(store)
    state = sample_state(store.record(), "S-001")
    author = store.acting_as(replace(store.who, role=Role.AUDITOR))

    with pytest.raises(NotAllowed, match=f"{store.who.name} answered {Q} and cannot test it"):
        record_results(author, "S-001", says(state))
    with pytest.raises(NotAllowed, match="Only an auditor says what a sample showed"):
        record_results(auditor.acting_as(Person("Bob")), "S-001", says(state))
    store.save([Draft("people", "P-001", {"name": "Eve", "part": "preparer"})])
    with pytest.raises(NotAllowed, match="Eve takes part as preparer"):
        record_results(auditor, "S-001", says(state))
    store.save([Draft("people", "P-001", {"name": "Eve", "part": "auditor"}, 1)])
    assert record_results(auditor.acting_as(Person("Eve")), "S-001", says(state))  # the table of people says who audits


def test_a_sample_that_names_no_question_is_nobody_s_who_answered_any(store: Store):
    store.acting_as(EVE).save_answer(Answer(question="am-dev-tools", result=Claim.PARTIAL), 0)
    auditor = drawn(store, question="", system="")

    with pytest.raises(NotAllowed, match="the sample names none"):
        concluded(auditor)
    assert concluded(auditor.acting_as(Person("Joe", Role.AUDITOR))).open == ()


def test_results_of_items_that_were_not_drawn_are_refused_and_nothing_is_recorded(store: Store):
    auditor = drawn(store)
    head = auditor.head()
    state = sample_state(auditor.record(), "S-001")

    with pytest.raises(BadInput, match="1 item not drawn in S-001: C-999"):
        record_results(auditor, "S-001", {**says(state), "C-999": ("pass", "")})
    with pytest.raises(BadInput, match="'fine' is not one of pass, exception, not available"):
        record_results(auditor, "S-001", {state.sample.value.items[0]: ("fine", "")})
    with pytest.raises(BadInput, match="say in the note what is missing"):
        record_results(auditor, "S-001", {state.sample.value.items[0]: ("not available", " ")})
    with pytest.raises(Unknown, match="No sample is called"):
        record_results(auditor, "S-002", {})
    assert auditor.head() == head


# extension ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["exception", "not available"])
def test_an_exception_draws_the_next_items_of_the_same_ranking_in_the_same_save(store: Store, result: str):
    auditor = drawn(store)
    before = sample_state(auditor.record(), "S-001")
    more = added(before.population.value, before.sample.value)
    record_results(auditor, "S-001", says(before, 2, result=result))
    state = sample_state(auditor.record(), "S-001")

    assert (state.sample.value.items, state.sample.value.extension) == (before.sample.value.items + more, 5)
    assert state.sample.value.seed == before.sample.value.seed
    assert state.open == ("no result yet for 5 of 10 items",)
    assert (state.bound, state.says) == (None, "Nothing is concluded yet.")


def test_a_sample_is_extended_once_and_then_speaks(store: Store):
    auditor = drawn(store)
    concluded(auditor, "S-001", 2)
    state = concluded(auditor, "S-001", 2, 7)

    assert (len(state.sample.value.items), state.failing, state.open) == (10, 2, ())
    assert state.says.endswith("The sample was extended once, which this does not correct for.")
    assert state.bound
    assert state.bound.at_most == most_failing(2, 10, 30)


def test_an_exception_that_is_taken_back_leaves_the_extension_to_be_looked_at(store: Store):
    auditor = drawn(store)
    concluded(auditor, "S-001", 2)
    first = sample_state(auditor.record(), "S-001").sample.value.items[:5]
    record_results(auditor, "S-001", dict.fromkeys(first, ("pass", "looked again")))

    assert sample_state(auditor.record(), "S-001").open == ("no result yet for 5 of 10 items",)
    assert [r.body["result"] for r in auditor.history("sample_result", "S-001:3")] == ["exception", "pass"]


def test_no_way_around_the_extension(store: Store):
    auditor = drawn(store)
    state = sample_state(auditor.record(), "S-001")
    sample, first = state.sample.value, state.sample.value.items
    longer = sample.model_copy(update={"items": first + added(state.population.value, sample), "extension": 5})
    bodies = [{"sample": "S-001", "item": one, "result": "pass"} for one in first]

    with pytest.raises(BadInput, match="has no exception, so it is not extended"):
        auditor.save([Draft("sample", "S-001", longer.body(), 1)])
    auditor.save([Draft("sample_result", "S-001:1", bodies[0] | {"result": "exception"})])  # past `record_results`
    auditor.save(Draft("sample_result", f"S-001:{n}", body) for n, body in enumerate(bodies[1:], 2))
    assert sample_state(auditor.record(), "S-001").open == ("an exception was found and the sample is not extended",)
    with pytest.raises(BadInput, match="drawn and cannot be changed"):
        auditor.save([Draft("sample", "S-001", longer.model_copy(update={"next_size": 0}).body(), 1)])
    with pytest.raises(BadInput, match="cannot be taken back"):
        take_back(auditor, auditor.history("sample_result", "S-001:1")[0].number)
    with pytest.raises(BadInput, match="is kept under S-001:2"):
        auditor.save([Draft("sample_result", "S-001:9", bodies[1])])
    assert record_results(auditor, "S-001", {first[0]: ("exception", "")})[-1].key == "S-001"  # said again: made good


def test_what_is_left_of_a_small_population_is_all_that_can_be_added(store: Store):
    auditor = drawn(store, size=28, next_size=40)
    state = concluded(auditor, "S-001", 0)
    assert len(state.sample.value.items) == 30
    assert concluded(auditor, "S-001", 0).says == "All 30 were looked at: 1 exception."

    drawn(store, size=30, method="all", next_size=0)
    assert concluded(auditor, "S-002", 0).open == ()


# what it proves -------------------------------------------------------------------------------------------------------

# size: upper bounds with 0 and with 1 exception, computed elsewhere by the beta distribution and by bisection
KNOWN = {2: (0.7764, 0.9747), 3: (0.6316, 0.8646), 5: (0.4507, 0.6574), 8: (0.3123, 0.4707), 10: (0.2589, 0.3942),
         15: (0.1810, 0.2794), 25: (0.1129, 0.1761), 40: (0.0722, 0.1132), 60: (0.0487, 0.0766), 75: (0.0392, 0.0617),
         100: (0.0295, 0.0466)}  # fmt: skip
# size and population: the most exceptions that 0 and 1 in the sample do not rule out
FINITE = {(1, 1): (0, 1), (1, 2): (1, 2), (2, 2): (0, 1), (2, 4): (2, 3), (3, 4): (1, 2), (2, 12): (8, 11),
          (3, 12): (6, 9), (5, 12): (4, 6), (5, 52): (22, 33), (8, 52): (15, 23), (15, 52): (8, 12), (4, 4): (0, 1),
          (15, 250): (43, 68), (25, 250): (26, 42), (40, 250): (16, 26), (5, 49): (21, 31), (10, 49): (11, 17),
          (10, 250): (63, 97)}  # fmt: skip


@pytest.mark.parametrize("size", KNOWN)
def test_upper_bounds_are_those_of_clopper_and_pearson(size: int):
    assert tuple(round(upper_rate(k, size), 4) for k in (0, 1)) == KNOWN[size]
    assert upper_rate(0, size) == pytest.approx(1 - 0.05 ** (1 / size), abs=1e-9)


@pytest.mark.parametrize(("size", "population"), FINITE)
def test_small_populations_are_counted_item_by_item(size: int, population: int):
    assert tuple(most_failing(k, size, population) for k in (0, 1)) == FINITE[size, population]


@pytest.mark.parametrize(("exceptions", "size", "population"), [(0, 7, 31), (2, 9, 40), (3, 12, 57)])
def test_the_bound_is_the_last_number_that_the_sample_does_not_rule_out(exceptions: int, size: int, population: int):
    def likely(failing: int) -> float:
        ways = (comb(failing, k) * comb(population - failing, size - k) for k in range(exceptions + 1))
        return sum(ways) / comb(population, size)

    most = most_failing(exceptions, size, population)
    assert likely(most) > 0.05 >= likely(most + 1)


def test_a_large_population_is_bounded_without_counting_it():
    found = bound(1, 40, 41_000)

    assert (round(found.rate, 4), found.at_most) == (0.1132, None)
    assert round(upper_rate(3, 60_000) * 60_000, 2) == 7.75  # Poisson's bound, for very many
    assert upper_rate(5, 5) == 1.0


def test_a_sample_by_judgement_says_nothing_of_the_others_and_is_not_extended(store: Store):
    items = ("C-001", "C-009")
    auditor = drawn(store, method="judgement", size=0, next_size=0, items=items, why="the two at the border")
    state = concluded(auditor, "S-001", 0)

    assert (state.bound, state.open, state.sample.value.items) == (None, (), items)
    assert state.says.startswith("Chosen by judgement: it says nothing about the items that were not chosen")


def test_a_stratified_sample_says_a_rate_only_in_proportion(store: Store):
    auditor = drawn(store, method="stratified", size=6)
    assert concluded(auditor).bound

    row = dict(store.ledger.get(store.name, "components", "C-001").body) | {"zone": "c"}
    store.save([Draft("components", "C-001", row, 1)])
    drawn(store, method="stratified", size=6)
    state = concluded(auditor, "S-002")
    assert state.strata == {"a": (15, 2), "b": (14, 3), "c": (1, 1)}
    assert (state.bound, state.says) == (
        None, "Small strata were raised to one item, so it is not in proportion and says no rate.")  # fmt: skip


def test_an_automated_control_is_not_bounded(store: Store):
    assert concluded(drawn(store, size=1, frequency="automated")).bound is None


def test_sizes_are_those_of_the_table(store: Store):
    sizes = store.catalog.sampling_sizes()
    found = {f: [usual_size(sizes, f, r, 10_000).size for r in ("low", "normal", "high")]
             for f in ("monthly", "weekly", "daily", "many times a day", "automated", "")}  # fmt: skip
    steps = [
        usual_size(sizes, "", r, n).following for n, r in ((30, "normal"), (30, "high"), (200, "high"), (900, "high"))
    ]

    assert found == {"monthly": [2, 3, 5], "weekly": [5, 8, 15], "daily": [15, 25, 40],
                     "many times a day": [25, 40, 60], "automated": [1, 1, 1], "": [25, 40, 60]}  # fmt: skip
    assert steps == [10, 15, 40, 120]
    assert {row["frequency"]: 1 for row in sizes if not row["source"]} == {}


# tests that name a sample ---------------------------------------------------------------------------------------------


def a_test(store: Store, base: int = 0, **cells: object) -> Row:
    facts = {"name": "Releases have a ticket", "question": Q, "system": SYSTEM, "auditor": "Eve", "sample": "S-001",
             "tested_on": store.on.isoformat(), "method": "inspection of records", "population": "9 of mine",
             "sampled": 90, "exceptions_found": 0}  # fmt: skip
    store.save([Draft("tests", "T-001", facts | cells, base)])
    return store.record().register("tests")[0]


def test_a_test_takes_population_sample_and_exceptions_from_its_sample(store: Store):
    auditor = drawn(store)
    concluded(auditor, "S-001", 2)
    concluded(auditor, "S-001", 2, 7)
    row = a_test(auditor, design="effective", operation="not effective")
    held = auditor.record().populations["POP-001"].value

    assert row["population"] == f"components, 30 items, {held.sha256[:12]}"
    assert (row["sampled"], row["exceptions_found"], row["sample"]) == (10, 2, "S-001")
    assert {"population", "sampled", "exceptions_found"} & set(auditor.history("tests")[0].body) == set()


def test_a_sample_with_an_exception_is_not_left_for_one_that_suits(store: Store):
    auditor = drawn(store)
    concluded(auditor, "S-001", 2)
    concluded(auditor, "S-001", 2)
    drawn(store)
    concluded(auditor, "S-002")
    a_test(auditor, sample="S-002", design="effective", operation="effective")

    for audience in ("internal", "customer"):
        [one] = open_samples(Edition(audience).of(auditor.record())).items()
        assert one == ("S-001", OpenSample(("it found an exception, and no audit test names it",), True))


def test_a_test_does_not_conclude_on_an_open_sample(store: Store):
    auditor = drawn(store)

    with pytest.raises(BadInput, match="S-001 is open: no result yet for 5 of 5 items"):
        a_test(auditor, design="effective", operation="effective")
    with pytest.raises(BadInput, match="S-001 is open"):
        a_test(auditor, design="effective", operation="not tested")
    with pytest.raises(Unknown, match="No sample is called 'S-7'"):
        a_test(auditor, sample="s-7")
    with pytest.raises(BadInput, match="S-001 is open"):
        a_test(auditor, sample="s-001 ", operation="effective")
    with pytest.raises(BadInput, match=f"S-001 was drawn to test {Q}@{SYSTEM}"):
        a_test(auditor, system="SYS-002")
    assert failed(a_test(auditor, operation="not effective"))  # red may be said at any time


def test_a_conclusion_falls_when_its_sample_is_opened_again(store: Store):
    auditor = drawn(store)
    concluded(auditor)
    before = a_test(auditor, design="effective", operation="effective")
    item = sample_state(auditor.record(), "S-001").sample.value.items[0]
    record_results(auditor, "S-001", {item: ("exception", "found later")})
    record = auditor.record()
    row = record.register("tests")[0]

    assert (before["design"], before["operation"]) == ("effective", "effective")
    assert (row["design"], row["operation"], row["exceptions_found"]) == (None, None, 1)
    assert "its sample is open: no result yet for 5 of 10 items" in weaknesses_of_test(record, row)
    for audience in ("auditor", "customer"):
        shown = Edition(audience).of(record).register("tests")[0]
        assert (shown["operation"], shown["exceptions_found"], shown["sampled"]) == (None, 1, 5)


@pytest.mark.parametrize(
    ("since", "failing", "says"),
    [
        (date(2026, 11, 2), (), None),
        (date(2026, 11, 1), (), "its sample S-001 is not of a period that began after it was done"),
        (None, (), "its sample S-001 is not of a period that began after it was done"),
        (date(2026, 11, 2), (2,), "its sample S-001 showed an exception"),
        (date(2026, 11, 2), None, "its sample S-001 is open: no result yet for 5 of 5 items"),
    ],
)
def test_an_effect_is_shown_by_a_sample_of_after_the_change_without_an_exception(
    store: Store, since: date | None, failing: tuple[int, ...] | None, says: str | None
):
    store = drawn(store, since=since)
    if failing is not None:
        concluded(store, "S-001", *failing)
    done = {"done_on": date(2026, 11, 1), "effective": "yes", "criterion": "none of 5", "effect_sample": "s-001 "}
    store.save([Draft("findings", "FI-001", {"name": "Deploys", "grade": "minor nonconformity", "status": "open"})])
    about = {"name": "Block it", "finding": "FI-001", "owner": "Lead", "status": "done", **done}
    store.save([Draft("actions", "CA-001", about)])

    record = store.record()
    for edition in (record, Edition("auditor").of(record), Edition("customer").of(record)):
        found = weaknesses_of_action(edition, edition.register("actions")[0])
        if edition.audience == "customer":
            assert any("without a sample" in one for one in found) == (says is not None)
        else:
            assert [one for one in found if "sample" in one] == ([says] if says else [])


def test_a_sample_that_nobody_drew_shows_no_effect(store: Store):
    done = {"done_on": date(2026, 11, 1), "effective": "yes", "criterion": "none of 5", "effect_sample": "S-009"}
    store.save([Draft("actions", "CA-001", {"name": "Block it", "owner": "Lead", "status": "done", **done})])

    record = store.record()
    assert "its sample S-009 is not there" in weaknesses_of_action(record, record.register("actions")[0])


def test_a_customer_reads_nothing_of_populations_samples_and_results(store: Store):
    auditor = drawn(store)
    concluded(auditor, "S-001", 1)
    shown = Edition("customer").of(auditor.record())

    assert (shown.populations, shown.samples, shown.sample_results) == ({}, {}, {})


def test_words_of_somebody_s_own_stay_what_they_are(store: Store):
    row = a_test(store.acting_as(EVE), sample="S-001 and two more", design="effective", operation="effective")

    assert (row["population"], row["sampled"], row["operation"]) == ("9 of mine", 90, "effective")
    assert differences(drawn(store).record(), "POP-001") == ()


def test_results_of_somebody_who_answered_what_is_tested_prove_nothing(store: Store):
    auditor = drawn(store, question="", system="")
    concluded(auditor)
    store.acting_as(EVE).save_answer(Answer(question=Q, system=SYSTEM, result=Claim.IMPLEMENTED), 0)
    row = a_test(store, auditor="Joe", design="effective", operation="effective")
    record = store.record()

    assert why_no_proof(record, record.ask(Q, SYSTEM), row) == (
        "its sample was looked at by somebody who answered or owns what was tested"
    )


def test_what_comes_from_a_sample_goes_out_and_in_again_as_nothing_new(store: Store, tmp_path: Path):
    auditor = drawn(store)
    concluded(auditor, "S-001")
    a_test(auditor, design="effective", operation="effective")
    made = make(auditor, "csv", ["tests"])
    (tmp_path / "tests.csv").write_bytes(made.files["tests.csv"])
    again = plan(auditor, tmp_path / "tests.csv")

    assert (again.problems, again.drafts) == ([], [])
