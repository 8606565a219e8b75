"""Who may read what: the edition of a record for one audience, made in one place from an allow-list of fields.

The team reads everything; an auditor everything but what reviewers said among themselves. A customer reads what
`PUBLIC` lists and, of the registers, the columns that are `public` in checklists/registers.yaml; a field that nobody
listed is withheld. A short text that is withheld stands as `withheld (3)`, with the same number wherever the same text
stands, so that what is missing, who judges their own work and what crosses a boundary is still seen, and no figure of
this edition is better than the team's own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from workbook.approving import rows_of, state_of
from workbook.catalog import Catalog
from workbook.contract import hidden_figures
from workbook.drawing import open_ones, shown_by_samples
from workbook.errors import BadInput
from workbook.judging import effect_sample_fault, risk_state
from workbook.keys import numbering
from workbook.language import say, speaking
from workbook.model import (
    Answer,
    Engagement,
    Evidence,
    IssuedReport,
    Result,
    Review,
    Revision,
    Slot,
    TaskState,
    Value,
)
from workbook.paths import CUSTOMER_PAGE
from workbook.record import WITHHELD, Record, Row, Stated, bare, says_why
from workbook.references import mentioned
from workbook.registers import Reference, column, says_nothing
from workbook.words import folded, natural

AUDIENCES = ("internal", "auditor", "customer")
CLASSIFICATIONS = ("public", "internal", "confidential", "strictly confidential")  # how an issued report is marked
PUBLIC: Mapping[type[Value], frozenset[str]] = {
    Engagement: frozenset(
        {
            "title",
            "organisation",
            "criteria",
            "audit_kind",
            "audit_date",
            "stage_1_date",
            "period_from",
            "period_to",
            "public_scope",
            "public_language",
            "language",
            "time_zone",
        }
    ),
    Answer: frozenset({"question", "system", "result", "due", "evidence", "to_reverify"}),
    Evidence: frozenset(
        {"form", "sha256", "size", "classification", "collected_at", "period_from", "period_to", "valid_until"}
        | {"against"}
    ),
    TaskState: frozenset({"task", "status", "evidence"}),
    Review: frozenset({"question", "system", "version", "verdict"}),
    IssuedReport: frozenset({"as_of", "head_number", "issued_on"}),
}
LONG = frozenset({"scope", "rationale", "note", "comment"})  # texts that nothing is compared with
PERSONS = frozenset({"people", "sign_offs"})  # registers whose rows are persons, compared with owners and auditors
# columns in which the analysis looks for names that are public: of the systems, of the risk catalogue; it also looks
# for controls and clauses in the requirement of a finding
MENTIONS = frozenset({("people", "worked_on"), ("risks", "catalogue")})
REASONS = frozenset({("controls", "reason"), ("controls", "status_reason")})  # those that say nothing say it here, too
_CLAUSES = re.compile(r"(?<![\w.])(?:[4-9]|10)(?:\.\d){0,2}(?:\s*(?:to|-|–)\s*(?:[4-9]|10)(?:\.\d){0,2})?(?![\w.]*\w)")
V = TypeVar("V", bound=Value)
S = TypeVar("S", Answer, Review)  # what is said of a slot


def check_audience(name: str) -> None:
    """Raise BadInput for an audience that is none."""
    if name not in AUDIENCES:
        raise BadInput(f"The parameter audience is {name!r}; it is one of {', '.join(AUDIENCES)}.")


def reads(audience: str, page: str) -> bool:
    """Whether a report for this audience holds the page: for customers the one written for them, else the others."""
    return (page == CUSTOMER_PAGE) == (audience == "customer")


def describe(audience: str) -> str:
    """What a reader should know of the edition for this audience."""
    if shows_names(audience):
        return audience
    return f"{audience}; “withheld (3)” stands for a text left out, the same number for the same text"


def edition_named(audience: str) -> str:
    """What an edition is called, in the language that is spoken."""
    return {
        "internal": say("internal edition"), "auditor": say("auditor edition"), "customer": say("customer edition"),
    }[audience]  # fmt: skip


def language_of(record: Record) -> str:
    """The language in which the readers of a record are spoken to, which its audit names; customers have their own."""
    about = record.engagement
    return about.public_language if record.audience == "customer" else about.language


def shows_names(audience: str) -> bool:
    """Whether this audience may read who speaks."""
    return audience != "customer"


def shows_forecast(audience: str) -> bool:
    """Whether this audience may read what the team expects of an auditor: readiness, predictions, the mock audit."""
    return audience == "internal"


def _check_figures(catalog: Catalog) -> None:
    for register, name in hidden_figures(catalog.registers.values(), (*catalog.watches, *catalog.suggestions.values())):
        raise BadInput(
            f"The {name} of the {register} decides figures that customers read, but is not shown to them, so they "
            f"would read a better record than it is. Write public: true behind {name} in checklists/registers.yaml."
        )


@dataclass
class Edition:
    """What one audience may read. One edition serves all records that are shown together, so that numbers agree."""

    audience: str
    _numbers: dict[str, int] = field(default_factory=dict, repr=False)
    _keys: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_audience(self.audience)

    def of(self, record: Record) -> Record:
        """The record as this audience may read it; raises BadInput where its figures would be better than they are."""
        if self.audience == "auditor":
            return replace(record, audience=self.audience, reviews=_without_comments(record.reviews))
        if shows_names(self.audience):
            return replace(record, audience=self.audience)
        _check_figures(record.catalog)
        with speaking(record.engagement.public_language):
            return _Customer(record, self).record()

    def speakers(self, revisions: Iterable[Revision]) -> list[Revision]:
        """Revisions with no more of their authors than this audience may read."""
        if shows_names(self.audience):
            return list(revisions)
        return [replace(r, actor=self.withhold(r.actor), body=None) for r in revisions]

    def shown_key(self, catalog: Catalog, source: str, key: str) -> str:
        """A key as this edition shows it: as it is if this audience reads names or the workbook made it."""
        numbers = None if shows_names(self.audience) else numbering(catalog, source)
        if not key or numbers is None or numbers.number(key) is not None:
            return key
        return self.number_key(source, numbers.prefix, key)

    def number_key(self, source: str, prefix: str, key: str) -> str:
        """What stands in place of a key that somebody made up: the same in every record of this edition."""
        mine = sum(s == source for s, _ in self._keys) + 1
        return self._keys.setdefault((source, key), f"{prefix}-X{mine:02d}")

    def withhold(self, text: str) -> str:
        """What stands in place of a short text: nothing for nothing, else its number."""
        if says_nothing(text):
            return text.strip()
        return f"withheld ({self._numbers.setdefault(folded(text), len(self._numbers) + 1)})"


def _without_comments(reviews: Mapping[str, Stated[Review]]) -> dict[str, Stated[Review]]:
    """Reviews with their verdicts alone."""
    return {key: replace(s, value=s.value.model_copy(update={"comment": ""})) for key, s in reviews.items()}


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows by the keys that this edition shows."""
    return tuple(sorted(rows, key=lambda row: natural(row.key)))


def _without_empty_samples(record: Record) -> Record:
    """The record in which no corrective action rests on a sample that does not show its effect.

    An edition without samples could not tell; its findings would be closed, and those of the record open.
    """
    shown = shown_by_samples(bare(record.populations), bare(record.samples), bare(record.sample_results))
    actions = (
        replace(row, values={**row.values, "effect_sample": None}) if effect_sample_fault(row.values, shown) else row
        for row in record.rows.get("actions", ())
    )
    return replace(record, rows={**record.rows, "actions": tuple(actions)})


class _Customer:
    """One record, made into what a customer may read."""

    def __init__(self, record: Record, edition: Edition) -> None:
        self._record, self._edition = record, edition
        self._artefacts = {n for q in record.catalog.questions.values() for w in q.evidence for n in w.names}
        self._mentions = {entry["risk_id"]: entry["risk_id"] for entry in record.catalog.risk_catalogue()}
        self._mentions |= {row.name: self._edit_row(row).name for row in record.rows.get("systems", ())}

    def record(self) -> Record:
        """The edition."""
        full = _without_empty_samples(self._record)
        rows = {name: _in_order(map(self._edit_row, found)) for name, found in full.rows.items()}
        engagement = self._edit_engagement(full.engagement)
        approvals = map(partial(self._approved, engagement, rows), rows.get("approvals", ()))
        evidence = {self._key("evidence", key): self._edit_stated(s) for key, s in full.evidence.items()}
        return replace(
            full,
            audience=self._edition.audience,
            system=self._key("systems", full.system),
            engagement=engagement,
            rows={**rows, "approvals": tuple(approvals)},
            answers=self._by_slot(full.answers.values()),
            evidence={key: evidence[key] for key in sorted(evidence, key=natural)},
            tasks={key: self._edit_stated(s) for key, s in full.tasks.items()},
            reviews=self._by_slot(full.reviews.values()),
            issued=tuple(self._edit_stated(s) for s in full.issued),
            populations={},  # what was sampled is in the tests that name a sample, as counts
            samples={},
            sample_results={},
            told_open=open_ones(
                bare(full.populations),
                bare(full.samples),
                bare(full.sample_results),
                (row.values for row in full.rows.get("tests", ())),
            ),
            authors={self._slot_key(key): self._withhold_all(names) for key, names in sorted(full.authors.items())},
        )

    def _approved(self, engagement: Engagement, rows: Mapping[str, tuple[Row, ...]], approval: Row) -> Row:
        """An approval as edited; one that is current in the record is current here, too, whatever is left out."""
        full, subject = self._record, str(approval["subject"])
        stated = next(
            r["state"] for r in full.rows["approvals"] if r.number == approval.number and r.key == approval.key
        )
        if stated != state_of(subject, partial(rows_of, full.engagement, full.rows)):
            return approval
        state = state_of(subject, partial(rows_of, engagement, rows))
        return replace(approval, values={**approval.values, "state": state})

    def _slot_key(self, key: str) -> str:
        slot = Slot.parse(key)
        return Slot(slot.question, self._key("systems", slot.system)).key

    def _withhold_all(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(self._edition.withhold(name) for name in sorted(names))

    def _by_slot(self, stated: Iterable[Stated[S]]) -> dict[str, Stated[S]]:
        return {s.value.key: s for s in map(self._edit_stated, stated)}

    def _edit_stated(self, stated: Stated[V]) -> Stated[V]:
        return replace(stated, value=self._edit_value(stated.value), actor=self._edition.withhold(stated.actor))

    def _edit_value(self, value: V) -> V:
        """A value with only its public fields; keys that somebody made up are replaced."""
        public = PUBLIC[type(value)]
        shown = {name: self._shown(name, fact) for name, fact in value if name in public}
        hidden = {name: self._hidden(name, fact) for name, fact in value if name not in public}
        if isinstance(value, Answer) and value.result is Result.NOT_APPLICABLE:
            hidden["rationale"] = self._reason(value.rationale)
        if isinstance(value, Evidence):
            hidden |= self._evidence_names(value)
        return value.model_copy(update=shown | hidden)

    def _shown(self, name: str, fact: Any) -> Any:
        if name == "system":
            return self._key("systems", fact)
        if name == "against":
            return tuple(self._slot_key(key) for key in fact)
        return tuple(self._key("evidence", key) for key in fact) if name == "evidence" else fact

    def _hidden(self, name: str, fact: Any) -> Any:
        if not isinstance(fact, str):
            return type(fact)() if isinstance(fact, dict | tuple) else None
        if name in LONG:
            return WITHHELD if fact.strip() else ""
        return self._edition.withhold(fact)

    def _reason(self, reason: str) -> str:
        """What stands in place of why a question does not apply: its number, if it says anything at all."""
        return f"{WITHHELD}, {self._edition.withhold(reason)}" if says_why(reason) else ""

    def _evidence_names(self, evidence: Evidence) -> dict[str, str]:
        """What a piece of evidence is called: its artefact, if that is one of the checklists' own."""
        ours = evidence.artefact in self._artefacts
        artefact = evidence.artefact if ours else self._edition.withhold(evidence.artefact)
        return {"name": WITHHELD, "title": artefact or "evidence", "artefact": artefact, "link": "", "media_type": ""}

    def _edit_engagement(self, engagement: Engagement) -> Engagement:
        edition = self._edit_value(engagement)
        return edition.model_copy(update={"scope": engagement.public_scope or edition.scope})

    def _edit_row(self, row: Row) -> Row:
        register = self._record.catalog.register(row.register)
        key = self._key(row.register, row.key)
        cells = {f.id: self._edit_cell(row, f.id) for f in register.fields}
        if row.register == "risks" and row["accepted_state"] == risk_state(row.values):
            cells["accepted_state"] = risk_state(cells)  # what is shown is what was accepted, whatever is left out
        if "name" in cells and not register.field("name").public:
            cells["name"] = self._name(row, key)
        return replace(row, key=key, values=cells, actor=self._edition.withhold(row.actor))

    def _name(self, row: Row, key: str) -> str:
        """What a row is called: the title of its reference where it is one, else its key; persons are numbered."""
        source = self._record.catalog.register(row.register).keyed_by
        if source and row.key in self._record.catalog.facts[source]:
            return self._record.catalog.facts[source][row.key].title
        return self._edition.withhold(row.name) if row.register in PERSONS else key

    def _edit_cell(self, row: Row, name: str) -> Any:
        field = self._record.catalog.register(row.register).field(name)
        meaning, value = column(field), row[name]
        if value is None:
            return None
        typed = field.type == "choice" and value not in field.choices  # recorded while the column held text
        if typed or not field.public:
            return self._text(row.register, field.id, value) if isinstance(value, str) else None
        if isinstance(meaning, Reference):
            if not meaning.plural:
                return self._key(meaning.source, value)
            return tuple(sorted((self._key(meaning.source, key) for key in value), key=natural))
        return value

    def _text(self, register: str, name: str, text: str) -> str | None:
        if (register, name) == ("programme", "clauses"):  # the numbers alone, or controls would seem to have no turn
            return ", ".join(_CLAUSES.findall(text)) or None
        long = self._record.catalog.register(register).field(name).type == "long_text"
        withheld = WITHHELD if long and not says_nothing(text) else self._edition.withhold(text)
        if (register, name) in REASONS:
            return withheld if says_why(text) else self._edition.withhold(text)
        if (register, name) == ("findings", "requirement"):
            found = sorted(mentioned(text), key=natural)
        elif (register, name) in MENTIONS:
            found = [shown for name, shown in self._mentions.items() if name.casefold() in text.casefold()]
        else:
            return withheld
        return f"{withheld}: {', '.join(found)}" if found else withheld

    def _key(self, source: str, key: str) -> str:
        return self._edition.shown_key(self._record.catalog, source, key)
