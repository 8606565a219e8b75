from dataclasses import replace

from tests.helpers_audit import FAQ, PAGE, QUESTIONS, SECOND, SYSTEM, answer, catalog, proof, proven, question, record
from workbook.analysis.progress import page_progress, whole_progress
from workbook.entries import DependsOn, Section, Topic
from workbook.model import Result

FOLLOWS = question(
    "rotation",
    depends_on=DependsOn(question="keys", result=(Result.IMPLEMENTED,), because="There are no keys to rotate."),
)


def with_a_follow_up():
    """The small catalog with one more question, asked only while keys may be implemented."""
    access = Section(id="access", title="Access control", intro="Who.", questions=QUESTIONS["access"])
    crypto = Section(id="crypto", title="Cryptography", intro="What.", questions=(*QUESTIONS["crypto"], FOLLOWS))
    small = Topic(id="small", title="Small", page=PAGE, sections=(access, crypto), faq=(FAQ,))
    return replace(catalog(), topics=(small, *catalog().topics[1:]))


def test_a_question_per_system_counts_once_for_each():
    assert whole_progress(record()).asked == 3
    assert whole_progress(record(rows=[SYSTEM, SECOND])).asked == 4


def test_answered_implemented_evidenced_and_stale_are_four_different_numbers():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0002",)),
        answer("keys", Result.PARTIAL),
    ]
    whole = whole_progress(record(said, {"EV-0001": proof(10), "EV-0002": proof(91)}))

    assert (whole.asked, whole.answered, whole.implemented, whole.evidenced, whole.stale) == (3, 3, 2, 1, 1)
    assert whole.open == 0


def test_not_assessed_is_not_an_answer_and_not_applicable_is_one():
    said = [answer("roles", Result.NOT_ASSESSED), answer("keys", Result.NOT_APPLICABLE, rationale="No keys.")]
    whole = whole_progress(record(said))

    assert (whole.answered, whole.implemented, whole.open) == (1, 0, 2)


def test_the_next_open_question_is_the_first_nobody_answered():
    base = record([answer("roles", Result.PARTIAL)], rows=[SYSTEM, SECOND])
    coming = whole_progress(base).next_open

    assert coming is not None
    assert coming.key == "deploy@SYS-001"
    assert whole_progress(proven()).next_open is None


def test_a_folded_question_counts_nowhere_but_among_the_folded():
    said = [
        answer("keys", Result.NOT_IMPLEMENTED),
        answer("roles", Result.PLANNED),
        answer("deploy", Result.PLANNED, "SYS-001"),
    ]
    whole = whole_progress(replace(record(said), catalog=with_a_follow_up()))

    assert (whole.asked, whole.answered, whole.folded, whole.next_open) == (3, 3, 1, None)


def test_a_follow_up_is_asked_until_the_answer_before_it_rules_it_out():
    for said in ([], [answer("keys", Result.IMPLEMENTED)]):
        base = replace(record(said), catalog=with_a_follow_up())
        assert whole_progress(base).folded == 0
        assert whole_progress(base).asked == 4


def test_pages_that_ask_are_in_order_and_named_as_everywhere(catalog):
    pages = page_progress(replace(record(), catalog=catalog))

    assert [p.page for p in pages] == sorted(p.page for p in pages)
    assert {p.page: p.name for p in pages}["01_data_inventory"] == "Data inventory"
    assert sum(p.asked for p in pages) == whole_progress(replace(record(), catalog=catalog)).asked


def test_without_a_system_only_what_is_asked_of_the_whole_engagement_counts():
    base = record()

    assert whole_progress(replace(base, rows={**base.rows, "systems": ()})).asked == 2
