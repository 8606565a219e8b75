"""What ships: a wheel that works without a checkout, the same dependencies for conda, a lock without addresses."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def requirements() -> set[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [
        *PROJECT["project"]["dependencies"],
        *extras["app"],
        *extras["notebook"],
        *extras["postgres"],
        *extras["test"],
    ]
    return {*wanted, *(r for r in extras["build"] if r.startswith("hatchling"))}


def test_conda_users_get_the_same_dependencies():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    conda = [
        entry for entry in listed if isinstance(entry, str) and entry != "pip" and not entry.startswith("python>=")
    ]

    assert {*conda, *by_pip} == requirements()


def test_the_lock_pins_every_requirement_by_hash_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)(?:\[\w+\])?==", lock, re.MULTILINE)}
    wanted = {re.split(r"[>=\[]", r)[0].lower() for r in requirements()}

    assert wanted <= pinned
    assert (
        lock.count("==") <= lock.count("--hash=sha256:") + lock.count("_full_version ==") + lock.count("platform_") * 2
    )
    assert not re.search(r"https?://|--index|--find-links", lock)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment with the wheel; dependencies come from the one that runs the tests."""
    place = tmp_path_factory.mktemp("env")
    venv.create(place, with_pip=False, system_site_packages=False)
    site = next(place.glob("lib/python*/site-packages"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(site), str(wheel)], check=True, capture_output=True)
    ours = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "dependencies.pth").write_text(ours + "\n")
    return place


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WORKBOOK_", "PYTHON"))}
    env |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    command = [str(installed / "bin" / "python"), "-c", "from workbook.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_wheel_lays_out_a_working_workspace_without_a_checkout(installed: Path, tmp_path: Path):
    where = run(installed, tmp_path, "init", "my-audit", "--json")
    assert where.returncode == 0, where.stderr
    home = tmp_path / "my-audit"

    assert len(list((home / "notebooks").glob("*.ipynb"))) == 7
    assert run(installed, home, "new", "mine", "--date", "2027-02-02").returncode == 0
    listed = run(installed, home, "list", "--json")
    assert [e["engagement"] for e in json.loads(listed.stdout)] == ["mine"]
    assert (home / "outputs" / "workbook.db").is_file()
    found = run(installed, home, "check", "--json")
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_package_that_was_tested_is_the_one_from_the_wheel(installed: Path, tmp_path: Path):
    command = [str(installed / "bin" / "python"), "-c", "import workbook; print(workbook.__file__)"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert str(installed) in found


def test_init_leaves_a_changed_checklist_as_it_is_and_says_so(installed: Path, tmp_path: Path):
    run(installed, tmp_path, "init", "my-audit")
    mine = tmp_path / "my-audit" / "checklists" / "registers.yaml"
    mine.write_text(mine.read_text() + "# mine\n")

    again = run(installed, tmp_path, "init", "my-audit")

    assert again.returncode == 0
    assert "checklists/registers.yaml" in again.stdout
    assert mine.read_text().endswith("# mine\n")
