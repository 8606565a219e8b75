"""Finds the row of a grid that names the columns of its table, and gives every column one name."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from workbook.exchange.grid import Grid, Row
from workbook.language import say
from workbook.words import folded

LOOKED_AT = 60  # rows in which the header is looked for
LONGEST = 120  # characters in the name of a column
FULL = 0.6  # of the cells of the widest row, and of the cells of a header that are words
VARIED = 0.5  # of the cells of a header that differ; under two groups the same names stand twice
VALUE = re.compile(r"[-+]?[0-9][0-9.,:/% -]*\Z")  # a number, a date, a time
Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns, by its place in the grid, and the names by column; `notes` say what was done."""

    index: int
    names: dict[int, str]
    notes: tuple[str, ...]


def find_header(grid: Grid, known: Known | None) -> Header | None:
    """The header of a grid: the row with the most names that are `known`, else the first that looks like one."""
    rows = grid.rows[:LOOKED_AT]
    widest = max((len(row.cells) for row in rows), default=0)
    likely = [place for place, row in enumerate(rows) if _looks_like_names(row, widest)]
    scores = [len({folded(cell) for cell in row.cells.values() if known and known(clean(cell))}) for row in rows]
    best = max(range(len(rows)), key=scores.__getitem__, default=0)
    if max(scores, default=0) < 2:  # one word that is known may stand anywhere
        if not likely:
            return None
        best = max(likely, key=scores.__getitem__) if widest <= 2 else likely[0]
    return name_columns(grid, best + _is_upper(grid, best, known))


def clean(text: str) -> str:
    """The name of a column on one line, its letters composed as everywhere."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_comment(cell: str) -> bool:
    """True for `# exported by Kim`, and not for `#` or `#ID`, which may be the name of a column."""
    return cell.lstrip().startswith("#") and len(cell.lstrip("# ").split()) > 1


def _looks_like_names(row: Row, widest: int) -> bool:
    """True if a row is short words, most of them different, about as many as the table is wide."""
    if is_comment(row.cells[min(row.cells)]):
        return False
    words = [folded(cell) for cell in row.cells.values() if _is_name(cell)]
    many = min(widest, max(2, FULL * widest))
    return len(row.cells) >= many and len(words) >= FULL * len(row.cells) and len(set(words)) >= VARIED * len(words)


def _is_name(cell: str) -> bool:
    return len(cell) <= LONGEST and not VALUE.match(cell.strip())


def _is_upper(grid: Grid, index: int, known: Known | None) -> bool:
    """True if the row below names the columns that this one leaves unnamed: a header of two rows, and this the upper.

    The lower row leaves the first column alone and holds nothing but words. Only then is it one: cells are merged
    across the upper row, words of the lower one stand twice, or are known as names of columns.
    """
    upper, lower = grid.rows[index], grid.rows[index + 1] if index + 1 < len(grid.rows) else None
    if lower is None or lower.number != upper.number + 1 or not all(map(_is_name, lower.cells.values())):
        return False
    first = min(upper.cells)
    names = Counter(map(folded, lower.cells.values()))
    leaves = set(range(first, max(lower.cells) + 1)) - set(upper.cells)
    return (
        lower.cells.get(first, upper.cells[first]) == upper.cells[first]
        and bool(leaves & set(lower.cells))
        and (
            any(area.top == upper.number and area.right > area.left for area in grid.merged)
            or max(names.values()) > 1
            or any(known(clean(cell)) for cell in lower.cells.values() if known)
        )
    )


def name_columns(grid: Grid, index: int) -> Header:
    """The names that the row `index` of a grid gives its columns, each once, with the groups in the row above it."""
    row = grid.rows[index]
    filled = {column for below in grid.rows[index + 1 :] for column in below.cells}
    names = {column: clean(cell) for column, cell in row.cells.items()}
    joined = _from_above(names, _groups(grid, index), filled)
    both = say("lines {first} and {second} name the columns together", first=row.number - 1, second=row.number)
    notes = [both] if joined else []
    names |= joined
    last = max(names)
    for column in sorted(filled - set(names)):
        if grid.lettered or column < last:  # beyond it, a line of a CSV file has a cell too many
            names[column] = f"column {grid.column(column)}"
            notes.append(
                say("column {column} has no name; here it is called {name!r}", column=grid.column(column),
                    name=names[column])
            )  # fmt: skip
    return Header(index, _told_apart(grid, names, notes), tuple(notes))


def _groups(grid: Grid, index: int) -> dict[int, str]:
    """What the row above a header says, by the column where each group of columns begins; a title says nothing."""
    above = grid.rows[index - 1] if index else None
    if above is None or above.number != grid.rows[index].number - 1 or len(above.cells) < 2:
        return {}
    return {column: clean(cell) for column, cell in above.cells.items()}


def _from_above(names: dict[int, str], groups: dict[int, str], filled: set[int]) -> dict[int, str]:
    """The names for which the row above is needed: it names a column alone, or tells two of the same name apart."""
    many = Counter(map(folded, names.values()))
    found = {column: group for column, group in groups.items() if column not in names and column in filled}
    for column, name in names.items():
        group = groups.get(max((begin for begin in groups if begin <= column), default=0), "")
        if many[folded(name)] > 1 and group and folded(group) != folded(name):
            found[column] = f"{group} {name}"
    return found


def _told_apart(grid: Grid, names: dict[int, str], notes: list[str]) -> dict[int, str]:
    """`names` in the order of their columns, a second of the same name with its number; adds to `notes`."""
    first: dict[str, int] = {}
    many: Counter[str] = Counter()
    for column in sorted(names):
        name = names[column]
        many[folded(name)] += 1
        if many[folded(name)] > 1:
            names[column] = f"{name} ({many[folded(name)]})"
            notes.append(
                say("columns {first} and {second} are both called {name!r}; here the second is called {other!r}",
                    first=grid.column(first[folded(name)]), second=grid.column(column), name=name, other=names[column])
            )  # fmt: skip
        first.setdefault(folded(name), column)
    return {column: names[column] for column in sorted(names)}
