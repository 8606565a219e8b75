"""Ids stand in the order in which people count, wherever the record is shown: in tables, lists, cells, forms, JSON."""

import json
import re
from html import unescape
from typing import Any

import pytest
from click.testing import CliRunner

from tests.helpers_audit import VIEWS, Rendered
from workbook.analysis.dataframes import OWN, dataframe
from workbook.audience import Edition
from workbook.cli import main
from workbook.entries import Register, RegisterField
from workbook.errors import Unknown
from workbook.forms.page import Page
from workbook.forms.questions import Questions
from workbook.forms.register import RegisterForm
from workbook.model import Answer, Draft, Result
from workbook.record import Record
from workbook.store import Store
from workbook.views.cards import section
from workbook.views.registers import register_table
from workbook.words import natural

ONES = ("1", "2", "10")  # as text they would stand 1, 10, 2
CONTROLS = ("A.5.1", "A.5.2", "A.5.9", "A.5.10", "A.8.2", "A.8.10")
IDS = re.compile(r"\b(?:[A-Z]{1,4}-X?[0-9]+|A\.[5-8]\.[0-9]{1,2}(?![.0-9]))")


def keys(register: Register) -> list[str]:
    return list(CONTROLS) if register.keyed_by else [f"{register.prefix}-{one}" for one in ONES]


def cell(field: RegisterField, store: Store, choice: int) -> Any:
    """What stands in a column of every row, so that nothing but their ids tells rows apart."""
    if field.type == "choice":
        return field.choices[choice]
    if field.type in ("ref", "refs"):
        named = keys(store.catalog.registers[field.register_ or ""])[::-1]
        return named if field.type == "refs" else named[0]
    if field.type == "evidence":
        return [f"EV-{one}" for one in reversed(ONES)]
    question = next(q.id for q in store.catalog.questions.values() if q.per == "engagement")
    if field.type == "lines":
        return [f"{question}/2", f"{question}/1"]
    return {"date": "2026-01-05", "number": 3, "question": question}.get(field.type, "same")


UNLIKE = ("approvals", "risk_scales")  # registers whose rows have to differ by more than their ids


def fill(store: Store, choice: int) -> Record:
    """A record in which every register has rows that only their ids tell apart, saved from the last to the first."""
    drafts = [
        Draft("evidence", f"EV-{one}", {"name": f"EV-{one}", "form": "link", "link": f"https://wiki.example/{one}"})
        for one in ONES
    ]
    for register in store.catalog.registers.values():
        if register.id in UNLIKE:
            continue
        same = {field.id: cell(field, store, choice) for field in register.fields if not field.made}
        kept = {
            "findings": {"status": "open"},
            "risks": {"accepted_by": ""},
            "management_reviews": {"audits": []},
            "tests": {"checked_by": ""},
            "controls": {"stated_status": "", "reason": "Said in another place already."},
        }
        same |= kept.get(register.id, {})
        drafts += [Draft(register.id, key, {**same, "name": key}) for key in keys(register)]
    store.save([*reversed(drafts), Draft("systems", "SYS-001", None, 1), Draft("systems", "SYS-002", None, 1)])
    proofs = tuple(f"EV-{one}" for one in ONES)
    few = list(store.catalog.questions)[:20]
    slots = [asked.slot for asked in store.record().asked if asked.question.id in few]
    said = {"result": Result.PARTIAL, "evidence": proofs}
    store.save_answers((Answer(question=slot.question, system=slot.system, **said), 0) for slot in slots)
    return store.record()


def disorder(html: str, *, of_controls: bool) -> list[list[str]]:
    """The ids that stand in another order than people count: first in the lines of a table or list, then in one cell.

    What a cell says of another standard is a list of its own.
    """
    found, others = [], ("SYS-", "EV-") if of_controls else ("SYS-", "EV-", "A.")  # what lines speak of besides
    for part in re.split(r"</?(?:table|ul|ol|section|h[1-6]|figure)\b[^>]*>", html):
        lines = re.split(r"<(?:tr|li|summary)\b[^>]*>", part)
        heads = [ids[0] for line in lines if (ids := ids_in(line)) and not ids[0].startswith(others)]
        found += [heads] if len(set(heads)) == len(heads) else []  # else they say to what something belongs
        found += map(ids_in, re.split(r"</?(?:tr|li|td|th|summary|br)\b[^>]*>|· ISO", part))
    return [ids for ids in found if not in_order(ids)]


def ids_in(html: str) -> list[str]:
    return list(dict.fromkeys(IDS.findall(unescape(re.sub(r"<[^>]*>", " ", html)))))


def in_order(ids: list[str]) -> bool:
    """Whether the ids of each register are in natural order; what stands between them does not matter."""
    prefixes = {re.split("[0-9]", one)[0] for one in ids}
    kinds = [[one for one in ids if re.split("[0-9]", one)[0] == prefix] for prefix in prefixes]
    return all(own == sorted(own, key=natural) for own in kinds)


# in the order of the checklists, or with two lists of controls in one sentence
OWN_ORDER = ("context", "faq", "mock", "readiness", "summary")
OF_CONTROLS = ("mapping", "by_control", "register controls")


@pytest.mark.parametrize("choice", [0, -1])
def test_every_table_and_list_of_ids_is_in_natural_order(store: Store, choice: int):
    full = fill(store, choice)
    for record in (full, Edition("customer").of(full)):
        pages = {name: str(getattr(Rendered(record), name)()) for name in VIEWS if name not in OWN_ORDER}
        pages |= {f"register {r}": str(register_table(record, r)) for r in record.catalog.registers}
        pages |= {f"section {s}": str(section(record, s)) for s in record.catalog.sections}

        wrong = {
            name: found for name, html in pages.items() if (found := disorder(html, of_controls=name in OF_CONTROLS))
        }
        assert not wrong
        assert sum(len(IDS.findall(html)) for html in pages.values()) > 500


def test_forms_tables_and_errors_give_ids_in_natural_order(store: Store):
    record = fill(store, 0)
    page = Page(store)

    for register in (r for r in record.catalog.registers.values() if r.id not in UNLIKE):
        shown = RegisterForm(page, register.id, "", lambda: None).shown()  # type: ignore[arg-type,return-value]
        assert [row["key"] for row in shown["rows"]] == keys(register)
        for field in register.fields:
            if field.type in ("ref", "refs", "evidence"):
                offered = [key for key, _ in shown["choices"][field.id]]
                assert offered == sorted(offered, key=natural)
        assert list(dataframe(record, register.id).index) == keys(register)
    pieces = Questions(page, "", "", lambda: None).do_evidence({}, [])["evidence"]  # type: ignore[arg-type,return-value]
    assert [key for key, *_ in pieces] == [f"EV-{one}" for one in ONES] == list(dataframe(record, "evidence").index)
    covered = [str(key) for key in dataframe(record, "requirements").index]
    assert covered == [*sorted(covered[:93], key=natural), *sorted(covered[93:], key=natural)]
    assert set(OWN) == {"answers", "crosswalk", "evidence", "points", "requirements", "trails"}
    assert "R-1, R-2, R-10" in str(Unknown("risk", "zzz", reversed(record.keys("risks"))))


def test_status_as_json_gives_points_in_natural_order(store: Store):
    fill(store, 0)

    told = CliRunner().invoke(main, ["status", "isms-2027", "--json"], catch_exceptions=False).stdout
    points = json.loads(told)["open_points"]
    titles = [p["title"] for p in points if p["title"].startswith("R-")]
    assert titles == sorted(titles, key=natural)
