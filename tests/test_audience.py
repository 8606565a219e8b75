"""What a customer may read: what is listed and nothing else, in any byte of any file, and no better than it is."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import nbformat
import pytest

from tests.helpers_audit import accepted_risk, answer, catalog, proof, record, row, with_review, with_rows
from workbook import paths
from workbook.analysis.audit_tests import weaknesses_of_test
from workbook.analysis.changes import changes_since
from workbook.analysis.data_flows import data_flows
from workbook.analysis.independence import auditors
from workbook.analysis.points import collect_points
from workbook.analysis.risk import rated_risks
from workbook.analysis.verdict import judge
from workbook.audience import AUDIENCES, PUBLIC, Edition
from workbook.entries import Register, Topic
from workbook.errors import BadInput
from workbook.model import Draft, Engagement, IssuedReport, Person, Result, Review, Role
from workbook.paths import CUSTOMER_PAGE
from workbook.record import Record
from workbook.report import make, run_all
from workbook.report.in_word import papers
from workbook.store import Store

TODAY = date.today()
ALLOWED = {"TOKENtitle", "TOKENorganisation", "TOKENcriteria", "TOKENsystemname", "TOKENlevel"}


class Tokens:
    """A distinct token for every typed field."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, field: str) -> str:
        self.made.append(f"TOKEN{len(self.made)}x{field}")
        return self.made[-1]


def cells(store: Store, register: str, token: Tokens) -> dict[str, Any]:
    """A row with a token in each text and something in every other column."""
    values: dict[str, Any] = {}
    for field in store.catalog.register(register).fields:
        if field.made:
            continue
        if field.id == "accepted_by":
            values[field.id] = values["owner"]
        elif field.id == "part":
            values[field.id] = "management"
        elif (register, field.id) == ("approvals", "approved_by"):  # who approves has to be in the table of people
            values[field.id] = store.record().register("people")[0].name
        elif (register, field.id) in (("risk_levels", "name"), ("risk_scales", "levels")):  # as everybody reads risks
            values[field.id] = "TOKENlevel"
        elif field.id == "status_reason":  # which has to be a reason
            values[field.id] = f"{token('statusreason')} is the reason"
        elif field.type in ("text", "long_text"):
            values[field.id] = token(f"{register}{field.id}")
        elif field.type == "choice":
            values[field.id] = field.choices[0]
        elif field.type == "date":
            values[field.id] = (TODAY - timedelta(days=30)).isoformat()
        elif field.type == "number":
            values[field.id] = 3
        elif field.type == "evidence":
            values[field.id] = ["EV-0001"]
        elif field.type == "question":
            values[field.id] = "ac-privileged-deploy"
        elif field.type == "ref" and field.required:
            values[field.id] = "C-001"
        elif field.register_ == "systems":
            values[field.id] = ["SYS-001"] if field.type == "refs" else "SYS-001"
    return values


def fill(store: Store, token: Tokens) -> None:
    """Something typed in every field that there is."""
    known = {"title": "TOKENtitle", "organisation": "TOKENorganisation", "criteria": "TOKENcriteria"}
    typed = {name: token(name) for name in ("scope", "prepared_by", "lead_auditor")}
    about = Engagement(**known, **typed, audit_date=TODAY + timedelta(days=60), period_from=TODAY, period_to=TODAY)
    store.save_engagement(about, 1)
    facts = {name: token(f"evidence{name}") for name in ("title", "source", "collector")}
    store.attach_bytes(token("file") + ".csv", [b"a,b\n"], facts | {"collected_at": TODAY})
    link = f"https://{token('host')}.example/{token('path')}"
    store.attach_link(link, {"title": token("linktitle"), "collected_at": TODAY})
    share = f"\\\\{token('server')}\\{token('folder')}\\roles.csv"
    store.attach_link(share, {"title": token("sharetitle"), "collected_at": TODAY})
    about_other = {"title": token("othertitle"), "artefact": token("artefact"), "collected_at": TODAY}
    store.attach_link(f"https://{token('other')}.example/", about_other)  # no answer may have such an artefact
    components = {"name": token("component"), "kind": "data storage", "zone": token("zone")}
    store.save([Draft("components", "C-001", components)])
    store.save([Draft("datasets", token("madekey"), {"name": token("datasetname"), "location": "C-001"})])
    for register in store.catalog.registers.values():
        key = "A.8.2" if register.keyed_by else "SYS-001" if register.id == "systems" else f"{register.prefix}-007"
        values = cells(store, register.id, token) | ({"name": "TOKENsystemname"} if register.id == "systems" else {})
        store.save_row(register.id, key, values, 1 if key == "SYS-001" else 0)
    for asked in store.record().asked:
        said = {
            "rationale": token("rationale"),
            "owner": token("owner"),
            "due": TODAY,
            "evidence": ("EV-0001", "EV-0002", "EV-0003"),
        }
        kept = {"question": asked.slot.question, "system": asked.slot.system, "result": Result.PARTIAL}
        store.save_answer(asked.answer.value.model_copy(update=kept | said), 0)
    reviewer = store.acting_as(Person(token("reviewer"), Role.REVIEWER))
    for asked in store.record().asked[::2]:
        verdict = {"version": 1, "verdict": "returned", "comment": token("comment")}
        reviewer.save_review(Review(question=asked.slot.question, system=asked.slot.system, **verdict), 0)
    for task in store.catalog.tasks:
        body = {"task": task, "status": "under way", "owner": token("taskowner"), "note": token("tasknote")}
        store.save([Draft("task", task, body)])
    head = store.head()
    report = IssuedReport(recipient=token("recipient"), as_of=TODAY, head_number=head.number, head_hash=head.hash)
    store.issue(report)
    one = store.record().ask("ac-privileged-deploy", "SYS-001")
    store.save_answer(one.answer.value.model_copy(update={"result": Result.PLANNED}), 1)  # something changed since


def bytes_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a report, and every drawing inside it as the text it carries."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        text = path.read_bytes().decode("utf-8")
        yield path.name, text
        for number, drawing in enumerate(re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", text)):
            yield f"{path.name}, drawing {number}", b64decode(drawing).decode("utf-8")


def in_word(documents: Mapping[str, bytes]) -> dict[str, str]:
    """Every part of DOCX files as text, by the names of file and part."""
    parts = {}
    for name, content in documents.items():
        with ZipFile(BytesIO(content)) as file:
            parts |= {f"{name}, {part}": file.read(part).decode("utf-8", "replace") for part in file.namelist()}
    return parts


def plainly_run(store: Store, system: str) -> dict[str, str]:
    """Every page of the workspace run for customers, whichever of them a report holds."""
    given = {"engagement": store.name, "system": system, "as_of": "", "audience": "customer", "mode": "page"}
    run = run_all(paths.pages(), Edition("customer").of(store.record(system)), given)
    assert not any(page.reason.startswith("TOKEN") for page in run.pages)
    return dict(bytes_of(run.folder))


@pytest.fixture
def token() -> Tokens:
    return Tokens()


def test_no_typed_field_stands_in_any_byte_of_the_edition_for_customers(store: Store, token: Tokens):
    speaker = store.acting_as(Person(token("speaker")))
    fill(speaker, token)

    run = make("isms-2027", {"audience": "customer"})

    assert run.exit_code == 0, run.summary()
    files = dict(bytes_of(run.folder))
    mine = {f"{CUSTOMER_PAGE}.html", f"{CUSTOMER_PAGE}.ipynb", "index.html", "manifest.json", "redactions.json"}
    assert files.keys() == mine
    assert not any("withheld" in text for text in files.values())
    files |= plainly_run(store, "")
    assert len(files) > 20  # and every page as Papermill runs it for customers
    secrets = [revision.id for revision in store.history()]  # of which the salts of its hashes are made
    assert not any(secret in text for secret in secrets for text in files.values())
    files |= in_word(papers(run, "", "customer"))
    leaks = {(name, word) for name, text in files.items() for word in set(re.findall(r"TOKEN\w+", text)) - ALLOWED}
    assert leaks == set()
    assert all(any(word in text for text in files.values()) for word in ALLOWED)


def test_the_team_reads_every_typed_field_somewhere(store: Store, token: Tokens):
    """That the tokens are there to be found, so that the test above can fail."""
    speaker = store.acting_as(Person(token("speaker")))
    fill(speaker, token)

    run = make("isms-2027", {"audience": "internal"})

    shown = "".join(text for _, text in bytes_of(run.folder))
    documents = "".join(in_word(papers(run, "", "internal")).values())
    typed = ("xscope", "prepared_by", "findingsstatement", "findingsshortfall", "findingsowner", "controlsstatement")
    assert [t for t in token.made if t.endswith(typed) and t not in documents] == []
    missing = [t for t in token.made if t not in shown]
    assert len(missing) < len(token.made) / 10, missing  # file names that have a title are not shown, for example


def test_a_customer_reads_no_key_author_or_broken_file_that_somebody_typed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store.save([Draft("systems", "TOKENkey", {"name": "Fraud"})])
    folder = tmp_path / "own" / "notebooks"
    folder.mkdir(parents=True)
    page = nbformat.read(paths.notebooks() / "00_start.ipynb", as_version=4)
    page.metadata["authors"] = [{"name": "TOKENauthor"}]
    page.cells = page.cells[:6]
    nbformat.write(page, folder / "00_start.ipynb")
    (folder / "01_broken.ipynb").write_text("TOKENtext {")
    monkeypatch.setattr(paths, "notebooks", lambda: folder)

    files = plainly_run(store, "TOKENkey")

    assert {"00_start.html", "01_broken.html", "index.html"} <= files.keys()
    assert {word for text in files.values() for word in re.findall(r"TOKEN\w+", text)} == set()


def test_the_team_reads_everything_and_an_auditor_all_but_what_reviewers_said_among_themselves():
    review = Review(question="roles", version=1, verdict="returned", comment="They will never see this.")
    full = with_review(record([answer("roles", Result.PARTIAL, rationale="two of three")]), review)
    theirs = Edition("auditor").of(full)

    assert Edition("internal").of(full) == full
    assert [s.value.verdict for s in theirs.reviews.values()] == ["returned"]
    assert [s.value.comment for s in theirs.reviews.values()] == [""]
    assert replace(theirs, audience="internal", reviews=full.reviews) == full


def test_an_audience_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(BadInput, match=f"audience is 'public'; it is one of {', '.join(AUDIENCES)}"):
        Edition("public")


@pytest.mark.parametrize("shape", PUBLIC, ids=lambda s: s.__name__)
def test_a_field_that_nobody_listed_is_withheld(shape: Any):
    assert PUBLIC[shape] < set(shape.model_fields)
    assert not PUBLIC[shape] & {"rationale", "owner", "comment", "note", "scope", "name", "recipient", "prepared_by"}


def test_the_scope_is_shown_as_somebody_wrote_it_for_customers():
    about = Engagement(title="x", scope="cloud account 4711", public_scope="The lending platform")

    assert Edition("customer").of(record(engagement=about)).engagement.scope == "The lending platform"
    hidden = Edition("customer").of(record(engagement=about.model_copy(update={"public_scope": ""})))
    assert hidden.engagement.scope == "withheld in this edition"


def test_the_same_text_has_the_same_number_and_another_text_another():
    risks = [row("risks", f"R-00{n}", owner=name) for n, name in enumerate(["CFO", " cfo ", "CISO"], 1)]

    owners = [r["owner"] for r in Edition("customer").of(record(rows=risks)).register("risks")]

    assert owners[0] == owners[1] != owners[2]
    assert all(re.fullmatch(r"withheld \(\d+\)", owner) for owner in owners)


def test_two_records_shown_together_number_alike():
    edition = Edition("customer")
    first = edition.of(record(rows=[row("risks", "R-001", owner="CFO")]))
    later = edition.of(record(rows=[row("risks", "R-001", owner="CISO"), row("risks", "R-002", owner="CFO")]))

    assert later.register("risks")[1]["owner"] == first.register("risks")[0]["owner"]


def test_two_records_shown_together_name_a_row_alike():
    edition = Edition("customer")
    beta = row("risks", "beta plan", likelihood=1, consequence=1)
    alpha = row("risks", "alpha plan", likelihood=5, consequence=5)
    earlier, now = edition.of(record(rows=[beta])), edition.of(record(rows=[alpha, beta]))

    assert [c.says for c in changes_since(earlier, now)] == ["new, critical, 25"]


def test_a_key_that_somebody_made_up_is_replaced_wherever_it_stands():
    rows = [
        row("components", "ACME-vault", name="Vault"),
        row("datasets", "DS-001", location="ACME-vault"),
        row("risks", "payroll risk", likelihood=3, consequence=3),
    ]
    said = answer("roles", Result.IMPLEMENTED, evidence=("contract ACME",))
    edition = Edition("customer").of(record([said], {"contract ACME": proof()}, rows))

    assert "ACME" not in repr(edition.rows) + repr(edition.answers) + repr(edition.evidence)
    assert edition.register("datasets")[0]["location"] == edition.register("components")[0].key == "C-X01"
    assert edition.ask("roles").evidence[0][0] == "EV-X01"
    assert edition.register("risks")[0].key == "R-X01"


def test_text_that_became_a_choice_is_still_text():
    changes = [row("changes", "CH-001", kind="Moved to the Acme cloud")]

    assert "Acme" not in repr(Edition("customer").of(record(rows=changes)).register("changes"))


def test_controls_are_named_by_the_standard_and_not_as_typed():
    edition = Edition("customer").of(record(rows=[row("controls", "A.8.2", name="Root on host fra-7")]))

    assert edition.register("controls")[0].name == "Privileged access rights"


def test_who_spoke_is_counted_and_not_named(store: Store):
    store.acting_as(Person("Another")).save([Draft("systems", "SYS-003", {"name": "Fraud"})])

    found = Edition("customer").speakers(store.history())

    assert len({r.actor for r in found}) == 2
    assert "Another" not in repr(found)
    assert not any(r.body for r in found)


# no better than it is -------------------------------------------------------------------------------------------------


def conflicts(shown: Record) -> list[int]:
    return sorted(len(one.conflicts) for one in auditors(shown))


def hide(register: Register, column: str) -> Register:
    fields = tuple(f.model_copy(update={"public": f.public and f.id != column}) for f in register.fields)
    return register.model_copy(update={"fields": fields})


def registers_topic(registers: list[Register]) -> Topic:
    return Topic(id="registers", title="Registers", registers=tuple(registers))


WORKED = row("people", "P-001", name="Ann", part="auditor", worked_on="Credit scoring since 2024", competence="CISA")
RATED = {"likelihood": 5, "consequence": 4, "residual_likelihood": 2, "residual_consequence": 4, "treatment": "modify"}
RISK = row("risks", "R-001", name="Poison", owner="CFO", accepted_by="Intern", accepted_on=TODAY, **RATED)


def test_an_acceptance_by_somebody_else_is_told_to_customers_too():
    edition = Edition("customer").of(record(rows=[RISK]))

    (risk,) = rated_risks(edition)
    assert len(risk.weaknesses) == len(rated_risks(record(rows=[RISK]))[0].weaknesses) > 0
    assert "Intern" not in str(risk.weaknesses)


def test_an_auditor_who_checks_their_own_work_is_told_to_customers_too():
    test = row("tests", "T-001", question="roles", auditor="ann ", checked_by="Ann", method="inquiry")
    full = with_review(
        record([answer("roles", Result.IMPLEMENTED, actor="Ann")], rows=[WORKED, test]),
        Review(question="roles", version=1, verdict="accepted"),
    )
    edition = Edition("customer").of(full)

    assert conflicts(edition) == conflicts(full) == [1]
    assert weaknesses_of_test(edition, edition.register("tests")[0]) == weaknesses_of_test(
        full, full.register("tests")[0]
    )


def test_work_on_an_audited_system_is_told_to_customers_too():
    full = record(rows=[WORKED, row("plan", "PL-001", auditor="Ann", systems=("SYS-001",), status="planned")])

    assert conflicts(Edition("customer").of(full)) == conflicts(full) == [1]


def test_work_is_found_in_customers_texts_wherever_the_team_finds_it():
    worked = row("people", "P-001", name="Ann", part="auditor", worked_on="all of CREDIT SCORINGS", competence="CISA")
    full = record(rows=[worked, row("plan", "PL-001", auditor="Ann", systems=("SYS-001",), status="planned")])

    assert conflicts(Edition("customer").of(full)) == conflicts(full) == [1]


def test_a_name_of_a_system_that_is_not_public_stands_in_no_text():
    registers = [hide(r, "name") if r.id == "systems" else r for r in catalog().registers.values()]
    full = record(rows=[WORKED, row("plan", "PL-001", auditor="Ann", systems=("SYS-001",), status="planned")])
    full = replace(full, catalog=replace(full.catalog, topics=(*full.catalog.topics[:1], registers_topic(registers))))
    edition = Edition("customer").of(full)

    assert "Credit scoring" not in repr(edition.rows)
    assert conflicts(edition) == conflicts(full) == [1]


@pytest.mark.parametrize(
    ("register", "column"),
    [("findings", "grade"), ("risks", "likelihood"), ("risks", "acceptance_ends"), ("models", "stage")],
)
def test_an_edition_is_refused_where_a_figure_rests_on_what_customers_may_not_read(register: str, column: str):
    registers = [hide(r, column) if r.id == register else r for r in catalog().registers.values()]
    topics = (*catalog().topics[:1], registers_topic(registers))

    with pytest.raises(BadInput, match=f"The {column} of the {register} decides figures .* Write public: true"):
        Edition("customer").of(replace(record(), catalog=replace(catalog(), topics=topics)))


def test_a_protection_that_is_said_to_be_none_stays_none():
    component = row("components", "C-001", name="Lake", authentication="None", encryption="AES at rest")

    shown = Edition("customer").of(record(rows=[component])).register("components")[0]

    assert shown["authentication"] == "None"
    assert shown["encryption"].startswith("withheld")


def test_a_flow_that_crosses_a_boundary_is_told_to_customers_too():
    rows = [row("components", "C-001", zone="internet"), row("components", "C-002", zone="vault"),
            row("flows", "F-001", source="C-001", target="C-002")]  # fmt: skip

    (flow,) = data_flows(Edition("customer").of(record(rows=rows)))

    assert flow.crosses
    assert "internet" not in str(flow.zones)


def test_no_spelling_makes_a_customer_read_less_than_the_team():
    rows = [row("components", "C-001", zone="DMZ"), row("components", "C-002", zone="dmz "),
            row("flows", "F-001", source="C-001", target="C-002"),
            accepted_risk(owner="Ann  Lee", accepted_by="ann lee", accepted_on=TODAY, **RATED)]  # fmt: skip
    full = record(rows=rows)
    edition = Edition("customer").of(full)

    assert data_flows(edition)[0].boundary == data_flows(full)[0].boundary == "stays"
    assert [w.kind for w in rated_risks(edition)[0].weaknesses] == [w.kind for w in rated_risks(full)[0].weaknesses]


@pytest.mark.parametrize("then", [{}, {"scenario": "Another one"}, {"accepted_state": None}])
def test_customers_read_of_an_acceptance_that_lapsed_though_they_do_not_read_what_was_accepted(then: dict[str, str]):
    risk = accepted_risk(scenario="Somebody writes to the lake", **RATED)
    full = record(rows=[row("risks", "R-001", **{**risk.values, **then})])
    (ours,), (theirs,) = rated_risks(full), rated_risks(Edition("customer").of(full))

    assert ours.accepted is theirs.accepted is (not then)
    assert [w.kind for w in ours.weaknesses] == [w.kind for w in theirs.weaknesses]


def test_the_demo_has_the_same_verdict_and_points_for_customers(demo: Record):
    edition = Edition("customer").of(demo)
    mine, theirs = judge(demo), judge(edition)

    assert (mine.stage, mine.counts, [c.met for c in mine.conditions]) == (
        theirs.stage, theirs.counts, [c.met for c in theirs.conditions],
    )  # fmt: skip
    assert (mine.readiness.claimed, mine.readiness.shown) == (theirs.readiness.claimed, theirs.readiness.shown)
    assert len(mine.contradicted) == len(theirs.contradicted)
    assert [(p.severity, p.overdue_days) for p in collect_points(demo)] == [
        (p.severity, p.overdue_days) for p in collect_points(edition)
    ]
    assert conflicts(edition) == conflicts(demo)
    assert [r.weaknesses != () for r in rated_risks(edition)] == [r.weaknesses != () for r in rated_risks(demo)]


def test_who_answered_an_earlier_version_is_tied_to_the_answer_in_every_edition(store: Store):
    slot = {"question": "ac-privileged-deploy", "system": "SYS-001"}
    first = Draft("answer", "ac-privileged-deploy@SYS-001", {**slot, "result": "planned"})
    store.acting_as(Person("Ann")).save([first])
    later = Draft("answer", first.key, {**slot, "result": "partial"}, 1)
    store.acting_as(Person("Bob")).save([later])
    store.save([Draft("people", "P-001", {"name": "Ann", "part": "auditor"})])
    full = with_rows(store.record(), row("tests", "T-001", question="ac-privileged-deploy", auditor="ANN"))

    assert max(conflicts(full)) == 1
    assert conflicts(Edition("customer").of(full)) == conflicts(full)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("4 to 10", "4 to 10"), ("5.3 and Acme 7.2", "5.3, 7.2"), ("room 4711, Acme", None), ("9.2 of 2027-01-05", "9.2")],
)
def test_of_what_an_audit_covers_a_customer_reads_the_clauses_and_nothing_else(typed: str, shown: str | None):
    audit = row("programme", "IA-001", clauses=typed)

    assert [r["clauses"] for r in Edition("customer").of(record(rows=[audit])).rows["programme"]] == [shown]
