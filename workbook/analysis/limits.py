"""What a report does not cover, in sentences, so that nobody reads more into it than the record holds."""

from collections.abc import Sized

from workbook.analysis.annex_a import clause_uses, control_uses
from workbook.analysis.progress import whole_progress
from workbook.analysis.proof import prove
from workbook.audience import shows_forecast
from workbook.model import Result
from workbook.record import Record
from workbook.words import count

# what no record can change
STANDING = (
    "What was tested was tested by sample: a sample without exceptions makes an undetected failure less likely, but "
    "does not exclude one.",
    "Freshness says that evidence is young enough, not that it is true.",
    "Certification is decided by an accredited certification body.",
)
PLANNING = "The verdict and its figures are a planning aid."


def not_covered(record: Record) -> tuple[str, ...]:
    """What this report does not cover: what is not assessed, not tested, not reviewed, left out, or kept elsewhere."""
    given = [a for a in record.asked if not a.folded and a.result is not Result.NOT_ASSESSED]
    blank = whole_progress(record).unanswered
    untested = [a for a in given if not a.set_aside and not prove(record)[a.key].tests]
    unreviewed = [a for a in given if not a.accepted]
    links, references = (
        [key for key, stated in record.evidence.items() if stated.value.form == form] for form in ("link", "reference")
    )
    excluded = [a for a in record.asked if not a.applicable]
    lines = [
        _limit(blank, "question", "not assessed, so nothing is known there."),
        _limit(untested, "answer", "the team's own word; no independent test of design and operation stands for it."),
        _limit(unreviewed, "answer", "not accepted by a second person in the present version."),
        _limit(excluded, "question", "does not apply, as somebody else accepted, and is left out of every figure."),
        _limit(links, "address", "evidence whose content nobody keeps; it may show something else tomorrow."),
        _limit(references, "reference", "only says on which file share something lies; it proves nothing by itself."),
        _uncovered(record),
        PLANNING if shows_forecast(record.audience) else "",
        *STANDING,
    ]
    if record.system:
        lines.insert(0, f"Only {record.label('systems', record.system)} is shown; other systems of this audit are not.")
    return tuple(line for line in lines if line)


def _uncovered(record: Record) -> str:
    """How many controls and clauses no audit test and no question looks at."""
    every = (*control_uses(record), *clause_uses(record))
    untested = [c for c in every if c.state != "tested"]
    unasked = [c for c in untested if c.state != "asked"]
    none = f", and no question here tests {len(unasked)} of these" if unasked else ""
    says = f"no audit test with a conclusion names a question of them{none}"
    return f"{len(untested)} of {len(every)} controls and clauses: {says}." if untested else ""


def _limit(found: Sized, noun: str, says: str) -> str:
    many = f"{noun}es" if noun.endswith("s") else ""
    return f"{count(len(found), noun, many)}: {says}" if found else ""
