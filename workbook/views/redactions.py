"""The overview: what an edition leaves out of the record, by kind and field, and by which rules."""

from collections.abc import Mapping

from markupsafe import Markup

from workbook.language import say, say_many, term, written
from workbook.record import Record
from workbook.redacting import REDACTIONS, Redactions
from workbook.views import tag
from workbook.views.markup import aid, items, paragraph
from workbook.views.tag import fragment
from workbook.words import capitalized


def left_out(redactions: Redactions) -> Markup:
    """How much an edition leaves out; folded, what and why."""
    record, many = redactions.record, len(redactions.items)
    said = say_many("{n} value", "{n} values", many) if many else say("no values")
    revision = written(record.head.number)
    return fragment(
        paragraph(
            say("Left out or replaced: {values} of the record at revision {number}.", values=said, number=revision),
            " ",
            tag.code[REDACTIONS],
            " ",
            say("lists each by its place, with a hash by which the team can show later what stood there."),
        ),
        aid(
            say("What is left out, and why"),
            said,
            items(
                fragment(tag.b[_kind(record, kind)], f" {sum(of.values())}: {_fields(record, kind, of)}")
                for kind, of in redactions.counts.items()
            ),
            items(map(term, redactions.rules.values())),
        ),
    )


def _kind(record: Record, kind: str) -> str:
    register = record.catalog.registers.get(kind)
    return term(register.title) if register else say(capitalized(kind.replace("_", " ")))


def _fields(record: Record, kind: str, fields: Mapping[str, int]) -> str:
    register = record.catalog.registers.get(kind)
    labels = {field.id: field.label for field in register.fields} if register else {}
    labels["actor"] = "recorded by"
    return ", ".join(f"{term(labels.get(name, name.replace('_', ' ')))} {n}" for name, n in fields.items())
