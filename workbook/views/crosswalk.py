"""Page 7: what answers show of ISO/IEC 42001 Annex A and of the EU AI Act: a posture, no statement of conformity."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from workbook import references
from workbook.analysis.crosswalk import Carried, Duty, Stance, duties, stances
from workbook.audience import shows_names
from workbook.entry import Crosswalk
from workbook.errors import Unknown
from workbook.model import Result
from workbook.record import Record, Row
from workbook.scale import POSTURES, Posture, worst_result
from workbook.views import states, tag
from workbook.views.markup import (
    card,
    cards,
    folded,
    hint,
    items,
    link,
    mark,
    note,
    paragraph,
    quiet,
    table,
    under,
    view,
)
from workbook.views.tag import fragment, text
from workbook.words import count, day

RULE = (
    "A requirement stands where its weakest link stands. A link shows something when the answers to its question are "
    "evidenced and nothing contradicts them; a claim shows nothing. Unless a link says that it carries the whole, it "
    "carries a part, and the requirement is partly shown at most. Nothing here says that a requirement is met."
)
CLAIMS = (Result.IMPLEMENTED, Result.PARTIAL)
LINKS: Mapping[Posture, str] = {
    "contradicted": "Contradicted", "nothing shown": "Nothing shown", "not asked": "Not asked",
    "partly shown": "Partly shown", "shown as far as linked": "Shown",
}  # fmt: skip
NONE = "The checklists of this workspace hold no crosswalk to it."


def crosswalk(record: Record, frame: str) -> Markup:
    """What answers show of a frame, for the AI Act by date and by role; raises Unknown for one that is none."""
    show: Mapping[str, Callable[[Record, Crosswalk], Markup]] = {"iso42001": controls, "eu_ai_act": ai_act}
    if frame not in show:
        raise Unknown("frame", frame, show)
    walk = record.catalog.crosswalks.get(frame)
    return show[frame](record, walk) if walk else note(NONE, hint("workbook init lays out a complete set."))


def controls(record: Record, walk: Crosswalk) -> Markup:
    """The controls of ISO/IEC 42001 Annex A by area, with the links that carry something of each."""
    every = stances(record, walk.frame)
    lead = paragraph(f"Of {len(every)} controls of ISO/IEC 42001, Annex A: {_counts(s.state for s in every)}.")
    if not shows_names(record.audience):
        return view(lead, note(RULE))
    areas = [(area, list(found)) for area, found in groupby(every, key=_area)]
    return view(lead, _not_asked(every), _rule(walk), *(_controls(record, area, found) for area, found in areas))


def ai_act(record: Record, walk: Crosswalk) -> Markup:
    """The duties of the AI Act: in force, to come, and those that do not bind, with the reason."""
    every = duties(record, walk.frame)
    if not record.systems:
        return view(paragraph("No ML system is named yet; duties follow the role and the class of each."))
    binding = [d for d in every if d.binding]
    now = [d for d in binding if d.in_force(record.on)]
    coming = [d for d in binding if not d.in_force(record.on)]
    lead = paragraph(
        f"{count(len(binding), 'duty', 'duties')} of {len(every)} bind here or may bind. On {day(record.on)}, "
        f"{len(now)} of them apply ({_counts(d.state for d in now)}) and {len(coming)} are to come "
        f"({_counts(d.state for d in coming)})."
    )
    if not shows_names(record.audience):
        return view(lead, note(RULE))
    return view(
        lead,
        _roles(record),
        folded("What the links rest on", "", paragraph(walk.source)),
        _duties(record, "Applies today", now),
        _duties(record, "To come", coming),
        _not_binding([d for d in every if not d.binding]),
    )


# pieces -------------------------------------------------------------------------------------------------------------


def _counts(found: Iterable[Posture]) -> str:
    """How many stand where, worst first."""
    counted = Counter(found)
    return ", ".join(f"{counted[state]} {state}" for state in POSTURES if counted[state]) or "none"


def _rule(walk: Crosswalk) -> Markup:
    return folded("How this is counted, and what the links rest on", "", paragraph(RULE), paragraph(walk.source))


def _not_asked(every: Iterable[Stance]) -> Markup:
    """The ones that no question asks about, by name."""
    named = "; ".join(f"{s.of.id} {s.of.title}" for s in every if not s.requirement.links)
    return paragraph(tag.b["No question asks about: "], f"{named}.") if named else fragment()


def _area(stance: Stance) -> str:
    return ".".join(stance.of.id.split(".")[:2])


def _controls(record: Record, area: str, found: Sequence[Stance]) -> Markup:
    columns = {"Control": 26, "What says something about it, and why": 46, "What no question asks": 28}
    lines = [
        card(
            columns,
            (
                under(f"{s.of.id} {s.of.title}", mark(states.POSTURES[s.state])),
                _links(record, s.carried),
                s.requirement.leaves_open or ("–" if s.requirement.links else "all of it"),
            ),
        )
        for s in found
    ]
    title = f"{area} {_area_titles(record)[area]}"
    listed = cards(f"{title}: {count(len(found), 'control')}", columns, lines)
    return folded(title, _counts(s.state for s in found), listed)


def _area_titles(record: Record) -> Mapping[str, str]:
    facts = references.rows(record.catalog.folder / "reference", "iso42001_2023_annex_a")
    return {row["area"]: row["area_title"] for row in facts}


def _links(record: Record, carried: Sequence[Carried]) -> Markup:
    """Each link with how far its weakest answer is shown, and the reason; what carries the whole says so."""
    return items(_link(record, c) for c in carried) if carried else text("not asked")


def _link(record: Record, one: Carried) -> Markup:
    question = record.catalog.questions[one.link.question]
    page = record.catalog.page_asking[question.id]
    where = link(page, one.proofs[0].asked.key if one.proofs else "", question.title)
    whole = " It carries the whole." if one.link.carries == "whole" else ""
    rests = f" ({one.link.source})" if one.link.source else ""
    return fragment(where, quiet((tag.b[_stands(one)], f" {one.link.because}{whole}{rests}")))


def _stands(one: Carried) -> str:
    """How far the weakest of its answers is shown, in words, and the worst that is claimed."""
    if not one.proofs:
        return "Does not apply here."
    worst = worst_result(p.asked.result for p in one.proofs)
    claimed = f"claimed as {worst}" if worst in CLAIMS else str(worst)
    return f"{LINKS[one.state]}, {claimed}."


# the AI Act ---------------------------------------------------------------------------------------------------------


def _roles(record: Record) -> Markup:
    """The systems with role and class, which decide what binds."""
    rows = [(s.name, s["ai_act_role"] or "not decided", s["ai_act_class"] or "not decided") for s in record.systems]
    return table("Role and class decide which duties bind", ("System", "Role", "Risk class"), rows)


def _duties(record: Record, title: str, found: Sequence[Duty]) -> Markup:
    if not found:
        return folded(title, "none")
    columns = {"Duty": 26, "Applies": 14, "Systems": 18, "What says something about it, and why": 42}
    lines = [
        card(
            columns,
            (
                under(_article(duty), duty.requirement.asks),
                under(_when(record, duty), _note(duty)),
                items(_system(s) for s in duty.stances),
                fragment(_links(record, _carried(duty)), _left(duty)),
            ),
        )
        for duty in found
    ]
    listed = cards(f"{title}: {count(len(found), 'duty', 'duties')}", columns, lines)
    return folded(title, _counts(d.state for d in found), listed)


def _article(duty: Duty) -> str:
    return f"Art. {duty.requirement.part or duty.of.id} {duty.of.title}"


def _when(record: Record, duty: Duty) -> str:
    return f"since {day(duty.applies.listed)}" if duty.in_force(record.on) else duty.applies.words


def _note(duty: Duty) -> str:
    """What to know of the dates; of an article in parts, only what speaks of this one."""
    return duty.applies.note if duty.requirement.part in ("", *duty.applies.note.split()) else ""


def _system(stance: Stance) -> Markup:
    """How one system stands to a duty."""
    name = stance.system.name if stance.system else ""
    if stance.binds == "no":
        return fragment(f"{name}: ", quiet(f"does not bind: {stance.why}"))
    return fragment(f"{name}: ", mark(states.POSTURES[stance.state]), quiet(_doubt(stance)) if stance.why else "")


def _doubt(stance: Stance) -> str:
    return f"may bind: {stance.why}" if stance.binds == "undecided" else stance.why


def _carried(duty: Duty) -> Sequence[Carried]:
    """The links of a duty over all systems it binds: each with its weakest answer and all its proofs."""
    merged = []
    for found in zip(*(s.carried for s in duty.binding), strict=True):
        asked = {p.asked.key: p for c in found for p in c.proofs}
        counted = [c.state for c in found if c.state != "not asked"]
        merged.append(
            Carried(found[0].link, tuple(asked.values()), min(counted, key=POSTURES.index, default="not asked"))
        )
    return merged


def _left(duty: Duty) -> Markup:
    left = duty.requirement.leaves_open
    return quiet(f"No question asks: {left}") if left else fragment()


def _not_binding(found: Sequence[Duty]) -> Markup:
    """The duties that bind no system, each with the reason."""
    if not found:
        return fragment()
    lines = [f"{_article(duty)}: {_reasons(duty.stances)}." for duty in found]
    return folded("Does not bind here", count(len(found), "duty", "duties"), items(lines))


def _reasons(found: Iterable[Stance]) -> str:
    names: dict[str, list[Row]] = {}
    for stance in found:
        if stance.system is not None:
            names.setdefault(stance.why, []).append(stance.system)
    return "; ".join(f"{', '.join(s.name for s in systems)}: {why}" for why, systems in names.items())
