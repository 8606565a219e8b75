"""Importing the files people have: first a plan in words, then all of it or nothing, and a second time nothing."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from workbook.errors import BadFile, BadInput, Conflict, NotAllowed
from workbook.exchange import imports
from workbook.exchange.mapping import EVERY, NOTHING_SAID, ImportMapping, TableMapping
from workbook.exchange.plan import Plan
from workbook.model import Draft, Person, Result
from workbook.store import Store

Q, WHOLE = "ac-privileged-deploy", "di-instruction"  # asked per system, asked once


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def said(**what: Any) -> ImportMapping:
    """What is said of every table of an import."""
    return ImportMapping(tables={EVERY: TableMapping(**what)})


def bring(store: Store, path: Path, mapping: ImportMapping = NOTHING_SAID) -> Plan:
    made = imports.plan(store, path, mapping)
    assert not made.problems, made.text()
    imports.apply(store, made)
    return made


def refused(store: Store, path: Path, mapping: ImportMapping = NOTHING_SAID) -> str:
    """What the plan has against this import; nothing may be recorded by it."""
    head = store.head()
    made = imports.plan(store, path, mapping)
    assert made.problems
    with pytest.raises(BadInput, match="Nothing was imported"):
        imports.apply(store, made)
    assert store.head() == head
    return "\n".join(map(str, made.problems))


def rows(store: Store, register: str) -> dict[str, dict[str, Any]]:
    return {r.key: {c: v for c, v in r.values.items() if v is not None} for r in store.record().register(register)}


def states(made: Plan) -> list[str]:
    return [row.state for row in made.rows]


# columns and names --------------------------------------------------------------------------------------------------


def test_a_register_is_told_by_its_title_and_columns_by_their_labels_in_any_case(store: Store, tmp_path: Path):
    bring(store, write(tmp_path, "Data sources.csv", "NAME;used by;Personal data", "Bureau;credit SCORING;Yes"))

    assert rows(store, "data_sources") == {
        "SRC-001": {"name": "Bureau", "systems": ("SYS-001",), "personal_data": "yes"}
    }


def test_a_table_with_an_unknown_name_is_refused_with_near_names(store: Store, tmp_path: Path):
    path = write(tmp_path, "data-set.csv", "name", "Loans")

    assert "No kind of table is called 'data-set'. Did you mean datasets" in refused(store, path)
    assert states(bring(store, path, said(into="datasets"))) == ["new"]


def test_missing_columns_are_named_beside_those_that_were_found(store: Store, tmp_path: Path):
    says = refused(store, write(tmp_path, "findings.csv", "id,name,owner", "FI-001,No ticket,ML platform lead"))

    assert says.startswith("findings.csv: the columns are missing: Grade, Status. Found: id; name; owner. Say which")


def test_unknown_columns_are_refused_until_they_are_mapped_or_dropped(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "name,Data ownr,Colour", "Loans,Data steward,red")

    says = refused(store, path)
    assert "column Data ownr: no column is called so. Did you mean Owner?" in says
    assert "no column is called Colour. Map what is of use" in says

    bring(store, path, said(columns={"data OWNR": "owner", "Colour": ""}))
    assert rows(store, "datasets") == {"DS-001": {"name": "Loans", "owner": "Data steward"}}


def test_two_columns_that_mean_the_same_are_refused(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "name,owner,steward", "Loans,a,b")

    assert "the columns owner and steward both stand for Owner" in refused(
        store, path, said(columns={"steward": "owner"})
    )


def test_into_names_one_table_only(store: Store, tmp_path: Path):
    write(tmp_path / "in", "a.csv", "name", "x")
    write(tmp_path / "in", "b.csv", "name", "x")

    with pytest.raises(BadInput, match="has 2 tables"):
        imports.plan(store, tmp_path / "in", said(into="datasets"))


# keys ---------------------------------------------------------------------------------------------------------------


def test_importing_twice_changes_nothing_with_and_without_ids(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "datasets.csv", "id,name,systems", "DS-007,Loans,SYS-001", ",Scores,SYS-001", ",Scores,SYS-002")
    write(folder, "evidence.csv", "file,title", "proof/a.txt,Export")
    write(folder, "proof/a.txt", "seen")
    write(folder, "answers.csv", "question,system,result", f"{Q},Credit scoring,Partial", f"{WHOLE},,planned")
    write(folder, "tasks.csv", "task,status", "t3-train-staff,Under way")
    write(folder, "engagement.yaml", "title: Surveillance audit", 'audit_date: "2027-02-01"')

    first = bring(store, folder)
    head = store.head()
    second = bring(store, folder)

    assert set(states(first)) == {"changed", "new"}  # the engagement was there
    assert set(states(second)) == {"same"}
    assert not second.drafts
    assert store.head() == head
    assert set(rows(store, "datasets")) == {"DS-007", "DS-008", "DS-009"}


def test_rows_without_an_id_get_keys_that_were_never_used(store: Store, tmp_path: Path):
    store.save([Draft("datasets", "DS-004", {"name": "Old"})])
    store.delete("datasets", "DS-004", 1)

    bring(store, write(tmp_path, "datasets.csv", "id,name", "DS-002,Loans", ",Scores"))

    assert set(rows(store, "datasets")) == {"DS-002", "DS-005"}


def test_an_id_that_stands_twice_is_refused_with_both_lines(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "id,name", "DS-001,Loans", "DS-002,Scores", "DS-001,Others")

    assert refused(store, path) == (
        "datasets.csv, line 4: the id DS-001 stands here a second time, first in datasets.csv, line 2; keep one."
    )


def test_an_answer_and_a_task_that_stand_twice_are_refused(store: Store, tmp_path: Path):
    answers = write(
        tmp_path, "answers.csv", "question,system,result", f"{Q},SYS-001,partial", f"{Q},Credit scoring,planned"
    )
    tasks = write(tmp_path, "tasks.csv", "task,status", "t3-train-staff,open", "t3-train-staff,done")

    assert f"line 3: the answer {Q}@SYS-001 stands here a second time, first in answers.csv, line 2" in refused(
        store, answers
    )
    assert "line 3: the task t3-train-staff stands here a second time" in refused(store, tasks)


@pytest.mark.parametrize("key", ["DS,1", "DS;1", "=1", "<b>", "x" * 65])
def test_an_id_that_no_cell_could_refer_to_is_refused(store: Store, tmp_path: Path, key: str):
    assert "cannot be an id" in refused(store, write(tmp_path, "datasets.csv", "id,name", f'"{key}",Loans'))


def test_controls_are_keyed_by_their_number(store: Store, tmp_path: Path):
    path = write(tmp_path, "controls.csv", "id,name", "A.8.2,Privileged access", "A.8.99,Nothing", ",Nameless")

    says = refused(store, path)
    assert "line 3: No control is called 'A.8.99'" in says
    assert "line 4: The id is empty; say which control it is, for example A.8.2." in says


# rows ---------------------------------------------------------------------------------------------------------------


def test_each_row_is_new_changed_same_or_wrong(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "id,name,owner", "DS-001,Loans,", "DS-002,Scores,Data steward")
    bring(store, path)
    write(
        tmp_path, path.name, "id,name,personal_data,owner",
        "DS-001,Loans,no,", "DS-002,Scores,,Data steward", "DS-003,Log,,", "DS-004,,,", "DS-005,Cache,perhaps,",
    )  # fmt: skip

    made = imports.plan(store, path)

    assert states(made) == ["changed", "same", "new", "wrong", "wrong"]
    assert made.text().splitlines() == [
        "datasets.csv, line 5: Name is empty; every dataset needs one.",
        "datasets.csv, line 6: Personal data: 'perhaps' is not one of no, pseudonymised, yes, special categories.",
        "datasets         1 new, 1 changed, 1 same, 2 wrong",
    ]
    assert made.summary()["tables"] == [{"kind": "datasets", "new": 1, "changed": 1, "same": 1, "wrong": 2}]


def test_a_column_that_the_table_does_not_have_keeps_what_the_record_holds(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "id,name,owner,retention", "DS-001,Loans,Data steward,2 years")
    bring(store, path)

    bring(store, write(tmp_path, path.name, "id,name,retention", "DS-001,Loans 2,3 years"))

    assert rows(store, "datasets")["DS-001"] == {"name": "Loans 2", "owner": "Data steward", "retention": "3 years"}


def test_a_blank_cell_clears_nothing_unless_that_is_said_and_both_are_told(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "id,name,owner,retention", "DS-001,Loans,Data steward,2 years")
    bring(store, path)
    write(tmp_path, path.name, "id,name,owner,retention", "DS-001,Loans,,")

    kept = imports.plan(store, path)
    cleared = imports.plan(store, path, said(blank_clears=True))

    assert states(kept) == ["same"]
    assert kept.notes == [
        "datasets.csv: blank cells clear nothing, so Owner stays as it is in 1 row (line 2)",
        "datasets.csv: blank cells clear nothing, so Kept for stays as it is in 1 row (line 2)",
    ]
    assert cleared.notes == []
    assert "owner: Data steward → nothing; retention: 2 years → nothing" in cleared.preview()
    imports.apply(store, cleared)
    assert rows(store, "datasets")["DS-001"] == {"name": "Loans"}


def test_a_preview_shows_row_by_row_what_changes_old_and_new(store: Store, tmp_path: Path):
    text = "Loans of the last ten years joined with the bureau file and cleaned by hand before the first training run"
    path = write(tmp_path, "datasets.csv", "id,name,owner,lineage", f"DS-001,Loans,Anna,{text}", "DS-002,Scores,Anna,")
    bring(store, path)
    write(
        tmp_path, path.name, "id,name,owner,lineage",
        f"DS-001,Loans,Ben,{text.replace('by hand', 'by a script')}", "DS-002,Scores,,", ",Log,,",
    )  # fmt: skip

    made = imports.plan(store, path)

    assert made.preview().splitlines()[1:] == [
        "changed  datasets DS-001 Loans | lineage: … and cleaned by hand before the first training run → "
        "… and cleaned by a script before the first training run; owner: Anna → Ben",
        "new      datasets DS-003 Log",
        "datasets         1 new, 1 changed, 1 same, 0 wrong",
    ]
    first, second = made.summary()["rows"]
    assert first["changes"][0]["old"] == text
    assert first["changes"][1] == {"column": "owner", "old": "Anna", "new": "Ben"}
    assert (second["key"], second["line"], second["state"], second["table"]) == ("DS-003", 4, "new", "datasets.csv")
    assert "Anna" not in made.text()


def test_rows_that_are_matched_by_name_are_told(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "name,owner", "Loans,Anna", "Scores,Anna")
    assert bring(store, path).notes == []

    made = bring(store, write(tmp_path, path.name, "name,owner", "loans,Ben", "Scores,Anna", "Log,Anna"))

    assert made.notes == ["datasets.csv: matched by name: 2 rows (loans is DS-001; Scores is DS-002)"]
    assert states(made) == ["changed", "same", "new"]


def test_an_answer_keeps_its_rationale_when_only_results_are_imported(store: Store, tmp_path: Path):
    path = write(tmp_path, "answers.csv", "question,system,result,rationale", f"{Q},SYS-001,partial,The pipeline only")
    bring(store, path)

    bring(store, write(tmp_path, path.name, "question,system,result", f"{Q},SYS-001,implemented"))

    answer = store.record().ask(Q, "SYS-001").answer.value
    assert (answer.result, answer.rationale) == (Result.IMPLEMENTED, "The pipeline only")


def test_rows_refer_to_each_other_by_id_or_name_whatever_the_order_of_the_files(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "actions.csv", "name,finding,status", "Gate,No ticket,planned")
    write(
        folder,
        "components.csv",
        "id,name,kind",
        "C-001,Lake,data storage",
        'C-002,"API, public",endpoint or integration',
    )
    write(folder, "findings.csv", "name,grade,status,systems", "No ticket,observation,open,SYS-002; Credit scoring")
    write(folder, "flows.csv", "name,source,target", 'Answers,Lake,"API, public"')

    bring(store, folder)

    assert rows(store, "actions")["CA-001"]["finding"] == "FI-001"
    assert rows(store, "findings")["FI-001"]["systems"] == ("SYS-001", "SYS-002")
    assert rows(store, "flows")["F-001"] == {"name": "Answers", "source": "C-001", "target": "C-002"}


def test_a_name_that_two_rows_share_refers_to_neither(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "components.csv", "name,kind", "Lake,data storage", "Lake,data storage")
    write(folder, "datasets.csv", "name,location", "Loans,Lake")

    assert "datasets.csv, line 2: Stored in: No component is called 'Lake'" in refused(store, folder)


def test_a_reference_to_nothing_is_refused_with_near_names(store: Store, tmp_path: Path):
    says = refused(store, write(tmp_path, "datasets.csv", "name,systems", "Loans,SYS-01"))

    assert says.startswith("datasets.csv, line 2: Systems: No system is called 'SYS-01'. Did you mean SYS-001")


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "🎈 Überprüfung", "\u202eتدقيق", "'; DROP TABLE revision"],
)
def test_whatever_a_cell_says_is_kept_as_the_text_it_is(store: Store, tmp_path: Path, text: str):
    bring(store, write(tmp_path, "datasets.csv", "name,lineage", f"Loans,{text}"))

    assert rows(store, "datasets")["DS-001"]["lineage"] == text


def test_a_megabyte_in_one_cell_is_refused_in_a_register_and_kept_in_a_rationale(store: Store, tmp_path: Path):
    text = "x" * 1_000_000
    register = write(tmp_path, "datasets.csv", "name,lineage", f"Loans,{text}")

    assert "line 2: Preparation and lineage: holds 1,000,000 characters" in refused(store, register)
    bring(store, write(tmp_path, "answers.csv", "question,result,rationale", f"{WHOLE},partial,{text}"))
    assert store.record().ask(WHOLE).answer.value.rationale == text


def test_twenty_thousand_rows_are_planned(store: Store, tmp_path: Path):
    lines = (f"Table {n},SYS-001,Data steward" for n in range(20_000))

    made = imports.plan(store, write(tmp_path, "datasets.csv", "name,systems,owner", *lines))

    assert made.summary()["tables"] == [{"kind": "datasets", "new": 20_000, "changed": 0, "same": 0, "wrong": 0}]
    assert not made.problems
    assert made.preview().splitlines()[-2] == "… and 19980 more rows; --json shows them all"
    assert made.drafts[-1].key == "DS-20000"


def test_many_problems_are_told_shortly(store: Store, tmp_path: Path):
    lines = [f"a,data privacy,{n}" for n in range(6, 31)]
    made = imports.plan(store, write(tmp_path, "risks.csv", "name,area,likelihood", *lines))

    assert len(made.problems) == 25
    assert made.text().splitlines()[-2:] == [
        "… and 5 more problems; --json shows them all",
        "risks            0 new, 0 changed, 0 same, 25 wrong",
    ]
    assert len(made.summary()["problems"]) == 25


def test_every_wrong_cell_of_every_row_is_told_and_the_same_one_once(store: Store, tmp_path: Path):
    lines = [f"Risk {n},systems,Postpone,{9 if n == 1 else 3}" for n in range(26)]
    path = write(tmp_path, "risks.csv", "name,area,treatment,likelihood", *lines, ",systems,Postpone,9")

    made = imports.plan(store, path)

    area, treatment, likelihood, name = made.summary()["problems"]
    assert treatment == (
        "risks.csv: Treatment: 'Postpone' is not one of modify, retain, avoid, share — 27 lines: 2, 3, 4, 5, 6 …"
    )
    assert likelihood.endswith("which goes from 1 to 5 in the usual 5 × 5 — 2 lines: 3, 28")
    assert name == "risks.csv, line 28: Risk is empty; every risk needs one."
    [group] = [g for g in made.summary()["groups"] if g["column"] == "treatment"]
    assert (group["value"], group["lines"]) == ("Postpone", list(range(2, 29)))
    assert area.startswith("risks.csv: ")


def test_wrong_headers_and_wrong_cells_are_told_together(store: Store, tmp_path: Path):
    path = write(tmp_path, "findings.csv", "name,colour,grade", "No ticket,red,huge", "No log,red,huge")

    missing, unknown, grade = refused(store, path).splitlines()[:3]

    assert "the column is missing: Status" in missing
    assert "no column is called colour" in unknown
    assert "line 2: Grade: 'huge' is not one of" in grade
    assert "Status is empty" not in refused(store, path)


def test_one_unreadable_file_of_a_folder_hides_nothing_of_the_others(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "datasets.csv", "name,classification", "Loans,purple")
    write(folder, "models.csv", "name", "gbm")
    (folder / "risks.xlsx").write_bytes(b"no zip file")
    (folder / "suppliers.csv").write_bytes(b"name\nM\xfcller\n")

    made = imports.plan(store, folder)

    assert [str(p)[:50] for p in made.problems] == [
        "risks.xlsx is not a readable .xlsx file (BadZipFil", "suppliers.csv, line 2 (byte 6): this is not UTF-8 ",
        "datasets.csv, line 2: Classification: 'purple' is ",
    ]  # fmt: skip
    assert {kind: sum(n.values()) for kind, n in made.counts.items()} == {"datasets": 1, "models": 1}
    with pytest.raises(BadFile, match="risks"):
        imports.plan(store, folder / "risks.xlsx")


def test_a_cover_and_a_history_are_left_out_beside_a_known_sheet_and_told(store: Store, tmp_path: Path):
    path = tmp_path / "registers.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("Cover").write_column("B2", ["Northlight Credit", "Registers"])
        history = made.add_worksheet("Version history")
        history.write_row("A1", ["Version", "Author"])
        history.write_row("A2", ["2.1", "Ann"])
        datasets = made.add_worksheet("Datasets")
        datasets.write_row("A1", ["id", "name"])
        datasets.write_row("A2", ["DS-1", "Loans"])

    made_plan = bring(store, path)

    assert [note.partition(":")[0] for note in made_plan.notes if "left out" in note] == [
        "registers.xlsx, sheet Cover",
        "registers.xlsx, sheet Version history",
    ]
    assert [d.key for d in made_plan.drafts] == ["DS-1"]


def test_a_sheet_with_a_name_that_is_nearly_ours_is_never_left_out(store: Store, tmp_path: Path):
    path = tmp_path / "registers.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for sheet in ("Datasets", "Suppliers list of ours", "Datasts"):
            made.add_worksheet(sheet).write_row("A1", ["id", "name"])
            made.get_worksheet_by_name(sheet).write_row("A2", ["X-1", "Loans"])

    problems = [str(problem) for problem in imports.plan(store, path).problems]

    assert any("'Datasts'" in says and "Did you mean" in says for says in problems)


def test_what_lies_in_a_folder_and_is_not_read_is_told_but_not_the_evidence(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "evidence.csv", "file,title", "a.txt,Export", "proof/b.txt,Log")
    for name in ("a.txt", "proof/b.txt", "old/datasets.csv", "models.ods", ".DS_Store"):
        write(folder, name, name)

    [note] = bring(store, folder).notes

    assert note.startswith("Left out, because only CSV and XLSX files and engagement.yaml are read")
    assert note.endswith(": models.ods; old/")


# answers and tasks --------------------------------------------------------------------------------------------------


def test_an_answer_is_imported_with_owner_due_date_and_evidence(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "evidence.csv", "id,link,title", "EV-0007,https://tickets.example/PLAT-311,Ticket")
    write(
        folder, "answers.csv", "question,system,result,rationale,owner,due,evidence",
        f'{Q},Support assistant,Partial,"Only the pipeline, and two people.",ML platform lead,2027-01-15,EV-0007',
    )  # fmt: skip

    bring(store, folder)
    asked = store.record().ask(Q, "SYS-002")

    assert asked.result is Result.PARTIAL
    assert (asked.answer.value.owner, str(asked.answer.value.due)) == ("ML platform lead", "2027-01-15")
    assert [key for key, _, _ in asked.evidence] == ["EV-0007"]
    assert asked.answer.actor == "ML platform lead"


BAD_ANSWERS = {
    "unknown question": ("ac-privileged,SYS-001,partial,,", "No question is called 'ac-privileged'. Did you mean"),
    "no system": (f"{Q},,partial,,", f"No system is called ''. There is SYS-001, SYS-002. {Q} is asked per system."),
    "needless system": (f"{WHOLE},SYS-001,partial,,", f"{WHOLE} is asked once for the whole engagement"),
    "unknown result": (f"{Q},SYS-001,done,,", "Answer, result: 'done' is not one of not assessed, not implemented"),
    "no reason": (f"{Q},SYS-001,not applicable,,", "Not applicable needs a reason"),
    "no date": (f"{Q},SYS-001,partial,soon,", "Answer, due: 'soon' is not a date; write it as 2026-11-30."),
    "no such day": (f"{Q},SYS-001,partial,2026-02-30,", "Answer, due: '2026-02-30' is not a date"),
    "unknown evidence": (f"{Q},SYS-001,partial,,EV-0404", "No piece of evidence is called 'EV-0404'"),
}


@pytest.mark.parametrize("why", BAD_ANSWERS)
def test_an_answer_that_cannot_be_kept_is_refused(store: Store, tmp_path: Path, why: str):
    line, says = BAD_ANSWERS[why]
    path = write(tmp_path, "answers.csv", "question,system,result,due,evidence", line)

    assert f"answers.csv, line 2: {says}" in refused(store, path)


def test_an_unknown_task_or_state_is_refused(store: Store, tmp_path: Path):
    says = refused(store, write(tmp_path, "tasks.csv", "task,status", "t3-train,open", "t3-train-staff,soon"))

    assert "line 2: No task is called 't3-train'. Did you mean t3-train-staff" in says
    assert "line 3: Task, status: 'soon' is not one of open, under way, done, not needed." in says


# independence -------------------------------------------------------------------------------------------------------

TEST = ("question,system,auditor,name", f"{Q},SYS-001,{{}},Deployments of the year")


def test_an_auditor_who_answered_in_the_record_cannot_test(store: Store, tmp_path: Path):
    bring(store, write(tmp_path, "answers.csv", "question,system,result", f"{Q},SYS-001,partial"))
    path = write(tmp_path, "tests.csv", TEST[0], TEST[1].format("ml PLATFORM lead"))

    assert "answered ac-privileged-deploy and cannot test it (control A.5.3, clause 9.2.2)" in refused(store, path)


def test_an_auditor_who_answers_in_the_same_import_cannot_test(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "answers.csv", "question,system,result", f"{Q},SYS-001,partial")
    write(folder, "tests.csv", TEST[0], TEST[1].format("ML platform lead"))

    assert "answered ac-privileged-deploy and cannot test it" in refused(store, folder)

    write(folder, "tests.csv", TEST[0], TEST[1].format("Lead internal auditor"))
    bring(store, folder)
    assert rows(store, "tests")["T-001"]["auditor"] == "Lead internal auditor"


# evidence -----------------------------------------------------------------------------------------------------------


def test_an_evidence_file_lies_in_the_vault_with_what_is_known_about_it(store: Store, tmp_path: Path):
    write(tmp_path / "in", "proof/export.csv", "account", "pipeline")
    write(
        tmp_path / "in", "evidence.csv", "id,file,title,collected at,Classification,period_to",
        "EV-0003,proof\\export.csv,Registry rights,2026-11-02,confidential,2026-10-31",
    )  # fmt: skip

    bring(store, tmp_path / "in")
    kept = store.record().evidence["EV-0003"].value

    assert (kept.name, kept.media_type, kept.classification) == ("export.csv", "text/csv", "confidential")
    assert (str(kept.collected_at), str(kept.period_to)) == ("2026-11-02", "2026-10-31")
    with store.vault.open(kept.sha256) as file:
        assert file.read() == b"account\npipeline\n"
    assert store.verify_evidence() == []


BAD_FILES = {
    "missing": ("proof/gone.csv", "gone.csv"),
    "folder": ("proof", "proof is a folder|proof is no|not a file|regular file"),
    "empty": ("empty.csv", "empty.csv is empty"),
    "above": ("../secret.txt", "lies outside the folder of its table"),
    "above by a way round": ("proof/../../secret.txt", "lies outside"),
    "absolute": ("/etc/passwd", "lies outside"),
    "drive": ("C:\\secret.txt", "lies outside"),
    "backslashes": ("..\\secret.txt", "lies outside"),
    "link": ("link.csv", "is reached through a link"),
    "link to a folder": ("linked/secret.txt", "is reached through a link"),
    "nothing": ("", "Neither a file nor a link is given"),
}


@pytest.mark.parametrize("why", BAD_FILES)
def test_an_evidence_file_that_is_not_beside_its_table_or_not_a_file_is_refused(store: Store, tmp_path: Path, why: str):
    folder = tmp_path / "in"
    write(tmp_path, "secret.txt", "not yours")
    write(folder, "proof/export.csv", "seen")
    (folder / "empty.csv").touch()
    (folder / "link.csv").symlink_to(folder / "proof/export.csv")
    (folder / "linked").symlink_to(tmp_path)
    name, says = BAD_FILES[why]
    path = write(folder, "evidence.csv", "id,file,title", f"EV-0001,{name},Export")

    told = refused(store, path)
    assert told.startswith("evidence.csv, line 2: ")
    assert any(part in told for part in says.split("|")), told


def test_the_file_behind_evidence_is_not_exchanged_by_an_import(store: Store, tmp_path: Path):
    write(tmp_path, "a.txt", "first")
    path = write(tmp_path, "evidence.csv", "id,file,title", "EV-0001,a.txt,Export")
    bring(store, path)

    write(tmp_path, "a.txt", "second")

    assert "EV-0001 is another file or link already and cannot be exchanged" in refused(store, path)
    assert states(bring(store, write(tmp_path, path.name, "file,title", "a.txt,Export"))) == ["new"]
    assert set(store.record().evidence) == {"EV-0001", "EV-0002"}


def test_other_facts_about_the_same_file_are_a_change_with_and_without_its_id(store: Store, tmp_path: Path):
    write(tmp_path, "a.txt", "seen")
    path = write(tmp_path, "evidence.csv", "file,title", "a.txt,Export")
    bring(store, path)

    assert states(bring(store, write(tmp_path, path.name, "file,title", "a.txt,Renamed"))) == ["changed"]
    assert [e.value.title for e in store.record().evidence.values()] == ["Renamed"]


def test_everything_that_is_wrong_with_a_piece_of_evidence_is_told_at_once(store: Store, tmp_path: Path):
    path = write(tmp_path, "evidence.csv", "file,classification,collected_at", r"\\server\a.txt,purple,soon")

    file, classification, collected = refused(store, path).splitlines()

    assert "copy it there and name it from there, or name the place in the column link, as a reference." in file
    assert "line 2: Evidence, classification: 'purple' is not one of" in classification
    assert "line 2: Evidence, collected_at: 'soon' is not a date" in collected


def test_a_place_on_a_file_share_is_imported_as_a_reference(store: Store, tmp_path: Path):
    path = write(tmp_path, "evidence.csv", "link,title", r"\\server\audit\roles.csv,Roles")

    bring(store, path)

    [evidence] = store.record().evidence.values()
    assert (evidence.value.form, evidence.value.link) == ("reference", r"\\server\audit\roles.csv")
    assert states(bring(store, path)) == ["same"]


def test_a_link_that_is_no_address_is_refused(store: Store, tmp_path: Path):
    path = write(tmp_path, "evidence.csv", "link,title", "javascript:alert(1),Ticket")

    assert "Evidence, link: must begin with https:// or http://" in refused(store, path)


def test_a_file_that_changes_between_plan_and_import_stops_it(store: Store, tmp_path: Path):
    write(tmp_path, "a.txt", "first")
    made = imports.plan(store, write(tmp_path, "evidence.csv", "file,title", "a.txt,Export"))
    write(tmp_path, "a.txt", "second")

    with pytest.raises(BadFile, match=r"a\.txt changed while it was imported; nothing was recorded"):
        imports.apply(store, made)
    assert not store.record().evidence


# all or nothing -----------------------------------------------------------------------------------------------------


def test_one_wrong_row_keeps_every_file_of_a_folder_out(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "datasets.csv", "name", "Loans")
    write(folder, "models.csv", "name,stage", "gbm,flying")

    assert "models.csv, line 2: Stage: 'flying' is not one of" in refused(store, folder)
    assert not rows(store, "datasets")


def test_somebody_who_was_faster_is_not_overwritten(store: Store, tmp_path: Path):
    path = write(tmp_path, "systems.csv", "id,name,owner", "SYS-001,Credit scoring,New lead", "SYS-009,Pricing,Lead")
    made = imports.plan(store, path)
    store.acting_as(Person("Security lead")).save_row("systems", "SYS-001", {"name": "Scoring"}, 1)

    with pytest.raises(Conflict):
        imports.apply(store, made)

    assert {k: v["name"] for k, v in rows(store, "systems").items()} == {
        "SYS-001": "Scoring", "SYS-002": "Support assistant",
    }  # fmt: skip


def test_imports_at_the_same_moment_without_ids_all_succeed(store: Store, tmp_path: Path):
    made = [
        imports.plan(store, write(tmp_path / name, "datasets.csv", "name", f"{name} 1", f"{name} 2")) for name in "abc"
    ]

    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(imports.apply, store), made))

    assert {r["name"] for r in rows(store, "datasets").values()} == {"a 1", "a 2", "b 1", "b 2", "c 1", "c 2"}
    assert {d.key for one in made for d in one.drafts} == set(rows(store, "datasets"))


def test_an_import_that_somebody_else_made_meanwhile_is_not_made_twice(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "name", "Loans", "Scores")
    first, second = imports.plan(store, path), imports.plan(store, path)
    imports.apply(store, first)

    assert imports.apply(store, second) == []
    assert len(rows(store, "datasets")) == 2


def test_an_import_that_would_now_do_something_else_is_to_be_looked_at_again(store: Store, tmp_path: Path):
    made = imports.plan(store, write(tmp_path, "datasets.csv", "name,owner", "Loans,Anna"))
    store.save_row("datasets", "", {"name": "Loans", "owner": "Ben"}, 0)

    with pytest.raises(Conflict, match="Import again to see what changes"):
        imports.apply(store, made)
    assert rows(store, "datasets")["DS-001"]["owner"] == "Ben"


def test_a_record_shown_as_of_an_earlier_day_takes_no_import_and_no_file(store: Store, tmp_path: Path):
    write(tmp_path, "a.txt", "seen")
    made = imports.plan(store, write(tmp_path, "evidence.csv", "file,title", "a.txt,Export"))
    store.as_of = store.on

    with pytest.raises(NotAllowed, match="open the newest state"):
        imports.apply(store, made)
    assert not any(f.is_file() for f in (tmp_path / "home" / "evidence").rglob("*"))


def test_a_deleted_row_comes_back_as_new(store: Store, tmp_path: Path):
    path = write(tmp_path, "datasets.csv", "id,name", "DS-001,Loans")
    bring(store, path)
    store.delete("datasets", "DS-001", 1)

    assert states(bring(store, path)) == ["new"]
    assert rows(store, "datasets") == {"DS-001": {"name": "Loans"}}


def test_a_folder_or_path_without_tables_is_refused(store: Store, tmp_path: Path):
    write(tmp_path / "in", "notes.txt", "nothing")

    with pytest.raises(BadFile, match="holds no CSV or XLSX file"):
        imports.plan(store, tmp_path / "in")
    with pytest.raises(BadFile, match="does not exist"):
        imports.plan(store, tmp_path / "gone")


def test_the_engagement_comes_from_its_own_file_and_is_refused_by_field(store: Store, tmp_path: Path):
    path = write(
        tmp_path, "engagement.yaml", "title: Surveillance", "audit_kind: surveillance", "audit_date: 2027-02-01"
    )

    about = store.record().engagement.model_copy(update={"time_zone": "Europe/Berlin"})
    store.save_engagement(about, 1)
    bring(store, path)
    assert store.record().engagement.audit_kind == "surveillance"
    assert store.zone.key == "Europe/Berlin"

    for lines, says in [
        (["title: A", "auditor: X"], "engagement.yaml: Audit: there is no field 'auditor'"),
        (["title: 2027"], "Audit, title: 2027 is no text; put it into quotation marks."),
        (["title: A", "time_zone: Berlin"], "Did you mean Europe/Berlin"),
        (["- title"], "expected names with values"),
    ]:
        assert says in refused(store, write(tmp_path, "engagement.yaml", *lines))


def test_a_spreadsheet_with_several_sheets_is_imported_like_a_folder(store: Store, tmp_path: Path):
    path = tmp_path / "inventory.xlsx"
    with xlsxwriter.Workbook(path) as book:
        suppliers = book.add_worksheet("Suppliers")
        suppliers.write_row(0, 0, ["Name", "Personal data", "Contract ends", "Systems"])
        suppliers.write_row(1, 0, ["Bureau", "Yes"])
        suppliers.write_string(1, 2, "2026-09-30")
        suppliers.write_string(1, 3, "SYS-001;SYS-002")
        book.add_worksheet("Data sources").write_row(0, 0, ["Name", "Supplier", "Origin"])
        book.get_worksheet_by_name("Data sources").write_row(1, 0, ["Bureau file", "bureau", "purchased"])

    made = bring(store, path)

    assert {k: sum(n.values()) for k, n in made.counts.items()} == {"suppliers": 1, "data_sources": 1}
    assert str(rows(store, "suppliers")["SUP-001"]["contract_ends"]) == "2026-09-30"
    assert rows(store, "data_sources")["SRC-001"]["supplier"] == "SUP-001"


# ids, lists and days as people write them ---------------------------------------------------------------------------


def test_days_are_read_in_any_form_that_means_one(store: Store, tmp_path: Path):
    forms = ["2027-04-03T10:00:00", "46480", "3. April 2027", "Apr 3, 2027", "3.4.2027", "\u00a02027\u201104\u201103"]
    lines = [f'Set {n},"{form}"' for n, form in enumerate(forms)]

    bring(store, write(tmp_path, "datasets.csv", "name,delete_by", *lines))

    assert {str(row["delete_by"]) for row in rows(store, "datasets").values()} == {"2027-04-03"}


@pytest.mark.parametrize(("order", "day"), [("day-first", "2027-04-03"), ("month-first", "2027-03-04")])
def test_a_day_that_may_be_one_of_two_is_asked_for(store: Store, tmp_path: Path, order: str, day: str):
    path = write(tmp_path, "datasets.csv", "name,delete_by,owner", "Loans,03/04/2027,x")

    says = refused(store, path)
    assert "'03/04/2027' may be 3 April or 4 March 2027" in says
    assert "say for all of them which with --dates day-first or month-first" in says

    bring(store, path, said(dates=order))
    assert str(rows(store, "datasets")["DS-001"]["delete_by"]) == day


def test_controls_are_known_in_the_numbering_people_use(store: Store, tmp_path: Path):
    bring(
        store, write(tmp_path, "controls.csv", "id,name", "5.1,Policies", "a8.2,Rights", "A.5.15 Access control,Access")
    )
    assert list(rows(store, "controls")) == ["A.5.1", "A.5.15", "A.8.2"]

    again = refused(store, write(tmp_path, "controls.csv", "id,name", "5.1,Policies", "5.1,Inventory"))
    assert "the id A.5.1 stands here a second time" in again
    assert "If a number lost its zero (5.10 became 5.1)" in again
    clause = refused(store, write(tmp_path, "controls.csv", "id,name", "9.2,Internal audit"))
    assert "'9.2' is a clause of ISO/IEC 27001 and no control" in clause


def test_lists_name_controls_whether_they_have_a_row_or_not(store: Store, tmp_path: Path):
    lines = [
        'R-1,a,data privacy,"A.5.15, A.8.2"', "R-2,b,data privacy,A.8.2 | A.5.15", 'R-10,c,data privacy,"5.15\n8.2"',
        "R-11,d,data privacy,A.8.2 Privileged access rights; A.5.15 Access control",
    ]  # fmt: skip

    bring(store, write(tmp_path, "risks.csv", "id,name,area,controls", *lines))

    assert list(rows(store, "risks")) == ["R-1", "R-2", "R-10", "R-11"]
    assert {row["controls"] for row in rows(store, "risks").values()} == {("A.5.15", "A.8.2")}
    old = refused(store, write(tmp_path, "risks.csv", "name,area,controls", "e,data privacy,A.9.1.1"))
    assert "'A.9.1.1' is a control of the 2013 edition; 2022 has A.5.15 in its place." in old


def test_an_id_in_another_case_is_the_row_that_stands(store: Store, tmp_path: Path):
    bring(store, write(tmp_path, "datasets.csv", "id,name", "ds-1,Loans", "mine-1,Cards"))
    bring(store, write(tmp_path, "datasets.csv", "id,name,owner", "DS-1,Loans,Lead", "MINE-1,Cards,Lead"))

    assert {key: row["owner"] for key, row in rows(store, "datasets").items()} == {"DS-1": "Lead", "mine-1": "Lead"}
    two = refused(store, write(tmp_path, "datasets.csv", "id,name", "new-1,One", "New-1,Two"))
    assert "The id New-1 differs from new-1 only in how it is written; use new-1." in two


def test_an_evidence_file_is_found_in_either_form_of_its_letters(store: Store, tmp_path: Path):
    folder = tmp_path / "in"
    write(folder, "U\u0308bersicht.txt", "of March")
    table = write(folder, "evidence.csv", "id,file", "EV-1,\u00dcbersicht.txt")

    bring(store, folder)
    assert store.record().evidence["EV-1"].value.name == "\u00dcbersicht.txt"
    write(folder, table.name, "id,file", "EV-1,U\u0308bersicht.txt")
    assert imports.plan(store, folder).summary()["tables"][0]["same"] == 1
