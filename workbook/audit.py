"""What a notebook holds: one open engagement, with one call for each thing that a page asks or shows.

The only place that knows "form or page": where a person can type, `ask` and `register` give a form and the views
follow the answers; where nobody can, the same calls give static cards and tables.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbook import catalog, forms, paths, views
from workbook.analysis.applicability import SUBJECT
from workbook.analysis.approvals import standing, was_approved
from workbook.analysis.dataframes import dataframe
from workbook.attaching import attach
from workbook.audience import Edition, language_of
from workbook.audit_views import AuditViews, Render
from workbook.errors import BadInput, Unknown, UnknownCall, WorkbookError
from workbook.forms.page import Page
from workbook.freezing import record_results
from workbook.frontend import Place, notebook, someone_can_type, speak_plainly
from workbook.language import say, speaking
from workbook.origins import origin_of
from workbook.people import same_person
from workbook.record import Record
from workbook.redacting import Redactions, redact
from workbook.store import Store, earlier_audit
from workbook.views import cards, markup
from workbook.workspace import chosen, open_store

if TYPE_CHECKING:
    import pandas as pd

MODES = ("auto", "form", "page")


def open_audit(
    engagement: str = "", system: str = "", as_of: str = "", audience: str = "internal", mode: str = "auto"
) -> "Audit":
    """The audit that a notebook works on; raises BadInput in one sentence for a parameter that is not usable.

    `engagement`: empty for the one that was opened last, or the only one; where a person can type and there is none,
    the page begins one. `system`: one ML system, or empty for all. `as_of`: a date
    or revision, the record as it stood then: `2026-11-30`, `r388` (ages counted to the day of that revision) or
    `r388@2026-11-30` (to that day). `audience`: internal, auditor or customer. `mode`: auto, form or page.
    """
    speak_plainly()
    engagement, system = as_text("engagement", engagement), as_text("system", system)
    as_of, edition = as_text("as_of", as_of), Edition(as_text("audience", audience, "internal"))
    live = is_live(as_text("mode", mode, "auto"))
    store = open_store(engagement, as_of=as_of, create=live)
    if not engagement:
        store = replace(store, name=_chosen(store, live))
    audit = Audit(store, system, edition, live, chooses=not (engagement or system))
    if audit.store.name or not audit.live:
        audit.record  # noqa: B018 - reads the record once, so that a wrong name is refused here and not three cells on
    return audit


def _chosen(store: Store, live: bool) -> str:
    """The engagement to open; empty where a person can still choose or begin one."""
    try:
        return chosen(store)
    except Unknown:
        if live and not store.why_read_only:
            return ""
        raise


def is_live(mode: str) -> bool:
    """Whether a page shows forms: always, never, or where somebody can type; raises BadInput for no such mode."""
    if mode not in MODES:
        raise BadInput(f"The parameter mode is {mode!r}; it is one of {', '.join(MODES)}.")
    return mode == "form" or (mode == "auto" and someone_can_type())


def as_text(name: str, value: object, empty: str = "") -> str:
    """A parameter as text: `empty` for null, and a whole number as it is written, which YAML makes of 2027."""
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise BadInput(
            f"The parameter {name} is {value!r}, but must be text; in YAML put it into quotation marks, "
            "on the command line pass it with -r."
        )
    return empty if value is None else str(value)


def _said(item: str, one: object) -> tuple[str, tuple[str, str]]:
    """What an item of a sample showed, as result and note."""
    match one:
        case str():
            return item, (one, "")
        case (str() as result, str() as words):
            return item, (result, words)
    raise BadInput(f"{item!r} shows a result, or a result with a note: ('exception', 'no approval'); not {one!r}.")


def _redact(record: Record) -> Redactions:
    return redact(record, Edition("customer"), b"")[1]


def get_ready() -> None:
    """Import what the forms need and read the checklists, so that the first cell finds them there.

    For a kernel's start; whatever is wrong is told by the cell that meets it.
    """
    forms.load()
    get_ready_to_show()


def get_ready_to_show() -> None:
    """The same for a page on which nobody can type."""
    views.load()
    with contextlib.suppress(WorkbookError, OSError):
        catalog.load(paths.checklists())


class Shown:
    """Static HTML as the result of a cell; its metadata says which headings it has."""

    def __init__(self, markup: Markup) -> None:
        self.markup = markup

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, str], dict[str, Any]]:
        html = f'<div class="mlaw">{self.markup}</div>'
        return {"text/html": html, "text/plain": repr(self)}, {markup.ABOUT: markup.about(self.markup)}

    def __repr__(self) -> str:
        return "A table or card of the workbook; open the notebook in JupyterLab, or its report page, to see it."


class Audit(AuditViews):
    """One open engagement in a notebook; every method may be called again, in any order, at any time.

    Where a person can type, an audit that `chooses` lets them open another engagement in its place, and begin one where
    there is none yet; until then every form and view is empty.
    """

    def __init__(self, store: Store, system: str, edition: Edition, live: bool, chooses: bool = False) -> None:
        self.system, self.edition = system, edition
        self.live = live and not store.why_read_only
        self._read: tuple[Record, Record] | None = None
        self._places: list[Place] = []
        self.store, self.page = store, Page(store)
        other = self._open_other if chooses else None
        self._line: Any = forms.form("line", self.page, self._status, other) if self.live else None

    def _open_other(self, name: str) -> None:
        """Show another engagement in every cell that was run."""
        self.store = replace(self.store, name=name)
        self.page = self.page.turned_to(self.store, self._line)
        self._line.turn_to(self.page)
        for place in self._places:
            place.again()

    @property
    def record(self) -> Record:
        """What is known now; read again when something new was recorded."""
        newest = self.page.record(self.system)
        if self._read is None or self._read[0] is not newest:
            self._read = newest, self.edition.of(newest)
        return self._read[1]

    def _spoken(self, render: Render) -> Markup:
        """What is rendered of the record, in the language of its readers."""
        with speaking(language_of(self.record)):
            return render(self.record)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if self._line is not None:
            return self._line._repr_mimebundle_(**kwargs)
        style = markup.style_element() if someone_can_type() else ""
        return {"text/html": f'{style}<div class="mlaw">{self._status()}</div>'}

    def _status(self) -> Markup:
        """Which record is open; where one can type also who speaks and, above it, the way to the other pages."""
        return self._spoken(self._line_of)

    def _line_of(self, record: Record) -> Markup:
        if not self.live:
            return views.start.line(record)
        return views.pages.nav(record, notebook()) + views.start.line(record, self.store.who.name)

    def __repr__(self) -> str:
        return f"<Audit of {self.store.name}>"

    if not TYPE_CHECKING:  # a checker is to know only what there is

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise UnknownCall("call of audit", name, (n for n in dir(self) if not n.startswith("_")))

    # forms ------------------------------------------------------------------------------------------------------

    def about(self) -> Any:
        """What the audit is about: organisation, scope, dates, people responsible."""
        return self._form("engagement", views.start.overview)

    def identity(self) -> Any:
        """Who speaks in this notebook; in a report, who has spoken."""
        spoken = views.start.speakers
        return self._form("identity", lambda record: spoken(record, self.edition.speakers(self.store.history())))

    def mine(self) -> Any:
        """The questions of all pages that whoever speaks owns; in a report, nothing."""
        owners = views.audit_report.points_of_owners
        return self._form("questions", lambda record: markup.hint(owners(record)), "", self.system)

    def ask(self, section: str) -> Any:
        """The questions of a section: forms where a person can type, cards where nobody can. Raises Unknown."""
        self.store.catalog.section(section)
        return self._form("questions", lambda record: cards.section(record, section), section, self.system)

    def register(self, register: str, told: bool = False) -> Any:
        """A register as a table, to edit where a person can type; nothing where a view beside it has `told` the same.

        Raises Unknown.
        """
        self.store.catalog.register(register)
        shown = views.registers.register_table
        return self._form(
            "register", lambda record: Markup("") if told else shown(record, register), register, self.system
        )

    def tasks(self) -> Any:
        """The preparation timeline, computed back from the audit date."""
        return self._form("tasks", views.start.timeline)

    def samples(self) -> Any:
        """The samples that tests rest on: where a person can type, with a place for what each item showed."""
        return self._form("samples", views.samples.samples)

    def reviews(self) -> Any:
        """The queue of answers that wait for a second person."""
        return self._form("reviews", views.start.reviews)

    def report(self) -> Any:
        """The report to open or to mail, made from here; in a report, nothing."""
        if self.store.why_read_only and someone_can_type():
            return Shown(self._spoken(self._no_report))
        return self._form("report", lambda _: Markup(""), self.system)

    def _no_report(self, _record: Record) -> Markup:
        return markup.note(say("No report can be made from this page. {why}", why=self.store.why_read_only))

    def _form(self, kind: str, static: Render, *about: str) -> Any:
        if not self.live:
            return Shown(self._spoken(static))
        told = markup.with_hints(lambda: self._spoken(static))
        return self._placed(lambda: forms.form(kind, self.page, *about, static=told))

    def _placed(self, make: Callable[[], Any]) -> Place:
        place = Place(lambda: make() if self.store.name else Shown(Markup("")))
        self._places.append(place)
        return place

    # views ------------------------------------------------------------------------------------------------------

    def changes(self, recipient: str = "") -> Any:
        """What changed since the report that was issued last, or issued last to `recipient`; and since the audit that
        this one goes on from.
        """
        return self._view(lambda record: self._changed(record, recipient))

    def _changed(self, record: Record, recipient: str) -> Markup:
        since = views.changes.changes(record, self.earlier(record, recipient), recipient)
        if not self.goes_on:
            return since
        year = views.years.year(record, self.last_year())
        return year + since if record.issued or recipient else year

    @property
    def goes_on(self) -> bool:
        """Whether it goes on from an earlier audit."""
        return origin_of(self.store.ledger, self.store.name) is not None

    def last_year(self) -> Record | None:
        """The audit that this one goes on from, as it stood then; None where the ledger does not hold that any more."""
        found = earlier_audit(self.store)
        record = found.record() if found else None
        if record is None:
            return None
        known = any(row.key == self.system for row in record.register("systems"))
        return self.edition.of(record.for_system(self.system if known else ""))

    def trail(self, key: str) -> Any:
        """One thing from its beginning to its end, for example `audit.trail("M-001")`: a model, dataset, supplier,
        person or change; each link shown, claimed, broken or missing. Raises Unknown, with the nearest keys.
        """
        return self._view(lambda record: views.trails.trail(record, key))

    def earlier(self, record: Record, recipient: str = "") -> Record | None:
        """The record as the report knew it that was issued last, or last to `recipient`; None when none was."""
        issued = self.store.record(self.system).issued if recipient else record.issued  # an edition may not name them
        mine = [s.value for s in issued if not recipient or same_person(s.value.recipient, recipient)]
        if not mine:
            return None
        return self.edition.of(self.store.record_at(mine[-1].head_number, mine[-1].as_of, self.system))

    def applicability(self) -> Any:
        """How far the Statement of Applicability is, which version is approved, and what changed since."""
        return self._view(lambda record: views.applicability.applicability(record, self._approved(record)))

    def _approved(self, record: Record) -> Record | None:
        """The record as the Statement of Applicability was approved last; None where this ledger does not hold that."""
        last = standing(record, SUBJECT).approval
        if last is None or not last["at_revision"] or last["at_revision"] > record.head.number:
            return None
        then = self.edition.of(self.store.record_at(last["at_revision"], record.on, self.system))
        return then if was_approved(then, last) else None

    def customer_edition(self, part: str) -> Any:
        """One part of what customers read, whoever looks at it: short, scope, certificate, statement, risks, topics,
        audit, findings, review, dates or left-out. Raises Unknown.
        """
        return self._view(lambda _: views.customer_edition.part(self._for_customers(), part))

    def _for_customers(self) -> Redactions:
        """What customers may read of the record as it is now; its hashes are made where a report is."""
        return self.page.record(self.system).once(_redact)

    def table(self, name: str) -> "pd.DataFrame":
        """A table as it stands now, as a pandas DataFrame of its own, to go on from there. Raises Unknown.

        `name` is a register, for example `risks`, with its columns as checklists/registers.yaml names them, and
        `to_reverify` for what an earlier audit left and nobody has confirmed in this one; or
        `answers`, every question as it is asked, answered or not: page, section, question, title, system, weight,
        result, rationale, owner, due, evidence, evidence_state, applicable, step, contradicted, reviewed,
        to_reverify, version, actor, at;
        `evidence`: name, title, form, artefact, source, collector, classification, collected_at, period_from,
        period_to, valid_until, state, age_days, answers (that rest on it), sha256, size, media_type, link, version,
        actor, at; `points`, what is open: severity, title, why, owner, due, overdue_days, refs, page, anchor,
        result; or `requirements`, each Annex A control and clause from 4 to 10: kind, title, covered (silent,
        mentioned, asked, tested), note (what machine learning changes), questions (that test it), applicable (how many
        of them as asked), result (the worst), evidenced, tested and contradicted (how many of them), audited (how many
        an audit test names), tests, failed (how many of these), mentions (where else it is named); or `trails`, each
        link of an audit trail, its id KEY/LINK: kind, key, name, link, title, state (from broken to tested, not due),
        says, refs.

        The index `id` holds the keys (of answers QUESTION@SYSTEM); points are numbered from 1, the most severe first.
        Text is `string`, a number `Int64`, a day `datetime64[s]`, a moment `datetime64[us, UTC]`, several keys a tuple,
        empty where there are none; anything else that is empty is NA or NaT. A choice is a category in the order of its
        checklist; results, states of evidence and severities are ordered from the worst to the best, so that
        `severity <= "high"` means critical and high. Group categories with `observed=True`.
        """
        return dataframe(self.record, name)

    def attach(self, file: str | Path, *, question: str, artefact: str, system: str = "", **about: Any) -> Shown:
        """Hand a file over as evidence of an answer, and show what the question still lacks.

            audit.attach("validation.html", question="op-model-validation", system="Credit scoring",
                         artefact="Signed validation report for the released version",
                         version="3.2.0", collected_at="2027-01-15")

        `question` and `artefact` are those of the checklists: the form of the question names both. `system` is the key
        or the name of a system, for a question that is asked of each. `about` says more of the file: title, version (of
        the model or dataset it speaks of), collected_at, period_from, period_to, valid_until, source, collector,
        classification. A day is a date or text such as 2027-01-15; without one the evidence is undated.

        The file is copied into the record, under the name of whoever speaks; run twice, it is one piece. Raises one
        sentence for a name that does not exist, with the nearest ones, and where nothing can be saved. A report reads a
        state that is past, so tag the cell `not-in-report`, or hand over from a notebook of your own.
        """
        if not isinstance(file, str | Path):
            raise BadInput(f"Attach a file by its name, for example 'roc.csv'; this is a {type(file).__name__}.")
        with self.page.lock:
            self.page.hear_speaker()
            key, slot = attach(self.store, Path(file), question, system, {**about, "artefact": artefact})
            self.page.changed()
            record = self.page.record()
        asked = next(a for a in record.asked if a.key == slot)
        return Shown(self._spoken(lambda _: cards.attached(record, asked, key)))

    def results(self, sample: str, results: Mapping[str, str | tuple[str, str]]) -> Shown:
        """Record what items of a sample showed, in the name of whoever speaks, and show the samples.

            audit.results("S-001", {"D-04": "pass", "D-11": ("exception", "no approval"),
                                    "D-02": ("not available", "the log of March is gone")})

        An item shows `pass`, `exception` or `not available`, with a note. The first exception draws the next items of
        the sample in the same save. Raises one sentence for items that were not drawn, for whoever is no auditor or
        answered what the sample tests, and where nothing can be saved.
        """
        said = dict(map(_said, results, results.values()))
        with self.page.lock:
            self.page.hear_speaker()
            record_results(self.store, sample, said)
            self.page.changed()
        return Shown(self._spoken(views.samples.samples))

    def _view(self, render: Render) -> Any:
        if self.live:
            shown = markup.with_hints(lambda: self._spoken(render))
            return self._placed(lambda: forms.form("live", self.page, shown))
        return Shown(self._spoken(render))
