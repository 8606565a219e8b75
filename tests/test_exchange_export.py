"""What goes out: whole, harmless in a spreadsheet, and read in again as nothing to change."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import LEAD, ROOT
from workbook.catalog import Catalog, load
from workbook.cli import main
from workbook.errors import BadFile, BadInput, Unknown
from workbook.exchange import export, imports
from workbook.exchange.template import make_template
from workbook.exchange.texts import guarded, unguarded
from workbook.ledger import Ledger
from workbook.model import Answer, Draft, Engagement, Review, TaskState
from workbook.record import Record, Row
from workbook.store import Store, create
from workbook.vault import Vault

Q, WHOLE, TASK = "ac-privileged-deploy", "di-instruction", "t3-evidence-collection"
ACTIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "'=1", "''=1", "#N/A and more", "# remark", "\r\n=1"]
STRANGE = [
    *ACTIVE, "5.10", "007", "2026-11-30", "1e5", "TRUE", "yes", "'tis", "a;b, c|d", '"', "<r>x</r>", "<r>&</r>",
    "_x000D_", "_x000d_\n", "a_x0041_b", "\x0b\x1f", "\ufffe", "a\r\nb\rc\nd", "\u00a0x\u00a0", "😀", "שלום\u200f",
    "e\u0301",
]  # fmt: skip


@pytest.fixture
def run() -> Callable[..., Result]:
    """The command, which must end as `code` says."""

    def command(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, [*map(str, arguments)])
        assert result.exit_code == code, result.output
        return result

    return command


def sheet(store: Store, kind: str) -> openpyxl.worksheet.worksheet.Worksheet:
    """The one table of an export, read by another program."""
    made = export.make(store, "xlsx", [kind])
    book = openpyxl.load_workbook(io.BytesIO(next(iter(made.files.values()))))
    return book.worksheets[1]


def column(page: Any, label: str) -> list[Any]:
    place = [cell.value for cell in page[1]].index(label)
    return [row[place].value for row in page.iter_rows(min_row=2)]


def bodies(store: Store, *without: str) -> dict[tuple[str, str], Any]:
    """All that stands in the ledger, but for what it says who said it."""
    return {(r.kind, r.key): r.body for r in store.ledger.current(store.name) if r.kind not in without}


@contextmanager
def empty_store(folder: Path, catalog: Catalog) -> Iterator[Store]:
    ledger = Ledger.open(f"sqlite:///{folder / 'workbook.db'}")
    create(ledger, "copy", Engagement(title="Copy"), LEAD)
    yield Store(ledger, Vault(folder / "vault"), catalog, "copy", LEAD)
    ledger.close()


def saved(store: Store, to: str, folder: Path, **how: Any) -> Path:
    """An export on disk: the file, or for CSV the folder."""
    target = folder / ("out" if to == "csv" else f"out.{to}")
    export.save(export.make(store, to, **how), target)
    return target


# what stands in the files ---------------------------------------------------------------------------------------------


def test_everything_goes_out_in_natural_order_with_dates_as_dates_and_numbers_as_numbers(store: Store):
    for key in ("R-10", "R-2", "R-1"):
        body = {"name": f"Risk {key}", "area": "data privacy", "likelihood": "3", "due": "2026-12-01"}
        store.save_row("risks", key, body, 0)

    page = sheet(store, "risks")

    assert column(page, "Id") == ["R-1", "R-2", "R-10"]
    assert column(page, "Likelihood") == [3, 3, 3]
    assert column(page, "Treatment due")[0].date() == date(2026, 12, 1)
    assert (page.freeze_panes, page.auto_filter.ref[:3], page.print_title_rows) == ("C2", "A1:", "$1:$1")
    assert (page.page_setup.orientation, page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage) == (
        "landscape", 0, True,
    )  # fmt: skip
    assert "&P" in page.oddFooter.right.text
    assert page.oddHeader.left.text == "ISMS audit 2027, Northlight Credit"


def test_the_workbook_says_which_state_it_shows_and_for_whom(store: Store):
    made = export.make(store, "xlsx").files["isms-2027.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(made))
    notes = {row[0].value: row[1].value for row in book["About"].iter_rows()}

    assert store.head().hash in notes["As of"]
    assert f"r{store.head().number}" in notes["As of"]
    assert LEAD.name in notes["Exported"]
    assert "customers may not read" in notes["For whom"]
    long = {"changes": "Changes", "risk_scales": "Risk scales", "external_findings": "External findings"}
    titles = {long.get(r.id, r.title) for r in store.catalog.registers.values()}
    assert set(book.sheetnames) == titles | {"About", "Engagement", "Answers", "Evidence", "Tasks", "Reviews",
                                             "Columns", "Lists"}  # fmt: skip


def test_choices_and_ids_of_other_sheets_are_offered_in_drop_downs(store: Store):
    made = export.make(store, "xlsx", ["actions", "findings"]).files["isms-2027.xlsx"]
    page = openpyxl.load_workbook(io.BytesIO(made))["Corrective actions"]
    rules = {str(rule.sqref).rstrip("0123456789"): rule for rule in page.data_validations.dataValidation}

    assert rules["C2:C"].formula1 == "Findings!$A$2:$A$1001"
    due = next(cell.column_letter for cell in page[1] if cell.value == "Due")
    assert rules[f"{due}2:{due}"].type == "date"
    lists = openpyxl.load_workbook(io.BytesIO(made))["Lists"]
    assert lists.sheet_state == "hidden"
    assert "effectiveness confirmed" in [cell.value for row in lists for cell in row]


@pytest.mark.parametrize("text", [*ACTIVE, *STRANGE])
def test_text_stays_text_whatever_it_begins_with(store: Store, text: str):
    store.save_answer(Answer(question=WHOLE, rationale=text), 0)

    page = sheet(store, "answers")
    place = [cell.value for cell in page[1]].index("Rationale")
    cell = next(row[place] for row in page.iter_rows(min_row=2) if row[0].value == WHOLE)
    assert cell.data_type == "s"
    made = export.make(store, "csv", ["answers"]).files["answers.csv"].decode("utf-8-sig")
    line = next(line for line in csv.DictReader(io.StringIO(made, newline="")) if line["Question"] == WHOLE)
    assert line["Rationale"].lstrip()[:1] not in tuple("=+-@＝")


@given(st.text() | st.builds("".join, st.lists(st.sampled_from(["'", "=", "+", " ", "\t", "x", "#", "@", "\n"]))))
def test_the_apostrophe_in_front_is_taken_away_exactly(text: str):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t\r\n#")


def test_labels_that_would_be_formulas_stay_labels(store: Store, catalog: Catalog):
    risks = catalog.registers["risks"]
    strange = risks.fields[1].model_copy(update={"label": "=cmd|' /C calc'!A0"})
    told = risks.fields[2].model_copy(update={"label": "(Area)"})  # import would leave such a column out
    changed = {"title": "About", "fields": (risks.fields[0], strange, told, *risks.fields[3:])}
    register = risks.model_copy(update=changed)
    topics = tuple(
        t.model_copy(update={"registers": tuple(register if r.id == "risks" else r for r in t.registers)})
        for t in catalog.topics
    )
    store.catalog = Catalog(topics, catalog.facts, catalog.folder, catalog.digest)

    page = sheet(store, "risks")
    assert page.title == "Risks"
    assert [(page[at].value, page[at].data_type) for at in ("C1", "D1")] == [(strange.label, "s"), (told.id, "s")]
    assert ",'=cmd|" in export.make(store, "csv", ["risks"]).files["risks.csv"].decode("utf-8-sig").splitlines()[0]


def test_long_text_is_refused_with_its_place_and_whole_in_csv(store: Store, tmp_path: Path):
    store.save_row("datasets", "DS-001", {"name": "Loans", "lineage": "😀" * 17_000}, 0)
    store.save_answer(Answer(question=WHOLE, rationale="x" * 40_000), 0)

    with pytest.raises(BadInput, match=r"2 texts .*Datasets, row 2, .*lineage: 34,000 characters; Answers"):
        export.make(store, "xlsx")
    with tempfile.TemporaryDirectory() as folder:
        made = imports.plan(store, saved(store, "csv", Path(folder)))
    assert (made.problems, made.drafts) == ([], [])


def test_what_no_cell_can_tell_apart_is_refused_with_its_place_and_whole_in_csv(store: Store, tmp_path: Path):
    store.save_row("datasets", "DS-001", {"name": "Loans", "lineage": "_x005F_x000D_ and _x000D_"}, 0)

    with pytest.raises(BadInput, match=r"Datasets, row 2, .*_x005F_x000D_…, an escape within an escape"):
        export.make(store, "xlsx")
    made = imports.plan(store, saved(store, "csv", tmp_path))
    assert (made.problems, made.drafts) == ([], [])


def test_an_answer_whose_system_is_gone_is_told_and_not_lost(store: Store):
    store.save_answer(Answer(question=Q, system="SYS-002", result="planned"), 0)
    store.delete("systems", "SYS-002", 1)

    assert export.make(store, "csv").left_out == (f"1 answer whose question or system is gone: {Q}@SYS-002",)
    lines = [json.loads(line) for line in export.make(store, "jsonl").files["isms-2027.jsonl"].splitlines()]
    assert [line["key"] for line in lines if line["kind"] == "answer"] == [f"{Q}@SYS-002"]


def test_a_line_of_json_says_who_said_what_and_when(store: Store):
    lines = [
        json.loads(line) for line in export.make(store, "jsonl", ["systems"]).files["isms-2027.jsonl"].splitlines()
    ]

    assert [line["key"] for line in lines] == ["SYS-001", "SYS-002"]
    assert lines[0]["values"] == {"name": "Credit scoring", "risk_tier": "high", "owner": "Credit lead"}
    assert (lines[0]["version"], lines[0]["who"], lines[0]["role"]) == (1, LEAD.name, "preparer")
    assert lines[0]["when"] == store.record().systems[0].at.astimezone(UTC).isoformat()


def test_an_unknown_table_is_answered_with_near_names(store: Store):
    with pytest.raises(Unknown, match="Did you mean risks"):
        export.make(store, "csv", ["riks"])


# the round trip -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["xlsx", "csv"])
def test_the_demo_comes_in_again_as_nothing_to_change_and_elsewhere_as_the_same(
    demo: Record, catalog: Catalog, tmp_path: Path, to: str, run: Callable[..., Result]
):
    path = tmp_path / ("out" if to == "csv" else "out.xlsx")
    run("export", "demo", "--to", to, "-o", path, "--with-evidence")
    assert "There is nothing to change." in run("import", "demo", path).output

    with empty_store(tmp_path, catalog) as other:
        made = imports.plan(other, path)
        assert made.problems == []
        imports.apply(other, made)
        copied = other.record()
        assert {k: s.value for k, s in copied.answers.items()} == {k: s.value for k, s in demo.answers.items()}
        assert {k: s.value for k, s in copied.evidence.items()} == {k: s.value for k, s in demo.evidence.items()}
        assert {k: s.value for k, s in copied.tasks.items()} == {k: s.value for k, s in demo.tasks.items()}
        for register, rows in demo.rows.items():
            made = {f.id for f in catalog.register(register).fields if f.made}  # of this record, not of that one
            assert [without(made, r) for r in copied.rows[register]] == [without(made, r) for r in rows]
        assert copied.engagement == demo.engagement
        assert other.verify_evidence() == []
        assert {s.actor for s in copied.answers.values()} == {LEAD.name}  # a copy claims nobody's words


def without(names: set[str], row: Row) -> tuple[str, dict[str, Any]]:
    """A row without some of its columns."""
    return row.key, {k: v for k, v in row.values.items() if k not in names}


hostile = st.sampled_from(STRANGE) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30
)
words = hostile.map(str.strip).filter(bool)
days = st.dates(date(1971, 1, 1), date(2190, 1, 1)).map(date.isoformat)
keys = st.sampled_from(["DS-001", "DS-2", "ds (own)/a:b.c+d", "Ä-1", "5.10", "2026-11-30", "1e5", "A_x0041_"])


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """What somebody may have recorded: rows under keys of any kind, an answer, a task and evidence that prove them."""
    systems = st.lists(st.sampled_from(["SYS-001", "SYS-002"]), unique=True)
    row = st.fixed_dictionaries(
        {"name": words},
        optional={
            "version": words, "lineage": words, "systems": systems, "licence_expires": days,
            "personal_data": st.sampled_from(["no", "yes", "special categories"]),
        },
    )  # fmt: skip
    return {
        "datasets": draw(st.dictionaries(keys, row, max_size=4)),
        "rationale": draw(hostile.filter(lambda text: not text.isspace())),
        "owner": draw(words | st.just("")),
        "note": draw(hostile.filter(lambda text: not text.isspace())),
        "title": draw(words),
        "file": draw(words.map(lambda name: f"{name.replace('/', '_').replace(chr(92), '_')}.txt")),
        "exceptions": draw(st.integers(0, 2**53 - 1)),
        "due": draw(days),
    }


def fill(store: Store, said: dict[str, Any]) -> None:
    store.save([Draft("systems", f"SYS-00{n}", {"name": f"System {n}"}) for n in (1, 2)])
    key, _ = store.attach_bytes(said["file"], [b"proof"], {"title": said["title"], "collected_at": "2026-01-01"})
    store.attach_link("https://example.org/=x", {"source": said["owner"]})
    store.save([Draft("datasets", k, row) for k, row in said["datasets"].items()])
    answer = {"question": Q, "system": "SYS-001", "result": "partial", "due": said["due"], "evidence": (key,)}
    store.save_answer(Answer(**answer, rationale=said["rationale"], owner=said["owner"]), 0)
    store.save_task(TaskState(task=TASK, status="under way", note=said["note"], evidence=(key, "EV-0002")), 0)
    test = {"name": said["title"], "question": WHOLE, "auditor": "Auditor", "exceptions_found": said["exceptions"],
            "evidence": [key]}  # fmt: skip
    store.save_row("tests", "", test, 0)


def line_ends(value: Any) -> Any:
    """A value with line ends as a spreadsheet keeps them."""
    if isinstance(value, dict):
        return {k: line_ends(v) for k, v in value.items()}
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


@pytest.mark.parametrize("to", ["xlsx", "csv"])
@given(said=records())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_was_recorded_comes_in_again(to: str, said: dict[str, Any]):
    catalog = load(ROOT / "checklists")
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
        empty_store(Path(one), catalog) as first,
        empty_store(Path(two), catalog) as second,
    ):
        fill(first, said)
        path = saved(first, to, Path(one), with_evidence=True)

        again = imports.plan(first, path)
        assert (again.problems, again.drafts) == ([], [])
        copy = imports.plan(second, path)
        assert copy.problems == []
        imports.apply(second, copy)
        same = line_ends if to == "xlsx" else dict
        assert same(bodies(second, "engagement")) == same(bodies(first, "engagement"))


def test_evidence_that_does_not_come_along_is_named_and_the_rest_is_imported(
    store: Store, catalog: Catalog, tmp_path: Path
):
    key, _ = store.attach_bytes("proof.txt", [b"proof"])
    link = store.attach_link("https://example.org/wiki")
    store.save_answer(Answer(question=WHOLE, result="implemented", evidence=(key, link)), 0)
    store.save_row("controls", "A.8.2", {"name": "Privileged access", "evidence": [key]}, 0)
    path = saved(store, "xlsx", tmp_path)

    assert imports.plan(store, path).drafts == []  # where it is held already, nothing is missing
    with empty_store(tmp_path, catalog) as other:
        made = imports.plan(other, path)
        assert any("1 evidence file did not come along" in says and key in says for says in made.notes)
        imports.apply(other, made)
        assert other.record().answers[WHOLE].value.evidence == (link,)
        assert other.record().register("controls")[0]["evidence"] is None
        assert other.verify_evidence() == []


def test_a_file_that_is_not_the_one_that_went_out_is_refused(store: Store, catalog: Catalog, tmp_path: Path):
    store.attach_bytes("../=proof?.txt", [b"proof"])
    path = saved(store, "csv", tmp_path, with_evidence=True)
    copy = next((path / "evidence").iterdir())
    assert copy.name == "EV-0001_=proof_.txt".replace("=", "_")
    copy.write_bytes(b"other")

    with empty_store(tmp_path, catalog) as other:
        assert "SHA-256 differs" in str(imports.plan(other, path).problems[0])


def test_evidence_keeps_its_name_whatever_a_file_can_be_called(store: Store, catalog: Catalog, tmp_path: Path):
    names = ["😀" * 250 + ".txt", "CON", 'a<b>:"|?*.txt', "a\tb\n.csv", "...x", "Report.PDF", "שלום.txt"]
    for number, name in enumerate(names):
        store.attach_bytes(name, [b"proof %d" % number])
    body = dict(store.ledger.current(store.name, "evidence")[1].body or {})
    store.save([Draft("evidence", key, body) for key in ("ev/1", "EV:1")])

    path = saved(store, "xlsx", tmp_path, with_evidence=True)

    assert len({p.name.casefold() for p in (tmp_path / "evidence").iterdir()}) == len(names) + 2
    with empty_store(tmp_path, catalog) as other:
        made = imports.plan(other, path)
        assert made.problems == []
        imports.apply(other, made)
        assert bodies(other, "engagement") == bodies(store, "engagement")


def test_evidence_that_is_missing_from_the_vault_stops_an_export_with_evidence(store: Store):
    _, stored = store.attach_bytes("proof.txt", [b"proof"])
    store.vault.path_of(stored.sha256).unlink()

    with pytest.raises(BadFile, match="EV-0001"):
        export.make(store, "xlsx", with_evidence=True)


def test_what_was_recorded_is_not_judged_again_when_it_comes_in_unchanged(store: Store, tmp_path: Path):
    store.save_row("datasets", "DS-001", {"name": "Loans", "systems": ["SYS-002"]}, 0)
    store.save_row("tests", "T-001", {"name": "Deployments", "question": WHOLE, "auditor": LEAD.name}, 0)
    store.save_answer(Answer(question=WHOLE, result="planned"), 0)  # from now on LEAD could not test it
    store.delete("systems", "SYS-002", 1)

    made = imports.plan(store, saved(store, "xlsx", tmp_path))

    assert (made.problems, made.drafts) == ([], [])


def test_a_cell_that_was_changed_in_the_spreadsheet_is_the_only_change(store: Store, tmp_path: Path):
    store.save_row("datasets", "DS-001", {"name": "Loans", "owner": "Data steward"}, 0)
    path = saved(store, "xlsx", tmp_path)
    book = openpyxl.load_workbook(path)
    page = book["Datasets"]
    page.cell(2, [cell.value for cell in page[1]].index("Owner") + 1).value = "Data lead"
    book.save(path)

    made = imports.plan(store, path)

    assert made.problems == []
    assert [(d.key, (d.body or {})["owner"]) for d in made.drafts] == [("DS-001", "Data lead")]


def test_reviews_are_told_and_never_claimed(store: Store, catalog: Catalog, tmp_path: Path):
    from workbook.model import Person, Role

    store.save_answer(Answer(question=WHOLE, result="planned"), 0)
    reviewer = store.acting_as(Person("Reviewer", Role.REVIEWER))
    reviewer.save_review(Review(question=WHOLE, version=1, verdict="accepted", comment="=seen"), 0)

    assert column(sheet(store, "reviews"), "Comment") == ["=seen"]
    with empty_store(tmp_path, catalog) as other:
        made = imports.plan(other, saved(store, "csv", tmp_path))
        imports.apply(other, made)
        assert other.record().reviews == {}


# calendar -------------------------------------------------------------------------------------------------------------


def events(store: Store) -> dict[str, icalendar.Event]:
    """The events of the calendar by what they say, read as another program reads them."""
    calendar = icalendar.Calendar.from_ical(export.make(store, "ics").files["isms-2027.ics"])
    return {str(event["SUMMARY"]): event for event in calendar.events}


def test_the_calendar_holds_what_is_to_be_done_and_moves_with_it(store: Store):
    store.save_row(
        "actions", "CA-001", {"name": "Fix\nit", "due": "2026-12-01", "status": "planned", "owner": "Lead"}, 0
    )
    store.save_row("suppliers", "SUP-001", {"name": "Labels", "next_review": "2027-01-05"}, 0)
    before = events(store)
    store.save_row("actions", "CA-001", {"name": "Mend it", "due": "2026-12-24", "status": "planned"}, 1)
    after = events(store)

    assert str(before["Due: Fix\nit"]["UID"]) == str(after["Due: Mend it"]["UID"])
    event = after["Due: Mend it"]
    assert event.start == date(2026, 12, 24)
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["SEQUENCE"] > before["Due: Fix\nit"]["SEQUENCE"]
    assert "05_internal_audit, Corrective actions, CA-001" in str(event["DESCRIPTION"])
    assert event.categories == ["Corrective actions"]
    assert store.record().register("actions")[0].at.replace(microsecond=0) == event.LAST_MODIFIED
    assert "Next review: Labels" in after
    assert after["Audit begins: ISMS audit 2027"].start == date(2027, 2, 1)
    assert len({str(e["UID"]) for e in after.values()}) == len(after)


def test_what_is_done_is_in_no_calendar(store: Store):
    task = store.catalog.tasks[TASK]
    store.save_answer(Answer(question=WHOLE, result="planned", due="2026-12-01"), 0)
    question = store.catalog.question(WHOLE)
    assert {task.title, f"Answer due: {question.title}"} <= set(events(store))

    store.save_task(TaskState(task=TASK, status="done"), 0)
    store.save_answer(Answer(question=WHOLE, result="implemented", due="2026-12-01"), 1)
    store.save_row(
        "findings", "FI-001", {"name": "Old", "grade": "observation", "due": "2026-12-01", "status": "closed"}, 0
    )

    assert {task.title, f"Answer due: {question.title}", "Due: Old"} & set(events(store)) == set()


def test_the_last_day_on_which_evidence_counts_is_in_the_calendar(store: Store):
    question = store.catalog.question(WHOLE)
    wanted = question.evidence[0]
    about = {"title": "Export", "artefact": wanted.artefact, "collected_at": "2026-11-01"}
    key, _ = store.attach_bytes("proof.txt", [b"proof"], about)
    store.save_answer(Answer(question=WHOLE, result="implemented", evidence=(key,)), 0)

    assert wanted.max_age_days
    assert events(store)["Renew evidence: Export"].start == date(2026, 11, 1) + timedelta(days=wanted.max_age_days)


def test_the_same_record_gives_the_same_calendar(store: Store):
    assert export.make(store, "ics").files == export.make(store, "ics").files


# templates ------------------------------------------------------------------------------------------------------------


def test_a_template_that_nobody_filled_in_holds_no_rows(store: Store, tmp_path: Path, run: Callable[..., Result]):
    path = tmp_path / "all.xlsx"
    run("template", "--all", "-o", path)

    assert "There are no rows to import." in run("import", "isms-2027", path).output


def test_a_template_is_filled_in_and_imported(store: Store, tmp_path: Path):
    book = openpyxl.load_workbook(io.BytesIO(make_template(store.catalog, ["risks"])))
    page = book["Risk register"]
    assert page["A2"].value == "# example"
    for place, text in ((2, "Poisoned labels"), (4, "adversarial attack")):
        page.cell(3, place).value = text
    book.save(tmp_path / "risks.xlsx")

    made = imports.plan(store, tmp_path / "risks.xlsx")

    assert made.problems == []
    assert [(d.kind, d.key) for d in made.drafts] == [("risks", "R-001")]


def test_a_template_says_what_each_column_is_for(store: Store):
    book = openpyxl.load_workbook(io.BytesIO(make_template(store.catalog, ["risks"])))
    lines = {row[2].value: [cell.value for cell in row] for row in book["Columns"].iter_rows(min_row=2)}

    assert lines["likelihood"][:3] == ["Risk register", "Likelihood", "likelihood"]
    assert lines["likelihood"][4] == "a whole number from 1 to 10"
    assert lines["treatment"][4] == "one of: modify; retain; avoid; share"
    assert lines["name"][3] == "yes"
    assert "uses which weakness" in book["Risk register"]["C1"].comment.text


# the commands ---------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_replaced_and_that_is_said(store: Store, tmp_path: Path, run: Callable[..., Result]):
    path = tmp_path / "out.xlsx"
    assert "Replaced" not in run("export", "isms-2027", "-o", path).output
    told = run("export", "isms-2027", "-o", path).output

    assert f"Replaced what was there: {path}" in told
    assert zipfile.is_zipfile(path)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-o", "x.txt"], "does not say which format"),
        (["-o", "x.csv", "--to", "xlsx"], "do not agree"),
        (["-o", "x.csv"], "is one file, but there are"),
        (["-o", "-", "--to", "csv"], "takes one text"),
        (["-o", "-"], "does not say which format"),
        (["--to", "ics", "--only", "risks"], "leave --only out"),
        (["--to", "jsonl", "--with-evidence"], "as XLSX or CSV"),
        (["-o", "/dev/null", "--to", "xlsx"], "is no file"),
        (["-o", "/proc/x.xlsx"], "could not be written"),
    ],
)
def test_what_cannot_be_written_is_answered_in_one_sentence(
    store: Store, arguments: list[str], says: str, run: Callable[..., Result]
):
    told = run("export", "isms-2027", *arguments, code=2).output

    assert says in told
    assert "Traceback" not in told


def test_one_text_goes_to_standard_output(store: Store, run: Callable[..., Result]):
    lines = run("export", "isms-2027", "--to", "jsonl", "--only", "ML systems in scope", "-o", "-").stdout.splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["SYS-001", "SYS-002"]
    told = run("export", "isms-2027", "--to", "csv", "--only", "systems", "-o", "-").stdout
    assert told.startswith("\ufeffId,Name,")


def test_an_earlier_state_can_be_taken_out(store: Store, tmp_path: Path, run: Callable[..., Result]):
    before = store.head().number
    store.save_row("datasets", "DS-001", {"name": "Loans"}, 0)
    told = run("export", "isms-2027", "--as-of", f"r{before}", "-o", tmp_path / "x.jsonl", "--json").stdout

    assert json.loads(told)["head"] == before
    assert "DS-001" not in (tmp_path / "x.jsonl").read_text()


def test_two_thousand_rows_go_out_and_come_in_as_nothing_to_change(store: Store, tmp_path: Path):
    store.save([Draft("datasets", f"DS-{n:05}", {"name": f"Table {n}", "owner": "Data steward"}) for n in range(2_000)])

    made = imports.plan(store, saved(store, "xlsx", tmp_path, only=["datasets"]))

    assert (made.problems, made.drafts, len(made.rows)) == ([], [], 2_000)
