"""How somebody else's tables become ours: what was chosen for each of them, kept in a file for the next import."""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERY = "*"  # the table, or the column, that stands for all of them


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What one table holds, and which of its columns and values are which of ours; what is empty is found.

    `columns` maps their header to our column (an empty name drops it), `constants` our column to the value of every
    row, `values` our column (or `*` for every choice column) to their value and ours. `header_row` counts from 1, as
    a spreadsheet does.
    """

    into: str = ""
    header_row: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: str = ""  # one of days.ORDERS
    only_known: bool = False
    blank_clears: bool = False
    skip: bool = False


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """The mappings of the tables of one import, by the name of the file or sheet; `*` holds for every table."""

    tables: Mapping[str, TableMapping] = field(default_factory=dict)
