from dataclasses import replace

from tests.helpers_audit import SECOND, SYSTEM, WATCH, answer, catalog, proof, record, row
from workbook.analysis.watches import evaluate_watches
from workbook.entries import Signal, Topic
from workbook.model import Result


def watched(base):
    (found,) = evaluate_watches(base)
    return found


def with_signal(base, **signal):
    """`base` watched for this one sign only."""
    watch = WATCH.model_copy(update={"signals": (Signal(says="It shows.", **signal),)})
    small: Topic = catalog().topics[0].model_copy(update={"watches": (watch,)})
    return replace(base, catalog=replace(catalog(), topics=(small, *catalog().topics[1:])))


def test_a_result_below_the_one_wanted_is_a_sign_and_says_where():
    found = watched(record([answer("deploy", Result.PARTIAL, "SYS-002")], rows=[SYSTEM, SECOND]))

    assert found.indications[0].says == "Deployment is not fully controlled."
    assert found.indications[0].where == (("deploy@SYS-002", "Deploy · Support assistant"),)


def test_the_result_wanted_is_no_sign():
    said = [answer("deploy", Result.PARTIAL, "SYS-001")]

    assert watched(with_signal(record(said), answers=("deploy",), below="partial")).indications == ()
    assert len(watched(with_signal(record(said), answers=("deploy",), below="implemented")).indications) == 1


def test_not_assessed_is_no_sign_but_cannot_reassure_either():
    found = watched(record())

    assert found.indications == ()
    assert found.unanswered == (("roles", "Roles"), ("deploy@SYS-001", "Deploy · Credit scoring"))
    assert not found.clear


def test_not_applicable_is_neither_a_sign_nor_unknown():
    found = watched(with_signal(record([answer("roles", Result.NOT_APPLICABLE, rationale="x")]), answers=("roles",)))

    assert (found.indications, found.unanswered) == ((), ())
    assert not found.clear


def test_an_assessed_answer_without_fresh_evidence_is_a_sign():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]

    for held in ({"EV-0001": proof(91)}, {"EV-0001": proof(None)}, {}):
        assert len(watched(with_signal(record(said, held), evidence=("roles",))).indications) == 1
    assert watched(with_signal(record(said, {"EV-0001": proof(90)}), evidence=("roles",))).indications == ()


def test_a_row_that_is_meant_and_has_a_column_empty_is_a_sign():
    rows = [
        row("models", "M-001", name="credit-gbm", stage="production", change_ticket="PLAT-1"),
        row("models", "M-002", stage="production", change_ticket="PLAT-2", approved_by="Product owner"),
        row("models", "M-003", stage="development"),
    ]
    found = watched(record(rows=rows))

    assert [s.where for s in found.indications] == [(("M-001", "credit-gbm"),)]
    assert found.examined == 2


def test_a_sign_without_empty_columns_shows_for_every_row_that_is_meant():
    rows = [row("models", "M-001", stage="retired"), row("models", "M-002", stage="production")]
    found = watched(with_signal(record(rows=rows), register="models", where={"stage": ("retired",)}))

    assert found.indications[0].where == (("M-001", "M-001"),)


def test_a_watch_is_clear_when_all_it_rests_on_is_there_and_shows_nothing():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001"),
    ]

    assert watched(record(said, {"EV-0001": proof()})).clear


def test_a_watch_that_could_look_at_nothing_is_not_clear():
    assert not watched(with_signal(record(), register="models", where={"stage": ("retired",)})).clear
