"""The next audit goes on from the last one, and nothing of that counts before somebody confirms it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result
from markupsafe import Markup

from tests.conftest import reopened
from tests.helpers_audit import accepted, all_tested, plain, proven
from tests.helpers_green import AUDITOR, REVIEWER, day
from tests.test_forms import tell
from workbook import carrying, erasure, forms, undo
from workbook.analysis.dataframes import dataframe
from workbook.analysis.points import collect_points
from workbook.analysis.progress import page_progress
from workbook.analysis.proof import prove
from workbook.analysis.risk import rated_risks, unrated_faults
from workbook.analysis.verdict import judge
from workbook.as_of import AtRevision
from workbook.audience import Edition
from workbook.audit import Audit
from workbook.catalog import Catalog
from workbook.cli import main
from workbook.errors import BadInput, NotAllowed, Unknown
from workbook.exchange import export
from workbook.forms.base import Form
from workbook.forms.page import Page
from workbook.model import Answer, Draft, Engagement, Person, Review
from workbook.model import Result as Judged
from workbook.report import ReportRun
from workbook.report.in_word import papers
from workbook.store import Store, create
from workbook.verification import verify

LEAD = Person("ML platform lead")
NEXT = "isms-2028"
Q = "am-dev-tools"
SECRET = ("Poisoned data", "Late patches", "Head of credit")


@pytest.fixture(scope="module")
def two_years(stages: Path, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an audit in which everything was shown, open and closed findings, and the one that goes on."""
    home = tmp_path_factory.mktemp("years") / "home"
    shutil.copytree(stages / "green", home)
    with closing(reopened(home, catalog).ledger) as ledger:
        store = replace(reopened(home, catalog), ledger=ledger)
        key, _ = store.attach_bytes("access.csv", [b"role,person\n"], {"collected_at": store.on})
        store.attach_bytes("notes.txt", [b"a name\n"], {"title": "Notes"})
        erasure.erase(store, erasure.find(store, "EV-" + f"{int(key[3:]) + 1:04}"), "Asked for it")
        store.save_row("findings", "", {"name": "Late patches", "grade": "observation", "status": "open"}, 0)
        store.save_row("findings", "", {"name": "Old keys", "grade": "observation", "status": "closed"}, 0)
        store.save_row("actions", "", {"name": "Patch", "finding": "FI-001", "status": "under way"}, 0)
        store.ledger.append(store.name, [Draft("certificates", "CT-001", {"name": "4711", "status": "valid"})], LEAD)
        carrying.carry(store, NEXT, {}, Person("Compliance lead"))
    return home


@pytest.fixture
def following(two_years: Path, catalog: Catalog, tmp_path: Path) -> Iterator[Store]:
    """The audit that goes on, in the home of the test."""
    shutil.copytree(two_years, tmp_path / "home")
    opened = replace(reopened(tmp_path / "home", catalog), name=NEXT)
    yield opened
    opened.ledger.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"WORKBOOK_DEBUG": "1"}, catch_exceptions=False)


def confirm(store: Store, kind: str, *keys: str, who: Person = LEAD, **cells: object) -> None:
    newest = [store.ledger.get(store.name, kind, key) for key in keys]
    drafts = [Draft(kind, r.key, {**(r.body or {}), **cells}, r.version) for r in newest if r]
    store.acting_as(who).confirm(drafts)


# what comes along ----------------------------------------------------------------------------------------------------


def test_what_was_shown_last_year_is_only_claimed_in_the_next(following: Store):
    last, now = replace(following, name="isms-2027").record(), following.record()

    assert judge(last).stage == "ready for stage 2"
    assert (judge(now).stage, judge(now).readiness.shown) == ("not ready", 0)
    assert {p.step for p in prove(now).values()} == {"claimed"}
    assert all(a.to_reverify for a in now.asked)
    assert judge(now).unmet[0].says.startswith("Carried over from an earlier audit, and to be verified in this one: ")


def test_evidence_keeps_its_days_and_bytes_and_what_was_erased_stays_so(following: Store):
    last, now = replace(following, name="isms-2027").record(), following.record()

    assert now.evidence.keys() == last.evidence.keys()
    assert [s.value for s in now.evidence.values()] == [s.value for s in last.evidence.values()]
    assert [k for k, s in now.evidence.items() if s.value.form == "erased"] == [max(now.evidence)]
    assert verify(following, None).ok
    assert "Erased in isms-2027 on " in verify(following, None).erasures[0]


def test_findings_and_actions_come_along_while_they_are_open(following: Store):
    now = following.record()

    assert [(r.name, r.to_reverify) for r in now.register("findings")] == [("Late patches", True)]
    assert [r.name for r in now.register("actions")] == ["Patch"]
    assert (now.register("tests"), now.reviews, now.issued, now.register("plan")) == ((), {}, (), ())


def test_a_certificate_comes_as_history_and_does_not_stand(following: Store):
    assert following.record().register("certificates") == ()
    was, gone = following.history("certificates")
    assert (was.key, was.body["name"], gone.body) == ("CT-001", "4711", None)
    assert following.save_row("certificates", "", {"name": "4712", "status": "valid"}, 0).key == "CT-002"


def test_a_number_of_last_year_is_never_given_to_something_else(following: Store):
    added = following.save_row("findings", "", {"name": "New", "grade": "observation", "status": "open"}, 0)

    assert added.key == "FI-003"  # FI-002 was closed last year and did not come along


def test_the_first_revision_is_a_witness_of_the_earlier_chain(following: Store):
    origin = following.record().engagement.carried_from
    head = following.ledger.head("isms-2027")

    assert (origin.engagement, origin.number, origin.hash) == ("isms-2027", head.number, head.hash)
    changed = following.record().engagement.model_copy(update={"title": "Another", "carried_from": None})
    following.save_engagement(changed, 1)
    assert following.record().engagement.carried_from == origin


def test_an_earlier_audit_that_was_rewritten_since_is_found(following: Store, tmp_path: Path):
    about = following.record().engagement
    forged = about.carried_from.model_copy(update={"hash": "0" * 64})
    body = about.model_copy(update={"carried_from": forged}).body()
    following.ledger.append("isms-2029", [Draft("engagement", "engagement", body)], LEAD)
    found = verify(replace(following, name="isms-2029"), None)

    assert not found.ok
    assert "isms-2027 was rewritten since" in found.verdict.reason


def test_the_period_moves_by_a_year(following: Store):
    last, now = replace(following, name="isms-2027").record().engagement, following.record().engagement

    assert now.title == "ISMS audit 2028"
    assert now.audit_date is None
    assert (now.period_from.year, now.period_to.year) == (last.period_from.year + 1, last.period_to.year + 1)


def test_from_an_earlier_state_comes_what_stood_then(following: Store):
    early = replace(following, name="isms-2027", as_of=AtRevision(3))
    done = carrying.carry(early, "isms-other", {"title": "Other"}, LEAD)

    assert done.counts["systems"] == 2
    assert done.counts["answers"] == 0
    assert replace(following, name="isms-other").record().engagement.title == "Other"


# what takes the mark away --------------------------------------------------------------------------------------------


def test_a_person_confirms_one_by_one_and_then_it_counts_again(following: Store):
    confirm(following, "answer", Q)
    now = following.record()

    assert prove(now)[Q].step == "evidenced"
    assert not dataframe(now, "answers").loc[Q, "to_reverify"]
    assert sum(a.to_reverify for a in now.asked) == len(now.asked) - 1
    assert following.history("answer", Q)[-1].actor == LEAD.name


def test_an_undo_brings_the_mark_back_and_a_redo_takes_it_away(following: Store):
    confirm(following, "answer", Q)
    undo.undo(following, "answer", Q)
    assert following.record().ask(Q).to_reverify
    undo.redo(following, "answer", Q)
    assert not following.record().ask(Q).to_reverify


def test_what_was_taken_over_is_nobodys_save_to_undo(following: Store):
    with pytest.raises(BadInput, match="nothing to undo"):
        undo.undo(following, "answer", Q)


def test_a_save_that_does_not_speak_of_the_mark_leaves_it(following: Store, tmp_path: Path):
    table = tmp_path / "answers.csv"
    table.write_text(f"question,result,rationale\n{Q},implemented,Rewritten by a table\n")
    assert run("import", NEXT, str(table)).exit_code == 0
    rows = tmp_path / "systems.csv"
    rows.write_text("id,name,owner,to_reverify\nSYS-001,Credit scoring,Another lead,no\n")
    assert run("import", NEXT, str(rows)).exit_code == 0

    now = following.record()
    assert now.ask(Q).answer.value.rationale == "Rewritten by a table"
    assert now.ask(Q).to_reverify
    assert [(r["owner"], r.to_reverify) for r in now.systems] == [("Another lead", True), ("Support lead", True)]


def test_an_answer_that_is_given_anew_is_no_longer_to_re_verify(following: Store):
    given = Answer(question=Q, result=Judged.PARTIAL, rationale="Half of it is gone since the move.")
    following.save_answer(given, 1)

    assert not following.record().ask(Q).to_reverify


def test_a_copy_of_a_table_keeps_the_mark(following: Store, tmp_path: Path):
    confirm(following, "systems", "SYS-001")
    table = export.make(following, "csv", ["systems"]).files["systems.csv"]
    (tmp_path / "systems.csv").write_bytes(table)
    create(following.ledger, "copy", Engagement(title="Copy"), LEAD)
    assert run("import", "copy", str(tmp_path / "systems.csv")).exit_code == 0

    assert [r.to_reverify for r in replace(following, name="copy").record().systems] == [False, True]


# who may judge -------------------------------------------------------------------------------------------------------


def test_nobody_reviews_what_is_not_confirmed(following: Store):
    with pytest.raises(BadInput, match="confirm it in this audit before its review"):
        following.acting_as(REVIEWER).save_review(Review(question=Q, version=1, verdict="accepted"), 0)


def test_who_answered_last_year_cannot_review_it_this_year_though_another_confirmed(following: Store):
    confirm(following, "answer", Q, who=Person("New hire"))
    author = replace(REVIEWER, name=LEAD.name)
    with pytest.raises(NotAllowed, match="You answered this yourself"):
        following.acting_as(author).save_review(Review(question=Q, version=2, verdict="accepted"), 0)
    began = replace(REVIEWER, name="Compliance lead")  # who carried it over said nothing of it
    following.acting_as(began).save_review(Review(question=Q, version=2, verdict="accepted"), 0)


def test_a_review_and_a_test_of_this_year_prove_nothing_of_an_answer_nobody_confirmed():
    shown = all_tested(accepted(proven()))
    marked = {k: replace(s, value=s.value.model_copy(update={"to_reverify": True})) for k, s in shown.answers.items()}
    carried = replace(shown, answers=marked)

    assert {p.step for p in prove(shown).values()} == {"tested"}
    assert {p.step for p in prove(carried).values()} == {"claimed"}
    assert [page.waiting for page in page_progress(carried)] == [3]
    assert [p.title for p in collect_points(carried) if "re-verify" in p.title] == [
        "Access control: 2 answers to re-verify", "Cryptography: 1 answer to re-verify",
    ]  # fmt: skip


# risks ---------------------------------------------------------------------------------------------------------------


def test_an_acceptance_of_last_year_counts_again_when_the_risk_was_looked_at(following: Store):
    [before] = [r for r in rated_risks(following.record()) if r.row.key == "R-001"]
    assert before.row["accepted_by"] == "Head of credit"
    assert (before.accepted, before.why_not_accepted) == (
        False,
        "accepted in an earlier audit; nobody has confirmed the risk in this one",
    )
    assert "2 risks carried over and not looked at in this audit" in unrated_faults(following.record())

    with pytest.raises(BadInput, match="Last reviewed: this audit was begun on"):
        confirm(following, "risks", "R-001")
    confirm(following, "risks", "R-001", last_review=day(0, following.on))

    [after] = [r for r in rated_risks(following.record()) if r.row.key == "R-001"]
    assert after.accepted
    assert "1 risk carried over and not looked at in this audit" in unrated_faults(following.record())
    assert list(dataframe(following.record(), "risks")["to_reverify"]) == [False, True]


# what is refused -----------------------------------------------------------------------------------------------------


def refused(store: Store, name: str) -> str:
    before = store.ledger.engagements()
    with pytest.raises((BadInput, Unknown)) as caught:
        carrying.carry(store, name, {}, LEAD)
    assert store.ledger.engagements() == before
    return str(caught.value)


def test_what_cannot_go_on_is_said_in_a_sentence_and_nothing_is_begun(following: Store):
    source = replace(following, name="isms-2027")

    assert "cannot go on from itself" in refused(source, "isms-2027")
    assert "exists already" in refused(source, NEXT)
    assert "isms-2027" in refused(replace(following, name="isms-2O27"), "isms-2029")


def test_an_audit_whose_evidence_was_changed_is_not_gone_on_from(following: Store, tmp_path: Path):
    for file in (tmp_path / "home" / "evidence").rglob("*"):
        if file.is_file() and file.read_bytes() == b"role,person\n":
            file.chmod(0o600)
            file.write_bytes(b"role,someone\n")

    assert "no audit can go on from it" in refused(replace(following, name="isms-2027"), "isms-2029")


def test_the_command_says_what_came_along_and_what_did_not(following: Store):
    result = run("new", "isms-2029", "--from", "isms-2027", "--title", "Recertification", "--json", "--as", "Ann")
    told = json.loads(result.stdout)

    assert (told["engagement"], told["title"], told["from"]["engagement"]) == (
        "isms-2029", "Recertification", "isms-2027",
    )  # fmt: skip
    assert told["carried"]["risks"] == 2
    assert {"what": "findings", "count": 1, "why": "closed", "keys": ["FI-002"]} in told["left_out"]
    history = json.loads(run("history", "isms-2029", "answer", Q, "--json").stdout)
    assert (history[0]["to_reverify"], history[0]["body"]["to_reverify"]) == (True, True)
    assert AUDITOR.name not in {h["actor"] for h in history}


# in the forms --------------------------------------------------------------------------------------------------------


def opened(store: Store, kind: str, about: str) -> Form:
    return forms.form(kind, Page(store), about, "", static=lambda: Markup("<p>static</p>"))


def in_form(store: Store) -> tuple[Form, dict[str, object]]:
    """The section that asks `Q`, and the answer as its form sends it."""
    section = store.catalog.section_of[Q].id
    body = store.record().ask(Q).answer.value.body()
    return opened(store, "questions", section), {**body, "due": body["due"] or ""}


def test_an_owner_or_a_day_confirms_nothing_and_other_words_do(following: Store):
    form, answer = in_form(following)
    assert form.state["items"][0]["toReverify"]
    assert "Carried over from isms-2027" in tell(form, "open", key=Q)["carried"]

    for _ in ("sent", "sent again, because the reply was lost"):
        owned = {**answer, "owner": "Somebody"}
        assert tell(form, "save", key=Q, base=1, answer=owned, draft="d1")["ok"]
    tell(form, "assign", keys=[Q], owner="Another", due="")
    assert following.record().ask(Q).to_reverify
    assert tell(form, "save", key=Q, base=3, answer={**answer, "rationale": "Looked at today: half of it."})["ok"]
    assert not following.record().ask(Q).to_reverify


def test_still_true_is_recorded_by_name_for_a_list_that_is_whole_or_not_at_all(following: Store):
    form, _ = in_form(following)
    first, second = [i["key"] for i in form.state["items"][:2]]
    seen = following.record().answers[second].version

    assert "at version 1, not 7" in tell(form, "confirm", keys=[[first, 1], [second, 7]])["says"]
    assert following.record().answers[first].value.to_reverify
    for _ in ("sent", "sent again, because the reply was lost"):
        said = tell(form, "confirm", keys=[[first, 1], [second, seen]], draft="d2")
        assert said["says"] == "2 confirmations recorded in the name of ML platform lead."
    assert "confirmed already" in tell(form, "confirm", keys=[[first, 2]])["says"]
    assert [i["toReverify"] for i in form.state["items"]][-2:] == [False, False]


def test_a_risk_that_is_still_true_was_looked_at_today(following: Store):
    form = opened(following, "register", "risks")
    [first, second] = form.state["rows"]
    changed = {**first["values"], "measures": "Checked once more"}
    assert tell(form, "save", key=first["key"], base=1, values=changed)["ok"]
    assert [r["toReverify"] for r in form.state["rows"]] == [True, True]  # a cell confirms nothing

    assert tell(form, "confirm", keys=[[second["key"], 1]])["ok"]
    risk = following.record().register("risks")[1]
    assert (risk.to_reverify, risk["last_review"]) == (False, following.on)


def test_a_page_begins_the_next_audit_from_an_earlier_one(following: Store):
    line = forms.form("line", Page(following), lambda: Markup(""), lambda _: None)
    typed = dict.fromkeys(("title", "name", "organisation", "audit_date", "time_zone"), "")

    assert "exists already" in tell(line, "begin", **typed, source="isms-2027")["says"]
    assert tell(line, "begin", **{**typed, "name": "isms-2029"}, source=NEXT)["ok"]
    begun = replace(following, name="isms-2029").record()
    assert (begun.engagement.title, begun.engagement.carried_from.engagement) == ("ISMS audit 2029", NEXT)
    assert len(begun.answers) == len(following.record().answers)


# the two audits side by side -----------------------------------------------------------------------------------------


def test_what_became_of_last_year_is_told_as_new_gone_changed_confirmed_and_to_re_verify(following: Store):
    confirm(following, "answer", Q)
    other = next(a.key for a in following.record().asked if a.key != Q and not a.system)
    given = following.record().answers[other].value.model_copy(update={"result": Judged.PARTIAL, "to_reverify": False})
    following.save_answer(given, 1)
    following.save_row("findings", "", {"name": "New", "grade": "observation", "status": "open"}, 0)
    told = json.loads(run("compare", "isms-2027", NEXT, "--json").stdout)

    many = len(following.record().asked)
    assert told["counts"]["answer"] == {"new": 0, "gone": 0, "changed": 1, "confirmed": 2, "to_reverify": many - 2}
    assert told["counts"]["finding"] == {"new": 1, "gone": 1, "changed": 0, "confirmed": 0, "to_reverify": 1}
    says = {(c["kind"], c["key"]): (c["what"], c["says"]) for c in told["changes"]}
    assert says["answer", other] == ("changed", "implemented → partial")
    assert says["finding", "FI-002"] == ("gone", "was closed")
    assert told["confirmed"]["answer"] == sorted([Q, other], key=told["confirmed"]["answer"].index)
    assert "same engagement" in str(refusal("compare", NEXT, NEXT))


def refusal(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2
    return result.stderr


def test_the_report_says_what_became_of_last_year_and_a_customer_reads_no_more_of_it(following: Store):
    confirm(following, "risks", "R-001", last_review=day(0, following.on))
    team = Audit(following, "", Edition("internal"), live=False)
    told = plain(team.changes().markup)
    assert "Since the last audit" in told
    assert "ready for stage 2 → not ready" in told
    assert "Poisoned data 2 (R-002)" in told

    customer = Audit(following, "", Edition("customer"), live=False)
    told = plain(customer.changes().markup)
    assert "Since the last audit" in told
    assert [told[max(0, told.index(w) - 80) : told.index(w) + 40] for w in SECRET if w in told] == []
    assert customer.record.ask(Q).to_reverify

    head, on = following.head(), following.on
    made = papers(ReportRun(NEXT, head, on, Path(), ()), "", "auditor")
    word = docx.Document(BytesIO(made["summary.docx"]))
    assert next(p.text for p in word.paragraphs if "; now " in p.text) in told  # in the words of the page
    said = [p.text for p in word.paragraphs] + [c.text for t in word.tables for line in t.rows for c in line.cells]
    assert "To re-verify" in said


def test_nothing_is_compared_with_an_audit_that_is_another_one_now(following: Store):
    about = following.record().engagement
    forged = about.model_copy(update={"carried_from": about.carried_from.model_copy(update={"hash": "0" * 64})})
    following.ledger.append("isms-2029", [Draft("engagement", "engagement", forged.body())], LEAD)
    told = plain(Audit(replace(following, name="isms-2029"), "", Edition("internal"), live=False).changes().markup)

    assert "is not in this ledger as it was then" in told
