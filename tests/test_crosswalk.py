"""What answers show of ISO/IEC 42001 and the AI Act: never more than the weakest link, and by role, class and date."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from tests.helpers_audit import (
    CHECKLISTS,
    SECOND,
    TODAY,
    an_audit_test,
    answer,
    plain,
    proof,
    proven,
    record,
    row,
    with_rows,
)
from tests.helpers_audit import catalog as small_catalog
from workbook import references
from workbook.analysis.crosswalk import duties, stances
from workbook.audience import Edition
from workbook.catalog import Catalog
from workbook.entries import Topic
from workbook.entry import Crosswalk
from workbook.errors import Unknown
from workbook.model import Result
from workbook.record import Record, Row
from workbook.views.crosswalk import crosswalk

BECAUSE = {"because": "It asks who may.", "source": "Our reading"}
PART = [{"question": "roles", "carries": "part", **BECAUSE}, {"question": "deploy", "carries": "part", **BECAUSE}]
CONTROLS = {
    "A.2.2": {"asked_by": [{"question": "roles", "carries": "whole", **BECAUSE}]},
    "A.2.3": {"asked_by": PART, "leaves_open": "The rest of it."},
    "A.2.4": {},
    "A.3.2": {"asked_by": [{"question": "roles", "carries": "whole", **BECAUSE}, PART[1]]},
}
OPEN = {"asked_by": PART, "leaves_open": "The rest."}
DUTIES = [
    {"of": "5", **OPEN},
    {"of": "9", "roles": ["provider"], "classes": ["high"], **OPEN},
    {"of": "26", "roles": ["deployer"], "classes": ["high"], **OPEN},
    {"of": "43", "roles": ["provider"], "classes": ["high"], "follows": "8"},
]


@cache
def walks() -> Catalog:
    """The small catalog of the helpers with a small crosswalk to each frame."""
    ours = {"frame": "iso42001", "source": "Us.", "requirements": [{"of": of, **one} for of, one in CONTROLS.items()]}
    law = {"frame": "eu_ai_act", "source": "Us.", "requirements": DUTIES}
    topics = [Topic(id=f"walk-{w['frame']}", title="W", crosswalk=Crosswalk.model_validate(w)) for w in (ours, law)]
    return replace(small_catalog(), topics=(*small_catalog().topics, *topics))


def walked(base: Record) -> Record:
    return replace(base, catalog=walks())


def states(base: Record) -> dict[str, str]:
    return {s.of.id: s.state for s in stances(walked(base), "iso42001")}


def test_a_claim_without_evidence_shows_nothing():
    said = [answer("roles", Result.IMPLEMENTED), answer("deploy", Result.IMPLEMENTED, "SYS-001")]

    assert set(states(record(said)).values()) == {"nothing shown", "not asked"}


def test_parts_that_are_all_shown_are_partly_shown_and_never_more():
    found = states(proven())

    assert found == {
        "A.2.2": "shown as far as linked", "A.2.3": "partly shown", "A.2.4": "not asked",
        "A.3.2": "shown as far as linked",
    }  # fmt: skip


def test_a_requirement_stands_where_its_weakest_link_stands():
    kept = answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))

    found = states(record([kept], {"EV-0001": proof()}))
    assert (found["A.2.2"], found["A.2.3"], found["A.3.2"]) == (
        "shown as far as linked",
        "nothing shown",
        "nothing shown",
    )


def test_what_is_claimed_in_part_is_shown_in_part_even_where_the_link_carries_the_whole():
    half = record([answer("roles", Result.PARTIAL, evidence=("EV-0001",))], {"EV-0001": proof()})

    assert states(half)["A.2.2"] == "partly shown"


def test_one_system_without_proof_keeps_a_control_from_being_shown():
    assert states(with_rows(proven(), SECOND))["A.2.3"] == "nothing shown"


def test_what_is_contradicted_is_said_so_however_well_it_is_evidenced():
    failed = with_rows(proven(), an_audit_test(question="roles", operation="not effective", tested_on=TODAY))

    assert states(failed)["A.2.2"] == states(failed)["A.2.3"] == "contradicted"


def test_an_exclusion_that_nobody_accepted_shows_nothing():
    out = answer("roles", Result.NOT_APPLICABLE, rationale="We have no roles for these systems at all.")

    assert states(record([out]))["A.2.2"] == "nothing shown"


# the AI Act ---------------------------------------------------------------------------------------------------------


def system(role: str | None, risk_class: str | None, key: str = "SYS-001") -> Row:
    return row("systems", key, name="Scoring", ai_act_role=role, ai_act_class=risk_class)


def binding(*systems: Row) -> dict[str, list[tuple[str, str]]]:
    found = duties(walked(record(rows=systems)))
    return {d.of.id: [(s.binds, s.why) for s in d.stances] for d in found}


def test_duties_follow_role_and_class_and_say_why_they_do_not_bind():
    found = binding(system("deployer", "high"), system("provider", "minimal", "SYS-002"))

    assert found["5"] == [("yes", ""), ("yes", "")]
    assert found["9"] == [("no", "it binds providers"), ("no", "the class is minimal")]
    assert found["26"] == [("yes", ""), ("no", "it binds deployers")]
    assert binding(system("both", "high"))["9"] == binding(system("both", "high"))["26"] == [("yes", "")]
    assert binding(system("none", "high"))["5"] == [("no", "there is no role under the AI Act")]


@pytest.mark.parametrize(
    ("role", "risk_class", "why"),
    [
        (None, None, "the role and the class"),
        ("provider", "not assessed", "the class"),
        (None, "high", "the role"),
        ("provider", "high (Annex III)", "the class"),
        ("maker", "high", "the role"),
    ],
)
def test_what_nobody_decided_takes_no_duty_away(role: str | None, risk_class: str | None, why: str):
    assert binding(system(role, risk_class))["9"] == [("undecided", f"{why} is not decided")]


def test_a_system_classed_as_prohibited_stands_against_article_5_whatever_is_answered():
    banned = replace(proven(), rows={**proven().rows, "systems": (system("both", "prohibited"),)})
    found = {d.of.id: d for d in duties(walked(banned))}

    assert found["5"].state == "contradicted"
    assert found["9"].stances[0].why.startswith("a prohibited practice")
    assert binding(system("none", "prohibited"))["5"] == [("no", "there is no role under the AI Act")]


def test_a_duty_is_in_force_from_its_day_on_and_not_before_the_article_it_follows():
    found = {d.of.id: d for d in duties(walked(record(rows=[system("both", "high")])))}

    assert (found["5"].in_force(TODAY), found["9"].in_force(TODAY)) == (True, False)
    assert found["9"].in_force(date(2027, 12, 2))
    assert not found["9"].in_force(date(2027, 12, 1))
    assert found["43"].applies.listed == date(2027, 12, 2)  # the article itself applies since August 2026


def test_a_page_says_since_when_and_for_whom_and_a_customer_reads_counts_alone():
    base = walked(with_rows(replace(proven(), rows={**proven().rows, "systems": (system("provider", "high"),)})))
    words, outside = plain(crosswalk(base, "eu_ai_act")), plain(crosswalk(Edition("customer").of(base), "eu_ai_act"))

    assert "since 2 Feb 2025" in words
    assert "from 2 Dec 2027 (Annex III), 2 Aug 2028 (Annex I)" in words
    assert "Scoring: it binds deployers" in words
    assert "It asks who may." in words
    assert "3 duties of 4 bind here or may bind" in outside
    assert "It asks who may." not in outside
    assert "provider" not in outside


def test_a_frame_that_is_none_and_checklists_without_a_crosswalk_are_sentences():
    with pytest.raises(Unknown, match="iso42001"):
        crosswalk(record(), "iso9001")
    assert "hold no crosswalk" in plain(crosswalk(record(), "iso42001"))
    assert stances(record(), "iso42001") == duties(record()) == ()


# what ships ---------------------------------------------------------------------------------------------------------


def test_every_control_of_42001_and_every_article_stands_there_or_is_left_out_with_a_reason(catalog: Catalog):
    ours = [one.of for one in catalog.crosswalks["iso42001"].requirements]
    law = catalog.crosswalks["eu_ai_act"]
    out = [of for left in law.left_out for of in left.of]

    assert ours == [i for i in catalog.facts["iso42001"] if i.startswith("A.")]
    assert {one.of for one in law.requirements} | set(out) == set(catalog.facts["eu_ai_act"])


def test_a_duty_binds_only_whom_its_article_addresses(catalog: Catalog):
    facts = references.rows(CHECKLISTS / "reference", "eu_ai_act_articles")
    addressed = {r["article"]: r["addressee"].replace("gpai_", "").split(";") for r in facts}
    wrong = [
        one.of
        for one in catalog.crosswalks["eu_ai_act"].requirements
        if addressed[one.of] != ["all"] and not set(one.roles) <= set(addressed[one.of])
    ]

    assert wrong == []


def test_nothing_on_the_page_calls_anything_compliant(catalog: Catalog):
    base = replace(record(rows=[system("both", "high")]), catalog=catalog)

    assert "complian" not in plain(crosswalk(base, "iso42001") + crosswalk(base, "eu_ai_act")).lower()


def test_a_question_names_what_the_crosswalks_link_it_to_and_nothing_else_of_these_frames(catalog: Catalog):
    links = {
        (link.question, frame, one.of)
        for frame, walk in catalog.crosswalks.items()
        for one in walk.requirements
        for link in one.links
    }
    named = {
        (q.id, frame, of)
        for q in catalog.questions.values()
        for frame in catalog.crosswalks
        for of in q.refs.get(frame, ())
        if frame == "eu_ai_act" or of.startswith("A.")  # clauses 4 to 10 are references only
    }

    assert named == links  # a link needs a reason: write it in checklists/crosswalk_*.yaml


def test_a_date_of_one_paragraph_stands_beside_that_paragraph_alone(catalog: Catalog):
    systems = [system("both", "high and transparency")]
    words = plain(crosswalk(replace(record(rows=systems), catalog=catalog), "eu_ai_act"))

    assert words.count("50(2) from 2 Dec 2026") == 1
