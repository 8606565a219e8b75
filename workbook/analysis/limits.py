"""What a report does not cover, in sentences, so that nobody reads more into it than the record holds."""

from collections.abc import Iterator

from workbook.analysis.annex_a import clause_uses, control_uses
from workbook.analysis.progress import whole_progress
from workbook.analysis.proof import prove
from workbook.audience import shows_forecast
from workbook.language import later, say, say_many
from workbook.model import Result
from workbook.record import Record

# what no record can change
STANDING = (
    later(
        "What was tested was tested by sample: a sample without exceptions makes an undetected failure less likely, "
        "but does not exclude one."
    ),
    later("Freshness says that evidence is young enough, not that it is true."),
    later("Certification is decided by an accredited certification body."),
)
PLANNING = later("The verdict and its figures are a planning aid.")


def not_covered(record: Record) -> tuple[str, ...]:
    """What this report does not cover: what is not assessed, not tested, not reviewed, left out, or kept elsewhere."""
    only = record.label("systems", record.system) if record.system else ""
    lines = (
        say("Only {system} is shown; other systems of this audit are not.", system=only) if only else "",
        *_of_answers(record),
        *_of_evidence(record),
        _uncovered(record),
        say(PLANNING) if shows_forecast(record.audience) else "",
        *map(say, STANDING),
    )
    return tuple(line for line in lines if line)


def _of_answers(record: Record) -> Iterator[str]:
    given = [a for a in record.asked if not a.folded and a.result is not Result.NOT_ASSESSED]
    if blank := len(whole_progress(record).unanswered):
        yield say_many(
            "{n} question: not assessed, so nothing is known there.",
            "{n} questions: not assessed, so nothing is known there.",
            blank,
        )
    if untested := sum(not a.set_aside and not prove(record)[a.key].tests for a in given):
        yield say_many(
            "{n} answer: the team's own word; no independent test of design and operation stands for it.",
            "{n} answers: the team's own word; no independent test of design and operation stands for it.",
            untested,
        )
    if unreviewed := sum(not a.accepted for a in given):
        yield say_many(
            "{n} answer: not accepted by a second person in the present version.",
            "{n} answers: not accepted by a second person in the present version.",
            unreviewed,
        )
    if excluded := sum(not a.applicable for a in record.asked):
        yield say_many(
            "{n} question: does not apply, as somebody else accepted, and is left out of every figure.",
            "{n} questions: does not apply, as somebody else accepted, and is left out of every figure.",
            excluded,
        )


def _of_evidence(record: Record) -> Iterator[str]:
    links, references = (
        sum(stated.value.form == form for stated in record.evidence.values()) for form in ("link", "reference")
    )
    if links:
        yield say_many(
            "{n} address: evidence whose content nobody keeps; it may show something else tomorrow.",
            "{n} addresses: evidence whose content nobody keeps; it may show something else tomorrow.",
            links,
        )
    if references:
        yield say_many(
            "{n} reference: only says on which file share something lies; it proves nothing by itself.",
            "{n} references: only says on which file share something lies; it proves nothing by itself.",
            references,
        )


def _uncovered(record: Record) -> str:
    """How many controls and clauses no audit test and no question looks at."""
    every = (*control_uses(record), *clause_uses(record))
    untested = [c for c in every if c.state != "tested"]
    unasked = [c for c in untested if c.state != "asked"]
    if not untested:
        return ""
    facts = {"untested": len(untested), "every": len(every), "unasked": len(unasked)}
    if not unasked:
        return say(
            "{untested} of {every} controls and clauses: no audit test with a conclusion names a question of them.",
            **facts,
        )
    return say(
        "{untested} of {every} controls and clauses: no audit test with a conclusion names a question of them, and no "
        "question here tests {unasked} of these.",
        **facts,
    )
