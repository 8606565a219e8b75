"""Where things lie, whichever folder a notebook or command was started in.

A *workspace* is a folder with `notebooks/` and `checklists/`: a checkout, or what `workbook init` laid out. It is found
upwards from the working folder. Without one, the copies inside the installed package serve. `branding/` in it, or the
folder that `WORKBOOK_BRANDING` names, gives reports their own look.
`WORKBOOK_HOME` moves everything that lies in `outputs/` elsewhere; `WORKBOOK_DATABASE_URL` moves the ledger alone,
`WORKBOOK_EVIDENCE_URL` the evidence files and `WORKBOOK_REPORTS_URL` the reports, for example into a bucket. Relative
ones are meant from the folder in which the command or the notebook's kernel was started.
"""

import os
import re
from pathlib import Path

from platformdirs import user_config_path

from workbook.errors import BadInput
from workbook.remote import Place, place_in

PACKAGE = Path(__file__).resolve().parent
MARKER, BRANDING = "checklists", "branding"
MANIFEST = "manifest.json"  # says what lies in the folder of a report
LEDGER, EVIDENCE, CHOSEN, INBOX, HEADS = "workbook.db", "evidence", "chosen", "inbox", "heads"  # what lies in `home`
PORTFOLIO = "portfolio"  # the folder in `home` of the page on all engagements
PORTFOLIO_PAGE = "10_portfolio"  # its notebook, which is no page of one engagement
CUSTOMER_PAGE = "11_customer_edition"  # the page that is all a customer reads, and nobody else
_ASIDE = ("", "-journal", "-wal", "-shm", "-heads")  # what SQLite and we may put beside a ledger
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # on Windows
_FILE = re.compile(r"(sqlite(?:\+pysqlite)?:///)(?!:memory:)(.+)", re.DOTALL)
KERNEL = PACKAGE / "kernelspec"
KERNEL_NAME = "ml-audit-workbook"  # what the notebooks call it, and what pyproject.toml installs it as


def workspace(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: the working folder) that holds notebooks/ and checklists/.

    Falls back to the checkout this package lies in, then to the working folder.
    """
    here = (start or _working_folder()).resolve()
    for folder in [here, *here.parents, PACKAGE.parent]:
        if (folder / "notebooks").is_dir() and (folder / MARKER).is_dir():
            return folder
    return here


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise BadInput("The folder you are in was deleted; change to another one.") from None


def shipped(name: str) -> Path:
    """The folder `name` (notebooks, checklists or examples) that this version of the package ships."""
    inside = PACKAGE / "shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def notebooks(start: Path | None = None) -> Path:
    """The folder of the notebooks: the workspace's own, else the shipped ones."""
    own = workspace(start) / "notebooks"
    return own if own.is_dir() else shipped("notebooks")


def pages() -> list[Path]:
    """The notebooks that are pages of one engagement, by name; which of them a report holds says its audience."""
    found = sorted(notebooks().glob("[0-9][0-9]_*.ipynb"))
    return [path for path in found if path.stem != PORTFOLIO_PAGE]


def checklists(start: Path | None = None) -> Path:
    """The folder of the checklists: the workspace's own, else the shipped ones."""
    own = workspace(start) / "checklists"
    return own if own.is_dir() else shipped("checklists")


def home(start: Path | None = None) -> Path:
    """The folder of everything the workbook writes: `WORKBOOK_HOME`, else outputs/ of the workspace.

    Raises BadInput where `WORKBOOK_HOME` is not the name of a folder.
    """
    return _named("WORKBOOK_HOME") or workspace(start) / "outputs"


def branding(start: Path | None = None) -> Path:
    """The folder of the own look of reports: `WORKBOOK_BRANDING`, else branding/ of the workspace; it may be missing.

    Raises BadInput where `WORKBOOK_BRANDING` is not the name of a folder.
    """
    return _named("WORKBOOK_BRANDING") or workspace(start) / BRANDING


def _named(variable: str) -> Path | None:
    """The folder that an environment variable names, which may not be there yet; None for none."""
    chosen = os.environ.get(variable, "").strip()
    if not chosen:
        return None
    said = f"{variable} is {chosen[:200]!r}"
    if chosen[0] in "\"'":
        raise BadInput(f"{said}: the quotation mark would become part of the folder's name; leave it out.")
    try:
        folder = (_working_folder() / Path(chosen).expanduser()).resolve()
        if folder.exists() and not folder.is_dir():
            raise BadInput(f"{said}, which is not a folder. Name another one.")
    except RuntimeError:
        raise BadInput(f"{said}, but there is no such user here; write the whole path.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{said}, which cannot be a folder: {reason}. Name another one.") from None
    return folder


def database_url(start: Path | None = None) -> str:
    """The ledger's address for SQLAlchemy: `WORKBOOK_DATABASE_URL`, else workbook.db in `home`."""
    chosen = os.environ.get("WORKBOOK_DATABASE_URL", "").strip()
    if file := _FILE.fullmatch(chosen):
        return f"{file[1]}{_working_folder() / file[2]}"
    return chosen or f"sqlite:///{home(start) / LEDGER}"


def ledger_url(text: str) -> str:
    """The address of the ledger that `text` names, as an address or as the path of a SQLite file."""
    file = _FILE.fullmatch(text)
    if not file and ("://" in text or text.startswith("sqlite:")):
        return text
    return f"{file[1] if file else 'sqlite:///'}{_working_folder() / Path(file[2] if file else text).expanduser()}"


def database_file(start: Path | None = None, url: str = "") -> Path | None:
    """The file in which SQLite keeps the ledger, or that at `url`; None where a server does, or the address is none."""
    file = _FILE.fullmatch(url or database_url(start))
    return Path(file[2]) if file else None


def settle() -> None:
    """Make relative places in the environment absolute, from the working folder of now.

    Whoever begins calls it first, so that kernels started elsewhere and cells that change the folder mean the same.
    """
    for name, place in _RELATIVE.items():
        if os.environ.get(name, "").strip():
            os.environ[name] = str(place())


_RELATIVE = {"WORKBOOK_HOME": home, "WORKBOOK_BRANDING": branding, "WORKBOOK_DATABASE_URL": database_url}


def evidence(start: Path | None = None) -> Place:
    """The folder of the evidence files: `WORKBOOK_EVIDENCE_URL`, else evidence/ in `home`."""
    return place_in("WORKBOOK_EVIDENCE_URL") or home(start) / EVIDENCE


def reports() -> Place:
    """The folder that holds the folders of all reports: `WORKBOOK_REPORTS_URL`, else `home`."""
    return place_in("WORKBOOK_REPORTS_URL") or home()


def evidence_of(url: str) -> Place:
    """The folder of the evidence files of the ledger at `url`: beside a file, else that of `home`."""
    file, own = database_file(url=url), database_file()
    return file.with_name(EVIDENCE) if file and not (own and file.resolve() == own.resolve()) else evidence()


def heads(start: Path | None = None, url: str = "") -> Path:
    """The folder in which newest heads of the ledger, or of that at `url`, are noted: beside a file, or in `home`."""
    file = database_file(start, url)
    return file.with_name(f"{file.name}-heads") if file else home(start) / HEADS


def inbox(start: Path | None = None) -> Path:
    """The folder into which people put files that they attach later."""
    return home(start) / INBOX


def chosen(start: Path | None = None) -> Path:
    """The file that names the engagement which every notebook opens."""
    return home(start) / CHOSEN


def is_reserved(engagement: str, start: Path | None = None) -> bool:
    """Whether a folder of this name among the workspace's own things would take the place of one of them."""
    ledger = database_file(start)
    ledgers = {LEDGER, ledger.name} if ledger and ledger.parent == home(start) else {LEDGER}
    own = {EVIDENCE, CHOSEN, INBOX, HEADS, PORTFOLIO, "incoming", "notebooks", MARKER, "outputs"}
    own |= {f"{name}{more}" for name in ledgers for more in _ASIDE}
    return engagement in own or engagement.partition(".")[0] in _DEVICES


def results(engagement: str, audience: str = "internal", system: str = "") -> Place:
    """The folder of one edition of an engagement's report: its pages and executed notebooks.

    The team's own lies in the engagement's folder, that of another audience in one of its own below it; so does the
    report on one system, by the key that the audience reads. An engagement that was begun under a reserved name has
    them apart, where no engagement's name can lead.
    """
    folder = reports() / (f"_{engagement}" if is_reserved(engagement) else engagement)
    folder = folder if audience == "internal" else folder / audience
    return folder / "systems" / _file_name(system) if system else folder


def issued(engagement: str, number: int | None = None) -> Place:
    """The folder of an engagement's reports that were issued, or of the one with this number: never written twice."""
    folder = results(engagement) / "issued"
    return folder if number is None else folder / f"{number:03d}"


def issuing(engagement: str) -> Path:
    """The folder in which a report lies until it is recorded as issued: beside where it is to go, else in `home`."""
    folder = issued(engagement)
    return folder if isinstance(folder, Path) else home() / ".issuing" / engagement


def verifier() -> Path:
    """The script that says without the workbook whether a report is as it was issued."""
    inside = PACKAGE / "shipped" / "verify_report.py"
    return inside if inside.is_file() else PACKAGE.parent / "docs" / "verify_report.py"


def unfinished() -> Path:
    """The folder of pages whose report is not whole yet, where no engagement's name can lead."""
    return home() / ".unfinished"


def portfolio() -> Place:
    """The folder of the page on all engagements, beside those of their reports."""
    return reports() / PORTFOLIO


def _file_name(key: str) -> str:
    """A key as the name of a file: whatever a file system may understand otherwise is written as %3A."""
    return re.sub(r"[^\w.-]", lambda found: f"%{ord(found[0]):02X}", key)


def inside(path: Path) -> Path:
    """`path` without links to folders and without `..`, if it lies in the workspace or in `home`; raises BadInput.

    A page may be served to others, who must not reach what the person who serves it can read elsewhere.
    """
    try:
        real = path.parent.resolve() / path.name
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, or links that lead back to themselves
        raise BadInput(f"{str(path)[:200]!r} is not the name of a file.") from None
    if not any(real.is_relative_to(folder.resolve()) for folder in (workspace(), home())):
        raise BadInput(f"Only a file in the workspace can be attached by its path. Copy it to {inbox()}, or upload it.")
    return real


def signing_key() -> Path:
    """The private key by which this person signs what they issue: apart from every workspace and repository."""
    return user_config_path("ml-audit-workbook") / "signing-key.pem"


def settings() -> Path:
    """The file that remembers who speaks on this machine."""
    return user_config_path("ml-audit-workbook") / "identity.json"
