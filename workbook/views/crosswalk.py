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
from workbook.language import later, say, term
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

RULE = later(
    "A requirement stands where its weakest link stands. A link shows something when the answers to its question are "
    "evidenced and nothing contradicts them; a claim shows nothing. Unless a link says that it carries the whole, it "
    "carries a part, and the requirement is partly shown at most. Nothing here says that a requirement is met."
)
CLAIMS = (Result.IMPLEMENTED, Result.PARTIAL)
LINKS: Mapping[Posture, str] = {
    "contradicted": later("Contradicted"),
    "nothing shown": later("Nothing shown"),
    "not asked": later("Not asked"),
    "partly shown": later("Partly shown"),
    "shown as far as linked": later("Shown"),
}
COUNTED: Mapping[Posture, str] = {
    "contradicted": later("{n} contradicted"),
    "nothing shown": later("{n} nothing shown"),
    "not asked": later("{n} not asked"),
    "partly shown": later("{n} partly shown"),
    "shown as far as linked": later("{n} shown as far as linked"),
}
NONE = later("The checklists of this workspace hold no crosswalk to it.")


def crosswalk(record: Record, frame: str) -> Markup:
    """What answers show of a frame, for the AI Act by date and by role; raises Unknown for one that is none."""
    show: Mapping[str, Callable[[Record, Crosswalk], Markup]] = {"iso42001": controls, "eu_ai_act": ai_act}
    if frame not in show:
        raise Unknown("frame", frame, show)
    walk = record.catalog.crosswalks.get(frame)
    return show[frame](record, walk) if walk else note(say(NONE), hint(say("workbook init lays out a complete set.")))


def controls(record: Record, walk: Crosswalk) -> Markup:
    """The controls of ISO/IEC 42001 Annex A by area, with the links that carry something of each."""
    every = stances(record, walk.frame)
    counts = _counts(s.state for s in every)
    lead = paragraph(say("Of {n} controls of ISO/IEC 42001, Annex A: {counts}.", n=len(every), counts=counts))
    if not shows_names(record.audience):
        return view(lead, note(say(RULE)))
    areas = [(area, list(found)) for area, found in groupby(every, key=_area)]
    return view(lead, _not_asked(every), _rule(walk), *(_controls(record, area, found) for area, found in areas))


def ai_act(record: Record, walk: Crosswalk) -> Markup:
    """The duties of the AI Act: in force, to come, and those that do not bind, with the reason."""
    every = duties(record, walk.frame)
    if not record.systems:
        return view(paragraph(say("No ML system is named yet; duties follow the role and the class of each.")))
    binding = [d for d in every if d.binding]
    now = [d for d in binding if d.in_force(record.on)]
    coming = [d for d in binding if not d.in_force(record.on)]
    lead = paragraph(_binding(record, len(every), now, coming))
    if not shows_names(record.audience):
        return view(lead, note(say(RULE)))
    return view(
        lead,
        _roles(record),
        folded(say("What the links rest on"), "", paragraph(term(walk.source))),
        _duties(record, say("Applies today"), now),
        _duties(record, say("To come"), coming),
        _not_binding([d for d in every if not d.binding]),
    )


# pieces -------------------------------------------------------------------------------------------------------------


def _binding(record: Record, every: int, now: Sequence[Duty], coming: Sequence[Duty]) -> str:
    """How many of the duties bind here or may bind, and how many of them apply today."""
    return say(
        "{duties} of {all} bind here or may bind. On {day}, {now} of them apply ({now_counts}) and {coming} are to "
        "come ({coming_counts}).",
        duties=count(len(now) + len(coming), "duty", "duties"),
        all=every,
        day=day(record.on),
        now=len(now),
        now_counts=_counts(d.state for d in now),
        coming=len(coming),
        coming_counts=_counts(d.state for d in coming),
    )


def _counts(found: Iterable[Posture]) -> str:
    """How many stand where, worst first."""
    counted = Counter(found)
    return ", ".join(say(COUNTED[state], n=counted[state]) for state in POSTURES if counted[state]) or say("none")


def _rule(walk: Crosswalk) -> Markup:
    summary = say("How this is counted, and what the links rest on")
    return folded(summary, "", paragraph(say(RULE)), paragraph(term(walk.source)))


def _not_asked(every: Iterable[Stance]) -> Markup:
    """The ones that no question asks about, by name."""
    named = "; ".join(f"{s.of.id} {term(s.of.title)}" for s in every if not s.requirement.links)
    return paragraph(tag.b[say("No question asks about:"), " "], f"{named}.") if named else fragment()


def _area(stance: Stance) -> str:
    return ".".join(stance.of.id.split(".")[:2])


def _controls(record: Record, area: str, found: Sequence[Stance]) -> Markup:
    columns = {say("Control"): 26, say("What says something about it, and why"): 46, say("What no question asks"): 28}
    lines = [
        card(
            columns,
            (
                under(f"{s.of.id} {term(s.of.title)}", mark(states.POSTURES[s.state])),
                _links(record, s.carried),
                term(s.requirement.leaves_open) or ("–" if s.requirement.links else say("all of it")),
            ),
        )
        for s in found
    ]
    title = f"{area} {term(_area_titles(record)[area])}"
    listed = cards(f"{title}: {count(len(found), 'control')}", columns, lines)
    return folded(title, _counts(s.state for s in found), listed)


def _area_titles(record: Record) -> Mapping[str, str]:
    facts = references.rows(record.catalog.folder / "reference", "iso42001_2023_annex_a")
    return {row["area"]: row["area_title"] for row in facts}


def _links(record: Record, carried: Sequence[Carried]) -> Markup:
    """Each link with how far its weakest answer is shown, and the reason; what carries the whole says so."""
    return items(_link(record, c) for c in carried) if carried else text(say("not asked"))


def _link(record: Record, one: Carried) -> Markup:
    question = record.catalog.questions[one.link.question]
    page = record.catalog.page_asking[question.id]
    where = link(page, one.proofs[0].asked.key if one.proofs else "", term(question.title))
    whole = f" {say('It carries the whole.')}" if one.link.carries == "whole" else ""
    rests = f" ({term(one.link.source)})" if one.link.source else ""
    return fragment(where, quiet((tag.b[_stands(one)], f" {term(one.link.because)}{whole}{rests}")))


def _stands(one: Carried) -> str:
    """How far the weakest of its answers is shown, in words, and the worst that is claimed."""
    if not one.proofs:
        return say("Does not apply here.")
    worst = worst_result(p.asked.result for p in one.proofs)
    result = term(str(worst))
    claimed = say("claimed as {result}", result=result) if worst in CLAIMS else result
    return f"{say(LINKS[one.state])}, {claimed}."


# the AI Act ---------------------------------------------------------------------------------------------------------


def _roles(record: Record) -> Markup:
    """The systems with role and class, which decide what binds."""
    rows = [
        (s.name, *(term(s[column] or later("not decided")) for column in ("ai_act_role", "ai_act_class")))
        for s in record.systems
    ]
    headers = (say("System"), say("Role"), say("Risk class"))
    return table(say("Role and class decide which duties bind"), headers, rows)


def _duties(record: Record, title: str, found: Sequence[Duty]) -> Markup:
    if not found:
        return folded(title, say("none"))
    columns = {
        say("Duty"): 26,
        say("Applies"): 14,
        say("Systems"): 18,
        say("What says something about it, and why"): 42,
    }
    lines = [
        card(
            columns,
            (
                under(_article(duty), term(duty.requirement.asks)),
                under(_when(record, duty), term(_note(duty))),
                items(_system(s) for s in duty.stances),
                fragment(_links(record, _carried(duty)), _left(duty)),
            ),
        )
        for duty in found
    ]
    listed = cards(f"{title}: {count(len(found), 'duty', 'duties')}", columns, lines)
    return folded(title, _counts(d.state for d in found), listed)


def _article(duty: Duty) -> str:
    return say("Art. {number} {title}", number=term(duty.requirement.part) or duty.of.id, title=term(duty.of.title))


def _when(record: Record, duty: Duty) -> str:
    return say("since {day}", day=day(duty.applies.listed)) if duty.in_force(record.on) else duty.applies.words


def _note(duty: Duty) -> str:
    """What to know of the dates; of an article in parts, only what speaks of this one."""
    return duty.applies.note if duty.requirement.part in ("", *duty.applies.note.split()) else ""


def _system(stance: Stance) -> Markup:
    """How one system stands to a duty."""
    name = stance.system.name if stance.system else ""
    if stance.binds == "no":
        return fragment(f"{name}: ", quiet(say("does not bind: {why}", why=term(stance.why))))
    return fragment(f"{name}: ", mark(states.POSTURES[stance.state]), quiet(_doubt(stance)) if stance.why else "")


def _doubt(stance: Stance) -> str:
    why = term(stance.why)
    return say("may bind: {why}", why=why) if stance.binds == "undecided" else why


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
    return quiet(say("No question asks: {left}", left=term(left))) if left else fragment()


def _not_binding(found: Sequence[Duty]) -> Markup:
    """The duties that bind no system, each with the reason."""
    if not found:
        return fragment()
    lines = [f"{_article(duty)}: {_reasons(duty.stances)}." for duty in found]
    return folded(say("Does not bind here"), count(len(found), "duty", "duties"), items(lines))


def _reasons(found: Iterable[Stance]) -> str:
    names: dict[str, list[Row]] = {}
    for stance in found:
        if stance.system is not None:
            names.setdefault(stance.why, []).append(stance.system)
    return "; ".join(f"{', '.join(s.name for s in systems)}: {term(why)}" for why, systems in names.items())
