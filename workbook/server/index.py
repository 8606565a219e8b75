"""Everything one can look for in an audit: its questions, the rows of its registers, its evidence. Pure."""

from collections.abc import Iterator, Sequence

from workbook.analysis.evidence_use import evidence_uses
from workbook.record import Record
from workbook.server.pages import Notebook
from workbook.server.state import Json, Links
from workbook.views.states import EVIDENCE, NOT_ASKED, RESULTS


def index_json(record: Record, notebooks: Sequence[Notebook]) -> Json:
    """All of it, in reading order."""
    links = Links(record, notebooks)
    return {"items": [*_questions(record, links), *_rows(record), *_evidence(record, links)]}


def _questions(record: Record, links: Links) -> Iterator[Json]:
    for asked in record.asked:
        section = record.catalog.section_of[asked.question.id].title
        state = NOT_ASKED if asked.folded else RESULTS[asked.result]
        yield _item("question", asked.label, f"{section} · {state.word}", links.place_of(asked))


def _rows(record: Record) -> Iterator[Json]:
    for register in record.catalog.registers.values():
        for row in record.register(register.id):
            about = f"{register.title} · {row.key}"
            yield _item("row", row.name, about, (register.page, f"{register.id}-{row.key}"))


def _evidence(record: Record, links: Links) -> Iterator[Json]:
    for key, use in evidence_uses(record).items():
        about = f"Evidence · {key} · {EVIDENCE[use.freshness.state].word}"
        yield _item("evidence", record.evidence[key].value.label, about, links.evidence(key))


def _item(kind: str, title: str, about: str, place: tuple[str, str]) -> Json:
    page, anchor = place
    return {"kind": kind, "title": title, "about": about, "page": f"{page}.ipynb", "anchor": anchor}
