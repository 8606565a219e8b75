"""Where an audit stands, as plain JSON for JupyterLab's panel: pages and sections, what comes next, what is due.

Pure: made from a record, the person who speaks and the notebooks; every figure is one of `analysis`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from workbook.analysis.deadlines import Deadline, collect_deadlines
from workbook.analysis.evidence_use import evidence_uses, find_doubts
from workbook.analysis.progress import Progress, page_progress, section_progress
from workbook.analysis.proof import Proof, prove
from workbook.analysis.readiness import AreaScore, score, score_readiness
from workbook.analysis.verdict import judge
from workbook.model import Person, Result, Role
from workbook.people import UNNAMED, same_person
from workbook.record import Asked, Record
from workbook.server.pages import Notebook
from workbook.views.states import CONTRADICTED, RESULTS, STEPS, stage_state
from workbook.words import capitalized, day

Json = dict[str, Any]
SOON = timedelta(days=14)  # what is due within this time is shown; what is late always


def speaker_json(speaker: Person | None, *, fixed: bool) -> Json:
    """Who speaks; `fixed` where the environment says so."""
    who = speaker or Person(UNNAMED)
    return {"name": who.name, "role": who.role.value, "unnamed": who.name == UNNAMED, "fixed": fixed,
            "roles": [role.value for role in Role]}  # fmt: skip


def empty_state(notebooks: Iterable[Notebook], speaker: Json, problem: str = "") -> Json:
    """The state without an engagement: nothing begun, none chosen, or a `problem` with reading it, in a sentence."""
    pages = [_page_json(n, None, None) for n in notebooks]
    return {"engagement": "", "title": "", "revision": 0, "at": "", "speaker": speaker, "stage": None, "pages": pages,
            "next": None, "mine": [], "due": [], "stale": [], "problem": problem}  # fmt: skip


def state_json(record: Record, speaker: Json, notebooks: Sequence[Notebook]) -> Json:
    """The state of an engagement."""
    links = Links(record, notebooks)
    progress = {p.page: p for p in page_progress(record)}
    coming = next((p.next_open for p in progress.values() if p.next_open), None)
    return {
        "engagement": record.name,
        "title": record.engagement.title,
        "revision": record.head.number,
        "at": record.head.at.isoformat() if record.head.at else "",
        "speaker": speaker,
        "stage": _stage(record),
        "pages": [_page_json(n, progress.get(n.name), record) for n in notebooks],
        "next": links.question(coming) if coming else None,
        "mine": _mine(record, links, speaker),
        "due": _due(record, links),
        "stale": [links.question(d.asked, d.words) for d in find_doubts(record) if d.state == "stale"],
        "problem": "",
    }


# how far it is ------------------------------------------------------------------------------------------------------


def _stage(record: Record) -> Json:
    found = judge(record)
    figures = found.readiness if found.readiness.counts else None
    return {
        "word": capitalized(found.stage),
        "kind": stage_state(found.stage, last=found.next_stage is None).kind,
        "claimed": figures.claimed if figures else None,
        "shown": figures.shown if figures else None,
    }


def _page_json(notebook: Notebook, progress: Progress | None, record: Record | None) -> Json:
    """A page with its sections; one that asks nothing has no figures."""
    whole = score(record.of_page(notebook.name), prove(record)) if record else None
    return {
        "file": notebook.file,
        "title": notebook.title,
        "asked": progress.asked if progress else 0,
        "open": progress.waiting if progress else 0,
        "claimed": int(whole.claimed) if whole else 0,
        "shown": int(whole.shown) if whole else 0,
        "known": notebook.known,
        "sections": _sections(notebook, record) if record else [],
    }


def _sections(notebook: Notebook, record: Record) -> list[Json]:
    areas = {area.id: area for area in score_readiness(record).areas}
    return [
        _section_json(notebook, progress, areas[section])
        for section, progress in section_progress(record).items()
        if progress.page == notebook.name
    ]


def _section_json(notebook: Notebook, progress: Progress, area: AreaScore) -> Json:
    return {
        "title": progress.name,
        "page": notebook.file,
        "anchor": notebook.anchors.get(f"ask {area.id}", ""),
        "asked": progress.asked,
        "open": progress.waiting,
        "claimed": int(area.score.claimed),
        "shown": int(area.score.shown),
    }


# what to do ---------------------------------------------------------------------------------------------------------


class Links:
    """Leads from what the record holds to the place in the workbook where one works on it."""

    def __init__(self, record: Record, notebooks: Iterable[Notebook]) -> None:
        self.record = record
        self._notebooks = {n.name: n for n in notebooks}
        self._uses = evidence_uses(record)

    def question(self, asked: Asked, why: str = "") -> Json:
        """To a question; `why` it is listed, instead of its result."""
        due = asked.answer.value.due
        late = bool(due and due < self.record.on and asked.result is not Result.IMPLEMENTED)
        about = [asked.system.name if asked.system else "", why or RESULTS[asked.result].word, _when(due, late)]
        return _link(asked.question.title, about, self.place_of(asked), late)

    def deadline(self, found: Deadline) -> Json:
        """To what has a date."""
        late = found.day < self.record.on
        return _link(found.title, [_when(found.day, late), found.owner], self._place(found), late)

    def place_of(self, asked: Asked) -> tuple[str, str]:
        """The page and anchor of a question."""
        return self.record.catalog.page_asking[asked.question.id], asked.key

    def evidence(self, key: str) -> tuple[str, str]:
        """The page and anchor of a piece of evidence: the first question that rests on it, else the index of all."""
        questions = self._uses[key].questions
        return self.place_of(questions[0]) if questions else self.heading("06_audit_report", "evidence_index")

    def heading(self, page: str, call: str) -> tuple[str, str]:
        """The page, and the heading above this call on it."""
        return page, self._notebooks[page].anchors.get(call, "") if page in self._notebooks else ""

    def _place(self, found: Deadline) -> tuple[str, str]:
        match found.kind:
            case "answer":
                return found.page, found.key
            case "evidence":
                return self.evidence(found.key)
            case "task":
                return self.heading(found.page, "tasks")
            case "engagement":
                return self.heading("00_start", "about")
        return found.page, f"{found.kind}-{found.key}"


def _link(title: str, about: Iterable[str], place: tuple[str, str], late: bool = False) -> Json:
    page, anchor = place
    return {"title": title, "about": " · ".join(filter(None, about)), "page": f"{page}.ipynb", "anchor": anchor,
            "late": late}  # fmt: skip


def _when(until: Any, late: bool) -> str:
    return f"{'was due' if late else 'due'} {day(until)}" if until else ""


def _mine(record: Record, links: Links, speaker: Json) -> list[Json]:
    """The questions that name the speaker as their owner and are not answered and evidenced; those due first before."""
    proofs: Mapping[str, Proof] = prove(record)
    mine = [a for a in record.asked if not a.set_aside and same_person(a.answer.value.owner, speaker["name"])]
    left = [a for a in mine if a.result is not Result.IMPLEMENTED or not proofs[a.key].reaches("evidenced")]
    dated = sorted(left, key=lambda a: (a.answer.value.due is None, a.answer.value.due or record.on))
    return [links.question(asked, _left(proofs[asked.key])) for asked in dated]


def _left(proof: Proof) -> str:
    """Why a question still asks for something: its result, and of a claim how far it is shown."""
    result = RESULTS[proof.asked.result].word
    if proof.asked.result is not Result.IMPLEMENTED:
        return result
    return f"{result}, {(CONTRADICTED if proof.contradicted else STEPS[proof.step]).word.lower()}"


def _due(record: Record, links: Links) -> list[Json]:
    """What is late or due soon; evidence that is too old already is told apart."""
    found = [d for d in collect_deadlines(record) if d.day <= record.on + SOON]
    return [links.deadline(d) for d in found if d.kind != "evidence" or d.day >= record.on]
