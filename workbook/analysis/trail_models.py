"""What the record says of the links of a model's audit trail, from its purpose to the question why it is live today."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from workbook.analysis.findings import is_open
from workbook.analysis.prediction_hits import rows_by_key
from workbook.analysis.prediction_models import licences, older_assessments
from workbook.analysis.proof_calendar import MonthState, months_of
from workbook.analysis.risk import rated_risks
from workbook.analysis.trail import (
    Followed,
    Rule,
    Told,
    broken,
    claimed,
    missing,
    names_of,
    not_due,
    rows_named,
    speaks_of,
    systems_of,
)
from workbook.language import later, say, say_many, term, written_month
from workbook.record import Row
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES
from workbook.words import capitalized, day, first_of, folded

_CONTAINED = re.compile(r"\b(?:contain(?:ed|ment)|eingedämmt|eindämmung|sofortmaßnahmen?)\b", re.IGNORECASE)
_UNCONTAINED = re.compile(
    r"\b(?:no|not|never|without|nicht|nie|ohne|keine?)\b[\w\s]{0,20}\b(?:contain|eingedämmt|eindämm|sofortma)",
    re.IGNORECASE,
)
MONTHS: Mapping[MonthState, str] = {
    "contradicted": later("contradicted"),
    "nothing": later("without evidence"),
    "claim": later("by claim only"),
    "evidence": later("by evidence"),
    "test": later("by test"),
}
_LACKS = {
    ("version",): later("{key} has no version."),
    ("lineage",): later("{key} has no lineage."),
    ("version", "lineage"): later("{key} has no version and no lineage."),
}


def purpose(one: Followed) -> Iterator[Told]:
    """What its system is for, and whether somebody looked at what that version does to people (control A.5.34)."""
    systems = rows_by_key(one.record, "systems")
    system = systems.get(str(one.row["system"]))
    if system is None or says_nothing(system["purpose"]):
        yield missing(say("No purpose of its system is recorded."), *([system.key] if system else []))
    else:
        yield claimed(say("The purpose is recorded:"), system.key)
    yield from (broken(f"{hit.says}.", hit.keys[0]) for hit in older_assessments(one.record) if one.row.key in hit.keys)


def rights(one: Followed) -> Iterator[Told]:
    """Whether the rights to its data held when it was made, and hold while it is live (controls A.5.31, A.5.32)."""
    validated, live = one.row["validated_on"], one.row["stage"] == "production"
    for keys, ended in licences(one.record, one.row):
        if validated and ended < validated:
            says = say("The right to {key} ended {day}; validated on {validated}.", key=keys[-1], day=day(ended),
                       validated=day(validated))  # fmt: skip
            yield broken(says, *keys)
        elif live and ended < one.record.on:
            says = say("The right to {key} ended {day}, and it is in production.", key=keys[-1], day=day(ended))
            yield broken(says, *keys)


def lineage(one: Followed) -> Iterator[Told]:
    """Whether each dataset it was trained on has a version and says how it was made."""
    datasets = rows_by_key(one.record, "datasets")
    for row in (datasets[key] for key in one.row["training_data"] or () if key in datasets):
        lacking = tuple(name for name in ("version", "lineage") if says_nothing(row[name]))
        if lacking:
            yield missing(say(_LACKS[lacking], key=row.key), row.key)
        else:
            yield claimed(say("Version {version}:", version=row["version"]), row.key)


def changes_of(one: Followed) -> list[Row]:
    """The changes, incidents apart, that name the model, the first one first."""
    planned = (c for c in one.record.register("changes") if c["kind"] != "incident")
    named = (c for c in planned if one.row.key in (c["models"] or ()))
    return sorted(named, key=lambda c: c["happened_on"] or date.max)


def reassessed(one: Followed) -> Iterator[Told]:
    """Whether the risks were looked at before it went live (clause 8.2)."""
    changes = changes_of(one)
    if not changes:
        yield missing(say("No recorded change names it, so nothing says when the risks were looked at for it."))
    for change in changes:
        looked, happened = change["reassessed_on"], change["happened_on"]
        if looked is None:
            yield missing(say("The risks were not looked at for it:"), change.key)
        elif happened and looked > happened:
            late = (looked - happened).days
            says = say_many(
                "The risks were looked at {n} day after it:", "The risks were looked at {n} days after it:", late
            )
            yield broken(says, change.key)
        else:
            yield claimed(say("The risks were looked at on {day}:", day=day(looked)), change.key)


def went_live(one: Followed) -> date | None:
    """The day on which the first change that names the model was made."""
    return next((c["happened_on"] for c in changes_of(one) if c["happened_on"]), None)


def deployed(one: Followed) -> Iterator[Told]:
    """The day it went live, by the changes that name it."""
    live = went_live(one)
    if live is None:
        yield missing(say("No recorded change names it, so nothing says when it went live."))
    else:
        yield claimed(say("Live since {day}:", day=day(live)), *(c.key for c in changes_of(one)))


def serving(one: Followed) -> Iterator[Told]:
    """Whether the hash that serves is the one that was registered and approved."""
    registered, serves = one.row["artefact_hash"], one.row["serving_hash"]
    if not serves:
        return
    if says_nothing(registered):
        yield missing(say("There is no artefact hash to compare with."))
    elif folded(registered) != folded(serves):
        yield broken(say("It is not the artefact hash that is registered."))
    elif says_nothing(one.row["approved_by"]):
        yield missing(
            say("It is the registered one; nobody approved that, so there is no approved hash to compare with.")
        )
    else:
        yield claimed(say("It is the registered artefact hash."))


def months(one: Followed) -> Iterator[Told]:
    """How each month of the audit period in which it was live is shown to be monitored."""
    first, last = went_live(one) or date.min, one.row["retired_on"] or date.max
    systems = systems_of(one.record, one.row)
    for asked in one.record.asked:
        if asked.question.id in one.link.questions and asked.slot.system in ("", *systems):
            states = months_of(one.record, asked.key)
            begun = [(m, s) for m, s in states if s != "ahead" and m.last >= first and m.first <= last]
            yield from _monitored(
                [(f"{written_month(month.first.month)} {month.first.year}", state) for month, state in begun], asked.key
            )


def _monitored(found: list[tuple[str, MonthState]], key: str) -> Iterator[Told]:
    if not found:
        yield not_due(say("No month of the audit period has begun in which it was live."))
        return
    said = {state: [month for month, s in found if s == state] for state in MONTHS}
    words = "; ".join(f"{say(MONTHS[state])} {_span(months)}" for state, months in said.items() if months)
    says = say("By month: {words}.", words=words)
    if said["contradicted"]:
        yield broken(says, key)
    elif said["nothing"] or said["claim"]:
        yield missing(says, key)
    else:
        yield claimed(says, key)


def _span(months: list[str]) -> str:
    if len(months) == 1:
        return months[0]
    return say("{first} to {last} ({number})", first=months[0], last=months[-1], number=len(months))


def decides(one: Followed) -> Iterator[Told]:
    """Whether its system decides about people at all."""
    system = rows_by_key(one.record, "systems").get(str(one.row["system"]))
    if system is None or not system["decides_about_people"]:
        says = say("Nobody has said whether its system decides about people.")
        yield missing(says, *([system.key] if system else []))
    else:
        said = term(system["decides_about_people"])
        yield claimed(say("Its system decides about people: {said}.", said=said), system.key)


def incidents(one: Followed) -> Iterator[Told]:
    """Incidents that name it, or its system while it was live."""
    first, last = went_live(one), one.row["retired_on"] or date.max
    found = []
    for row in one.record.register("changes"):
        same = one.row["system"] in (row["systems"] or ()) and not row["models"]
        then = first is not None and row["happened_on"] is not None and first <= row["happened_on"] <= last
        if row["kind"] == "incident" and (one.row.key in (row["models"] or ()) or (same and then)):
            found.append(row.key)
    if found:
        yield claimed(say("Recorded, each with a trail of its own:"), *found)
    else:
        yield not_due(say("None is recorded for it; that does not say that there was none."))


def risks(one: Followed) -> Iterator[Told]:
    """The risks of its system: rated, treated, and accepted by their owners (clause 6.1.3)."""
    rated = [r for r in rated_risks(one.record) if one.row["system"] in (r.row["systems"] or ())]
    open_ones = [r for r in rated if r.unaccepted]
    unrated = [r.row.key for r in rated if r.today is None]
    if not rated:
        yield missing(say("No risk names its system."))
    if open_ones:
        rates = "; ".join(say("{key} is {rating}", key=r.row.key, rating=r.today.text) for r in open_ones if r.today)
        yield broken(say("Not accepted today: {risks}.", risks=rates), *(r.row.key for r in open_ones))
    if unrated:
        yield missing(say("Nobody has rated:"), *unrated)
    if rated:
        shown = all(r.treated and not r.unshown for r in rated)
        says = say_many("{n} risk of its system rated.", "{n} risks of its system rated.", len(rated))
        yield Told("evidenced", says) if shown and not unrated else claimed(says)


def findings_naming(one: Followed) -> list[Row]:
    """The findings whose name or statement names the row."""
    every = one.record.register("findings")
    return [r for r in every if one.row.key in rows_named(one.record, one.kind, f"{r.name} {r['statement'] or ''}")]


def findings(one: Followed) -> Iterator[Told]:
    """What the audit found about this row by its name: open nonconformities break it, the others are told."""
    named = findings_naming(one)
    for row in named:
        says = f"{capitalized(term(str(row['grade'])))}, {term(str(row['status']))}: {row.name}."
        red = row["grade"] in NONCONFORMITIES and is_open(one.record, row)
        yield broken(says, row.key) if red else claimed(says, row.key)
    if not named:
        yield not_due(say("No finding names it."))


def standing(one: Followed) -> Iterator[Told]:
    """Why a version stays in production although something stands against it (clauses 8.1 and 10.2)."""
    against = [r.key for r in findings_naming(one) if r["grade"] in NONCONFORMITIES and is_open(one.record, r)]
    unapproved = says_nothing(one.row["approved_by"])
    if not against and not unapproved:
        yield not_due(say("Nothing that names it stands against it."))
        return
    says = _live_although(first_of(against, 4), unapproved)
    if kept := containment(one, against):
        yield claimed(f"{says} {say('Contained, as is said in:')}", *kept)
    else:
        yield missing(f"{says} {say('No containment is recorded.')}", *against)


def _live_although(against: str, unapproved: bool) -> str:
    if not against:
        return say("It is in production although nobody approved it.")
    if not unapproved:
        return say("It is in production although open: {findings}.", findings=against)
    return say("It is in production although nobody approved it and open: {findings}.", findings=against)


def containment(one: Followed, against: Sequence[str]) -> tuple[str, ...]:
    """What speaks of containing it: evidence that names it, and corrections of the findings against it (10.2 a)."""
    names = names_of(one.kind, one.row)
    pieces = ((key, stated.value) for key, stated in one.record.evidence.items())
    told = {key: f"{about.title} {about.artefact} {about.name} {about.version}" for key, about in pieces}
    kept = one.record.proofs(key for key, text in told.items() if _contains(text) and speaks_of(text, names))
    actions = (a for a in one.record.register("actions") if a["finding"] in against)
    return (*kept, *(a.key for a in actions if _contains(f"{a.name} {a['correction'] or ''}")))


def _contains(text: str) -> bool:
    return bool(_CONTAINED.search(text)) and not _UNCONTAINED.search(text)


RULES: Mapping[str, Rule] = {
    "purpose": purpose,
    "rights": rights,
    "lineage": lineage,
    "reassessed": reassessed,
    "deployed": deployed,
    "serving": serving,
    "months": months,
    "decides": decides,
    "incidents": incidents,
    "risks": risks,
    "findings": findings,
    "standing": standing,
}
