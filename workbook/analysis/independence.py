"""Who audits what, and whether they would check their own work (control A.5.3, clause 9.2.2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from workbook.analysis.audit_tests import find_tests
from workbook.judging import Tie, tie
from workbook.language import later, say
from workbook.people import same_person
from workbook.record import Record, Row
from workbook.words import first_of, folded, natural

_VERBS = {Tie.ANSWERED: later("answered {what}"), Tie.OWNS: later("owns {what}")}
_TIES = {
    Tie.ANSWERED: later("{test} tests an answer of their own: {question}"),
    Tie.OWNS: later("{test} tests what they own: {question}"),
}


@dataclass(frozen=True, slots=True)
class Auditor:
    """One auditor: the row in the table of people, if any, what they audit, and what speaks against it."""

    name: str
    person: Row | None
    planned: tuple[Row, ...]
    tests: tuple[Row, ...]
    conflicts: tuple[str, ...]
    gaps: tuple[str, ...]


def auditors(record: Record) -> tuple[Auditor, ...]:
    """Everybody who is an auditor in the table of people, the plan or the tests, by name (clause 9.2.2)."""
    people = {folded(p.name): p for p in record.register("people") if p["part"] == "auditor"}
    names = {key: person.name for key, person in people.items()}
    for register in ("plan", "tests"):
        for row in record.register(register):
            if row["auditor"]:
                names.setdefault(folded(row["auditor"]), row["auditor"].strip())
    return tuple(_auditor(record, names[key], people.get(key)) for key in sorted(names, key=natural))


def _auditor(record: Record, name: str, person: Row | None) -> Auditor:
    planned = tuple(r for r in record.register("plan") if same_person(r["auditor"], name))
    tests = tuple(r for r in record.register("tests") if same_person(r["auditor"], name))
    conflicts = dict.fromkeys([*_own_answers(record, name, tests), *_own_work(record, person, planned, tests)])
    missing = {
        say("not in the table of people as auditor"): person is None,
        say("areas worked on not declared"): person is not None and not person["worked_on"],
        say("competence not recorded"): person is not None and not person["competence"],
    }
    return Auditor(name, person, planned, tests, tuple(conflicts), tuple(g for g, so in missing.items() if so))


def _own_answers(record: Record, name: str, tests: Iterable[Row]) -> Iterable[str]:
    """Tests of answers that the auditor ever gave, or owns (control A.5.3)."""
    asked = {q: [a for a in record.asked if a.question.id == q] for q in {str(t["question"]) for t in tests}}
    for test in tests:
        for one in asked[str(test["question"])]:
            if test not in find_tests(record, one):
                continue
            authors = {one.answer.actor, *record.authors.get(one.key, ())}
            found = tie(name, authors, one.answer.value.owner)
            if found is not None:
                yield say(_TIES[found], test=test.key, question=one.label)


def _own_work(record: Record, person: Row | None, planned: Iterable[Row], tests: Iterable[Row]) -> Iterable[str]:
    """Planned audits and tests on a system that the auditor declared to have worked on."""
    declared = str(person["worked_on"] or "").casefold() if person else ""
    for system in record.systems:
        if system.name.casefold() not in declared:
            continue
        mine = [s.key for s in planned if system.key in (s["systems"] or ())]
        mine += [t.key for t in tests if t["system"] == system.key]
        if mine:
            audits = ", ".join(mine)
            yield say("{audits}: declared work on {system} in the last 24 months", audits=audits, system=system.name)


def unplanned_systems(record: Record) -> tuple[Row, ...]:
    """The systems in scope that no planned audit names; none when one names no system, so stands for all."""
    planned = record.register("plan")
    if any(not s["systems"] for s in planned):
        return ()
    named = {key for s in planned for key in s["systems"] or ()}
    return tuple(s for s in record.systems if s.key not in named)


# the team of one audit ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team of one audit: as what, competent by what, and what ties them to what the audit covers."""

    name: str
    part: str
    competence: str
    conflicts: tuple[str, ...]
    gaps: tuple[str, ...]


def audit_team(record: Record, audit: Row, sessions: Iterable[Row], covered: Collection[str]) -> tuple[Member, ...]:
    """The team of an audit of the programme: its lead auditor, the auditors of its sessions, its technical expert.

    `covered` are its controls and clauses: who answered or owns what they ask about would audit their own work
    (control A.5.3, clause 9.2.2).
    """
    named = [(audit["lead"], later("lead auditor")), *((s["auditor"], later("auditor")) for s in sessions)]
    parts: dict[str, tuple[str, str]] = {}
    for name, part in (*named, (audit["experts"], later("technical expert"))):
        if name:
            parts.setdefault(folded(name), (name.strip(), part))
    return tuple(_member(record, audit, name, part, covered) for name, part in parts.values())


def _member(record: Record, audit: Row, name: str, part: str, covered: Collection[str]) -> Member:
    person = next((p for p in record.rows.get("people", ()) if same_person(p.name, name)), None)
    competence = str(person["competence"] or "") if person else ""
    missing = {say("not in the table of people"): person is None, say("competence not recorded"): not competence}
    ties = (*_answered(record, audit, name, covered), *_owned(record, audit, name, covered))
    return Member(name, part, competence, tuple(filter(None, ties)), tuple(g for g, so in missing.items() if so))


def _answered(record: Record, audit: Row, name: str, covered: Collection[str]) -> Iterable[str]:
    systems = audit["systems"] or ()
    mine: dict[Tie, list[str]] = {}
    for asked in record.asked:
        elsewhere = systems and asked.slot.system and asked.slot.system not in systems
        if elsewhere or not set(covered) & set(asked.question.tests):
            continue
        authors = {asked.answer.actor, *record.authors.get(asked.key, ())}
        if found := tie(name, authors, asked.answer.value.owner):
            mine.setdefault(found, []).append(asked.label)
    yield from (say(_VERBS[kind], what=first_of(labels, 1)) for kind, labels in mine.items())


def _owned(record: Record, audit: Row, name: str, covered: Collection[str]) -> Iterable[str]:
    systems = audit["systems"] or [s.key for s in record.systems]
    own = [s.name for s in record.systems if s.key in systems and same_person(s["owner"], name)]
    own += [c.key for c in record.rows.get("controls", ()) if c.key in covered and same_person(c["owner"], name)]
    if own:
        yield say(_VERBS[Tie.OWNS], what=first_of(own, 3))
