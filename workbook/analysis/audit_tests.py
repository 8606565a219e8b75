"""What the auditor has tested: the tests of each question and area, and what speaks against a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workbook.analysis.sampling import open_sample, testers
from workbook.drawing import sample_named
from workbook.judging import adopted, sample_fault, tie
from workbook.language import say, term
from workbook.people import same_person
from workbook.record import Asked, Record, Row
from workbook.registers import says_nothing


def find_tests(record: Record, asked: Asked) -> tuple[Row, ...]:
    """The audit tests of one question as asked; a test that names no system stands for all of them."""
    tests = (r for r in record.register("tests") if r["question"] == asked.question.id)
    return tuple(r for r in tests if touches_system(asked, r))


def touches_system(asked: Asked, test: Row) -> bool:
    """Whether a test of a question speaks of the system that it is asked of: by its name, or of all of them."""
    return not asked.slot.system or test["system"] in (None, "", asked.slot.system)


def failed(test: Row) -> bool:
    """Whether a test found design or operation not effective."""
    return "not effective" in (test["design"], test["operation"])


def tested_controls(record: Record, test: Row) -> frozenset[str]:
    """The controls and clauses that a test speaks of: those of the lines it names.

    One that names no line may have tested any of its question, so it speaks of what all of them have in common only.
    """
    question = record.catalog.questions.get(str(test["question"]))
    named = [record.catalog.lines[key] for key in test["lines"] or () if key in record.catalog.lines]
    if named:
        return frozenset(one for line in named for one in line.tests)
    every = [frozenset(line.tests) for line in question.lines] if question else []
    return frozenset.intersection(*every) if every else frozenset()


def names_no_line(test: Row) -> bool:
    """Whether nobody said which line of its question a test tested."""
    return not test["lines"]


def failed_controls(record: Record) -> Mapping[str, frozenset[str]]:
    """The tests that failed, and no later one of the same question and system, with what they may speak of."""
    newest: dict[tuple[str, str], Row] = {}
    for test in sorted(record.register("tests"), key=lambda t: (t["tested_on"] or date.max, t.number)):
        newest[str(test["question"]), str(test["system"] or "")] = test
    return {test.key: _asked_about(record, test) for test in newest.values() if failed(test)}


def _asked_about(record: Record, test: Row) -> frozenset[str]:
    """What a failed test speaks against: its lines, or, where it names none, all that its question tests."""
    if not names_no_line(test):
        return tested_controls(record, test)
    question = record.catalog.questions.get(str(test["question"]))
    return frozenset(question.tests) if question else frozenset()


def why_no_proof(record: Record, asked: Asked, test: Row) -> str:
    """Why a test does not show that what a question asks for works (clause 9.2.2); empty if it does.

    It must speak of this system and of both design and operation, by more than inquiry, with population, sample and
    evidence, by an auditor who has no tie to the answer, and after the last change to the system.
    """
    tested, system = test["tested_on"], asked.slot.system
    reasons = {
        say("it names another system or none"): bool(system) and test["system"] != system,
        say("it has no day, or one that lies ahead"): tested is None or tested > record.on,
        say("its auditor answered or owns what was tested"): bool(
            tie(test["auditor"], asked.authors, asked.answer.value.owner)
        ),
        say("its sample was looked at by somebody who answered or owns what was tested"): any(
            tie(name, asked.authors, asked.answer.value.owner) for name in testers(record, sample_named(test["sample"]))
        ),
        say("something was changed since"): bool(tested) and tested < last_change(record, system),
        **_objections(record, test),
    }
    return next((says for says, so in reasons.items() if so), "")


def proves(record: Record, asked: Asked, test: Row) -> bool:
    """Whether a test shows that what a question asks for works."""
    return not why_no_proof(record, asked, test)


def last_change(record: Record, system: str) -> date:
    """The day of the last recorded change to a system; of a question that is asked once, no change is the last."""
    days = (r["happened_on"] for r in record.register("changes") if system and _concerns(r, system))
    return max((day for day in days if day and day <= record.on), default=date.min)


def _concerns(change: Row, system: str) -> bool:
    return not change["systems"] or system in change["systems"]


@dataclass(frozen=True, slots=True)
class AreaTests:
    """How much of one section the auditor has tested, and with what result."""

    title: str
    applicable: int
    tested: int
    tests: tuple[Row, ...]

    @property
    def failed(self) -> int:
        """Tests that found design or operation not effective."""
        return sum(map(failed, self.tests))

    @property
    def passed(self) -> int:
        """Tests that found operation effective, and design not ineffective."""
        return sum(r["operation"] == "effective" and r["design"] != "not effective" for r in self.tests)

    @property
    def exceptions(self) -> int:
        """Exceptions found in the samples."""
        return sum(r["exceptions_found"] or 0 for r in self.tests)


def area_tests(record: Record) -> tuple[AreaTests, ...]:
    """Every section with its tests, in reading order."""
    return tuple(_tests_of_area(record, s.id, term(s.title)) for s in record.catalog.sections.values())


def _tests_of_area(record: Record, section_id: str, title: str) -> AreaTests:
    applicable = [a for a in record.of_section(section_id) if a.applicable]
    ids = {q.id for q in record.catalog.section(section_id).questions}
    tests = tuple(r for r in record.register("tests") if r["question"] in ids)
    return AreaTests(title, len(applicable), sum(bool(find_tests(record, a)) for a in applicable), tests)


def weaknesses_of_test(record: Record, test: Row) -> tuple[str, ...]:
    """What another auditor would object to in a test; empty when it can stand as it is."""
    adopted_now = adopted(record.catalog.lines, test["lines"] or ())
    own = {
        say("reviewed by the auditor who made it"): same_person(test["checked_by"], test["auditor"]),
        say("no line of its question named"): names_no_line(test),
        say("a line that it tested reads otherwise today"): bool(test["steps"]) and test["steps"] != adopted_now,
        sample_fault(test.values): bool(sample_fault(test.values)),
    }
    return tuple(says for says, so in (_objections(record, test) | own).items() if so)


def _objections(record: Record, test: Row) -> dict[str, bool]:
    """What can be said against a test, whatever it tested, and whether it is so."""
    design, operation = test["design"], test["operation"]
    opened = open_sample(record, sample_named(test["sample"]))
    return {
        say("its sample is open: {reasons}", reasons="; ".join(opened)): bool(opened),
        say("no method named"): says_nothing(test["method"]),
        say("inquiry alone is not enough"): test["method"] == "inquiry",
        say("design not effective"): design == "not effective",
        say("operation not effective"): operation == "not effective",
        say("no conclusion yet"): not design and not operation,
        say("design not tested"): design == "not tested" or bool(operation and not design),
        say("operation not tested"): operation == "not tested" or bool(design and not operation),
        say("population not described"): says_nothing(test["population"]),
        say("sample not described"): says_nothing(test["sample"]),
        say("no evidence named"): not record.proofs(test["evidence"] or ()),
        say("exceptions found, yet concluded as effective"): bool(test["exceptions_found"])
        and operation == "effective",
    }
