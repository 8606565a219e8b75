import pytest

from tests.helpers_audit import FLAG, plain
from tests.test_sampling_results import EVE, concluded, drawn, says
from workbook.analysis.sampling import sample_state
from workbook.audience import Edition
from workbook.audit import Audit, Shown
from workbook.errors import BadInput
from workbook.freezing import record_results
from workbook.store import Store
from workbook.views import samples


def test_a_page_says_how_a_sample_came_about_and_what_it_proves(store: Store):
    auditor = drawn(store)
    concluded(auditor)
    words = plain(samples.samples(auditor.record()))
    state = sample_state(auditor.record(), "S-001")
    sample, population = state.sample.value, state.population.value

    assert "1 sample, none open." in words
    assert f"register components 30 items, SHA-256 {population.sha256[:12]}" in words
    assert "POP-001, the first population frozen from this source" in words
    assert f"5 items. seed {sample.seed[:12]} an exception would add 5" in words
    assert "● No exception 5 of 5 items" in words
    assert "with 95 % confidence at most 40.0 %, 12 of 30, are exceptions" in words
    assert f"{sample.items[0]} pass" in words
    assert sample.seed in words


def test_an_exception_is_red_and_an_open_extension_is_said(store: Store):
    auditor = drawn(store)
    record_results(auditor, "S-001", {**says(sample_state(auditor.record(), "S-001"), 2)})
    shown = samples.samples(auditor.record())
    words = plain(shown)

    assert "1 sample, 1 open." in words
    assert "▲ 1 exception 5 of 10 items" in words
    assert "5 drawn first, 5 added after an exception" in words
    assert "Nothing is concluded yet. No result yet for 5 of 10 items." in words
    assert "exception: no ticket" in words
    assert 'class="st ok"' not in shown


def test_what_somebody_typed_is_escaped_and_customers_see_nothing(store: Store):
    auditor = drawn(store)
    item = sample_state(auditor.record(), "S-001").sample.value.items[0]
    record_results(auditor, "S-001", {item: ("exception", FLAG)})
    internal = samples.samples(auditor.record())
    customer = samples.samples(Edition("customer").of(auditor.record()))

    assert FLAG not in internal
    assert "alert(" in internal
    assert plain(customer) == "Samples and their populations are not part of this edition."


def test_results_are_said_from_a_notebook(store: Store):
    auditor = drawn(store)
    audit = Audit(auditor, "", Edition("internal"), live=False)
    audit.page.store = auditor
    one, two, *_ = sample_state(auditor.record(), "S-001").sample.value.items
    shown = audit.results("S-001", {one: "pass", two: ("exception", "no approval")})

    assert isinstance(shown, Shown)
    assert "2 of 10 items" in plain(shown.markup)
    assert [r.actor for r in auditor.history("sample_result")] == [EVE.name, EVE.name]
    with pytest.raises(BadInput, match="shows a result, or a result with a note"):
        audit.results("S-001", {one: 1})
