"""What is recorded as it was typed, and yet is probably not meant: pointed out beside its field, refused nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workbook.analysis.applicability import supplier_word
from workbook.analysis.certification import mismatches
from workbook.analysis.deadlines import lies_ahead
from workbook.analysis.figures import weaknesses_of_measurement, weaknesses_of_objective
from workbook.entries import RegisterField
from workbook.judging import sample_fault
from workbook.language import later, say, term
from workbook.model import Answer, Result
from workbook.record import Record, Row
from workbook.words import capitalized, day, folded

_SUPPLIER = later("A supplier's certificate is no reason to exclude it: the need is there, and the supplier meets it.")
_SETTLED = (Result.IMPLEMENTED, Result.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What to look at again in one field, in a sentence."""

    field: str
    says: str


def doubts_of_row(record: Record, row: Row) -> tuple[Doubt, ...]:
    """What to look at again in a row of a register, as it was typed or as it stands."""
    fields = record.catalog.register(row.register).fields
    dates = [doubt for field in fields for doubt in _doubts_of_date(record, field, row)]
    excluded = row.register == "controls" and row["applicable"] == "no" and supplier_word(record, row["reason"])
    return (
        *_twins(record, row),
        *dates,
        *([Doubt("reason", say(_SUPPLIER))] if excluded else ()),
        *_doubts_of_figure(record, row),
        *(_doubts_of_certificate(record, row) if row.register == "certificates" else ()),
        *(_doubts_of_test(row) if row.register == "tests" else ()),
    )


def _doubts_of_certificate(record: Record, row: Row) -> Iterator[Doubt]:
    """What of a certificate does not fit the record, beside the column in which it shows."""
    yield from (Doubt(one.column, one.says) for one in mismatches(record, row))


def _doubts_of_test(row: Row) -> Iterator[Doubt]:
    """A sample that is larger than its population; a test that failed and names no finding, or tests no line."""
    if sample := sample_fault(row.values):
        yield Doubt("sampled" if row["sampled"] is not None else "sample", f"{capitalized(sample)}.")
    if "not effective" in (row["design"], row["operation"]) and not row["finding"]:
        yield Doubt("finding", say("It failed: raise a finding below and name it here (clause 10.2)."))
    if row["question"] and not row["lines"]:
        says = say("Without the lines it tested, it counts for no single control of its question.")
        yield Doubt("lines", says)


def doubts_of_answer(answer: Answer, on: date) -> tuple[Doubt, ...]:
    """What to look at again in an answer."""
    late = answer.due is not None and answer.due < on and answer.result not in _SETTLED
    return (Doubt("due", say("{day} has passed already.", day=day(answer.due))),) if late else ()


def _doubts_of_figure(record: Record, row: Row) -> Iterator[Doubt]:
    """An objective that nobody can measure, or that is reached against its figure; a measurement that asks for more."""
    found = weaknesses_of_objective(row) if row.register == "objectives" else ()
    found = weaknesses_of_measurement(record, row) if row.register == "measurements" else found
    yield from (Doubt(weak.field, f"{capitalized(weak.says)}.") for weak in found)


def _twins(record: Record, row: Row) -> Iterator[Doubt]:
    """Another row of the same name; of models and datasets, one of the same version."""
    if record.catalog.register(row.register).keyed_by or not row.values.get("name"):
        return
    for other in record.rows.get(row.register, ()):
        same = folded(other.name) == folded(row.name) and other.values.get("version") == row.values.get("version")
        if same and other.key != row.key:
            says = say("{key} has this name, too. If both are meant, tell them apart.", key=other.key)
            yield Doubt("name", says)
            return


def _doubts_of_date(record: Record, field: RegisterField, row: Row) -> Iterator[Doubt]:
    value = row[field.id]
    if not isinstance(value, date):
        return
    if lies_ahead(field, row) and value < record.on:
        yield Doubt(field.id, say("{day} has passed already.", day=day(value)))
    first = row[field.not_before] if field.not_before else None
    if isinstance(first, date) and value < first:
        facts = {"label": term(record.catalog.register(row.register).field(field.not_before or "").label)}
        facts |= {"day": day(value), "first": day(first)}
        yield Doubt(field.id, say("{day} comes before “{label}”, {first}.", **facts))
