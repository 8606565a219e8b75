"""Which Python, which package and which record a page gets, in places that would lead it astray."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import workbook
from tests.conftest import ROOT
from tests.helpers_pages import code, notebook, saved

PARAMETERS = "\n".join(f'{name}: str = ""  # text' for name in ("engagement", "system", "as_of", "audience", "mode"))
OPENED = "audit = workbook.open_audit(engagement, mode='page')\nprint(audit)"
PAGE = notebook(
    code(f"import os, sys, workbook\nprint(sys.executable, workbook.__file__)\n{OPENED}"),
    code(f"os.chdir('/')\n{OPENED}"),
    parameters=PARAMETERS,
)
PAGE.metadata.kernelspec = nbformat.read(ROOT / "notebooks" / "00_start.ipynb", as_version=4).metadata.kernelspec
SHOWN = f"{sys.executable} {workbook.__file__}\n<Audit of small>\n<Audit of small>\n"
Run = subprocess.CompletedProcess[str]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one page, in which somebody works with a relative WORKBOOK_HOME."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "checklists", folder / "checklists")
    (folder / "notebooks").mkdir()
    saved(folder / "notebooks", PAGE)
    monkeypatch.setenv("WORKBOOK_HOME", "some/outputs")
    return folder


def call(work: Path, command: str, *arguments: str) -> Run:
    """A command of this environment, started in the workspace."""
    found = Path(sys.executable).parent / command
    return subprocess.run([found, *arguments], cwd=work, capture_output=True, text=True, check=False)


def shown(work: Path, way: str) -> str:
    """What the page printed, run by `way`: the report or the plain papermill command."""
    assert call(work, "workbook", "new", "small").returncode == 0
    out = work / "some" / "outputs" / "small" / "notebooks" / "01_page.ipynb"
    if way == "report":
        ran = call(work, "workbook", "report", "small")
    else:
        out = work / "out.ipynb"
        page = ("notebooks/01_page.ipynb", "out.ipynb")
        ran = call(work, "papermill", *page, "-p", "engagement", "small", *way.split()[1:])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    cells = nbformat.read(out, as_version=4).cells
    return "".join(o.text for c in cells if c.cell_type == "code" for o in c.outputs)


@pytest.mark.parametrize("way", ["report", "papermill"])
def test_a_kernel_called_python3_that_belongs_to_another_python_is_not_used(
    work: Path, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    foreign = tmp_path / "jupyter" / "kernels" / "python3"
    foreign.mkdir(parents=True)
    spec = {"argv": ["/bin/false", "{connection_file}"], "display_name": "Another", "language": "python"}
    (foreign / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))

    assert shown(work, way) == SHOWN


@pytest.mark.parametrize("way", ["report", "papermill"])
def test_a_file_called_workbook_does_not_stand_in_for_the_package(work: Path, way: str):
    for folder in (work, work / "notebooks"):
        (folder / "workbook.py").write_text("raise SystemError('not the package')")

    assert shown(work, way) == SHOWN


def test_somebody_may_still_choose_the_kernel_python3(work: Path):
    assert shown(work, "papermill -k python3") == SHOWN


@pytest.mark.parametrize("way", ["report", "papermill"])
@pytest.mark.parametrize(
    ("variable", "value", "record"),
    [
        ("WORKBOOK_HOME", "some/outputs", "some/outputs/workbook.db"),
        ("WORKBOOK_DATABASE_URL", "sqlite:///mine/record.db", "mine/record.db"),
    ],
)
def test_a_relative_place_means_the_folder_the_command_was_started_in(
    work: Path, way: str, variable: str, value: str, record: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(variable, value)

    assert shown(work, way) == SHOWN
    assert list(work.rglob("*.db")) == [work / record]


def test_the_notebooks_name_the_kernel_that_is_shipped():
    spec = json.loads((ROOT / "workbook" / "kernelspec" / "kernel.json").read_text())
    for page in sorted((ROOT / "notebooks").glob("*.ipynb")):
        named = nbformat.read(page, as_version=4).metadata.kernelspec
        assert named == {"name": "ml-audit-workbook", "display_name": spec["display_name"], "language": "python"}
