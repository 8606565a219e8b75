"""Page 6: what changed since a report that was issued."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from workbook.analysis.changes import Change, Kind, changes_since, then_and_now
from workbook.language import later, say
from workbook.record import Record
from workbook.views import tag
from workbook.views.markup import folded, hint, mark, note, paragraph, table
from workbook.views.states import DIRECTIONS
from workbook.views.tag import fragment, text
from workbook.words import count, day

KINDS: Mapping[Kind, str] = {
    "system": later("Systems"),
    "finding": later("Findings"),
    "risk": later("Risks"),
    "answer": later("Answers"),
    "evidence": later("Evidence"),
}


def changes(record: Record, earlier: Record | None, recipient: str = "") -> Markup:
    """What changed since `earlier`, which the report issued last (to `recipient`) knew; None when none was issued."""
    if earlier is None:
        if recipient:
            first = say(
                "This is the first report issued to {name}, so there is nothing to compare it with.", name=recipient
            )
            return note(first)
        command = tag.code[f'workbook issue {record.name} --to "recipient" --audience auditor']
        says = say("hands one to somebody; the next one then says here what changed since.")
        return note(say("No report was issued yet."), hint(command, " ", says))
    found = changes_since(earlier, record)
    on = day(earlier.on)
    then = say("the last report to {recipient}, of {day}", recipient=recipient, day=on) if recipient else on
    since = lead(then, earlier, record)
    if not found:
        return since + note(say("No answer, finding, risk, evidence or system is different."))
    return fragment(since, (_changes(kind, same) for kind in KINDS if (same := [c for c in found if c.kind == kind])))


def lead(since: str, earlier: Record, record: Record) -> Markup:
    """How the verdict and its figures stood then, and how they stand now."""
    return paragraph(then_and_now(since, earlier, record))


def _changes(kind: Kind, same: list[Change]) -> Markup:
    """The changes of one kind, the ones for the worse first."""
    better, worse = (sum(c.way == way for c in same) for way in ("better", "worse"))
    changes = count(len(same), "change")
    balance = say(
        "{changes}: {better} for the better, {worse} for the worse", changes=changes, better=better, worse=worse
    )
    return folded(say(KINDS[kind]), balance, changed(kind, same), opened=len(same) <= 12)


def changed(kind: Kind, same: Iterable[Change]) -> Markup:
    """A table with a line for each change of one kind, the ones for the worse first."""
    worst_first = sorted(same, key=lambda c: ("worse", "", "better").index(c.way))
    caption = say("{kind}: what changed.", kind=say(KINDS[kind]))
    return table(caption, [say("What"), say("Change"), say("Direction")], map(_change, worst_first))


def _change(change: Change) -> tuple[object, ...]:
    way = mark(DIRECTIONS[change.way]) if change.way else text("–")
    return change.name, change.says, way
