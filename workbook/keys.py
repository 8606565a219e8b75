"""The keys that the workbook makes by itself, for rows and for evidence: DS-007, EV-0012."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbook.catalog import Catalog
from workbook.errors import BadInput


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
        example = next(iter(catalog.facts[register.keyed_by or ""]))
        raise BadInput(f"Say which {register.one} it is, for example {example}.")
    return numbers
