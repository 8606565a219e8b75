"""One figure has one value and one name, whichever page, command or report tells it."""

import re
from collections.abc import Mapping

import pytest

from tests.conftest import read_demo
from tests.helpers_audit import plain
from tests.helpers_cli import workbook
from workbook.analysis.progress import whole_progress
from workbook.analysis.verdict import judge
from workbook.record import Record
from workbook.report.index import frame_of, front_page
from workbook.views import audit_report, internal_audit, pages, start

# what a figure is called, wherever it stands
FIGURES = {
    "open": r"(\d+) questions?(?: are| is|:)? not assessed",
    "percent": r"(\d+ % claimed, \d+ % shown)\b",
    "steps": r"(\d+ evidenced, \d+ reviewed, \d+ tested)",
    "contradicted": r"(\d+) contradicted",
    "implemented": r"(\d+)(?: of \d+ questions that count are)? claimed as implemented",
}


demo = pytest.fixture(read_demo, scope="module")


@pytest.fixture(scope="module")
def told(demo: Record) -> Mapping[str, str]:
    """What each place says of the whole engagement."""
    return {
        "progress": plain(start.progress(demo)).partition(" Page Asked")[0],
        "readiness": plain(internal_audit.readiness(demo)).partition(" Arithmetic ")[0],
        "summary": plain(audit_report.summary(demo)),
        "limits": plain(audit_report.limits(demo)),
        "front page of the report": plain(front_page(demo, [], frame_of(demo))).partition(" What needs")[0],
        "status": workbook("status", "demo").stdout,
    }


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_the_same_wherever_it_is_told(told: Mapping[str, str], figure: str):
    found = {place: set(re.findall(FIGURES[figure], words)) for place, words in told.items()}
    telling = {place: figures for place, figures in found.items() if figures}

    assert len(telling) >= 2, telling
    assert len(set.union(*telling.values())) == 1, telling


def test_the_steps_of_the_claims_are_told_in_the_same_words(demo: Record, told: Mapping[str, str]):
    says = judge(demo).counts.text

    assert [place for place in ("readiness", "summary", "status") if says not in told[place]] == []


def test_the_open_questions_of_the_pages_are_those_of_the_whole(demo: Record):
    whole = whole_progress(demo)
    above = [int(n) for n in re.findall(r"(\d+) open", plain(pages.nav(demo)))]
    below = [re.findall(r"(\d+) of (\d+) questions", plain(pages.left(demo, page))) for page in demo.catalog.pages]

    assert sum(above) == sum(int(n) for (n, _), *_ in filter(None, below)) == whole.open == whole.asked - whole.answered


def test_answers_that_wait_for_a_second_person_are_counted_among_those_given(demo: Record):
    [[waiting, given]] = re.findall(r"(\d+) of (\d+) answers wait", plain(start.reviews(demo)))
    [unaccepted] = re.findall(r"(\d+) answers: not accepted by a second person", plain(audit_report.limits(demo)))
    returned = sum(a.reviewed == "returned" for a in demo.asked)

    assert int(given) == whole_progress(demo).answered
    assert int(unaccepted) == int(waiting) + returned


def test_a_page_is_called_the_same_in_every_list_of_pages(demo: Record):
    above = re.findall(r"(\d\d [A-Z][A-Za-z ]+?)(?: \d+ open)?(?= \d\d |$)", plain(pages.nav(demo)))
    linked = [re.findall(r"(?:Next:|Back to) (.*) →", plain(pages.left(demo, page)))[0] for page in demo.catalog.pages]
    listed = re.findall(r'href="(\d\d)_\w+\.ipynb">([^<]+)</a>', str(start.progress(demo)))
    asking = [f"{number} {name}" for number, name in listed]

    assert above == [linked[-1], *linked[:-1], "10 Portfolio", "11 Customer edition"]
    assert asking == [page for page in above if page in asking]
    assert len(asking) > 5
