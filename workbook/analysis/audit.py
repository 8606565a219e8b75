"""What the internal audit has done: tests by area, findings with corrective actions, independence of the auditors."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.analysis.coverage import days_late, label
from workbook.record import Asked, Record, Row

GRADES = ("major nonconformity", "minor nonconformity", "observation", "opportunity for improvement")
DONE = ("done", "effectiveness confirmed")  # states of a corrective action that is no longer to be done


def tests_of(record: Record, asked: Asked) -> tuple[Row, ...]:
    """The audit tests of one question as asked; a test that names no system stands for all of them."""
    system = asked.answer.value.system
    tests = (r for r in record.register("tests") if r["question"] == asked.question.id)
    return tuple(r for r in tests if not system or r["system"] in (None, "", system))


@dataclass(frozen=True, slots=True)
class TestedArea:
    """How much of one section the auditor has tested, and with what result."""

    title: str
    applicable: int
    tested: int
    tests: tuple[Row, ...]

    @property
    def failed(self) -> int:
        """Tests that found design or operation not effective."""
        return sum("not effective" in (r["design"], r["operation"]) for r in self.tests)

    @property
    def passed(self) -> int:
        """Tests that found operation effective, and design not ineffective."""
        return sum(r["operation"] == "effective" and r["design"] != "not effective" for r in self.tests)

    @property
    def exceptions(self) -> int:
        """Exceptions found in the samples."""
        return sum(r["exceptions_found"] or 0 for r in self.tests)


def tested_areas(record: Record) -> tuple[TestedArea, ...]:
    """Every section with its tests, in reading order."""
    return tuple(_tested(record, s.id, s.title) for s in record.catalog.sections.values())


def _tested(record: Record, section_id: str, title: str) -> TestedArea:
    applicable = [a for a in record.of_section(section_id) if a.applicable]
    ids = {q.id for q in record.catalog.section(section_id).questions}
    tests = tuple(r for r in record.register("tests") if r["question"] in ids)
    return TestedArea(title, len(applicable), sum(bool(tests_of(record, a)) for a in applicable), tests)


def weaknesses(test: Row) -> tuple[str, ...]:
    """What another auditor would object to in a test; empty when it can stand as it is."""
    found = {
        "inquiry alone is not enough": test["method"] == "inquiry",
        "design not effective": test["design"] == "not effective",
        "operation not effective": test["operation"] == "not effective",
        "no conclusion yet": not test["design"] and not test["operation"],
        "operation not tested": test["operation"] == "not tested" or bool(test["design"] and not test["operation"]),
        "population not described": not test["population"],
        "sample not described": not test["sample"],
        "no evidence named": not test["evidence"],
        "reviewed by the auditor who made it": _same(test["checked_by"], test["auditor"]),
    }
    if test["exceptions_found"] and test["operation"] == "effective":
        found["exceptions found, yet concluded as effective"] = True
    return tuple(says for says, so in found.items() if so)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and str(one).strip().casefold() == str(other).strip().casefold()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with its age in days (None without a date), by how much it is overdue, and its corrective actions."""

    row: Row
    age: int | None
    late: int
    actions: tuple[Row, ...]

    @property
    def open(self) -> bool:
        """Whether it is not closed."""
        return bool(self.row["status"] != "closed")


def findings(record: Record) -> tuple[Finding, ...]:
    """Every finding: open ones first, of these the overdue ones, then by grade and age."""
    actions = record.register("actions")
    found = [_finding(record, row, actions) for row in record.register("findings")]
    return tuple(sorted(found, key=_order))


def _finding(record: Record, row: Row, actions: Iterable[Row]) -> Finding:
    age = (record.on - row["raised_on"]).days if row["raised_on"] else None
    late = 0 if row["status"] == "closed" else days_late(row["due"], record.on)
    return Finding(row, age, late, tuple(a for a in actions if a["finding"] == row.key))


def _order(finding: Finding) -> tuple[bool, int, int, int, str]:
    grade = finding.row["grade"]
    rank = GRADES.index(grade) if grade in GRADES else len(GRADES)
    return not finding.open, -finding.late, rank, -(finding.age or 0), finding.row.key


def action_late(record: Record, action: Row) -> int:
    """By how many days a corrective action is overdue; 0 once it is done."""
    return 0 if action["status"] in DONE else days_late(action["due"], record.on)


def action_troubles(record: Record, action: Row) -> tuple[str, ...]:
    """What is wrong with a corrective action (clause 10.2): late, no cause, not effective, checked by its owner."""
    late = action_late(record, action)
    done = action["status"] in DONE
    found = {
        f"overdue {late} {'day' if late == 1 else 'days'}": late > 0,
        "no root cause": not action["cause"],
        "did not work": action["effective"] == "no",
        "effect not checked yet": done and action["effective"] not in ("yes", "no"),
        "its owner checked the effect": _same(action["checked_by"], action["owner"]),
    }
    return tuple(says for says, so in found.items() if so)


@dataclass(frozen=True, slots=True)
class Auditor:
    """One auditor: the row in the table of people, if any, what they audit, and what speaks against it."""

    name: str
    person: Row | None
    slots: tuple[Row, ...]
    tests: tuple[Row, ...]
    conflicts: tuple[str, ...]
    gaps: tuple[str, ...]


def auditors(record: Record) -> tuple[Auditor, ...]:
    """Everybody who is an auditor in the table of people, the plan or the tests, by name (clause 9.2.2)."""
    people = {p.name.strip().casefold(): p for p in record.register("people") if p["part"] == "auditor"}
    names = {key: person.name for key, person in people.items()}
    for register in ("plan", "tests"):
        for row in record.register(register):
            if row["auditor"]:
                names.setdefault(row["auditor"].strip().casefold(), row["auditor"].strip())
    return tuple(_auditor(record, names[key], people.get(key)) for key in sorted(names))


def _auditor(record: Record, name: str, person: Row | None) -> Auditor:
    slots = tuple(r for r in record.register("plan") if _same(r["auditor"], name))
    tests = tuple(r for r in record.register("tests") if _same(r["auditor"], name))
    conflicts = dict.fromkeys([*_own_answers(record, name, tests), *_own_work(record, person, slots, tests)])
    missing = {
        "not in the table of people as auditor": person is None,
        "areas worked on not declared": person is not None and not person["worked_on"],
        "competence not recorded": person is not None and not person["competence"],
    }
    return Auditor(name, person, slots, tests, tuple(conflicts), tuple(g for g, so in missing.items() if so))


def _own_answers(record: Record, name: str, tests: Iterable[Row]) -> Iterable[str]:
    """Tests of answers that the auditor gave or owns (control A.5.3)."""
    asked = {q: [a for a in record.asked if a.question.id == q] for q in {str(t["question"]) for t in tests}}
    for test in tests:
        for one in asked[str(test["question"])]:
            if test not in tests_of(record, one):
                continue
            if _same(one.answer.actor, name):
                yield f"{test.key} tests an answer of their own: {label(one)}"
            elif _same(one.answer.value.owner, name):
                yield f"{test.key} tests what they own: {label(one)}"


def _own_work(record: Record, person: Row | None, slots: Iterable[Row], tests: Iterable[Row]) -> Iterable[str]:
    """Slots and tests on a system that the auditor declared to have worked on."""
    told = str(person["worked_on"] or "").casefold() if person else ""
    for system in record.systems:
        if system.name.casefold() not in told:
            continue
        mine = [s.key for s in slots if system.key in (s["systems"] or ())]
        mine += [t.key for t in tests if t["system"] == system.key]
        if mine:
            yield f"{', '.join(mine)}: declared work on {system.name} in the last 24 months"


def unplanned(record: Record) -> tuple[Row, ...]:
    """The systems in scope that no slot of the plan names; none when a slot names no system, so stands for all."""
    slots = record.register("plan")
    if any(not s["systems"] for s in slots):
        return ()
    named = {key for s in slots for key in s["systems"] or ()}
    return tuple(s for s in record.systems if s.key not in named)
