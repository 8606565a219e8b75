"""Which files and tables an import takes, and which it leaves out."""

from pathlib import Path

from workbook import files
from workbook.catalog import Catalog
from workbook.errors import BadFile, UnknownTable
from workbook.exchange.columns import kind_of
from workbook.exchange.mapping import ImportMapping
from workbook.exchange.tables import Table, folder_files
from workbook.language import say
from workbook.words import first_of

ABOUT = "engagement.yaml"
NAMED = 3  # files that a note names


def sources_of(path: Path) -> tuple[Path | None, list[Path]]:
    """The description of the engagement, if there is one, and the files with tables."""
    if not files.mode_of(path):
        raise BadFile(say("{path} does not exist; check the name.", path=files.printable(path)))
    if not files.is_folder(path):
        return (path, []) if path.name == ABOUT else (None, [path])
    about = path / ABOUT
    found = folder_files(path)
    given = bool(files.mode_of(about))
    if not found and not given:
        raise BadFile(say("{path} holds no CSV or XLSX file to import.", path=path))
    return (about if given else None), found


def left_out(folder: Path, taken: set[Path]) -> list[str]:
    """What lies in the folder and was neither read nor named as evidence; hidden files are nobody's."""
    parents = {parent for path in taken for parent in path.parents}
    others = (path for path in folder.iterdir() if path not in taken | parents)
    names = sorted(f"{path.name}/" if path.is_dir() else path.name for path in others)
    shown = [name for name in names if not name.startswith((".", "~"))]
    if not shown:
        return []
    left = first_of(shown, NAMED)
    return [
        say(
            "Left out, because only CSV and XLSX files and {about} are read, and what a table names as evidence: "
            "{left}",
            about=ABOUT,
            left=left,
        )
    ]


def left_aside(catalog: Catalog, mapping: ImportMapping, tables: list[Table]) -> list[Table]:
    """The covers and histories beside tables that are known: sheets of which nobody said what they hold."""
    told = {table.path for table in tables if table.headers and _names_a_kind(catalog, table)}
    return [
        table
        for table in tables
        if table.path in told
        and not mapping.sheets
        and not mapping.of(table.name).into
        and (not table.headers or _names_a_kind(catalog, table) is None)
    ]


def _names_a_kind(catalog: Catalog, table: Table) -> bool | None:
    """Whether the name of a table says what it holds; None if not even a near name does."""
    try:
        kind_of(catalog, table.name)
    except UnknownTable as error:
        return False if error.near else None
    return True
