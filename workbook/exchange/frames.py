"""Documents that are filled from the record: their frames are data, in `documents/` of the checklists.

A frame is a head of `name: value` lines, then headings, paragraphs and lines in braces that are filled: `{scope}`,
`{statement}`, `{answer QUESTION}` and `{rows REGISTER where COLUMN=VALUE: COLUMN, COLUMN}`. What the record does not
hold becomes a `Gap` that names where to enter it; nothing is put in its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook import files, paths
from workbook.analysis.approvals import standing
from workbook.catalog import Catalog
from workbook.errors import BadChecklist, Unknown
from workbook.exchange.paper import Block, Gap, Heading, Paper, Paragraph, Table
from workbook.exchange.soa import head, made_from, statement_blocks, version
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.registers import says_nothing
from workbook.words import day

FOLDER = "documents"
LIMIT = 100_000  # bytes of a frame
NO_SUBJECT = "DRAFT. It is not among what is approved in versions."
_FILL = re.compile(r"\{(scope|statement|answer|rows)(?: ([^{}]+))?\}")
_ROWS = re.compile(r"(\w+)(?: where (\w+)=([^:]+))?: *([\w, ]+)")


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one document: what its head says, and its lines with their numbers."""

    path: Path
    head: Mapping[str, str]
    lines: tuple[tuple[int, str], ...]

    @property
    def kind(self) -> str:
        """What the document is called in a command."""
        return self.path.stem

    @property
    def answers(self) -> tuple[str, ...]:
        """The questions that the document answers."""
        return tuple(filter(None, (one.strip() for one in self.head.get("answers", "").split(","))))


def frames() -> Mapping[str, Frame]:
    """The frames of this workspace by their kinds; those that are shipped where it has none. Raises BadChecklist."""
    own = paths.checklists() / FOLDER
    folder = own if own.is_dir() else paths.shipped("checklists") / FOLDER
    return {path.stem: _read(path) for path in sorted(folder.glob("*.md"))}


def _read(path: Path) -> Frame:
    lines = list(enumerate(files.read_limited(path, LIMIT).decode("utf-8").splitlines(), 1))
    end = next((n for n, line in lines if line.strip() == "---"), 0)
    told = dict(line.split(":", 1) for _, line in lines[: max(end - 1, 0)] if ":" in line)
    found = {name.strip(): value.strip() for name, value in told.items()}
    if not end or not found.get("title"):
        raise BadChecklist(f"{path.name}: begin with title: and further names, and end them with a line of ---.")
    return Frame(path, found, tuple((n, line.strip()) for n, line in lines[end:] if line.strip()))


def document(record: Record, kind: str) -> Paper:
    """The document of this kind, filled from the record; raises Unknown, and BadChecklist for a frame that is wrong."""
    known = frames()
    if kind not in known:
        raise Unknown("document", kind, known)
    frame = known[kind]
    blocks = [block for number, line in frame.lines for block in _blocks(record, frame, number, line)]
    subject = frame.head.get("subject", "")
    facts = head(record, subject) if subject else (*made_from(record), ("Version", _other_version(record, frame)))
    return Paper(frame.head["title"], facts, (*blocks, *_questions(record, frame)))


def _other_version(record: Record, frame: Frame) -> str:
    """What the register of documents says of a document that is not approved here: told, and a draft all the same."""
    kind = frame.head.get("document", "")
    rows = [r for r in record.register("documents") if kind and r["kind"] == kind]
    named = "; ".join(f"{r.name}, version {r['version'] or 'not named'} ({r.key})" for r in rows)
    return f"DRAFT, made from the record. In force by the register of documents: {named or 'none'}."


def state(record: Record, frame: Frame) -> str:
    """Which version a document is, shortly: an approved one or a draft."""
    approved = standing(record, frame.head["subject"]) if "subject" in frame.head else None
    return version(approved) if approved else NO_SUBJECT


# filling ------------------------------------------------------------------------------------------------------------


def _blocks(record: Record, frame: Frame, number: int, line: str) -> Iterable[Block]:
    if line.startswith("## "):
        return (Heading(1, line[3:]),)
    if not line.startswith("{"):
        return (Paragraph(line),)
    found = _FILL.fullmatch(line)
    if not found:
        raise _wrong(frame, number, f"{line} is none of {{scope}}, {{statement}}, {{answer ID}} and {{rows …}}")
    what, about = found[1], found[2] or ""
    if what == "answer":
        return _answer(record, frame, number, about)
    if what == "rows":
        return _rows(record, frame, number, about)
    return statement_blocks(record) if what == "statement" else _scope(record)


def _wrong(frame: Frame, number: int, says: str) -> BadChecklist:
    return BadChecklist(f"{FOLDER}/{frame.path.name}, line {number}: {says}.")


def _scope(record: Record) -> Iterable[Block]:
    scope = record.engagement.scope
    if says_nothing(scope):
        return (Gap("the scope; write it down in 00_start."),)
    return (Paragraph(scope, "Scope."),)


def _answer(record: Record, frame: Frame, number: int, question: str) -> Iterator[Block]:
    """What was answered, for each system it is asked of, with the result in front, whatever that is."""
    catalog = record.catalog
    if question not in catalog.questions:
        raise _wrong(frame, number, str(Unknown("question", question, catalog.questions)).rstrip("."))
    found = [a for a in record.asked if a.question.id == question and not a.folded]
    if not found:
        yield Gap(f"“{catalog.questions[question].title}”; name the ML systems in 00_start first.")
    for asked in found:
        yield _said(catalog, asked)


def _said(catalog: Catalog, asked: Asked) -> Block:
    page = catalog.page_asking[asked.question.id]
    if asked.result is Result.NOT_ASSESSED or says_nothing(asked.answer.value.rationale):
        return Gap(f"answer “{asked.label}” ({asked.key}) in {page}.")
    return Paragraph(asked.answer.value.rationale, f"{asked.label} ({asked.result}):")


def _rows(record: Record, frame: Frame, number: int, about: str) -> Iterable[Block]:
    found = _ROWS.fullmatch(about)
    if not found or found[1] not in record.catalog.registers:
        raise _wrong(frame, number, f"{about} names no register of the checklists and its columns")
    register = record.catalog.register(found[1])
    fields = {field.id: field for field in register.fields}
    names = [name.strip() for name in found[4].split(",")]
    if unknown := [name for name in (*names, *filter(None, [found[2]])) if name not in fields]:
        raise _wrong(frame, number, f"the register {register.id} has no column {unknown[0]}")
    rows = [r for r in record.register(register.id) if not found[2] or str(r[found[2]]) == found[3].strip()]
    if not rows:
        what = f"{register.title}, {fields[found[2]].label.lower()} {found[3].strip()}" if found[2] else register.title
        return (Gap(f"{what}; enter it in {register.page}."),)
    headers = ("Id", *(fields[name].label for name in names))
    cells = ((row.key, *(_cell(record, fields[name], row[name]) for name in names)) for row in rows)
    return (Table(headers, tuple(cells)),)


def _cell(record: Record, field: object, value: object) -> str:
    shown = day(value) if field.type == "date" else record.shown(field, value)  # type: ignore[attr-defined,arg-type]
    return shown or "–"


def _questions(record: Record, frame: Frame) -> Iterator[Block]:
    """Which questions the document answers, and what is said of each."""
    if not frame.answers:
        return
    if unknown := [one for one in frame.answers if one not in record.catalog.questions]:
        raise _wrong(frame, 1, str(Unknown("question", unknown[0], record.catalog.questions)).rstrip("."))
    asked = [a for a in record.asked if a.question.id in frame.answers and not a.folded]
    yield Heading(1, "Questions that this document answers")
    yield Table(("Question", "Answered as"), tuple((f"{a.label} ({a.key})", str(a.result)) for a in asked))
