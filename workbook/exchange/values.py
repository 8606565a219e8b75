"""Reads what people write into their cells as our choices and as steps of our scales, and tells what was read."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbook.entries import RegisterField
from workbook.exchange.mapping import EVERY, Used
from workbook.language import say, term
from workbook.synonyms import Synonyms
from workbook.words import count, plain_name

NUMBER = re.compile(r"\d+(\.0+)?")
NUMBERED = re.compile(r"(\d+)[\s\-–—:.=(]*([^\W\d][^\d()]*)\)?|([^\W\d][^\d()]*)[\s\-–—:=(]+(\d+)\)?")  # "4 - Likely"
Words = Mapping[str, str]  # their plain word → our choice, or the step of a scale as text


@dataclass(frozen=True, slots=True)
class _Column:
    """How the cells of one column are read: by what was said of it or of every column, else by what words mean."""

    field: RegisterField
    own: Words
    every: Words
    usual: Words

    def said(self, cell: str) -> str | None:
        """Our word for a cell as somebody said it, None if nobody did."""
        if not self.own and not self.every:
            return None
        plain = plain_name(cell)
        if plain in self.own:
            return self._ours(self.own[plain])
        ours = self._ours(self.every.get(plain, plain))
        return ours if plain in self.every and ours in {"", *self.usual.values()} else None

    def meant(self, cell: str) -> str:
        """Our word for a cell as people usually mean it, or the cell as it is."""
        if not self.usual:
            return cell
        if self.field.type != "number":
            return self.usual.get(plain_name(cell), cell)
        return cell if NUMBER.fullmatch(cell) else self._step(cell)

    def _ours(self, word: str) -> str:
        return self.usual.get(plain_name(word), word)

    def _step(self, cell: str) -> str:
        """The step of a scale by its name, or by its number if a name beside it does not contradict it."""
        found = NUMBERED.fullmatch(cell)
        if found is None:
            return self._ours(cell)
        number, word = found[1] or found[4], found[2] or found[3]
        return number if self.usual.get(plain_name(word), number) == number else cell


class Values:
    """Reads the cells of one table, row by row, and remembers what it read as something else.

    `said` maps a column by any of its names, or `*` for every column of choices and every scale, to their words and
    ours, an empty one for nothing. What is said of one column goes before what is said of all.
    """

    def __init__(
        self, synonyms: Synonyms, fields: Mapping[str, RegisterField], said: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._said = said
        names = synonyms.headers(fields.values())
        self._said_of = {key: names[plain_name(key)][0] for key in said if plain_name(key) in names}
        self._columns = {f.id: self._column(f, synonyms) for f in fields.values()}
        self._seen: set[tuple[str, str]] = set()  # column and plain word of what was said
        self._found: Counter[tuple[str, str, str]] = Counter()

    def _column(self, field: RegisterField, synonyms: Synonyms) -> _Column:
        own = {
            plain_name(w): ours
            for key, c in self._said_of.items()
            if c == field.id
            for w, ours in self._said[key].items()
        }
        usual = synonyms.words(field)
        every = {plain_name(w): ours for w, ours in self._said.get(EVERY, {}).items()} if usual else {}
        return _Column(field, own, every, usual)

    def read(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells of one row by column, their words as ours; to be called once for each row."""
        return {column: self._cell(column, cell) for column, cell in cells.items()}

    def _cell(self, column: str, cell: str) -> str:
        if not cell:
            return cell
        said = self._columns[column].said(cell)
        ours = self._columns[column].meant(cell) if said is None else said
        if said is not None:
            self._seen.add((column, plain_name(cell)))
        if ours != cell and plain_name(ours) != plain_name(cell):
            self._found[column, cell, ours] += 1
        return ours

    def notes(self) -> Iterator[str]:
        """What was read as something else, in sentences: the column, their word, ours, and in how many rows."""
        for column, theirs, ours in self._translated():
            field = self._columns[column].field
            word = (term(ours) if ours in field.choices else ours) or say("nothing")
            if plain_name(word) == plain_name(theirs):
                continue
            parts = {"column": term(field.label), "theirs": theirs, "ours": word,
                     "rows": count(self._found[column, theirs, ours], "row")}  # fmt: skip
            if field.type == "number" and field.max:
                yield say("{column}: {theirs} was read as {ours} on the scale {least} to {most} ({rows}).",
                          least=field.min, most=field.max, **parts)  # fmt: skip
            else:
                yield say("{column}: {theirs} was read as {ours} ({rows}).", **parts)

    def mapping(self) -> dict[str, dict[str, str]]:
        """What was read as something else, for the next import: column, their word, ours."""
        found: dict[str, dict[str, str]] = {}
        for column, theirs, ours in self._translated():
            found.setdefault(column, {})[theirs] = ours
        return found

    def used(self) -> frozenset[Used]:
        """What was said and was seen: the field of the mapping, the plain names of the column and of the word."""
        words = {word for _, word in self._seen}
        return frozenset(
            ("values", plain_name(key), plain_name(word))
            for key, said in self._said.items()
            for word in said
            if (plain_name(word) in words if key == EVERY else (self._said_of.get(key), plain_name(word)) in self._seen)
        )

    def _translated(self) -> list[tuple[str, str, str]]:
        """Every word that was read as another one, in the order of the columns."""
        order = list(self._columns)
        return sorted(self._found, key=lambda one: (order.index(one[0]), one[1]))
