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
from workbook.model import Result
from workbook.record import Record
from workbook.scale import SEVERITIES
from workbook.words import capitalized, count

# questions ----------------------------------------------------------------------------------------------------------

CLAIM = (
    "Claimed is what the organisation says of itself. Shown by evidence: a fresh piece of each kind of evidence asked "
    "for is there. Tested: an auditor independent of it also found design and operation effective. Contradicted: a "
    "finding, a failed test or other evidence speaks against it. Evidence and tests may show a claim in part, too."
)


def claims_stand(record: Record) -> Stand:
    """How far the claims of this audit are shown."""
    tally, proofs = count_asked(record, record.asked), prove(record)
    blank, rest = tally.applicable - tally.assessed, tally.assessed - tally.implemented
    claimed = [proofs[a.key] for a in record.asked if a.applicable and a.result is Result.IMPLEMENTED]
    bare = sum(not one.contradicted and not one.reaches("evidenced") for one in claimed)
    return Stand(
        "What the audit asks",
        stated({
            f"of {tally.evidenced} of {count(tally.applicable, 'question')} the claim, in full or in part, is shown by "
            "fresh evidence": tally.evidenced,
            f"{count(tally.tested, 'claim')} tested and found effective": tally.tested,
        }),
        stated({
            "no question is asked yet": not tally.applicable,
            f"{count(bare, 'question')} claimed as implemented, without the evidence asked for": bare,
            f"{count(rest, 'question')} answered, and not as implemented": rest,
            f"{count(blank, 'question')} not assessed": blank,
            f"{count(tally.contradicted, 'claim')} contradicted": tally.contradicted,
        }),
    )  # fmt: skip


def topics_part(record: Record) -> Part:
    """The topics that the audit asks about, each with its counts."""
    rows = [
        (
            area.section.title,
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
    headers = ("Topic", "Questions", "Claimed", "Shown by evidence", "Tested", "Contradicted", "Not assessed")
    caption = "What this audit asks about machine learning; a question of every system counts once for each."
    nothing = said("" if rows else "No question is asked yet.", against=True)
    return Part(
        "What the audit asks", (*nothing, *((Said(CLAIM), Figures(caption, headers, tuple(rows))) if rows else ()))
    )


# risks --------------------------------------------------------------------------------------------------------------


def _no_method(record: Record) -> str:
    """Why no risk counts as assessed, in words that name nobody; empty under an approved method."""
    if not why_no_method(record):
        return ""
    method, approval = method_of(record), standing(record, SUBJECT).approval
    if not method.begun:
        return "no method for rating risks is written down"
    if method.faults:
        return "the method for rating risks is not complete"
    if approval is None:
        return "the method for rating risks is not approved"
    return f"the method for rating risks was changed since it was approved {on_day(approval['approved_on'])}"


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
    held = {
        f"{within} of {count(len(found), 'risk')} within the limit today": within,
        f"{accepted} above the limit, accepted by those who may": accepted,
    }
    return Stand(
        "ML risks",
        () if no_method else stated(held),
        (
            *stated({
                "no risk is in the register": not found,
                f"no risk counts as assessed: {no_method}": no_method,
                f"{count(len(unaccepted), 'risk')} above the limit today, accepted by nobody who may ({levels})":
                    unaccepted and not no_method,
                f"{count(len(found) - len(rated), 'risk')} not rated": len(found) - len(rated),
                f"{count(late, 'treatment')} overdue": late,
            }),
        ),
    )  # fmt: skip


def risks_part(record: Record) -> Part:
    """How risks are rated, where they stand today, what is done about them, and which known ones are rated."""
    found, no_method = rated_risks(record), _no_method(record)
    approval = standing(record, SUBJECT).approval
    if no_method:
        lead = Said(f"{capitalized(no_method)}, so no risk counts as assessed.", against=True)
    else:
        lead = Said(
            f"Risks are rated by a method that was approved {on_day(approval['approved_on'] if approval else None)}."
        )
    if not found:
        return Part("How ML risks are handled", (lead, Said("No risk is in the register.", against=True)))
    return Part(
        "How ML risks are handled",
        (lead, _levels(found, no_method), *_treatment(record, found), *_catalogue(record)),
    )


def _levels(found: tuple[RatedRisk, ...], no_method: str) -> Figures:
    """The risks of today by level; without a method nobody can say which of them lie above its limit."""
    headers = ("Level", "Risks today", "Above the limit", "Accepted by those who may", "Accepted by nobody who may")
    rows: list[tuple[Cell, ...]] = []
    for name in SEVERITIES:
        here = [one for one in found if one.today and one.today.band == name]
        above = [one for one in here if one.today and not one.today.of.within]
        left = sum(one.unaccepted for one in above)
        if here:
            rows.append((capitalized(name), len(here), len(above), len(above) - left, alarming(left)))
    if blank := sum(one.today is None for one in found):
        rows.append((Said("Not rated", against=True), alarming(blank), "–", "–", "–"))
    known = 2 if no_method else len(headers)
    caption = "Risks by their level today. What a treatment is to achieve counts once it is done and shown."
    return Figures(caption, headers[:known], tuple(row[:known] for row in rows))


def _treatment(record: Record, found: tuple[RatedRisk, ...]) -> Iterator[Said]:
    kept = sum(one.row["treatment"] == "retain" for one in found)
    done = [one for one in found if one.treated and one.row["treatment"] != "retain"]
    left, late = [one for one in found if not one.treated], _late(record, found)
    undated = sum(one.row["due"] is None for one in left)
    words = stated({
        f"{len(done) or 'none'} done": True,
        f"{len(left)} still to be done": left,
        f"{len(late)} of these overdue": late,
        f"{undated} of these without a date": undated,
    })  # fmt: skip
    retained = f" {count(kept, 'risk is', 'risks are')} retained as {'it is' if kept == 1 else 'they are'}."
    yield Said(f"Treatments: {', '.join(words)}.{retained if kept else ''}", against=bool(late or undated))
    if unshown := sum(bool(one.unshown) for one in done):
        says = "Done, but by controls that the record does not name or show, so that no risk is lowered"
        yield Said(f"{says}: {count(unshown, 'treatment')}.", against=True)


def _catalogue(record: Record) -> Iterator[Said]:
    """Which of the known ML risks the register looks at."""
    left = {one.entry["risk_id"] for one in suggested_risks(record)}
    every = record.catalog.risk_catalogue()
    rated = [entry["title"] for entry in every if entry["risk_id"] not in left]
    many = f"Of the {len(every)} known risks of machine learning in the workbook's catalogue"
    if not rated:
        yield Said(f"{many} the register rates none.", against=True)
        return
    yield Said(f"{many} the register rates {len(rated)}: {'; '.join(rated)}.")
    yield from said(f"Of these known risks {len(left)} are not rated in the register." if left else "", left)
