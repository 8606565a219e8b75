"""What holds for every view that a notebook can show, on whatever record: it speaks, it is repeatable, it is inert."""

from dataclasses import replace
from datetime import date
from itertools import cycle

import pytest

from tests.helpers_audit import (
    SECOND,
    SYSTEM,
    TODAY,
    VIEWS,
    Rendered,
    answer,
    catalog,
    plain,
    proof,
    proven,
    record,
    row,
    with_rows,
)
from tests.hostile import STRINGS
from tests.test_escaping import Elements
from workbook.entries import Register
from workbook.model import Engagement, Result
from workbook.record import Record, Row
from workbook.report.sanitize import DRAWN, TAGS
from workbook.views import start
from workbook.views.cards import section
from workbook.views.registers import gap_table, register_table

HOSTILE = " ".join(s for s in STRINGS if len(s) < 300)


def a_row(register: Register, key: str, typed: str) -> Row:
    """A row with something in every column: `typed` where people type."""
    keys = {"question": "roles", "evidence": ("EV-0001",), "refs": ("SYS-001",), "ref": "SYS-001", "number": 3,
            "lines": ("roles/1",)}  # fmt: skip
    values: dict[str, object] = {}
    for column in register.fields:
        if column.type in ("text", "long_text"):
            values[column.id] = typed
        elif column.type == "choice":
            values[column.id] = column.choices[0]
        else:
            values[column.id] = date(2026, 1, 1) if column.type == "date" else keys[column.type]
    return row(register.id, key, **values)


def full(typed: str) -> Record:
    """A record with a row in every register and words in every field, all of them `typed`."""
    rows = [a_row(register, f"{register.id.upper()}-001", typed) for register in catalog().registers.values()]
    systems = [row("systems", "SYS-001", **{**SYSTEM.values, "name": typed}), SECOND]
    said = [
        answer("roles", Result.IMPLEMENTED, rationale=typed, owner=typed, evidence=("EV-0001",), actor=typed),
        answer("deploy", Result.PARTIAL, "SYS-001", rationale=typed, owner=typed),
        answer("keys", Result.NOT_APPLICABLE, rationale=typed),
    ]
    held = {"EV-0001": proof(200, name=typed, title=typed, artefact=typed, source=typed)}
    facts = dict.fromkeys(("title", "organisation", "scope", "criteria", "prepared_by", "lead_auditor"), typed)
    others = [r for r in rows if r.register != "systems"]
    return record(said, held, [*systems, *others], engagement=Engagement(**facts, audit_date=TODAY))


def at_the_edges(*days: date) -> Record:
    """A record of before days had a range: every date of it is one of `days`, in turn."""
    turn = cycle(days)
    rows = [a_row(register, f"{register.prefix}-{n}", "x") for register in catalog().registers.values() for n in (1, 2)]
    dated = [
        replace(r, values={c: next(turn) if isinstance(v, date) else v for c, v in r.values.items()}) for r in rows
    ]
    facts = ("collected_at", "period_from", "period_to", "valid_until")
    held = {f"EV-000{n}": proof(**{fact: next(turn) for fact in facts}) for n in (1, 2, 3)}
    said = [answer("roles", Result.IMPLEMENTED, evidence=tuple(held), due=next(turn))]
    about = Engagement(title="Old", audit_date=days[0], period_from=days[0], period_to=days[-1])
    return record(said, held, dated, engagement=about)


RECORDS = {
    "first days": at_the_edges(date.min, date(1, 1, 2)),
    "last days": at_the_edges(date.max, date(9999, 12, 30)),
    "first and last days": at_the_edges(date.min, date.max, date(1, 1, 2)),
    "new": record(),
    "proven": proven(),
    "one major": with_rows(proven(), row("findings", "FI-001", name="x", grade="major nonconformity", status="open")),
    "full": full("Words"),
    "no systems": replace(record(), rows={**record().rows, "systems": ()}),
}
ON_EVERY_RECORD = pytest.mark.parametrize("base", [pytest.param(r, id=name) for name, r in RECORDS.items()])
EVERY_VIEW = pytest.mark.parametrize("name", sorted(VIEWS))


@EVERY_VIEW
@ON_EVERY_RECORD
def test_every_view_has_something_to_say(name: str, base: Record):
    assert len(plain(getattr(Rendered(base), name)())) > 10


@EVERY_VIEW
@ON_EVERY_RECORD
def test_a_view_of_the_same_record_is_the_same_to_the_byte(name: str, base: Record):
    assert getattr(Rendered(base), name)() == getattr(Rendered(base), name)()


@EVERY_VIEW
def test_a_view_of_hostile_words_has_no_element_and_no_attribute_that_acts(name: str):
    assert_inert(str(getattr(Rendered(full(HOSTILE)), name)()))


@pytest.mark.parametrize("register", sorted(catalog().registers))
def test_a_register_of_hostile_words_has_no_element_and_no_attribute_that_acts(register: str):
    base = full(HOSTILE)

    assert_inert(str(register_table(base, register)) + str(gap_table(base, [register])))


def test_cards_and_the_line_above_a_page_have_no_element_and_no_attribute_that_acts():
    base = full(HOSTILE)

    assert_inert("".join(str(section(base, one)) for one in base.catalog.sections))
    assert_inert(str(start.line(base, HOSTILE)))


def assert_inert(html: str) -> None:
    """Only elements that views make, none of what was typed among them."""
    found = Elements(html)

    assert found.names <= TAGS | DRAWN
    assert not [
        name for name in found.attributes if name.startswith("on") or name in ("srcdoc", "action", "formaction")
    ]
    assert "\u202e" not in html
