"""What the record says of the links of a supplier's audit trail: assessment, contract, data, what rests on it, exit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workbook.analysis.data_flows import data_flows
from workbook.analysis.prediction_hits import rows_by_key
from workbook.analysis.prediction_models import supplier_without_retention
from workbook.analysis.trail import Followed, Rule, Told, broken, claimed, missing, names_of, speaks_of
from workbook.analysis.trail_models import findings
from workbook.language import say, say_many, term
from workbook.registers import says_nothing
from workbook.words import day

YEAR = 365  # days for which an assessment of a supplier counts; a convention of ours, as for its evidence


def assessed(one: Followed) -> Iterator[Told]:
    """Whether the last assessment is a year old at most, and the certificate still runs (control A.5.19)."""
    looked, until = one.row["due_diligence"], one.row["certificate_until"]
    if looked and (age := (one.record.on - looked).days) > YEAR:
        yield missing(
            say_many(
                "The last assessment is {n} day old; none of the last year is recorded.",
                "The last assessment is {n} days old; none of the last year is recorded.",
                age,
            )
        )
    if until and until < one.record.on:
        yield broken(say("Its certificate ended {day}.", day=day(until)))


def contract(one: Followed) -> Iterator[Told]:
    """Whether the contract runs, and sets an end to what the supplier keeps (control A.5.20)."""
    until = one.row["contract_ends"]
    if until and until < one.record.on:
        yield broken(say("The contract ended {day}.", day=day(until)))
    rules = (p for p in one.record.catalog.predictions if p.rule == "supplier-without-retention")
    for rule in rules:
        hits = (hit for hit in supplier_without_retention(one.record, rule) if one.row.key in hit.keys)
        says = say("It receives personal data, and its terms as recorded set no end to that.")
        yield from (missing(says) for _ in hits)


def _components(one: Followed) -> list[str]:
    return [c.key for c in one.record.register("components") if c["supplier"] == one.row.key]


def transfers(one: Followed) -> Iterator[Told]:
    """The flows of personal data to what the supplier runs outside: transfer, and assessment where they profile."""
    kinds = {c.key: c["kind"] for c in one.record.register("components")}
    places = [key for key in _components(one) if kinds[key] == "external party"]
    for flow in data_flows(one.record):
        row = flow.row
        if row["target"] not in places or not flow.personal:
            continue
        if flow.decision and says_nothing(row["impact_assessment"]):
            says = say("{key} carries {decision}, and no impact assessment is recorded.", key=row.key,
                       decision=term(flow.decision))  # fmt: skip
            yield missing(says, row.key)
        transfer = row["transfer"] or say("none recorded")
        yield claimed(say("Flow to it, transfer: {transfer}.", transfer=transfer), row.key)


def review(one: Followed) -> Iterator[Told]:
    """Whether the next review is still ahead."""
    planned = one.row["next_review"]
    if planned and planned < one.record.on:
        yield broken(say("The review planned for {day} has passed.", day=day(planned)))


def rests(one: Followed) -> Iterator[Told]:
    """The models, sources and components that it delivers."""
    named = (r for name in ("models", "data_sources", "components") for r in one.record.register(name))
    keys = [row.key for row in named if row["supplier"] == one.row.key]
    yield claimed(say("Named as supplier in:"), *keys) if keys else missing(say("Nothing names it as its supplier."))


def leaving(one: Followed) -> Iterator[Told]:
    """Whether somebody tried to leave the supplier: a test or evidence that names it and speaks of that."""
    names = names_of(one.kind, one.row)
    tests = [t.key for t in one.record.register("tests") if _speaks_of_exit(f"{t.name} {t['note'] or ''}", names)]
    pieces = [k for k, s in one.record.evidence.items() if _speaks_of_exit(f"{s.value.title} {s.value.name}", names)]
    if found := (*tests, *one.record.proofs(pieces)):
        yield claimed(say("Tried:"), *found)
    else:
        yield missing(say("No test of the exit is recorded."))


def _speaks_of_exit(text: str, names: tuple[str, ...]) -> bool:
    return "exit" in text.casefold() and speaks_of(text, names)


def supplier(one: Followed) -> Iterator[Told]:
    """What stands against the supplier of a model; the rest is on the trail of the supplier."""
    row = rows_by_key(one.record, "suppliers").get(str(one.row["supplier"]))
    if row is None:
        return
    for kind in (kind for kind in one.record.catalog.trails if kind.register_ == "suppliers"):
        about = Followed(one.record, kind, row, one.link)
        told = (*assessed(about), *contract(about), *findings(about))
        yield from (replace(t, keys=t.keys or (row.key,)) for t in told if t.state in ("broken", "missing"))


RULES: Mapping[str, Rule] = {
    "assessed": assessed,
    "contract": contract,
    "transfers": transfers,
    "review": review,
    "rests": rests,
    "exit": leaving,
    "supplier": supplier,
}
