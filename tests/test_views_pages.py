"""The way from page to page: all pages in one line, what is left on each, the next one; every link arrives."""

import re
from dataclasses import replace

import pytest

from tests.helpers_audit import (
    PAGE,
    SECOND,
    SYSTEM,
    an_audit_test,
    answer,
    plain,
    proof,
    proven,
    record,
    row,
    with_rows,
)
from tests.hostile import STRINGS
from tests.test_views import assert_inert
from workbook.errors import Unknown
from workbook.model import Result
from workbook.paths import CUSTOMER_PAGE, PORTFOLIO_PAGE
from workbook.views import applicability, cards, pages, registers, working_papers

PAGES = ["00_start", "01_data_inventory", "02_infrastructure_mapping", PAGE, "04_risk_assessment",
         "05_internal_audit", "06_audit_report", "07_management_system", "08_statement_of_applicability",
         "09_audit_trails"]  # fmt: skip


def hrefs(html):
    return re.findall(r'href="([^"]*)"', html)


# above every page -----------------------------------------------------------------------------------------------------


def test_every_page_is_a_link_and_the_one_being_read_is_marked():
    html = pages.nav(record(), PAGE)

    assert hrefs(html) == [f"{page}.ipynb" for page in [*PAGES, PORTFOLIO_PAGE, CUSTOMER_PAGE]]
    assert re.findall(r'href="(\w+)\.ipynb" aria-current="page"', html) == [PAGE]
    assert 'aria-label="Pages"' in html


def test_a_page_says_how_many_of_its_questions_are_open_until_none_is():
    assert "03 Control review 3 open" in plain(pages.nav(record()))
    assert "03 Control review 4 open" in plain(pages.nav(record(rows=[SYSTEM, SECOND])))
    assert "open" not in plain(pages.nav(proven()))


# at the end of a page -------------------------------------------------------------------------------------------------


def test_what_is_left_names_the_open_questions_and_links_to_each():
    html = pages.left(record([answer("roles", Result.PARTIAL)]), PAGE)

    assert "2 of 3 questions are open (not assessed): Deploy · SYS-001" in plain(html).replace(
        "Credit scoring", "SYS-001"
    )
    assert hrefs(html)[:2] == [f"{PAGE}.ipynb#deploy@SYS-001", f"{PAGE}.ipynb#keys"]


def test_of_many_open_questions_the_first_are_named_and_the_rest_counted():
    systems = [row("systems", f"SYS-{n:03}", name=f"System {n}") for n in range(1, 8)]
    words = plain(pages.left(record(rows=systems), PAGE))

    assert "9 of 9 questions are open" in words
    assert "System 4 and 4 more" in words
    assert "System 5" not in words


def test_what_is_left_links_to_answers_whose_evidence_is_stale():
    html = pages.left(proven(days=91), PAGE)

    assert "3 answers rest on stale evidence:" in plain(html)
    assert f"{PAGE}.ipynb#roles" in hrefs(html)
    assert "stale" not in plain(pages.left(record([answer("keys", Result.PARTIAL)], {"EV-0001": proof(400)}), PAGE))


def test_a_register_with_gaps_links_to_its_first_row_that_has_one():
    whole = row("documents", "D-001", name="Policy")
    html = pages.left(with_rows(proven(), whole, row("suppliers", "S-001", name="Cloud")), PAGE)
    named = re.findall(rf'href="{PAGE}\.ipynb#([^"]*)"', html)

    assert "Registers with gaps: Suppliers" in plain(html)
    assert {"suppliers-S-001", "documents-D-001"} <= set(named)


@pytest.mark.parametrize("page", PAGES)
def test_links_into_registers_arrive_at_what_a_report_shows(page: str):
    base = with_rows(
        record(),
        *(row(r.id, "A.8.2" if r.keyed_by else f"{r.prefix or 'X'}-1") for r in record().catalog.registers.values()),
    )
    for known in (record(), base):
        shown = "".join(registers.register_table(known, r) for r in known.catalog.registers)
        shown += "".join(cards.section(known, s) for s in known.catalog.sections)
        shown += str(applicability.statement(known)) + str(working_papers.tests(known))
        anchors = set(re.findall(r'id="([^"]*)"', shown))

        assert {h.partition("#")[2] for h in hrefs(pages.left(known, page))} - {""} <= anchors


def test_when_nothing_is_left_it_says_so_calmly_and_names_what_holds_no_row():
    words = plain(pages.left(proven(), PAGE))

    assert "Nothing is left to answer here: every question is assessed, no answer is contradicted, " in words
    assert "no evidence is stale, no register has a gap." in words
    assert "No row yet in: Models and versions ," in words


def test_answered_is_never_taken_for_done():
    failed = an_audit_test(question="keys", operation="not effective")
    words = plain(pages.left(with_rows(proven(), failed), PAGE))

    assert "1 answer is contradicted: Keys" in words
    assert "Of 3 answers: 3 claimed as implemented, 2 evidenced, 0 tested." in words
    assert "Nothing is left" not in words


def test_a_page_that_asks_nothing_speaks_of_its_registers_alone():
    assert "Nothing is left to answer here: no register has a gap." in plain(pages.left(proven(), "06_audit_report"))


def test_each_page_leads_to_the_next_and_the_last_to_the_first():
    ends = [hrefs(pages.left(record(), page))[-1] for page in PAGES]

    assert ends == [f"{page}.ipynb" for page in [*PAGES[1:], PAGES[0]]]
    assert "Next: 04 Risk assessment →" in plain(pages.left(record(), PAGE))
    assert "Back to 00 Start →" in plain(pages.left(record(), PAGES[-1]))


def test_what_is_left_on_a_page_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(Unknown, match="Did you mean 04_risk_assessment"):
        pages.left(record(), "04_risks")


def test_hostile_names_stay_words():
    hostile = " ".join(STRINGS)
    base = record(rows=[row("systems", "SYS-001", name=hostile)])

    assert_inert(str(pages.left(base, PAGE)))
    assert_inert(str(pages.left(replace(base, system="SYS-001"), PAGE)))
