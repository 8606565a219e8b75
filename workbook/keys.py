"""The keys that the workbook makes by itself, for rows and for evidence: DS-007, EV-0012."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from workbook.catalog import Catalog
from workbook.entries import Register
from workbook.errors import BadInput
from workbook.ids import Ids
from workbook.words import folded


@dataclass(frozen=True, slots=True)
class Numbering:
    """How keys of one kind are numbered: by a prefix, and a number of at least `width` digits."""

    prefix: str
    width: int

    def key(self, number: int) -> str:
        """The key of this number."""
        return f"{self.prefix}-{number:0{self.width}d}"

    def number(self, key: str) -> int | None:
        """The number in a key; None in one that a person made up."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}-([0-9]+)", key)
        return int(found[1]) if found else None

    def following(self, keys: Iterable[str]) -> int:
        """The number after the highest among `keys`."""
        return max((number for key in keys if (number := self.number(key)) is not None), default=0) + 1


EVIDENCE = Numbering("EV", 4)


def numbering(catalog: Catalog, kind: str) -> Numbering | None:
    """How evidence or the rows of a register are numbered; None where references or ids of checklists are the keys."""
    if kind == "evidence":
        return EVIDENCE
    register = catalog.registers.get(kind)
    return None if register is None or register.keyed_by else Numbering(register.prefix, 3)


def require_numbering(catalog: Catalog, kind: str) -> Numbering:
    """How evidence or the rows of a register are numbered; raises BadInput where references are the keys, Unknown."""
    numbers = numbering(catalog, kind)
    if numbers is None:
        register = catalog.register(kind)
        example = next(iter(catalog.known_keys(register)))
        raise BadInput(f"Say which {register.one} it is, for example {example}.")
    return numbers


def known_ids(catalog: Catalog, register: Register) -> Ids:
    """The references that may be keys of a register, as people write them; none where keys are made."""
    known = catalog.known_keys(register)
    gone = _no_controls(catalog) if register.id == "controls" else {}
    return Ids(known, {key: reference.title for key, reference in known.items()}, gone)


def _no_controls(catalog: Catalog) -> dict[str, str]:
    """What looks like a control and is none: controls of 2013 with their successors, and clauses."""
    clauses = (i for i in catalog.facts["iso27001"] if not i.startswith("A."))
    says = dict.fromkeys(clauses, "is a clause of ISO/IEC 27001 and no control; name a control as A.5.1.")
    for old, new in catalog.successors.items():
        says[old] = f"is a control of the 2013 edition; 2022 has {' and '.join(new)} in its place."
    return says


def written(catalog: Catalog, kind: str, text: str) -> str:
    """An id that somebody typed as it is kept: one that looks like those the workbook makes gets their prefix."""
    key, numbers = " ".join(unicodedata.normalize("NFC", text).split()), numbering(catalog, kind)
    if numbers is None:
        return key
    ours = f"{numbers.prefix}{key[len(numbers.prefix) :]}"
    return ours if folded(ours) == folded(key) and numbers.number(ours) is not None else key
