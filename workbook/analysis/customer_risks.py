"""What a customer reads of how far claims are shown, and of how risks of machine learning are handled."""

from collections import Counter
from collections.abc import Iterable, Iterator

from workbook.analysis.approvals import standing
from workbook.analysis.coverage import area_coverage, count_asked
from workbook.analysis.customer_words import (
    Cell,
    Figures,
    Part,
    Said,
    Stand,
    alarming,
    by_severity,
    on_day,
    said,
    stated,
)
from workbook.analysis.method import SUBJECT, method_of, why_no_method
from workbook.analysis.overdue import days_late
from workbook.analysis.proof import prove
from workbook.analysis.risk import RatedRisk, rated_risks
from workbook.analysis.risk_suggestions import suggested_risks
from workbook.language import say, say_many, term
from workbook.model import Result
from workbook.record import Record
from workbook.scale import SEVERITIES
from workbook.words import capitalized

# questions ----------------------------------------------------------------------------------------------------------

CLAIM = (
    "Claimed as implemented is what the organisation says of itself. Shown: a fresh piece of each kind of evidence "
    "asked for is there; it may show a claim of part of it. Tested: an auditor independent of it also found design and "
    "operation effective. Contradicted: a finding, a failed test or other evidence speaks against it."
)


def claims_stand(record: Record) -> Stand:
    """How far the claims of this audit are shown."""
    tally, proofs = count_asked(record, record.asked), prove(record)
    blank, rest = tally.applicable - tally.assessed, tally.assessed - tally.implemented
    claimed = [proofs[a.key] for a in record.asked if a.applicable and a.result is Result.IMPLEMENTED]
    bare = sum(not one.contradicted and not one.reaches("evidenced") for one in claimed)
    return Stand(
        say("What the audit asks"),
        stated({
            say_many("of {shown} of {n} question the claim, in full or in part, is shown by fresh evidence",
                     "of {shown} of {n} questions the claim, in full or in part, is shown by fresh evidence",
                     tally.applicable, shown=tally.evidenced): tally.evidenced,
            say_many("{n} claim tested and found effective", "{n} claims tested and found effective", tally.tested):
                tally.tested,
        }),
        stated({
            say("no question is asked yet"): not tally.applicable,
            say_many("{n} question claimed as implemented, without the evidence asked for",
                     "{n} questions claimed as implemented, without the evidence asked for", bare): bare,
            say_many("{n} question answered, and not as implemented",
                     "{n} questions answered, and not as implemented", rest): rest,
            say_many("{n} question not assessed", "{n} questions not assessed", blank): blank,
            say_many("{n} claim contradicted", "{n} claims contradicted", tally.contradicted): tally.contradicted,
        }),
    )  # fmt: skip


def topics_part(record: Record) -> Part:
    """The topics that the audit asks about, each with its counts."""
    rows = [
        (
            term(area.section.title),
            tally.applicable,
            tally.implemented,
            tally.evidenced,
            tally.tested,
            alarming(tally.contradicted),
            alarming(tally.applicable - tally.assessed),
        )
        for area in area_coverage(record)
        if (tally := area.total).applicable
    ]
    headers = (
        say("Topic"), say("Questions"), say("Claimed as implemented"), say("Shown, in full or in part"), say("Tested"),
        say("Contradicted"), say("Not assessed"),
    )  # fmt: skip
    caption = say("What this audit asks about machine learning; a question of every system counts once for each.")
    nothing = said("" if rows else say("No question is asked yet."), against=True)
    figures = (Said(term(CLAIM)), Figures(caption, headers, tuple(rows))) if rows else ()
    return Part(say("What the audit asks"), (*nothing, *figures))


# risks --------------------------------------------------------------------------------------------------------------


def _no_method(record: Record) -> str:
    """Why no risk counts as assessed, in words that name nobody; empty under an approved method."""
    if not why_no_method(record):
        return ""
    method, approval = method_of(record), standing(record, SUBJECT).approval
    if not method.begun:
        return say("no method for rating risks is written down")
    if method.faults:
        return say("the method for rating risks is not complete")
    if approval is None:
        return say("the method for rating risks is not approved")
    return say("the method for rating risks was changed since it was approved {on_day}",
               on_day=on_day(approval["approved_on"]))  # fmt: skip


def _late(record: Record, found: Iterable[RatedRisk]) -> list[RatedRisk]:
    return [one for one in found if not one.treated and days_late(one.row["due"], record.on)]


def risks_stand(record: Record) -> Stand:
    """How many risks lie within the limit today, and how many nobody accepts who may."""
    found, no_method = rated_risks(record), _no_method(record)
    rated = [one for one in found if one.today]
    above = [one for one in rated if one.today and not one.today.of.within]
    unaccepted, late = [one for one in above if one.unaccepted], len(_late(record, found))
    within, accepted = len(rated) - len(above), len(above) - len(unaccepted)
    levels = by_severity(Counter(one.today.band for one in unaccepted if one.today))
    unrated = len(found) - len(rated)
    held = {
        say_many("{within} of {n} risk within the limit today", "{within} of {n} risks within the limit today",
                 len(found), within=within): within,
        say("{accepted} above the limit, accepted by those who may", accepted=accepted): accepted,
    }  # fmt: skip
    return Stand(
        say("ML risks"),
        () if no_method else stated(held),
        stated({
            say("no risk is in the register"): not found,
            say("no risk counts as assessed: {why}", why=no_method): no_method,
            say_many("{n} risk above the limit today, accepted by nobody who may ({levels})",
                     "{n} risks above the limit today, accepted by nobody who may ({levels})",
                     len(unaccepted), levels=levels): unaccepted and not no_method,
            say_many("{n} risk not rated", "{n} risks not rated", unrated): unrated,
            say_many("{n} treatment overdue", "{n} treatments overdue", late): late,
        }),
    )  # fmt: skip


def risks_part(record: Record) -> Part:
    """How risks are rated, where they stand today, what is done about them, and which known ones are rated."""
    found, no_method = rated_risks(record), _no_method(record)
    approval = standing(record, SUBJECT).approval
    if no_method:
        lead = Said(say("{why}, so no risk counts as assessed.", why=capitalized(no_method)), against=True)
    else:
        approved = on_day(approval["approved_on"] if approval else None)
        lead = Said(say("Risks are rated by a method that was approved {on_day}.", on_day=approved))
    title = say("How ML risks are handled")
    if not found:
        return Part(title, (lead, Said(say("No risk is in the register."), against=True)))
    return Part(title, (lead, _levels(found, no_method), *_treatment(record, found), *_catalogue(record)))


def _levels(found: tuple[RatedRisk, ...], no_method: str) -> Figures:
    """The risks of today by level; without a method nobody can say which of them lie above its limit."""
    headers = (
        say("Level"), say("Risks today"), say("Above the limit"), say("Accepted by those who may"),
        say("Accepted by nobody who may"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for name in SEVERITIES:
        here = [one for one in found if one.today and one.today.band == name]
        above = [one for one in here if one.today and not one.today.of.within]
        left = sum(one.unaccepted for one in above)
        if here:
            rows.append((capitalized(term(name)), len(here), len(above), len(above) - left, alarming(left)))
    if blank := sum(one.today is None for one in found):
        rows.append((Said(say("Not rated"), against=True), alarming(blank), "–", "–", "–"))
    known = 2 if no_method else len(headers)
    caption = say("Risks by their level today. What a treatment is to achieve counts once it is done and shown.")
    return Figures(caption, headers[:known], tuple(row[:known] for row in rows))


def _treatment(record: Record, found: tuple[RatedRisk, ...]) -> Iterator[Said]:
    kept = sum(one.row["treatment"] == "retain" for one in found)
    done = [one for one in found if one.treated and one.row["treatment"] != "retain"]
    left, late = [one for one in found if not one.treated], _late(record, found)
    undated = sum(one.row["due"] is None for one in left)
    words = stated({
        say("{done} done", done=len(done) or say("none")): True,
        say("{left} still to be done", left=len(left)): left,
        say("{late} of these overdue", late=len(late)): late,
        say("{undated} of these without a date", undated=undated): undated,
    })  # fmt: skip
    retained = say_many("{n} risk is retained as it is.", "{n} risks are retained as they are.", kept)
    treated = say("Treatments: {words}.", words=", ".join(words))
    yield Said(f"{treated} {retained}" if kept else treated, against=bool(late or undated))
    if unshown := sum(bool(one.unshown) for one in done):
        says = say_many(
            "Done, but by controls that the record does not name or show, so that no risk is lowered: {n} treatment.",
            "Done, but by controls that the record does not name or show, so that no risk is lowered: {n} treatments.",
            unshown,
        )
        yield Said(says, against=True)


def _catalogue(record: Record) -> Iterator[Said]:
    """Which of the known ML risks the register looks at."""
    left = {one.entry["risk_id"] for one in suggested_risks(record)}
    every = record.catalog.risk_catalogue()
    rated = [term(entry["title"]) for entry in every if entry["risk_id"] not in left]
    if not rated:
        yield Said(
            say(
                "Of the {every} known risks of machine learning in the workbook's catalogue the register rates none.",
                every=len(every),
            ),
            against=True,
        )
        return
    yield Said(
        say(
            "Of the {every} known risks of machine learning in the workbook's catalogue the register rates {rated}: "
            "{names}.",
            every=len(every), rated=len(rated), names="; ".join(rated),
        )
    )  # fmt: skip
    missing = say("Of these known risks {left} are not rated in the register.", left=len(left))
    yield from said(missing if left else "", left)
