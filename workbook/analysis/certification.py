"""What a certification body certified and found, and what of it does not fit the record (ISO/IEC 17021-1, 9.6)."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.analysis.approvals import standing
from workbook.analysis.gaps import gaps_of_row
from workbook.analysis.point import Point, row_point
from workbook.language import later, say, term
from workbook.record import Record, Row, disclosed
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES, Severity
from workbook.words import capitalized, day, folded

APPLICABILITY = "Statement of Applicability"
HELD = ("valid", "suspended")  # while a certificate says what is certified
WAITS = {"open": later("not answered yet"), "answered": later("answered, and not closed by the body")}
RESTS_ON_ONE = ("surveillance", "recertification")  # kinds of audit that presuppose a certificate


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What of a certificate does not fit the record: the column it shows in, a sentence, and how severe it is.

    Without a severity it is a doubt: two texts that differ and may both be meant.
    """

    column: str
    says: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class BodyCount:
    """How many findings of the body there are, how many of them are open, and how many answers are late."""

    every: int
    open: int
    late: int


def mismatches(record: Record, certificate: Row) -> tuple[Mismatch, ...]:
    """What of one certificate does not fit the rest of the record, the gravest first; nothing once it has ended."""
    if certificate["status"] not in HELD:
        return ()
    found = (*_suspended(certificate), *_ends(record, certificate), *_soa(record, certificate))
    return (*found, *_scope(record, certificate), *_other_day(record, certificate))


def certificate_fault(record: Record) -> str:
    """How the version of the Statement of Applicability on a certificate differs from the approved one; empty if none
    does.
    """
    found = (one for row in record.register("certificates") for one in mismatches(record, row))
    return next((one.says for one in found if one.column == "soa_version"), "")


def _suspended(certificate: Row) -> Iterable[Mismatch]:
    if certificate["status"] == "suspended":
        yield Mismatch("status", say("The certificate is suspended: nobody may refer to it as valid."), "high")


def _ends(record: Record, certificate: Row) -> Iterable[Mismatch]:
    """An audit that begins when the certificate has run out; that it has run out today is a gap of its row."""
    begins, ends = record.engagement.audit_date, certificate["valid_until"]
    kind = record.engagement.audit_kind
    if kind in RESTS_ON_ONE and begins and ends and record.on <= ends < begins:
        facts = {"ends": day(ends), "kind": term(kind), "begins": day(begins)}
        says = say("The certificate ends on {ends}, before the {kind} audit begins on {begins}.", **facts)
        yield Mismatch("valid_until", says, "high")


def _soa(record: Record, certificate: Row) -> Iterable[Mismatch]:
    """A version of the Statement of Applicability that is not the approved one (ISO/IEC 27006-1, 8.2)."""
    named, approved = str(certificate["soa_version"] or ""), standing(record, APPLICABILITY)
    if says_nothing(named):
        return
    if approved.approval is None:
        says = say(
            "The certificate names version {named} of the Statement of Applicability, and no approved version is "
            "recorded.",
            named=named,
        )
        yield Mismatch("soa_version", says, "medium")
    elif not _same(named, approved.version):
        says = say(
            "The certificate names version {named} of the Statement of Applicability; version {version} was approved "
            "on {day}.",
            named=named,
            version=approved.version,
            day=day(approved.approval["approved_on"]),
        )
        yield Mismatch("soa_version", says, "medium")


def _scope(record: Record, certificate: Row) -> Iterable[Mismatch]:
    certified, ours = (disclosed(str(text or "")) for text in (certificate["scope"], record.engagement.scope))
    if not says_nothing(certified) and not says_nothing(ours) and not _same(certified, ours):
        yield Mismatch(
            "scope",
            say("The scope of this audit reads otherwise. An audit may look at a part; what it adds is not certified."),
        )


def _other_day(record: Record, certificate: Row) -> Iterable[Mismatch]:
    begins, expected = record.engagement.audit_date, certificate["next_on"]
    if record.engagement.audit_kind == certificate["next_kind"] and begins and expected and begins != expected:
        facts = {"begins": day(begins), "expected": day(expected)}
        yield Mismatch("next_on", say("This audit begins on {begins}, the body's next one on {expected}.", **facts))


def _same(one: str, other: str) -> bool:
    """Whether two texts say the same but for case, spaces, a full stop, and the word version before a number."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    plain = folded(text).rstrip(".").strip()
    return plain.removeprefix("version ").removeprefix("v") if plain[-1:].isdigit() else plain


def open_body_findings(record: Record) -> tuple[Row, ...]:
    """The findings that the body has not closed: an answer of ours closes none, nor does the word without its day."""
    return tuple(row for row in record.register("external_findings") if not _is_closed(record, row))


def _is_closed(record: Record, row: Row) -> bool:
    return row["status"] == "closed" and row["closed_on"] is not None and row["closed_on"] <= record.on


def count_body_findings(record: Record) -> BodyCount:
    """The findings of the body, as they stand on the day of the record."""
    late = sum(_is_late(record, row) for row in open_body_findings(record))
    return BodyCount(len(record.register("external_findings")), len(open_body_findings(record)), late)


def _is_late(record: Record, row: Row) -> bool:
    return any(gap.past for gap in gaps_of_row(record, row))


def certification_points(record: Record) -> Iterable[Point]:
    """What does not fit, nonconformities that the body has not closed, and a certificate that is nowhere.

    Certificates that have run out and late answers are points of their own, as every date that has gone by.
    """
    certificates = record.register("certificates")
    for row in certificates:
        yield from (row_point(record, row, (m.severity, m.says), None) for m in mismatches(record, row) if m.severity)
    kind = record.engagement.audit_kind
    if kind in RESTS_ON_ONE and not any(row["status"] in HELD for row in certificates):
        why = say("A {kind} audit rests on a certificate, and none that is held is entered.", kind=term(kind))
        page = record.catalog.page_of["certificates"]
        yield Point("medium", say("No certificate is entered"), why, page=page, anchor="certificates")
    for row in open_body_findings(record):
        yield from _body_finding(record, row)


def _body_finding(record: Record, row: Row) -> Iterable[Point]:
    major = row["grade"] == NONCONFORMITIES[0]
    if row["grade"] not in NONCONFORMITIES or (_is_late(record, row) and not major):
        return
    closed = later("said to be closed, without a day on which the body did so")
    waits, graded = say(WAITS.get(str(row["status"]), closed)), capitalized(term(str(row["grade"])))
    said = say("{grade} of the certification body, {waits}.", grade=graded, waits=waits)
    why = f"{said} {disclosed(str(row['statement'] or ''))}".strip()
    refs = (str(row["requirement"]),) if row["requirement"] else ()
    due, answered = row["due"], row["status"] != "open"
    yield row_point(record, row, ("critical" if major else "high", why), None if answered else due, refs)
