"""The line that says which audit a notebook has open, who has spoken, and which answers wait for a second person."""

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup

from workbook.model import Result, Revision
from workbook.record import Asked, Record
from workbook.views.markup import count, day, moment, note, table, text


def line(record: Record, speaker: str = "") -> Markup:
    """Which engagement is open, as of when, for which systems and audience; and who speaks, where one can type."""
    facts = [
        ("As of", day(record.on)),
        ("Audit", day(record.engagement.audit_date) or "no date yet"),
        ("Systems", ", ".join(s.name for s in record.systems) or "none yet: add them in 00_start"),
        ("Edition", record.audience),
        ("Record", f"{count(record.head.number, 'revision')}, last {moment(record.head.at)}"),
    ]
    if speaker:
        facts.append(("You speak as", speaker))
    items = Markup("").join(Markup("<li>{} <b>{}</b></li>").format(text(k), text(v)) for k, v in facts)
    return Markup('<p class="eyebrow">{}</p><ul class="facts">{}</ul>').format(text(record.engagement.title), items)


def waiting(record: Record) -> list[Asked]:
    """The answers that somebody gave and nobody else has looked at in their present version, in reading order."""
    given = [a for a in record.asked if a.answer.version and a.result is not Result.NOT_ASSESSED and not a.folded]
    return [a for a in given if a.reviewed in ("", "changed since")]


def reviews(record: Record) -> Markup:
    """The queue of answers that wait for review, as a table."""
    queue = waiting(record)
    rows = [
        (a.question.title, a.system.name if a.system else "whole engagement", a.result, a.answer.actor,
         "changed since its review" if a.reviewed else "not reviewed yet")
        for a in queue
    ]  # fmt: skip
    caption = f"{count(len(queue), 'answer')} of {len(record.asked)} wait for a second person (control A.5.3)"
    headers = ("Question", "System", "Result", "Answered by", "Review")
    return table(caption, headers, rows, empty="Every answer given so far has been reviewed by a second person.")


def speakers(record: Record, revisions: Sequence[Revision]) -> Markup:
    """Everybody who recorded something up to the end of `record`, in which part, and when last."""
    if record.audience == "customer":
        return note("Names are withheld in this edition.")
    said: dict[tuple[str, str], list[Revision]] = defaultdict(list)
    for revision in revisions:
        if revision.number <= record.head.number:
            said[revision.actor, revision.part].append(revision)
    rows = [(who, part, len(mine), moment(mine[-1].at)) for (who, part), mine in said.items()]
    caption = f"Who has spoken in this record: {count(len({who for who, _ in said}), 'name')}"
    headers = ("Name or role", "Part", "Revisions", "Last")
    return table(caption, headers, rows, empty="Nobody has recorded anything yet.")
