"""Who stands behind a report: which sign-offs are given, by themselves or on paper, and what changed after them."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbook.language import say
from workbook.people import same_person
from workbook.record import Record, Row
from workbook.words import count


@dataclass(frozen=True, slots=True)
class SignOff:
    """One sign-off: whether it is given, who `entered` it where that was somebody else, whether a paper shows it.

    It `holds` where the person entered it, or a signed paper is there; `since` counts what was recorded after it.
    """

    row: Row
    signed: bool
    entered: str
    holds: bool
    since: str


def given_sign_offs(record: Record) -> tuple[SignOff, ...]:
    """Every sign-off that is asked for, given or not, by key."""
    return tuple(_sign_off(record, row) for row in record.register("sign_offs"))


def _sign_off(record: Record, row: Row) -> SignOff:
    themself = same_person(row["recorded_by"], row.name)
    paper = bool(record.proofs(row["paper"] or ()))
    given = bool(row["decision"]) and row["signed_on"] is not None and row["signed_on"] <= record.on
    signed = given and (themself or paper)
    later = record.head.number - (row["revision"] if row["revision"] is not None else row.number)
    since = count(max(later, 0), "later change") if signed else ""
    entered = "" if themself or not row["decision"] else _entered(row, paper)
    return SignOff(row, signed, entered, themself or paper, since)


def _entered(row: Row, paper: bool) -> str:
    known = say("recorded by {name} for them", name=row["recorded_by"])
    by = known if row["recorded_by"] else say("nobody knows who recorded it")
    return by if paper else say("{by}, no signed paper", by=by)


def says_given(found: Sequence[SignOff]) -> str:
    """How many are given, and what a sign-off is."""
    given = sum(one.signed for one in found)
    return say(
        "{given} of {sign_offs} given. A sign-off is a statement on a date; it is not an electronic signature.",
        given=given, sign_offs=count(len(found), "sign-off"),
    )  # fmt: skip


def unsigned_capacities(record: Record) -> tuple[str, ...]:
    """The capacities in which nobody has signed."""
    signed = {one.row["capacity"] for one in given_sign_offs(record) if one.signed}
    return tuple(c for c in record.catalog.register("sign_offs").field("capacity").choices if c not in signed)
