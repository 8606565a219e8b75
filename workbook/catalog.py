"""Reads checklists/ as values: questions, registers, tasks, watches, help. Refuses a bad file by line and field."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbook import files, references, yamlfile
from workbook.checking import check_topics, entries
from workbook.entries import (
    Context,
    DependsOn,
    ExpectedEvidence,
    Faq,
    Interview,
    LookFor,
    MlNote,
    Prediction,
    Question,
    Register,
    RegisterField,
    RiskSuggestion,
    Section,
    Signal,
    Task,
    Topic,
    Trail,
    TrailLink,
    Visit,
    VisitItem,
    Watch,
)
from workbook.entry import Crosswalk, Entry, LeftOut, Link, Refs, Requirement
from workbook.errors import BadChecklist, Unknown
from workbook.language import learn
from workbook.references import Reference
from workbook.synonyms import Synonyms, joined
from workbook.words import natural


@dataclass(frozen=True)
class Catalog:
    """All checklists together; every id in it is unique and every reference resolves."""

    topics: tuple[Topic, ...]
    facts: Mapping[str, Mapping[str, Reference]]
    folder: Path
    digest: str

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question by id, in reading order."""
        return {q.id: q for section in self.sections.values() for q in section.questions}

    @cached_property
    def lines(self) -> Mapping[str, LookFor]:
        """Everything an auditor looks for, by the id of its question and its number there: op-secure-deployment/2."""
        return {f"{q.id}/{n}": line for q in self.questions.values() for n, line in enumerate(q.lines, 1)}

    def words(self, key: str) -> str:
        """The title of a question, or what a line of one says; the key itself if it is neither."""
        if key in self.questions:
            return self.questions[key].title
        return self.lines[key].says if key in self.lines else key

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """Every section by id, in reading order."""
        return {s.id: s for topic in self.topics for s in topic.sections}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section of each question."""
        return {q.id: s for s in self.sections.values() for q in s.questions}

    @cached_property
    def page_of(self) -> Mapping[str, str]:
        """The page (notebook name without ending) of each section and register."""
        pages = {s.id: topic.page for topic in self.topics for s in topic.sections}
        return pages | {r.id: r.page for r in self.registers.values()}

    @cached_property
    def page_asking(self) -> Mapping[str, str]:
        """The page that asks each question."""
        return {question: self.page_of[section.id] for question, section in self.section_of.items()}

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Every page that asks something, holds a register or shows what a checklist defines, in reading order."""
        return tuple(sorted({*self.page_of.values(), *(topic.page for topic in self.topics)} - {""}))

    @cached_property
    def registers(self) -> Mapping[str, Register]:
        """Every register by id."""
        return {r.id: r for topic in self.topics for r in topic.registers}

    @cached_property
    def synonyms(self) -> Synonyms:
        """What people call our columns and choices in tables of their own."""
        return joined(self.topics)

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """Every task of the timeline by id."""
        return {t.id: t for topic in self.topics for t in topic.tasks}

    @cached_property
    def watches(self) -> tuple[Watch, ...]:
        """The findings that the record is watched for."""
        return tuple(w for topic in self.topics for w in topic.watches)

    @cached_property
    def suggestions(self) -> Mapping[str, RiskSuggestion]:
        """What points to each risk of the catalogue, by its number."""
        return {s.risk: s for topic in self.topics for s in topic.suggestions}

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """The rules that predict nonconformities."""
        return tuple(p for topic in self.topics for p in topic.predictions)

    @cached_property
    def trails(self) -> tuple[Trail, ...]:
        """How things are followed from their beginning to their end."""
        return tuple(t for topic in self.topics for t in topic.trails)

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        """The visits of a certification body that are rehearsed."""
        return tuple(v for topic in self.topics for v in topic.visits)

    @cached_property
    def interviews(self) -> tuple[Interview, ...]:
        """The roles that an auditor talks to."""
        return tuple(i for topic in self.topics for i in topic.interviews)

    @cached_property
    def notes(self) -> Mapping[str, MlNote]:
        """What machine learning changes about a control or clause, by its number: a note of its own or of its block."""
        return {of: note for topic in self.topics for note in topic.notes for of in note.of}

    @cached_property
    def crosswalks(self) -> Mapping[str, Crosswalk]:
        """What answers say about other frames, by the name of their set of references."""
        return {t.crosswalk.frame: t.crosswalk for t in self.topics if t.crosswalk}

    @cached_property
    def faq(self) -> tuple[Faq, ...]:
        """The questions people ask."""
        return tuple(f for topic in self.topics for f in topic.faq)

    @cached_property
    def context(self) -> tuple[Context, ...]:
        """What the reader should know."""
        return tuple(c for topic in self.topics for c in topic.context)

    def question(self, question_id: str) -> Question:
        """The question of this id; raises Unknown."""
        try:
            return self.questions[question_id]
        except KeyError:
            raise Unknown("question", question_id, self.questions) from None

    def section(self, section_id: str) -> Section:
        """The section of this id; raises Unknown."""
        try:
            return self.sections[section_id]
        except KeyError:
            raise Unknown("section", section_id, self.sections) from None

    def register(self, register_id: str) -> Register:
        """The register of this id; raises Unknown."""
        try:
            return self.registers[register_id]
        except KeyError:
            raise Unknown("register", register_id, self.registers) from None

    def help_for(self, entry_id: str) -> tuple[Faq, ...]:
        """The FAQ entries that stand beside this question, section or register."""
        return tuple(f for f in self.faq if entry_id in f.beside)

    def references(self, refs: Refs) -> list[Reference]:
        """The references of an entry with their titles, ISO/IEC 27001:2022 first, each source in natural order."""
        return [self.facts[s][i] for s in references.SOURCES for i in sorted(refs.get(s, ()), key=natural)]

    def covered(self) -> Mapping[str, tuple[str, ...]]:
        """For each item of the source document, the ids of the entries that cover it."""
        covering: dict[str, list[str]] = {}
        for _, entry in entries(self.topics):
            for item in getattr(entry, "covers", ()):
                covering.setdefault(item, []).append(entry.id)
        return {item: tuple(ids) for item, ids in covering.items()}

    def known_keys(self, register: Register) -> Mapping[str, Reference]:
        """The references that may be keys of a register, by identifier; empty where keys are made."""
        known = self.facts[register.keyed_by] if register.keyed_by else {}
        return {i: r for i, r in known.items() if i.startswith("A.")} if register.id == "controls" else known

    @cached_property
    def successors(self) -> Mapping[str, tuple[str, ...]]:
        """For each control of the 2013 edition, the Annex A controls of 2022 that took it over."""
        rows = references.rows(self.folder / "reference", "iso27001_2013_to_2022")
        return {row["old_id"]: tuple(filter(None, row["new_ids"].split(";"))) for row in rows if row["old_id"]}

    @cached_property
    def predecessors(self) -> Mapping[str, tuple[Reference, ...]]:
        """For each Annex A control of the 2022 edition, the controls of 2013 that it took over."""
        found: dict[str, list[Reference]] = {}
        for old, successors in self.successors.items():
            for new in successors:
                found.setdefault(new, []).append(self.facts["iso27001_2013"][old])
        return {new: tuple(old) for new, old in found.items()}

    def risk_catalogue(self) -> list[dict[str, str]]:
        """The 30 ML risks to start from: risk_id, title, threat, vulnerability, references."""
        return references.rows(self.folder / "reference", "ml_risk_catalogue")

    def documented_information(self) -> list[dict[str, str]]:
        """What has to be written down: clause, need, kinds of document, registers that hold it, question."""
        return references.rows(self.folder / "reference", "documented_information")

    def sampling_sizes(self) -> list[dict[str, str]]:
        """Usual sizes of samples, by how often a control runs and by risk; practice, which no standard sets."""
        return references.rows(self.folder / "reference", "sampling_sizes")


def load(folder: Path) -> Catalog:
    """The catalog of all *.yaml files in `folder`; raises BadChecklist naming file, line, entry and field.

    Read once per process for files that did not change.
    """
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise BadChecklist(f"No checklists lie in {folder}. `workbook init` lays out a complete set.")
    state = tuple((path, *files.change(path)) for path in (*found, *sorted(folder.glob("*.po"))))
    learn(folder, state)
    return _load(folder, state)


@lru_cache(maxsize=4)
def _load(folder: Path, found: tuple[tuple[Path, int, int], ...]) -> Catalog:
    documents = [yamlfile.read(path) for path, _, _ in found if path.suffix == ".yaml"]
    carried = [files.read_limited(path, yamlfile.MAX_BYTES) for path, _, _ in found if path.suffix != ".yaml"]
    read = sorted(((_topic(d), d) for d in documents), key=lambda pair: (pair[0].page, pair[0].id))
    topics = tuple(topic for topic, _ in read)
    facts = references.load(folder / "reference")
    check_topics(topics, [document for _, document in read], facts)
    digest = hashlib.sha256(b"".join([*(document.raw for document in documents), *carried])).hexdigest()
    return Catalog(topics, facts, folder, digest)


def _topic(document: yamlfile.Document) -> Topic:
    try:
        return Topic.model_validate(document.data)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")  # a typing error tells most
        raise BadChecklist(_explain(document, tuple(first["loc"]), first)) from None


def _explain(document: yamlfile.Document, where: tuple[str | int, ...], problem: Any) -> str:
    """One sentence for the first thing that pydantic found wrong."""
    item = _item(document, where)
    name = next((step for step in reversed(where) if isinstance(step, str)), "file")
    place = f"{document.path.name}, line {document.line(where)}{item}, field {name}"
    if problem["type"] == "extra_forbidden":
        return f"{place}: unknown field. Known here: {', '.join(_field_names(where))}."
    if problem["type"] == "missing":
        return f"{place}: is missing; add it."
    return f"{place}: {problem['msg'][:1].lower()}{problem['msg'][1:]}."


def _item(document: yamlfile.Document, where: tuple[str | int, ...]) -> str:
    data, found = document.data, ""
    for step in where:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            found = f", item {data['id']}"
    return found


_SHAPES: Mapping[str, type[Entry]] = {
    "sections": Section, "questions": Question, "look_for": LookFor, "evidence": ExpectedEvidence,
    "artefacts": ExpectedEvidence, "tasks": Task, "context": Context, "faq": Faq, "watches": Watch,
    "predictions": Prediction, "suggestions": RiskSuggestion, "signals": Signal, "notes": MlNote, "trails": Trail,
    "links": TrailLink, "crosswalk": Crosswalk, "requirements": Requirement, "asked_by": Link, "left_out": LeftOut,
    "visits": Visit, "items": VisitItem, "interviews": Interview,
    "registers": Register, "fields": RegisterField, "depends_on": DependsOn,
}  # fmt: skip


def _field_names(where: tuple[str | int, ...]) -> list[str]:
    parent = next((step for step in reversed(where[:-1]) if isinstance(step, str)), "")
    shape = _SHAPES.get(parent, Topic)
    return [f.alias or name for name, f in shape.model_fields.items()]
