"""The shape of the pages: thin, readable, in order, without outputs, and asking everything there is to ask."""

import ast
import inspect
import itertools
import re
import shutil
from pathlib import Path

import nbformat
import pandas
import papermill
import pytest
from nbconvert.exporters import ScriptExporter

from tests.conftest import ROOT
from workbook import open_audit, open_portfolio, paths
from workbook.audit import Audit
from workbook.catalog import Catalog
from workbook.model import Draft, Person
from workbook.paths import CUSTOMER_PAGE, PORTFOLIO_PAGE
from workbook.portfolio import Portfolio
from workbook.workspace import open_store

EVERY = sorted((ROOT / "notebooks").glob("*.ipynb"))
PORTFOLIO = ROOT / "notebooks" / f"{PORTFOLIO_PAGE}.ipynb"  # on all engagements, so it asks nothing of one
PAGES = [page for page in EVERY if page != PORTFOLIO]
TEAM_PAGES = [page for page in PAGES if page.stem != CUSTOMER_PAGE]  # where the team answers and keeps its registers
NAMES = ["00_start", "01_data_inventory", "02_infrastructure_mapping", "03_control_review", "04_risk_assessment",
         "05_internal_audit", "06_audit_report", "07_management_system", "08_statement_of_applicability",
         "09_audit_trails"]  # fmt: skip
REPORT = "06_audit_report"  # the one page that speaks to whoever a report is issued to
PARAMETERS = ["engagement", "system", "as_of", "audience", "mode"]
FOR_ALL = ["as_of", "audience", "mode"]


def code(page: Path) -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(page, as_version=4).cells if c.cell_type == "code"]


def calls(method: str) -> set[str]:
    text = "\n".join(c.source for page in PAGES for c in code(page))
    return set(re.findall(rf'audit\.{method}\("([\w-]+)"', text))


def test_the_pages_are_these_in_this_order():
    assert [p.stem for p in EVERY] == [*NAMES, PORTFOLIO_PAGE, CUSTOMER_PAGE]
    assert paths.pages() == PAGES


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_a_page_is_committed_without_outputs(page: Path):
    assert all(not c.outputs and c.execution_count is None for c in code(page))


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_a_page_becomes_a_script_that_python_takes(page: Path):
    source, resources = ScriptExporter().from_filename(str(page))

    assert resources["output_extension"] == ".py"
    assert ast.parse(source).body


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_the_first_code_cell_holds_the_parameters_with_type_and_help(page: Path):
    first = code(page)[0]
    found = papermill.inspect_notebook(str(page))

    assert first.metadata.tags == ["parameters"]
    wanted = [*PARAMETERS[:-1], "recipient", "mode"] if page.stem == REPORT else PARAMETERS
    assert list(found) == (FOR_ALL if page == PORTFOLIO else wanted)
    assert all(p["inferred_type_name"] == "str" and len(p["help"]) > 10 for p in found.values())


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_what_only_papermill_needs_is_folded_away_from_people_who_answer(page: Path):
    folded = [c for c in code(page) if c.metadata.get("jupyter", {}).get("source_hidden")]

    assert [c.metadata.tags for c in folded] == [["parameters"], ["open"]]


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_cells_are_numbered_in_reading_order(page: Path):
    cells = nbformat.read(page, as_version=4).cells

    assert [c.id for c in cells] == [f"{page.stem[:2]}-{number:02d}" for number in range(1, len(cells) + 1)]


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_every_code_cell_follows_a_text_and_makes_a_few_calls(page: Path):
    cells = nbformat.read(page, as_version=4).cells
    for before, cell in itertools.pairwise(cells):
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        assert before.cell_type == "markdown", cell.source
        assert len(tree.body) <= 6
        banned = (ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Lambda)
        assert not [node for node in ast.walk(tree) if isinstance(node, banned)]
        imported = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        assert set(imported) <= {"workbook"}
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import)]


def test_every_section_and_register_has_its_place_on_a_page(catalog: Catalog):
    assert calls("ask") == set(catalog.sections)
    assert calls("register") == set(catalog.registers)


def test_sections_and_registers_stand_on_the_page_that_the_catalog_names(catalog: Catalog):
    for page in PAGES:
        text = "\n".join(c.source for c in code(page))
        here = re.findall(r'audit\.(?:ask|register)\("([\w-]+)"', text)
        assert {catalog.page_of[name] for name in here} <= {page.stem}


def test_every_call_of_a_page_exists_and_says_what_it_does():
    text = "\n".join(c.source for page in PAGES for c in code(page))
    called = set(re.findall(r"audit\.(\w+)\(", text))

    assert {"ask", "register", "heat_map"} <= called
    assert [name for name in called if not inspect.getdoc(getattr(Audit, name, None))] == []

    on_all = set(re.findall(r"portfolio\.(\w+)\(", "\n".join(c.source for c in code(PORTFOLIO))))
    assert "engagements" in on_all
    assert [name for name in on_all if not inspect.getdoc(getattr(Portfolio, name, None))] == []


@pytest.mark.parametrize("page", EVERY, ids=lambda p: p.stem)
def test_a_page_ends_with_an_optional_cell_for_people_who_know_pandas(page: Path):
    cells = nbformat.read(page, as_version=4).cells
    tagged = [c for c in cells if "not-in-report" in c.metadata.get("tags", [])]

    assert tagged == cells[-2:]
    assert [c.cell_type for c in tagged] == ["markdown", "code"]
    assert "Optional, for people who know pandas" in tagged[0].source


@pytest.mark.parametrize("page", TEAM_PAGES, ids=lambda p: p.stem)
def test_a_page_closes_with_what_is_left_on_it(page: Path):
    cells = [c for c in nbformat.read(page, as_version=4).cells if "not-in-report" not in c.metadata.get("tags", [])]

    assert cells[-2].source.startswith("## What is left here\n")
    assert cells[-1].source == f'audit.left("{page.stem}")'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Path:
    """A record that holds the demo and an audit in which nothing was said yet."""
    place = tmp_path_factory.mktemp("pages") / "home"
    shutil.copytree(demo_home, place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_HOME", str(place))
        new = [Draft("engagement", "engagement", {"title": "New"})]
        open_store("demo").ledger.append("new", new, Person("Security lead"))
    return place


@pytest.mark.parametrize("audience", ["internal", "customer"])
@pytest.mark.parametrize("engagement", ["demo", "new"])
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_what_it_asks_pandas_has_an_answer(
    page: Path, engagement: str, audience: str, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WORKBOOK_HOME", str(home))
    *before, last = ast.parse(code(page)[-1].source).body
    known = {"audit": open_audit(engagement, audience=audience)}

    exec(compile(ast.Module(before, []), page.name, "exec"), known)
    assert isinstance(last, ast.Expr)
    shown = eval(compile(ast.Expression(last.value), page.name, "eval"), known)

    assert isinstance(shown, pandas.DataFrame)
    assert len(shown) > 0 or engagement == "new"


def test_what_the_portfolio_asks_pandas_has_an_answer(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", str(home))

    shown = eval(code(PORTFOLIO)[-1].source, {"portfolio": open_portfolio()})

    assert list(shown.index) == ["demo", "new"]


@pytest.mark.parametrize("page", TEAM_PAGES, ids=lambda p: p.stem)
def test_its_example_hands_over_a_file_as_evidence_of_a_question_of_that_page(
    page: Path, home: Path, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cells = nbformat.read(page, as_version=4).cells
    [example] = re.findall(r"```python\n(.*?)```", "\n".join(c.source for c in cells), re.DOTALL)
    call = ast.parse(example).body[-1].value
    said = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    monkeypatch.setenv("WORKBOOK_HOME", str(home))
    monkeypatch.setenv("WORKBOOK_ACTOR", "ML platform lead")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ast.literal_eval(call.args[0])).write_text("what was measured")
    audit = open_audit("demo")

    exec(compile(example, page.name, "exec"), {"audit": audit})
    asked = audit.store.record().ask(said["question"], said.get("system", ""))

    asking = {catalog.page_of[section] for section in catalog.sections}
    assert catalog.page_of[catalog.section_of[said["question"]].id] == page.stem or page.stem not in asking
    assert asked.evidence[-1][1].value.artefact == said["artefact"]
