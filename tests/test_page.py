"""What a report knows of a notebook once it has read it: what it is called, what it answers, what it takes."""

from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.helpers_pages import notebook, saved, text
from workbook.paths import PORTFOLIO_PAGE
from workbook.report import read_page


def test_a_page_is_called_after_its_heading_and_answers_its_first_sentence(tmp_path: Path):
    made = notebook()
    made.cells[0] = text("# Control review\n\nWhich controls\nwork. About an hour.\n\nMore words.")

    page = read_page(saved(tmp_path, made, "03_control_review"))

    assert (page.name, page.title, page.question) == ("03_control_review", "Control review", "Which controls work.")


@pytest.mark.parametrize("opening", ["", "# ", "\n"], ids=ascii)
def test_a_page_without_a_heading_is_called_by_its_name_and_promises_nothing(tmp_path: Path, opening: str):
    made = notebook()
    made.cells[0] = text(opening)

    page = read_page(saved(tmp_path, made))

    assert (page.title, page.question) == ("01_page", "")


def test_a_page_takes_what_stands_in_its_parameters_cell(tmp_path: Path):
    assert read_page(saved(tmp_path, notebook())).parameters == ("engagement", "limit")
    empty = nbformat.v4.new_notebook()
    assert read_page(saved(tmp_path, empty)).parameters == ()


def test_a_file_that_is_no_notebook_is_a_page_with_a_problem(tmp_path: Path):
    (tmp_path / "01_page.ipynb").write_text("<<<<<<< HEAD")

    broken = read_page(tmp_path / "01_page.ipynb")
    gone = read_page(tmp_path / "02_gone.ipynb")

    assert "01_page.ipynb is no notebook that can be read" in broken.problem
    assert (broken.title, broken.question, broken.parameters) == ("01_page", "", ())
    assert "02_gone.ipynb does not exist" in gone.problem


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_page_of_ours_says_what_it_answers_and_takes_the_same_parameters(path: Path):
    page = read_page(path)

    assert page.title != page.name
    assert page.question.endswith(".")
    of_one = () if page.name == PORTFOLIO_PAGE else ("engagement", "system")
    whom = ("recipient",) if page.name == "06_audit_report" else ()
    assert page.parameters == (*of_one, "as_of", "audience", *whom, "mode")
