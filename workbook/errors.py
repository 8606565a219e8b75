"""Everything the workbook can refuse, in the user's words.

    WorkbookError
    ├── BadInput              something typed, named or passed in is not usable
    │   ├── BadChecklist      a checklist file breaks a rule: file, line, item, field
    │   ├── BadFile           a file handed in for import or as evidence is not usable
    │   ├── Several           more than one field is wrong; carries what is wrong with each
    │   └── Unknown           a name that does not exist; says which names are near
    │       ├── UnknownCall   a call that the audit does not have
    │       └── UnknownTable  a table of which nobody can say what it holds
    ├── Conflict              somebody saved the same thing first; carries both texts
    ├── NotAllowed            a role may not do this, and why
    ├── NotMade               a page could not be made; one that says so stands in its place
    ├── NotRecorded           the database would not take it; nothing was changed
    └── LedgerUnreadable      the database is corrupt, newer than this version, or not ours

Every message says what is wrong, where, and what to do. Faces (forms, command line, report) catch `WorkbookError` and
show its text; anything else is a defect of ours and stays loud.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

from workbook.language import ENGLISH, say, say_many, spoken, term
from workbook.words import natural

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")


class WorkbookError(Exception):
    """The base of all that the workbook refuses; `str(error)` is a sentence for the user.

    `lost` tells that the ledger's server was out of reach: what was sent is to be sent again, as it was.
    """

    lost = False

    @property
    def errors(self) -> "tuple[WorkbookError, ...]":
        """What is wrong, one by one; usually that is this error alone."""
        return (self,)


class BadInput(WorkbookError):
    """Something typed, named or passed in is not usable; `field` names what has to be changed, where that is known."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BadChecklist(BadInput):
    """A checklist file breaks a rule; names file, line, item and field."""


class BadFile(BadInput):
    """A file handed in for import or as evidence is not usable."""


class Several(BadInput):
    """More than one field is wrong: a sentence for each; `field` is the first of them."""

    def __init__(self, errors: "Iterable[WorkbookError]") -> None:
        self._errors = tuple(errors)
        super().__init__(" ".join(str(e) for e in self._errors), getattr(self._errors[0], "field", ""))

    @property
    def errors(self) -> "tuple[WorkbookError, ...]":
        """What is wrong with each field."""
        return self._errors


def together(errors: "Iterable[WorkbookError]") -> WorkbookError:
    """One error that says all of `errors`, of which there is at least one."""
    found = [one for error in errors for one in error.errors]
    return Several(found) if len(found) > 1 else found[0]


def refuse(errors: "Iterable[WorkbookError]") -> None:
    """Raise what was found wrong, all of it at once; nothing if nothing was."""
    if found := list(errors):
        raise together(found)


def gather(*steps: Callable[[], T]) -> list[T]:
    """What every step returns; raises what they refuse with BadInput only after the last, so that nothing is hidden."""
    done, wrong = [], []
    for step in steps:
        try:
            done.append(step())
        except BadInput as error:
            wrong.append(error)
    refuse(wrong)
    return done


def unfit(wrong: "ErrorDetails", noun: str) -> BadInput:
    """What pydantic finds wrong with a field of a value, as a person reads it; `noun` is what the value is called."""
    name = ".".join(str(step) for step in wrong["loc"])
    if wrong["type"] == "extra_forbidden":
        return BadInput(say("{noun}: there is no field {name!r}; remove it.", noun=say(noun), name=name), field=name)
    place = f"{say(noun)}, {_called(name) if name else say(noun)}"
    return BadInput(f"{place}: {_told(wrong)}.", field=name.partition(".")[0])


def _called(name: str) -> str:
    """What people call a field, where the language that is spoken has words for it."""
    plain = name.replace("_", " ")
    return name if term(plain) == plain else term(plain)


def _told(wrong: "ErrorDetails") -> str:
    """What is wrong with a field, as it stands behind its name."""
    kind, about = wrong["type"], wrong.get("ctx", {})
    if kind == "string_type":
        return say("{value!r} is no text; put it into quotation marks", value=wrong["input"])
    if kind in ("enum", "literal_error"):
        choices = about["expected"].replace("'", "").replace(" or ", ", ")
        return _inside(say("{value!r} is not one of {choices}", value=wrong["input"], choices=choices))
    if kind == "missing":
        return say("field required")
    if kind == "string_too_short":
        return say_many("string should have at least {n} character", "string should have at least {n} characters",
                        about["min_length"])  # fmt: skip
    if kind == "string_too_long":
        return say_many("string should have at most {n} character", "string should have at most {n} characters",
                        about["max_length"])  # fmt: skip
    return _inside(str(wrong["msg"]).removeprefix("Value error, "))


def _inside(sentence: str) -> str:
    """A sentence as it stands behind a colon, where English begins it small."""
    return sentence[:1].lower() + sentence[1:] if spoken() == ENGLISH else sentence


class Unknown(BadInput):
    """A name that does not exist; the message lists the nearest names, or some of those there are."""

    def __init__(self, what: str, name: str, choices: Iterable[str], hint: str = "", field: str = "") -> None:
        names = sorted(choices, key=natural)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        if near:
            advice = say("Did you mean {names}?", names=_or(near))
        elif names:
            advice = say("There is {names}.", names=", ".join(names[:8]) + (" …" if len(names) > 8 else ""))
        else:
            advice = say("There is no {what} yet.", what=term(what))
        says = say("No {what} is called {name!r}.", what=term(what), name=name)
        super().__init__(" ".join(filter(None, [says, advice, hint])), field)


def _or(names: Iterable[str]) -> str:
    return reduce(lambda first, last: say("{first} or {last}", first=first, last=last), names)


class UnknownCall(Unknown, AttributeError):
    """A call that the audit of a notebook does not have."""


class UnknownTable(Unknown):
    """A table of which nobody can say what it holds: `near` are the kinds it may be, `kinds` all there are."""

    def __init__(self, name: str, near: Iterable[str], kinds: Iterable[str]) -> None:
        self.near = tuple(near)
        if self.near:
            advice = say("Did you mean {names}?", names=_or(self.near))
        else:
            advice = say("There is {names}.", names=", ".join(kinds))
        says = say("No kind of table is called {name!r}.", name=name)
        hint = say("Rename it after what it holds, or say so with --into.")
        BadInput.__init__(self, f"{says} {advice} {hint}")


class Conflict(WorkbookError):
    """Somebody saved the same thing first; nothing was overwritten.

    `theirs` is the revision that stands in the ledger, `ours` the body that was refused.
    """

    def __init__(self, message: str, theirs: Any, ours: Any) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.ours = ours


class NotAllowed(WorkbookError):
    """A role may not do this; the message says why (control A.5.3, clause 9.2.2)."""


class Unnamed(NotAllowed):
    """Nobody has said who speaks, so there is no name under which anything could be recorded."""


class NotMade(WorkbookError):
    """A page could not be made; one that says so stands in its place."""


class NotRecorded(WorkbookError):
    """The database would not take it; nothing was changed and what was typed is still in the form."""


class LedgerUnreadable(WorkbookError):
    """The database is corrupt, written by a newer version, or not a workbook ledger."""
