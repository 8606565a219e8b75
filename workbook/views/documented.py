"""Pages 3 and 7: what has to be written down, and whether it is found, outdated, unapproved or missing."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from workbook.analysis.documents import Documented, DocumentState, Piece, counted, documented_information
from workbook.audience import shows_forecast
from workbook.language import later, say, say_many, term
from workbook.record import Record
from workbook.views.markup import card, cards, folded, items, link, mark, note, paragraph, under
from workbook.views.states import DOCUMENTS
from workbook.views.tag import fragment, text
from workbook.words import capitalized, first_of

PAGE, ANCHOR = "07_management_system", "documented-information"
NEEDS = {"required": later("required"), "asked": later("asked at the first meeting"), "usual": later("usual")}
COLUMNS = {
    later("What"): 24,
    later("State"): 14,
    later("What shows it"): 40,
    later("Asked for by"): 22,
}  # widths in percent
LACKING: tuple[DocumentState, ...] = ("missing", "unapproved", "outdated")
COUNTED: Mapping[DocumentState, str] = {
    "found": later("{n} found"),
    "outdated": later("{n} outdated"),
    "unapproved": later("{n} unapproved"),
    "missing": later("{n} missing"),
    "nothing yet": later("{n} nothing yet"),
    "not needed": later("{n} not needed"),
}


def summary(record: Record) -> Markup:
    """How many of the documents an auditor asks for are found, and which of them are not; page 7 has the whole list."""
    found = documented_information(record)
    lacking = [d for d in found if d.lacks and d.need != "usual"]
    names = first_of((f"{term(d.name)} ({term(d.lacks)})" for d in lacking), 6)
    forecast = shows_forecast(record.audience)
    missed = (
        say("An auditor would miss: {names}.", names=names)
        if forecast
        else say("Not as asked for: {names}.", names=names)
    )
    way = link(PAGE, ANCHOR, say("What shows each of them, and which question asks for it"))
    return fragment(paragraph(_figures(found), f" {missed}" if lacking else ""), paragraph(way, "."))


def whole(record: Record) -> Markup:
    """Each thing that has to be written down: where it is asked for, what shows it, how it stands; the worst first."""
    found = documented_information(record)
    lacking = sorted((d for d in found if d.state in LACKING), key=_urgency)
    others = [d for d in found if d.state not in LACKING]
    caption = say("{n} not found as they should be.", n=len(lacking))
    listed = _table(record, caption, lacking) if lacking else None
    summed = say_many("{n} thing found or not needed", "{n} things found or not needed", len(others))
    rest = folded(summed, "", _table(record, say("What shows each."), others))
    return fragment(
        paragraph(_figures(found)),
        note(
            say(
                "Found says that a document or a register is there, approved where it has to be and reviewed in time; "
                "what it says, and whether it is lived, is for the questions."
            )
        ),
        listed,
        rest if others else None,
    )


def _urgency(one: Documented) -> tuple[bool, int]:
    return one.need == "usual", LACKING.index(one.state)


def _figures(found: Iterable[Documented]) -> str:
    every = tuple(found)
    return say_many(
        "Of {n} thing that are written down in an ISMS: {figures}.",
        "Of {n} things that are written down in an ISMS: {figures}.",
        len(every),
        figures=", ".join(say(COUNTED[state], n=many) for state, many in counted(every).items()),
    )


def _table(record: Record, caption: str, found: Iterable[Documented]) -> Markup:
    columns = {say(name): width for name, width in COLUMNS.items()}
    return cards(caption, columns, [card(COLUMNS, _line(record, d)) for d in found])


def _line(record: Record, one: Documented) -> tuple[object, ...]:
    need = term(NEEDS.get(one.need, one.need))
    asked_in = (
        say("control {number}, {need}", number=one.clause, need=need)
        if one.clause.startswith("A.")
        else say("clause {number}, {need}", number=one.clause, need=need)
    )
    name = under(term(one.name), asked_in)
    shows = items(_piece(record, p) for p in one.pieces) if one.pieces else _wanted(one)
    return name, mark(DOCUMENTS[one.state]), shows, _question(record, one)


def _wanted(one: Documented) -> Markup:
    """What it has to hold, and what of it machine learning adds."""
    return under(say("It has to hold: {what}.", what=term(one.holds)), say("With ML: {what}.", what=term(one.note)))


def _piece(record: Record, piece: Piece) -> Markup:
    page = record.catalog.page_of.get(piece.register, "")
    label = term(record.catalog.registers[piece.register].title) if piece.register in record.catalog.registers else ""
    anchor = f"{piece.register}-{piece.key}" if piece.key else piece.register
    if piece.key:
        shown = fragment(link(page, anchor, piece.key), f" {piece.says}")
    else:
        shown = fragment(link(page, anchor, label), f": {piece.says}") if label else text(capitalized(piece.says))
    return fragment(shown, f" – {term(piece.why)}" if piece.why else "")


def _question(record: Record, one: Documented) -> Markup:
    asked = next((a for a in record.asked if a.question.id == one.question), None)
    if asked is None:
        return text("–")
    page = record.catalog.page_asking[one.question]
    return link(page, asked.key, term(asked.question.title))
