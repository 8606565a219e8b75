"""The verdict as every page shows it: the stage in words, claim and proof as two lengths of one bar, the conditions."""

from collections.abc import Mapping

from markupsafe import Markup

from workbook.analysis.proof import RULE
from workbook.analysis.readiness import CLAIMS, SCALE_VERSION, WEIGHINGS, AreaScore, Item, Readiness
from workbook.analysis.verdict import Stage, Verdict
from workbook.language import later, say, say_many, term, written_figure
from workbook.record import Record
from workbook.views import cards, states, tag
from workbook.views.markup import (
    aid,
    aside,
    heading,
    hint,
    items,
    link,
    long_table,
    mark,
    note,
    page_link,
    paragraph,
    table,
    under,
)
from workbook.views.tag import fragment, text
from workbook.words import capitalized

NEXT = 5  # of what would raise the figure most
WHAT_FOR: Mapping[Stage, str] = {
    "ready for internal audit": later("for internal audit"),
    "ready for stage 1": later("for stage 1"),
    "ready for stage 2": later("for stage 2"),
    "ready for surveillance": later("for surveillance"),
    "ready for recertification": later("for recertification"),
}


def box(found: Verdict) -> Markup:
    """The stage in large words; beside it how much is claimed and shown, and the counts behind it."""
    shown = found.readiness
    figures = tag.p(class_="lead")[
        tag.b[say("{claimed} % claimed, {shown} % shown.", claimed=shown.claimed, shown=shown.shown)],
        " ",
        capitalized(found.counts.text),
        ".",
    ]
    parts = [figures, bars(shown.claimed, shown.shown), _next(found)]
    return tag.div(class_="verdict", role="group", aria_label=say("Verdict"))[
        tag.div(class_="stage")[capitalized(term(found.stage))], tag.div[parts]
    ]


def _next(found: Verdict) -> Markup:
    """What stands between here and the next stage."""
    if found.next_stage is None:
        return tag.p(class_="why")[say("Every condition is met. The certification body decides, not this workbook.")]
    missing = sum(c.stage == found.next_stage for c in found.unmet)
    return tag.p(class_="why")[
        say_many(
            "{n} condition short of “{stage}”.",
            "{n} conditions short of “{stage}”.",
            missing,
            stage=term(found.next_stage),
        )
    ]


def bars(claimed: int, shown: int) -> Markup:
    """One bar with two lengths: how far it is claimed, and in green how much of that is shown."""
    label = say("{claimed} percent claimed, {shown} percent shown", claimed=claimed, shown=shown)
    pieces = [_length("ok", shown), _length("plan", claimed - shown)]
    return tag.span(class_="bar", role="img", aria_label=label)[pieces]


def _length(kind: str, percent: int) -> Markup:
    return tag.i(style=f"display:block;width:{percent}%;background:var(--{kind},#888)")[""]


def conditions(found: Verdict) -> Markup:
    """Every condition of every stage, met or not, with the clause it speaks of."""
    rows = [
        (
            under(say("Clause {clause}", clause=c.clause), say(WHAT_FOR[c.stage])),
            mark(states.CONDITIONS["met" if c.met else "unmet"]),
            link(c.page, "", c.says),
        )
        for c in found.conditions
    ]
    met = sum(c.met for c in found.conditions)
    caption = say("{met} of {every} conditions are met. A stage is reached when its own and all before it are.",
                  met=met, every=len(rows))  # fmt: skip
    return long_table(caption, [say("Condition of"), say("Met"), say("What the record holds")], rows)


def contradicted(record: Record, found: Verdict) -> Markup:
    """The claims that something in the record speaks against."""
    rows = [
        (
            cards.where(record, c.asked),
            mark(states.RESULTS[c.asked.result]),
            c.contradiction.says,
        )
        for c in found.contradicted
    ]
    return long_table(
        say("{n} contradicted: what is claimed, and all that speaks against it.", n=found.counts.contradicted),
        [say("Question"), say("Claim"), say("Against it")],
        rows,
        empty=say("Nothing in the record speaks against a claim."),
    )


def arithmetic(record: Record, found: Readiness) -> Markup:
    """The two sums with everything they rest on: rule, systems, areas, items, weights."""
    return fragment(
        paragraph(say(RULE)),
        paragraph(_sums()),
        _systems(found),
        _areas(record, found),
        heading("What would raise it most"),
        _gains(record, found.weakest),
        heading("How much it depends on the weights"),
        items(_weighings(found.weakest)),
        aid(say_many("{n} item of the sums", "{n} items of the sums", len(found.proofs)), "", _items(found)),
    )


def _sums() -> str:
    claims = ", ".join(f"{term(str(result))} {written_figure(f'{float(claim):g}')}" for result, claim in CLAIMS.items())
    return say(
        "C = 100 · Σ(w·c) / Σw is claimed, S = 100 · Σ(w·c·p) / Σw is shown. w is the weight of a question, 1 to 3; c "
        "what its answer claims: {claims}; p which part of that is shown by the rule above. A question that does not "
        "apply leaves the sums when somebody else accepted why; what nobody answered stays in with 0. The figures of "
        "the whole are those of the system of which least is shown, so that none is diluted. Scale {scale}.",
        claims=claims,
        scale=SCALE_VERSION,
    )


def _systems(found: Readiness) -> Markup:
    rows = [(s.title, len(s.score.items), s.score.weight, *_figures(s)) for s in found.systems]
    headers = [say("System"), say("Questions"), "Σ w", "C", "S"]
    return table(say("Each system, with what is asked once for all."), headers, rows)


def _figures(area: AreaScore) -> tuple[str, str]:
    return written_figure(f"{area.score.claimed:.1f}"), written_figure(f"{area.score.shown:.1f}")


def _areas(record: Record, found: Readiness) -> Markup:
    rows = [
        (term(area.title), len(area.score.items), area.score.weight, *_figures(area), weakest(record, area))
        for area in found.areas
        if area.score.items
    ]
    headers = [say("Area"), say("Questions"), "Σ w", "C", "S", say("Least shown")]
    return long_table(
        say("Each area. The weakest item stands beside the figures, because a mean hides a hole."), headers, rows
    )


def weakest(record: Record, area: AreaScore) -> Markup:
    """The item of an area of which least is shown."""
    lowest = area.score.lowest
    if lowest is None or lowest.shown == 1:
        return text(say("all tested") if lowest else "–")
    return fragment(cards.where(record, lowest.asked), " ", cards.step(lowest.proof))


def _gains(record: Record, area: AreaScore) -> Markup:
    rows = [
        (
            cards.where(record, item.asked),
            written_figure(f"+{gain:.1f}"),
            _missing(item),
        )
        for item, gain in area.score.most_to_gain[:NEXT]
    ]
    caption = say("{system}: the questions that would raise what is shown most, in points of 100.", system=area.title)
    headers = [say("Question"), say("Gain"), say("What is missing")]
    return table(caption, headers, rows, empty=say("Everything is shown."))


def _missing(item: Item) -> str:
    proof = item.proof
    if proof.contradicted:
        return "; ".join(c.says for c in proof.contradictions[:2])
    return "; ".join(proof.short[:2]) or say("It claims {result}.", result=term(str(item.asked.result)))


def _weighings(area: AreaScore) -> list[str]:
    score = area.score
    return [
        say("{figure} with the weights as they are", figure=written_figure(f"{score.shown:.1f}")),
        *(
            say("{figure} {how}", figure=written_figure(f"{score.weighed(weigh):.1f}"), how=say(name))
            for name, weigh in WEIGHINGS.items()
        ),
    ]


def _items(found: Readiness) -> Markup:
    every = {i.asked.key: i for area in found.areas for i in area.score.items}
    rows = [
        (
            i.asked.label,
            term(str(i.asked.result)),
            cards.step(i.proof),
            i.weight,
            written_figure(f"{float(i.claimed):.2f}"),
            written_figure(f"{float(i.shown):.2f}"),
        )
        for i in every.values()
    ]
    return table(say("Every item of the sums."), [say("Question"), say("Claim"), say("Shown"), "w", "c", "c·p"], rows)


def readiness(record: Record, found: Verdict) -> Markup:
    """The verdict with its conditions, what contradicts it, and its arithmetic; it says that it certifies nothing."""
    if not found.readiness.counts:
        start = text(say("Name the ML systems in {page} first.")).format(page=page_link("00_start"))
        return note(say("No question applies yet, so nothing can be judged."), hint(start))
    planning = say("A planning aid with its arithmetic shown; it is not a certificate and does not stand for one.")
    return fragment(
        box(found),
        paragraph(aside(planning)),
        heading("Conditions"),
        conditions(found),
        heading("What is contradicted"),
        contradicted(record, found),
        heading("Arithmetic"),
        arithmetic(record, found.readiness),
    )
