"""What docs/team.md and examples/team tell a team to run is there, and reads as the program that it is for reads it."""

import ast
import re
import shlex
from collections.abc import Iterator

import click
import pytest
import yaml

from tests.conftest import PLACES, ROOT
from workbook.cli import main

TEAM = (ROOT / "docs" / "team.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "examples" / "team"


def workflow(name: str) -> dict[str, object]:
    loaded = yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def lines() -> Iterator[str]:
    """Every line of a shell that the documents give."""
    for block in re.findall(r"^```sh\n(.*?)^```", TEAM, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from (found.replace("\n", " ") for found in re.findall(r"`(workbook [^`]+)`", TEAM))
    yield from (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines()
    jobs = workflow("github-actions.yml")["jobs"]
    yield from (step["run"] for step in jobs["reports"]["steps"] if "run" in step)  # type: ignore[index]
    yield from workflow("gitlab-ci.yml")["reports"]["script"]  # type: ignore[index]
    tree = ast.parse((EXAMPLES / "airflow_dag.py").read_text(encoding="utf-8"))
    yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


COMMANDS = sorted(
    {found.strip() for line in lines() for found in re.findall(r"(?<![\w./-])workbook [a-z][^|&>#']*", line)}
)


def test_the_documents_give_commands():
    assert {command.split()[1] for command in COMMANDS} >= {"batch", "report", "verify", "check", "migrate-store"}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_there_with_its_options(line: str):
    _, name, *arguments = shlex.split(line, comments=True)
    given = {argument.partition("=")[0] for argument in arguments if argument.startswith("--")}
    command = main.get_command(click.Context(main), name)
    assert command is not None, name
    known = {option for parameter in command.params for option in parameter.opts}
    assert given <= known
    assert all(option in command.get_help(click.Context(command)) for option in given)


def test_the_workflows_say_what_their_service_asks_for():
    github, gitlab = workflow("github-actions.yml"), workflow("gitlab-ci.yml")

    job = github["jobs"]["reports"]  # type: ignore[index]
    assert {"schedule", "push", "workflow_dispatch"} == set(github[True])  # type: ignore[index]  # YAML takes `on` for true
    assert job["runs-on"]
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    assert {"image", "script", "rules", "artifacts"} <= set(gitlab["reports"])  # type: ignore[arg-type]
    for variables in (job["env"], gitlab["reports"]["variables"]):  # type: ignore[index]
        assert {name for name in variables if name.startswith("WORKBOOK_")} <= set(PLACES)


def test_every_line_of_the_crontab_is_a_job_a_variable_or_a_remark():
    for line in (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"#.*|[A-Z_]+=\S+|(?:[\d*/,-]+ +){5}\S.*", line), line
        assert "%" not in line, "cron takes it for a new line"


def test_the_links_lead_to_files_and_the_variables_are_read():
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", TEAM)
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "workbook").rglob("*.py"))

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    assert [name for name in set(re.findall(r"WORKBOOK_[A-Z_]+", TEAM)) if f'"{name}"' not in code] == []
