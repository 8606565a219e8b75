"""A small catalog and records for the tests of analysis and views: real values, no database, nothing random."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from workbook import references, yamlfile
from workbook.approving import state_of
from workbook.audit_views import AuditViews, Render
from workbook.catalog import Catalog
from workbook.entries import ExpectedEvidence, Faq, Question, Section, Signal, Topic, Watch
from workbook.judging import risk_state
from workbook.model import Answer, Engagement, Evidence, Head, Result, Review
from workbook.record import Record, Row, Stated
from workbook.risk_method import usual_rows
from workbook.views.markup import with_hints

CHECKLISTS = Path(__file__).parent.parent / "checklists"
TODAY = date(2026, 11, 22)
PAGE = "03_control_review"
DIRECTOR = "Managing director"
FLAG = '<script>alert("x")</script>'


def question(id: str, per: str = "engagement", weight: int = 2, **more: Any) -> Question:
    """A question that asks for an export, which counts for 90 days."""
    facts: dict[str, Any] = {
        "title": id.replace("-", " ").capitalize(),
        "ask": f"How is {id} done?",
        "why": "It fails silently otherwise.",
        "evidence": (
            ExpectedEvidence.model_validate({"artefact": f"Export for {id}", "or": ("Export",), "max_age_days": 90}),
        ),
        "good_answer": "Only the pipeline can.",
        "refs": {"iso27001": ("A.8.2",)},
    }
    facts |= more
    facts.setdefault("look_for", ({"says": "take the list", "tests": facts["refs"].get("iso27001", ())}, "try it"))
    return Question(id=id, per=per, weight=weight, **facts)  # type: ignore[arg-type]


QUESTIONS = {
    "access": (
        question("roles", weight=3, refs={"iso27001": ("A.5.15", "A.8.2")}),
        question("deploy", per="system", weight=3, refs={"iso27001": ("A.8.2", "A.8.32"), "atlas": ("AML.T0012",)}),
    ),
    "crypto": (question("keys", weight=1, refs={"iso27001": ("A.8.24",)}),),
}

WATCH = Watch(
    id="fd-change",
    title="Poor change management",
    finding="Models reached production outside the change process.",
    prevent="Let the pipeline refuse a release without a ticket.",
    grade="major nonconformity",
    signals=(
        Signal(says="Deployment is not fully controlled.", answers=("deploy",), below=Result.IMPLEMENTED),
        Signal(says="No current evidence of who may do what.", evidence=("roles",)),
        Signal(
            says="A production model has no change ticket or no approval.",
            register="models",
            where={"stage": ("production",)},
            empty=("change_ticket", "approved_by"),
        ),
    ),
    refs={"iso27001": ("A.8.32",)},
)
FAQ = Faq(
    id="faq-one", question="Is a certificate of its own needed?", answer="No. Widen the scope.", refs={"gdpr": ("35",)}
)


@cache
def catalog() -> Catalog:
    """Two sections of page 3 with three questions, one watch, one FAQ entry, the real registers and trails."""
    sections = (
        Section(id="access", title="Access control", intro="Who can reach what.", questions=QUESTIONS["access"]),
        Section(id="crypto", title="Cryptography", intro="What is encrypted.", questions=QUESTIONS["crypto"]),
    )
    small = Topic(id="small", title="Small", page=PAGE, sections=sections, watches=(WATCH,), faq=(FAQ,))
    files = (CHECKLISTS / name for name in ("registers.yaml", "audit_trails.yaml", "risk_suggestions.yaml"))
    real = (Topic.model_validate(yamlfile.read(file).data) for file in files)
    return Catalog((small, *real), references.load(CHECKLISTS / "reference"), CHECKLISTS, "0" * 64)


class Rendered(AuditViews):
    """The views of one record as their HTML."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def _view(self, render: Render) -> Markup:
        return with_hints(lambda: render(self.record))()


VIEWS = tuple(name for name in vars(AuditViews) if not name.startswith("_"))


def plain(markup: str) -> str:
    """The words of a view as a reader sees them, spaces evened out."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", str(markup))).split())


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def row(register: str, key: str, **values: Any) -> Row:
    """A row with every column of its register, empty where `values` does not name it."""
    blank: dict[str, Any] = dict.fromkeys((f.id for f in catalog().register(register).fields), None)
    return Row(register, key, {**blank, "name": key, **values})


def accepted_risk(by: str = "Owner", **values: Any) -> Row:
    """A risk whose owner accepted it as it is, for a year, unless told otherwise."""
    given = {"owner": by, "accepted_by": by, "accepted_on": days_ago(5), "acceptance_ends": days_ago(-360), **values}
    risk = row("risks", "R-001", **given)
    return row("risks", "R-001", **{"accepted_state": risk_state(risk.values), **given})


def approved(rows: Iterable[Row]) -> list[Row]:
    """The rows of a risk method, with an approval of it as it stands."""
    rows = list(rows)
    of = {name: {r.key: r.values for r in rows if r.register == name} for name in {r.register for r in rows}}
    state = state_of("risk method", lambda name: of.get(name, {}))
    given = {"version": "1.1", "approved_by": DIRECTOR, "approved_on": days_ago(9), "recorded_by": DIRECTOR}
    return [*rows, row("approvals", "AP-001", subject="risk method", state=state, at_revision=7, **given)]


def usual_approved() -> list[Row]:
    """The usual risk method, approved."""
    found = usual_rows(catalog()).items()
    return approved(row(name, f"{name}-{n}", **values) for name, rows in found for n, values in enumerate(rows))


def closed(key: str, **values: Any) -> tuple[Row, Row]:
    """A finding that is closed with all that closure needs, and its corrective action."""
    done = {"status": "effectiveness confirmed", "effective": "yes", "owner": "Platform lead", "checked_by": "Auditor",
            "done_on": days_ago(20), "effectiveness": days_ago(10), "cycle": "weekly", "cause": "Rights",
            "criterion": "None of 10", "effect_sample": "10 releases since"}  # fmt: skip
    finding = {"grade": "minor nonconformity", "owner": "Platform lead", "closed_by": "Auditor", **values}
    return row("findings", key, status="closed", **finding), row("actions", f"CA-{key}", finding=key, **done)


def answer(question: str, result: Result, system: str = "", **more: Any) -> Stated[Answer]:
    """An answer, said by `actor` (the ML platform lead) as version 1."""
    actor = more.pop("actor", "ML platform lead")
    return Stated(Answer(question=question, system=system, result=result, **more), 1, actor, "preparer")


def proof(days: int | None = 10, **more: Any) -> Stated[Evidence]:
    """An export collected `days` ago; None leaves it undated."""
    collected = None if days is None else days_ago(days)
    facts: dict[str, Any] = {"name": "export.csv", "sha256": "a" * 64, "size": 2048, "artefact": "Export",
                             "collected_at": collected}  # fmt: skip
    return Stated(Evidence(**(facts | more)), 1, "ML platform lead", "preparer")


SYSTEM = row("systems", "SYS-001", name="Credit scoring", owner="Product owner")
SECOND = row("systems", "SYS-002", name="Support assistant")


def record(
    answers: Iterable[Stated[Answer]] = (),
    evidence: Mapping[str, Stated[Evidence]] | None = None,
    rows: Iterable[Row] = (),
    **more: Any,
) -> Record:
    """A record of 22 November 2026; one system is in scope unless `rows` names others."""
    kept: dict[str, tuple[Row, ...]] = dict.fromkeys(catalog().registers, ())
    for one in rows:
        kept[one.register] = (*kept[one.register], one)
    kept["systems"] = kept["systems"] or (SYSTEM,)
    facts: dict[str, Any] = {
        "engagement": Engagement(title="ISMS audit 2026", organisation="Northlight Credit", scope="Lending platform"),
        "on": TODAY,
        "head": Head(12, "9f2c" * 16),
        "rows": kept,
        "answers": {s.value.key: s for s in answers},
        "evidence": dict(evidence or {}),
    }
    return Record(catalog=catalog(), name="northlight-2026", **(facts | more))


def proven(days: int = 10, system: str = "SYS-001") -> Record:
    """Everything implemented with evidence of `days` ago."""
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, system, evidence=("EV-0001",)),
        answer("keys", Result.IMPLEMENTED, evidence=("EV-0001",)),
    ]
    return record(said, {"EV-0001": proof(days)})


def with_rows(base: Record, *rows: Row) -> Record:
    """`base` with more rows in its registers."""
    kept = dict(base.rows)
    for one in rows:
        kept[one.register] = (*kept.get(one.register, ()), one)
    return replace(base, rows=kept)


def with_review(base: Record, review: Review, actor: str = "Security lead") -> Record:
    """`base` with one more review."""
    return replace(base, reviews={**base.reviews, review.key: Stated(review, 1, actor, "reviewer")})


def accepted(base: Record) -> Record:
    """`base` with every answer accepted by the security lead, who gave none."""
    for one in base.answers.values():
        about = {"question": one.value.question, "system": one.value.system, "version": one.version}
        base = with_review(base, Review(**about, verdict="accepted"))
    return base


def all_tested(base: Record) -> Record:
    """`base` with an audit test of every question as asked that can stand."""
    rows = (
        an_audit_test(f"T-{n:03}", question=a.question.id, system=a.slot.system or None, tested_on=days_ago(1))
        for n, a in enumerate(base.asked, 1)
    )
    return with_rows(base, *rows)


SOUND_TEST: Mapping[str, Any] = {
    "question": "roles",
    "auditor": "Internal audit lead",
    "method": "inspection of records",
    "population": "64 deployments",
    "sample": "15 by seed 7",
    "design": "effective",
    "operation": "effective",
    "evidence": ("EV-0001",),
}


def an_audit_test(key: str = "T-001", **values: Any) -> Row:
    """An audit test of the first line of its question that another auditor could repeat, but for `values`."""
    facts = SOUND_TEST | values
    return row("tests", key, **({"lines": (f"{facts['question']}/1",)} | facts))
