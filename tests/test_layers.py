"""The imports go the way CONTRIBUTING says; import-linter reads them from pyproject.toml."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT


def test_imports_go_down_only():
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("owners", [{"ledger"}, {"forms"}, {"report", "warm"}])
def test_what_one_room_owns_is_forbidden_to_all_others(owners: set[str]):
    names = {
        path.stem for path in (ROOT / "workbook").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    others = {f"workbook.{name}" for name in names - {"__init__", "__main__", "shipped"} - owners}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = [
        set(c["source_modules"]) for c in project["tool"]["importlinter"]["contracts"] if "source_modules" in c
    ]

    assert others in contracts


def test_no_module_deserialises_or_evaluates_what_it_is_given():
    forbidden = ("pickle", "yaml.load(", "eval(", "exec(", "joblib", "shelve")
    found = [
        (path.name, word)
        for path in (ROOT / "workbook").rglob("*.py")
        for word in forbidden
        if word in path.read_text(encoding="utf-8").replace("literal_eval(", "")
    ]
    assert found == []
