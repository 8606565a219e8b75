"""What the internal audit left undone: failed tests that no finding speaks of, planned audits that no test shows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from workbook.analysis.audit_tests import failed, touches_system
from workbook.analysis.counter import cites, touches
from workbook.people import same_person
from workbook.record import Asked, Record, Row
from workbook.references import mentioned

NEAR = timedelta(days=60)  # a test belongs to a planned audit whose day is no further away; a convention of ours


@dataclass(frozen=True, slots=True)
class Unreported:
    """A failed test that no finding speaks of, with what it tested."""

    test: Row
    asked: tuple[Asked, ...]


def unreported_failures(record: Record) -> Iterator[Unreported]:
    """Tests that failed and that no finding speaks of since: a known ticket is no reason to raise none (clause 10.2).

    A finding speaks of a test that names it, by its question or control, or by evidence that no other test rests on.
    """
    findings, tests = record.register("findings"), record.register("tests")
    seen = Counter(key for test in tests for key in test["evidence"] or ())
    for test in filter(failed, tests):
        asked = tuple(a for a in record.asked if a.question.id == test["question"] and touches_system(a, test))
        own = {key for key in test["evidence"] or () if seen[key] == 1}
        later = [f for f in findings if not _closed_before(f, test)]
        named = test["finding"] in {f.key for f in later}
        if asked and not named and not any(own & set(f["evidence"] or ()) or _speaks_of(f, asked) for f in later):
            yield Unreported(test, asked)


def _closed_before(finding: Row, test: Row) -> bool:
    closed, tested = finding["closed_on"], test["tested_on"]
    return bool(closed and tested and closed < tested)


def _speaks_of(finding: Row, asked: tuple[Asked, ...]) -> bool:
    return any(touches(finding, one) or cites(finding, one) for one in asked)


def untested_audits(record: Record) -> Iterator[Row]:
    """Planned audits that are done, and that no test shows (clause 9.2.2).

    A test belongs to one if it was made by its auditor, on one of its systems, near its day, on one of its criteria;
    what is not named on either side tells nothing.
    """
    tests = record.register("tests")
    for planned in record.register("plan"):
        if planned["status"] == "done" and not any(_belongs(record, test, planned) for test in tests):
            yield planned


def _belongs(record: Record, test: Row, planned: Row) -> bool:
    systems, criteria = planned["systems"] or (), mentioned(str(planned["criteria"] or ""))
    question = record.catalog.questions.get(str(test["question"]))
    bears = question is not None and criteria & set(question.refs.get("iso27001", ()))
    near = not (test["tested_on"] and planned["date"]) or abs(test["tested_on"] - planned["date"]) <= NEAR
    on_system = not systems or not test["system"] or test["system"] in systems
    by_auditor = not planned["auditor"] or same_person(test["auditor"], planned["auditor"])
    return bool(on_system and near and by_auditor and (bears or not criteria))
