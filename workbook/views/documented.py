"""Pages 3 and 7: what has to be written down, and whether it is found, outdated, unapproved or missing."""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.documents import Documented, DocumentState, Piece, counted, documented_information
from workbook.audience import shows_forecast
from workbook.record import Record
from workbook.views.markup import card, cards, folded, items, link, mark, note, paragraph, under
from workbook.views.states import DOCUMENTS
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, first_of

PAGE, ANCHOR = "07_management_system", "documented-information"
NEEDS = {"required": "required", "asked": "asked at the first meeting", "usual": "usual"}
COLUMNS = {"What": 24, "State": 14, "What shows it": 40, "Asked for by": 22}  # widths in percent
LACKING: tuple[DocumentState, ...] = ("missing", "unapproved", "outdated")


def summary(record: Record) -> Markup:
    """How many of the documents an auditor asks for are found, and which of them are not; page 7 has the whole list."""
    found = documented_information(record)
    lacking = [d for d in found if d.lacks and d.need != "usual"]
    what = "An auditor would miss" if shows_forecast(record.audience) else "Not as asked for"
    missed = f" {what}: {first_of((f'{d.name} ({d.lacks})' for d in lacking), 6)}." if lacking else ""
    way = link(PAGE, ANCHOR, "What shows each of them, and which question asks for it")
    return fragment(paragraph(f"{_figures(found)}.{missed}"), paragraph(way, "."))


def whole(record: Record) -> Markup:
    """Each thing that has to be written down: where it is asked for, what shows it, how it stands; the worst first."""
    found = documented_information(record)
    lacking = sorted((d for d in found if d.state in LACKING), key=_urgency)
    others = [d for d in found if d.state not in LACKING]
    listed = _table(record, f"{len(lacking)} not found as they should be.", lacking) if lacking else None
    rest = folded(f"{count(len(others), 'thing')} found or not needed", "", _table(record, "What shows each.", others))
    return fragment(
        paragraph(f"{_figures(found)}."),
        note(
            "Found says that a document or a register is there, approved where it has to be and reviewed in time; what "
            "it says, and whether it is lived, is for the questions."
        ),
        listed,
        rest if others else None,
    )


def _urgency(one: Documented) -> tuple[bool, int]:
    return one.need == "usual", LACKING.index(one.state)


def _figures(found: Iterable[Documented]) -> str:
    every = tuple(found)
    figures = ", ".join(f"{many} {state}" for state, many in counted(every).items())
    return f"Of {count(len(every), 'thing')} that are written down in an ISMS: {figures}"


def _table(record: Record, caption: str, found: Iterable[Documented]) -> Markup:
    return cards(caption, COLUMNS, [card(COLUMNS, _line(record, d)) for d in found])


def _line(record: Record, one: Documented) -> tuple[object, ...]:
    asked_in = "control " if one.clause.startswith("A.") else "clause "
    name = under(one.name, f"{asked_in}{one.clause}, {NEEDS.get(one.need, one.need)}")
    shows = items(_piece(record, p) for p in one.pieces) if one.pieces else _wanted(one)
    return name, mark(DOCUMENTS[one.state]), shows, _question(record, one)


def _wanted(one: Documented) -> Markup:
    """What it has to hold, and what of it machine learning adds."""
    return under(f"It has to hold: {one.holds}.", f"With ML: {one.note}.")


def _piece(record: Record, piece: Piece) -> Markup:
    page = record.catalog.page_of.get(piece.register, "")
    label = record.catalog.registers[piece.register].title if piece.register in record.catalog.registers else ""
    anchor = f"{piece.register}-{piece.key}" if piece.key else piece.register
    if piece.key:
        shown = fragment(link(page, anchor, piece.key), f" {piece.says}")
    else:
        shown = fragment(link(page, anchor, label), f": {piece.says}") if label else text(capitalized(piece.says))
    return fragment(shown, f" – {piece.why}" if piece.why else "")


def _question(record: Record, one: Documented) -> Markup:
    asked = next((a for a in record.asked if a.question.id == one.question), None)
    if asked is None:
        return text("–")
    page = record.catalog.page_asking[one.question]
    return link(page, asked.key, asked.question.title)
