"""How far a claim is shown, as the forms show it beside the claim; the rules are those of `analysis.proof`."""

from collections.abc import Mapping
from typing import Any

from workbook.analysis.artefacts import ArtefactProof, audit_period, current_versions
from workbook.analysis.exclusions import exclusions
from workbook.analysis.proof import Proof
from workbook.entries import ExpectedEvidence
from workbook.language import say, term
from workbook.record import Asked, Record
from workbook.views.states import CONTRADICTED, STEPS, TO_REVERIFY
from workbook.words import day, first_of

Json = dict[str, Any]


def steps_json() -> Json:
    """The steps from claimed to tested with the sign, kind and word of each, and how a contradicted claim looks."""
    return {
        "steps": [[step, look.sign, look.kind, term(look.word)] for step, look in STEPS.items()],
        "contradicted": CONTRADICTED.said(),
        "again": TO_REVERIFY.said(),
    }


def step_json(record: Record, proof: Proof) -> Json:
    """How far one claim is shown, in a line of the list; `counted` says why it counts although it is set aside."""
    counted = record.once(_counted_all_the_same).get(proof.asked.key)
    return {
        **({"counted": counted} if counted else {}),
        "step": proof.step,
        "contradicted": proof.contradicted,
        "toReverify": proof.asked.to_reverify,
        "proven": sum(a.proven for a in proof.artefacts),
        "artefacts": len(proof.artefacts),
    }


def proof_json(record: Record, proof: Proof) -> Json:
    """How far one claim is shown, what speaks against it and what the next step needs, for the question opened."""
    return {
        **step_json(record, proof),
        "short": proof.short,
        "against": [[c.kind, c.by, c.says] for c in proof.contradictions],
        "others": proof.others,
        "artefacts": [_artefact(record, proof.asked, a) for a in proof.artefacts],
    }


def _counted_all_the_same(record: Record) -> Mapping[str, str]:
    """Why questions that are said not to apply stay in every sum, where they count as nothing, by key of the answer."""
    return {e.asked.key: e.lacks for e in exclusions(record) if e.lacks and e.asked.applicable}


def _artefact(record: Record, asked: Asked, artefact: ArtefactProof) -> Json:
    expected = artefact.expected
    versions = _versions(record, asked, expected)
    return {
        "artefact": expected.artefact,
        "named": term(expected.artefact),
        "or": expected.or_,
        "orNamed": [term(one) for one in expected.or_],
        "proves": say("design and operation") if expected.proves == "both" else term(expected.proves),
        "bound": expected.bound_to,
        "binds": _binds(record, expected, versions),
        "versions": versions,
        "keys": artefact.keys,
        "lacks": artefact.says,
    }


def _versions(record: Record, asked: Asked, expected: ExpectedEvidence) -> list[tuple[str, str]]:
    """The versions that evidence of a model or dataset has to name, each with the name of its row."""
    if expected.bound_to not in ("model", "dataset"):
        return []
    rows = current_versions(record, asked, expected.bound_to)
    found = ((row["version"] or row.values.get("artefact_hash") or "", row.name) for row in rows)
    return [(version, name) for version, name in found if version.strip()]


def _binds(record: Record, expected: ExpectedEvidence, versions: list[tuple[str, str]]) -> str:
    """What binds an artefact, in words, and what that means in this record: which days, which versions."""
    if expected.bound_to == "period":
        first, last = audit_period(record)
        return say("{binding}, so far {first} to {last}", binding=expected.binding, first=day(first), last=day(last))
    if expected.bound_to in ("model", "dataset"):
        use = first_of((f"{name} {version}" for version, name in versions), 3)
        return f"{expected.binding}: {use or say('none is registered')}"
    return expected.binding
