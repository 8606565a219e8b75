"""Reads the files of a sample: a population with its ids and strata, a second source, the results of items."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workbook import files
from workbook.analysis.sampling import compare, register_items
from workbook.drawing import Comparison, Population, check_items, frozen
from workbook.errors import BadFile, BadInput, Unknown
from workbook.exchange.csvfile import read_csv
from workbook.language import say
from workbook.store import Store
from workbook.words import first_of, folded

MAX_BYTES = 100 * 1024**2
ENDINGS = (".csv", ".tsv")
ITEM, RESULT, NOTE = "item", "result", "note"
Sources = tuple[tuple[Path, str], ...]  # files that a population was read from, each with its SHA-256


@dataclass(frozen=True, slots=True)
class Asked:
    """Which population is meant: a register or a CSV file, what tells its items apart, and what it is compared with."""

    source: str
    id_column: str = ""
    strata: str = ""
    against: str = ""
    against_id: str = ""
    period_from: date | None = None
    period_to: date | None = None


def read_source(store: Store, asked: Asked) -> tuple[Population, Sources]:
    """The population as it stands now, and the files it was read from. Raises Unknown, BadFile and BadInput."""
    first, last = asked.period_from, asked.period_to
    if first and last and last < first:
        raise BadInput(say("The period ends on {last}, before it begins on {first}.", first=first, last=last))
    about: dict[str, Any] = {"stratified_by": asked.strata, "period_from": first, "period_to": last}
    if asked.source in store.catalog.registers:
        items = register_items(store.record(), asked.source, asked.id_column, asked.strata)
        about |= {"form": "register", "source": asked.source, "column": asked.id_column}
        sources: Sources = ()
    else:
        place, digest = _look(store, asked.source)
        items = read_population(place, asked.id_column or "id", asked.strata)
        about |= {"form": "file", "source": place.name, "column": asked.id_column or "id", "file": digest}
        sources = ((place, digest),)
    if asked.against:
        second, more = _second(store, asked, items)
        about, sources = {**about, "against": second.body()}, (*sources, *more)
    return frozen(items, **about), sources


def _look(store: Store, source: str) -> tuple[Path, str]:
    """The file that is meant, and its SHA-256 before anything of it is read."""
    if not Path(source).exists():
        raise Unknown("register", source, store.catalog.registers, say("Nor is there a file of this name."))
    return Path(source), store.vault.look(Path(source)).sha256


def _second(store: Store, asked: Asked, items: dict[str, str]) -> tuple[Comparison, Sources]:
    if asked.against in store.catalog.registers:
        return compare(asked.against, items, register_items(store.record(), asked.against, asked.against_id)), ()
    place, digest = _look(store, asked.against)
    found = read_ids(place, asked.against_id or asked.id_column or "id")
    return compare(place.name, items, found, digest), ((place, digest),)


def read_population(path: Path, column: str, strata: str = "") -> dict[str, str]:
    """The ids in a column of a CSV file, each with its stratum, empty without strata.

    Raises BadFile for a file that cannot be read or has no such column in its first line, BadInput for ids that are
    missing or there twice.
    """
    found = [(cells[column], cells.get(strata, "")) for cells in _lines(path, column, *filter(None, [strata]))]
    check_items((item for item, _ in found), path.name)
    return dict(found)


def read_ids(path: Path, column: str) -> set[str]:
    """The ids in a column of a CSV file that may name each several times, as a log does."""
    return {cells[column] for cells in _lines(path, column, needs_id=False)} - {""}


def read_results(path: Path) -> dict[str, tuple[str, str]]:
    """What items showed, as result and note, of a CSV file with the columns item, result and note."""
    found = [(cells[ITEM], (cells[RESULT], cells[NOTE])) for cells in _lines(path, ITEM, RESULT, NOTE)]
    check_items((item for item, _ in found), path.name)
    return dict(found)


def _lines(path: Path, *columns: str, needs_id: bool = True) -> Iterator[dict[str, str]]:
    """The cells of these columns, line by line."""
    if path.suffix.lower() not in ENDINGS:
        raise BadFile(say("{name} is no CSV file; save it as one.", name=path.name))
    with files.open_limited(path, MAX_BYTES, say("Take a shorter period.")) as file:
        rows = read_csv(path, file).rows
    if not rows:
        raise BadFile(say("{name} is empty; its first line must name the columns.", name=path.name))
    names = {folded(name): place for place, name in rows[0].cells.items()}
    for name in columns:
        if folded(name) not in names:
            raise _no_column(path, name, list(rows[0].cells.values()))
    for row in rows[1:]:
        if needs_id and not row.cells.get(names[folded(columns[0])], "").strip():
            raise BadFile(
                say("{name}, line {line}: the column {column} is empty; every item needs its id.", name=path.name,
                    line=row.number, column=columns[0])
            )  # fmt: skip
        yield {name: row.cells.get(names[folded(name)], "").strip() for name in columns}


def _no_column(path: Path, name: str, there: list[str]) -> BadFile:
    return BadFile(
        say("{file}: no column is called {name!r}; the first line must name the columns, and is {first}.",
            file=path.name, name=name, first=first_of(there, 6))
    )  # fmt: skip
