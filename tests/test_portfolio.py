"""All engagements side by side: the figures of their own pages, the worst first, and none left out silently."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from tests.conftest import LEAD
from tests.helpers_audit import plain
from tests.hostile import STRINGS
from tests.test_views import assert_inert
from workbook import erasure, open_portfolio, paths, standings, zones
from workbook.analysis.portfolio import ORDER, Audit, Figures, MadeReport, Standing, due_audits, worst_first
from workbook.analysis.proof import ProofCount
from workbook.audit import Shown
from workbook.cli import main
from workbook.errors import BadInput, Unknown
from workbook.model import Draft, Engagement, Head
from workbook.record import Record
from workbook.report import folder, make
from workbook.report.links import live
from workbook.report.sanitize import sanitize
from workbook.standings import read_standings, standing_json
from workbook.store import Store, create
from workbook.views import portfolio as view
from workbook.workspace import open_ledger

TODAY = date(2026, 11, 22)
FIGURES = Figures(
    "ISMS audit", "Northlight Credit", Head(388, "ab" * 32), TODAY, "Europe/Berlin", "ready for stage 1", 2,
    "ready for stage 2", 2, 80, 40, ProofCount(10, 5, 4, 3, 0, 0), 0, 0, 0, 0, 0, 0, 0, 0, 0,
    Audit(TODAY + timedelta(72), "ISMS audit"), (), 0, "cd" * 32,
)  # fmt: skip


def standing(name: str = "isms-2027", **more: Any) -> Standing:
    return Standing(name, replace(FIGURES, **more))


def names(found: tuple[Standing, ...]) -> list[str]:
    return [one.name for one in found]


def begin(name: str, zone: str = "UTC") -> None:
    with closing(open_ledger()) as ledger:
        create(ledger, name, Engagement(title=f"Audit {name}", time_zone=zone), LEAD)


def alter(change: str) -> None:
    """Change the ledger's rows behind its back, as another program that puts the triggers back afterwards."""
    with closing(sqlite3.connect(paths.database_file(), isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
        for _, again in triggers:
            connection.execute(again)


# in which order -------------------------------------------------------------------------------------------------------

WORSE = {
    "stage": {"rank": 1},
    "open major nonconformities": {"majors": 1},
    "conditions missing for the next stage": {"missing": 3},
    "contradicted claims": {"counts": ProofCount(10, 5, 4, 3, 1, 1)},
    "risks above the limit": {"unaccepted": 1},
    "overdue actions": {"late_actions": 1},
    "stale evidence": {"stale": 1},
    "the day of the audit": {"audit": Audit(TODAY, "ISMS audit")},
}


def test_what_decides_is_what_the_page_says_in_that_order():
    assert list(WORSE) == list(ORDER)
    worse = [standing(f"{number}", **more) for number, more in enumerate(WORSE.values())]

    assert names(worst_first([standing("9"), *reversed(worse)])) == [*(one.name for one in worse), "9"]
    assert f"by {', '.join(WORSE)}" in plain(view.engagements(worse))


def test_whatever_cannot_be_read_comes_first_and_what_was_not_begun_last():
    found = [Standing("later"), standing("r-10"), standing("r-2"), Standing("damaged", problem="It is damaged.")]

    assert names(worst_first(found)) == ["damaged", "r-2", "r-10", "later"]


def test_audits_are_listed_by_day_but_not_the_own_one_that_began():
    planned = Audit(TODAY - timedelta(3), "Data", "PL-001")
    found = [standing("a", planned=(planned,)), standing("b", title="B", audit=Audit(TODAY - timedelta(1), "B"))]

    assert [(audit.title, f.title) for audit, f in due_audits(found)] == [
        ("Data", "ISMS audit"), ("ISMS audit", "ISMS audit"),
    ]  # fmt: skip
    assert "19 Nov 2026 3 days ago and not done" in plain(view.audits(found))


# what is read ---------------------------------------------------------------------------------------------------------


def test_the_figures_are_those_that_the_other_commands_tell(demo: Record):
    told = json.loads(CliRunner().invoke(main, ["status", "demo", "--json"]).stdout)
    [one] = [standing_json(one) for one in read_standings()]

    verdict = told["verdict"]
    assert [one[name] for name in ("stage", "claimed_percent", "shown_percent", "counts", "head")] == [
        *(verdict[name] for name in ("stage", "claimed_percent", "shown_percent", "counts")), told["head"],
    ]  # fmt: skip
    unmet = [c for c in verdict["conditions"] if not c["met"]]
    assert one["conditions_missing"] == sum(c["stage"] == unmet[0]["stage"] for c in unmet)
    majors = next(c["says"] for c in verdict["conditions"] if c["id"] == "major-nonconformities")
    assert majors.startswith(f"{one['open_major_nonconformities']} major nonconformity is open")
    risks = next(c["says"] for c in verdict["conditions"] if c["id"] == "risk-treatment")
    assert risks.count("not accepted") == one["risks_above_limit"]
    assert (one["overdue_actions"], one["stale_evidence"], one["begun"], one["problem"]) == (1, 2, True, "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE revision SET payload = CAST(replace(CAST(payload AS TEXT), 'Audit two', 'Audit 2') AS BLOB)"
         " WHERE engagement = 'two'", "Revision 1 "),
        ("UPDATE revision SET payload = x'ff' WHERE engagement = 'two'", "Revision 1 "),
        ("DELETE FROM revision WHERE engagement = 'two'", "which this workspace saw"),
    ],
    ids=["altered", "damaged", "gone"],
)  # fmt: skip
def test_one_whose_chain_is_broken_says_so_and_the_others_stand_as_they_are(store: Store, change: str, says: str):
    begin("two")
    alter(change)

    first, second = read_standings()

    assert (first.name, first.figures) == ("two", None)
    assert says in first.problem
    assert str(paths.home()) not in first.problem
    assert second.name == "isms-2027"
    assert second.figures


def test_one_of_a_newer_version_says_so(store: Store):
    store.ledger.append("newer", [Draft("engagement", "engagement", {"title": "New", "moon": "full"})], LEAD)

    first, _ = read_standings()

    assert first.name == "newer"
    assert "newer version of the workbook: this one has no field moon" in first.problem


def test_a_defect_that_one_meets_does_not_cost_the_others_their_row(store: Store, monkeypatch: pytest.MonkeyPatch):
    begin("two")
    figures_of = standings.figures_of
    monkeypatch.setattr(standings, "figures_of", lambda r: figures_of(r) if r.name == "two" else {}["nothing"])

    first, second = read_standings()

    assert (first.name, "KeyError" in first.problem, second.name) == ("isms-2027", True, "two")


def test_without_a_ledger_there_is_nothing_and_none_is_made():
    assert read_standings() == ()
    assert not paths.home().exists()
    assert "no engagement in this workspace yet" in plain(open_portfolio().engagements().markup)
    assert len(open_portfolio().table()) == 0


def test_a_day_shows_every_record_as_it_stood_and_says_which_were_not_begun(store: Store):
    yesterday = store.on - timedelta(days=1)

    found = read_standings(str(yesterday))

    assert found == (Standing("isms-2027"),)
    assert plain(view.engagements(found)) == "Not begun yet at that time: isms-2027."
    assert standing_json(found[0])["begun"] is False


def test_a_day_that_has_not_begun_everywhere_shows_the_others_as_they_are_now():
    begin("west", "Pacific/Honolulu")
    begin("east", "Pacific/Kiritimati")
    today = zones.today(ZoneInfo("Pacific/Kiritimati"))  # the day after that of Honolulu, at every hour

    found = {one.name: one.figures for one in read_standings(str(today))}

    assert (found["east"].on, found["west"].on) == (today, today - timedelta(days=1))


@pytest.mark.parametrize("as_of", ["2199-12-31", "2199-12-31T12:00+00:00", "r3", "yesterday"])
def test_a_state_that_not_every_engagement_can_have_is_refused(store: Store, as_of: str):
    with pytest.raises(BadInput, match=r"^as_of .*\."):
        read_standings(as_of)


@pytest.mark.parametrize("audience", ["auditor", "customer", "everybody"])
def test_nobody_but_the_team_may_read_it(store: Store, audience: str):
    for ask in (read_standings, open_portfolio):
        with pytest.raises(BadInput, match=audience) as refused:
            ask(audience=audience)
        assert "isms-2027" not in str(refused.value)
    told = CliRunner().invoke(main, ["portfolio", "--audience", audience])

    assert (told.exit_code, told.stdout) == (2, "")
    assert not paths.portfolio().exists()


def test_only_what_was_recorded_in_is_read_again(store: Store, monkeypatch: pytest.MonkeyPatch):
    begin("two")
    known = read_standings()
    read: list[str] = []
    figures_of = standings.figures_of
    monkeypatch.setattr(standings, "figures_of", lambda record: read.append(record.name) or figures_of(record))
    store.delete("systems", "SYS-001", 1)

    again = read_standings(known=known)

    assert read == ["isms-2027"]
    assert {one.name: one.figures.head.number for one in again} == {"two": 1, "isms-2027": 4}


# which reports lie there ----------------------------------------------------------------------------------------------


def lay_report(name: str, head: Head, as_of: date, status: str = "complete") -> None:
    folder = paths.results(name)
    folder.mkdir(parents=True)
    manifest = {"engagement": name, "as_of": str(as_of), "head": {"number": head.number, "hash": head.hash},
                "files": {}, "pages": [{"page": "00_start", "status": status}]}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "index.html").write_text("a report")


@pytest.mark.parametrize(
    ("revision", "days", "status", "says"),
    [
        (3, 0, "complete", ""),
        (2, 0, "complete", ", older than revision 3 here"),
        (4, 0, "complete", ", newer than revision 3 here"),
        (3, 5, "complete", ", as of {day}"),
        (3, 0, "incomplete", ", incomplete"),
    ],
)
def test_a_report_is_linked_with_the_state_it_shows(store: Store, revision: int, days: int, status: str, says: str):
    as_of = store.on - timedelta(days=days)
    lay_report("isms-2027", replace(store.head(), number=revision), as_of, status)

    html = view.engagements(read_standings())

    said = f"Report of revision {revision}{says.format(day=f'{as_of.day} {as_of:%b %Y}')} ○ Not ready"
    assert 'href="../isms-2027/index.html"' in html
    assert said in plain(html).replace(" ,", ",")


def test_a_report_of_a_ledger_that_was_put_back_is_no_report_of_this_one(store: Store):
    lay_report("isms-2027", replace(store.head(), hash="ab" * 32), store.on)

    assert "Report of revision 3 , of another record than this one" in plain(view.engagements(read_standings()))


def test_a_folder_without_a_report_in_it_is_not_linked(store: Store):
    lay_report("isms-2027", store.head(), store.on)
    (paths.results("isms-2027") / "index.html").unlink()

    assert "no report made yet" in plain(view.engagements(read_standings()))


def test_only_the_portfolio_leads_to_the_reports_of_others():
    href = '<a href="../other/index.html">Other</a>'

    assert sanitize(href) == href
    assert "href" not in sanitize('<a href="../../other/index.html">x</a><a href="../other/evidence.html">x</a>')
    assert live({"00_start.html": href}) == {"00_start.html": "Other"}


def test_the_portfolio_is_no_page_of_a_report(store: Store):
    with pytest.raises(Unknown, match="No page is called '10_portfolio'"):
        make("isms-2027", pages=["10_portfolio"])


def test_no_engagement_lies_where_the_portfolio_does(store: Store):
    with pytest.raises(BadInput, match="something of the workspace's own is called so"):
        begin("portfolio")
    assert paths.results("portfolio") != paths.portfolio()


def test_who_erases_something_is_told_that_the_portfolio_may_show_it(store: Store):
    assert not any("portfolio" in line for line in erasure.beyond_reach(store, paths.results("isms-2027")))
    folder.write(paths.portfolio(), {"index.html": "made"})

    assert any(str(paths.portfolio()) in line for line in erasure.beyond_reach(store, paths.results("isms-2027")))


# what it shows --------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_text():
    found = [standing(words, title=words, organisation=words) for words in STRINGS]
    found += [Standing("y", problem=words) for words in STRINGS]

    assert_inert(view.engagements(found))
    assert_inert(view.audits(found))


def test_one_that_cannot_be_read_has_no_figures_and_cannot_be_opened():
    html = view.engagements([Standing("two", problem="It is damaged."), standing()])

    assert "two no report made yet ✗ Cannot be read It is damaged." in plain(html)
    assert "Cannot be read 1" in plain(html)
    assert 'id="engagement-isms-2027"' in html
    assert 'id="engagement-two"' not in html


def test_what_nobody_graded_or_rated_is_not_taken_for_none(store: Store):
    old = Draft("findings", "F-001", {"name": "No access review", "status": "open"})  # before a grade was asked for
    store.ledger.append(store.name, [old, Draft("risks", "R-001", {"name": "Poisoned data"})], LEAD)

    words = plain(view.engagements(read_standings()))

    assert "1 open finding without a grade" in words
    assert "none of 0 above the limit 1 not rated" in words


def test_nothing_that_counts_is_no_percentage():
    assert "no question applies yet" in plain(view.engagements([standing(claimed=None, shown=None)]))


def test_a_report_of_another_state_is_named_beside_each_row():
    made = MadeReport("isms-2027", 380, "", TODAY, complete=False)

    words = plain(view.engagements([replace(standing(), report=made)]))

    assert "Report of revision 380 , older than revision 388 here , incomplete" in words


# in a notebook --------------------------------------------------------------------------------------------------------


def test_where_nobody_can_type_it_is_a_static_page(store: Store):
    shown = open_portfolio().engagements()

    assert isinstance(shown, Shown)
    assert "ISMS audit 2027" in plain(shown.markup)


def test_an_engagement_is_opened_for_the_other_pages_and_this_page_says_so(store: Store):
    begin("two")
    opened = open_portfolio(mode="form")
    form = opened.engagements()

    reply = form.answer({"do": "open", "name": "two"}, [])
    opened._line.refresh()

    assert (reply["ok"], reply["page"], paths.chosen().read_text()) == (True, "00_start.ipynb", "two\n")
    assert "The other pages show two. You speak as" in plain(opened._line.state["value"])


def test_a_damaged_one_that_is_chosen_does_not_take_the_page_away(store: Store):
    begin("two")
    paths.chosen().write_text("two\n")
    alter("UPDATE revision SET payload = x'ff' WHERE engagement = 'two'")

    opened = open_portfolio(mode="form")

    assert "two no report made yet ✗ Cannot be read" in plain(opened.engagements().state["value"])
    assert opened._line.state["engagement"]  # the page is built, and not waiting for an audit to be begun


def test_an_empty_workspace_begins_an_audit_there():
    opened = open_portfolio(mode="form")
    table = opened.engagements()
    assert (opened._line.state["engagement"], opened._line.state["chooses"]) == ("", True)

    opened._line.store.who = LEAD
    about = {"title": "First", "name": "", "organisation": "", "audit_date": "", "time_zone": "UTC"}
    opened._line.answer({"do": "begin", **about}, [])["then"]()

    assert (bool(opened._line.state["engagement"]), opened._line.state["chooses"]) == (True, False)
    assert "First" in plain(table.state["value"])


def test_one_that_cannot_be_read_is_not_opened(store: Store):
    store.ledger.append("newer", [Draft("engagement", "engagement", {"title": "New", "moon": "full"})], LEAD)
    form = open_portfolio(mode="form").engagements()

    reply = form.answer({"do": "open", "name": "newer"}, [])

    assert (reply["ok"], "moon" in reply["says"], paths.chosen().exists()) == (False, True, False)


def test_the_table_follows_what_is_recorded_elsewhere(store: Store):
    opened = open_portfolio(mode="form")
    table, audits = opened.engagements(), opened.audits()
    begin("two")

    opened._line.answer({"do": "look"}, [])

    assert "Audit two" in plain(table.state["value"])
    assert "ISMS audit 2027" in plain(audits.value)
