"""The documents say what is there: every command, every module, every make target."""

import re
import tomllib

import click
import pytest

from tests.conftest import ROOT
from workbook.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme_and_teaches_by_example(name: str):
    command = main.commands[name]

    assert f"workbook {name}" in README
    assert f"workbook {name}" in (command.help or ""), "its help shows no example"


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_says_what_it_does(name: str):
    options = [p for p in main.commands[name].params if isinstance(p, click.Option)]

    assert [o.name for o in options if not o.help] == []


def test_every_package_of_the_workbook_has_its_place_in_contributing():
    parts = {p.stem for p in (ROOT / "workbook").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}

    assert sorted(p for p in parts - {"__init__", "__main__", "shipped"} if f"`{p}`" not in CONTRIBUTING) == []


def test_the_readme_names_only_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"make ([a-z]+)`", README)) <= targets
    assert {"make demo", "make test"} <= set(re.findall(r"make [a-z]+", README))


def test_the_readme_links_to_files_that_exist():
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_version_is_in_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    version = re.search(r'__version__ = "(.+)"', (ROOT / project["tool"]["hatch"]["version"]["path"]).read_text())[1]

    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
