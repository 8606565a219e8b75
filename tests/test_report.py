"""Pages run by the real papermill in real kernels: what counts as done, what is said when it is not, what is kept."""

import json
import os
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest

from tests import helpers_audit
from tests.helpers_pages import FRAME, code, executed, notebook, result, saved, text, view
from tests.nobody import in_a_child, small_files
from workbook import paths
from workbook.audience import Edition
from workbook.errors import BadFile, Unknown
from workbook.model import Draft
from workbook.record import Record
from workbook.report import ReportRun, check, make, page_html, read_page, run_all
from workbook.report.content import content_of
from workbook.store import Store
from workbook.views import markup, tag

FOUR = "\n".join(f'{name}: str = ""  # a parameter' for name in ("engagement", "system", "as_of", "audience", "mode"))
GIVEN = {"engagement": "x", "system": "", "as_of": "", "audience": "internal", "mode": "page"}


# one page -------------------------------------------------------------------------------------------------------------


def test_a_page_that_runs_to_its_end_is_kept_with_its_results(tmp_path: Path):
    page = executed(saved(tmp_path, notebook(code("print(engagement * limit)"))), {"engagement": "ab"})

    assert page.run.ok
    assert page.notebook.cells[-1].outputs[0].text == "ababab\n"


def test_a_failing_cell_is_named_as_a_reader_counts_it(tmp_path: Path):
    made = notebook(text("## One"), code("x = 1"), code("# why\n1 / 0"), code("print('after')"))

    run = executed(saved(tmp_path, made), {"engagement": "demo"}).run

    assert not run.ok
    assert (run.page, run.cell, run.source) == ("01_page", 3, "# why\n1 / 0")
    assert run.reason == "ZeroDivisionError: division by zero"


def test_what_the_workbook_refuses_is_said_in_its_own_sentence(tmp_path: Path):
    made = notebook(code("from workbook.errors import Unknown\nraise Unknown('engagement', 'dmo', ['demo'])"))

    run = executed(saved(tmp_path, made), {}).run

    assert run.reason == "No engagement is called 'dmo'. Did you mean demo?"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("raise SystemExit(0)", "ended the page early"),
        ("import os; os._exit(0)", "kernel died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "kernel died"),
        ("import time; time.sleep(600)", "longer than 2 seconds"),
        ("while True: pass", "longer than 2 seconds"),
        ("input('name?')", "does not support input"),
        ("def f(:", "SyntaxError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
    ids=["SystemExit", "os._exit", "SIGKILL", "sleep", "loop", "input", "syntax", "interrupt"],
)
def test_a_page_that_did_not_reach_its_end_never_counts_as_done(tmp_path: Path, cell: str, reason: str):
    made = notebook(code("print('before')"), code(cell), code("print('after')"))

    seconds = 2 if "longer" in reason else 60  # a cell that ends by itself may take its time on a busy machine
    run = executed(saved(tmp_path, made), {"engagement": "demo"}, seconds=seconds).run

    assert not run.ok
    assert run.cell == 3
    assert run.source == cell
    assert re.search(reason, run.reason)
    assert "\n" not in run.reason


def test_a_cell_that_may_raise_is_a_failure_in_a_page(tmp_path: Path):
    made = notebook(code("1 / 0", tags=("raises-exception",)), code("print('after')"))

    assert not executed(saved(tmp_path, made), {}).run.ok


@pytest.mark.parametrize("content", ["", "{}", '{"cells": [1], "nbformat": 4}', "<<<<<<< HEAD", "[]"], ids=ascii)
def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, content: str):
    page = tmp_path / "01_page.ipynb"
    page.write_text(content)

    with pytest.raises(BadFile, match=r"01_page\.ipynb is no notebook"):
        check(read_page(page), {})


def test_a_page_started_inside_a_live_notebook_still_finds_nobody_who_can_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("JPY_SESSION_NAME", "VOILA_REQUEST_URL", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.setenv(name, "here")
    look = "import os\nprint([k for k in os.environ if k.startswith(('JPY_SES', 'VOILA', 'JUPYTERHUB'))])"
    ask = "from workbook.frontend import someone_can_type\nprint(someone_can_type())"

    page = executed(saved(tmp_path, notebook(code(look), code(ask))), {})

    assert [c.outputs[0].text.strip() for c in page.notebook.cells[-2:]] == ["[]", "False"]


def test_a_page_runs_in_the_folder_of_its_notebook_and_this_process_stays_where_it_is(tmp_path: Path):
    (tmp_path / "pages").mkdir()
    before = Path.cwd()

    page = executed(saved(tmp_path / "pages", notebook(code("import os\nprint(os.getcwd())"))), {})

    assert page.notebook.cells[-1].outputs[0].text.strip() == str(tmp_path / "pages")
    assert Path.cwd() == before


def test_what_is_kept_has_no_widget_state_no_clock_no_paths_and_no_random_id(tmp_path: Path):
    secret = "from ipywidgets import Password\nform = Password(value='s3cr3t')\nform"
    page = saved(tmp_path, notebook(code(secret), code("print(engagement)")))

    kept = [nbformat.writes(executed(page, {"engagement": "demo"}).notebook).encode() for _ in range(2)]

    assert b"s3cr3t" not in kept[0].replace(b"value='s3cr3t'", b"")
    assert str(tmp_path).encode() not in kept[0]
    assert "widgets" not in nbformat.reads(kept[0].decode(), as_version=4).metadata
    assert b"start_time" not in kept[0]
    # the view of a widget names its model, which is new in each run; a page in report mode shows none
    again = [k.replace(k.split(b'"model_id": "')[1][:32], b"model") for k in kept]
    assert again[0] == again[1]


def test_nothing_of_a_run_stays_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    aside = Path("/tmp") / f"mlaw-test-{os.getpid()}"  # short: sockets lie in it
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    try:
        for cell in ("print(1)", "1 / 0", "import os; os._exit(0)"):
            executed(saved(tmp_path, notebook(code(cell))), {})
        assert list(aside.iterdir()) == []
    finally:
        aside.rmdir()


# HTML -----------------------------------------------------------------------------------------------------------------


def shown(*cells: nbformat.NotebookNode) -> str:
    """What stands between the head of the page and its provenance."""
    html = page_html(notebook(*cells), FRAME)
    return html.split("</header>")[1].split('<section id="about"')[0]


def test_a_page_is_one_file_without_code_script_or_any_request():
    html = page_html(notebook(text("## One"), code("secret_code()", result(html="<p>Result</p>"))), FRAME)

    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<p>Result</p>" in html
    assert "secret_code" not in html
    assert "default-src 'none'" in html
    for part in ("<script", "<link", "<iframe", "http://", "https://", "@import", "url("):
        assert part not in html


def test_title_frame_and_provenance_stand_where_a_reader_looks_for_them():
    html = page_html(notebook(), FRAME)

    assert html.count("<h1>") == 1
    assert "<h1>A page</h1>" in html
    assert "<title>A page · Northlight Credit · ISMS audit 2027</title>" in html
    assert '<a class="skip" href="#main">' in html
    assert html.count("<main") == 1
    assert '<a href="03_control_review.html" aria-current="page">' in html
    assert "revision 1,482" in html
    assert "chain head <code>9f2c41d70b6ea813</code>" in html
    assert "verify_report.py" in html
    assert "It supports an audit; it is not a certificate." in html


def test_headings_have_anchors_of_their_own_and_a_second_h1_is_none():
    mine = markup.view(markup.heading("Gaps"), markup.note("none"))
    found = content_of(notebook(text("## Gaps\n\n### Gaps"), code("x", view(mine)), text("# More")))

    assert found.title == "A page"
    assert [(c.level, c.anchor) for c in found.headings] == [(2, "gaps-2"), (3, "gaps-3"), (3, "gaps"), (2, "more")]
    assert all(f'<h{c.level} id="{c.anchor}">{c.text}</h{c.level}>' in found.main for c in found.headings)
    assert "<h1" not in found.main


def test_a_heading_steps_aside_for_an_anchor_inside_a_result_and_for_those_of_the_frame():
    register = view(tag.div(id="datasets")["x"])
    found = content_of(notebook(text("## Datasets\n\n## About"), code("x", register)))

    assert [c.anchor for c in found.headings] == ["datasets-2", "about-2"]


def test_a_heading_keeps_its_markup_on_the_page_and_is_plain_in_the_contents():
    found = content_of(notebook(text("## The `open` gates & <b onclick='x'>more</b>")))

    assert [c.text for c in found.headings] == ["The open gates & more"]
    assert '<h2 id="the-open-gates-more">The <code>open</code> gates &amp; <b>more</b></h2>' in found.main


def test_a_page_whose_view_tells_the_facts_does_not_tell_them_twice():
    twice = page_html(notebook(code("x", view(markup.fact_line([("As of", "22 Nov 2026")])))), FRAME)
    once = page_html(
        notebook(code("x", view(markup.view(markup.fact_line([("As of", "today")]), tells_facts=True)))), FRAME
    )

    assert twice.count('<ul class="facts">') == 2
    assert once.count('<ul class="facts">') == 1
    assert "<li>As of <b>today</b></li>" in once


def test_a_heading_made_of_signs_only_still_has_an_anchor():
    found = content_of(notebook(text("## 数据\n\n## 数据")))

    assert len({c.anchor for c in found.headings}) == 2
    assert all(f'id="{c.anchor}"' in found.main for c in found.headings)


def test_tracebacks_warnings_scripts_and_injected_parameters_are_never_shown():
    error = nbformat.v4.new_output("error", ename="E", evalue="e", traceback=["/home/somebody/secret.py"])
    warning = nbformat.v4.new_output("stream", name="stderr", text="warning from /home/somebody")
    told = nbformat.v4.new_output("stream", name="stdout", text="<b>told</b>")
    html = shown(
        code("engagement = 'injected'", told, tags=("injected-parameters",)),
        code("x", error), code("x", warning), code("x", result(js="alert(1)")), code("x", result(latex="$x$")),
        code("x", told),
    )  # fmt: skip

    assert "secret.py" not in html
    assert "somebody" not in html
    assert "alert" not in html
    assert "injected" not in html
    assert "<pre>&lt;b&gt;told&lt;/b&gt;</pre>" in html


def test_a_widget_shows_the_html_beside_it_and_leaves_nothing_of_its_own():
    view = {"model_id": "abc", "version_major": 2, "version_minor": 0}
    both = shown(code("x", result(widget=view, html="<p>static</p>", plain="VBox(children=())")))
    alone = shown(code("x", result(widget=view, plain="VBox(children=())")))

    assert "<p>static</p>" in both
    assert "VBox" not in both + alone
    assert "model_id" not in both + alone


def test_a_real_widget_run_by_papermill_leaves_no_script_and_no_state_in_the_page(tmp_path: Path):
    form = "from ipywidgets import Text, VBox\nVBox([Text(value='typed-by-someone')])"
    page = executed(saved(tmp_path, notebook(text("## Form"), code(form))), {})

    html = page_html(page.notebook, FRAME)

    assert page.run.ok
    assert "<script" not in html
    assert "typed-by-someone" not in html
    assert "widget" not in html


def test_pictures_come_as_data_with_their_description():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
    drawing = result(svg=svg)
    drawing.metadata = {"image/svg+xml": {"alt": 'Weeks "covered"'}}

    html = shown(code("x", drawing), code("x", result(png="iVBORw0KGgo=\n")))

    assert 'alt="Weeks &quot;covered&quot;"' in html
    assert "data:image/svg+xml;base64,PHN2" in html
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in html


def test_text_that_introduces_nothing_is_left_out():
    html = shown(text("## Kept\n\nIntroduces a result."), code("x", result(html="<p>Result</p>")),
                 text("## Dropped\n\nIntroduces nothing."), code("choose()"),
                 text("Run this first."), code("x", result(html="<p>Opened</p>"), tags=("open",)),
                 text("## Closing words"))  # fmt: skip

    assert "Introduces a result" in html
    assert "Closing words" in html
    for left_out in ("Dropped", "Introduces nothing", "Run this first", "Opened"):
        assert left_out not in html


def test_a_cell_that_is_not_for_the_report_is_neither_run_nor_shown(tmp_path: Path):
    aside = {"tags": ["not-in-report"]}
    cells = [text("## Before"), code("print('before')"), text("## Aside"), code("1 / 0"), text("After."), code("7")]
    cells[2].metadata, cells[3].metadata = (nbformat.from_dict(aside) for _ in range(2))

    page = executed(saved(tmp_path, notebook(*cells)), {})

    html = page_html(page.notebook, FRAME)
    assert page.run.ok
    assert "before" in html
    assert "After." in html
    assert "Aside" not in html
    assert [c.outputs for c in page.notebook.cells if c.cell_type == "code" and "1 / 0" in c.source] == [[]]


def test_what_may_be_wide_scrolls_by_itself_and_a_views_own_region_is_not_doubled():
    mine = markup.table("Mine", ["a", "b"], [["1", "2"]])
    theirs = result(html="<table><tr><td>1</td></tr></table><table><tr><td>2</td></tr></table>")
    html = shown(text("| a |\n|---|\n| 1 |"), code("x", view(mine)), code("y", theirs))

    assert re.findall(r'class="scroll"[^>]* aria-label="(\w+)"', html) == ["Table", "Mine", "Result"]
    assert html.count("<table") == 4


def test_a_style_at_many_elements_is_said_once_and_still_outweighs_the_style_sheet():
    cell = '<td class="n" style="color:red">1</td><td style="color:red">2</td><td style="width:3em">3</td>'
    html = page_html(notebook(code("x", result(html=f"<table><tr>{cell}</tr></table>"))), FRAME)

    assert html.count("color:red") == 1
    assert re.search(r"\.(y\d+):not\(#_\)\{color:red\}", html)
    assert re.search(r'<td class="n y\d+">1</td><td class="y\d+">2</td><td class="y\d+">3</td>', html)


def test_each_printed_sheet_says_what_it_belongs_to_and_words_cannot_leave_their_place():
    html = page_html(notebook(), replace(FRAME, belongs_to='Acme"}</style><script>'))
    style = html.split("<style>")[1].split("</style>")[0]

    assert re.search(r'@page\{@top-left\{content:"Acme\\000022 \\00007d \\00003c ', style)
    assert "<script" not in html


@pytest.mark.parametrize("style", ["font-family:'</style><script>'", "color:red}body{display:none", "width:url(x)\\"])
def test_a_style_that_could_leave_the_style_sheet_is_not_moved_there(style: str):
    html = page_html(notebook(code("x", result(html=f'<p style="{style}">1</p><p style="{style}">2</p>'))), FRAME)

    assert style not in html.split("<style>")[1].split("</style>")[0]
    assert "<script" not in html


def test_links_to_notebooks_lead_to_their_pages():
    html = shown(text("[Go](05_internal_audit.ipynb#gaps) [out](https://example.org/a) [no](file:///etc/passwd)"))

    assert 'href="05_internal_audit.html#gaps"' in html
    assert 'href="https://example.org/a"' in html
    assert "passwd" not in html


def test_the_same_notebook_gives_the_same_bytes():
    made = notebook(
        text("## One\n\n| a |\n|---|\n| 1 |"), code("x", result(html="<p style='color:red;width:1%'>x</p>"))
    )

    assert len({page_html(nbformat.from_dict(made), FRAME) for _ in range(3)}) == 1


# the whole report -----------------------------------------------------------------------------------------------------


def pages(folder: Path, **cells: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [
        saved(folder, notebook(text("## Result"), code(source), parameters=FOUR), name)
        for name, source in cells.items()
    ]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


@pytest.fixture
def record() -> Record:
    return helpers_audit.record()


GOOD = "from IPython.display import HTML\nHTML('<p>Made for ' + engagement + '</p>')"


def test_a_failed_page_is_told_and_the_others_are_made(tmp_path: Path, record: Record):
    heard: list[tuple[str, int, int, str]] = []
    made = pages(
        tmp_path / "n", **{"01_data_inventory": GOOD, "02_infrastructure_mapping": "1 / 0", "03_control_review": GOOD}
    )

    run = run_all(made, record, GIVEN, on_progress=lambda *step: heard.append(step))

    assert run.exit_code == 1
    assert [page.ok for page in run.pages] == [True, False, True]
    assert {(page, of) for page, _, of, _ in heard} == {(path.stem, 3) for path in made}
    assert [done for _, done, _, _ in heard] == [1, 2, 3]
    assert "Made for x" in (run.folder / "01_data_inventory.html").read_text()
    failed = (run.folder / "02_infrastructure_mapping.html").read_text()
    assert "stopped in cell 2" in failed
    assert "ZeroDivisionError: division by zero" in failed
    index = (run.folder / "index.html").read_text()
    assert index.count("INCOMPLETE") == 1
    assert '<a href="02_infrastructure_mapping.html">' in index


def test_a_page_that_fails_now_does_not_show_what_it_showed_before(tmp_path: Path, record: Record):
    first = run_all(pages(tmp_path / "n", **{"01_data_inventory": GOOD}), record, GIVEN)
    second = run_all(pages(tmp_path / "n", **{"01_data_inventory": "import os; os._exit(1)"}), record, GIVEN)

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "Made for" not in (second.folder / "01_data_inventory.html").read_text()


def test_the_manifest_says_what_lies_there_and_what_it_rests_on(tmp_path: Path, record: Record):
    made = pages(
        tmp_path / "n", **{"01_data_inventory": GOOD, "02_infrastructure_mapping": GOOD, "03_control_review": "1/0"}
    )
    made[1].write_text("<<<<<<< HEAD")
    run_all(pages(tmp_path / "m", **{"02_infrastructure_mapping": GOOD, "05_internal_audit": GOOD}), record, GIVEN)

    run = run_all(made, record, GIVEN)
    folder = run.folder
    manifest = json.loads((folder / "manifest.json").read_text())

    assert manifest["files"] == run.files
    assert manifest["engagement"] == record.name
    assert manifest["head"] == {"number": 12, "hash": "9f2c" * 16}
    assert [page["status"] for page in manifest["pages"]] == ["complete", "incomplete", "incomplete"]
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*.*") if p.name != "manifest.json"}
    assert set(manifest["files"]) == found
    for name, digest in manifest["files"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_same_record_gives_the_same_bytes_whatever_the_order_of_the_runs(tmp_path: Path, record: Record):
    made = pages(tmp_path / "n", **{"01_data_inventory": GOOD, "02_infrastructure_mapping": "raise ValueError('x')"})

    def report(workers: int) -> dict[str, bytes]:
        with ThreadPoolExecutor(workers) as threads:
            return contents(run_all(made, record, GIVEN, executor=threads).folder)

    assert report(1) == report(2)


def test_pages_made_in_other_processes_are_the_same_to_the_byte(tmp_path: Path, record: Record):
    broken = tmp_path / "n" / "04_risk_assessment.ipynb"
    made = [*pages(tmp_path / "n", **{"01_data_inventory": GOOD, "02_infrastructure_mapping": "1 / 0"}), broken]
    broken.write_text("<<<<<<< HEAD")
    here = contents(run_all(made, record, GIVEN).folder)

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        there = run_all(made, record, GIVEN, executor=processes)

    assert [page.ok for page in there.pages] == [True, False, False]
    assert contents(there.folder) == here


def test_a_report_that_is_interrupted_leaves_the_earlier_one_as_it_was(tmp_path: Path, record: Record):
    slow = "import time\ntime.sleep(1)"
    names = ("01_data_inventory", "02_infrastructure_mapping", "03_control_review", "04_risk_assessment")
    made = pages(tmp_path / "n", **dict.fromkeys(names, slow))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    run_all(pages(tmp_path / "n", **{"01_data_inventory": GOOD}), record, GIVEN)
    before = contents(paths.results(record.name))

    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(KeyboardInterrupt):
            run_all(made, record, GIVEN, on_progress=stop, executor=threads)
        threads.submit(int).result()

    assert contents(paths.results(record.name)) == before


def test_a_full_disk_is_said_in_one_sentence_and_the_old_report_stays_whole(tmp_path: Path, record: Record):
    broken = tmp_path / "01_data_inventory.ipynb"
    broken.write_text("<<<<<<< HEAD")
    folder = run_all([broken], record, GIVEN).folder
    before = contents(folder)
    room = len(before["01_data_inventory.html"]) + 1_000  # for the page, not for the front page
    assert len(before["index.html"]) > room
    broken.write_text("another one")

    kind, sentence = in_a_child(lambda: run_all([broken], record, GIVEN), lambda: small_files(room))

    assert kind == "BadInput"
    assert "index.html could not be written: File too large. What was there before is unch" in sentence
    assert contents(folder) == before


def test_a_report_speaks_of_its_notebooks_as_they_were_when_it_began(tmp_path: Path, record: Record):
    made = pages(tmp_path / "n", **{"01_data_inventory": GOOD, "03_control_review": GOOD})

    def rewrite(*_: object) -> None:
        for path in made:
            path.write_text("<<<<<<< HEAD")

    with ThreadPoolExecutor(2) as threads:
        run = run_all(made, record, GIVEN, on_progress=rewrite, executor=threads)

    front = (run.folder / "index.html").read_text()
    assert front.count("A page</a></h3>") == 2
    assert front.count("<p>What it is about.</p>") == 2


def test_a_page_whose_results_cannot_be_shown_fails_by_itself(tmp_path: Path, record: Record):
    made = pages(tmp_path / "n", **{"01_data_inventory": GOOD, "03_control_review": GOOD})
    shows = "from IPython.display import display\nfrom workbook.views.markup import ABOUT\n"
    shows += "display({'text/html': '<p>x</p>'}, raw=True, metadata={ABOUT: {'headings': [{'level': 'deep'}]}})"
    broken = notebook(text("## Result"), code(shows), parameters=FOUR)
    saved(tmp_path / "n", broken, "03_control_review")

    run = run_all(made, record, GIVEN)

    assert [page.ok for page in run.pages] == [True, False]
    assert "deep" in run.pages[1].reason


@pytest.mark.parametrize(
    "held",
    [None, {}, {"a.png": {}}, {"a.png": {"text/html": "PHNjcmlwdD4="}},
     {"a.png": {"image/svg+xml": "PHNjcmlwdD4="}}],
)  # fmt: skip
def test_a_picture_that_a_text_should_hold_and_does_not_is_words_and_no_failure(held: object):
    cell = text("See ![the <b>flow</b>](attachment:a.png).")
    if held is not None:
        cell["attachments"] = held

    html = page_html(notebook(cell), FRAME)

    assert "[picture not shown: the" in html
    assert "<img" not in html


def test_a_picture_that_a_text_holds_is_shown():
    cell = text("![the flow](attachment:a.png)")
    cell["attachments"] = {"a.png": {"image/png": "aGVsbG8="}}

    assert '<img src="data:image/png;base64,aGVsbG8=" alt="the flow">' in page_html(notebook(cell), FRAME)


def test_a_broken_notebook_file_costs_its_own_page_only(tmp_path: Path, record: Record):
    made = pages(tmp_path / "n", **{"01_data_inventory": GOOD, "03_control_review": GOOD})
    made[1].write_text("<<<<<<< HEAD")

    run = run_all(made, record, GIVEN)

    assert [page.ok for page in run.pages] == [True, False]
    assert "03_control_review.ipynb is no notebook" in (run.folder / "index.html").read_text()


def test_a_wrong_parameter_is_refused_before_anything_is_run(tmp_path: Path, record: Record):
    made = pages(tmp_path / "n", **{"01_data_inventory": GOOD})

    with pytest.raises(Unknown, match="sytem"):
        run_all(made, record, {**GIVEN, "sytem": "SYS-001"})

    assert not paths.results(record.name).exists()


def test_a_customers_front_page_names_nobody(tmp_path: Path, record: Record, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_ACTOR", "Head of everything")
    about = replace(record, engagement=record.engagement.model_copy(update={"prepared_by": "Head of everything"}))
    made = pages(tmp_path / "n", **{"01_data_inventory": GOOD})

    inside = run_all(made, about, GIVEN).folder / "index.html"
    assert "Head of everything" in inside.read_text()
    outside = run_all(made, Edition("customer").of(about), GIVEN).folder / "index.html"
    assert "Head of everything" not in outside.read_text()


HEAD = """from workbook import open_audit
record = open_audit(engagement, system, as_of, audience, mode).record
print('head', record.head.number, record.on)"""


def states(run: ReportRun) -> set[tuple[int, str]]:
    """The revision and day that manifest, frame and each page of a report speak of."""
    manifest = json.loads((run.folder / "manifest.json").read_text())
    found = {(run.head.number, str(run.on)), (manifest["head"]["number"], manifest["as_of"])}
    for page in ("index", *(page.page for page in run.pages)):
        html = (run.folder / f"{page}.html").read_text()
        day = re.search(r"as of (.*?) \(UTC\): revision ([0-9]+)", html)
        found.add((int(day[2]), str(datetime.strptime(day[1], "%d %b %Y").date())))
        found |= {(int(number), on) for number, on in re.findall(r"head ([0-9]+) ([0-9-]+)", html)}
    return found


@pytest.fixture
def two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.paths.notebooks", lambda: tmp_path / "n")
    pages(tmp_path / "n", **{"01_data_inventory": HEAD, "02_infrastructure_mapping": HEAD})


@pytest.mark.usefixtures("two_pages")
def test_a_report_speaks_of_one_revision_whatever_is_saved_meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch):
    read = Store.record
    key = iter(range(8, 12))

    def save(*_: object) -> None:
        store.save([Draft("systems", f"SYS-{next(key):03d}", {"name": "x"})])

    def read_then_save(self: Store, system: str = "") -> Record:
        record = read(self, system)
        save()
        return record

    monkeypatch.setattr(Store, "record", read_then_save)
    run = make("isms-2027", on_progress=save)

    assert run.exit_code == 0
    assert store.head().number == 6
    assert states(run) == {(3, str(run.on))}


@pytest.mark.usefixtures("two_pages")
def test_a_report_of_a_revision_is_dated_to_its_day_or_to_the_one_named(store: Store):
    day = store.head().at.date()
    before = day - timedelta(days=1)  # further west it was that day

    assert states(make("isms-2027", {"as_of": "r2"})) == {(2, str(day))}
    assert states(make("isms-2027", {"as_of": f"r2@{before}"})) == {(2, str(before))}


def test_an_unknown_engagement_or_page_is_refused_with_near_names(tmp_path: Path, store: Store):
    with pytest.raises(Unknown, match="isms-2027"):
        make("isms-2028")
    with pytest.raises(Unknown, match="03_control_review"):
        make("isms-2027", pages=["03_control_revue"])
