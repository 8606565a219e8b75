"""The folders of a report: one for each edition, in which every page says what it shows and no other edition's lies."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from tests import helpers_audit
from tests.helpers_links import dead_links, links
from tests.helpers_pages import code, notebook, saved, text
from workbook import paths
from workbook.audience import Edition
from workbook.errors import BadInput
from workbook.model import Draft, Head
from workbook.record import Record
from workbook.report import ReportRun, make, run_all
from workbook.store import Store

GIVEN = {"engagement": "x", "system": "", "as_of": "", "audience": "internal", "mode": "page"}
FOUR = "\n".join(f'{name}: str = ""  # a parameter' for name in GIVEN)
NAMES = ("01_data_inventory", "02_infrastructure_mapping", "03_control_review")
SHOWS = "from workbook import open_audit\naudit = open_audit(engagement, system, as_of, audience, mode)\n"


def page(folder: Path, name: str, source: str = "print('shown')", words: str = "## Result") -> Path:
    folder.mkdir(exist_ok=True)
    return saved(folder, notebook(text(words), code(source), parameters=FOUR), name)


@pytest.fixture
def notebooks(tmp_path: Path) -> list[Path]:
    return [page(tmp_path / "n", name) for name in NAMES]


@pytest.fixture
def record() -> Record:
    return helpers_audit.record()


@pytest.fixture
def later(record: Record) -> Record:
    return replace(record, head=Head(15, "77aa" * 16), on=date(2026, 11, 25))


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*") if p.is_file()}


def front(run: ReportRun) -> list[str]:
    """The cards of the front page, as words."""
    cards = re.findall(r"<li>\s*<h3.*?</li>", (run.folder / "index.html").read_text(), re.DOTALL)
    return [helpers_audit.plain(card) for card in cards]


# pages that stay ------------------------------------------------------------------------------------------------------


def test_one_page_made_again_leaves_the_others_and_each_says_what_it_shows(
    notebooks: list[Path], record: Record, later: Record
):
    before = contents(run_all(notebooks, record, GIVEN).folder)

    run = run_all(notebooks[1:2], later, GIVEN)

    after = contents(run.folder)
    for name in (NAMES[0], NAMES[2]):
        assert after[f"{name}.html"] == before[f"{name}.html"]
        assert after[f"notebooks/{name}.ipynb"] == before[f"notebooks/{name}.ipynb"]
        assert b"as of 22 Nov 2026 (UTC): revision 12" in after[f"{name}.html"]
    assert b"as of 25 Nov 2026 (UTC): revision 15" in after[f"{NAMES[1]}.html"]
    elsewhere = (
        "↺ Another state It shows revision 12, as of 22 Nov 2026; this overview shows revision 15, as of 25 Nov 2026."
    )
    assert [elsewhere in card for card in front(run)] == [True, False, True]
    assert helpers_audit.plain(after[f"{NAMES[1]}.html"].decode()).count("revision 12") == 2  # in its navigation


def test_the_manifest_names_every_page_with_its_state_and_every_file(
    notebooks: list[Path], record: Record, later: Record
):
    run_all(notebooks, record, GIVEN)
    run = run_all(notebooks[1:2], later, GIVEN)

    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert [(p["page"], p["revision"], p["as_of"]) for p in manifest["pages"]] == [
        (NAMES[0], 12, "2026-11-22"), (NAMES[1], 15, "2026-11-25"), (NAMES[2], 12, "2026-11-22")
    ]  # fmt: skip
    assert set(manifest["files"]) == set(contents(run.folder)) - {"manifest.json"}
    assert run.flaws() == [f"{name} shows revision 12, as of 22 Nov 2026" for name in (NAMES[0], NAMES[2])]


def test_a_page_of_the_same_state_is_not_marked(notebooks: list[Path], record: Record):
    run_all(notebooks, record, GIVEN)
    run = run_all(notebooks[:1], record, GIVEN)

    assert run.flaws() == []
    assert not any("Another state" in card for card in front(run))


def test_a_page_that_failed_earlier_is_still_named_as_incomplete(tmp_path: Path, record: Record):
    broken, good = page(tmp_path / "n", NAMES[0], "1 / 0"), page(tmp_path / "n", NAMES[1])
    run_all([broken, good], record, GIVEN)

    run = run_all([good], record, GIVEN)

    assert run.exit_code == 0
    assert run.flaws() == [f"{NAMES[0]} is incomplete"]
    assert "INCOMPLETE" in front(run)[0]


def test_what_is_no_page_of_this_edition_goes_and_what_is_none_at_all_stays(
    notebooks: list[Path], record: Record, tmp_path: Path
):
    folder = run_all(notebooks, record, GIVEN).folder
    run_all(notebooks, Edition("customer").of(record), GIVEN)
    notebooks[2].unlink()
    (folder / "04_risk_assessment.html").write_bytes(
        (paths.results(record.name, "customer") / f"{NAMES[0]}.html").read_bytes()
    )
    page(tmp_path / "n", "04_risk_assessment")
    page(tmp_path / "n", "05_internal_audit")
    (folder / "05_internal_audit.html").symlink_to("/dev/zero")
    (folder / "register.xlsx").write_text("somebody else's")

    run = run_all(notebooks[:1], record, GIVEN)

    assert run.removed == (NAMES[2], "04_risk_assessment", "05_internal_audit")
    mine = {p.name for p in folder.iterdir()}
    assert mine == {
        f"{NAMES[0]}.html",
        f"{NAMES[1]}.html",
        "index.html",
        "manifest.json",
        "notebooks",
        "customer",
        "register.xlsx",
    }
    assert {p.stem for p in (folder / "notebooks").iterdir()} == {NAMES[0], NAMES[1]}


# editions -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.paths.notebooks", lambda: tmp_path / "n")
    for name in (*NAMES, paths.CUSTOMER_PAGE):
        page(tmp_path / "n", name, f"{SHOWS}audit.register('systems')")


@pytest.mark.usefixtures("own_pages")
def test_editions_lie_in_folders_of_their_own_and_overwrite_nothing(store: Store):
    made = [
        make("isms-2027", given)
        for given in ({}, {"audience": "auditor"}, {"audience": "customer"}, {"system": "SYS-001"},
                      {"audience": "customer", "system": "SYS-001"})
    ]  # fmt: skip

    home = paths.home() / "isms-2027"
    assert [run.folder.relative_to(home).as_posix() for run in made] == [
        ".", "auditor", "customer", "systems/SYS-001", "customer/systems/SYS-001"
    ]  # fmt: skip
    for run in made:
        assert run.files.items() <= dict(_digests(run.folder)).items()
        assert all(page.ok for page in run.pages)
    assert made[2].folder == paths.results("isms-2027", "customer")


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for name, content in contents(folder).items():
        yield name, sha256(content).hexdigest()


@pytest.mark.usefixtures("own_pages")
def test_the_folder_of_customers_never_holds_an_internal_page(store: Store, tmp_path: Path):
    inside = make("isms-2027").folder
    outside = paths.results("isms-2027", "customer")
    (outside / "notebooks").mkdir(parents=True)
    for name in (f"{NAMES[1]}.html", f"notebooks/{NAMES[1]}.ipynb", "index.html", "manifest.json"):
        (outside / name).write_bytes((inside / name).read_bytes())  # as an older version left them there
    assert any(b"Credit lead" in content for content in contents(inside).values())
    theirs = Edition("customer").of(store.record())  # what made a page of their own edition of every notebook
    run_all([tmp_path / "n" / f"{NAMES[0]}.ipynb"], theirs, {**GIVEN, "engagement": "isms-2027"})

    run = make("isms-2027", {"audience": "customer"})

    assert run.folder == outside
    assert run.removed == (NAMES[0],)
    made = {f"{paths.CUSTOMER_PAGE}.html", f"notebooks/{paths.CUSTOMER_PAGE}.ipynb", "index.html"}
    assert set(contents(outside)) == made | {"manifest.json", "redactions.json"}
    assert not any(b"Credit lead" in content for content in contents(outside).values())


@pytest.mark.usefixtures("own_pages")
@pytest.mark.parametrize(
    ("audience", "name", "says"),
    [
        ("customer", NAMES[2], "03_control_review is no page of the customer edition, which holds 11_customer_edition"),
        ("auditor", paths.CUSTOMER_PAGE, "11_customer_edition is no page of the auditor edition"),
    ],
)
def test_a_page_that_an_edition_does_not_hold_is_refused_by_name(store: Store, audience: str, name: str, says: str):
    with pytest.raises(BadInput, match=says):
        make("isms-2027", {"audience": audience}, pages=[name])


def test_a_workspace_without_the_page_for_customers_is_told_how_to_get_it(
    store: Store, notebooks: list[Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workbook.paths.notebooks", lambda: notebooks[0].parent)

    with pytest.raises(BadInput, match=r"11_customer_edition\.ipynb is not in .*; `workbook init` lays out"):
        make("isms-2027", {"audience": "customer"})


@pytest.mark.usefixtures("own_pages")
def test_a_system_whose_key_somebody_made_up_is_not_mixed_with_another_that_has_its_number(store: Store):
    store.save([Draft("systems", "fraud", {"name": "Fraud detection"})])
    make("isms-2027", {"audience": "customer", "system": "fraud"})
    store.save([Draft("systems", "churn", {"name": "Churn forecast"})])  # takes the number that fraud had

    run = make("isms-2027", {"audience": "customer", "system": "churn"})

    assert "fraud" not in str(run.folder)
    assert not any(b"Fraud" in content for content in contents(run.folder).values())


# links ----------------------------------------------------------------------------------------------------------------


def test_no_link_leads_nowhere_whatever_was_made_and_whatever_failed(tmp_path: Path, record: Record, later: Record):
    folder = tmp_path / "n"
    to = "[one](02_infrastructure_mapping.ipynb#deep) [two](03_control_review.ipynb) [three](#nowhere)"
    first, second = page(folder, NAMES[0], words=f"## Result\n\n{to}"), page(folder, NAMES[1], words="## Deep")
    third = page(folder, NAMES[2])

    run = run_all([first], record, GIVEN)
    assert dead_links(run.folder) == []
    run = run_all([first, second, third], record, GIVEN)
    assert (NAMES[0] + ".html", NAMES[1] + ".html#deep") in links(run.folder)
    assert (NAMES[0] + ".html", NAMES[2] + ".html") in links(run.folder)
    assert dead_links(run.folder) == []

    page(folder, NAMES[1], "1 / 0", words="## Deep")
    run = run_all([second], later, GIVEN)
    assert not run.pages[0].ok
    assert dead_links(run.folder) == []
    assert (NAMES[0] + ".html", NAMES[1] + ".html#deep") not in links(run.folder)

    third.unlink()
    run = run_all([second], later, GIVEN)
    assert run.removed == (NAMES[2],)
    assert dead_links(run.folder) == []


# where and when it is made --------------------------------------------------------------------------------------------


def test_a_report_is_the_same_wherever_it_is_made(store: Store, tmp_path: Path):
    about = store.record().engagement
    store.save_engagement(about.model_copy(update={"time_zone": "Europe/Berlin"}), 1)
    store.ledger.close()

    def report(zone: str) -> dict[str, bytes]:
        command = [sys.executable, "-m", "workbook", "report", "isms-2027", "--page", "00_start", "--as-of", "r4"]
        subprocess.run(command, env=os.environ | {"TZ": zone}, capture_output=True, check=True)
        return contents(paths.results("isms-2027"))

    there = report("Pacific/Kiritimati")
    assert b"(Europe/Berlin)" in there["00_start.html"]
    assert re.search(rb"last \d{4}-\d\d-\d\d \d\d:\d\d UTC\+0[12]:00", there["00_start.html"])
    assert report("Etc/GMT+12") == there
