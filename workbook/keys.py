"""The keys that the workbook makes by itself, for rows and for evidence: DS-007, EV-0012."""

import unicodedata
from functools import reduce

from workbook.catalog import Catalog
from workbook.drawing import POPULATIONS, SAMPLES
from workbook.entries import Register
from workbook.errors import BadInput
from workbook.ids import Ids
from workbook.language import say, term
from workbook.model import Numbering
from workbook.words import folded

EVIDENCE = Numbering("EV", 4)
_KINDS = {"evidence": EVIDENCE, "issued": Numbering("REP", 3), "population": POPULATIONS, "sample": SAMPLES}


def numbering(catalog: Catalog, kind: str) -> Numbering | None:
    """How keys of this kind are numbered; None where references or ids of checklists are the keys."""
    if kind in _KINDS:
        return _KINDS[kind]
    register = catalog.registers.get(kind)
    return None if register is None or register.keyed_by else Numbering(register.prefix, 3)


def require_numbering(catalog: Catalog, kind: str) -> Numbering:
    """How evidence or the rows of a register are numbered; raises BadInput where references are the keys, Unknown."""
    numbers = numbering(catalog, kind)
    if numbers is None:
        register = catalog.register(kind)
        example = next(iter(catalog.known_keys(register)))
        raise BadInput(say("Say which {one} it is, for example {example}.", one=term(register.one), example=example))
    return numbers


def known_ids(catalog: Catalog, register: Register) -> Ids:
    """The references that may be keys of a register, as people write them; none where keys are made."""
    known = catalog.known_keys(register)
    gone = _no_controls(catalog) if register.id == "controls" else {}
    return Ids(known, {key: reference.title for key, reference in known.items()}, gone)


def _no_controls(catalog: Catalog) -> dict[str, str]:
    """What looks like a control and is none: controls of 2013 with their successors, and clauses."""
    clauses = (i for i in catalog.facts["iso27001"] if not i.startswith("A."))
    says = dict.fromkeys(clauses, say("is a clause of ISO/IEC 27001 and no control; name a control as A.5.1."))
    for old, new in catalog.successors.items():
        named = reduce(lambda first, last: say("{first} and {last}", first=first, last=last), new)
        says[old] = say("is a control of the 2013 edition; 2022 has {controls} in its place.", controls=named)
    return says


def as_kept(catalog: Catalog, kind: str, text: str) -> str:
    """An id that somebody typed as it is kept: one that looks like those the workbook makes gets their prefix."""
    key, numbers = " ".join(unicodedata.normalize("NFC", text).split()), numbering(catalog, kind)
    if numbers is None:
        return key
    ours = f"{numbers.prefix}{key[len(numbers.prefix) :]}"
    return ours if folded(ours) == folded(key) and numbers.number(ours) is not None else key
