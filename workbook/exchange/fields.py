"""The columns of the tables that are no register (engagement, answers, evidence, tasks), and what people call them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args, get_origin

from workbook.entries import RegisterField
from workbook.language import later
from workbook.model import TO_REVERIFY, Answer, Engagement, Evidence, Result, TaskState, Value
from workbook.words import capitalized

CARRIED = (TO_REVERIFY, "carried_from")
LONG = ("scope", "public_scope", "rationale", "note", "comment")
KEY = RegisterField(id="id", label=later("Id"), type="text")
_FILE = RegisterField(id="file", label="File", type="text", help="Where it lies, from the folder of this table on.")
_NAME = RegisterField(id="file_name", label="File name", type="text", help="What it was called when it was attached.")
_PROOF = (
    "title", "artefact", "source", "collector", "classification", "collected_at", "period_from",
    "period_to", "valid_until", "version", "against", "sha256",
)  # fmt: skip
CALLED: Mapping[str, tuple[str, ...]] = {
    "engagement": (),
    "answers": ("questionnaire", "self-assessment", "gap analysis", "gap assessment", "Fragebogen", "Antworten"),
    "evidence": ("evidence register", "evidence list", "evidence index", "Nachweise", "Nachweisverzeichnis"),
    "tasks": ("to do", "to do list", "preparation tasks", "Aufgaben", "Aufgabenliste"),
}
_REMARKS = ("comment", "comments", "remark", "remarks", "notes", "explanation", "Bemerkung", "Bemerkungen", "Kommentar")
_ALSO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "engagement": {},
    "answers": {
        "question": ("question ID", "question number", "Frage", "Frage-ID"),
        "system": ("ML system", "AI system"),
        "result": (
            "answer", "assessment", "assessment result", "implementation status", "compliance status", "status",
            "Ergebnis", "Bewertung", "Umsetzungsstatus",
        ),
        "rationale": (*_REMARKS, "justification", "Begründung"),
        "evidence": ("evidence ID", "evidence IDs"),
    },
    "evidence": {
        "file": ("path", "file path", "Datei", "Dateiname"),
        "link": ("URL", "hyperlink", "web address", "address"),
        "title": ("evidence name", "evidence title", "description", "Titel", "Bezeichnung", "Beschreibung"),
        "artefact": ("artifact", "evidence type", "type", "kind", "Art"),
        "source": ("source system", "origin", "Quelle"),
        "collector": ("collected by", "provided by", "gathered by", "erhoben von"),
        "collected_at": ("collected", "collected on", "collection date", "date collected", "erhoben am"),
        "period_from": ("period start", "covers from", "from", "Zeitraum von"),
        "period_to": ("period end", "covers to", "to", "Zeitraum bis"),
        "version": ("model version", "dataset version", "version or hash", "speaks of version", "Modellversion"),
        "against": ("speaks against", "counter-evidence", "contradicts", "spricht gegen"),
        "valid_until": ("valid to", "expires", "expires on", "expiry date", "gültig bis"),
    },
    "tasks": {
        "task": ("task ID", "Aufgabe"),
        "status": ("state", "progress", "Stand"),
        "note": _REMARKS,
        "evidence": ("evidence ID", "evidence IDs"),
    },
}  # fmt: skip
_MEANS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "result": {
        "implemented": ("compliant", "fully compliant", "fully implemented", "umgesetzt", "erfüllt", "konform"),
        "partial": (
            "partially", "partly", "partially implemented", "partially compliant", "partly implemented", "teilweise",
            "teilweise umgesetzt", "teilweise erfüllt", "teilweise konform",
        ),
        "planned": ("implementation planned", "geplant"),
        "not implemented": (
            "non-compliant", "not compliant", "missing", "not in place", "nicht umgesetzt", "nicht erfüllt",
            "nicht konform",
        ),
        "not applicable": ("n/a", "not relevant", "nicht anwendbar", "entfällt"),
        "not assessed": ("not started", "to be assessed", "tbd", "nicht bewertet", "noch nicht bewertet"),
    },
    "status": {
        "open": ("to do", "not started", "new", "offen"),
        "under way": ("in progress", "ongoing", "started", "in Arbeit", "in Bearbeitung", "laufend"),
        "done": ("completed", "complete", "finished", "closed", "erledigt", "abgeschlossen", "fertig"),
        "not needed": ("not applicable", "n/a", "cancelled", "entfällt", "nicht nötig"),
    },
}  # fmt: skip
MARK = RegisterField(
    id=TO_REVERIFY,
    label="To re-verify",
    type="choice",
    choices=("yes",),
    help="Carried over from an earlier audit. A person confirms it in a form; an import never takes the mark away.",
)
_NEEDED = ("result", "status")  # a row says nothing without them


def value_fields(shape: type[Value]) -> tuple[RegisterField, ...]:
    """The fields of a value as columns, but for those that say what it took over from an earlier audit."""
    fields = shape.model_fields.items()
    return tuple(_value_field(n, i.annotation, i.is_required()) for n, i in fields if n not in CARRIED)


def _value_field(name: str, annotation: Any, required: bool) -> RegisterField:
    more: dict[str, Any]
    about = {"id": name, "label": capitalized(name.replace("_", " ")), "required": required}
    if name in ("question", "system"):
        more = {"type": "question"} if name == "question" else {"type": "ref", "register": "systems"}
    elif get_origin(annotation) is Literal or annotation is Result:
        more = {"type": "choice", "choices": tuple(map(str, get_args(annotation) or Result))}
    elif name == "against":
        more = {"type": "text"}
    elif annotation == tuple[str, ...]:
        more = {"type": "evidence"}
    elif any(date in (part, *get_args(part)) for part in get_args(annotation)):
        more = {"type": "date"}
    else:
        more = {"type": "number" if annotation is int else "long_text" if name in LONG else "text"}
    return RegisterField(**{**about, **more})


def _named(kind: str, fields: tuple[RegisterField, ...]) -> tuple[RegisterField, ...]:
    """The columns with what people call them and write into them."""
    return tuple(
        f.model_copy(
            update={
                "also": _ALSO[kind].get(f.id, ()),
                "means": _MEANS.get(f.id, {}),
                "required": f.required or f.id in _NEEDED,
            }
        )
        for f in fields
    )


_evidence = {f.id: f for f in value_fields(Evidence)}
PLAIN: Mapping[str, tuple[RegisterField, ...]] = {
    "engagement": _named("engagement", value_fields(Engagement)),
    "answers": _named("answers", value_fields(Answer)),
    "evidence": _named("evidence", (_FILE, _evidence["link"], _NAME, *(_evidence[name] for name in _PROOF))),
    "tasks": _named("tasks", value_fields(TaskState)),
}
