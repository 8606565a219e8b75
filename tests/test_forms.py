"""The forms without a browser: what they answer to a browser's messages, and what the record then holds."""

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from markupsafe import Markup

from workbook import forms, paths, people
from workbook.forms.base import Form
from workbook.forms.page import Page
from workbook.model import Answer, Draft, Person, Result, Role
from workbook.store import Store

Q = "ac-privileged-deploy@SYS-001"
ANSWER = {"result": "partial", "rationale": "The pipeline's account deploys.", "owner": "ML platform lead", "due": "",
          "evidence": []}  # fmt: skip


def nothing() -> Markup:
    return Markup("<p>static</p>")


@pytest.fixture
def page(store: Store) -> Page:
    return Page(store)


@pytest.fixture
def access(page: Page) -> Form:
    return forms.form("questions", page, "access-control", "", static=nothing)


def tell(form: Form, do: str, *buffers: bytes, **more: Any) -> dict[str, Any]:
    """What the form answers, through the very function that a browser's message reaches."""
    said: list[dict[str, Any]] = []
    form.send = lambda content, _buffers=None: said.append(content)  # type: ignore[method-assign]
    form._received(form, {"do": do, "id": "m1", **more}, list(buffers))
    assert said[0]["re"] == "m1"
    return said[0]


def test_the_list_is_small_and_says_how_each_question_stands(access: Form):
    items = access.state["items"]

    assert {i["key"] for i in items} >= {Q, "ac-privileged-deploy@SYS-002"}
    assert {i["result"] for i in items} == {"not assessed"}
    assert "why" not in items[0]


def test_opening_a_question_tells_everything_that_helps_to_answer(access: Form, store: Store):
    said = tell(access, "open", key=Q)
    question = store.catalog.question("ac-privileged-deploy")

    assert said["ok"]
    assert said["why"] == question.why
    assert [[a["artefact"], a["or"]] for a in said["proof"]["artefacts"]] == [
        [w.artefact, w.or_] for w in question.evidence
    ]
    assert ["A.8.2", "Privileged access rights", "ISO/IEC 27001", "2022 + Amd 1:2024"] in said["references"]


def test_saved_means_it_is_in_the_record_and_the_views_follow(access: Form, store: Store, page: Page):
    view = forms.form("live", page, lambda: Markup(sorted(page.record().answers)))
    assert Q not in view.value

    said = tell(access, "save", key=Q, base=0, draft="d1", answer=ANSWER)

    assert said["revision"]["version"] == 1
    assert store.record().ask("ac-privileged-deploy", "SYS-001").result is Result.PARTIAL
    assert next(i for i in access.state["items"] if i["key"] == Q)["result"] == "partial"
    assert Q in view.value


def test_a_save_that_is_sent_twice_is_recorded_once(access: Form, store: Store):
    draft = "0c5a2d3e-0000-4000-8000-000000000001"
    first = tell(access, "save", key=Q, base=0, draft=draft, answer=ANSWER)
    again = tell(access, "save", key=Q, base=0, draft=draft, answer=ANSWER)

    assert first["revision"] == again["revision"]
    assert len(store.history("answer", Q)) == 1


def test_the_second_of_two_people_gets_both_texts_and_nothing_is_overwritten(access: Form, store: Store):
    store.acting_as(Person("Security lead")).save_answer(
        Answer(question="ac-privileged-deploy", system="SYS-001", result=Result.PLANNED, rationale="theirs"), 0
    )

    said = tell(access, "save", key=Q, base=0, answer=ANSWER)

    assert not said["ok"]
    assert said["conflict"]["by"] == "Security lead"
    assert said["conflict"]["body"]["rationale"] == "theirs"
    assert store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale == "theirs"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"result": "not applicable", "rationale": ""}, "needs a reason"),
        ({"result": "done"}, "result"),
        ({"due": "soon"}, "due"),
        ({"rationale": "x" * 1_000_001}, "rationale"),
        ({"rationale": "a\x00b"}, "NUL"),
        ({"evidence": ["EV-0404"]}, "EV-0404"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence_and_saves_nothing(access: Form, store: Store, answer: dict, says: str):
    said = tell(access, "save", key=Q, base=0, answer={**ANSWER, **answer})

    assert not said["ok"]
    assert says in said["says"]
    assert store.history("answer") == []


def test_a_defect_of_ours_is_told_in_the_form_and_not_lost(access: Form, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any) -> None:
        raise RuntimeError("wires crossed")

    monkeypatch.setattr(access.store, "save_answer", broken)

    assert (
        "Something went wrong that should not: RuntimeError: wires crossed"
        in tell(access, "save", key=Q, base=0, answer=ANSWER)["says"]
    )
    assert not tell(access, "nonsense")["ok"]


def test_an_upload_comes_in_pieces_and_is_kept_under_its_hash(access: Form, store: Store):
    about = {"collected_at": store.on.isoformat(), "artefact": "Break-glass review"}
    first = tell(access, "upload", b"role,", key=Q, upload="u1", name="../../roles.csv", size=12, last=False)
    last = tell(
        access, "upload", b"person\n", key=Q, upload="u1", name="../../roles.csv", size=12, last=True, about=about
    )

    assert first["taken"] == 5
    piece = last["evidence"]
    assert piece["state"] == "fresh"
    assert store.vault.path_of(piece["sha256"]).read_bytes() == b"role,person\n"
    assert store.record().evidence[piece["key"]].value.name == "roles.csv"
    assert list(paths.home().parent.rglob("*roles*")) == []


@pytest.mark.parametrize(("about", "field", "sentence"), [
    ({"collected_at": "2099-01-01"}, "collected_at", "lies ahead"),
    ({"period_from": "2026-10-01", "period_to": "2026-09-30"}, "period_to", "before it begins"),
    ({"valid_until": "soon"}, "valid_until", "valid_until"),
])  # fmt: skip
def test_a_wrong_date_of_evidence_is_told_at_its_field(
    access: Form, store: Store, about: dict[str, str], field: str, sentence: str
):
    kept = tell(access, "attach_link", key=Q, link="https://wiki.example/roles")["evidence"]

    said = tell(access, "save_evidence", key=Q, evidence=kept["key"], base=1, about=about)

    assert said["field"] == field
    assert sentence in said["says"]
    assert store.record().evidence[kept["key"]].version == 1


# claim and proof -----------------------------------------------------------------------------------------------------


VERSIONS = "am-version-control@SYS-001"


@pytest.fixture
def versions(page: Page, store: Store) -> Form:
    """The form of a section that asks for evidence of the version in production, and that version."""
    row = {"name": "Scorer", "version": "2.3.0", "system": "SYS-001", "stage": "production"}
    store.save([Draft("models", "MOD-001", row)])
    return forms.form("questions", page, "asset-management", "", static=nothing)


def line(form: Form, key: str) -> dict[str, Any]:
    """A question's line in the list."""
    return next(item for item in form.state["items"] if item["key"] == key)


def attached(form: Form, key: str, **about: Any) -> dict[str, Any]:
    """A link attached to a question as evidence, and what is said of it."""
    piece = tell(form, "attach_link", key=key, link="https://wiki.example/run")["evidence"]
    said = tell(form, "save_evidence", key=key, evidence=piece["key"], base=piece["base"], about=about)
    assert said["ok"], said["says"]
    return said["evidence"]


def test_a_claim_and_how_far_it_is_shown_are_two_things(access: Form, store: Store):
    assert (line(access, Q)["result"], line(access, Q)["step"]) == ("not assessed", "nothing")

    tell(access, "save", key=Q, base=0, answer={**ANSWER, "result": "implemented"})

    assert (line(access, Q)["result"], line(access, Q)["step"]) == ("implemented", "claimed")
    assert (line(access, Q)["proven"], line(access, Q)["artefacts"]) == (0, 3)
    proof = tell(access, "open", key=Q)["proof"]
    assert (proof["step"], proof["contradicted"], proof["against"]) == ("claimed", False, [])
    assert len(proof["short"]) == 3
    assert proof["short"][2] == "Break-glass review: no evidence of it"
    assert tell(access, "proof", key=Q)["proof"] == proof
    assert [step for step, *_ in access.state["steps"]] == ["nothing", "claimed", "evidenced", "reviewed", "tested"]


def test_an_artefact_is_proven_in_the_form_once_its_evidence_says_all_that_binds_it(versions: Form, store: Store):
    today = store.on.isoformat()
    wanted = tell(versions, "open", key=VERSIONS)["proof"]["artefacts"]
    bound = next(i for i, a in enumerate(wanted) if a["bound"] == "model")
    assert wanted[bound]["versions"] == [("2.3.0", "Scorer")]
    assert wanted[bound]["binds"].endswith("of the version in production: Scorer 2.3.0")

    piece = attached(versions, VERSIONS, artefact=wanted[bound]["artefact"], collected_at=today)
    answer = {**ANSWER, "result": "implemented", "evidence": [piece["key"]]}
    tell(versions, "save", key=VERSIONS, base=0, answer=answer)
    proof = tell(versions, "proof", key=VERSIONS)["proof"]
    assert proof["artefacts"][bound]["lacks"] == "nobody said which version of the model its evidence speaks of"
    assert line(versions, VERSIONS)["proven"] == 0

    about = {"version": "2.3.0"}
    said = tell(versions, "save_evidence", key=VERSIONS, evidence=piece["key"], base=piece["base"], about=about)

    assert (said["evidence"]["version"], said["evidence"]["base"]) == ("2.3.0", piece["base"] + 1)
    proof = tell(versions, "proof", key=VERSIONS)["proof"]
    assert (proof["artefacts"][bound]["lacks"], proof["artefacts"][bound]["keys"]) == ("", (piece["key"],))
    assert line(versions, VERSIONS)["proven"] == 1


def test_a_version_that_no_register_knows_is_refused_at_its_field(versions: Form):
    piece = tell(versions, "attach_link", key=VERSIONS, link="https://wiki.example/run")["evidence"]

    said = tell(
        versions, "save_evidence", key=VERSIONS, evidence=piece["key"], base=piece["base"], about={"version": "9.9"}
    )

    assert not said["ok"]
    assert said["field"] == "version"
    assert "9.9" in said["says"]


def test_an_artefact_of_a_period_says_which_days_it_has_to_speak_of(access: Form, store: Store):
    about = store.record().engagement
    period = {"period_from": date(2025, 1, 1), "period_to": date(2025, 12, 31)}
    store.save_engagement(about.model_copy(update=period), 1)

    wanted = tell(access, "open", key=Q)["proof"]["artefacts"]

    log = next(a for a in wanted if a["bound"] == "period")
    assert log["binds"] == ("at most 100 days old; over 90 days of the audit period, so far 1 Jan 2025 to 31 Dec 2025")


def test_evidence_of_another_artefact_counts_for_nothing_and_is_named(access: Form, store: Store):
    piece = attached(access, Q, collected_at=store.on.isoformat())
    tell(access, "save", key=Q, base=0, answer={**ANSWER, "evidence": [piece["key"]]})

    assert (piece["state"], line(access, Q)["evidence"]) == ("fresh", "none")
    assert (line(access, Q)["step"], line(access, Q)["proven"]) == ("claimed", 0)
    assert tell(access, "open", key=Q)["proof"]["others"] == (piece["key"],)


def test_counter_evidence_contradicts_a_claim_and_its_preparer_cannot_take_that_back(access: Form, store: Store):
    piece = attached(access, Q, artefact="Break-glass review", against=[Q], collected_at=store.on.isoformat())
    tell(access, "save", key=Q, base=0, answer={**ANSWER, "result": "implemented", "evidence": [piece["key"]]})

    assert line(access, Q)["contradicted"]
    assert not line(access, OTHER)["contradicted"]
    kind, by, says = tell(access, "open", key=Q)["proof"]["against"][0]
    assert (kind, by) == ("evidence", piece["key"])
    assert says == f"evidence {piece['key']} speaks against it: https://wiki.example/run"
    taken = tell(access, "save_evidence", key=Q, evidence=piece["key"], base=piece["base"], about={"against": []})
    assert "only a reviewer or an auditor may take that back" in taken["says"]
    assert line(access, Q)["contradicted"]


def test_an_open_nonconformity_is_shown_where_it_contradicts(access: Form, page: Page, store: Store):
    tell(access, "save", key=Q, base=0, answer={**ANSWER, "result": "implemented"})
    finding = {"name": "Two people deploy by hand", "grade": "major nonconformity", "status": "open",
               "question": "ac-privileged-deploy", "systems": ["SYS-001"]}  # fmt: skip
    store.acting_as(Person("Lead internal auditor", Role.AUDITOR)).save([Draft("findings", "F-001", finding)])
    page.look()

    assert line(access, Q)["contradicted"]
    assert tell(access, "open", key=Q)["proof"]["against"] == [
        ["nonconformity", "F-001", "major nonconformity F-001, open: Two people deploy by hand"]
    ]


def test_several_questions_are_given_to_their_owner_and_keep_what_was_said(access: Form, store: Store):
    tell(access, "save", key=Q, base=0, draft="d1", answer=ANSWER)
    other = "ac-privileged-deploy@SYS-002"

    said = tell(access, "assign", keys=[Q, other], owner="Ada", due="2027-01-15")

    assert said["says"] == "2 questions set to Ada and due 2027-01-15."
    mine, fresh = (store.record().ask("ac-privileged-deploy", s).answer.value for s in ("SYS-001", "SYS-002"))
    assert (mine.owner, str(mine.due), mine.result, mine.rationale) == (
        "Ada", "2027-01-15", Result.PARTIAL, ANSWER["rationale"],
    )  # fmt: skip
    assert (fresh.owner, fresh.result) == ("Ada", Result.NOT_ASSESSED)
    assert tell(access, "assign", keys=[Q], owner=" ", due="")["field"] == "owner"


def test_my_questions_are_those_of_all_pages_that_name_me(store: Store):
    form = forms.form("questions", Page(store), "", "", static=nothing)
    assert form.state["items"] == []
    store.save_answers([
        (Answer(question="ac-privileged-deploy", system="SYS-001", owner=store.who.name.upper()), 0),
        (Answer(question="cr-key-management", owner=store.who.name), 0),
        (Answer(question="ac-privileged-deploy", system="SYS-002", owner="Somebody else"), 0),
    ])  # fmt: skip

    tell(form, "reload")

    assert [(i["key"], i["section"]) for i in form.state["items"]] == [
        (Q, "Access control"), ("cr-key-management", "Cryptography"),
    ]  # fmt: skip


def test_a_file_over_the_limit_is_refused_before_it_is_sent(access: Form, store: Store):
    said = tell(access, "upload", b"x", key=Q, upload="u2", name="dump.bin", size=10**12, last=False)

    assert "larger than" in said["says"]
    assert not store.record().evidence


def test_history_and_restore_go_back_without_losing_what_came_between(access: Form, store: Store):
    tell(access, "save", key=Q, base=0, answer=ANSWER)
    tell(access, "save", key=Q, base=1, answer={**ANSWER, "rationale": "second"})
    past = tell(access, "history", kind="answer", key=Q)["history"]
    assert [p["body"]["rationale"] for p in past] == ["second", ANSWER["rationale"]]

    restored = tell(access, "restore", kind="answer", key=Q, number=past[1]["number"])

    assert restored["revision"]["version"] == 3
    assert store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale == ANSWER["rationale"]


def test_several_questions_are_set_to_not_applicable_with_one_reason(access: Form, store: Store):
    keys = [Q, "ac-rbac@SYS-002"]
    assert not tell(access, "not_applicable", keys=keys, reason=" ")["ok"]

    assert tell(access, "not_applicable", keys=keys, reason="No deployment of our own.")["ok"]

    answered = store.record().answers
    assert {answered[k].value.result for k in keys} == {Result.NOT_APPLICABLE}


def test_one_answer_can_be_given_for_all_systems(access: Form, store: Store):
    tell(access, "save", key=Q, base=0, answer=ANSWER)
    tell(access, "same_for_all", key=Q)

    assert store.record().ask("ac-privileged-deploy", "SYS-002").answer.value.rationale == ANSWER["rationale"]


def test_who_answered_cannot_review_and_is_told_why(access: Form, store: Store):
    tell(access, "save", key=Q, base=0, answer=ANSWER)
    store.who = Person(store.who.name, Role.REVIEWER)
    assert "A.5.3" in tell(access, "open", key=Q)["whyNotJudge"]
    assert not tell(access, "review", key=Q, version=1, verdict="accepted")["ok"]

    store.who = Person("Lead internal auditor", Role.AUDITOR)
    assert tell(access, "review", key=Q, version=1, verdict="accepted")["ok"]
    assert store.record().ask("ac-privileged-deploy", "SYS-001").reviewed == "accepted"


def test_what_one_form_saves_the_others_of_the_page_show(access: Form, page: Page):
    systems = forms.form("register", page, "systems", "", static=nothing)

    tell(systems, "save", key="", base=0, draft="d1", values={"name": "Fraud detection"})

    assert "Fraud detection" in {i["systemName"] for i in access.state["items"]}
    assert ["SYS-003", "Fraud detection"] in access.state["systems"]


def test_what_somebody_else_recorded_is_shown_when_the_line_looks(access: Form, page: Page, store: Store):
    line = forms.form("line", page, lambda: Markup(page.record().head.number))
    theirs = Answer(question="ac-privileged-deploy", system="SYS-001", result=Result.PLANNED)
    store.acting_as(Person("Security lead")).save_answer(theirs, 0)

    said = tell(line, "look")

    item = next(i for i in access.state["items"] if i["key"] == Q)
    assert (item["result"], item["by"]) == ("planned", "Security lead")
    assert said == {"re": "m1", "ok": True, "head": store.head().number}
    assert str(store.head().number) in line.state["value"]


def test_nothing_is_sent_for_a_form_that_shows_the_same_as_before(access: Form, page: Page):
    datasets = forms.form("register", page, "datasets", "", static=nothing)
    sent: list[Any] = []
    datasets.observe(sent.append, "state")

    tell(access, "save", key=Q, base=0, answer={**ANSWER, "owner": "Credit lead"})
    assert sent == []
    tell(datasets, "save", key="", base=0, values={"name": "Loans"})
    assert len(sent) == 1


def test_a_page_reads_its_record_once_for_all_that_follow_it(page: Page, store: Store):
    first = page.record()
    assert page.record() is first

    store.save_row("datasets", "", {"name": "Loans"}, 0)

    assert page.record() is not first
    assert page.record() is page.record()
    assert page.record("SYS-001").systems == first.systems[:1]


def test_a_form_whose_subject_is_gone_says_so_and_keeps_what_it_showed(page: Page, store: Store):
    form = forms.form("questions", page, "access-control", "SYS-002", static=nothing)
    shown = form.state["items"]

    store.delete("systems", "SYS-002", 1)
    page.changed()

    assert "SYS-002" in form.state["error"]
    assert form.state["items"] == shown


def test_an_executed_notebook_stays_readable_without_a_kernel(access: Form):
    bundle, _ = access._repr_mimebundle_()

    assert "<p>static</p>" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


# registers -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def datasets(page: Page) -> Form:
    return forms.form("register", page, "datasets", "", static=nothing)


def test_a_row_is_added_changed_deleted_and_brought_back(datasets: Form, store: Store):
    added = tell(datasets, "save", key="", base=0, values={"name": "Loans", "systems": ["SYS-001"]})["revision"]
    assert "no owner" in datasets.state["rows"][0]["gaps"]
    tell(datasets, "save", key=added["key"], base=1, values={"name": "Loans", "owner": "Data steward"})
    assert "no owner" not in datasets.state["rows"][0]["gaps"]

    gone = tell(datasets, "delete", key=added["key"], base=2)
    assert datasets.state["rows"] == []
    assert tell(datasets, "take_back", number=gone["number"])["says"] == f"Undone: {added['key']} Loans."

    assert store.record().rows["datasets"][0]["owner"] == "Data steward"


@pytest.mark.parametrize(("values", "field"), [
    ({"name": "Loans", "classification": "secret"}, "classification"),
    ({"name": " "}, "name"),
    ({"name": "Loans", "systems": ["SYS-404"]}, "systems"),
])  # fmt: skip
def test_an_error_names_the_column_it_belongs_to(datasets: Form, values: dict[str, Any], field: str):
    assert tell(datasets, "save", key="", base=0, values=values)["field"] == field


def test_pasted_rows_are_previewed_and_imported_all_or_nothing(datasets: Form, store: Store):
    bad = tell(datasets, "paste", text="Name\tClassification\nLoans\tinternal\nChats\thush\n")
    assert [row["line"] for row in bad["rows"] if row["state"] == "wrong"] == [3]
    assert not tell(datasets, "import", plan=bad["plan"])["ok"]
    assert store.record().rows["datasets"] == ()

    tell(datasets, "paste", text="Name\tDatenklasse\nLoans\tinternal\n")
    good = tell(datasets, "preview", sheet="pasted", tables={"pasted": {"columns": {"Datenklasse": "classification"}}})
    assert good["counts"] == {"new": 1, "changed": 0, "same": 0, "wrong": 0}
    assert not tell(datasets, "import", plan=bad["plan"])["ok"]
    tell(datasets, "import", plan=good["plan"])
    assert store.record().rows["datasets"][0]["classification"] == "internal"


STRANGE = "Name\tHow secret\tColour\tSystems\nLoans\tclosed\tred\t\nChats\tclosed\tred\t\nLogs\tpublic\tred\tSYS-9\n"
SHEET = {"columns": {"How secret": "classification"}, "only_known": True}


def choose(form: Form, **said: Any) -> dict[str, Any]:
    """The preview after these choices."""
    return tell(form, "preview", sheet="pasted", tables={"pasted": said})


def test_what_a_preview_asks_for_is_answered_step_by_step(datasets: Form, store: Store):
    first = tell(datasets, "paste", text=STRANGE)
    assert [(c["header"], c["column"], c["how"], c["sample"]) for c in first["columns"]] == [
        ("Name", "name", "", "Loans"), ("How secret", "", "unknown", "closed"), ("Colour", "", "unknown", "red"),
        ("Systems", "systems", "", "SYS-9"),
    ]  # fmt: skip

    second = choose(datasets, **SHEET)
    assert [c["how"] for c in second["columns"]] == ["", "said", "out", ""]
    [word] = second["words"]
    assert (word["column"], word["value"], word["rows"], word["how"]) == ("classification", "closed", 2, "unknown")
    assert word["options"] == ["public", "internal", "confidential", "strictly confidential"]
    assert second["rows"][2]["cells"][-1]["says"] == second["problems"][-1].partition(": ")[2]
    assert not second["ready"]


def test_a_preview_shows_old_and_new_by_the_labels_of_the_columns(datasets: Form, store: Store):
    store.save_row("datasets", "", {"name": "Loans", "owner": "Anna", "retention": "2 years"}, 0)

    said = tell(datasets, "paste", text="Name\tOwner\tRetention\nLoans\tBen\t\nLogs\t\t\n")

    changed, new = said["rows"]
    assert changed["changes"] == [{"label": "Owner", "old": "Anna", "new": "Ben"}]
    assert (changed["key"], changed["state"], new["name"], new["state"]) == ("DS-001", "changed", "Logs", "new")
    assert said["blanks"]
    cleared = choose(datasets, blank_clears=True)
    assert cleared["rows"][0]["changes"][-1] == {"label": "Kept for", "old": "2 years", "new": ""}


def test_the_sheet_called_like_the_register_is_shown_first_and_each_has_its_own_choices(datasets: Form, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Name", "Owner"])
    book.create_sheet("Datasets").append(["Name", "Holder"])
    book["Datasets"].append(["Loans", "Anna"])
    book.save(tmp_path / "all.xlsx")
    content = (tmp_path / "all.xlsx").read_bytes()

    said = tell(datasets, "upload", content, upload="u1", name="all.xlsx", size=len(content), last=True)
    assert (said["sheet"], said["sheets"]) == (
        "Datasets",
        [["Cover", "Cover (no rows)"], ["Datasets", "Datasets (1 row)"]],
    )
    tables = {"Datasets": {"columns": {"Holder": "owner"}}}
    assert tell(datasets, "preview", sheet="Cover", tables=tables)["sheet"] == "Cover"
    assert tell(datasets, "preview", sheet="Datasets", tables=tables)["counts"]["new"] == 1


def test_a_saved_mapping_gives_the_same_preview_again(datasets: Form, tmp_path: Path):
    tell(datasets, "paste", text=STRANGE)
    words = {"classification": {"closed": "confidential"}}
    contents: list[bytes] = []
    tables = {"pasted": SHEET | {"values": words}}
    datasets.send = lambda _, buffers=None: contents.extend(buffers or ())  # type: ignore[method-assign]
    datasets._received(datasets, {"do": "save_mapping", "id": "m1", "sheet": "pasted", "tables": tables}, [])
    text = contents[0].decode()

    used = tell(datasets, "use_mapping", name="map.yaml", text=text)

    assert used["tables"]["pasted"]["values"] == words
    assert used["tables"]["pasted"]["columns"]["How secret"] == "classification"
    assert "line 1" in tell(datasets, "use_mapping", name="map.yaml", text="tabels: {}")["says"]


def test_days_that_may_be_one_of_two_are_asked_for(datasets: Form, store: Store):
    suppliers = forms.form("register", Page(store), "suppliers", "", static=nothing)

    said = tell(suppliers, "paste", text="Name\tContract ends\nBureau\t03/04/2027\n")

    assert said["dates"] == ["03/04/2027"]


def test_choices_that_no_browser_of_ours_sends_are_refused_in_words(datasets: Form):
    tell(datasets, "paste", text=STRANGE)

    assert "cannot be understood" in choose(datasets, hue="red")["says"]


def test_a_bad_spreadsheet_is_refused_in_words(datasets: Form):
    said = tell(datasets, "upload", b"not a workbook", upload="u1", name="data.xlsx", size=14, last=True)

    assert "is not a readable .xlsx file" in said["says"]


def test_a_file_to_import_is_left_nowhere_whatever_it_is_called(datasets: Form):
    said = tell(datasets, "upload", b"name\nLoans\n", upload="u1", name="../../loans.csv", size=11, last=True)

    assert said["counts"]["new"] == 1
    assert list(paths.home().parent.rglob("*loans*")) == []


def test_a_file_too_large_to_import_is_refused_before_all_of_it_came(datasets: Form):
    for _ in range(100):
        assert tell(datasets, "upload", bytes(1024**2), upload="u1", name="big.csv", size=10**9, last=False)["ok"]

    said = tell(datasets, "upload", b"x", upload="u1", name="big.csv", size=10**9, last=False)

    assert said["says"] == "big.csv is larger than 100 MB; import it in smaller files."


def test_a_spreadsheet_with_nothing_in_it_is_refused_in_words(datasets: Form, tmp_path: Path):
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    content = (tmp_path / "empty.xlsx").read_bytes()

    said = tell(datasets, "upload", content, upload="u1", name="empty.xlsx", size=len(content), last=True)

    assert "empty.xlsx" in said["says"]
    assert "Something went wrong" not in said["says"]


def test_controls_are_added_under_their_number(store: Store):
    controls = forms.form("register", Page(store), "controls", "", static=nothing)
    assert ["A.8.2", "Privileged access rights"] in controls.state["keys"]

    assert tell(controls, "save", key="A.8.2", base=0, values={"name": "Privileged access rights"})["ok"]
    assert store.record().rows["controls"][0].key == "A.8.2"


# the smaller forms ---------------------------------------------------------------------------------------------------


def test_the_audit_date_moves_every_due_date(page: Page):
    about = forms.form("engagement", page, static=nothing)
    tasks = forms.form("tasks", page, static=nothing)
    before = tasks.state["tasks"][0]["due"]

    said = tell(about, "save", base=1, values={**about.state["shown"]["values"], "audit_date": "2028-02-01"})

    assert said["ok"]
    assert tasks.state["tasks"][0]["due"] > before


def test_the_time_zone_is_chosen_by_its_name_and_refused_beside_its_field(page: Page, store: Store):
    about = forms.form("engagement", page, static=nothing)
    shown = about.state["shown"]["values"]
    assert shown["time_zone"] == "UTC"

    for wrong, says in [("Berlin", "Did you mean Europe/Berlin"), ("", "such as Europe/Berlin")]:
        said = tell(about, "save", base=1, values={**shown, "time_zone": wrong})
        assert (said["ok"], said["field"]) == (False, "time_zone")
        assert says in said["says"]
    assert tell(about, "save", base=1, values={**shown, "time_zone": "Pacific/Kiritimati"})["ok"]
    assert store.on == datetime.now(ZoneInfo("Pacific/Kiritimati")).date()


def test_a_form_shows_moments_by_the_clock_of_the_engagement(page: Page, store: Store):
    about = forms.form("engagement", page, static=nothing)
    values = {**about.state["shown"]["values"], "time_zone": "Asia/Kathmandu"}
    said = tell(about, "save", base=1, values=values)["revision"]["at"]
    tasks = forms.form("tasks", page, static=nothing)
    tell(tasks, "save", key="t3-train-staff", base=0, values={"status": "done", "owner": "", "note": ""})

    seen = [said, *(v["at"] for v in tell(about, "history", kind="engagement", key="engagement")["history"])]
    seen += [task["at"] for task in tasks.state["tasks"] if task["at"]]
    assert len(seen) == 4
    assert all(at.endswith("+05:45") for at in seen)


def test_a_task_is_kept_with_its_note(store: Store):
    tasks = forms.form("tasks", Page(store), static=nothing)

    tell(
        tasks,
        "save",
        key="t3-train-staff",
        base=0,
        values={"status": "under way", "owner": "HR", "note": "two of three"},
    )

    assert store.record().tasks["t3-train-staff"].value.note == "two of three"


def test_who_speaks_is_remembered_and_stands_beside_the_next_answer(store: Store, access: Form):
    store.who = Person(people.UNNAMED)
    tell(access, "reload")
    assert access.state["unnamed"]
    refused = tell(access, "save", key=Q, base=0, answer=ANSWER)
    assert (refused["ok"], refused["unnamed"]) == (False, True)
    assert not tell(access, "speak", name=" ", role="preparer")["ok"]

    tell(access, "speak", name="Data steward", role="reviewer")
    assert not access.state["unnamed"]
    tell(access, "save", key=Q, base=0, answer=ANSWER)

    assert people.who() == Person("Data steward", Role.REVIEWER)
    assert store.history("answer", Q)[0].actor == "Data steward"


def test_a_page_that_was_opened_before_records_under_whoever_speaks_now(store: Store, access: Form):
    other_page = forms.form("identity", Page(replace(store)), static=nothing)
    tell(other_page, "speak", name="Internal auditor", role="auditor")

    tell(access, "save", key=Q, base=0, answer=ANSWER)

    assert store.history("answer", Q)[0].actor == "Internal auditor"
    assert (access.state["who"], access.state["role"]) == ("Internal auditor", "auditor")


def test_who_speaks_is_heard_where_nothing_can_be_kept(store: Store, access: Form, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paths, "settings", lambda: Path("/proc/nowhere/identity.json"))

    said = tell(access, "speak", name="Data steward", role="preparer")
    assert "only until this is restarted" in said["says"]
    tell(access, "save", key=Q, base=0, answer=ANSWER)

    assert store.history("answer", Q)[0].actor == "Data steward"
    people._here.clear()


def test_the_review_queue_empties_as_answers_are_reviewed(store: Store, access: Form):
    tell(access, "save", key=Q, base=0, answer=ANSWER)
    store.who = Person("Lead internal auditor", Role.AUDITOR)
    queue = forms.form("reviews", Page(store), static=nothing)
    assert [q["key"] for q in queue.state["queue"]] == [Q]

    tell(queue, "review", key=Q, version=1, verdict="returned", comment="Which account?")

    assert queue.state["queue"] == []
    assert store.record().ask("ac-privileged-deploy", "SYS-001").review.value.comment == "Which account?"


# sent again ----------------------------------------------------------------------------------------------------------


TASK = {"status": "under way", "owner": "HR", "note": "two of three"}
ONE_ROW = "Name\tClassification\nLoans\tinternal\nChats\tpublic\n"
OTHER = "ac-privileged-deploy@SYS-002"


def again(form: Form, store: Store, do: str, **more: Any) -> int:
    """Sends the same twice under one draft id, as after a lost reply; how many revisions that recorded."""
    before = store.head().number
    first, second = (tell(form, do, draft="0c5a2d3e-0000-4000-8000-000000000002", **more) for _ in range(2))
    assert first["ok"], first["says"]
    assert second == first
    return store.head().number - before


@pytest.mark.parametrize(("kind", "about", "do", "more", "revisions"), [
    ("questions", ("access-control", ""), "save", {"key": Q, "base": 0, "answer": ANSWER}, 1),
    ("questions", ("access-control", ""), "assign", {"keys": [Q, OTHER], "owner": "Ada", "due": ""}, 2),
    ("questions", ("access-control", ""), "not_applicable", {"keys": [Q, OTHER], "reason": "No deployment."}, 2),
    ("questions", ("access-control", ""), "attach_link", {"key": Q, "link": "https://wiki.example/roles"}, 1),
    ("register", ("datasets", ""), "save", {"key": "", "base": 0, "values": {"name": "Loans"}}, 1),
    ("register", ("controls", ""), "save", {"key": "A.8.2", "base": 0, "values": {"name": "Privileged access"}}, 1),
    ("register", ("systems", ""), "save", {"key": "SYS-001", "base": 1, "values": {"name": "Scoring"}}, 1),
    ("register", ("systems", ""), "delete", {"key": "SYS-001", "base": 1}, 1),
    ("engagement", (), "save", {"base": 1, "values": {"title": "ISMS audit 2027", "scope": "All of it."}}, 1),
    ("tasks", (), "save", {"key": "t3-train-staff", "base": 0, "values": TASK}, 1),
])  # fmt: skip
def test_what_is_sent_again_after_a_lost_reply_is_recorded_once(
    page: Page, store: Store, kind: str, about: tuple[str, ...], do: str, more: dict[str, Any], revisions: int
):
    form = forms.form(kind, page, *about, static=nothing)

    assert again(form, store, do, **more) == revisions


def test_an_import_a_restore_a_copy_and_a_verdict_are_recorded_once(page: Page, store: Store, access: Form):
    datasets = forms.form("register", page, "datasets", "", static=nothing)
    plan = tell(datasets, "paste", text=ONE_ROW)["plan"]
    assert again(datasets, store, "import", plan=plan) == 2

    tell(access, "save", key=Q, base=0, draft="d1", answer=ANSWER)
    tell(access, "save", key=Q, base=1, draft="d2", answer={**ANSWER, "rationale": "second"})
    first = store.history("answer", Q)[0].number
    more = {"kind": "answer", "key": Q, "number": first, "draft": "d3"}
    assert tell(access, "restore", **more) == tell(access, "restore", **more)
    assert len(store.history("answer", Q)) == 3

    assert tell(access, "same_for_all", key=Q, draft="d4")["ok"]
    assert tell(access, "same_for_all", key=Q, draft="d4")["ok"]
    assert len(store.history("answer", OTHER)) == 1

    store.who = Person("Lead internal auditor", Role.AUDITOR)
    verdict = {"key": Q, "version": 3, "verdict": "accepted", "draft": "d5"}
    assert tell(access, "review", **verdict) == tell(access, "review", **verdict)
    assert len(store.history("review", Q)) == 1


def test_a_section_says_how_long_it_takes_and_a_task_what_it_leaves_behind(access: Form, page: Page, store: Store):
    timeline = forms.form("tasks", page, static=nothing)

    assert access.state["minutes"] == store.catalog.section("access-control").minutes
    assert all(task["yields"] for task in timeline.state["tasks"])


def test_an_owner_can_be_named_although_evidence_was_deleted_since(access: Form, store: Store):
    key = store.attach_link("https://wiki.example/1")
    question = {"question": "ac-privileged-deploy", "system": "SYS-001"}
    store.save([Draft("answer", "ac-privileged-deploy@SYS-001", {**question, "result": "partial", "evidence": [key]})])
    store.delete("evidence", key, 1)

    assert tell(access, "assign", keys=["ac-privileged-deploy@SYS-001"], owner="Ann", due="")["ok"]
    assert store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.owner == "Ann"


# files to take along --------------------------------------------------------------------------------------------------


def download(form: Form, file: str) -> tuple[str, bytes]:
    """The name and the bytes that the browser gets."""
    said: list[tuple[dict[str, Any], list[bytes]]] = []
    form.send = lambda content, buffers=None: said.append((content, buffers))  # type: ignore[method-assign]
    form._received(form, {"do": "download", "id": "m1", "file": file}, [])
    content, buffers = said[0]
    assert content["ok"], content["says"]
    return content["name"], buffers[0]


def test_a_register_can_be_downloaded_as_it_stands_and_as_an_empty_table(datasets: Form, tmp_path: Path):
    tell(datasets, "save", key="", base=0, values={"name": "=Loans"})

    name, content = download(datasets, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert name == "isms-2027-datasets.xlsx"
    assert [cell.value for cell in book["Datasets"][2]][:2] == ["DS-001", "=Loans"]
    assert book["Datasets"]["B2"].data_type == "s"
    name, content = download(datasets, "csv")
    assert (name, content.decode("utf-8-sig").splitlines()[1][:15]) == ("isms-2027-datasets.csv", "DS-001,'=Loans,")
    name, content = download(datasets, "template")
    assert name == "isms-2027-datasets-template.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(content))["Datasets"]["A2"].value == "# example"


@pytest.mark.parametrize(
    ("kind", "about", "file", "begins"),
    [
        ("questions", ("access-control", ""), "xlsx", b"PK"),
        ("tasks", (), "csv", "\ufeffTask,".encode()),
        ("tasks", (), "ics", b"BEGIN:VCALENDAR"),
        ("engagement", (), "xlsx", b"PK"),
        ("engagement", (), "template", b"PK"),
    ],
)
def test_every_form_with_a_table_offers_it(page: Page, kind: str, about: tuple, file: str, begins: bytes):
    form = forms.form(kind, page, *about, static=nothing)

    assert file in [offer for offer, _ in form.state["downloads"]]
    assert download(form, file)[1].startswith(begins)


def test_a_form_gives_no_file_that_it_does_not_offer(page: Page):
    form = forms.form("tasks", page, static=nothing)

    assert "does not offer" in tell(form, "download", file="template")["says"]


# files on the server ---------------------------------------------------------------------------------------------


@pytest.fixture
def inbox() -> Path:
    folder = paths.home() / "inbox"
    folder.mkdir(parents=True)
    (folder / "roles.csv").write_text("role,may\nlead,all\n")
    return folder


@pytest.mark.parametrize("path", ["roles.csv", "{inbox}/roles.csv", "../inbox/./roles.csv"])
def test_a_file_in_the_inbox_is_attached_by_its_path(access: Form, inbox: Path, path: str):
    kept = tell(access, "attach_path", key=Q, path=path.format(inbox=inbox))

    assert kept["evidence"]["name"] == "roles.csv"


@pytest.mark.parametrize(
    "path",
    [
        "{room}/secret",
        "../../secret",
        "out/secret",
        "link",
        "~/secret",
        "..",
        "../..",
        "",
        ".",
        "x" * 5_000,
        "a\0b",
        "/",
    ],
)
def test_a_path_never_leads_out_of_the_workspace(
    access: Form, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store, path: str
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "secret").write_text("who may read this is somebody else")
    (inbox / "out").symlink_to(tmp_path)
    (inbox / "link").symlink_to(tmp_path / "secret")

    refused = tell(access, "attach_path", key=Q, path=path.format(room=tmp_path))

    assert not refused["ok"]
    assert "Something went wrong" not in refused["says"]
    assert store.history("evidence") == []


def test_an_answer_without_its_result_is_asked_for_in_a_sentence(access: Form, store: Store):
    said = tell(access, "save", key=Q, base=0, answer={"rationale": "The pipeline's account deploys."})

    assert (said["ok"], said["field"]) == (False, "result")
    assert "did not say 'result'" in said["says"]
    assert not store.history("answer", Q)


def test_not_applicable_says_why_it_counts_as_nothing_until_somebody_else_accepts_it(access: Form, store: Store):
    reason = "The vendor deploys this model; we hold no deployment rights."
    assert "counted" not in line(access, Q)

    tell(access, "save", key=Q, base=0, draft="d1", answer={**ANSWER, "result": "not applicable", "rationale": reason})
    assert line(access, Q)["counted"] == "nobody else accepted the reason"
    assert tell(access, "proof", key=Q)["proof"]["counted"] == "nobody else accepted the reason"

    store.who = Person("Security lead", Role.AUDITOR)
    assert tell(access, "review", key=Q, version=1, verdict="accepted", draft="d2")["ok"]
    assert "counted" not in line(access, Q)


# several rows, undo, what a form begins with and points out -----------------------------------------------------------


def two_rows(datasets: Form) -> list[str]:
    return [
        tell(datasets, "save", key="", base=0, values={"name": name})["revision"]["key"] for name in ("Loans", "Chats")
    ]


def test_several_rows_are_set_at_once_and_taken_back_at_once(datasets: Form, store: Store):
    keys = two_rows(datasets)
    done = tell(datasets, "set", keys=keys, column="owner", value="Data steward")
    assert done["says"] == "Owner set in 2 rows."
    assert {row["owner"] for row in store.record().rows["datasets"]} == {"Data steward"}

    undone = tell(datasets, "take_back", number=done["number"])
    assert undone["says"] == "Undone: 2 rows."
    assert {row["owner"] for row in store.record().rows["datasets"]} == {None}
    assert tell(datasets, "take_back", number=undone["number"], redo=True)["says"] == "Redone: 2 rows."
    assert {row["owner"] for row in store.record().rows["datasets"]} == {"Data steward"}


def test_several_rows_are_set_all_or_none(datasets: Form, store: Store):
    keys = two_rows(datasets)
    assert tell(datasets, "set", keys=keys, column="sensitivity", value="hush")["field"] == "sensitivity"
    assert "no longer in the record" in tell(datasets, "set", keys=[*keys, "DS-404"], column="owner", value="A")["says"]
    assert tell(datasets, "set", keys=[], column="owner", value="A")["says"] == "Tick at least one row first."
    assert {row.version for row in store.record().rows["datasets"]} == {1}


def test_imported_rows_are_taken_back_by_the_sentence_that_tells_of_them(datasets: Form, store: Store):
    plan = tell(datasets, "paste", text=ONE_ROW)["plan"]
    done = tell(datasets, "import", plan=plan)
    tell(datasets, "take_back", number=done["number"])

    assert store.record().rows["datasets"] == ()


def test_answers_set_at_once_are_taken_back_at_once(access: Form, store: Store):
    done = tell(access, "assign", keys=[Q, OTHER], owner="Ada", due="")
    assert tell(access, "undo", kind="answer", key=Q)["says"].startswith("Undone: Privileged access")
    assert "Nothing was undone" in tell(access, "take_back", number=done["number"])["says"]
    tell(access, "redo", kind="answer", key=Q)
    tell(access, "take_back", number=done["number"])

    assert {store.record().ask("ac-privileged-deploy", s).answer.value.owner for s in ("SYS-001", "SYS-002")} == {""}


def test_a_new_row_begins_with_what_is_known(page: Page, store: Store):
    store.who = Person("Lead internal auditor", Role.AUDITOR)
    findings = forms.form("register", page, "findings", "", static=nothing)
    today, me = store.on.isoformat(), "Lead internal auditor"
    assert findings.state["begins"] == {"status": "open", "raised_on": today, "auditor": me}

    tell(findings, "speak", name="ML engineer", role="preparer")
    assert findings.state["begins"] == {"status": "open", "raised_on": today}


def test_a_person_who_was_just_added_is_offered_as_owner_everywhere(page: Page, store: Store, access: Form):
    people_form = forms.form("register", page, "people", "", static=nothing)
    systems = forms.form("register", page, "systems", "", static=nothing)
    values = {"name": "Fraud analyst", "part": "technical expert"}
    key = tell(people_form, "save", key="", base=0, values=values)["revision"]["key"]

    assert "Fraud analyst" in systems.state["people"]
    assert "Fraud analyst" in access.state["owners"]
    tell(people_form, "delete", key=key, base=1)
    assert "Fraud analyst" not in systems.state["people"]


def test_an_action_is_linked_to_its_finding_unless_somebody_says_that_there_is_none(page: Page, store: Store):
    actions = forms.form("register", page, "actions", "", static=nothing)
    finding = store.save_row("findings", "", {"name": "Gap", "grade": "observation", "status": "open"}, 0).key
    values = {"name": "Ask for two approvals", "status": "planned"}
    refused = tell(actions, "save", key="", base=0, values=values)
    assert (refused["ok"], refused["field"]) == (False, "finding")

    linked = tell(actions, "save", key="", base=0, values={**values, "finding": finding})["revision"]["key"]
    assert tell(actions, "save", key=linked, base=1, values=values)["field"] == "finding"
    loose = tell(actions, "save", key="", base=0, values=values, without=["finding"])["revision"]["key"]
    assert tell(actions, "save", key=loose, base=1, values={**values, "owner": "Ada"})["ok"]


def test_a_risk_of_the_catalogue_is_taken_up_once_with_its_reason_and_without_a_rating(page: Page, store: Store):
    risks = forms.form("register", page, "risks", "", static=nothing)
    models = {"name": "Scoring", "system": "SYS-001", "kind": "trained here", "stage": "production"}
    store.save_row("models", "", models, 0)
    tell(risks, "reload")
    offered = risks.state["suggested"][0]
    reply = tell(risks, "adopt", number=offered["number"], draft="once")
    assert tell(risks, "adopt", number=offered["number"], draft="once")["number"] == reply["number"]

    [row] = store.record().rows["risks"]
    assert (row["catalogue"], row["systems"], row["likelihood"]) == (offered["number"], ("SYS-001",), None)
    assert offered["reasons"][0] in row["reason"]
    assert offered["number"] not in [one["number"] for one in risks.state["suggested"]]
    assert "is in the register" in tell(risks, "adopt", number=offered["number"])["says"]


def test_what_is_odd_is_pointed_out_while_it_is_typed_and_saved_all_the_same(datasets: Form, store: Store):
    two_rows(datasets)
    typed = {"name": " LOANS", "delete_by": "2020-01-15", "licence_expires": "soon"}
    doubts = [tuple(doubt) for doubt in tell(datasets, "check", key="", values=typed)["doubts"]]
    assert doubts == [
        ("name", "DS-001 has this name, too. If both are meant, tell them apart."),
        ("delete_by", "15 Jan 2020 has passed already."),
    ]
    saved = tell(datasets, "save", key="", base=0, values={"name": "Loans"})
    assert (saved["ok"], [field for field, _ in saved["doubts"]]) == (True, ["name"])
    other = {"name": "Loans", "version": "2"}
    assert tell(datasets, "check", key="", values=other)["doubts"] == []


def test_an_answer_that_was_due_before_today_is_pointed_out(access: Form):
    late = tell(access, "save", key=Q, base=0, answer={**ANSWER, "due": "2020-01-15"})
    assert [tuple(doubt) for doubt in late["doubts"]] == [("due", "15 Jan 2020 has passed already.")]
    done = {**ANSWER, "due": "2020-01-15", "result": "implemented"}
    assert tell(access, "save", key=Q, base=1, answer=done)["doubts"] == []


# a paste that is mended in its preview --------------------------------------------------------------------------------

ODD = "Name\tDelete by\nLoans\tsoon\nChats\t2027-01-31\nChats\t2027-01-31\n"


def test_a_wrong_cell_is_mended_in_the_preview(datasets: Form, store: Store):
    first = tell(datasets, "paste", text=ODD)
    [wrong] = [row for row in first["rows"] if row["state"] == "wrong"]
    assert [(c["label"], c["value"], bool(c["says"])) for c in wrong["cells"]] == [
        ("Name", "Loans", False), ("Delete by", "soon", True),
    ]  # fmt: skip
    assert first["twins"] == [(4, 3)]
    assert any("line 4 says the same as line 3" in note.casefold() for note in first["notes"])

    mends = {"pasted": {"2": {"Delete by": "2027-02-28"}, "4": None}}
    good = tell(datasets, "preview", sheet="pasted", mends=mends)
    assert (good["counts"]["new"], good["twins"], good["ready"]) == (2, [], True)
    tell(datasets, "import", plan=good["plan"])
    assert [(r.name, str(r["delete_by"])) for r in store.record().rows["datasets"]] == [
        ("Loans", "2027-02-28"), ("Chats", "2027-01-31"),
    ]  # fmt: skip


def test_a_preview_speaks_in_the_words_on_the_screen(datasets: Form):
    text = "Name\tData steward\tDelete by\tSystems\nLoans\tAda\t03/04/2027\tScoring\nChats\tBen\t31/04/2027\t\n"
    shown = tell(datasets, "paste", text=text)
    told = " ".join([*shown["notes"], *shown["problems"], *(s for r in shown["rows"] for s in r["says"])])
    told += " ".join(c["says"] for r in shown["rows"] for c in r["cells"])
    assert "Data steward → Owner" in told
    assert "Did you mean Credit scoring?" in told
    for strange in ("--", "pasted.csv", "delete_by", "data_sources"):
        assert strange not in told
    assert tell(datasets, "paste", text="")["says"].startswith("What was pasted is empty")


# periods, tasks and what the audit is about ---------------------------------------------------------------------------


def test_an_audit_period_that_ends_before_it_begins_is_refused_at_its_field(page: Page, store: Store):
    about = forms.form("engagement", page, static=nothing)
    period = {"title": "ISMS audit 2027", "period_from": "2026-03-01", "period_to": "2026-02-01"}
    refused = tell(about, "save", base=1, values=period)
    assert refused["field"] == "period_to"
    assert refused["says"] == "The audit period ends on 2026-02-01, before it begins on 2026-03-01."
    assert store.record().engagement.period_to is None


def test_a_task_goes_back_and_forward_as_well(page: Page, store: Store):
    timeline = forms.form("tasks", page, static=nothing)
    key = "t3-train-staff"
    tell(timeline, "save", key=key, base=0, values=TASK)
    assert tell(timeline, "undo", kind="task", key=key)["says"].startswith("Undone: ")
    assert next(task for task in timeline.state["tasks"] if task["key"] == key)["version"] == 0
    tell(timeline, "redo", kind="task", key=key)
    assert store.record().tasks.get(key).value.note == "two of three"


def test_a_sample_larger_than_its_population_is_pointed_out(page: Page):
    tests = forms.form("register", page, "tests", "", static=nothing)
    drawn = {"population": "4 deployments, January to June 2026", "sampled": "9"}
    [doubt] = tell(tests, "check", key="", values=drawn)["doubts"]
    assert tuple(doubt) == ("sampled", "A sample of 9 cannot be drawn from a population of 4.")
    assert tell(tests, "check", key="", values={**drawn, "sampled": "4"})["doubts"] == []
    assert (
        tell(tests, "check", key="", values={"population": "2026-01-01 to 2026-06-30", "sample": "25"})["doubts"] == []
    )


def test_a_period_of_evidence_that_ends_before_it_begins_is_told_before_it_is_saved(access: Form):
    about = {"collected_at": "2026-", "period_from": "2026-03-01", "period_to": "2026-02-01"}
    [doubt] = tell(access, "check_evidence", about=about)["doubts"]
    assert tuple(doubt) == ("period_to", "The period covered ends on 2026-02-01, before it begins on 2026-03-01.")
    assert tell(access, "check_evidence", about={**about, "period_to": "2026-04-01"})["doubts"] == []


def test_a_form_that_opens_offers_what_a_colleague_recorded_just_now(datasets: Form, store: Store):
    store.acting_as(Person("Data steward")).save_row("data_sources", "", {"name": "Bureau"}, 0)
    assert datasets.state["choices"]["sources"] == []
    assert tell(datasets, "look")["ok"]
    assert datasets.state["choices"]["sources"] == [["SRC-001", "Bureau"]]
