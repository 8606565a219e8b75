"""Reads CSV files as people have them: any separator, UTF-8 or UTF-16, a line at a time."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from workbook.errors import BadFile
from workbook.exchange.grid import ERRORS, MAX_COLUMNS, Bounds, Grid, error_says
from workbook.exchange.texts import LONE_RETURN, RETURN, unguarded, with_line_ends
from workbook.language import say, written
from workbook.model import MAX_TEXT

DELIMITERS = ",;\t|"
HEAD = 100_000  # characters in which the separator is looked for
MAX_ROW = 10_000_000  # characters of one row
CHUNK = 1 << 20
DECLARED = re.compile(r'"?sep=(.)"?[;,\t|]*\s*\Z', re.IGNORECASE | re.DOTALL)


def read_csv(path: Path, file: IO[bytes]) -> Grid:
    """The cells of the CSV file `path`, open as `file`; raises BadFile naming the line that cannot be read."""
    encoding = _check_encoding(file, path.name)
    file.seek(0)
    with TextIOWrapper(file, encoding, newline="") as text:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text.read(HEAD))
        text.seek(0)
        return _read_grid(path, _CsvRows(text, delimiter, path.name))


def _check_encoding(file: IO[bytes], name: str) -> str:
    """The encoding of a file in which every byte can be read; raises BadFile naming line and byte otherwise."""
    encoding = "utf-16" if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    file.seek(0)
    decoder, lines, place, chunk = codecs.getincrementaldecoder(encoding)(), 1, 0, b"\n"
    while chunk:
        chunk = file.read(CHUNK)
        begins = place - len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line, byte = lines + error.object[: error.start].count(b"\n"), begins + error.start
            raise _no_text(name, line, byte, encoding) from None
        if "\x00" in text:
            line = lines + text[: text.index("\x00")].count("\n")
            raise _wrong(name, line, say("holds a NUL character; it is not a text file, or it is damaged."))
        lines, place = lines + text.count("\n"), place + len(chunk)
    return encoding


def _no_text(name: str, line: int, byte: int, encoding: str) -> BadFile:
    return BadFile(
        say(
            "{name}, line {line} (byte {byte}): this is not {encoding} text; save it from your spreadsheet as "
            "'CSV UTF-8'.",
            name=name,
            line=line,
            byte=written(byte),
            encoding="UTF-16" if encoding == "utf-16" else "UTF-8",
        )
    )


def _wrong(name: str, line: int, says: str) -> BadFile:
    return BadFile(f"{say('{where}, line {line}', where=name, line=line)}: {says}")


def _delimiter(head: str) -> str:
    """The sign that splits the most lines, and these into the most cells; one inside quotation marks splits nothing.

    A first line `sep=;`, as spreadsheets write and read it, decides.
    """
    lines = [line for line in re.sub(r'"[^"]*"', "", head).splitlines() if line.strip()]
    declared = DECLARED.match(head.splitlines()[0]) if lines else None
    if declared:
        return declared[1]
    return max(DELIMITERS, key=lambda sign: _split(lines, sign))


def _split(lines: list[str], sign: str) -> tuple[int, int]:
    """How many lines a sign splits, and into how many cells it splits most of them."""
    counts = Counter(line.count(sign) for line in lines if sign in line)
    return counts.total(), max(counts, key=counts.__getitem__, default=0)


class _CsvRows:
    """The rows of a CSV text, each with the line it begins at; a cell in quotation marks may hold several lines."""

    def __init__(self, text: TextIOWrapper, delimiter: str, name: str) -> None:
        csv.field_size_limit(MAX_TEXT * 2)
        self._text, self._name = text, name
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self._begins, self._length = 1, 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for row in self._reader:
                if len(row) > MAX_COLUMNS:
                    raise self._wrong(
                        say("has {n} cells, more than the {most} of a spreadsheet.", n=written(len(row)),
                            most=written(MAX_COLUMNS))
                    )  # fmt: skip
                yield self._begins, row
                self._begins, self._length = self._reader.line_num + 1, 0
        except csv.Error as error:
            says = say("the row that begins here cannot be read ({fault}); "
                       "check that every quotation mark that opens also closes.", fault=error)  # fmt: skip
            raise self._wrong(says) from None

    def _lines(self) -> Iterator[str]:
        """The lines of the text, as long as one row of them is not longer than a row can be."""
        while line := self._text.readline(MAX_ROW + 1):
            self._length += len(line)
            if self._length > MAX_ROW:
                most = written(MAX_ROW)
                raise self._wrong(say("the row that begins here is longer than {most} characters.", most=most))
            yield line

    def _wrong(self, says: str) -> BadFile:
        return _wrong(self._name, self._begins, says)


def _read_grid(path: Path, rows: _CsvRows) -> Grid:
    grid, bounds = Grid(path.stem, path, lettered=False), Bounds(path.name)
    for number, row in rows:
        if number == 1 and DECLARED.match(",".join(row)):
            continue
        cells: dict[int, str] = {}
        for column, cell in enumerate(row, start=1):
            if cell and not cell.isspace():
                bounds.count_cell()
                cells[column] = bounds.keep(cell)
                if "#" in cell or RETURN in cell or cell[0] == "'":
                    _look_closer(grid, number, column, cells)
        grid.add(number, cells)
    return grid


def _look_closer(grid: Grid, number: int, column: int, cells: dict[int, str]) -> None:
    """Note an error of a spreadsheet in a cell, mend a carriage return that was escaped by one, and take away the
    apostrophe that keeps a spreadsheet from computing text.
    """
    cell = cells[column]
    if cell.strip() in ERRORS:
        grid.flaws.setdefault((column, error_says(cell.strip())), []).append(number)
    plain = unguarded(cell)
    grid.unguarded += plain != cell
    grid.decoded += LONE_RETURN.search(plain) is not None
    cells[column] = with_line_ends(plain)
