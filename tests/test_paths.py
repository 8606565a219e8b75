"""Where things lie, whichever folder one starts in."""

import os
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook import paths


def test_a_workspace_is_found_from_any_folder_below_it(tmp_path: Path):
    for name in ("notebooks", "checklists"):
        (tmp_path / "mine" / name).mkdir(parents=True)

    assert paths.workspace(tmp_path / "mine" / "notebooks") == tmp_path / "mine"
    assert paths.checklists(tmp_path / "mine" / "notebooks") == tmp_path / "mine" / "checklists"


def test_outside_a_workspace_the_shipped_pages_serve(tmp_path: Path):
    assert (paths.notebooks(tmp_path) / "00_start.ipynb").is_file()
    assert paths.checklists(tmp_path) == ROOT / "checklists"


def test_workbook_home_moves_everything_that_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "elsewhere"))

    assert paths.database_url() == f"sqlite:///{tmp_path}/elsewhere/workbook.db"
    assert paths.evidence() == tmp_path / "elsewhere" / "evidence"
    assert paths.results("demo") == tmp_path / "elsewhere" / "demo"
    assert paths.results("demo", "customer") == tmp_path / "elsewhere" / "demo" / "customer"
    assert paths.results("demo", "customer", "a/b:1") == paths.results("demo", "customer") / "systems" / "a%2Fb%3A1"


def test_the_database_alone_can_be_moved(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", "postgresql+psycopg://localhost/audit")

    assert paths.database_url() == "postgresql+psycopg://localhost/audit"


def test_without_a_setting_outputs_lie_in_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WORKBOOK_HOME")
    for name in ("notebooks", "checklists"):
        (tmp_path / name).mkdir()

    assert paths.home(tmp_path / "notebooks") == tmp_path / "outputs"


@pytest.mark.parametrize(
    ("variable", "value", "place"),
    [
        ("WORKBOOK_HOME", "some/outputs", "{here}/some/outputs"),
        ("WORKBOOK_HOME", "~/outputs", "{here}/outputs"),
        ("WORKBOOK_DATABASE_URL", "sqlite:///record.db", "sqlite:///{here}/record.db"),
        ("WORKBOOK_DATABASE_URL", "sqlite+pysqlite:///a/../record.db", "sqlite+pysqlite:///{here}/a/../record.db"),
        ("WORKBOOK_DATABASE_URL", "sqlite:////srv/record.db", "sqlite:////srv/record.db"),
        ("WORKBOOK_DATABASE_URL", "sqlite:///:memory:", "sqlite:///:memory:"),
        ("WORKBOOK_DATABASE_URL", "postgresql+psycopg://host/audit", "postgresql+psycopg://host/audit"),
    ],
)
def test_once_settled_a_place_is_the_same_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, place: str
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(variable, value)
    monkeypatch.chdir(tmp_path)

    paths.settle()
    monkeypatch.chdir("/")

    found = str(paths.home()) if variable == "WORKBOOK_HOME" else paths.database_url()
    assert found == os.environ[variable] == place.format(here=tmp_path)


def test_settling_sets_nothing_that_nobody_has_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", " ")

    paths.settle()

    assert os.environ["WORKBOOK_HOME"] == " "
    assert "WORKBOOK_DATABASE_URL" not in os.environ
