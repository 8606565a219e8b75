"""Commands that serve the notebooks in a browser: lab, app."""

import os
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import click

from workbook import paths, people
from workbook.cli.output import say
from workbook.cli.serving import FIRST
from workbook.errors import BadInput, Unknown
from workbook.model import Person, Role
from workbook.record import Record
from workbook.workspace import chosen, has_ledger, open_store

OLDEST_LAB = (4, 2)
LAB = paths.PACKAGE / "cli" / "lab"
QUIET = "--Application.log_level=WARN"  # what is given after it counts, such as --debug


@click.command("lab")
@click.option("--mine", metavar="WHO", help="Speak as WHO, for example 'ML platform lead', and open their questions.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="The role of WHO in the audit. [that of the register of people, else preparer]",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(mine: str | None, role: str | None, arguments: tuple[str, ...]) -> None:
    """Open the notebooks in JupyterLab, on the first page.

    \b
    Examples:
      workbook lab
      workbook lab --mine "ML platform lead"
      workbook lab -- --no-browser --port 8899
      workbook lab -- --allow-root
      workbook lab -- --debug

    What stands behind -- goes to JupyterLab: --no-browser prints the address alone, --port asks for one port,
    --allow-root is for a container in which you are root, --debug shows Jupyter's own log. Ctrl-C stops the server;
    what was answered is in the record already.
    """
    if role and not mine:
        raise BadInput("--role says what WHO does in the audit; add --mine 'WHO'.")
    _require_lab()
    page = f"{FIRST}.ipynb{_speak(mine, role) if mine else ''}"
    opened = [f"--LabApp.default_url=/lab/tree/{page}"] if (paths.notebooks() / f"{FIRST}.ipynb").is_file() else []
    _become(
        "workbook.cli.lab_server", QUIET, f"--ServerApp.root_dir={paths.notebooks()}", *opened, *_settings(), *arguments
    )


@click.command("app")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def app(arguments: tuple[str, ...]) -> None:
    """Serve the notebooks as pages without code, with Voilà (needs the extra `app`).

    \b
    Examples:
      workbook app
      workbook app -- --no-browser --port 8866
      workbook app -- --debug

    What stands behind -- goes to Voilà. Ctrl-C stops it; what was answered is in the record already.
    """
    if find_spec("voila") is None:
        raise BadInput("`workbook app` needs Voilà, which is not installed: pip install 'ml-audit-workbook[app]'.")
    without_code = "--TagRemovePreprocessor.remove_cell_tags=not-in-report"  # results of code that nobody sees
    _become(
        "workbook.cli.app_server", QUIET, str(paths.notebooks()), "--show_tracebacks=True", without_code, *arguments
    )


def _become(server: str, *arguments: str) -> None:
    """Go on as this server, in the folder of the notebooks; its kernels find this workspace wherever they run."""
    environment = {"PYTHONSTARTUP": str(LAB / "startup.py"), **os.environ, "WORKBOOK_HOME": str(paths.home())}
    os.chdir(paths.notebooks())
    command = [sys.executable, "-P", "-m", server, *arguments]  # -P: not what lies in that folder
    if os.name == "posix":  # one process, so that whoever ends it ends the server
        os.execve(sys.executable, command, environment)  # noqa: S606 - our own command
    raise SystemExit(subprocess.call(command, env=environment))  # noqa: S603 - our own command


def _settings() -> list[str]:
    """JupyterLab without news, and with callbacks on the kernel's main thread where it allows to choose."""
    options = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    return [*options, f"--LabApp.app_settings_dir={LAB}"] if LAB.is_dir() else options


# whether JupyterLab can do it ---------------------------------------------------------------------------------------


def _require_lab() -> None:
    """Raise BadInput where JupyterLab is missing, too old, or of another environment than the workbook."""
    install = f"{sys.executable} -m pip install --upgrade jupyterlab anywidget"
    found = find_spec("jupyterlab")
    if found is None:
        raise BadInput(f"`workbook lab` needs JupyterLab, which is not installed: {install}")
    there = version("jupyterlab")
    if tuple(int(part) for part in there.split(".")[:2]) < OLDEST_LAB:
        oldest = ".".join(map(str, OLDEST_LAB))
        raise BadInput(f"JupyterLab {there} is too old for the forms; they need {oldest} or newer: {install}")
    if not _draws_forms():
        raise BadInput(
            f"JupyterLab ({found.origin}) belongs to another environment than the workbook and would not draw its "
            f"forms. Install both in one: {install}"
        )


def _draws_forms() -> bool:
    """Whether JupyterLab finds, where it looks for extensions, the one that every form needs."""
    from jupyter_core.paths import jupyter_path

    return any((Path(place) / "anywidget").is_dir() for place in jupyter_path("labextensions"))


# whose questions ----------------------------------------------------------------------------------------------------


def _speak(name: str, role: str | None) -> str:
    """Remember that `name` speaks; returns the anchor of their questions on the first page."""
    from workbook.server.pages import notebooks

    record = _record()
    speaker = people.speaker(name, role or _role(record, name))
    people.remember(speaker)
    if record and not _is_known(record, speaker):
        say(
            f"Nobody called {speaker.name!r} is in the register of people or owns anything in {record.name}; "
            "look at the name, or give them questions with “Several at once …”."
        )
    anchor = next((page.anchors.get("mine", "") for page in notebooks() if page.name == FIRST), "")
    return f"#{anchor}" if anchor else ""


def _record() -> Record | None:
    """The record of the engagement that the notebooks open; None while there is none."""
    if not has_ledger():
        return None
    store = open_store("")
    try:
        store.name = chosen(store)
    except Unknown:
        return None
    return store.record()


def _role(record: Record | None, name: str) -> str:
    """The role that the register of people gives to `name`."""
    rows = record.register("people") if record else ()
    parts = (str(row["part"]) for row in rows if people.same_person(row.name, name) and row["part"] in set(Role))
    return next(parts, Role.PREPARER.value)


def _is_known(record: Record, speaker: Person) -> bool:
    """Whether the record names this person: among the people, or as the owner of a question or a row."""
    rows = [row for register in record.catalog.registers for row in record.register(register)]
    names = [row.name for row in record.register("people")]
    names += [str(row.values.get("owner") or "") for row in rows] + [a.answer.value.owner for a in record.asked]
    return any(people.same_person(name, speaker.name) for name in names)


COMMANDS = (lab, app)
