"""Page 6: what changed since a report that was issued."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from workbook.analysis.changes import Change, Kind, changes_since, then_and_now
from workbook.record import Record
from workbook.views import tag
from workbook.views.markup import folded, hint, mark, note, paragraph, table
from workbook.views.states import DIRECTIONS
from workbook.views.tag import fragment, text
from workbook.words import count, day

KINDS: Mapping[Kind, str] = {
    "system": "Systems",
    "finding": "Findings",
    "risk": "Risks",
    "answer": "Answers",
    "evidence": "Evidence",
}


def changes(record: Record, earlier: Record | None, recipient: str = "") -> Markup:
    """What changed since `earlier`, which the report issued last (to `recipient`) knew; None when none was issued."""
    if earlier is None:
        if recipient:
            return note(f"This is the first report issued to {recipient}, so there is nothing to compare it with.")
        command = tag.code[f'workbook issue {record.name} --to "recipient" --audience auditor']
        says = " hands one to somebody; the next one then says here what changed since."
        return note("No report was issued yet.", hint(command, says))
    found = changes_since(earlier, record)
    since = lead(f"{f'the last report to {recipient}, of ' if recipient else ''}{day(earlier.on)}", earlier, record)
    if not found:
        return since + note("No answer, finding, risk, evidence or system is different.")
    return fragment(since, (_changes(kind, same) for kind in KINDS if (same := [c for c in found if c.kind == kind])))


def lead(since: str, earlier: Record, record: Record) -> Markup:
    """How the verdict and its figures stood then, and how they stand now."""
    return paragraph(then_and_now(since, earlier, record))


def _changes(kind: Kind, same: list[Change]) -> Markup:
    """The changes of one kind, the ones for the worse first."""
    better, worse = (sum(c.way == way for c in same) for way in ("better", "worse"))
    balance = f"{count(len(same), 'change')}: {better} for the better, {worse} for the worse"
    listed = table(f"{KINDS[kind]}: what changed.", ["What", "Change", "Direction"], lines(same))
    return folded(KINDS[kind], balance, listed, opened=len(same) <= 12)


def lines(same: Iterable[Change]) -> list[tuple[object, ...]]:
    """A line for each change, the ones for the worse first."""
    return [_change(c) for c in sorted(same, key=lambda c: ("worse", "", "better").index(c.way))]


def _change(change: Change) -> tuple[object, ...]:
    way = mark(DIRECTIONS[change.way]) if change.way else text("–")
    return change.name, change.says, way
