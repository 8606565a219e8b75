"""The record as pandas DataFrames, one table at a time, for people who would rather ask it themselves.

The types are those that pandas computes with: text is `string`, a number `Int64`, a day `datetime64[s]`, a moment
`datetime64[us, UTC]`, keys a tuple, a choice an ordered category. Nothing is NA or NaT, of keys an empty tuple.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from workbook.analysis.annex_a import Covered, clause_uses, control_uses
from workbook.analysis.crosswalk import Stance, duties, stances
from workbook.analysis.evidence_use import EvidenceUse, evidence_uses
from workbook.analysis.points import collect_points
from workbook.analysis.proof import prove
from workbook.analysis.trail import WORST_FIRST, AuditTrail, Link
from workbook.analysis.trails import shown_trails
from workbook.entries import RegisterField
from workbook.errors import Unknown
from workbook.model import Evidence
from workbook.record import Asked, Record
from workbook.registers import column
from workbook.scale import COVERED, EVIDENCE_STATES, POSTURES, RESULTS, SEVERITIES, STEPS

if TYPE_CHECKING:
    import pandas as pd  # it is imported for the first table: that takes longer than all else that a page needs

# what pandas calls the types; choices are a tuple, in their order
Kind = str | tuple[str, ...]
TEXT, NUMBER, TRUTH, DAY, MOMENT, KEYS = "string", "Int64", "bool", "datetime64[s]", "datetime64[us, UTC]", "object"
RESULT = tuple(str(result) for result in RESULTS)
SAID: Mapping[str, Kind] = {"version": NUMBER, "actor": TEXT, "at": MOMENT}

ANSWERS: Mapping[str, Kind] = {
    "page": TEXT, "section": TEXT, "question": TEXT, "title": TEXT, "system": TEXT, "weight": NUMBER,
    "result": RESULT, "rationale": TEXT, "owner": TEXT, "due": DAY, "evidence": KEYS,
    "evidence_state": EVIDENCE_STATES, "applicable": TRUTH,
    "step": STEPS, "contradicted": TRUTH,
    "reviewed": ("returned", "changed since", "accepted"), "to_reverify": TRUTH, **SAID,
}  # fmt: skip
EVIDENCE: Mapping[str, Kind] = {
    "name": TEXT, "title": TEXT, "form": TEXT, "artefact": TEXT, "source": TEXT, "collector": TEXT,
    "classification": get_args(Evidence.model_fields["classification"].annotation),
    "collected_at": DAY, "period_from": DAY, "period_to": DAY, "valid_until": DAY,
    "state": EVIDENCE_STATES, "age_days": NUMBER, "answers": KEYS,
    "sha256": TEXT, "size": NUMBER, "media_type": TEXT, "link": TEXT, **SAID,
}  # fmt: skip
POINTS: Mapping[str, Kind] = {
    "severity": SEVERITIES, "title": TEXT, "why": TEXT, "owner": TEXT, "due": DAY, "overdue_days": NUMBER,
    "refs": KEYS, "page": TEXT, "anchor": TEXT, "result": RESULT,
}  # fmt: skip
REQUIREMENTS: Mapping[str, Kind] = {
    "kind": ("control", "clause"), "title": TEXT, "covered": COVERED, "note": TEXT, "questions": KEYS,
    "applicable": NUMBER, "result": RESULT, "evidenced": NUMBER, "tested": NUMBER, "contradicted": NUMBER,
    "audited": NUMBER, "tests": KEYS, "failed": NUMBER, "mentions": KEYS,
}  # fmt: skip
TRAILS: Mapping[str, Kind] = {
    "kind": TEXT, "key": TEXT, "name": TEXT, "link": TEXT, "title": TEXT, "state": WORST_FIRST, "says": TEXT,
    "refs": KEYS,
}  # fmt: skip
CROSSWALK: Mapping[str, Kind] = {
    "frame": TEXT, "requirement": TEXT, "title": TEXT, "system": TEXT, "binds": ("no", "undecided", "yes"), "why": TEXT,
    "applies_from": DAY, "state": POSTURES, "questions": KEYS, "leaves_open": TEXT,
}  # fmt: skip
OWN = {
    "answers": ANSWERS, "crosswalk": CROSSWALK, "evidence": EVIDENCE, "points": POINTS, "requirements": REQUIREMENTS,
    "trails": TRAILS,
}  # fmt: skip


def dataframe(record: Record, name: str) -> "pd.DataFrame":
    """The table `name` of a record: a register, or one of `OWN`, such as `answers` or `crosswalk`. Raises Unknown.

    The index `id` holds the keys; points are numbered from 1 in their order, the most severe first.
    """
    if name == "answers":
        return _frame(ANSWERS, {asked.key: _answer_row(record, asked) for asked in record.asked})
    if name == "evidence":
        return _frame(EVIDENCE, {key: _evidence_row(record, use) for key, use in evidence_uses(record).items()})
    if name == "points":
        found = enumerate(collect_points(record), start=1)
        return _frame(POINTS, {n: {c: getattr(point, c) for c in POINTS} for n, point in found}, "int64")
    if name == "requirements":
        every = (*control_uses(record), *clause_uses(record))
        return _frame(REQUIREMENTS, {one.of.id: _covered_row(one) for one in every})
    if name == "trails":
        found_links = ((t, link) for t in shown_trails(record) for link in t.links)
        return _frame(TRAILS, {f"{t.row.key}/{link.entry.id}": _link_row(t, link) for t, link in found_links})
    if name == "crosswalk":
        return _frame(CROSSWALK, dict(_crosswalk_rows(record)))
    if name not in record.catalog.registers:
        raise Unknown("table", name, [*record.catalog.registers, *OWN])
    register = record.catalog.register(name)
    kinds = {field.id: _kind_of(field) for field in register.fields}
    if register.carried in ("none", "history"):
        return _frame(kinds, {row.key: row.values for row in record.register(name)})
    rows = {row.key: {**row.values, "to_reverify": row.to_reverify} for row in record.register(name)}
    return _frame({**kinds, "to_reverify": TRUTH}, rows)


def _kind_of(field: RegisterField) -> Kind:
    """What a column of a register is to pandas."""
    if field.type == "choice":
        return field.choices
    return KEYS if column(field).plural else {"date": DAY, "number": NUMBER}.get(field.type, TEXT)


def _answer_row(record: Record, asked: Asked) -> dict[str, Any]:
    answer, section = asked.answer, record.catalog.section_of[asked.question.id]
    about = {"page": record.catalog.page_of[section.id], "section": section.id, "title": asked.question.title}
    judged = {c: getattr(asked, c) for c in ("evidence_state", "applicable", "reviewed")}
    proof = prove(record)[asked.key]
    judged |= {"step": proof.step, "contradicted": proof.contradicted}
    origin = {"version": answer.version or None, "actor": answer.actor, "at": answer.at}
    return {**dict(answer.value), **about, **judged, **origin, "weight": asked.question.weight}


def _evidence_row(record: Record, use: EvidenceUse) -> dict[str, Any]:
    stated, fresh = record.evidence[use.key], use.freshness
    proves = tuple(asked.key for asked in use.questions)
    origin = {"version": stated.version, "actor": stated.actor, "at": stated.at}
    return {**dict(stated.value), **origin, "state": fresh.state, "age_days": fresh.age_days, "answers": proves}


def _covered_row(one: Covered) -> dict[str, Any]:
    about = {"kind": "control" if one.of.id.startswith("A.") else "clause", "title": one.of.title}
    counts = {c: getattr(one.tally, c) for c in ("applicable", "evidenced", "tested", "contradicted")}
    looked = {"audited": one.audited, "tests": [t.key for t in one.tests], "failed": one.failed}
    questions = list(dict.fromkeys(a.question.id for a in one.asked))
    said = {"covered": one.state, "result": one.worst, "questions": questions, "mentions": one.mentions}
    return {**about, **counts, **looked, **said, "note": one.note.note if one.note else ""}


def _link_row(trail: AuditTrail, link: Link) -> dict[str, Any]:
    of = {"kind": trail.kind.one, "key": trail.row.key, "name": trail.row.name}
    keys = dict.fromkeys(key for told in link.told for key in told.keys)
    said = " ".join(" ".join((told.says, *told.keys)) for told in link.told)
    return {**of, "link": link.entry.id, "title": link.entry.title, "state": link.state, "says": said, "refs": keys}


def _crosswalk_rows(record: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each requirement of ISO/IEC 42001 Annex A, and each duty of the AI Act for each system."""
    for stance in stances(record, "iso42001"):
        yield f"iso42001 {stance.of.id}", _stance_row("iso42001", stance, None)
    for duty in duties(record):
        for stance in duty.stances:
            row = _stance_row("eu_ai_act", stance, duty.applies.listed)
            yield f"eu_ai_act {row['requirement']} {row['system']}", row


def _stance_row(frame: str, stance: Stance, applies: date | None) -> dict[str, Any]:
    one, system = stance.requirement, stance.system.key if stance.system else ""
    about = {"frame": frame, "requirement": one.part or one.of, "title": stance.of.title, "system": system}
    stands = {"binds": stance.binds, "why": stance.why, "state": stance.state, "leaves_open": one.leaves_open}
    return {**about, **stands, "applies_from": applies, "questions": [link.question for link in one.links]}


def _frame(kinds: Mapping[str, Kind], rows: Mapping[Any, Mapping[str, Any]], ids: str = TEXT) -> "pd.DataFrame":
    """Rows by their ids, with the columns of `kinds`: the same columns and types when there is no row."""
    import pandas as pd

    columns = {name: _cells([row[name] for row in rows.values()], kind) for name, kind in kinds.items()}
    return pd.DataFrame(columns, index=pd.Index(list(rows), name="id", dtype=ids))


def _cells(values: Sequence[Any], kind: Kind) -> Any:
    """One column as pandas keeps it."""
    import pandas as pd

    if not isinstance(kind, str):
        return _choices(values, kind)
    dtype: Any = kind
    if kind == KEYS:
        return pd.Series([tuple(value or ()) for value in values], dtype=dtype).array
    return pd.array([None if value == "" else value for value in values], dtype=dtype)


def _choices(values: Sequence[Any], choices: tuple[str, ...]) -> "pd.Categorical":
    """A category; what a checklist offered once, or an edition withholds, is no choice and stands behind them."""
    import pandas as pd

    texts = [str(value) if value else None for value in values]
    others = dict.fromkeys(text for text in texts if text and text not in choices)
    return pd.Categorical(texts, categories=[*choices, *others], ordered=True)
