"""What happened since a risk was last reviewed and asks for a new look at it (clause 8.2), from the record itself.

Tests, findings and model versions count by the day they speak of; rows and answers by the day they were recorded. What
an engagement was filled with on a register's first day is no event, nor is what was there before the risk was.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from workbook.analysis.reassessment import reviewed
from workbook.language import later, say, term
from workbook.record import Record, Row
from workbook.references import mentioned
from workbook.words import natural

TOUCHED = ("models", "datasets", "components", "assets")  # whose rows a risk may name, in a column of the same name
# registers in which a new row, and one that was recorded anew, are events
GROWING = {
    "models": (later("new model"), later("changed model")),
    "datasets": (later("new dataset"), later("changed dataset")),
    "components": (later("new component"), later("changed component")),
    "assets": (later("new asset"), later("changed asset")),
    "suppliers": (later("new supplier"), later("changed supplier")),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: in words, the row or answer it comes from, on which day, and the risks it touches."""

    says: str
    register: str
    key: str
    name: str
    day: date
    risks: tuple[str, ...]


def risk_events(record: Record) -> tuple[Event, ...]:
    """What happened since the last review of a risk, the newest first; each thing once, with all risks it touches."""
    return record.once(_collect)


def events_of(record: Record, risk: str) -> tuple[Event, ...]:
    """What happened since this risk was last reviewed, the newest first."""
    return tuple(e for e in risk_events(record) if risk in e.risks)


def _collect(record: Record) -> tuple[Event, ...]:
    found = [*_tests(record), *_findings(record), *_versions(record), *_rows(record), *_answers(record)]
    return tuple(sorted(found, key=lambda e: (-e.day.toordinal(), e.register, natural(e.key))))


def _event(record: Record, says: str, row: Row, on: date, touched: Iterable[Row]) -> Iterator[Event]:
    """The event of a row on a day, for those of the risks that were last reviewed before it."""
    risks = tuple(r.key for r in touched if _outdated(record, r, on))
    if risks:
        yield Event(says, row.register, row.key, row.name, on, risks)


def _outdated(record: Record, risk: Row, on: date) -> bool:
    """Whether a risk was last reviewed before something that happened; a review that lies ahead is none yet."""
    last = reviewed(record, risk)
    return last is not None and last < on <= record.on


def _tests(record: Record) -> Iterator[Event]:
    for row in record.register("tests"):
        if row["tested_on"] and "not effective" in (row["design"], row["operation"]):
            systems = (row["system"],) if row["system"] else ()
            touched = _by_control(record, _controls(record, row["question"]), systems)
            yield from _event(record, say("failed audit test"), row, row["tested_on"], touched)


def _findings(record: Record) -> Iterator[Event]:
    for row in record.register("findings"):
        if row["raised_on"]:
            controls = {*_controls(record, row["question"]), *mentioned(row["requirement"] or "")}
            touched = _by_control(record, controls, row["systems"] or ())
            says = say("finding: {grade}", grade=term(str(row["grade"])))
            yield from _event(record, says, row, row["raised_on"], touched)


def _versions(record: Record) -> Iterator[Event]:
    """Versions of models by the day of their validation, unless the table of changes tells of the version."""
    for row in record.register("models"):
        told = any(_tells_of(change, row) for change in record.register("changes"))
        if row["validated_on"] and row["stage"] == "production" and not told:
            numbered = say("version {version} of a model", version=row["version"])
            says = numbered if row["version"] else say("version without a number of a model")
            touched = _touched(record, row, (row["system"],) if row["system"] else ())
            yield from _event(record, says, row, row["validated_on"], touched)


def _tells_of(change: Row, model: Row) -> bool:
    """Whether a change brought the version of a model that stands in the table: it names it, since its validation."""
    happened, validated = change["happened_on"], model["validated_on"]
    return model.key in (change["models"] or ()) and bool(happened and validated and happened >= validated)


def _rows(record: Record) -> Iterator[Event]:
    """Rows that are new or were recorded anew; a change counts for the risks that name the row."""
    for register, (new, changed) in GROWING.items():
        rows = record.register(register)
        begun = min((day for row in rows if (day := _day(record, row.at))), default=None)
        for row in rows:
            day = _day(record, row.at)
            if day is None or (register == "models" and row["validated_on"]) or (row.version == 1 and day == begun):
                continue
            touched = _touched(record, row, _systems(row), named_only=row.version > 1)
            known = (r for r in touched if _was_there(record, r, row.at))
            yield from _event(record, say(new if row.version == 1 else changed), row, day, known)


def _answers(record: Record) -> Iterator[Event]:
    """Answers that were changed, for the risks whose controls they bear on."""
    for asked in record.asked:
        answer, day = asked.answer, _day(record, asked.answer.at)
        if answer.version < 2 or day is None:
            continue
        systems = (asked.slot.system,) if asked.slot.system else ()
        touched = _by_control(record, _controls(record, asked.question.id), systems)
        known = tuple(r.key for r in touched if _outdated(record, r, day) and _was_there(record, r, answer.at))
        if known:
            says = say("answer changed: {result}", result=term(str(asked.result)))
            yield Event(says, "answers", asked.key, asked.label, day, known)


def _day(record: Record, moment: datetime | None) -> date | None:
    local = record.local(moment)
    return local.date() if local else None


def _was_there(record: Record, risk: Row, moment: datetime | None) -> bool:
    """Whether a risk was recorded before a moment, so that it was rated without what came then."""
    first = record.begun.get(risk.key) or risk.at
    return moment is not None and first is not None and first < moment


# which risks something touches --------------------------------------------------------------------------------------


def _controls(record: Record, question: str | None) -> set[str]:
    """The Annex A controls that a question bears on."""
    found = record.catalog.questions.get(question or "")
    return {ref for ref in (found.refs.get("iso27001", ()) if found else ()) if ref.startswith("A.")}


def _by_control(record: Record, controls: Collection[str], systems: Collection[str]) -> list[Row]:
    """The risks whose treatment rests on one of these controls, of one of these systems."""
    return [
        r
        for r in record.register("risks")
        if set(controls) & set(r["controls"] or ()) and _meets(systems, r["systems"] or ())
    ]


def _touched(record: Record, row: Row, systems: Collection[str], named_only: bool = False) -> list[Row]:
    """The risks that name a row; unless only these, the risks of its systems as well."""
    risks = record.register("risks")
    named = [r for r in risks if row.register in TOUCHED and row.key in (r[row.register] or ())]
    return named if named_only else [r for r in risks if r in named or _meets(systems, r["systems"] or ())]


def _systems(row: Row) -> Collection[str]:
    values = row.values
    return values.get("systems") or ((values["system"],) if values.get("system") else ())


def _meets(some: Collection[str], others: Collection[str]) -> bool:
    """Whether two sets of systems have one in common; none stands for all."""
    return not some or not others or bool(set(some) & set(others))
