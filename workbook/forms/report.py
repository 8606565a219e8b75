"""The form that makes the report: for whom, as of when, to whom; what was made is opened or mailed from here."""

import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any
from weakref import WeakSet

from workbook import paths, people
from workbook.as_of import parse_as_of
from workbook.audience import AUDIENCES, CLASSIFICATIONS, Edition, edition_named, reads
from workbook.errors import BadInput, WorkbookError
from workbook.forms.base import Form, Message, Reply, Static
from workbook.forms.made import Made, read_made, zipped
from workbook.forms.making import Making
from workbook.forms.page import Page
from workbook.keys import require_numbering
from workbook.language import say, term
from workbook.model import check_text
from workbook.words import count, day, natural

EDITIONS = {
    "internal": "internal: everything",
    "auditor": "auditor: all but predictions",
    "customer": "customer: a short page of what is public",
}
SHOWN = 5  # of the reports that were issued
_MAKING: dict[str, Making] = {}  # by engagement; a page that is opened again finds what it began
_FORMS: "WeakSet[ReportForm]" = WeakSet()
_BEGINNING = threading.Lock()


class ReportForm(Form):
    """Makes the report of the engagement, on all systems or on the one that the page shows."""

    kind = "report"

    def __init__(self, page: Page, system: str, static: Static) -> None:
        self._system = system
        super().__init__(page, static)
        _FORMS.add(self)

    def shown(self) -> Reply:
        """The editions, how far the one is that is being made or how it went, and what lies there to open."""
        issued = {s.value.recipient for s in self.page.record().issued if s.value.recipient}
        making = _MAKING.get(self.store.name)
        going = making if making and not making.ended else None
        made, handed, unreached = self._found()
        return {
            "classifications": [[one, term(one)] for one in CLASSIFICATIONS],
            "issued": handed,
            "editions": [[audience, term(EDITIONS[audience])] for audience in AUDIENCES],
            "recipients": sorted(issued, key=natural),
            "making": [going.done, going.of, going.page] if going else None,
            "ended": _ended_json(making) if making and not going else None,
            "made": [_made_json(self.store.name, audience, one) for audience, one in made],
            "unreached": unreached,
        }

    def do_make(self, message: Message, _buffers: list[Any]) -> Reply:
        """Begin to make a report; one at a time."""
        audience, as_of, recipient = (str(message[name]).strip() for name in ("audience", "as_of", "recipient"))
        self._check(as_of, recipient)
        marked = str(message.get("classification") or "confidential") if recipient else ""
        given = {"--audience": audience, "--as-of": as_of, "--system": self._system, "--to": recipient,
                 "--classification": marked, "--as": self.store.who.name}  # fmt: skip
        options = [f"{option}={value}" for option, value in given.items() if value]
        arguments = ["issue" if recipient else "report", self.store.name, *options]
        pages = sum(reads(audience, page.stem) for page in paths.pages())
        _begin(self.store.name, arguments, pages, recipient)
        return {"then": self.refresh}

    def do_zip(self, message: Message, _buffers: list[Any]) -> Reply:
        """One report as a file to mail: all that its manifest lists, and that; an issued one by its number."""
        if number := str(message.get("issued") or ""):
            return self._issued_zip(number)
        audience = str(message["audience"])
        made = dict(self._made()).get(audience)
        if made is None:
            raise BadInput(say("This report is not there any more; make it again."))
        stem = f"{self.store.name}-{audience}-r{made.revision}"
        return {"name": f"{stem}.zip", "type": "application/zip", "buffers": [zipped(made, stem)]}

    def _issued_zip(self, number: str) -> Reply:
        made = dict(self._issued()).get(number)
        if made is None:
            raise BadInput(say("The files of {number} are not there any more; its recipient has them.", number=number))
        stem = f"{self.store.name}-{number}"
        return {"name": f"{stem}.zip", "type": "application/zip", "buffers": [zipped(made, stem, pages_only=False)]}

    def follow_making(self, ended: bool) -> None:
        """Show how far the report is; once it is made, let the whole page follow what was issued."""
        with self.page.lock:
            if ended:
                self.page.changed()
            else:
                self.refresh()

    def _check(self, as_of: str, recipient: str) -> None:
        """Raise for a state or a recipient that cannot be, beside its field and before anything is made."""
        try:
            replace(self.store, as_of=parse_as_of(as_of)).record(self._system)
        except BadInput as error:
            rest = str(error).removeprefix("as_of ")
            raise BadInput(str(error) if rest == str(error) else f"As of {rest}", field="as_of") from None
        try:
            check_text(recipient)
        except ValueError as error:
            raise BadInput(say("The recipient {fault}.", fault=error), field="recipient") from None
        if recipient:
            people.refuse_unnamed(self.store.who)

    def _found(self) -> tuple[list[tuple[str, Made]], list[Reply], str]:
        """The reports that lie there, those that were issued, the newest first, or why that cannot be said."""
        try:
            return self._made(), [self._issued_json(number, made) for number, made in self._issued()], ""
        except BadInput as error:
            return [], [], str(error)

    def _issued(self) -> list[tuple[str, Made]]:
        """The newest reports that were issued and lie there, by number."""
        numbers = require_numbering(self.store.catalog, "issued")
        newest = [r.key for r in self.store.history("issued")][: -SHOWN - 1 : -1]
        folders = [(key, paths.issued(self.store.name, numbers.number(key))) for key in newest]
        return [(key, made) for key, folder in folders if (made := read_made(folder))]

    def _issued_json(self, number: str, made: Made) -> Reply:
        body = next((r.body for r in self.store.history("issued", number) if r.body), {})
        words = say("{number} to {recipient}, {day}, {edition}", number=number, recipient=body.get("recipient"),
                    day=body.get("issued_on"), edition=edition_named(str(body.get("audience"))))  # fmt: skip
        return {"number": number, "words": words, "path": [self.store.name, "issued", made.folder.name, "index.html"]}

    def _made(self) -> list[tuple[str, Made]]:
        """The report of each edition that lies there, by audience."""
        folders = [(a, paths.results(self.store.name, a, self._system_for(a))) for a in AUDIENCES]
        return [(audience, made) for audience, folder in folders if (made := read_made(folder))]

    def _system_for(self, audience: str) -> str:
        """The system's key as this audience reads it."""
        return Edition(audience).of(self.page.record(self._system)).system if self._system else ""


def _begin(engagement: str, arguments: list[str], pages: int, recipient: str) -> None:
    """Start the command; raises BadInput while it runs already."""
    with _BEGINNING:
        going = _MAKING.get(engagement)
        if going and not going.ended:
            raise BadInput(
                say(
                    "A report is being made already: {done} of {pages}. Wait for it.",
                    done=going.done,
                    pages=count(going.of, "page"),
                )
            )
        _MAKING[engagement] = Making(arguments, pages, _told, recipient=recipient)


def _told(making: Making) -> None:
    """Let every form show how far it is; the thread that follows the command calls this."""
    for form in list(_FORMS):
        if _MAKING.get(form.store.name) is making:
            with suppress(WorkbookError):  # a form says itself what is wrong with its record
                form.follow_making(making.ended)


def _ended_json(making: Making) -> Reply:
    return {"problems": making.problems, "recipient": making.recipient}


def _made_json(engagement: str, audience: str, made: Made) -> Reply:
    below = made.folder.parts[len(paths.results(engagement).parts) :]
    return {
        "audience": audience,
        "words": say("As of {day}, revision {number}", day=day(made.as_of), number=made.revision),
        "incomplete": made.incomplete,
        "path": [engagement, *below, "index.html"],
    }
