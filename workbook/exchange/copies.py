"""What an import leaves out of a file that this workbook wrote: what is only to be read, or did not come along."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workbook.exchange.columns import NOTES
from workbook.exchange.sheets import REMARK
from workbook.exchange.tables import Line, Table
from workbook.language import say
from workbook.words import count, first_of, folded

NAMED = 8  # pieces of evidence that a note names
KEYS = {"answers": ("question", "system"), "tasks": ("task",)}  # what says of what a row of these speaks
Cells = Mapping[str, str]


def is_note(table: Table) -> bool:
    """Whether a table only tells people something: about the file, its columns, or who reviewed what."""
    return folded(table.name) in NOTES


@dataclass(frozen=True, slots=True)
class SortedLines:
    """The lines of a table that are to be imported, what to tell of the others, and the evidence that is absent."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    absent: frozenset[str]


def sort_lines(kind: str, lines: Iterable[tuple[Line, Cells]], is_absent: Callable[[Cells], bool]) -> SortedLines:
    """Tell the lines of a table of this kind apart, each given with its cells by column.

    Left out are examples and remarks, questions and tasks of which nothing is said, and evidence that `is_absent`.
    """
    kept: list[Line] = []
    remarks, silent, absent = [], [], []
    for line, cells in lines:
        if cells.get(KEYS.get(kind, ("id",))[0], "").startswith(REMARK):
            remarks.append(line)
        elif kind in KEYS and not any(cell for column, cell in cells.items() if column not in KEYS[kind]):
            silent.append(line)
        elif kind == "evidence" and is_absent(cells):
            absent.append(cells.get("id") or cells.get("file_name", ""))
        else:
            kept.append(line)
    told = {
        _of_remarks(len(remarks), alone=not kept and not silent): remarks,
        say("{rows} without an answer left out", rows=count(len(silent), "row")): silent,
        _of_absent(absent): absent,
    }
    return SortedLines(tuple(kept), tuple(says for says, found in told.items() if found), frozenset(absent))


def _of_remarks(many: int, *, alone: bool) -> str:
    rows = count(many, "row")
    if not alone:
        return say("{rows} that begins with {sign}, an example or remark, left out", rows=rows, sign=REMARK)
    return say("{rows} that begins with {sign}, an example or remark, left out; there are no rows besides", rows=rows,
               sign=REMARK)  # fmt: skip


def _of_absent(absent: list[str]) -> str:
    return say(
        "{files} did not come along, so they are left out, and so is what refers to them: {names}. `workbook export "
        "--with-evidence` takes them along",
        files=count(len(absent), "evidence file"),
        names=first_of(absent, NAMED),
    )
