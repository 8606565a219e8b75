"""Files that a form offers: its tables as the command `workbook export` makes them, and empty ones to fill in."""

from collections.abc import Callable, Mapping
from typing import Any

from workbook.errors import BadInput
from workbook.forms.base import Form, Message, Reply
from workbook.language import ENGLISH, later, say, speaking

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# what is offered: its words, the ending of its name, its media type, and how it is made from form and table
Maker = Callable[[Form, str], bytes]


def _table(to: str) -> Maker:
    def made(form: Form, table: str) -> bytes:
        from workbook.exchange.export import make  # when a file is asked for, so that no form waits for it

        files = make(form.store, to, [table] if table and to != "ics" else ()).files
        return files[f"{table}.csv"] if to == "csv" else next(iter(files.values()))

    return made


def _empty(form: Form, table: str) -> bytes:
    from workbook.exchange.template import make_template  # as above

    return make_template(form.store.catalog, [table] if table else ())


def _statement(to: str) -> Maker:
    def made(form: Form, _table: str) -> bytes:
        from workbook.exchange import paper, soa  # as above

        record = form.page.record()
        return soa.as_sheet(record) if to == "xlsx" else paper.as_docx(soa.as_paper(record))

    return made


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFFERS: Mapping[str, tuple[str, str, str, Maker]] = {
    "xlsx": (later("Excel (XLSX)"), ".xlsx", XLSX, _table("xlsx")),
    "csv": (later("CSV"), ".csv", "text/csv", _table("csv")),
    "template": (later("Empty table to fill in (XLSX)"), "-template.xlsx", XLSX, _empty),
    "soa-xlsx": (later("Statement of Applicability, 93 rows (XLSX)"), "-statement.xlsx", XLSX, _statement("xlsx")),
    "soa-docx": (
        later("Statement of Applicability as a document (DOCX)"),
        "-statement.docx",
        DOCX,
        _statement("docx"),
    ),
    "ics": (later("Calendar of what is due (ICS)"), ".ics", "text/calendar", _table("ics")),
}


class Downloads(Form):
    """A form whose `table` can be downloaded in the ways of `offers`; without a table, the whole record."""

    table = ""
    offers: tuple[str, ...] = ("xlsx", "csv", "template")

    def offered(self) -> Reply:
        """What the browser shows of it."""
        return {"downloads": [[offer, say(OFFERS[offer][0])] for offer in self.offers]}

    def do_download(self, message: Message, _buffers: list[Any]) -> Reply:
        """The bytes of one file, and what to call it."""
        if message.get("file") not in self.offers:
            raise BadInput(say("This form does not offer such a file; run the cell again."))
        _, ending, media_type, made = OFFERS[message["file"]]
        with speaking(ENGLISH):  # tables are read back by these words; a document says itself whose language it speaks
            content = made(self, self.table)
        stem = "-".join(filter(None, (self.store.name, self.table)))
        return {"name": f"{stem}{ending}", "type": media_type, "buffers": [content]}
