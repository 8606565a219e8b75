"""What is imported when: the command line answers before Jupyter, pandas or papermill would have been read."""

import os
import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from workbook.cli import main
from workbook.cli.commands import SENTENCES
from workbook.store import Store

JUPYTER = {
    "IPython", "anywidget", "ipykernel", "ipywidgets", "jupyter_client", "jupyter_core", "jupyter_server", "jupyterlab",
    "nbclient", "nbconvert", "nbformat", "papermill", "traitlets", "voila", "zmq",
}  # fmt: skip
SLOW = JUPYTER | {"jinja2", "matplotlib", "numpy", "openpyxl", "pandas", "pygraphviz", "tornado", "xlsxwriter"}
OF_THE_RECORD = {"pydantic", "rfc8785", "sqlalchemy", "yaml"}


def imported(code: str) -> set[str]:
    """The packages that a new Python knows after `code`."""
    listed = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint('known', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.rpartition("known ")[2].split()}


def test_import_workbook_reads_nothing_but_the_workbook():
    assert not imported("import workbook") & {*SLOW, *OF_THE_RECORD, "click"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_the_workbook_says_of_itself_takes_no_command_and_no_record(option: str):
    known = imported(f"from workbook.cli import main; main([{option!r}])")

    assert "click" in known
    assert known & {*SLOW, *OF_THE_RECORD} == set()


@pytest.mark.parametrize(
    "arguments", [["list"], ["status", "isms-2027"], ["verify", "isms-2027"], ["new", "--help"], ["report", "--help"]]
)
def test_a_command_that_only_tells_something_reads_no_part_of_jupyter(arguments: list[str], store: Store):
    known = imported(f"from workbook.cli import main; main({arguments!r})")

    assert "click" in known
    assert known & SLOW == set()


def test_the_list_of_commands_says_of_each_what_its_own_help_says():
    shown = CliRunner().invoke(main, ["--help"], terminal_width=1000, max_content_width=1000).output
    rows = dict(line.split(maxsplit=1) for line in shown.partition("Commands:\n")[2].splitlines())

    assert rows == {name: command.get_short_help_str(1000) for name, command in main.commands.items()}


def test_every_command_that_a_module_brings_is_listed():
    modules = [path.stem for path in (ROOT / "workbook" / "cli").glob("*.py") if "\nCOMMANDS = " in path.read_text()]
    brought: dict[str, set[str]] = {}
    for module in modules:
        commands: tuple[click.Command, ...] = import_module(f"workbook.cli.{module}").COMMANDS
        brought[module] = {str(command.name) for command in commands}

    assert brought == {module: set(names) for module, names in SENTENCES.items()}


def test_a_shell_completes_commands_and_their_options():
    def completed(words: str) -> list[str]:
        asked = {"_WORKBOOK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        environment = {**os.environ, **asked}
        run = subprocess.run(
            [sys.executable, "-c", "from workbook.cli import main; main(prog_name='workbook')"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return [line.partition(",")[2] for line in run.stdout.splitlines()]

    assert completed("workbook ") == sorted(main.commands)
    assert "--as-of" in completed("workbook status --")


def test_forms_read_what_writes_files_only_for_a_download():
    assert not imported("from workbook import forms; forms.load()") & {"xlsxwriter", "icalendar", "openpyxl"}


def test_an_opened_audit_reads_pandas_only_for_a_table():
    assert "pandas" not in imported("from workbook import open_audit")
