"""The documents say what is there: every command, every module, every make target."""

import re
import tomllib

import click
import pytest

from tests.conftest import ROOT
from workbook.cli import main
from workbook.forms import guidance

README = (ROOT / "README.md").read_text(encoding="utf-8")
JUPYTER = "Run → Run All Cells, Kernel → Restart Kernel and Run All Cells"  # menus
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
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


def test_the_user_guide_links_to_files_that_exist_and_its_pictures_are_small():
    links = [ROOT / "docs" / link for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", GUIDE)]
    pictures = [link for link in links if link.suffix == ".png"]

    assert [link for link in links if not link.exists()] == []
    assert sorted((ROOT / "docs").glob("guide-*.png")) == sorted(pictures)
    assert [picture.name for picture in pictures if picture.stat().st_size > 150_000] == []


def test_the_user_guide_lists_the_keys_that_a_page_lists():
    listed = re.findall(r"^\| (.+?) \| (.+?) \|$", GUIDE.partition("## Keys")[2].partition("## ")[0], re.MULTILINE)

    assert listed == [("key", "does"), *guidance.KEYS]


def test_the_user_guide_names_what_stands_on_the_screen():
    """What it prints in bold is a control, a heading or a menu, unless it ends with a full stop or a colon."""
    files = [*(ROOT / "workbook").glob("forms/**/*.[jp][sy]"), *(ROOT / "workbook" / "lab" / "src").glob("*.ts"),
             *(ROOT / "notebooks").glob("*.ipynb")]  # fmt: skip
    screen = "\n".join([*(file.read_text(encoding="utf-8") for file in files), JUPYTER])
    bold = {" ".join(name.split()) for name in re.findall(r"\*\*([^*]+)\*\*", GUIDE) if name[-1] not in ".:"}

    assert {name for name in bold if name.rstrip(" …") not in screen} == set()


def test_every_command_that_the_user_guide_gives_exists():
    assert set(re.findall(r"(?:^|`|&& )workbook ([a-z-]+)", GUIDE, re.MULTILINE)) <= set(main.commands)


def test_the_version_is_in_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    version = re.search(r'__version__ = "(.+)"', (ROOT / project["tool"]["hatch"]["version"]["path"]).read_text())[1]

    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
