"""What a table holds, by its name, and which of its columns is which, by their headers."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce

from workbook.catalog import Catalog
from workbook.entries import RegisterField
from workbook.errors import UnknownTable
from workbook.exchange.fields import CALLED, KEY, MARK, PLAIN
from workbook.exchange.mapping import TableMapping, Used
from workbook.language import say, say_many, term
from workbook.synonyms import ID, LABEL, Place
from workbook.words import first_of, plain_name

Names = Mapping[str, tuple[str, Place]]  # plain name → column, and how surely it stands for it
UNIT = re.compile(r"\s*[(\[{][^()\[\]{}]*[)\]}][\s:*]*$|[\s_]*\d+\s*(?:to|bis|[-–])\s*\d+[\s:*]*$")  # "(1-5)", "_1to5"
TABLE = re.compile(r"register|registry|inventory|list|log|table|verzeichnis|liste|\d+")  # says that it is one
REACH = re.compile(r"(\d+)\s*(?:to|bis|[-–]|\.\.)\s*(\d+)")
TOLD = re.compile(r"\(.*\)", re.DOTALL)  # such a header tells a reader more than import takes
NOTES = ("about", "columns", "reviews")  # tables that go out to be read: nobody's words are claimed by a copy
AS_TYPED = ("rationale", "note", "scope", "public_scope")  # what people wrote, with the blanks around it
SHOWN = 12  # headers that a sentence names
LESS = 10  # by how much less surely a header stands for a column when its unit was left out


def kind_of(catalog: Catalog, name: str) -> str:
    """What a table called `name` holds: a register's id, or answers, evidence, tasks or engagement; raises Unknown."""
    names = {n: kind for kind, called in CALLED.items() for n in (kind, *called)}
    for register in catalog.registers.values():
        names |= dict.fromkeys((register.id, register.title, *register.also), register.id)
    plain = {plain_name(n): kind for n, kind in names.items()}
    if plain_name(name) in plain:
        return plain[plain_name(name)]
    raise UnknownTable(name, _near_kinds(plain, plain_name(name)), [*catalog.registers, *PLAIN])


def _near_kinds(kinds: Mapping[str, str], name: str) -> list[str]:
    """At most three kinds that a table may be, by what its name says beside that it is a table."""
    cores = {TABLE.sub("", n): kind for n, kind in kinds.items()}
    within = [core for core in cores if len(core) > 4 and core in name]
    near = get_close_matches(TABLE.sub("", name), cores, n=3, cutoff=0.75)
    return list(dict.fromkeys(cores[core] for core in (*within, *near)))[:3]


def fields_of(catalog: Catalog, kind: str) -> dict[str, RegisterField]:
    """The columns of a kind of table by their ids, the column of its keys first."""
    if kind == "engagement":  # what is not there stays as it is
        return {f.id: f.model_copy(update={"required": False}) for f in (KEY, *PLAIN[kind])}
    if kind in PLAIN:
        return {f.id: f for f in (KEY, *PLAIN[kind], *([MARK] if kind == "answers" else []))}
    register = catalog.register(kind)
    also = (*register.id_also, *(f"{register.one} {word}" for word in ("id", "no", "nr", "number", "ref", "reference")))
    return {f.id: f for f in (KEY.model_copy(update={"also": also}), *register.fields, MARK)}


def known_headers(catalog: Catalog) -> Callable[[str], bool]:
    """Tells whether a text could be the header of a column, of whichever kind of table."""
    names: dict[str, tuple[str, Place]] = {}
    for kind in (*catalog.registers, *PLAIN):
        names |= catalog.synonyms.headers(fields_of(catalog, kind).values())
    return lambda text: bool(text.strip()) and _column(names, text) is not None


def _column(names: Names, header: str) -> tuple[str, Place] | None:
    """The column that a header stands for, and how surely; less so without its unit."""
    if found := names.get(plain_name(header)):
        return found
    column, (rank, position) = names.get(plain_name(UNIT.sub("", header)), ("", (0, 0)))
    return (column, (rank + LESS, position)) if column else None


def _or(names: Iterable[str]) -> str:
    return reduce(lambda first, last: say("{first} or {last}", first=first, last=last), names)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which header of one table stands for which column, what every row gets, and what has to be told about it.

    `mapping` keeps what was found, for the next import. `used` are the headers and columns that were mapped and are
    there, as the field of the mapping and the plain name.
    """

    fields: Mapping[str, RegisterField]
    by_header: Mapping[str, str]
    mapping: TableMapping
    used: frozenset[Used]
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def cells(self, line: Mapping[str, str]) -> dict[str, str]:
        """The cells of a line by column; where one is empty or missing, the constant."""
        typed = ((column, line.get(header, "")) for header, column in self.by_header.items())
        cells = {c: cell if c in AS_TYPED and not cell.isspace() else cell.strip() for c, cell in typed}
        return cells | {column: value for column, value in self.mapping.constants.items() if not cells.get(column)}


def match(catalog: Catalog, kind: str, headers: tuple[str, ...], said: TableMapping) -> Columns:
    """The columns of `kind` that `headers` stand for; what was `said` goes before what is found."""
    fields = fields_of(catalog, kind)
    return _Matching(fields, catalog.synonyms.headers(fields.values()), said).columns(headers)


class _Matching:
    """Finds the column of each header of one table."""

    def __init__(self, fields: Mapping[str, RegisterField], names: Names, said: TableMapping) -> None:
        self.fields, self.names, self.said = fields, names, said
        self.renamed = {plain_name(theirs): ours for theirs, ours in said.columns.items()}
        self.problems: list[str] = []
        self.unknown: dict[str, str] = {}  # header → why, where there is more to say

    def columns(self, headers: tuple[str, ...]) -> Columns:
        """What is known about all of them together."""
        found = {header: place for header in headers if (place := self._find(header))}
        surest = {column: min(p for c, p in found.values() if c == column) for column, _ in found.values()}
        by_header = {h: c for h, (c, place) in found.items() if place == surest[c]}
        for header in (h for h in found if h not in by_header):
            column = found[header][0]
            other = next(h for h, c in by_header.items() if c == column)
            self.unknown[header] = say("It could be {column}, but {other} is that already.",
                                       column=self._label(column), other=other)  # fmt: skip
        left = [h for h in headers if h in self.unknown or self.renamed.get(plain_name(h)) == ""]
        self._check(by_header, headers)
        guessed = {h: c for h, c in by_header.items() if found[h][1][0] > LABEL}
        return Columns(
            self.fields, by_header, self._mapping(headers, guessed), self._used(headers),
            tuple(self._notes(guessed, left)), tuple(self.problems),
        )  # fmt: skip

    def _find(self, header: str) -> tuple[str, Place] | None:
        """The column of a header and how surely it is meant; nothing for one that is dropped or unknown."""
        name = self.renamed.get(plain_name(header))
        if name == "" or (name is None and TOLD.fullmatch(header)):
            return None
        found = _column(self.names, header if name is None else name)
        if name and found:
            return found[0], (ID, 0)
        if name:
            says = say("column {header}: there is no column {name!r} here.", header=header, name=name)
            self.problems.append(" ".join(filter(None, [says, self._hint(name)])))
        elif not found:
            self.unknown[header] = ""
        return found

    def _check(self, by_header: Mapping[str, str], headers: tuple[str, ...]) -> None:
        filled = {*by_header.values(), *self._constants()}
        missing = [f.label for f in self.fields.values() if f.required and f.id not in filled]
        if missing:
            self.problems.append(
                say_many(
                    "the column is missing: {missing}. Found: {found}. Say which it is "
                    "(--map 'Their column={first}'), or what every row gets (--set '{first}=…').",
                    "the columns are missing: {missing}. Found: {found}. Say which it is "
                    "(--map 'Their column={first}'), or what every row gets (--set '{first}=…').",
                    len(missing),
                    missing=", ".join(map(term, missing)),
                    found=first_of(headers, SHOWN),
                    first=missing[0],
                )
            )
        first: dict[str, str] = {}
        for header, column in by_header.items():
            if first.setdefault(column, header) != header:
                self.problems.append(
                    say("the columns {first} and {second} both stand for {column}; drop one.", first=first[column],
                        second=header, column=self._label(column))
                )  # fmt: skip
            self.problems += self._other_scale(header, self.fields[column])
        if not self.said.only_known:
            self.problems += self._unknown_columns()

    def _constants(self) -> dict[str, str]:
        """The constants of columns that this table has; the others belong to another table."""
        named = {plain_name(column): value for column, value in self.said.constants.items()}
        return {self.names[name][0]: value for name, value in named.items() if name in self.names}

    def _other_scale(self, header: str, field: RegisterField) -> Iterator[str]:
        """What is wrong with a header that names another scale than the column's, unless each step was said."""
        reach = REACH.search(header)
        said = {self.names[plain_name(column)][0] for column in self.said.values if plain_name(column) in self.names}
        if reach and field.type == "number" and field.max is not None and field.id not in said:
            low, high = map(int, reach.groups())
            if (low, high) != (field.min, field.max):
                yield say(
                    "column {header}: it goes from {low} to {high}, {column} from {least} to {most}; "
                    "say what each number is, for example --value '{example}'.",
                    header=header,
                    low=low,
                    high=high,
                    column=term(field.label),
                    least=field.min,
                    most=field.max,
                    example=f"{field.id}:{high}={field.max}",
                )

    def _unknown_columns(self) -> Iterator[str]:
        plain = []
        for header, why in self.unknown.items():
            if hint := why or self._hint(header):
                yield say(
                    "column {header}: no column is called so. {hint} Map it (--map '{header}=…') or drop it ('…=').",
                    header=header,
                    hint=hint,
                )
            else:
                plain.append(header)
        if plain:
            yield say(
                "no column is called {names}. Map what is of use (--map '{first}=…'), and leave the rest out with "
                "--only-known.",
                names=_or(plain),
                first=plain[0],
            )

    def _hint(self, name: str) -> str:
        near = dict.fromkeys(
            self._label(self.names[n][0]) for n in get_close_matches(plain_name(name), self.names, n=3, cutoff=0.85)
        )
        return say("Did you mean {names}?", names=_or(near)) if near else ""

    def _notes(self, guessed: Mapping[str, str], left: list[str]) -> Iterator[str]:
        """What was found by what people usually call it, and what is left out."""
        found = {h: self._label(c) for h, c in guessed.items() if plain_name(h) not in self.renamed}
        told = [f"{h} → {label}" for h, label in found.items() if plain_name(h) != plain_name(label)]
        if told:
            yield say("columns read: {columns}.", columns="; ".join(told))
        if left and (self.said.only_known or not self.unknown):
            yield say("columns left out: {columns}.", columns="; ".join(left))
        for column, value in self._constants().items():
            yield say("{column} is {value!r} wherever it is empty.", column=self._label(column), value=value)

    def _label(self, column: str) -> str:
        """What people call a column: the name that forms show."""
        return term(self.fields[column].label)

    def _mapping(self, headers: tuple[str, ...], guessed: Mapping[str, str]) -> TableMapping:
        said = {h: self.renamed[plain_name(h)] for h in headers if plain_name(h) in self.renamed}
        return TableMapping(
            columns={h: said.get(h, guessed.get(h, "")) for h in headers if h in guessed or h in said},
            constants=self._constants(),
            only_known=self.said.only_known,
        )

    def _used(self, headers: tuple[str, ...]) -> frozenset[Used]:
        columns = {("columns", plain_name(h)) for h in headers}
        return frozenset(columns | {("constants", n) for n in map(plain_name, self.said.constants) if n in self.names})
