"""An engagement in which everything is shown, recorded through the public store: where attacks begin."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from workbook.adopting import take_usual_method
from workbook.model import Draft, Engagement, Person, Result, Role, Slot
from workbook.record import Record
from workbook.store import Store

REVIEWER, AUDITOR = Person("Head of quality", Role.REVIEWER), Person("Lead auditor", Role.AUDITOR)
DIRECTOR = Person("Managing director")
VERSION = "1.0.0"


def day(days_ago: int, on: date) -> str:
    """An ISO date this many days before `on`."""
    return (on - timedelta(days=days_ago)).isoformat()


def frame(store: Store, **about: Any) -> None:
    """What stands around the answers: scope, models, datasets, controls, risks, documents, plan."""
    on = store.on
    engagement = store.record().engagement
    facts = {"scope": "The ML platform and its two systems, in Berlin.", "period_from": on - timedelta(days=300),
             "period_to": on + timedelta(days=60), "audit_date": on + timedelta(days=70)}  # fmt: skip
    store.save_engagement(Engagement(**{**engagement.model_dump(), **facts, **about}), 1)
    store.save([*_assets(store, on), *_controls(store), *_documents(store, on)])
    store.save([*_plan(store, on), *_risks(store, on)])
    store.save(_management(on))
    take_usual_method(store)
    store.acting_as(DIRECTOR).save(_approvals(on))


def _assets(store: Store, on: date) -> Iterable[Draft]:
    yield Draft("people", "P-001", {"name": AUDITOR.name, "part": "auditor", "worked_on": "Accounting only.",
                                    "competence": "Lead auditor course."})  # fmt: skip
    yield Draft("people", "P-002", {"name": DIRECTOR.name, "part": "management"})
    for n, system in enumerate(store.record().systems, 1):
        about = {"name": f"Model {n}", "version": VERSION, "system": system.key, "stage": "production",
                 "kind": "trained here", "approved_by": "Head of credit", "change_ticket": f"CHG-{n}",
                 "validated_on": day(40, on)}  # fmt: skip
        yield Draft("models", f"M-{n:03}", about)
        yield Draft("datasets", f"DS-{n:03}", {"name": f"Set {n}", "version": VERSION, "systems": [system.key]})


def _controls(store: Store) -> Iterable[Draft]:
    for key, control in store.known_keys("controls").items():
        yield Draft("controls", key, {"name": control.title, "applicable": "yes", "reason": "Needed by the risks.",
                                      "statement": "In place and run by the platform team."})  # fmt: skip


def _approvals(on: date) -> Iterable[Draft]:
    yield Draft("approvals", "AP-001", {"name": "Statement 2", "subject": "Statement of Applicability", "version": "2",
                "approved_by": DIRECTOR.name, "approved_on": day(0, on)})  # fmt: skip
    yield Draft("approvals", "AP-002", {"name": "Risk method 1", "subject": "risk method", "version": "1",
                "approved_by": DIRECTOR.name, "approved_on": day(0, on)})  # fmt: skip
    yield Draft("approvals", "AP-901", {"name": "Programme", "subject": "audit programme", "version": "1",
                "approved_by": DIRECTOR.name, "approved_on": day(0, on)})  # fmt: skip


def _documents(store: Store, on: date) -> Iterable[Draft]:
    kinds = [kind for kind in store.catalog.register("documents").field("kind").choices if kind != "other"]
    for n, kind in enumerate(kinds, 1):
        yield Draft("documents", f"DOC-{n:03}", {"name": kind.capitalize(), "kind": kind, "version": "2",
                    "approved_by": "Managing director", "approved_on": day(90, on), "next_review": day(-200, on),
                    "location": "Wiki", "owner": "Security lead"})  # fmt: skip


def _management(on: date) -> Iterable[Draft]:
    """A management review of today that saw the internal audit, with its minutes."""
    yield Draft("evidence", "EV-8000", {"name": "Minutes", "form": "link", "link": "https://wiki.example/minutes",
                "collected_at": day(0, on)})  # fmt: skip
    yield Draft("management_reviews", "MR-001", {"name": "Review", "held_on": day(0, on), "chair": "Managing director",
                "audits": ["IA-001"], "conclusion": "needs changes", "paper": ["EV-8000"]})  # fmt: skip


def _plan(store: Store, on: date) -> Iterable[Draft]:
    systems = [s.key for s in store.record().systems]
    held = {"name": "The whole ISMS", "planned_from": day(20, on), "planned_to": day(15, on), "clauses": "4 to 10",
            "controls": list(store.known_keys("controls")), "lead": AUDITOR.name, "status": "done",
            "objective": "Does it work?", "criteria": "ISO/IEC 27001", "reason": "Yearly.",
            "reported_on": day(14, on)}  # fmt: skip
    yield Draft("programme", "IA-001", held)
    for n, kind in enumerate(("opening meeting", "closing meeting"), 1):
        yield Draft("audit_meetings", f"MT-{n:03}", {"name": kind, "programme": "IA-001", "kind": kind,
                    "held_on": day(20, on), "attendees": "All", "settled": "All"})  # fmt: skip
    yield Draft("plan", "PL-001", {"name": "Internal audit", "date": day(20, on), "auditor": AUDITOR.name,
                "programme": "IA-001", "systems": systems, "status": "done", "criteria": "ISO/IEC 27001",
                "sampling": "25 each"})  # fmt: skip


def _risks(store: Store, on: date) -> Iterable[Draft]:
    for n, system in enumerate(store.record().systems, 1):
        yield Draft("risks", f"R-{n:03}", {"name": f"Poisoned data {n}", "area": "adversarial attack",
                    "systems": [system.key], "owner": "Head of credit", "likelihood": 2, "consequence": 2,
                    "treatment": "retain", "residual_likelihood": 2, "residual_consequence": 2,
                    "accepted_by": "Head of credit", "accepted_on": day(5, on), "acceptance_ends": day(-300, on),
                    "last_review": day(30, on), "next_review": day(-300, on)})  # fmt: skip


def artefacts(record: Record) -> list[str]:
    """Every artefact that a question asks for, once."""
    return list(dict.fromkeys(w.artefact for a in record.asked for w in a.question.evidence))


def claim_everything(store: Store) -> None:
    """Evidence of each artefact, and every question answered as implemented with its own."""
    on, record = store.on, store.record()
    keys = {name: f"EV-{n:04}" for n, name in enumerate(artefacts(record), 1)}
    wiki = "https://wiki.example"
    about = {"form": "link", "version": VERSION, "collected_at": day(2, on), "period_from": day(299, on),
             "period_to": day(2, on)}  # fmt: skip
    store.save(
        Draft("evidence", key, {"name": f"File {key}", "link": f"{wiki}/{key}", "artefact": name, **about})
        for name, key in keys.items()
    )
    store.save(
        Draft("answer", a.key, {"question": a.question.id, "system": a.slot.system, "result": Result.IMPLEMENTED.value,
              "rationale": "Done as asked, see the evidence.",
              "evidence": [keys[w.artefact] for w in a.question.evidence]}, a.answer.version)
        for a in record.asked
    )  # fmt: skip


def review_everything(store: Store, verdict: str = "accepted") -> None:
    """Every answer, as it stands, accepted by somebody else."""
    reviewing = store.acting_as(REVIEWER)
    record = store.record()
    reviewing.save(
        Draft("review", a.key, {"question": a.question.id, "system": a.slot.system, "version": a.answer.version,
              "verdict": verdict}, a.review.version if a.review else 0)
        for a in record.asked
        if a.answer.version
    )  # fmt: skip


def test_row(store: Store, slot: Slot, **more: Any) -> dict[str, Any]:
    """The row of a test that can stand."""
    return {"name": f"Test of {slot.key}", "question": slot.question, "system": slot.system, "auditor": AUDITOR.name,
            "lines": [key for key in store.catalog.lines if key.startswith(f"{slot.question}/")],
            "tested_on": day(3, store.on), "method": "re-performance", "population": "120 releases",
            "sample": "25 drawn by the auditor", "exceptions_found": 0, "design": "effective",
            "operation": "effective", "evidence": ["EV-0001"], "checked_by": "Second auditor", **more}  # fmt: skip


def test_everything(store: Store, **more: Any) -> None:
    """A test of every question as asked."""
    testing = store.acting_as(AUDITOR)
    testing.save(
        Draft("tests", f"T-{n:03}", test_row(store, a.slot, **more)) for n, a in enumerate(store.record().asked, 1)
    )


test_row.__test__ = test_everything.__test__ = False  # type: ignore[attr-defined]
