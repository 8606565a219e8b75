"""Page 7: which version of what the management system rests on was approved, and whether it is still what stands."""

from markupsafe import Markup

from workbook.analysis.approvals import Approved, standing
from workbook.language import say, term
from workbook.record import Record
from workbook.views.markup import mark, note, table, who
from workbook.views.states import APPROVALS
from workbook.views.tag import text
from workbook.words import capitalized, count, day


def approvals(record: Record) -> Markup:
    """Each kind of document of which some version was approved: which, by whom, and whether it is still that.

    Kinds without an approval are named, never left out.
    """
    subjects = record.catalog.register("approvals").field("subject").choices
    found = [standing(record, subject) for subject in subjects]
    given = [one for one in found if one.approval]
    blank = [term(one.subject) for one in found if not one.approval]
    listed = table(
        say("{kinds} of {all} approved in some version.", kinds=count(len(given), "kind"), all=len(found)),
        [say("What"), say("Version"), say("Approved by"), say("On"), say("At revision"), say("Now")],
        [_line(one) for one in given],
        empty=say("Nothing is approved yet."),
    )
    return listed + note(say("No approval of: {documents}.", documents=", ".join(blank))) if blank else listed


def approval_state(one: Approved) -> Markup:
    """Whether what stands now is what was approved, as a small label."""
    return mark(APPROVALS["none" if one.approval is None else "current" if one.current else "changed"])


def _line(one: Approved) -> tuple[object, ...]:
    row = one.approval
    if row is None:
        return ()
    revision = f"r{row['at_revision']}" if row["at_revision"] else say("not known")
    approved = who(row["approved_by"]), day(row["approved_on"]), text(revision)
    return (capitalized(term(one.subject)), one.version, *approved, approval_state(one))
