"""What ships: a wheel that works without a checkout, the same dependencies for conda, a lock without addresses."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


OPTIONAL = PROJECT["project"]["optional-dependencies"]


def requirements() -> set[str]:
    wanted = [r for extra in ("app", "notebook", "postgres", "remote", "dask", "sign", "test") for r in OPTIONAL[extra]]
    hatchling = [r for r in OPTIONAL["build"] if r.startswith("hatchling")]
    return {*PROJECT["project"]["dependencies"], *wanted, *hatchling}


def test_conda_users_get_the_same_dependencies():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    conda = [
        entry for entry in listed if isinstance(entry, str) and entry != "pip" and not entry.startswith("python>=")
    ]

    assert {*conda, *by_pip} == requirements()


RUN_TIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; [^\\]+?)?(?: --hash=sha256:[0-9a-f]{64})+")


def pins(lock: str) -> set[tuple[str, str]]:
    """Name and version of each requirement in a lock; raises ValueError for one without == and hash, or with more."""
    joined = lock.replace("\\\n    ", "").splitlines()
    found = [(line, PIN.fullmatch(line.rstrip())) for line in joined]
    if loose := [line.split(" --hash")[0] for line, match in found if match is None]:
        raise ValueError(f"not pinned by version and hash: {loose}")
    return {(match["name"], match["version"]) for _, match in found if match}


def needed(*extras: str) -> set[str]:
    listed = [*PROJECT["project"]["dependencies"], *(r for e in extras for r in OPTIONAL[e])]
    return {re.split(r"[>=\[]", requirement)[0].lower().replace("_", "-") for requirement in listed}


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        (RUN_TIME, ("app", "build")),
        (DEVELOPMENT, ("app", "build", "notebook", "postgres", "remote", "dask", "sign", "test", "check")),
    ],
    ids=["run time", "development"],
)
def test_a_lock_pins_what_it_is_for_by_version_and_hash(lock: Path, extras: tuple[str, ...]):
    assert needed(*extras) <= {name for name, _ in pins(lock.read_text())}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"(?m)^click==\S+ \\\n( +--hash=\S+ \\\n)* +--hash=\S+$", "click==8.5.1"),
        (r"(?m)^click==", "click>="),
        (r"(?m)^click==", "click[extra]=="),
        (r"(?m)\A", "--extra-index-url https://example.org/simple\n"),
    ],
    ids=["no hash", "no version", "an extra, which an old pip resolves by itself", "an address"],
)
def test_a_lock_that_leaves_anything_open_is_seen(before: str, after: str):
    changed, times = re.subn(before, after, RUN_TIME.read_text(), count=1)

    assert times == 1
    with pytest.raises(ValueError, match="not pinned"):
        pins(changed)


def test_tests_run_with_the_very_releases_that_users_get():
    assert pins(RUN_TIME.read_text()) <= pins(DEVELOPMENT.read_text())


def test_the_demo_needs_no_test_runner_type_checker_or_browser_driver():
    run_time = {name for name, _ in pins(RUN_TIME.read_text())}

    assert not run_time & (needed("test", "check", "notebook", "postgres", "remote", "dask") - needed("app", "build"))


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
    ours = [p for p in sys.path if p.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(ours) + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return place


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(installed, folder, "-m", "workbook", *arguments)


def python(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WORKBOOK_", "PYTHON"))}
    env |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    command = [str(installed / "bin" / "python"), *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_wheel_lays_out_a_working_workspace_without_a_checkout(installed: Path, tmp_path: Path):
    where = run(installed, tmp_path, "init", "my-audit", "--json")
    assert where.returncode == 0, where.stderr
    home = tmp_path / "my-audit"

    assert len(list((home / "notebooks").glob("*.ipynb"))) == 12
    assert run(installed, home, "new", "mine", "--date", "2027-02-02").returncode == 0
    listed = run(installed, home, "list", "--json")
    assert [e["engagement"] for e in json.loads(listed.stdout)] == ["mine"]
    assert (home / "outputs" / "workbook.db").is_file()
    found = run(installed, home, "check", "--json")
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_package_that_was_tested_is_the_one_from_the_wheel(installed: Path, tmp_path: Path):
    found = python(installed, tmp_path, "-c", "import workbook; print(workbook.__file__)").stdout

    assert str(installed) in found


def test_the_wheel_brings_the_kernel_that_its_notebooks_name(installed: Path, tmp_path: Path):
    run(installed, tmp_path, "init", "my-audit")
    run(installed, tmp_path / "my-audit", "new", "mine")
    page = ("notebooks/06_audit_report.ipynb", "out.ipynb", "-p", "engagement", "mine", "--no-progress-bar")

    found = python(installed, tmp_path / "my-audit", "-m", "papermill", *page)

    assert found.returncode == 0, found.stderr
    assert (installed / "share" / "jupyter" / "kernels" / "ml-audit-workbook" / "kernel.json").is_file()


def test_the_wheel_makes_jupyter_servers_load_what_the_panel_asks(installed: Path, tmp_path: Path):
    listed = python(installed, tmp_path, "-m", "jupyter_server.extension.serverextension", "list")

    assert "workbook.server" in listed.stdout + listed.stderr
    assert (installed / "etc" / "jupyter" / "jupyter_server_config.d" / "ml-audit-workbook.json").is_file()


def test_the_wheel_brings_the_extension_as_it_was_built_and_not_what_it_was_built_from(installed: Path, wheel: Path):
    place = installed / "share" / "jupyter" / "labextensions" / "ml-audit-workbook"
    built = ROOT / "workbook" / "lab" / "built"
    load = json.loads((place / "package.json").read_text())["jupyterlab"]["_build"]["load"]

    assert (place / load).is_file()
    for file in (f for f in built.rglob("*") if f.is_file()):
        assert (place / file.relative_to(built)).read_bytes() == file.read_bytes()
    assert [n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("workbook/lab/")] == []


def test_what_npm_installs_is_pinned_by_hash_and_comes_from_no_named_address():
    for folder in ("workbook/lab", "tests/javascript"):
        packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
        assert [name for name, about in packages.items() if name and "integrity" not in about] == []
        assert [name for name, about in packages.items() if "resolved" in about] == []


def test_the_app_without_voila_is_told_in_one_sentence(installed: Path, tmp_path: Path):
    without = "import sys; sys.modules['voila'] = None; from workbook.cli import main; main()"

    found = python(installed, tmp_path, "-c", without, "app")

    assert found.returncode == 2
    assert "pip install 'ml-audit-workbook[app]'" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_jupyterlab_of_another_environment_is_told_in_one_sentence(installed: Path, tmp_path: Path):
    found = run(installed, tmp_path, "lab")

    assert found.returncode == 2
    assert "belongs to another environment" in found.stderr
    assert f"{installed / 'bin' / 'python'} -m pip install" in found.stderr
    assert "Traceback" not in found.stderr


def test_init_leaves_a_changed_checklist_as_it_is_and_says_so(installed: Path, tmp_path: Path):
    run(installed, tmp_path, "init", "my-audit")
    mine = tmp_path / "my-audit" / "checklists" / "registers.yaml"
    mine.write_text(mine.read_text() + "# mine\n")

    again = run(installed, tmp_path, "init", "my-audit")

    assert again.returncode == 0
    assert "checklists/registers.yaml" in again.stdout
    assert mine.read_text().endswith("# mine\n")
