"""The demo engagement: an invented company, imported as a user's own files would be, its dates moved to today."""

import csv
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from workbook import files, paths, yamlfile, zones
from workbook.analysis.sampling import usual_size
from workbook.exchange import imports
from workbook.exchange.populations import Asked, read_results, read_source
from workbook.freezing import draw, freeze, planned, record_results
from workbook.model import Engagement, Person, Review, Role, Slot
from workbook.store import Store, create
from workbook.workspace import open_ledger, open_store

NAME = "demo"
LATER = "later"  # what was recorded after the rest: a version that was approved is older than that
TEXTS = (".csv", ".yaml", ".json", ".md", ".txt", ".log")
WEEK = 7
HALF_A_MONTH = 15
_PERIOD = re.compile(r'^period_from: "(.+)"$', re.MULTILINE)
_PERIOD_END = re.compile(r'^period_to: ".+"$', re.MULTILINE)
_ISO = re.compile(r"(?<![\d-])(\d{4}-\d{2}-\d{2})(?![\d-])")


def load_demo(who: Person, report: Callable[[str], None], name: str = NAME) -> None:
    """Bring the demo engagement into the ledger of this workspace, called `name`; `report` is told what happens.

    What an earlier call left half done is taken up again; what is in the ledger already is left as it is.
    """
    ledger = open_ledger()
    begun = name in ledger.engagements()
    if begun and ledger.head(name).number > 1:
        report("the demo engagement is in the ledger already")
        return
    source = paths.shipped("examples") / NAME
    zone = zones.zone(yamlfile.read(source / "engagement.yaml").data["time_zone"])
    if not begun:
        create(ledger, name, Engagement(title=name, time_zone=zone.key), who)
    report("loading the demo engagement: Northlight Credit, two ML systems")
    days = whole_weeks((zones.today(zone) - _written_on(source)).days)
    with tempfile.TemporaryDirectory() as folder:
        moved = Path(folder) / NAME
        shift(source, moved, days)
        _begin_with_a_month(moved / "engagement.yaml")
        store = open_store(name, who)
        for part in (moved, moved / LATER):
            imports.apply(store, imports.plan(store, part))
        record_reviews(store, moved)
        record_samples(store, moved)


def whole_weeks(days: int) -> int:
    """The days of the whole weeks in `days`, rounded down: moved by them, no audit falls on a Sunday."""
    return days // WEEK * WEEK


def audit_year(begins: date) -> tuple[date, date]:
    """A year of whole months for an audit period that would begin on `begins`: its first and last day."""
    near = begins if begins.day <= HALF_A_MONTH else begins.replace(day=1) + timedelta(days=32)
    first = near.replace(day=1)
    return first, first.replace(year=first.year + 1) - timedelta(days=1)


def _begin_with_a_month(about: Path) -> None:
    text = about.read_text(encoding="utf-8")
    if found := _PERIOD.search(text):
        first, last = audit_year(date.fromisoformat(found[1]))
        text = _PERIOD_END.sub(f'period_to: "{last}"', _PERIOD.sub(f'period_from: "{first}"', text))
        about.write_text(text, encoding="utf-8")


def record_reviews(store: Store, folder: Path) -> None:
    """Record what reviews.csv in `folder` says, in the name of each reviewer, of the newest version of each answer.

    No import reads this table, because nobody's review is given by a copy (control A.5.3); the demo plays all its
    people itself.
    """
    answers = store.record().answers
    with (folder / "reviews.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            reviewer = Person(row.pop("reviewer"), Role.REVIEWER)
            version = answers[Slot(row["question"], row["system"]).key].version
            review = Review.parse({**row, "version": version})
            store.acting_as(reviewer).save_review(review, 0)


def record_samples(store: Store, folder: Path) -> None:
    """Freeze and draw what samples.yaml in `folder` names, and record what the items that are drawn first showed.

    Nobody can know beforehand which these are, so the files say it of every item; what an exception adds stays open.
    """
    asked = yamlfile.read(folder / "samples.yaml").data
    auditor = store.acting_as(Person(asked["auditor"], Role.AUDITOR))
    for one in asked["samples"]:
        columns = {k: one[k] for k in ("id_column", "strata", "against_id") if one.get(k)}
        named = Asked(_beside(folder, one["source"]), against=_beside(folder, one.get("against", "")), **columns)
        population, sources = read_source(auditor, named)
        size = usual_size(store.catalog.sampling_sizes(), "", one["risk"], population.count)
        facts = {"method": "stratified" if population.strata else "random", "risk": one["risk"], "size": size.size,
                 "next_size": size.following, "reason": size.reason,
                 "question": one.get("question", ""), "system": one.get("system", "")}  # fmt: skip
        plan = planned(auditor, population, facts)
        drawn = draw(auditor, freeze(auditor, population, *sources).key, plan)
        results = read_results(folder / one["results"])
        items = (drawn.body or {})["items"]
        record_results(auditor, drawn.key, {item: results[item] for item in items if item in results})


def _beside(folder: Path, source: str) -> str:
    return str(folder / source) if source and (folder / source).is_file() else source


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
