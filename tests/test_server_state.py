"""What JupyterLab's panel is told of an audit: the same figures as the pages, and links that arrive."""

import json
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from workbook import people
from workbook.analysis.progress import page_progress
from workbook.analysis.verdict import judge
from workbook.model import Answer, Draft, Engagement, Person, Result
from workbook.record import Record
from workbook.server.index import index_json
from workbook.server.pages import notebooks
from workbook.server.reader import Reader
from workbook.server.state import empty_state, speaker_json, state_json
from workbook.store import Store, create
from workbook.workspace import choose, open_ledger, open_store

NOBODY = speaker_json(None, fixed=False)
EVERY_PAGE = [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def speaks(name: str) -> dict[str, Any]:
    return speaker_json(Person(name), fixed=False)


def told(record: Record, name: str = "") -> dict[str, Any]:
    return state_json(record, speaks(name) if name else NOBODY, notebooks())


def places(state: dict[str, Any]) -> list[dict[str, Any]]:
    sections = [section for page in state["pages"] for section in page["sections"]]
    return [state["next"], *state["mine"], *state["due"], *state["stale"], *sections]


def test_every_page_says_how_far_it_is_as_the_first_page_does(demo: Record):
    pages = {p["file"]: p for p in told(demo)["pages"]}

    assert list(pages) == EVERY_PAGE
    for progress in page_progress(demo):
        page = pages[f"{progress.page}.ipynb"]
        assert (page["title"], page["asked"], page["open"]) == (progress.name, progress.asked, progress.open)
        assert sum(s["asked"] for s in page["sections"]) == progress.asked
        assert all(0 <= s["shown"] <= s["claimed"] <= 100 for s in [page, *page["sections"]])


def test_the_stage_is_that_of_the_verdict(demo: Record):
    figures = judge(demo).readiness

    assert told(demo)["stage"] == {
        "word": "Not ready", "kind": "bad", "claimed": figures.claimed, "shown": figures.shown,
    }  # fmt: skip


def test_the_last_stage_is_good(green: Store):
    stage = told(green.record())["stage"]

    assert (stage["word"], stage["kind"]) == ("Ready for stage 2", "ok")


def test_without_a_question_that_counts_there_are_no_figures(tmp_path: Path, store: Store):
    registers = tuple(topic for topic in store.catalog.topics if topic.id == "registers")
    nothing_asked = replace(store.record(), catalog=replace(store.catalog, topics=registers))

    assert told(nothing_asked)["stage"]["claimed"] is None
    assert told(nothing_asked)["next"] is None


def test_each_link_leads_to_a_page_and_an_anchor_on_it(demo: Record):
    state = told(demo, "ML platform lead")
    headings = {
        (path.name, line.lstrip("# ").strip().replace(" ", "-"))
        for path in (ROOT / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text())["cells"]
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("#")
    }
    answers = {a.key for a in demo.asked}
    rows = {f"{register}-{row.key}" for register in demo.catalog.registers for row in demo.register(register)}

    assert state["mine"]
    for place in [*places(state), *index_json(demo, notebooks())["items"]]:
        assert place["page"] in EVERY_PAGE
        assert place["anchor"] in answers | rows or (place["page"], place["anchor"]) in headings, place


def test_my_questions_are_those_that_name_me_and_are_not_shown_yet_the_earliest_first(store: Store):
    soon, late = store.on + timedelta(days=3), store.on - timedelta(days=3)
    mine = [
        Answer(question="ac-rbac", system="SYS-001", owner="ml  Platform lead", due=soon, result=Result.PLANNED),
        Answer(question="ac-rbac", system="SYS-002", owner="ML platform lead", due=late),
        Answer(question="ac-least-privilege", system="SYS-001", owner="ML platform lead", result=Result.IMPLEMENTED),
        Answer(question="ac-least-privilege", system="SYS-002", owner="Somebody else", due=late),
    ]
    store.save_answers([(answer, 0) for answer in mine])

    found = told(store.record(), "ML platform lead")["mine"]

    assert [(one["anchor"], one["late"]) for one in found] == [
        ("ac-rbac@SYS-002", True),
        ("ac-rbac@SYS-001", False),
        ("ac-least-privilege@SYS-001", False),
    ]
    assert found[2]["about"] == "Credit scoring · Implemented, claimed only"
    assert found[0]["about"].startswith("Support assistant · Not assessed · was due ")
    assert told(store.record(), "Nobody")["mine"] == []


def test_what_is_answered_and_evidenced_is_nobodys_task_any_more(claimed: Store):
    owner = claimed.record().asked[0].answer.value.owner or "ML platform lead"

    assert told(claimed.record(), owner)["mine"] == []


def test_stale_evidence_is_listed_as_such_and_not_again_among_what_is_due(demo: Record):
    state = told(demo)

    assert state["stale"]
    assert all(re.search(r"stale, \d+ of \d+ days", one["about"]) for one in state["stale"])
    assert not [one for one in state["due"] if one["late"] and one["title"].startswith("Renew evidence")]
    assert [one for one in state["due"] if one["late"]]


def test_everything_can_be_looked_for(demo: Record):
    items = index_json(demo, notebooks())["items"]
    number = {kind: sum(item["kind"] == kind for item in items) for kind in ("question", "row", "evidence")}

    assert number["question"] == len(demo.asked)
    assert number["row"] == sum(len(demo.register(register)) for register in demo.catalog.registers)
    assert number["evidence"] == len(demo.evidence)


# the notebooks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace as `workbook init` lays one out; the server was started in its notebooks."""
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, tmp_path / "work" / name)
    monkeypatch.chdir(tmp_path / "work" / "notebooks")
    return tmp_path / "work"


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def test_a_page_whose_code_was_changed_is_not_known_and_may_not_be_run_by_itself(workspace: Path):
    assert all(n.known for n in notebooks())

    edit(workspace / "notebooks" / "00_start.ipynb", "audit.mine()", "audit.mine(); print(1)")
    edit(workspace / "notebooks" / "01_data_inventory.ipynb", "# Data inventory", "# Our data")
    (workspace / "notebooks" / "09_own.ipynb").write_text('{"cells": []}')

    known = {n.name: n.known for n in notebooks()}
    assert {name for name, so in known.items() if not so} == {"00_start", "09_own"}
    assert [n.title for n in notebooks()][-4:] == ["Audit trails", "Own", "Portfolio", "Customer edition"]


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 3}', '{"cells": [1, {"cell_type": "code", "source": null}]}'])
def test_a_file_that_is_no_notebook_is_a_page_that_is_not_known(workspace: Path, text: str):
    (workspace / "notebooks" / "00_start.ipynb").write_text(text)

    first = notebooks()[0]

    assert (first.title, first.known) == ("Start", False)


# the reader --------------------------------------------------------------------------------------------------------


def read(reader: Reader) -> dict[str, Any]:
    return dict(json.loads(reader.state().body))


def begin(home: Path, name: str = "isms-2027") -> Store:
    create(open_ledger(), name, Engagement(title=f"Audit {name}"), Person("Security lead"))
    return open_store(name, Person("Security lead"))


def test_a_new_workspace_has_pages_and_no_ledger_is_made_for_it(workspace: Path, tmp_path: Path):
    state = read(Reader(workspace / "notebooks"))

    assert (state["engagement"], state["problem"], state["stage"], state["next"]) == ("", "", None, None)
    assert [page["file"] for page in state["pages"]] == EVERY_PAGE
    assert not (tmp_path / "home").exists()


def test_a_server_that_shows_another_folder_has_no_pages(tmp_path: Path, workspace: Path):
    (tmp_path / "elsewhere").mkdir()
    begin(workspace)

    assert read(Reader(tmp_path / "elsewhere")) == empty_state((), NOBODY)


def test_an_answer_is_another_one_after_a_save_and_otherwise_the_same(workspace: Path):
    store, reader = begin(workspace), Reader(workspace)
    first = reader.state()
    assert reader.state() == first

    store.save([Draft("systems", "SYS-001", {"name": "Credit scoring"})])

    second = reader.state()
    assert second.tag != first.tag
    assert json.loads(second.body)["revision"] == json.loads(first.body)["revision"] + 1
    assert reader.index().tag == second.tag


def test_whoever_speaks_now_is_told_at_once(workspace: Path):
    begin(workspace)
    reader = Reader(workspace)
    before = reader.state()
    people.remember(Person("Data steward"))

    assert reader.state().tag != before.tag
    assert read(reader)["speaker"]["name"] == "Data steward"


def test_of_several_engagements_none_is_shown_until_one_is_chosen(workspace: Path):
    begin(workspace, "one")
    begin(workspace, "two")
    reader = Reader(workspace)
    assert (read(reader)["engagement"], read(reader)["problem"]) == ("", "")

    choose("two")
    assert read(reader)["title"] == "Audit two"


@pytest.mark.parametrize("broken", ["ledger", "checklists", "role"])
def test_a_record_that_cannot_be_read_is_a_sentence(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
):
    begin(workspace).ledger.close()
    if broken == "ledger":
        (tmp_path / "home" / "workbook.db").write_bytes(b"this is no database" * 100)
    elif broken == "checklists":
        (workspace / "checklists" / "registers.yaml").write_text("id: [")
    else:
        monkeypatch.setenv("WORKBOOK_ACTOR", "Security lead")
        monkeypatch.setenv("WORKBOOK_PART", "king")
    state = read(Reader(workspace))

    assert state["problem"].endswith(".")
    assert [page["file"] for page in state["pages"]] == EVERY_PAGE
    assert json.loads(Reader(workspace).index().body) == {"items": []}
