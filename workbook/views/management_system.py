"""Page 7: figures that lie past their target or limit, and what the management review has to look at."""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.figures import exceeded, missed, weaknesses_of_measurement, weaknesses_of_objective
from workbook.analysis.management_review import counting_review, management_review_faults
from workbook.analysis.review_inputs import ReviewInput, Said, review_inputs, since
from workbook.language import later, say, term
from workbook.record import Record, Row
from workbook.views.markup import alarm, card, cards, items, link, long_table, note, paragraph, under, who
from workbook.views.tag import fragment
from workbook.words import capitalized, count, day

COLUMNS = {  # percent
    later("What"): 32,
    later("Stands at"): 12,
    later("Should be"): 14,
    later("Owner"): 14,
    later("What an auditor objects to"): 28,
}
FIRST = 4  # of the rows that a line speaks of, how many are named


# objectives and measurements ----------------------------------------------------------------------------------------


def figures(record: Record) -> Markup:
    """The objectives and measurements that are not where they should be, or of which nobody can tell."""
    objectives, measured = record.register("objectives"), record.register("measurements")
    lines = [
        *(_objective(record, row) for row in objectives if missed(row) or weaknesses_of_objective(row)),
        *(_measurement(record, row) for row in measured if exceeded(row) or weaknesses_of_measurement(record, row)),
    ]
    total = say(
        "{objectives} and {measurements}",
        objectives=count(len(objectives), "objective"),
        measurements=count(len(measured), "measurement"),
    )
    if not objectives and not measured:
        return note(say("No objective and no measurement is recorded yet."))
    if not lines:
        return note(say("{total}: each stands where it should.", total=total))
    caption = say("{n} not where they should be, of {total}.", n=len(lines), total=total)
    columns = {say(name): width for name, width in COLUMNS.items()}
    return cards(caption, columns, [card(COLUMNS, cells) for cells in lines])


def _objective(record: Record, row: Row) -> tuple[object, ...]:
    wanted = f"{term(row['direction'] or '')} {_number(row['target'])}".strip()
    unit = f" {row['unit']}" if row["unit"] and row["target"] is not None else ""
    weak = weaknesses_of_objective(row)
    return (
        _named(record, row, say("objective")),
        _number(row["current"]),
        f"{wanted}{unit}" if row["target"] is not None else alarm(say("no target")),
        who(row["owner"]),
        items(capitalized(w.says) for w in weak) if weak else say("short of its target"),
    )


def _measurement(record: Record, row: Row) -> tuple[object, ...]:
    weak = weaknesses_of_measurement(record, row)
    return (
        _named(record, row, say("measurement")),
        under(_number(row["value"]), day(row["measured_on"])),
        f"{term(row['direction'] or '')} {_number(row['limit'])}".strip(),
        who(row["analysed_by"]),
        items(capitalized(w.says) for w in weak) if weak else say("past its limit; something is done about it"),
    )


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)


def _named(record: Record, row: Row, what: str) -> Markup:
    page = record.catalog.page_of[row.register]
    return under(link(page, f"{row.register}-{row.key}", row.name), f"{row.key}, {what}")


# management review --------------------------------------------------------------------------------------------------


def management_review(record: Record) -> Markup:
    """Whether a management review counts, and what the next one has to look at, as the record holds it."""
    begin = since(record)
    when = say("Changes count from {day}.", day=day(begin)) if begin else say("There was no review yet.")
    filled = long_table(
        say("Inputs of the next review (clause 9.3.2). {when}", when=when),
        [say("Input"), say("What the record holds")],
        [_input(record, one) for one in review_inputs(record)],
    )
    return fragment(_standing(record), filled)


def _standing(record: Record) -> Markup:
    counting = counting_review(record)
    if counting:
        held, concluded = day(counting["held_on"]), term(str(counting["conclusion"]))
        says = say("{review} of {day} counts: {conclusion}.", review=counting.key, day=held, conclusion=concluded)
        return paragraph(says)
    faults = management_review_faults(record)
    none = alarm(say("No management review counts today."))
    return fragment(paragraph(none), items(f"{capitalized(f)}." for f in faults))


def _input(record: Record, one: ReviewInput) -> tuple[object, ...]:
    page = record.catalog.page_of[one.register]
    name = under(link(page, one.register, term(one.name)), f"9.3.2 {one.letter}")
    return name, items(_said(record, s) for s in one.said) if one.said else alarm(say("Nothing is recorded."))


def _said(record: Record, said: Said) -> Markup:
    if not said.rows:
        return fragment(said.says)
    named = [link(record.catalog.page_of[r], f"{r}-{key}", key) for r, key in said.rows[:FIRST]]
    more = len(said.rows) - FIRST
    return fragment(said.says, ": ", _listed(named), f" {say('and {n} more', n=more)}" if more > 0 else "")


def _listed(named: Iterable[Markup]) -> Markup:
    return Markup(", ").join(named)
