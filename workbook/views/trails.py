"""Page 9: audit trails, one thing from its beginning to its end, each link with its state and what it rests on."""

from collections.abc import Sequence

from markupsafe import Markup

from workbook.analysis.trail import WORST_FIRST, AuditTrail, Link, Told
from workbook.analysis.trails import follow, trails_of
from workbook.language import later, say, say_many, term
from workbook.record import Record
from workbook.views import states, tag
from workbook.views.markup import aside, card, cards, folded, hint, items, note, page_link, paragraph
from workbook.views.places import anchor, place, places
from workbook.views.tag import fragment, text

COLUMNS = {later("Link"): 22, later("State"): 16, later("What the record holds"): 62}  # and their widths
MOST = 60  # trails of one kind that the page shows link by link, the worst; the others have a line
KEYS = 6  # that stand beside what is told
RULE = later(
    "Broken: an open nonconformity, a failed test or the record itself speaks against it. Missing: nothing is "
    "recorded. Claimed: somebody says so. Evidenced, reviewed, tested: shown as far as "
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
        says = say(
            "No {one} to follow yet. They stand in {register}, on the page",
            one=term(about.one),
            register=term(where.title),
        )
        return note(says, " ", page_link(where.page), ".")
    worst = sorted(found, key=_worst)[:MOST]
    rest = [f"{one.row.key} {name(one)}: {one.verdict}" for one in found if one not in worst]
    more = say_many("{n} trail more", "{n} trails more", len(rest))
    return fragment(
        [_folded(record, one) for one in found if one in worst], folded(more, "", items(rest)) if rest else None
    )


def _worst(one: AuditTrail) -> tuple[int, int]:
    found = [link.state for link in one.links]
    return -found.count("broken"), -found.count("missing")


def trail(record: Record, key: str) -> Markup:
    """The trail of one row, link by link. Raises Unknown."""
    one = follow(record, key)
    lead = paragraph(tag.b[f"{one.row.key} {name(one)}"], f": {one.verdict}.")
    return fragment(
        tag.div(id=anchor(one.row.register, one.row.key))[lead, _table(record, one)], paragraph(aside(say(RULE)))
    )


def rule(record: Record) -> Markup:  # noqa: ARG001 - a view is of a record
    """What the states of a link mean."""
    return note(say(RULE))


def name(one: AuditTrail) -> str:
    """What people call the thing: of a model also its version."""
    version = one.row.values.get("version") if one.kind.register_ == "models" else ""
    return f"{one.row.name} {version or ''}".strip() if one.row.name != one.row.key else str(version or "")


def _folded(record: Record, one: AuditTrail) -> Markup:
    title = fragment(_sign(one), " ", f"{one.row.key} {name(one)}".strip())
    return folded(title, one.verdict, _table(record, one), anchor=anchor(one.row.register, one.row.key))


def _sign(one: AuditTrail) -> Markup:
    """The worst state of a trail."""
    return state_mark(min((link.state for link in one.due), key=WORST_FIRST.index, default="not due"))


def state_mark(state: str) -> Markup:
    """The state of a link as sign and word in its colour."""
    look = states.LINKS[state]
    return tag.span(class_=f"st {look.kind}")[f"{look.sign} {term(look.word)}"]


def _table(record: Record, one: AuditTrail) -> Markup:
    said: set[str] = set()
    rows = [_line(record, link, said) for link in one.due]
    waiting = ", ".join(term(link.entry.title) for link in one.links if link.state == "not due")
    parts = [place(record, one.row.key), " ", say("is the row itself.")]
    if waiting:
        parts += [" ", say("Not due, or nothing to say: {links}.", links=waiting)]
    caption, columns = (
        say("{key}, link by link", key=one.row.key),
        {say(name): width for name, width in COLUMNS.items()},
    )
    return fragment(cards(caption, columns, rows) if rows else None, note(parts))


def _line(record: Record, link: Link, said: set[str]) -> Markup:
    """A link with what was told of it; what an earlier link said in the same words is named by its keys."""
    told = [t for t in link.told if t.state != "not due"]
    again = [key for one in told if one.says in said and one.keys for key in one.keys]
    lines = [_told(record, one) for one in told if not (one.says in said and one.keys)]
    if again:
        lines.insert(0, fragment(say("As above:"), " ", _keys(record, again)))
    said.update(one.says for one in told if one.state == "broken")
    if link.state == "missing":
        asked = hint(aside(say("Record {what}.", what=term(link.entry.record))))
        lines.append(asked or text("" if lines else say("Nothing is recorded.")))
    return card(COLUMNS, [term(link.entry.title), state_mark(link.state), [tag.div[one] for one in lines]])


def _told(record: Record, one: Told) -> Markup:
    return fragment(one.says, " ", _keys(record, one.keys)) if one.keys else text(one.says)


def _keys(record: Record, keys: Sequence[str]) -> Markup:
    """The first keys as links; the others are counted."""
    rest = f" {say('and {n} more', n=len(keys) - KEYS)}" if len(keys) > KEYS else ""
    return fragment(places(record, keys[:KEYS]), rest)
