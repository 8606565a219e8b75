"""The way from page to page: all of them in one line, and at the end of each what is left on it and what comes next."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from workbook.analysis.gaps import Gap, gaps_of_register
from workbook.analysis.progress import Progress, progress_of
from workbook.analysis.proof import prove
from workbook.entries import Register
from workbook.errors import Unknown
from workbook.language import say, say_many, term
from workbook.paths import CUSTOMER_PAGE, PORTFOLIO_PAGE
from workbook.record import Asked, Record
from workbook.views import tag
from workbook.views.markup import aside, items, link, note
from workbook.views.tag import fragment, text
from workbook.words import count, numbered_page, page_name

START = "00_start"
FIRST = 5  # of what is left, how many are named


# above every page ---------------------------------------------------------------------------------------------------


def nav(record: Record, current: str = "") -> Markup:
    """All pages as links, each with how many of its questions are open; `current` is the one being read."""
    open_ones = {page: progress_of(record, page).open for page in record.catalog.pages}
    return ways(record.catalog.pages, current, open_ones)


def ways(pages: Iterable[str], current: str = "", open_ones: Mapping[str, int] | None = None) -> Markup:
    """Pages as links, with what is open on them where that is told; the portfolio and the one for customers last."""
    counts = open_ones or {}
    linked = (_page(page, counts.get(page, 0), page == current) for page in [*pages, PORTFOLIO_PAGE, CUSTOMER_PAGE])
    return tag.nav(class_="pages", aria_label=say("Pages"))[tag.ul[(tag.li[one] for one in linked)]]


def _page(page: str, open_ones: int, here: bool) -> Markup:
    number, still = page.partition("_")[0], None
    if open_ones:
        still = (" ", tag.span(class_="open")[open_ones, tag.span(class_="unseen")[" ", say("open")]])
    return tag.a(href=f"{page}.ipynb", aria_current="page" if here else None)[
        tag.b[number], " ", page_name(page), still
    ]


# at the end of a page -----------------------------------------------------------------------------------------------


def left(record: Record, page: str) -> Markup:
    """What is left on a page, as links that arrive there, and the way to the next page. Raises Unknown."""
    if page not in record.catalog.pages:
        raise Unknown("page", page, record.catalog.pages)
    here = progress_of(record, page)
    registers = [r for r in record.catalog.registers.values() if r.page == page]
    todo = [*_unanswered(record, here), *_contradicted(record, page), *_stale(record, here), *_gaps(record, registers)]
    empty = note(_nothing(here, registers))
    return fragment(todo or empty, _standing(here), _blank(record, registers), _next(record, page))


def _unanswered(record: Record, here: Progress) -> Iterable[Markup]:
    if here.unanswered:
        says = say_many(
            "{n} of {questions} is open (not assessed):",
            "{n} of {questions} are open (not assessed):",
            here.open,
            questions=count(here.asked, "question"),
        )
        yield _part(says, [_question(record, a) for a in here.unanswered])


def _contradicted(record: Record, page: str) -> Iterable[Markup]:
    proofs = prove(record)
    found = [a for a in record.of_page(page) if not a.folded and proofs[a.key].contradicted]
    if found:
        says = say_many("{n} answer is contradicted:", "{n} answers are contradicted:", len(found))
        yield _part(says, [_question(record, a) for a in found])


def _stale(record: Record, here: Progress) -> Iterable[Markup]:
    if here.aged:
        says = say_many("{n} answer rests on stale evidence:", "{n} answers rest on stale evidence:", here.stale)
        yield _part(says, [_question(record, a) for a in here.aged])


def _gaps(record: Record, registers: Iterable[Register]) -> Iterable[Markup]:
    """The registers with gaps, each as a link to the first row that has one."""
    found = [(register, gaps) for register in registers if (gaps := gaps_of_register(record, register.id))]
    if found:
        yield _part(say("Registers with gaps:"), [_register(register, gaps) for register, gaps in found])


def _part(says: str, named: Sequence[Markup]) -> Markup:
    rest = len(named) - FIRST
    return fragment(
        tag.p(class_="todo")[says], items([*named[:FIRST], *([aside(say("and {n} more", n=rest))] if rest > 0 else [])])
    )


def _question(record: Record, asked: Asked) -> Markup:
    page = record.catalog.page_asking[asked.question.id]
    return link(page, asked.key, asked.label)


def _register(register: Register, gaps: Sequence[Gap]) -> Markup:
    rows = len({gap.key for gap in gaps})
    first = link(register.page, f"{register.id}-{gaps[0].key}", term(register.title))
    said = say("{gaps} in {rows}", gaps=count(len(gaps), "gap"), rows=count(rows, "row"))
    return fragment(first, " ", aside(said))


def _nothing(here: Progress, registers: Sequence[Register]) -> str:
    fine = [
        say("every question is assessed, no answer is contradicted") if here.asked else "",
        say("no evidence is stale") if here.asked else "",
        say("no register has a gap") if registers else "",
    ]
    why = ", ".join(filter(None, fine)) or say("this page asks nothing")
    return say("Nothing is left to answer here: {why}.", why=why)


def _standing(here: Progress) -> Markup | None:
    """How far what was answered is shown, so that nobody takes answered for done."""
    if not here.answered:
        return None
    said = say(
        "Of {answers}: {implemented} claimed as implemented, {evidenced} evidenced, {tested} tested.",
        answers=count(here.answered, "answer"),
        implemented=here.implemented,
        evidenced=here.evidenced,
        tested=here.tested,
    )
    return tag.p(class_="mute")[said]


def _blank(record: Record, registers: Iterable[Register]) -> Markup | None:
    """The registers without a row, which may be right: where nothing was found there are no findings."""
    blank = Markup(", ").join(link(r.page, r.id, term(r.title)) for r in registers if not record.register(r.id))
    return tag.p(class_="mute")[text(say("No row yet in: {registers}.")).format(registers=blank)] if blank else None


def _next(record: Record, page: str) -> Markup:
    later = [p for p in record.catalog.pages if p > page]
    to = later[0] if later else record.catalog.pages[0]
    name = numbered_page(to)
    return tag.p(class_="onward")[
        link(to, "", say("Next: {page} →", page=name) if later else say("Back to {page} →", page=name))
    ]
