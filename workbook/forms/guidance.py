"""Help where one stands, in our own words: which result fits, what counts as evidence, what to do when nobody knows,
which keys there are, and the tour of the first page."""

from collections.abc import Mapping

from workbook.language import term
from workbook.model import Result

Lines = tuple[tuple[str, str], ...]  # what it speaks of, and what is said of it

# what a result means, with an example from machine learning
RESULTS: Mapping[Result, str] = {
    Result.NOT_ASSESSED: "Nobody has looked yet. It counts as nothing, and is more honest than a guess.",
    Result.NOT_IMPLEMENTED: "You looked, and it is not there. For example: anybody in the team can promote a model.",
    Result.PLANNED: (
        "Decided, with an owner and a date, but not working yet. For example: the approval step comes with the January "
        "release. A plan shows nothing until it is carried out."
    ),
    Result.PARTIAL: (
        "Something works, but not everywhere or not always that the question asks about: write down which part, and "
        "what is missing. For example: releases of the scoring model need an approval, but the weekly retraining "
        "promotes its model by itself."
    ),
    Result.IMPLEMENTED: (
        "It works everywhere the question asks about, today and through the audit period. For example: each of the "
        "64 deployments of this year has a request, an approval by somebody else and a line in the log."
    ),
    Result.NOT_APPLICABLE: (
        "The question cannot arise here; write down why. For example: no federated learning, all training data lies in "
        "one bucket. It counts as nothing until somebody else accepts the reason."
    ),
}
EVIDENCE: Lines = (
    ("What", "What was left behind by doing it: an export, a log, a ticket, a signed record. A policy shows intent "
     "only. Each artefact of the list above needs a piece; another artefact counts for nothing here."),
    ("Fresh", "Say when it was collected. It counts as long as the artefact above allows; undated evidence does not."),
    ("Of this version", "Where a model or dataset binds it, name the version in production: a test report of the last "
     "version proves nothing about this one."),
    ("Of this period", "Where the audit period binds it, it has to cover that many days; a screenshot covers one."),
    ("A link", "Weaker than a file: nobody keeps what stands there, and tomorrow it may show something else. A place "
     "on a file share proves nothing."),
)  # fmt: skip
NOBODY_KNOWS: Lines = (
    ("Ask", "Whoever does the work knows more than whoever wrote the policy: who deploys for releases, the data "
     "owner for datasets, the platform team for access and logs, purchasing for suppliers. “What an auditor looks for” "
     "below says what to open together."),
    ("Hand over", "Still nobody: enter an owner and a due date and leave the result “not assessed”. The question then "
     "stands among that person's questions on the page 00_start."),
    ("Never guess", "Auditors take samples. A guess that fails its sample contradicts the claim, and costs more trust "
     "than an open question."),
)  # fmt: skip
KEYS: Lines = (
    ("Tab, Shift+Tab", "to the next or the previous field or button"),
    ("Enter or Space", "presses a button, opens and closes a question"),
    ("Arrow keys", "choose among the results of a question; go from cell to cell of a register"),
    ("Enter or F2", "in a cell of a register: change it"),
    ("Enter", "in a cell that you changed: save it; in a panel: press its main button"),
    ("Shift+Enter", "in a long text of a register: a new line"),
    ("Tab", "in a cell that you changed: save it and change the next one"),
    ("Escape", "leaves a cell as it was; closes a panel or this list"),
)
# the kind of form of the first page that is outlined, and the sentence said of it; "pages" is the line of pages
TOUR: Lines = (
    ("engagement", "Begin with the audit itself: its scope and its day. Every due date is counted back from that day."),
    ("identity", "Say who you are. Everything you type is recorded under this name."),
    ("register", "Add each ML system in scope as a row: questions asked “per system” follow from these rows."),
    ("questions", "Open a question, say what is the case, and attach what proves it. It is saved while you type."),
    ("pages", "Go on from page to page here. Beside each name stands how many questions are still open."),
)  # fmt: skip

# the folds of an open question: by its place in the form, the title and what it says
ADVICE: Mapping[str, tuple[str, Lines]] = {
    "results": ("Which result fits?", tuple((result.value, says) for result, says in RESULTS.items())),
    "evidence": ("What counts as evidence?", EVIDENCE),
    "nobody": ("What if nobody knows?", NOBODY_KNOWS),
}


def lines(told: Lines) -> Lines:
    """A table of these, in the language that is spoken; what names a part of the page stays as it is."""
    return tuple((term(of), term(says)) for of, says in told)


def advice() -> Mapping[str, tuple[str, Lines]]:
    """ADVICE in the language that is spoken."""
    return {place: (term(title), lines(told)) for place, (title, told) in ADVICE.items()}
