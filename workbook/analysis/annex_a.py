"""The controls of Annex A and the clauses 4 to 10: how far each is covered, what is claimed of it and what is shown.

- *tested*: an audit test with a conclusion names a line that tests it. That says that somebody looked; what was found
  stands beside it. A test that names no line of its question counts for what all of its lines test.
- *asked*: a question tests it that counts here, answered or not.
- *mentioned*: a checklist entry or a row refers to it, and no more.
- *silent*: none of these. Its ML note, which every control and clause has, counts for nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workbook.analysis.audit_tests import failed, find_tests, names_no_line, tested_controls
from workbook.analysis.coverage import Tally, count_asked
from workbook.analysis.proof import prove
from workbook.checking import entries
from workbook.entries import Context, Faq, MlNote, Prediction, Question, Task, Watch
from workbook.language import later
from workbook.model import Result
from workbook.record import Asked, Record, Row
from workbook.references import Reference, mentioned, rows
from workbook.scale import CoverState, worst_result

CONCLUSIONS = ("effective", "not effective")


@dataclass(frozen=True, slots=True)
class Covered:
    """One control or clause (`of`), and how far it is covered.

    `before` holds the controls of 2013 that it took over, `asked` the questions that test it, `worst` their worst
    result (None while none is asked), `tally` how much of what they claim is shown, `tests` the audit tests of it
    that have a conclusion, `lineless` those of its questions that may have tested something else, as they name no line,
    `audited` how many of those that count a test of it names, and `mentions` where else it is named.
    """

    of: Reference
    before: tuple[Reference, ...]
    note: MlNote | None
    asked: tuple[Asked, ...]
    tally: Tally
    worst: Result | None
    tests: tuple[Row, ...]
    lineless: tuple[Row, ...]
    audited: int
    mentions: tuple[str, ...]

    @property
    def state(self) -> CoverState:
        """How far it was looked at; nothing that nobody asks or tests here counts for more than a mention."""
        if self.audited:
            return "tested"
        if self.tally.applicable:
            return "asked"
        return "mentioned" if self.mentions else "silent"

    @property
    def failed(self) -> int:
        """How many of the tests found design or operation not effective."""
        return sum(map(failed, self.tests))


def annex_a_controls(record: Record) -> tuple[Reference, ...]:
    """The 93 controls of Annex A of the 2022 edition, in its order."""
    return tuple(r for r in record.catalog.facts["iso27001"].values() if r.id.startswith("A."))


def clauses(record: Record) -> tuple[Reference, ...]:
    """The clauses 4 to 10 that require something, in their order; headings above them are left out."""
    facts = rows(record.catalog.folder / "reference", "iso27001_2022_clauses")
    return tuple(record.catalog.facts["iso27001"][row["id"]] for row in facts if row["kind"] == "requirement")


def control_uses(record: Record) -> tuple[Covered, ...]:
    """Every Annex A control: how far it is covered, its worst claim and how much of it is shown."""
    return tuple(_cover(record, control) for control in annex_a_controls(record))


def clause_uses(record: Record) -> tuple[Covered, ...]:
    """Every clause that requires something: how far it is covered, its worst claim and how much of it is shown."""
    return tuple(_cover(record, clause) for clause in clauses(record))


def _cover(record: Record, of: Reference) -> Covered:
    asked = record.once(_testing).get(of.id, ())
    counted = [a for a in asked if a.applicable]
    found = {a.key: _concluded(record, a) for a in counted}
    tests = {key: [t for t in mine if of.id in tested_controls(record, t)] for key, mine in found.items()}
    lineless = {t.key: t for mine in found.values() for t in mine if names_no_line(t)}
    speaking = {t.key: t for mine in tests.values() for t in mine}
    return Covered(
        of=of,
        before=record.catalog.predecessors.get(of.id, ()),
        note=record.catalog.notes.get(of.id),
        asked=asked,
        tally=_tally(record, counted, tests),
        worst=worst_result(a.result for a in asked if not a.folded),
        tests=tuple(speaking.values()),
        lineless=tuple(test for key, test in lineless.items() if key not in speaking),
        audited=sum(map(bool, tests.values())),
        mentions=(*_set_aside(asked), *record.once(_mentions).get(of.id, ())),
    )


def _tally(record: Record, counted: list[Asked], tests: Mapping[str, Sequence[Row]]) -> Tally:
    """The count of its questions, tested only those that a test of this control or clause shows."""
    proofs = {a.key: prove(record)[a.key] for a in counted}
    shown = [a for a in counted if proofs[a.key].reaches("tested") and _any_of(proofs[a.key].tests, tests[a.key])]
    return replace(count_asked(record, counted), tested=len(shown))


def _any_of(some: Iterable[Row], others: Iterable[Row]) -> bool:
    return bool({row.key for row in some} & {row.key for row in others})


def _concluded(record: Record, asked: Asked) -> tuple[Row, ...]:
    """The tests of a question that have been done by now, and that say whether something is effective."""
    found = find_tests(record, asked)
    return tuple(
        t
        for t in found
        if t["tested_on"] and t["tested_on"] <= record.on and {t["design"], t["operation"]} & {*CONCLUSIONS}
    )


def _testing(record: Record) -> Mapping[str, tuple[Asked, ...]]:
    """The questions as they are asked, by the controls and clauses that a line of theirs tests."""
    found: dict[str, list[Asked]] = {}
    for asked in record.asked:
        for one in asked.question.tests:
            found.setdefault(one, []).append(asked)
    return {one: tuple(testing) for one, testing in found.items()}


def _set_aside(asked: tuple[Asked, ...]) -> tuple[str, ...]:
    """Questions that would test it and do not count here, each once."""
    return tuple(dict.fromkeys(f"{a.question.title} (does not apply here)" for a in asked if not a.applicable))


def _mentions(record: Record) -> Mapping[str, tuple[str, ...]]:
    """Where controls and clauses are named and not tested, by their numbers.

    Predictions are for the team alone and say nothing of what was looked at, so they are left out.
    """
    found: dict[str, list[str]] = {}
    asked = {a.question.id for a in record.asked}
    for _, entry in entries(record.catalog.topics):
        tested = entry.tests if isinstance(entry, Question) and entry.id in asked else ()
        cited = () if isinstance(entry, Prediction) else getattr(entry, "refs", {}).get("iso27001", ())
        for one in set(cited) - set(tested):
            found.setdefault(one, []).append(_name(entry))
    for row in record.register("controls"):
        found.setdefault(row.key, []).append(later("table of controls"))
    for row in record.register("findings"):
        for one in mentioned(str(row["requirement"] or "")):
            found.setdefault(one, []).append(f"finding {row.key}")
    return {one: tuple(names) for one, names in found.items()}


def _name(entry: Question | Faq | Task | Context | Watch) -> str:
    return entry.question if isinstance(entry, Faq) else entry.title
