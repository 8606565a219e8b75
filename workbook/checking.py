"""Refuses checklists that say something twice, refer to what there is not, or miss what the analysis reads."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from workbook import yamlfile
from workbook.contract import DETECTORS, RESERVED, TRAIL_RULES, VISIT_RULES, breaches, missing_registers
from workbook.entries import (
    PRESETS,
    Faq,
    Interview,
    Prediction,
    Question,
    Register,
    RiskSuggestion,
    Signal,
    Topic,
    Trail,
    Visit,
    Watch,
)
from workbook.entry import Crosswalk, Refs
from workbook.errors import BadChecklist, Unknown
from workbook.model import Engagement
from workbook.references import Reference
from workbook.synonyms import clashes
from workbook.words import plain_name


def entries(topics: tuple[Topic, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every entry that has an id, with its path inside its file; the path begins with the topic's position."""
    for t, topic in enumerate(topics):
        for s, section in enumerate(topic.sections):
            yield (t, "sections", s), section
            for q, question in enumerate(section.questions):
                yield (t, "sections", s, "questions", q), question
        for group in (
            "tasks",
            "context",
            "faq",
            "watches",
            "predictions",
            "suggestions",
            "trails",
            "visits",
            "interviews",
            "registers",
        ):
            for i, entry in enumerate(getattr(topic, group)):
                yield (t, group, i), entry


def check_topics(topics: tuple[Topic, ...], documents: list[yamlfile.Document], facts: Any) -> None:
    """Raise BadChecklist for a duplicate id, or a reference or name that resolves nowhere."""
    places: dict[str, str] = {}
    registers = {r.id: r for t in topics for r in t.registers}
    questions = {q.id for t in topics for s in t.sections for q in s.questions}
    if missing := missing_registers(registers):
        raise BadChecklist(
            f"The register {missing[0]} is missing; the analysis reads it. Bring it back, under this id."
        )
    _check_notes(topics, documents, facts)
    _check_crosswalks(topics, documents, facts)
    for where, entry in entries(topics):
        document = documents[int(where[0])]
        place = f"{document.path.name}, line {document.line(where[1:])}, item {entry.id}"
        if entry.id in places:
            raise BadChecklist(
                f"{place}: the id is taken already by {places[entry.id]}; ids are unique over all files."
            )
        places[entry.id] = place
        _check_refs(place, getattr(entry, "refs", {}), facts)
        if isinstance(entry, Register):
            _check_register(place, entry, facts)
    _check_tables(registers.values())
    for where, entry in entries(topics):
        document = documents[int(where[0])]
        place = f"{document.path.name}, line {document.line(where[1:])}, item {entry.id}"
        for field, name, names in _names(entry, places, questions, registers):
            if name not in names:
                raise BadChecklist(f"{place}, field {field}: {Unknown('entry', name, names)}")


def _check_notes(topics: tuple[Topic, ...], documents: list[yamlfile.Document], facts: Any) -> None:
    """Raise BadChecklist for a note on what is no control or clause, or on one that has a note already."""
    known, noted = facts["iso27001"], dict[str, str]()
    for topic, document in zip(topics, documents, strict=True):
        for n, note in enumerate(topic.notes):
            place = f"{document.path.name}, line {document.line(('notes', n))}"
            for of in note.of:
                if of not in known:
                    raise BadChecklist(f"{place}, field of: {Unknown('reference', of, known)}")
                if of in noted:
                    raise BadChecklist(f"{place}, field of: {of} has a note already ({noted[of]}); keep one of them.")
                noted[of] = place


def _check_crosswalks(topics: tuple[Topic, ...], documents: list[yamlfile.Document], facts: Any) -> None:
    """Raise BadChecklist for a crosswalk to no frame, or to one that has one, and for links that lead nowhere."""
    questions = {q.id for t in topics for s in t.sections for q in s.questions}
    mapped: dict[str, str] = {}
    for topic, document in zip(topics, documents, strict=True):
        if (walk := topic.crosswalk) is None:
            continue
        place = f"{document.path.name}, line {document.line(('crosswalk', 'frame'))}"
        if walk.frame not in facts:
            raise BadChecklist(f"{place}, field frame: {Unknown('set of references', walk.frame, facts)}")
        if walk.frame in mapped:
            raise BadChecklist(f"{place}, field frame: {walk.frame} has a crosswalk already ({mapped[walk.frame]}).")
        mapped[walk.frame] = place
        for where, field, name, names in _crosswalk_names(walk, facts[walk.frame], questions):
            if name not in names:
                line = document.line(("crosswalk", *where))
                raise BadChecklist(f"{document.path.name}, line {line}, field {field}: {Unknown('entry', name, names)}")
        _check_once(walk, document)


def _crosswalk_names(
    walk: Crosswalk, known: Collection[str], questions: Collection[str]
) -> Iterator[tuple[tuple[str | int, ...], str, str, Collection[str]]]:
    """Every name in a crosswalk that must exist elsewhere: its place, its field, the name, and the names there are."""
    for n, one in enumerate(walk.requirements):
        yield ("requirements", n, "of"), "of", one.of, known
        if one.follows:
            yield ("requirements", n, "follows"), "follows", one.follows, known
        for k, link in enumerate(one.links):
            yield ("requirements", n, "asked_by", k, "question"), "question", link.question, questions
    for n, left in enumerate(walk.left_out):
        yield from ((("left_out", n, "of"), "of", of, known) for of in left.of)


def _check_once(walk: Crosswalk, document: yamlfile.Document) -> None:
    """Raise BadChecklist for a requirement that stands there twice, or that is left out as well."""
    seen = {(of, "") for left in walk.left_out for of in left.of}
    for n, one in enumerate(walk.requirements):
        if {(one.of, one.part), (one.of, "")} & seen:
            line = document.line(("crosswalk", "requirements", n))
            raise BadChecklist(
                f"{document.path.name}, line {line}, field of: {one.part or one.of} stands here already or is left out."
            )
        seen.add((one.of, one.part))


def _check_register(place: str, register: Register, facts: Collection[str]) -> None:
    """Raise BadChecklist for a register whose name is a kind of the ledger, or that the analysis could not read."""
    if register.id in RESERVED:
        raise BadChecklist(f"{place}, field id: the ledger itself keeps things as {register.id!r}; choose another id.")
    if any(f.id == "id" for f in register.fields):
        raise BadChecklist(f"{place}, field fields: 'id' is the key of a row and cannot name a column as well.")
    if register.keyed_by and register.keyed_by not in facts:
        raise BadChecklist(f"{place}, field keyed_by: {Unknown('set of references', register.keyed_by, facts)}")
    for column, what in (*_muddles(register), *breaches(register), *clashes(register)):
        raise BadChecklist(f"{place}, column {column}: {what}.")


def _check_tables(registers: Iterable[Register]) -> None:
    """Raise BadChecklist for a name that stands for the tables of two registers."""
    taken: dict[str, str] = {}
    for register in registers:
        for name in (register.id, register.title, *register.also):
            other = taken.setdefault(plain_name(name), register.id)
            if other != register.id:
                raise BadChecklist(f"The register {register.id} is called {name!r}, as {other} is; rename one.")


def _muddles(register: Register) -> Iterator[tuple[str, str]]:
    """What no register can hold: the column's id and a sentence for each."""
    ids = [f.id for f in register.fields]
    for one in register.fields:
        folded = [c.strip().casefold() for c in one.choices]
        if ids.count(one.id) > 1:
            yield one.id, "two columns have this id; change one"
        elif one.type == "choice" and (not all(folded) or not folded or len(set(folded)) < len(folded)):
            yield one.id, "a choice needs choices, each of them once and none empty"
        elif one.type in ("ref", "refs") and not one.register_:
            yield one.id, "say with register: which register its keys belong to"


def _check_refs(place: str, refs: Refs, facts: Mapping[str, Mapping[str, Reference]]) -> None:
    for source, ids in refs.items():
        if source not in facts:
            raise BadChecklist(f"{place}, field refs: {Unknown('set of references', source, facts)}")
        for identifier in ids:
            if identifier not in facts[source]:
                raise BadChecklist(f"{place}, field refs.{source}: {Unknown('reference', identifier, facts[source])}")


def _names(
    entry: Any, ids: Collection[str], questions: Collection[str], registers: Mapping[str, Register]
) -> Iterator[tuple[str, str, Any]]:
    """Every name in `entry` that must exist elsewhere: field, name, and the names there are."""
    if isinstance(entry, Question) and entry.depends_on:
        yield "depends_on", entry.depends_on.question, questions
    if isinstance(entry, Faq):
        for name in entry.beside:
            yield "beside", name, ids
    if isinstance(entry, Register):
        names = {f.id for f in entry.fields}
        for column in entry.fields:
            if column.register_:
                yield f"{column.id}.register", column.register_, registers
            for other, values in column.only_if.items():
                yield f"{column.id}.only_if", other, names
                yield from _choice_names(f"{column.id}.only_if.{other}", entry, other, values)
            if column.preset:
                yield f"{column.id}.preset", column.preset, column.choices or PRESETS
            if column.not_before:
                yield f"{column.id}.not_before", column.not_before, [f.id for f in entry.fields if f.type == "date"]
    if isinstance(entry, Prediction):
        if entry.rule:
            yield "rule", entry.rule, DETECTORS
        for name in entry.questions:
            yield "questions", name, questions
    if isinstance(entry, Visit):
        yield from _visit_names(entry, questions, registers)
    if isinstance(entry, Interview):
        yield from (("questions", name, questions) for name in entry.questions)
    if isinstance(entry, Trail):
        yield from _trail_names(entry, questions, registers)
    if isinstance(entry, Watch | Prediction | RiskSuggestion):
        for signal in entry.signals:
            yield from _signal_names(signal, questions, registers)


def _choice_names(field: str, register: Register, column: str, values: Iterable[str]) -> Iterator[tuple[str, str, Any]]:
    """Values that a condition names, of a column that offers choices."""
    choices = next((f.choices for f in register.fields if f.id == column), ())
    yield from ((field, value, choices) for value in values if choices)


def _signal_names(
    signal: Signal, questions: Collection[str], registers: Mapping[str, Register]
) -> Iterator[tuple[str, str, Any]]:
    for name in (*signal.answers, *signal.evidence):
        yield "signals", name, questions
    if signal.register_ is not None:
        yield "signals.register", signal.register_, registers
        if signal.register_ in registers:
            names = {f.id for f in registers[signal.register_].fields}
            for column in (*signal.where, *signal.empty):
                yield "signals", column, names
            for column, values in signal.where.items():
                yield from _choice_names(f"signals.where.{column}", registers[signal.register_], column, values)


def _trail_names(
    trail: Trail, questions: Collection[str], registers: Mapping[str, Register]
) -> Iterator[tuple[str, str, Any]]:
    """The names that a trail refers to: its register, that register's columns and choices, rules and questions."""
    yield "register", trail.register_, registers
    register = registers.get(trail.register_)
    names = {f.id for f in register.fields} if register else set()
    conditions = [("where", trail.where), ("shown", trail.shown)]
    conditions += [(f"links.{link.id}.only_if", link.only_if) for link in trail.links]
    for field, condition in conditions:
        for column, values in condition.items():
            yield field, column, names
            if register:
                yield from _choice_names(f"{field}.{column}", register, column, values)
    for column in (*trail.once, *trail.known_by, *(c for link in trail.links for c in link.columns)):
        yield "links", column, names
    for link in trail.links:
        yield from ((f"links.{link.id}.questions", name, questions) for name in link.questions)
        if link.rule:
            yield f"links.{link.id}.rule", link.rule, TRAIL_RULES


def _visit_names(
    visit: Visit, questions: Collection[str], registers: Mapping[str, Register]
) -> Iterator[tuple[str, str, Any]]:
    """The names that a visit refers to: kinds of audit, rules, and what these look at."""
    kinds = get_args(Engagement.model_fields["audit_kind"].annotation)
    yield from (("kinds", kind, kinds) for kind in visit.kinds)
    documents = registers["documents"].field("kind").choices if "documents" in registers else ()
    known: Mapping[str, Collection[str]] = {"document": documents, "rows": registers, "questions": questions}
    for item in visit.items:
        yield f"items.{item.id}.rule", item.rule, VISIT_RULES
        yield from ((f"items.{item.id}.of", name, known[item.rule]) for name in item.of if item.rule in known)
