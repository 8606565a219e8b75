"""The imports go the way CONTRIBUTING says; import-linter reads them from pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_imports_go_down_only():
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout


def test_no_module_deserialises_or_evaluates_what_it_is_given():
    forbidden = ("pickle", "yaml.load(", "eval(", "exec(", "joblib", "shelve")
    found = [
        (path.name, word)
        for path in (ROOT / "workbook").rglob("*.py")
        for word in forbidden
        if word in path.read_text(encoding="utf-8").replace("literal_eval(", "")
    ]
    assert found == []
