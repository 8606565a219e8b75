"""What speaks against a claim: open nonconformities, failed tests and counter-evidence, until a later test passes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbook.analysis.artefacts import span
from workbook.analysis.audit_tests import failed, proves, touches_system
from workbook.analysis.findings import is_open
from workbook.language import later, say, term
from workbook.model import Evidence, Result
from workbook.record import Asked, Record, Row, Stated
from workbook.references import mentioned
from workbook.scale import NONCONFORMITIES


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing that speaks against a claim: of what kind, the key of its row or evidence, and in words.

    It speaks against it from the day `since` on: on which a finding was raised or a test made, or the first that
    counter-evidence speaks of. None where nobody said.
    """

    kind: Literal["nonconformity", "test", "evidence"]
    by: str
    says: str
    since: date | None = None


_CLAIMS_NOTHING = (Result.NOT_ASSESSED, Result.NOT_IMPLEMENTED)
# When something spoke: its day, and its revision in the ledger for two of one day.
Moment = tuple[date, int]


def contradictions(record: Record) -> Mapping[str, tuple[Contradiction, ...]]:
    """What contradicts each question as asked, by the key of its answer; nothing for most of them.

    An answer that claims nothing, not implemented or not assessed, has nothing to contradict.
    """
    against = speaking_against(record)
    return {a.key: against[a.key] for a in record.asked if a.result not in _CLAIMS_NOTHING and a.key in against}


def speaking_against(record: Record) -> Mapping[str, tuple[Contradiction, ...]]:
    """What speaks against what each question asks for, whatever is answered, by the key of the answer.

    A later test of design and operation that can stand lifts what was said before it; what has no day stands until it
    is closed or taken back.
    """
    return record.once(_speaking_against)


def _speaking_against(record: Record) -> Mapping[str, tuple[Contradiction, ...]]:
    tests = _by_question(record.register("tests"))
    findings = [r for r in record.register("findings") if r["grade"] in NONCONFORMITIES and is_open(record, r)]
    against = [(k, s) for k, s in record.evidence.items() if s.value.against]
    found = {}
    for asked in record.asked:
        mine = tests.get(asked.question.id, [])
        lifted = max((_moment(t["tested_on"], t.number) for t in mine if proves(record, asked, t)), default=None)
        said = [*_of_findings(asked, findings), *_of_tests(asked, mine), *_of_evidence(asked, against)]
        if standing := tuple(c for c, moment in said if lifted is None or moment >= lifted):
            found[asked.key] = standing
    return found


def _by_question(tests: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in tests:
        found.setdefault(str(row["question"]), []).append(row)
    return found


def _moment(on: date | None, number: int) -> Moment:
    """When something spoke; what has no day spoke after everything that has one."""
    return on or date.max, number


def _of_findings(asked: Asked, findings: Iterable[Row]) -> Iterable[tuple[Contradiction, Moment]]:
    for row in findings:
        if touches(row, asked):
            says = f"{term(str(row['grade']))} {row.key}, {term(str(row['status']))}: {row.name}"
            yield (
                Contradiction("nonconformity", row.key, says, row["raised_on"]),
                _moment(row["raised_on"], row.number),
            )


def touches(finding: Row, asked: Asked) -> bool:
    """Whether a finding speaks of a question as asked: it names the question, or, where it names none, a clause or
    control that the question refers to; and the system, or none.
    """
    if finding["question"]:
        return bool(finding["question"] == asked.question.id) and _of_system(finding, asked)
    return cites(finding, asked)


def cites(finding: Row, asked: Asked) -> bool:
    """Whether a finding is raised against a clause or control that a question refers to, for its system or for all."""
    named = mentioned(str(finding["requirement"] or ""))
    return bool(named & set(asked.question.refs.get("iso27001", ()))) and _of_system(finding, asked)


def _of_system(finding: Row, asked: Asked) -> bool:
    systems = finding["systems"] or ()
    return not systems or not asked.slot.system or asked.slot.system in systems


def _of_tests(asked: Asked, tests: Iterable[Row]) -> Iterable[tuple[Contradiction, Moment]]:
    for row in tests:
        if failed(row) and touches_system(asked, row):
            sides = tuple(side for side in ("design", "operation") if row[side] == "not effective")
            yield (
                Contradiction("test", row.key, say(_FAILED[sides], key=row.key), row["tested_on"]),
                _moment(row["tested_on"], row.number),
            )


_FAILED = {
    ("design",): later("test {key} found design not effective"),
    ("operation",): later("test {key} found operation not effective"),
    ("design", "operation"): later("test {key} found design and operation not effective"),
}


def _of_evidence(
    asked: Asked, against: Iterable[tuple[str, Stated[Evidence]]]
) -> Iterable[tuple[Contradiction, Moment]]:
    for key, stated in against:
        if {asked.key, asked.question.id} & set(stated.value.against):
            says = say("evidence {key} speaks against it: {label}", key=key, label=stated.value.label)
            first, last = span(stated.value)
            yield Contradiction("evidence", key, says, first), _moment(last, stated.number)
