"""Audit trails: each link green only by proof, red where the record says so, missing with what to record."""

import re
from dataclasses import replace

import pytest

from tests.conftest import ROOT
from tests.helpers_audit import an_audit_test, answer, days_ago, plain, proof, record, row, with_rows
from tests.hostile import STRINGS
from tests.test_views import assert_inert
from workbook import catalog
from workbook.analysis.trail import WORST_FIRST, AuditTrail, Link, speaks_of
from workbook.analysis.trail_rules import RULES
from workbook.analysis.trails import follow, shown_trails
from workbook.audience import Edition
from workbook.contract import TRAIL_RULES
from workbook.errors import Unknown
from workbook.model import Result
from workbook.record import Record, Row
from workbook.views import places
from workbook.views import trails as views
from workbook.views.markup import with_hints

REAL = catalog.load(ROOT / "checklists")
SYSTEM = row("systems", "SYS-001", name="Scoring", purpose="Scores loans", decides_about_people="with human review")
DATA = row("datasets", "DS-001", version="3.2.0", systems=("SYS-001",))
MINOR = "minor nonconformity"


def real(*rows: Row, answers=(), evidence=None) -> Record:
    return replace(record(answers, evidence, [SYSTEM, *rows]), catalog=REAL)


def model(key="M-001", version="3.2.0", **more) -> Row:
    facts = {"name": "gbm", "version": version, "system": "SYS-001", "kind": "trained here", "stage": "production",
             "validated_on": days_ago(20)}  # fmt: skip
    return row("models", key, **(facts | more))


def finding(statement: str, question: str, **more) -> Row:
    facts = {"grade": MINOR, "status": "open", "statement": statement, "question": question, "systems": ("SYS-001",)}
    return row("findings", "FI-001", **(facts | more))


def link(trail: AuditTrail, name: str) -> Link:
    return next(one for one in trail.links if one.entry.id == name)


def state(found: Record, name: str, key: str = "M-001") -> str:
    return link(follow(found, key), name).state


def says(found: Record, name: str, key: str = "M-001") -> str:
    return " ".join(f"{t.says} {' '.join(t.keys)}" for t in link(follow(found, key), name).told)


def all_artefacts(question: str, **more) -> dict:
    """A fresh piece of each artefact that a question asks for."""
    facts = {"period_from": days_ago(300), "period_to": days_ago(1), **more}
    wanted = REAL.questions[question].evidence
    return {f"EV-{n:04}": proof(artefact=e.artefact, **facts) for n, e in enumerate(wanted, 1)}


def claim(question: str, evidence: dict) -> object:
    return answer(question, Result.IMPLEMENTED, "SYS-001", evidence=tuple(evidence))


def test_the_rules_that_links_name_are_those_there_are():
    assert set(RULES) == TRAIL_RULES
    assert {one.rule for kind in REAL.trails for one in kind.links} - {""} == TRAIL_RULES


# shown, and not shown -------------------------------------------------------------------------------------------------


def test_a_validation_is_shown_by_evidence_of_this_version_and_of_no_other():
    for version, expected in (("3.2.0", "evidenced"), ("3.1.4", "claimed")):
        evidence = all_artefacts("op-model-validation", version=version, title=f"Report {version}")
        data = row("datasets", "DS-001", version=version, systems=("SYS-001",))
        found = real(model(), data, answers=[claim("op-model-validation", evidence)], evidence=evidence)

        assert state(found, "validation") == expected


def test_what_a_cell_says_is_a_claim_and_an_empty_one_says_what_to_record():
    said, silent = real(model(approved_by="Product owner")), real(model())

    assert state(said, "approval") == "claimed"
    assert state(silent, "approval") == "missing"
    told = with_hints(lambda: views.trail(silent, "M-001"))()
    assert "Record who approved this version" in plain(told)
    assert "Record who" not in plain(views.trail(silent, "M-001"))


def test_a_finding_that_names_the_version_breaks_its_link_whatever_was_shown():
    evidence = all_artefacts("op-model-validation", version="3.2.0")
    base = real(model(), DATA, evidence=evidence,
                answers=[claim("op-model-validation", evidence)])  # fmt: skip
    found = with_rows(base, finding("3.2.0 missed a limit.", "op-model-validation"))

    assert (state(base, "validation"), state(found, "validation")) == ("evidenced", "broken")
    assert "FI-001" in says(found, "validation")


def test_a_finding_about_another_version_breaks_nothing_and_lets_nothing_be_shown():
    evidence = all_artefacts("op-model-validation", version="3.2.0")
    base = real(model(), model("M-002", "3.1.4", stage="retired"), DATA,
                answers=[claim("op-model-validation", evidence)], evidence=evidence)  # fmt: skip

    assert state(with_rows(base, finding("3.1.4 missed a limit.", "op-model-validation")), "validation") == "claimed"


def test_a_failed_test_that_names_no_version_breaks_the_only_one_in_production():
    test = an_audit_test(question="op-model-validation", system="SYS-001", operation="not effective",
                         tested_on=days_ago(2))  # fmt: skip

    assert state(real(model(), test), "validation") == "broken"
    assert state(real(model(), model("M-002", "3.3.0"), test), "validation") == "claimed"


def test_a_later_test_that_can_stand_lifts_what_was_said_before():
    evidence = all_artefacts("op-model-validation", version="3.2.0")
    said = finding("3.2.0 missed a limit.", "op-model-validation", raised_on=days_ago(9))
    good = an_audit_test(question="op-model-validation", system="SYS-001", tested_on=days_ago(1))
    found = real(model(), DATA, said, good, evidence=evidence,
                 answers=[claim("op-model-validation", evidence)])  # fmt: skip

    assert state(found, "validation") != "broken"
    assert state(found, "findings") == "broken"  # it is still open


@pytest.mark.parametrize(
    ("text", "names", "so"),
    [("Version 3.2.0 went live.", ["3.2.0"], True), ("13.2.0", ["3.2.0"], False), ("3.2.0.1", ["3.2.0"], False),
     ("M-0011", ["M-001"], False), ("ds-009, kept", ["DS-009"], True), ("5 of them", ["5"], False)],
)  # fmt: skip
def test_a_text_names_a_thing_only_as_a_whole(text: str, names: list[str], so: bool):
    assert speaks_of(text, names) is so


# one model ------------------------------------------------------------------------------------------------------------


def test_data_whose_licence_had_ended_breaks_the_rights_of_the_model_and_of_the_data():
    source = row("data_sources", "SRC-001", origin="purchased", agreement="NL-1", agreement_expires=days_ago(50))
    data = row("datasets", "DS-001", sources=("SRC-001",), systems=("SYS-001",))
    found = real(model(training_data=("DS-001",)), data, source)

    assert state(found, "rights") == "broken"
    assert state(found, "origin", "DS-001") == "broken"


def test_what_serves_is_compared_with_what_somebody_approved():
    def serving(**more) -> str:
        return state(real(model(artefact_hash="ab" * 32, **more)), "serving")

    assert serving(serving_hash="cd" * 32, approved_by="Owner") == "broken"
    assert serving(serving_hash="AB" * 32, approved_by="Owner") == "claimed"
    assert serving(serving_hash="ab" * 32) == "missing"  # nobody approved any hash
    assert serving(approved_by="Owner") == "missing"


def test_a_live_version_that_something_stands_against_has_to_say_why_it_is_live():
    against = finding("3.2.0 has no approval.", "op-secure-deployment")

    assert state(real(model(approved_by="Owner"), against), "standing") == "missing"
    assert "No containment" in says(real(model(approved_by="Owner"), against), "standing")
    assert state(real(model(approved_by="Owner")), "standing") == "not due"
    assert state(real(model(stage="retired"), against), "standing") == "not due"


def test_a_containment_is_a_claim_where_it_names_the_version_or_mends_the_finding():
    against = finding("3.2.0 has no approval.", "op-secure-deployment")
    base = real(model(), against)
    other = replace(base, evidence={"EV-0001": proof(title="Containment of 3.1.4")})
    mine = replace(base, evidence={"EV-0001": proof(title="Containment of 3.2.0: every score is looked at")})
    action = row("actions", "CA-001", finding="FI-001", correction="Contained on 2026-11-20: declines are held.")

    denied = replace(base, evidence={"EV-0001": proof(title="3.2.0 was not contained; the card contains its limits")})

    assert [state(one, "standing") for one in (base, other, denied, mine)] == [*["missing"] * 3, "claimed"]
    assert state(with_rows(base, action), "standing") == "claimed"


@pytest.mark.parametrize(
    ("title", "stands"),
    [
        ("Sofortmaßnahme zu 3.2.0: jede Entscheidung wird angesehen", "claimed"),
        ("3.2.0 wurde eingedämmt", "claimed"),
        ("3.2.0 wurde noch nicht eingedämmt", "missing"),
        ("Keine Sofortmaßnahme für 3.2.0", "missing"),
    ],
)
def test_a_containment_may_be_told_in_german(title: str, stands: str):
    against = finding("3.2.0 has no approval.", "op-secure-deployment")
    told = replace(real(model(), against), evidence={"EV-0001": proof(title=title)})

    assert state(told, "standing") == stands


def test_a_change_looked_at_too_late_breaks_the_link_and_none_is_missing():
    change = row("changes", "CH-001", kind="new model deployed", models=("M-001",), happened_on=days_ago(9))
    late = replace(change, values={**change.values, "reassessed_on": days_ago(2)})

    assert state(real(model(change_ticket="T-1")), "change") == "missing"
    assert "CH-001" in says(real(model(change_ticket="T-1"), change), "change")
    assert state(real(model(change_ticket="T-1"), late), "change") == "broken"


# other things ---------------------------------------------------------------------------------------------------------


def test_a_leaver_who_still_owns_something_has_not_handed_over():
    gone = row("people", "P-001", name="E-031", part="takes no part", left_on=days_ago(60))
    owned = row("datasets", "DS-001", owner="e-031")

    assert state(real(gone, owned), "handover", "P-001") == "broken"
    assert "DS-001" in says(real(gone, owned), "handover", "P-001")
    assert state(real(gone), "returned", "P-001") == "missing"


def test_somebody_who_has_not_left_has_nothing_to_follow():
    found = real(row("people", "P-001", name="Data steward", part="technical expert"))

    assert follow(found, "P-001").verdict == "nothing to follow yet"
    assert shown_trails(found) == ()


def test_a_supplier_without_tried_exit_or_with_an_ended_contract():
    old = row("suppliers", "SUP-001", name="Harbour Services", contract="HLS-1", security_terms="Incident notice",
              contract_ends=days_ago(3), exit_plan="Second provider")  # fmt: skip
    tried = proof(title="Exit test Harbour Services")

    assert state(real(old), "contract", "SUP-001") == "broken"
    assert state(real(old), "exit", "SUP-001") == "missing"
    assert state(real(old, evidence={"EV-0001": tried}), "exit", "SUP-001") == "claimed"


def test_an_incident_is_followed_by_its_number():
    told = row("changes", "CH-001", name="INC-0042: a note leaked", kind="incident", happened_on=days_ago(40))
    mended = row("actions", "CA-001", name="Builds refuse notes (INC-0042)")

    assert state(real(told), "mended", "CH-001") == "missing"
    assert state(real(told, mended), "mended", "CH-001") == "claimed"


def test_an_unknown_thing_is_one_sentence_with_near_ones():
    with pytest.raises(Unknown, match=r"No row with an audit trail is called 'M-01'\. Did you mean M-001"):
        follow(real(model()), "M-01")


# readers --------------------------------------------------------------------------------------------------------------


def broken_model(text: str) -> Record:
    """A model, its supplier and a leaver of which every text says `text`."""
    return real(
        model(approved_by=text, change_ticket=text, handling=text),
        row("suppliers", "SUP-001", name=text, contract=text, security_terms=text, exit_plan=text),
        row("people", "P-001", name=text, part="takes no part", left_on=days_ago(9), returned=text),
        row("changes", "CH-001", name=f"INC-0001 {text}", kind="incident", happened_on=days_ago(9)),
        finding(f"3.2.0: {text}", "op-model-validation", name=text),
    )


@pytest.mark.parametrize("text", STRINGS)
def test_no_text_in_a_trail_runs_or_breaks_the_page(text: str):
    found = broken_model(text)

    assert_inert(views.trails(found, ""))
    assert_inert(places.with_trails(found, f"M-001 {text} SUP-001"))


def test_a_customer_reads_no_text_of_a_trail_and_no_better_state():
    found = broken_model("Zanzibar ltd")
    edition = Edition("customer").of(found)

    def ranks(one: Record) -> dict[tuple[str, str], int]:
        return {(t.row.key, k.entry.id): WORST_FIRST.index(k.state) for t in shown_trails(one) for k in t.links}

    assert "Zanzibar" in plain(views.trails(found, ""))
    assert "Zanzibar" not in plain(views.trails(edition, ""))
    mine, theirs = ranks(found), ranks(edition)
    assert {key for key in mine if theirs[key] > mine[key] and theirs[key] != WORST_FIRST.index("not due")} == set()


def test_a_key_in_a_text_leads_to_its_trail_and_one_without_a_trail_does_not():
    found = real(model(), model("M-003", "3.3.0", stage="staging"))

    said = places.with_trails(found, "M-001 and M-003, M-0012")
    assert said.count("<a ") == 1
    assert '<a href="09_audit_trails.ipynb#trail-models-M-001">M-001</a>' in said
    assert 'id="trail-models-M-001"' in views.trails(found, "trail-model")


def test_many_models_are_a_page_that_a_person_can_open():
    found = real(*(model(f"M-{n:03}", f"{n}.0.0") for n in range(80)))
    html = views.trails(found, "trail-model")

    assert html.count('id="trail-') == 60
    assert "20 trails more" in plain(html)


def test_what_nobody_said_excuses_nothing():
    found = real(model(stage=None, kind=None))

    assert [t.row.key for t in shown_trails(found)] == ["M-001"]
    assert state(found, "rights") == state(found, "approval") == "missing"


def test_a_key_that_is_a_plain_number_makes_no_link_of_every_number():
    found = real(model("5"), row("datasets", "5", name="Table"))

    assert "<a " not in places.with_trails(found, "5 of 12")
    assert {"trail-models-5", "trail-datasets-5"} <= set(re.findall(r'id="([^"]+)"', views.trails(found, "")))
    with pytest.raises(Unknown, match="No row with an audit trail is called '7'"):
        follow(found, 7)
