"""The front page of a report, the frame that its pages share, and the page that stands where one failed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workbook import __version__, people
from workbook.analysis.progress import page_progress
from workbook.analysis.timeline import say_starts
from workbook.audience import edition_named, language_of, shows_names
from workbook.drawing import SAMPLES
from workbook.keys import EVIDENCE
from workbook.language import later, say, speaking, term
from workbook.record import Record
from workbook.redacting import Redactions
from workbook.report.html import Frame, Link, fill, framed
from workbook.report.run import PageRun
from workbook.report.sanitize import sanitize
from workbook.report.shown import Listed, Shown, shown_by
from workbook.views.audit_report import open_points, summary
from workbook.views.markup import Heading
from workbook.views.places import INDEX
from workbook.views.predictions import first_predicted
from workbook.views.redactions import left_out
from workbook.views.start import untranslated
from workbook.words import away, day, day_in

FRONT = Link(later("Overview"), "index.html")
HEADINGS = {
    "verdict": Heading(2, "verdict", later("Where it stands")),
    "predicted": Heading(2, "predicted", later("What an auditor would write")),
    "attention": Heading(2, "attention", later("What needs attention")),
    "pages": Heading(2, "pages", later("The pages of this report")),
    "left_out": Heading(2, "left-out", later("What this edition leaves out")),
}


def frame_of(record: Record) -> Frame:
    """What every page of this record says about itself, in the language of its readers."""
    with speaking(language_of(record)):
        return _frame_of(record)


def _frame_of(record: Record) -> Frame:
    about = record.engagement
    facts = [(say("As of"), day_in(record.on, about.time_zone)), (say("Audit"), _until(record))]
    facts.append((say("Systems"), ", ".join(s.name for s in record.systems) or say("none in scope yet")))
    if about.prepared_by and shows_names(record.audience):
        facts.append((say("Prepared by"), about.prepared_by))
    provenance = {
        "engagement": record.name,
        "as_of": day_in(record.on, about.time_zone),
        "head_number": record.head.number,
        "head_hash": record.head.hash,
        "checklists": record.catalog.digest,
        "standards": about.criteria,
        "version": __version__,
        "made_by": _maker(record),
        "untranslated": untranslated(record) if record.audience != "customer" else "",
    }
    of_whom = " · ".join(filter(None, [about.organisation, about.title, edition_named(record.audience)]))
    codes, language = tuple(_codes(record)), language_of(record)
    return Frame(about.title, of_whom, tuple(facts), (), provenance, shown_by(record), codes=codes, lang=language)


def _codes(record: Record) -> Iterator[tuple[str, str, str]]:
    """What the keys of this record begin with, what they stand for, and where all of these are listed."""
    for register in record.catalog.registers.values():
        if record.register(register.id) and not register.keyed_by:
            yield f"{register.prefix}-", register.title, f"{register.page}.html#{register.id}"
    if record.evidence:
        yield f"{EVIDENCE.prefix}-", later("Evidence"), f"{INDEX}.html"
    if record.samples:
        yield f"{SAMPLES.prefix}-", later("Samples"), f"{record.catalog.register('tests').page}.html"


def _maker(record: Record) -> str:
    """Who makes the report, as far as its audience may know."""
    speaker = people.who()
    return speaker.name if speaker and shows_names(record.audience) else ""


def _until(record: Record) -> str:
    said = say_starts(record.engagement, lambda start: f"{day(start)}, {away(start, record.on)}")
    return said or say("no date yet")


def navigation(pages: Iterable[Listed], shown: Shown) -> tuple[Link, ...]:
    """The way to the pages of a report that shows the state `shown`; those that show another are marked."""
    return FRONT, *(Link(one.page.title, f"{one.page.name}.html", remark=one.remark(shown)) for one in pages)


def on_page(nav: Iterable[Link], name: str) -> tuple[Link, ...]:
    """The navigation as it stands on the page `name`."""
    return tuple(replace(link, current=link.href == f"{name}.html") for link in nav)


def front_page(record: Record, pages: Sequence[Listed], frame: Frame, redactions: Redactions | None = None) -> str:
    """index.html: the verdict, what needs attention first, one card per page with what it answers, what is left out.

    Customers read which page is theirs and what is left out; how things stand says that page.
    """
    with speaking(language_of(record)):
        return (_customers_front if record.audience == "customer" else _front)(record, pages, frame, redactions)


def _front(record: Record, pages: Sequence[Listed], frame: Frame, redactions: Redactions | None) -> str:
    shown, numbers = shown_by(record), {p.page: p for p in page_progress(record)}
    cards = [(one, one.shown.state != shown.state, numbers.get(one.page.name)) for one in pages]
    attention, predicted = open_points(record, 5), first_predicted(record, 5)
    absent = {name for name, there in (("predicted", predicted), ("left_out", redactions)) if not there}
    headings = _headings(name for name in HEADINGS if name not in absent)
    main = fill(
        "front.html.j2", headings=headings, summary=summary(record), predicted=predicted, attention=attention,
        cards=cards, whole=shown, left_out=left_out(redactions) if redactions else "",
    )  # fmt: skip
    nav = on_page(navigation(pages, shown), "index")
    # the summary tells the facts of the frame and more
    bare = replace(frame, facts=(), belongs_to=_of_whom(record), nav=nav)
    return framed(sanitize(main), bare, frame.title, tuple(headings.values()))


def _headings(wanted: Iterable[str]) -> dict[str, Heading]:
    """Those of `HEADINGS` that are wanted, in the language that is spoken."""
    return {name: replace(HEADINGS[name], text=term(HEADINGS[name].text)) for name in wanted}


def _of_whom(record: Record) -> str:
    """What the front page belongs to, whose title is already that of the engagement."""
    return " · ".join(filter(None, [record.engagement.organisation, edition_named(record.audience)]))


def _customers_front(record: Record, pages: Sequence[Listed], frame: Frame, redactions: Redactions | None) -> str:
    shown = shown_by(record)
    headings = _headings(("pages", "left_out") if redactions else ("pages",))
    main = fill(
        "customer_front.html.j2", headings=headings, pages=pages, whole=shown,
        left_out=left_out(redactions) if redactions else "",
    )  # fmt: skip
    nav = on_page(navigation(pages, shown), "index")
    bare = replace(frame, nav=nav, codes=(), belongs_to=_of_whom(record))
    return framed(sanitize(main), bare, frame.title, tuple(headings.values()))


def failed_page(run: PageRun, frame: Frame) -> str:
    """The page that stands where a notebook failed: what, where and why; never what an earlier run showed."""
    frame = replace(frame, shown=replace(frame.shown, complete=False) if frame.shown else None)
    with speaking(frame.lang):
        title = say("{title}: incomplete", title=term(frame.title))
        return framed(fill("failed.html.j2", run=run), frame, title)
