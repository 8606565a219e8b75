"""What is imported when: the command line answers before Jupyter, pandas or papermill would have been read."""

import subprocess
import sys

import pytest

SLOW = {"IPython", "anywidget", "ipywidgets", "jinja2", "nbconvert", "nbformat", "openpyxl", "pandas", "papermill"}


def imported(code: str) -> set[str]:
    """The packages that a new Python knows after `code`."""
    listed = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint('known', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.rpartition("known ")[2].split()}


def test_import_workbook_reads_nothing_but_the_workbook():
    assert not imported("import workbook") & {*SLOW, "click", "pydantic", "sqlalchemy", "yaml"}


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["new", "--help"], ["report", "--help"]])
def test_a_command_that_only_tells_something_reads_no_part_of_jupyter(arguments: list[str]):
    known = imported(f"from workbook.cli import main; main({arguments!r})")

    assert "click" in known
    assert known & SLOW == set()


def test_forms_read_what_writes_files_only_for_a_download():
    assert not imported("from workbook import forms; forms.load()") & {"xlsxwriter", "icalendar", "openpyxl"}


def test_an_opened_audit_reads_pandas_only_for_a_table():
    assert "pandas" not in imported("from workbook import open_audit")
