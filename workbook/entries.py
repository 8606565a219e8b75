"""What stands in a checklist file: questions, tasks, help, watches, trails, crosswalks, registers, as values."""

from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from workbook.entry import Crosswalk, Entry, Id, Refs, Text
from workbook.errors import Unknown
from workbook.language import say, term
from workbook.model import Result
from workbook.words import folded


class ExpectedEvidence(Entry):
    """An artefact that would count as evidence for a question, or one of its alternatives `or`.

    It proves that a control is designed (it is written down, decided, set up), that it operates (it was done, in the
    period), or both. What it is `bound_to` says when it stops to count: after `max_age_days`; also with another
    version of the `model` or `dataset` that it speaks of; or, for a `period`, unless its pieces together speak of
    `over_days` days of the audit period. Operation is proven over time, so a picture of one day proves little of it.
    """

    artefact: Text
    or_: tuple[Text, ...] = Field(default=(), alias="or")
    proves: Literal["design", "operation", "both"] = "both"
    bound_to: Literal["days", "model", "dataset", "period"] = "days"
    over_days: int | None = Field(default=None, ge=1, le=366)
    max_age_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _period_is_whole(self) -> Self:
        if (self.over_days is not None) is not (self.bound_to == "period"):
            raise ValueError("over_days belongs to an artefact that is bound to the period, and to no other")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The artefact and its alternatives: a piece of any of them counts."""
        return (self.artefact, *self.or_)

    @property
    def limit(self) -> str:
        """What a piece has to be to count, in words, with the alternatives."""
        return say("; or ").join((self.binding, *map(term, self.or_)))

    @property
    def binding(self) -> str:
        """What binds a piece, in words: at most 90 days old; of the version in production."""
        bound = {
            "model": say("of the version in production"),
            "dataset": say("of a version in use"),
            "period": say("over {n} days of the audit period", n=self.over_days),
            "days": "",
        }[self.bound_to]
        age = say("at most {n} days old", n=self.max_age_days) if self.max_age_days else say("any age")
        return "; ".join(filter(None, [age, bound]))


class LookFor(Entry):
    """One thing an auditor will do or look at, and the Annex A controls that it tests."""

    says: Text
    tests: tuple[Text, ...] = ()


def _as_look_for(line: object) -> object:
    return {"says": line} if isinstance(line, str) else line


class DependsOn(Entry):
    """The question is asked only while another one has one of these results (or none yet)."""

    question: Id
    result: tuple[Result, ...]
    because: Text


class Question(Entry):
    """One thing to ask, why, what an auditor will look for, and what would prove it."""

    id: Id
    title: Text
    ask: Text
    why: Text
    lines: tuple[Annotated[LookFor, BeforeValidator(_as_look_for)], ...] = Field(
        alias="look_for", min_length=2, max_length=4
    )
    evidence: tuple[ExpectedEvidence, ...] = Field(min_length=1)
    good_answer: Text
    per: Literal["engagement", "system"]
    weight: int = Field(ge=1, le=3)
    refs: Refs
    covers: tuple[Id, ...] = ()
    depends_on: DependsOn | None = None

    @model_validator(mode="after")
    def _tests_what_it_cites(self) -> Self:
        if stray := sorted(set(self.tests) - set(self.refs.get("iso27001", ()))):
            raise ValueError(f"look_for tests {stray[0]}, which refs.iso27001 does not name; add it there")
        return self

    @property
    def look_for(self) -> tuple[str, ...]:
        """What an auditor will do or look at, one sentence for each."""
        return tuple(line.says for line in self.lines)

    @property
    def tests(self) -> Mapping[str, tuple[str, ...]]:
        """For each control of Annex A that a line of `look_for` tests, those lines."""
        controls = {control for line in self.lines for control in line.tests}
        return {c: tuple(line.says for line in self.lines if c in line.tests) for c in controls}

    def asks_for(self, artefact: str) -> bool:
        """Whether evidence of this artefact counts here, however its name is written."""
        return any(folded(artefact) == folded(name) for wanted in self.evidence for name in wanted.names)

    def max_age(self, artefact: str = "") -> int | None:
        """For how many days evidence of `artefact` counts; for an unnamed one, the shortest age the question sets."""
        ages = {name: w.max_age_days for w in self.evidence for name in w.names}
        if artefact in ages:
            return ages[artefact]
        return min((age for age in ages.values() if age is not None), default=None)


class Section(Entry):
    """Questions that are answered in one sitting."""

    id: Id
    title: Text
    intro: Text
    minutes: int = Field(default=10, ge=1)
    covers: tuple[Id, ...] = ()
    questions: tuple[Question, ...] = Field(min_length=1)


class Task(Entry):
    """Something to do a fixed number of days before the audit; of an initial certification, before one of its stages.

    What stage 1 looks at has to be there `before` it; all else is done before the audit, which is stage 2 then.
    """

    id: Id
    title: Text
    do: Text
    done_when: Text
    days_before: int = Field(ge=0)
    before: Literal["audit", "stage 1"] = "audit"
    phase: Literal["3 months before", "1 month before", "Week of audit"]
    artefacts: tuple[ExpectedEvidence, ...] = ()
    refs: Refs = {}
    covers: tuple[Id, ...] = ()


class Context(Entry):
    """Something the reader should know before answering."""

    id: Id
    title: Text
    text: Text
    refs: Refs = {}
    covers: tuple[Id, ...] = ()


class Faq(Entry):
    """A question people ask, answered beside the questions, sections or registers where it arises."""

    id: Id
    question: Text
    answer: Text
    beside: tuple[Id, ...] = ()
    refs: Refs = {}
    covers: tuple[Id, ...] = ()


class Signal(Entry):
    """What may indicate a finding: a weak answer, missing evidence, or a register row with something empty."""

    says: Text
    answers: tuple[Id, ...] = ()
    below: Result = Result.IMPLEMENTED
    evidence: tuple[Id, ...] = ()
    register_: Id | None = Field(default=None, alias="register")
    where: Mapping[str, tuple[str, ...]] = {}
    empty: tuple[Id, ...] = ()


class Watch(Entry):
    """A common finding that the record is watched for."""

    id: Id
    title: Text
    finding: Text
    prevent: Text
    grade: Literal["major nonconformity", "minor nonconformity", "observation", "opportunity for improvement"]
    signals: tuple[Signal, ...] = Field(min_length=1)
    refs: Refs = {}
    covers: tuple[Id, ...] = ()


PLACES = frozenset({"keys", "count", "on"})  # what the gap of a prediction may name in braces


class Prediction(Entry):
    """A nonconformity that an auditor would write from the record as it stands, and the rule that finds it.

    It is found by `signals`, or by the function that `rule` names, which may look at the `questions` and `words` named
    here. Its statement has three parts: `requirement`, what was found as evidence, and `gap`, in which {keys}, {count}
    and {on} stand for the ids, the number of cases and the day. `test` says why the grade is likely, and what would
    make it another; `mends` what would make it go away; `judge` what only a person can tell, where the rule is a hint.
    """

    id: Id
    title: Text
    refs: Refs
    grade: Literal["major nonconformity", "minor nonconformity", "observation", "opportunity for improvement"]
    test: Text
    requirement: Text
    gap: Text
    mends: Text
    judge: str = ""
    rule: str = ""
    questions: tuple[Id, ...] = ()
    words: tuple[Text, ...] = ()
    signals: tuple[Signal, ...] = ()

    @model_validator(mode="after")
    def _one_way_to_find_it(self) -> Self:
        if bool(self.rule) is bool(self.signals):
            raise ValueError("a prediction is found by a rule or by signals: name one of the two")
        if not self.refs.get("iso27001"):
            raise ValueError("a prediction rests on a clause or control: name one in refs under iso27001")
        return self

    @field_validator("gap")
    @classmethod
    def _known_places(cls, gap: str) -> str:
        found = [place for place in Formatter().parse(gap) if place[1] is not None]
        named = {str(name) for _, name, _, _ in found}
        if unknown := sorted(named - PLACES):
            raise ValueError(f"{{{unknown[0]}}} stands for nothing; there is {', '.join(sorted(PLACES))}")
        if shaped := next((name for _, name, spec, conversion in found if spec or conversion), ""):
            raise ValueError(f"{{{shaped}}} is filled in as it is; write nothing behind its name")
        return gap


class TrailLink(Entry):
    """One link of an audit trail: what claims it, what shows it, and what to record where while it is missing.

    The `columns` of the row claim it, the proof of the `questions` shows it, and the function that `rule` names says
    what else the record holds. A `bound` link is shown only by evidence of the row's own version, hash or name.
    It is due `only_if` the row has one of these values, or nobody said which.
    """

    id: Id
    title: Text
    columns: tuple[Id, ...] = ()
    questions: tuple[Id, ...] = ()
    rule: str = ""
    bound: bool = False
    record: Text
    only_if: Mapping[Id, tuple[str, ...]] = {}


class Trail(Entry):
    """How one kind of thing is followed from its beginning to its end: the links of each row of a register.

    Rows `where` these columns have these values have it, and of these the page shows those of `shown`, and those in
    which the columns `once` are filled; before that none of its links is due. Findings, tests and evidence speak of a
    row if they name its key or what its columns `known_by` say.
    """

    id: Id
    title: Text
    one: Text
    register_: Id = Field(alias="register")
    where: Mapping[Id, tuple[str, ...]] = {}
    shown: Mapping[Id, tuple[str, ...]] = {}
    once: tuple[Id, ...] = ()
    known_by: tuple[Id, ...] = Field(min_length=1)
    links: tuple[TrailLink, ...] = Field(min_length=1)


class VisitItem(Entry):
    """One thing that is asked for on a visit; the function that `rule` names says how the record stands to it."""

    id: Id
    title: Text
    rule: Text
    of: tuple[Text, ...] = ()
    refs: Refs = {}


class Visit(Entry):
    """A visit of a certification body, rehearsed for these `kinds` of audit; so many audit trails are walked on it."""

    id: Id
    title: Text
    kinds: tuple[Text, ...] = Field(min_length=1)
    source: Text
    walks: int = Field(default=0, ge=0, le=12)
    items: tuple[VisitItem, ...] = Field(min_length=1)


class Interview(Entry):
    """A role that an auditor talks to: the words that people are called by who have it, and what they are asked."""

    id: Id
    role: Text
    words: tuple[Text, ...] = Field(min_length=1)
    questions: tuple[Id, ...] = Field(min_length=1)


class RiskSuggestion(Entry):
    """What in a record points to a risk of the catalogue: reasons, each of signals that all show for one system."""

    id: Id
    risk: Text
    reasons: tuple[Annotated[tuple[Signal, ...], Field(min_length=1)], ...] = Field(min_length=1)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals of all reasons."""
        return tuple(signal for reason in self.reasons for signal in reason)


class MlNote(Entry):
    """What machine learning changes about controls or clauses of ISO/IEC 27001, and what an auditor would look at.

    It speaks `of` one, or of a block of them in which machine learning changes nothing that is special to one.
    """

    of: tuple[Text, ...] = Field(min_length=1)
    note: Text


PRESETS = ("today", "auditor")  # what a form can find out by itself


class RegisterField(Entry):
    """One column of a register. `gap` is what a point says when it is empty, `past` when its date has gone by.

    `telling` columns stand in the table itself, `public` ones are shown to a customer, `made` ones are kept by
    the workbook and asked for in no form. `person` columns name somebody, `on_purpose` ones are left empty in a form
    only by somebody who says so. `preset` is what the form of a new row begins with: a choice, `today`, or `auditor`
    for whoever speaks as one; `not_before` names the date that comes first. `also` lists what people call
    the column in their own tables, `means` what they write there for a choice, or for a step of a scale of numbers.
    """

    id: Id
    label: Text
    type: Literal["text", "long_text", "choice", "date", "number", "ref", "refs", "evidence", "question", "lines"]
    required: bool = False
    choices: tuple[str, ...] = ()
    register_: Id | None = Field(default=None, alias="register")
    help: str = ""
    gap: str = ""
    past: str = ""
    only_if: Mapping[str, tuple[str, ...]] = {}
    telling: bool = False
    public: bool = False
    made: bool = False
    person: bool = False
    on_purpose: bool = False
    preset: str = ""
    not_before: Id | None = None
    also: tuple[Text, ...] = ()
    means: Mapping[str, tuple[Text, ...]] = {}
    min: int | None = None
    max: int | None = None


class Register(Entry):
    """A table that is kept row by row, under keys such as DS-007, or the identifiers of the references `keyed_by`.

    `also` lists what people call such a table, `id_also` what they call the column of its keys. `carried` says which
    of its rows an engagement takes over that goes on from an earlier one: all `rows`, those that are still `open` (in
    whose columns nothing stands that is `settled`), all as `history`, where none of them stands, or `none`. `looked`
    is the date of the last look at a row, without which it cannot be said to be still true.
    """

    id: Id
    title: Text
    one: Text
    page: Text
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,15}$")]
    keyed_by: Text | None = None
    intro: Text
    also: tuple[Text, ...] = ()
    id_also: tuple[Text, ...] = ()
    covers: tuple[Id, ...] = ()
    carried: Literal["rows", "open", "history", "none"] = "rows"
    settled: Mapping[Id, tuple[str, ...]] = {}
    looked: Id | None = None
    fields: tuple[RegisterField, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_what_is_settled(self) -> Self:
        if (self.carried == "open") is not bool(self.settled):
            raise ValueError("settled says which rows are no longer open; it belongs to a register carried: open")
        named = {field.id: field for field in self.fields}
        for name in (*self.settled, *filter(None, [self.looked])):
            if name not in named:
                raise ValueError(f"{name!r} is no column of this register")
        if stray := [c for name, found in self.settled.items() for c in found if c not in named[name].choices]:
            raise ValueError(f"settled names {stray[0]!r}, which is no choice of that column")
        return self

    @property
    def telling(self) -> tuple[RegisterField, ...]:
        """The columns that tell most beside the name: those marked so, else the first five."""
        return tuple(f for f in self.fields if f.telling) or self.fields[1:6]

    def field(self, field_id: str) -> RegisterField:
        """The column of this id; raises Unknown."""
        for one in self.fields:
            if one.id == field_id:
                return one
        raise Unknown("column", field_id, (f.id for f in self.fields))


class Topic(Entry):
    """One file of checklists/.

    `also` lists what people call a column of this id in whichever register, `means` what they write for this choice.
    """

    id: Id
    title: Text
    page: str = ""
    also: Mapping[Id, tuple[Text, ...]] = {}
    means: Mapping[Text, tuple[Text, ...]] = {}
    sections: tuple[Section, ...] = ()
    tasks: tuple[Task, ...] = ()
    context: tuple[Context, ...] = ()
    faq: tuple[Faq, ...] = ()
    watches: tuple[Watch, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    suggestions: tuple[RiskSuggestion, ...] = ()
    notes: tuple[MlNote, ...] = ()
    trails: tuple[Trail, ...] = ()
    crosswalk: Crosswalk | None = None
    visits: tuple[Visit, ...] = ()
    interviews: tuple[Interview, ...] = ()
    registers: tuple[Register, ...] = ()
