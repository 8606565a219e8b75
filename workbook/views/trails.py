"""Page 9: audit trails, one thing from its beginning to its end, each link with its state and what it rests on."""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.trail import AuditTrail, Link, Told
from workbook.analysis.trails import follow, trails_of
from workbook.record import Record
from workbook.views import states, tag
from workbook.views.markup import aside, body, folded, head, line, note, paragraph, region
from workbook.views.places import anchor, place, places
from workbook.views.tag import fragment, text

RULE = (
    "Broken: an open nonconformity, a failed test or the record itself speaks against it. Missing: nothing is "
    "recorded; what to record stands there. Claimed: somebody says so. Evidenced, reviewed, tested: shown as far as "
    "the rule of proof says, by evidence that names this very thing where the link asks for it. What stands against "
    "the process and names another thing breaks no link here, but holds it at claimed."
)


def trails(record: Record, kind: str) -> Markup:
    """Every trail of one kind, or of all, folded, each with its verdict in one line. Raises Unknown."""
    if not kind:
        return fragment(trails(record, one.id) for one in record.catalog.trails)
    found = trails_of(record, kind)
    about = next(k for k in record.catalog.trails if k.id == kind)
    if not found:
        where = record.catalog.register(about.register_)
        return note(f"No {about.one} to follow yet. They stand in {where.title}, on page {where.page}.")
    return fragment(_folded(record, one) for one in found)


def trail(record: Record, key: str) -> Markup:
    """The trail of one row, link by link. Raises Unknown."""
    one = follow(record, key)
    lead = paragraph(tag.b[f"{one.row.key} {name(one)}"], f": {one.verdict}.")
    return fragment(tag.div(id=anchor(one.row.key))[lead, _table(record, one)], paragraph(aside(RULE)))


def rule(record: Record) -> Markup:  # noqa: ARG001 - a view is of a record
    """What the states of a link mean."""
    return note(RULE)


def name(one: AuditTrail) -> str:
    """What people call the thing: of a model also its version."""
    version = one.row.values.get("version") if one.kind.register_ == "models" else ""
    return f"{one.row.name} {version or ''}".strip() if one.row.name != one.row.key else str(version or "")


def _folded(record: Record, one: AuditTrail) -> Markup:
    title = f"{one.row.key} {name(one)}".strip()
    return folded(fragment(_sign(one), title), one.verdict, _table(record, one), anchor=anchor(one.row.key))


def _sign(one: AuditTrail) -> Markup:
    worst = one.first_red.state if one.first_red else ""
    return fragment(state_mark(worst), " ") if worst else fragment()


def state_mark(state: str) -> Markup:
    """The state of a link as sign and word in its colour."""
    look = states.LINKS[state]
    return tag.span(class_=f"st {look.kind}")[f"{look.sign} {look.word}"]


def _table(record: Record, one: AuditTrail) -> Markup:
    rows = [_line(record, link) for link in one.due]
    later = [link.entry.title for link in one.links if link.state == "not due"]
    caption = f"{one.row.key}, link by link"
    heading = fragment(tag.caption(class_="unseen")[caption], head(("Link", "State", "What the record holds")))
    listed = region(caption, tag.table(class_="trail")[heading, body(rows)])
    parts = [place(record, one.row.key), " is the row itself."]
    if later:
        parts.append(f" Not due, or nothing to say: {', '.join(later)}.")
    return fragment(listed if rows else None, note(parts))


def _line(record: Record, link: Link) -> Markup:
    told = [t for t in link.told if t.state != "not due"]
    said = [_told(record, one) for one in told]
    if link.state == "missing":
        said.append(aside(f"Record {link.entry.record}."))
    return line([link.entry.title, state_mark(link.state), _lines(said)])


def _told(record: Record, one: Told) -> Markup:
    words = text(one.says)
    return fragment(words, " ", places(record, one.keys)) if one.keys else words


def _lines(said: Iterable[Markup]) -> Markup:
    return Markup("<br>").join(said)
