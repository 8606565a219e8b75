"""What the record says of the links of a leaver's and of an incident's audit trail."""

from collections.abc import Iterator, Mapping

from workbook.analysis.trail import Followed, Rule, Told, broken, claimed, missing, names_of, speaks_of
from workbook.language import say, say_many
from workbook.people import same_person
from workbook.words import day, first_of

DUTIES = ("owner", "deputy")  # columns that say who has to act; others say who did


def handover(one: Followed) -> Iterator[Told]:
    """The rows, answers and tasks that still name the person as somebody who has to act."""
    still = [*_rows_of(one), *_said_of(one)]
    if still:
        yield broken(say_many("Still named in {n} place:", "Still named in {n} places:", len(still)), *still[:6])
    else:
        yield claimed(
            say("No row, answer or task names the person as owner or deputy; other places are not looked at.")
        )


def _rows_of(one: Followed) -> Iterator[str]:
    for register in one.record.catalog.registers.values():
        duties = [f.id for f in register.fields if f.person and f.id in DUTIES]
        for row in one.record.register(register.id) if duties else ():
            if any(same_person(str(row.values[name] or ""), one.row.name) for name in duties):
                yield row.key


def _said_of(one: Followed) -> Iterator[str]:
    yield from (a.key for a in one.record.asked if same_person(a.answer.value.owner, one.row.name))
    yield from (k for k, task in one.record.tasks.items() if same_person(task.value.owner, one.row.name))


def recorded(one: Followed) -> Iterator[Told]:
    """The evidence that names the number of the incident."""
    names = names_of(one.kind, one.row)
    pieces = ((k, s.value) for k, s in one.record.evidence.items())
    keys = [k for k, about in pieces if speaks_of(f"{about.title} {about.name} {about.version}", names)]
    kept = one.record.proofs(keys)
    yield claimed(say("Names it:"), *kept) if kept else missing(say("No evidence names its number."))


def looked(one: Followed) -> Iterator[Told]:
    """Whether the risks were looked at before a change went live, or after an incident (clause 8.2)."""
    happened, looked_at = one.row["happened_on"], one.row["reassessed_on"]
    late = (looked_at - happened).days if happened and looked_at else 0
    if one.row["kind"] != "incident" and late > 0:
        yield broken(
            say_many("Looked at on {day}, {n} day after it.", "Looked at on {day}, {n} days after it.", late,
                     day=day(looked_at))
        )  # fmt: skip


def mended(one: Followed) -> Iterator[Told]:
    """The findings and corrective actions that name the number of the incident (clause 10.2)."""
    names = names_of(one.kind, one.row)
    findings = [r.key for r in one.record.register("findings") if speaks_of(f"{r.name} {r['statement'] or ''}", names)]
    actions = [r.key for r in one.record.register("actions") if speaks_of(f"{r.name} {r['cause'] or ''}", names)]
    if keys := (*findings, *actions):
        yield claimed(say("Named by {names}:", names=first_of(keys, 4)), *keys)
    else:
        yield missing(say("No finding or corrective action names its number."))


RULES: Mapping[str, Rule] = {"handover": handover, "recorded": recorded, "looked": looked, "mended": mended}
