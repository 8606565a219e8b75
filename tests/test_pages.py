"""Every page of the demo engagement: through the plain papermill command, and as the report that people mail."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.helpers_links import dead_links, links, prose
from workbook.model import Answer, Person, Result
from workbook.paths import CUSTOMER_PAGE, PORTFOLIO_PAGE
from workbook.report import ReportRun, make
from workbook.workspace import open_store

PAGES = sorted({p.stem for p in (ROOT / "notebooks").glob("*.ipynb")} - {PORTFOLIO_PAGE, CUSTOMER_PAGE})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Path:
    """A record that holds the demo engagement."""
    return Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("pages") / "home"))


@pytest.fixture(scope="module")
def report(home: Path) -> ReportRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_HOME", str(home))
        return make("demo", {})


@pytest.fixture(autouse=True)
def _this_home(_own_home: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(home))


# the report runs each page through papermill's engine too, and nbval each of their cells
@pytest.mark.parametrize("page", ["00_start", "05_internal_audit", "10_portfolio", "11_customer_edition"])
def test_the_plain_papermill_command_needs_only_the_engagement(home: Path, page: str, tmp_path: Path):
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(ROOT / "notebooks" / f"{page}.ipynb"), str(out),
               "-p", "engagement", "demo", "--no-progress-bar"]  # fmt: skip
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"WORKBOOK_HOME": str(home)}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-2000:]

    cells = [c for c in nbformat.read(out, as_version=4).cells if c.cell_type == "code"]
    mimes = {mime for c in cells for o in c.outputs for mime in o.get("data", {})}
    shown = [c for c in cells if re.search(r"(audit|portfolio)\.", c.source)]
    assert shown
    assert "application/vnd.jupyter.widget-view+json" not in mimes
    assert all(any("text/html" in o.get("data", {}) for o in c.outputs) for c in shown)


def test_a_mistyped_system_fails_the_page_with_one_sentence(home: Path, tmp_path: Path):
    command = [sys.executable, "-m", "papermill", str(ROOT / "notebooks" / "00_start.ipynb"), "-", "-p", "engagement",
               "demo", "-p", "system", "SYS-009", "--no-progress-bar"]  # fmt: skip
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"WORKBOOK_HOME": str(home)}, capture_output=True, text=True
    )

    assert run.returncode != 0
    assert "No system is called 'SYS-009'. Did you mean SYS-00" in run.stderr
    assert "audit.py" not in run.stderr


def test_a_state_that_lies_ahead_fails_the_page_with_one_sentence(home: Path, tmp_path: Path):
    as_of = "2199-12-31T12:00+00:00"
    command = [sys.executable, "-m", "papermill", str(ROOT / "notebooks" / "03_control_review.ipynb"), "-",
               "-p", "engagement", "demo", "-r", "as_of", as_of, "--no-progress-bar"]  # fmt: skip
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"WORKBOOK_HOME": str(home)}, capture_output=True, text=True
    )

    assert run.returncode != 0
    assert re.search(rf"as_of {as_of[:13]}\S* lies ahead", run.stderr)
    assert "reading.py" not in run.stderr


def test_each_page_is_light_enough_to_mail(report: ReportRun):
    heavy = {file.name: size for file in report.folder.glob("*.html") if (size := file.stat().st_size) >= 300_000}

    assert heavy == {}


def test_every_page_of_the_report_was_made(report: ReportRun):
    assert report.exit_code == 0, [(p.page, p.cell, p.reason) for p in report.pages if not p.ok]
    assert sorted(p.page for p in report.pages) == PAGES
    assert {f.name for f in report.folder.glob("*.html")} == {"index.html", *(f"{p}.html" for p in PAGES)}


@pytest.mark.parametrize("name", [*PAGES, "index"])
def test_a_page_is_one_file_that_runs_nothing_and_asks_nobody(report: ReportRun, name: str):
    page = (report.folder / f"{name}.html").read_text(encoding="utf-8")

    assert "<script" not in page.lower()
    assert not re.search(r"""(?:src|srcset|@import|url\()\s*=?\s*["']?(?:https?:)?//""", page)
    assert not re.search(r"<(?:link|iframe|form|object|embed)\b", page)
    assert "default-src 'none'" in page
    assert "jupyter.widget" not in page
    assert len(re.findall(r"<h1\b", page)) == 1
    assert len(page) < 2_000_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_rests_on(report: ReportRun, home: Path, name: str):
    page = (report.folder / f"{name}.html").read_text(encoding="utf-8")
    head = json.loads((report.folder / "manifest.json").read_text())["head"]["hash"]

    assert head[:16] in page.replace(" ", "")
    assert "not a certificate" in page


def test_the_manifest_names_every_file_by_its_hash(report: ReportRun):
    manifest = json.loads((report.folder / "manifest.json").read_text())

    assert {f"{p}.html" for p in PAGES} <= set(manifest["files"])
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((report.folder / name).read_bytes()).hexdigest() == digest


def test_no_link_of_the_report_leads_nowhere(report: ReportRun):
    assert len(links(report.folder)) > 800
    assert dead_links(report.folder) == []


FOR_THE_PREPARER = re.compile(
    r"\b0\d_[a-z]+|\bpages? 0?\d\b|workbook (?:report|issue|verify|import|export|sample|init|new)\b|JupyterLab"
    r"|audit\.\w+\(|Run All Cells|in one sitting|Send each owner|Several at once|go on to page|Fill the register"
    r"|Answer with|Ask the person|Begin with the|Sit down with|Name the ML systems|Add the first|Enter who|Record the "
)


@pytest.mark.parametrize("name", [*PAGES, "index"])
def test_a_page_speaks_to_its_reader_and_says_nothing_twice(report: ReportRun, name: str):
    said = prose((report.folder / f"{name}.html").read_text(encoding="utf-8"))
    sentences = Counter(s for p in said for s in re.split(r"(?<=[.?!]) ", p) if len(s.split()) >= 8)
    figures = re.compile(r"[\d:]|[^.?!]$")  # of the record, which may be the same in two places

    assert [p for p in said if FOR_THE_PREPARER.search(p)] == []
    assert [s for s, times in sentences.items() if times > 1 and not figures.search(s)] == []


def test_a_page_has_a_key_to_the_codes_that_stand_on_it(report: ReportRun):
    pages = {f.stem: f.read_text(encoding="utf-8") for f in report.folder.glob("*.html")}
    keys = {name: set(re.findall(r"<li><b>([A-Z]{1,3}-)</b>", page)) for name, page in pages.items()}

    assert keys["06_audit_report"] >= {"R-", "FI-", "CA-", "EV-", "CH-"}
    assert all(found <= keys["index"] for found in keys.values())


def test_no_link_leads_nowhere_when_a_page_is_made_again_or_the_report_is_for_others(home: Path):
    whole = make("demo", {"audience": "auditor"})
    before = len(links(whole.folder))
    make("demo", {"audience": "auditor", "as_of": "r250"}, pages=["04_risk_assessment"])
    outside = make("demo", {"audience": "customer", "system": "SYS-002"})

    for folder, pages, least in ((whole.folder, PAGES, 400), (outside.folder, [CUSTOMER_PAGE], 10)):
        assert {path.name for path in folder.glob("*.html")} == {"index.html", *(f"{page}.html" for page in pages)}
        assert len(links(folder)) > least
        assert dead_links(folder) == []
    assert len(links(whole.folder)) < before  # what was not recorded then is not linked to


def test_no_page_holds_a_path_of_this_machine(report: ReportRun, home: Path):
    for file in [*report.folder.rglob("*.html"), *report.folder.rglob("*.ipynb")]:
        assert str(home.parent) not in file.read_text(encoding="utf-8"), file.name


def test_the_same_record_gives_the_same_bytes(report: ReportRun, tmp_path: Path):
    moment = json.loads((report.folder / "manifest.json").read_text())["as_of"]
    before = {f.name: f.read_bytes() for f in report.folder.glob("*.html")}

    make("demo", {"as_of": moment})

    assert [name for name, old in before.items() if (report.folder / name).read_bytes() != old] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_is_for_people_who_know_pandas_is_left_out_of_the_report(report: ReportRun, name: str):
    kept = nbformat.read(report.folder / "notebooks" / f"{name}.ipynb", as_version=4).cells[-1]

    assert "pandas" not in (report.folder / f"{name}.html").read_text(encoding="utf-8")
    assert "audit.table(" in kept.source
    assert kept.outputs == []


def test_every_question_answered_in_the_record_stands_in_the_report(report: ReportRun):
    record = open_store("demo").record()
    text = "".join((report.folder / f"{p}.html").read_text(encoding="utf-8") for p in PAGES)

    assert [a.question.ask for a in record.asked if a.question.ask[:40] not in text] == []


def test_a_page_whose_notebook_fails_is_named_and_the_others_are_made(home: Path, tmp_path: Path, monkeypatch):
    import shutil

    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, tmp_path / "mine" / name)
    broken = tmp_path / "mine" / "notebooks" / "02_infrastructure_mapping.ipynb"
    broken.write_text(broken.read_text().replace('audit.ask(\\"infra-storage\\")', "1 / 0"))
    monkeypatch.chdir(tmp_path / "mine")

    run = make("demo", {}, pages=("02_infrastructure_mapping", "06_audit_report"))

    failed = [p for p in run.pages if not p.ok]
    assert run.exit_code == 1
    assert [(p.page, "ZeroDivisionError" in p.reason) for p in failed] == [("02_infrastructure_mapping", True)]
    assert "ZeroDivisionError" in (run.folder / "02_infrastructure_mapping.html").read_text()


def test_hostile_text_is_shown_and_not_obeyed(home: Path):
    store = open_store("demo", Person("Security lead"))
    asked = next(a for a in store.record().asked if a.question.id == "ac-privileged-deploy")
    hostile = '<script>document.title="obeyed"</script><img src=x onerror=alert(1)> \u202egnp.exe 😀 "quotes" &amp;'
    answer = Answer(question=asked.question.id, system=asked.system.key, result=Result.PARTIAL, rationale=hostile)
    store.save_answer(answer, asked.answer.version)

    run = make("demo", {}, pages=("03_control_review",))
    page = (run.folder / "03_control_review.html").read_text(encoding="utf-8")

    assert "&lt;script&gt;document.title" in page
    assert "<script" not in page
    assert "onerror=alert(1)&gt;" in page
    assert "\u202e" not in page
    assert "😀" in page
