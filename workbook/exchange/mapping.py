"""How somebody else's tables become ours: what was chosen for each of them, kept in a file for the next import."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from workbook import files, yamlfile
from workbook.errors import BadFile
from workbook.language import later, say
from workbook.words import plain_name

EVERY = "*"  # the table, or the column, that stands for all of them
HEAD = """\
# How the tables of an import become ours: `workbook import NAME PATH --mapping THIS-FILE` reads this file, and writes
# it again with what it found. Under `tables` stands each file or sheet by its name; "*" holds for every table.
#   columns     their header: our column; "" drops it
#   constants   our column: what every row gets in which it is empty
#   values      our column ("*" for every column of choices): their word: our word; "" for nothing
"""
Used = tuple[str, ...]  # a field of a mapping, and the plain names under which something was said
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_CONFIG = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


_WRONG = (
    later("input should be a dictionary or an instance of ImportMapping"),
    later("input should be a dictionary or an instance of TableMapping"),
    later("input should be a valid dictionary"),
    later("input should be a valid tuple"),
    later("input should be a valid string"),
    later("input should be a valid integer"),
    later("input should be a valid integer, unable to parse string as an integer"),
    later("input should be greater than or equal to 0"),
    later("input should be a valid boolean"),
    later("input should be a valid boolean, unable to interpret input"),
    later("input should be '', 'day-first' or 'month-first'"),
)  # what pydantic finds wrong with a mapping


def _never_kept(_: Any) -> bool:
    raise ValueError(say("what clears cells is said for each import and never kept in a file; remove it here"))


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What one table holds, and which of its columns and values are which of ours; what is empty is found.

    `columns` maps their header to our column (an empty name drops it), `constants` our column to the value of every
    row in which it is empty, `values` our column (or `*` for every column of choices) to their word and ours.
    `header_row` counts from 1, as a spreadsheet does. `blank_clears` is said for each import and never kept.
    """

    into: Text = ""
    header_row: Annotated[int, Field(ge=0)] = 0
    dates: Literal["", "day-first", "month-first"] = ""  # days.ORDERS
    only_known: bool = False
    columns: Mapping[str, Text] = field(default_factory=dict)
    constants: Mapping[str, Text] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    blank_clears: Annotated[bool, BeforeValidator(_never_kept)] = False
    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    def over(self, other: "TableMapping") -> "TableMapping":
        """Both; what this one says counts where they differ."""
        values = {c: {**other.values.get(c, {}), **words} for c, words in self.values.items()}
        return TableMapping(
            into=self.into or other.into,
            header_row=self.header_row or other.header_row,
            dates=self.dates or other.dates,
            only_known=self.only_known or other.only_known,
            columns={**other.columns, **self.columns},
            constants={**other.constants, **self.constants},
            values={**other.values, **values},
            blank_clears=self.blank_clears or other.blank_clears,
        )

    def data(self) -> dict[str, Any]:
        """What is said, as the mapping file keeps it."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "blank_clears"}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """The mappings of the tables of one import, by the name of the file or sheet; `*` holds for every table.

    `sheets` are the only tables that are read, by their names; empty for all.
    """

    sheets: tuple[str, ...] = ()
    tables: Mapping[str, TableMapping] = field(default_factory=dict)
    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    def of(self, name: str) -> TableMapping:
        """What is said of the table `name`: for it alone, else for every table.

        A header, constant or column behind the table's name and a colon is said for it alone: `Risks:Besitzer`.
        """
        own = [m for n, m in self.tables.items() if n != EVERY and plain_name(n) == plain_name(name)]
        said = reduce(TableMapping.over, [*own, self.tables.get(EVERY, TableMapping())])
        return replace(
            said,
            columns=_for_table(said.columns, name),
            constants=_for_table(said.constants, name),
            values=_for_table(said.values, name),
        )

    def takes(self, name: str) -> bool:
        """Whether the table `name` is to be read."""
        return not self.sheets or plain_name(name) in map(plain_name, self.sheets)

    def over(self, other: "ImportMapping") -> "ImportMapping":
        """Both; what this one says counts where they differ, also what it says for every table."""
        every = self.tables.get(EVERY, TableMapping())
        said = {name: every.over(mapping) for name, mapping in other.tables.items()}
        own = {name: mapping.over(said.get(name, TableMapping())) for name, mapping in self.tables.items()}
        return ImportMapping(self.sheets or other.sheets, said | own)

    def for_file(self, path: Path) -> "ImportMapping":
        """The same for this file: what is said of a single table holds for a CSV file, whatever that is called."""
        named = [name for name in self.tables if name != EVERY]
        if path.suffix.lower() != ".csv" or len(named) != 1:
            return self
        return replace(self, tables={path.stem if n == named[0] else n: said for n, said in self.tables.items()})

    def unused(self, used: Collection[Used], tables: Collection[str]) -> list[str]:
        """What is said and was not `used` in any of these `tables`, in sentences without their full stop."""
        names = set(map(plain_name, tables))
        return [says for mapping in self.tables.values() for says in _unused(mapping, used, names)]

    def data(self) -> dict[str, Any]:
        """What is said, as the mapping file keeps it."""
        tables = {name: mapping.data() for name, mapping in self.tables.items()}
        return {"sheets": list(self.sheets), "tables": tables} if self.sheets else {"tables": tables}


NOTHING_SAID = ImportMapping()


def _unused(said: TableMapping, used: Collection[Used], tables: Collection[str]) -> Iterator[str]:
    for header, column in said.columns.items():
        if ("columns", _plain(header, tables)) not in used:
            yield say("{given}: there is no column {name!r}", given=f"{header}={column}", name=header)
    for column, value in said.constants.items():
        if ("constants", _plain(column, tables)) not in used:
            yield say("{given}: no table has a column {name!r}", given=f"{column}={value}", name=column)
    for column, words in said.values.items():
        where = "" if column == EVERY else f"{column}:"
        for word, ours in words.items():
            if ("values", _plain(column, tables), plain_name(word)) not in used:
                given = f"{where}{word}={ours}"
                yield say("{given}: no cell says {word!r} where that can be meant", given=given, word=word)


def _plain(key: str, tables: Collection[str]) -> str:
    """The plain name of a header or column, without a table's before a colon."""
    table, colon, rest = key.partition(":")
    return plain_name(rest if colon and plain_name(table) in tables else key)


def _for_table(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What holds for the table `name`: what names it before a colon goes before what names no table."""
    found = dict(said)
    for key, value in said.items():
        table, colon, rest = key.partition(":")
        if colon and rest.strip() and plain_name(table) == plain_name(name):
            del found[key]
            found[rest.strip()] = value
    return found


def read_mapping(path: Path) -> ImportMapping:
    """The mapping that a file describes; raises BadInput naming file, line and field."""
    document = yamlfile.read(path)
    try:
        return TypeAdapter(ImportMapping).validate_python(document.data or {})
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
        raise BadFile(_explain(document, tuple(first["loc"]), first)) from None


def _explain(document: yamlfile.Document, where: tuple[str | int, ...], problem: Any) -> str:
    place = say(
        "{file}, line {line}, field {field}",
        file=document.path.name,
        line=document.line(where),
        field=".".join(map(str, where)) or "file",
    )
    if problem["type"] == "unexpected_keyword_argument":
        shape = TableMapping if where[0] == "tables" else ImportMapping
        known = [f.name for f in fields(shape) if f.name != "blank_clears"]
        return say("{place}: unknown field. Known here: {fields}.", place=place, fields=", ".join(known))
    says = problem["msg"].removeprefix("Value error, ")
    says = says[:1].lower() + says[1:]
    return f"{place}: {say(says) if says in _WRONG else says}."


def write_mapping(path: Path, mapping: ImportMapping) -> None:
    """Write the mapping for people to read and change, the same text for the same mapping; raises BadFile."""
    text = yaml.safe_dump(mapping.data(), allow_unicode=True, sort_keys=False, width=1000)
    try:
        files.write(path, (HEAD + text).encode())
    except OSError as error:
        says = say("The mapping file {path} could not be written: {why}.", path=path, why=error.strerror)
        raise BadFile(says) from None
