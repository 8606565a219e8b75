"""The demo engagement: an invented company, imported as a user's own files would be, its dates moved to today."""

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from workbook import files, paths, yamlfile, zones
from workbook.exchange import imports
from workbook.model import Engagement, Person
from workbook.store import create
from workbook.workspace import open_ledger, open_store

NAME = "demo"
TEXTS = (".csv", ".yaml", ".json", ".md", ".txt", ".log")
_ISO = re.compile(r"(?<![\d-])(\d{4}-\d{2}-\d{2})(?![\d-])")


def load_demo(who: Person, report: Callable[[str], None]) -> None:
    """Bring the demo engagement into the ledger of this workspace; `report` is given a sentence on what happens.

    What an earlier call left half done is taken up again; what is in the ledger already is left as it is.
    """
    ledger = open_ledger()
    begun = NAME in ledger.engagements()
    if begun and ledger.head(NAME).number > 1:
        report("the demo engagement is in the ledger already")
        return
    source = paths.shipped("examples") / NAME
    zone = zones.zone(yamlfile.read(source / "engagement.yaml").data["time_zone"])
    if not begun:
        create(ledger, NAME, Engagement(title=NAME, time_zone=zone.key), who)
    report("loading the demo engagement: Northlight Credit, two ML systems")
    days = (zones.today(zone) - _written_on(source)).days
    with tempfile.TemporaryDirectory() as folder:
        moved = Path(folder) / NAME
        shift(source, moved, days)
        store = open_store(NAME, who)
        imports.apply(store, imports.plan(store, moved))


def _written_on(source: Path) -> date:
    """The day from which the dates of the demo were counted."""
    return date.fromisoformat(files.read_limited(source / "DATE", 100).decode().strip())


def shift(folder: Path, target: Path, days: int) -> None:
    """Copy `folder` to `target`, which must not exist; every ISO date in it is moved by `days` whole days.

    Evidence moves with the registers that speak of it: text files by their text, XLSX by their cells. Anything else,
    and text that is not UTF-8, is copied as it is.
    """
    shutil.copytree(folder, target)
    for file in sorted(f for f in target.rglob("*") if f.is_file() and days):
        if file.suffix in TEXTS:
            _shift_text(file, days)
        elif file.suffix == ".xlsx":
            _shift_book(file, days)


def _shift_text(file: Path, days: int) -> None:
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return
    file.write_bytes(_moved_text(text, days).encode("utf-8"))  # bytes, so that line ends stay what they were


def _shift_book(file: Path, days: int) -> None:
    import openpyxl  # here, because it takes long to import

    book = openpyxl.load_workbook(file)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                moved = _moved_cell(cell.value, days)
                if moved != cell.value:  # a merged cell cannot even be given the value it has
                    cell.value = moved
    book.save(file)


def _moved_cell(value: Any, days: int) -> Any:
    if isinstance(value, str):
        return _moved_text(value, days)
    return value + timedelta(days=days) if isinstance(value, date | datetime) else value


def _moved_text(text: str, days: int) -> str:
    return _ISO.sub(lambda match: _moved(match[1], days), text)


def _moved(text: str, days: int) -> str:
    try:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):  # looks like a date and is none, or leaves the calendar
        return text
