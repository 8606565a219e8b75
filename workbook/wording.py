"""What of the checklists people read, so that a catalogue of another language can hold it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

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
from workbook.entry import Crosswalk, Entry, LeftOut, Link, Requirement

# keys, and what a person's own file calls things, are not among these
READ: Mapping[type[Entry], tuple[str, ...]] = {
    Topic: ("title",),
    Section: ("title", "intro"),
    Question: ("title", "ask", "why", "good_answer"),
    LookFor: ("says",),
    ExpectedEvidence: ("artefact", "or_"),
    DependsOn: ("because",),
    Task: ("title", "do", "done_when", "phase"),
    Context: ("title", "text"),
    Faq: ("question", "answer"),
    Signal: ("says",),
    Watch: ("title", "finding", "prevent"),
    Prediction: ("title", "test", "requirement", "gap", "mends", "judge"),
    Trail: ("title", "one"),
    TrailLink: ("title", "record"),
    Visit: ("title", "source"),
    VisitItem: ("title",),
    Interview: ("role",),
    MlNote: ("note",),
    Link: ("because", "source"),
    Requirement: ("part", "asks", "leaves_open"),
    LeftOut: ("because",),
    Crosswalk: ("source",),
    Register: ("title", "one", "intro"),
    RegisterField: ("label", "choices", "help", "gap", "past"),
}
AT_HAND = ("certificate", "not-held")  # rules of what is asked for on a visit that say what to have at hand


def wording(topics: Iterable[Topic]) -> Iterator[str]:
    """All that is read of these checklists, text by text; some of them more than once."""
    for topic in topics:
        yield from _read(topic)


def _read(value: Any) -> Iterator[str]:
    if isinstance(value, Entry):
        for name in READ.get(type(value), ()):
            said = getattr(value, name)
            yield from filter(None, (said,) if isinstance(said, str) else said)
        if isinstance(value, VisitItem) and value.rule in AT_HAND:
            yield from value.of
        for name in type(value).model_fields:
            yield from _read(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _read(one)
