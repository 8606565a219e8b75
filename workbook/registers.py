"""What a column of a register means: how a cell is read, checked and shown, and what its JSON schema is.

A column type is one class; `checklists/registers.yaml` names it. What is refused names the column as its `field`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from workbook.days import parse_day, recorded_day
from workbook.entries import Register, RegisterField
from workbook.errors import BadInput, Unknown, gather, refuse
from workbook.ids import Ids, listed
from workbook.language import say, term, written
from workbook.model import ERASED, TO_REVERIFY
from workbook.words import folded, natural

MAX_CELL = 100_000  # characters; more is a file, and belongs in the evidence
# what people write into a cell to say that there is none, in whichever language they write
NOTHING = frozenset(
    {"", "none", "no", "n/a", "nobody", "nothing", "-", "–", ERASED}
    | {"keine", "keiner", "keins", "kein", "nein", "nichts", "niemand", "entfällt", "k.a.", "k. a.", "n. v."}
)

Keys = Callable[[str], Collection[str]]  # that a cell may refer to: of a register, evidence, questions or lines
Labels = Callable[[str, str], str]  # what people call a key of these


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text, and the base of the other types."""

    field: RegisterField
    plural: ClassVar[bool] = False

    def read(self, cell: Any) -> Any:
        """The value of a cell as the record keeps it: text, number, date, or a tuple of texts.

        A cell that was recorded while its column had another type is read as far as it fits; its history stays.
        """
        return "; ".join(_texts(cell)) or None

    def check(self, value: Any, keys: Keys) -> Any:
        """What the record keeps for `value` as it was typed or imported, None for nothing; raises BadInput."""
        if isinstance(value, Mapping | list | tuple | set):
            raise self.wrong(say("holds one value, not a {kind}.", kind=type(value).__name__))
        if isinstance(value, bool):  # as the cell of a spreadsheet says it
            value = "yes" if value else "no"
        text = "" if value is None else str(value).strip()
        if len(text) > MAX_CELL:
            says = say("holds {number} characters; keep it under {most} and attach longer text.",
                       number=written(len(text)), most=written(MAX_CELL))  # fmt: skip
            raise self.wrong(says)
        return self._parse(text, keys) if text else None

    def _parse(self, text: str, keys: Keys) -> Any:  # noqa: ARG002 - other types look their keys up
        return text

    def show(self, value: Any, labels: Labels) -> str:  # noqa: ARG002 - as above
        """The value as a person reads it; references by their names."""
        return "" if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of a cell."""
        return {"type": "string", "maxLength": MAX_CELL}

    def wrong(self, what: str) -> BadInput:
        """The error that says what is wrong with this column."""
        return BadInput(f"{term(self.field.label)}: {what}", field=self.field.id)


class LongText(Column):
    """Text of several lines."""

    def schema(self) -> dict[str, Any]:
        """Text; `x-lines` says that it may hold several lines."""
        return {**Column.schema(self), "x-lines": True}


class Choice(Column):
    """One of the choices that the checklist names, whatever the case it is typed in."""

    def _parse(self, text: str, keys: Keys) -> str:  # noqa: ARG002
        choices = {folded(c): c for c in self.field.choices}
        if folded(text) not in choices:
            named = ", ".join(self.field.choices)
            raise self.wrong(say("{text!r} is not one of {choices}.", text=text, choices=named))
        return choices[folded(text)]

    def schema(self) -> dict[str, Any]:
        """The choices."""
        return {"enum": list(self.field.choices)}


class Date(Column):
    """A calendar day."""

    def read(self, cell: Any) -> Any:
        """The date that was recorded as 2026-11-30."""
        try:
            return recorded_day(cell) if isinstance(cell, str) else None
        except ValueError:
            return None

    def _parse(self, text: str, keys: Keys) -> str:  # noqa: ARG002
        try:
            return parse_day(text).isoformat()
        except ValueError as error:
            raise self.wrong(f"{error}.") from None

    def schema(self) -> dict[str, Any]:
        """A date in the form 2026-11-30."""
        return {"type": "string", "format": "date"}


class Number(Column):
    """A whole number, within the bounds that the checklist sets."""

    def read(self, cell: Any) -> Any:
        """The number."""
        return cell if isinstance(cell, int) and not isinstance(cell, bool) else None

    def _parse(self, text: str, keys: Keys) -> int:  # noqa: ARG002
        low, high = self.field.min, self.field.max
        if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.0)?", text):
            raise self.wrong(self._no_number(text))
        number = int(text.removesuffix(".0"))
        if (low is not None and number < low) or (high is not None and number > high):
            raise self.wrong(say("{number} is out of range; it goes {reach}.", number=number, reach=self._reach))
        return number

    def _no_number(self, text: str) -> str:
        if not self._reach:
            return say("{text!r} is not a whole number; write digits alone, such as 3.", text=text)
        return say("{text!r} is not a whole number {reach}; write digits alone, such as 3.", text=text,
                   reach=self._reach)  # fmt: skip

    @property
    def _reach(self) -> str:
        """How a person says the bounds; empty for none."""
        low, high = self.field.min, self.field.max
        if high is not None:
            return say("from {low} to {high}", low=low, high=high)
        return "" if low is None else say("{low} or more", low=low)

    def schema(self) -> dict[str, Any]:
        """A whole number with its bounds."""
        bounds = {"minimum": self.field.min, "maximum": self.field.max}
        return {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}}


class Reference(Column):
    """The key of a row of another register."""

    @property
    def source(self) -> str:
        """What the keys belong to: a register, `evidence`, `questions` or their `lines`."""
        return self.field.register_ or ""

    def _parse(self, text: str, keys: Keys) -> Any:
        return self._check_key(text, keys)

    def _check_key(self, key: str, keys: Keys) -> str:
        known = self._known(keys)
        found = known.find(key)
        if found is None:
            raise self.wrong(str(known.unknown(self.source.rstrip("s").replace("_", " "), key)))
        return found

    def _known(self, keys: Keys) -> Ids:
        known = keys(self.source)
        return known if isinstance(known, Ids) else Ids(known)

    def show(self, value: Any, labels: Labels) -> str:
        """What people call the row."""
        return labels(self.source, str(value)) if value else ""

    def schema(self) -> dict[str, Any]:
        """A key; `x-refers-to` names what it belongs to."""
        return {"type": "string", "x-refers-to": self.source}


class QuestionReference(Reference):
    """The id of a question."""

    @property
    def source(self) -> str:
        """Questions."""
        return "questions"


class References(Reference):
    """Keys of rows of another register, in natural order; as text, they are separated as `listed` splits them."""

    plural: ClassVar[bool] = True

    def read(self, cell: Any) -> Any:
        """The keys as a tuple."""
        return tuple(sorted(_texts(cell), key=natural)) or None

    def check(self, value: Any, keys: Keys) -> Any:
        """The keys as a list, None for none; raises BadInput for one that does not exist."""
        if not isinstance(value, str | list | tuple | set | None):
            says = say("names rows by their keys, in a list or separated by semicolons, not by {value!r}.", value=value)
            raise self.wrong(says)
        texts = listed(value, self._known(keys).find) if isinstance(value, str) else list(value or ())
        named = filter(None, (str(text).strip() for text in texts))
        found = gather(*(partial(self._check_key, text, keys) for text in named))
        return sorted(set(found), key=natural) or None

    def show(self, value: Any, labels: Labels) -> str:
        """What people call the rows."""
        return ", ".join(labels(self.source, key) for key in value or ())

    def schema(self) -> dict[str, Any]:
        """A list of keys."""
        return {"type": "array", "items": {"type": "string", "x-refers-to": self.source}}


def _texts(cell: Any) -> list[str]:
    """What a cell holds, one text for each thing."""
    return [str(one) for one in (cell if isinstance(cell, list | tuple) else [cell]) if one not in (None, "")]


class EvidenceReferences(References):
    """Keys of pieces of evidence."""

    @property
    def source(self) -> str:
        """Evidence."""
        return "evidence"


class LineReferences(References):
    """Keys of lines that an auditor looks for, such as `op-secure-deployment/2`, of the question the row names."""

    @property
    def source(self) -> str:
        """Lines of questions."""
        return "lines"

    def schema(self) -> dict[str, Any]:
        """A list of keys; `x-beside` names the column whose question they belong to."""
        return {**References.schema(self), "x-beside": "question"}


TYPES: Mapping[str, type[Column]] = {
    "text": Column,
    "long_text": LongText,
    "choice": Choice,
    "date": Date,
    "number": Number,
    "ref": Reference,
    "refs": References,
    "evidence": EvidenceReferences,
    "question": QuestionReference,
    "lines": LineReferences,
}


def column(field: RegisterField) -> Column:
    """The column that a field of a register describes."""
    return TYPES[field.type](field)


def read_row(register: Register, body: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every column of `register` in the body of a revision, None for what is not there."""
    return {f.id: column(f).read(body.get(f.id)) for f in register.fields}


def without_lost(register: Register, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an earlier revision, with its mark, without what stood in columns that are no longer there."""
    columns = {TO_REVERIFY, *(f.id for f in register.fields)}
    return {name: cell for name, cell in body.items() if name in columns}


def check_row(register: Register, values: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """`values` of a row as the record keeps them: trimmed, typed, empty ones left out.

    Raises BadInput naming the column and what may stand there, of every column that is wrong. The mark of what is to
    be verified again is no column, and `rules` keep it.
    """
    unknown = set(values) - {f.id for f in register.fields} - {TO_REVERIFY}
    if unknown:
        raise BadInput(str(Unknown("column", min(unknown), (f.id for f in register.fields))))
    body, wrong = {}, []
    for field in register.fields:
        try:
            cell = column(field).check(values.get(field.id), keys)
        except BadInput as error:
            wrong.append(error)
            continue
        if cell is not None:
            body[field.id] = cell
        elif field.required:
            says = say("{column} is empty; every {one} needs one.", column=term(field.label), one=term(register.one))
            wrong.append(BadInput(says, field=field.id))
    refuse(wrong)
    return body


def salvage_row(register: Register, values: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """The columns of a row that is being typed, as `read_row` reads them; what is wrong so far is empty."""
    body = {}
    for field in register.fields:
        with suppress(BadInput):
            body[field.id] = column(field).check(values.get(field.id), keys)
    return read_row(register, body)


def says_nothing(value: object) -> bool:
    """Whether a cell is empty, says in words that there is none, or holds no letter and no digit."""
    text = str(value or "").strip().casefold()
    return text in NOTHING or not any(map(str.isalnum, text))
