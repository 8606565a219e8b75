import re
from dataclasses import replace

import pytest

from tests.helpers_audit import (
    FAQ,
    FLAG,
    PAGE,
    SECOND,
    SYSTEM,
    answer,
    catalog,
    days_ago,
    plain,
    proof,
    proven,
    question,
    record,
    with_review,
)
from workbook.audience import Edition
from workbook.entries import DependsOn, Section, Topic
from workbook.errors import Unknown
from workbook.model import Result, Review
from workbook.views import cards
from workbook.views.markup import with_hints


def card(base, question="deploy", system="SYS-001", **more):
    return cards.card(base, [base.ask(question, system)], **more)


def fact(shown, name):
    """What stands beside this name on a card; None if the card does not say it."""
    found = re.search(rf"<dt>{name}</dt><dd>(.*?)</dd>", shown, re.DOTALL)
    return plain(found[1]) if found else None


def test_a_card_names_question_system_result_version_day_and_person():
    said = replace(answer("deploy", Result.PARTIAL, "SYS-001"), version=4)
    words = plain(card(record([said])))

    assert words.startswith("Deploy · Credit scoring ◐ Partial ◌ Claimed only version 4")
    assert "ML platform lead" in words


def test_a_card_is_closed_unless_it_is_asked_to_be_open():
    assert card(record()).startswith("<details><summary>")
    assert card(record(), open=True).startswith("<details open><summary>")


def test_a_link_to_an_answer_leads_into_its_card_which_opens_it():
    closed, opened = card(record()).split("</summary>", 1)

    assert 'id="deploy@SYS-001"' not in closed
    assert 'id="deploy@SYS-001"' in opened


def test_a_question_of_several_systems_is_one_card_with_what_helps_said_once():
    said = [
        answer("deploy", Result.PARTIAL, "SYS-001", rationale="By hand."),
        answer("deploy", Result.PLANNED, "SYS-002"),
    ]
    base = record(said, rows=[SYSTEM, SECOND])
    shown = cards.card(base, [base.ask("deploy", "SYS-001"), base.ask("deploy", "SYS-002")])

    assert plain(shown).startswith("Deploy Credit scoring ◐ Partial ◌ Claimed only Support assistant ▷ Planned")
    assert shown.count("It fails silently otherwise.") == shown.count("How is deploy done?") == 1
    assert shown.index('id="deploy@SYS-001"') < shown.index("By hand.") < shown.index('id="deploy@SYS-002"')


def test_the_head_of_a_card_counts_the_results_of_many_systems():
    many = [replace(SYSTEM, key=f"SYS-00{n}") for n in range(1, 6)]
    base = record([answer("deploy", Result.PARTIAL, "SYS-001")], rows=many)
    shown = plain(cards.card(base, [base.ask("deploy", row.key) for row in many]))

    assert shown.startswith("Deploy 1 partial, 4 not assessed 1 of 5 systems answered")


def test_a_section_says_in_one_sentence_how_many_answers_nobody_reviewed():
    said = [answer("deploy", Result.PARTIAL, "SYS-001"), answer("deploy", Result.PARTIAL, "SYS-002")]
    shown = plain(cards.section(record(said, rows=[SYSTEM, SECOND]), "access"))

    assert shown.count("2 of 2 answers not reviewed by a second person yet.") == 1
    assert "Not reviewed yet" not in shown


def test_a_card_says_what_is_asked_and_why_and_leaves_what_helps_to_answer_to_the_form():
    shown = card(record())

    assert fact(shown, "Asked") == "How is deploy done?"
    assert fact(shown, "Why it matters") == "It fails silently otherwise."
    assert "take the list" not in shown
    assert "Only the pipeline can." not in shown


def test_what_would_count_as_evidence_is_told_where_nobody_has_answered():
    expected = "Export for deploy (at most 90 days old; or Export)"

    assert fact(card(record()), "Would count as evidence") == expected
    assert fact(card(record([answer("deploy", Result.PARTIAL, "SYS-001")])), "Would count as evidence") is None


def test_an_unanswered_card_claims_nothing():
    shown = card(record())

    assert "? Not assessed" in shown
    assert "not answered yet" in shown
    assert [fact(shown, name) for name in ("Answer", "Owner", "Due", "Reviewed")] == [None] * 4
    assert fact(shown, "Evidence") == "None yet."


def test_an_answer_without_words_says_so():
    assert fact(card(record([answer("deploy", Result.PARTIAL, "SYS-001")])), "Answer") == "no words beside the result"


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (40, "● fresh, 40 of 90 days"),
        (203, "○ stale, 203 of 90 days"),
        (None, "◐ undated: nobody said when it was collected"),
    ],
)
def test_evidence_tells_its_name_artefact_and_age_and_leads_to_its_fingerprint(days, says):
    said = [answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0001",))]
    base = record(said, {"EV-0001": proof(days, title="Role export", artefact="Export for deploy")})

    assert fact(card(base), "Evidence") == f"Role export {says} Export for deploy · EV-0001"
    assert 'href="06_audit_report.ipynb#EV-0001"' in card(base)


def test_evidence_that_is_only_an_address_says_that_its_content_is_not_kept():
    link = proof(name="Ticket", form="link", link="https://tickets.example/1", sha256="")
    said = [answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0001",))]

    assert "an address, content not kept" in fact(card(record(said, {"EV-0001": link})), "Evidence")


def test_what_is_late_is_marked_in_words_and_what_is_proven_is_no_longer_due():
    late = [answer("deploy", Result.PARTIAL, "SYS-001", due=days_ago(9))]
    to_come = [answer("deploy", Result.PARTIAL, "SYS-001", due=days_ago(-9))]
    done = [answer("deploy", Result.IMPLEMENTED, "SYS-001", due=days_ago(9), evidence=("EV-0001",))]

    assert fact(card(record(late)), "Due") == "overdue 9 days"
    assert fact(card(record(to_come)), "Due") == "due 1 Dec 2026"
    assert fact(card(record(done, {"EV-0001": proof()})), "Due") is None


def test_a_review_counts_for_the_version_it_looked_at():
    said = answer("deploy", Result.PARTIAL, "SYS-001")
    review = Review(question="deploy", system="SYS-001", version=1, verdict="returned", comment="Which list?")

    assert fact(card(record([said])), "Reviewed") is None
    assert fact(card(with_review(record([said]), review)), "Reviewed") == "○ Returned Which list?"
    changed = with_review(record([replace(said, version=2)]), review)
    assert fact(card(changed), "Reviewed") == "◐ Changed since its review Which list?"


def test_references_have_titles_and_editions_2022_first():
    refs = {"gdpr": ("35",), "iso27001_2013": ("A.9.2.3",), "iso27001": ("A.8.2",), "atlas": ("AML.T0012",)}
    lines = re.findall(r"<li>(.*?)</li>", cards.references(catalog().references(refs)))

    assert [plain(line).split(" ")[0] for line in lines] == ["A.8.2", "A.9.2.3", "AML.T0012", "GDPR"]
    assert plain(lines[0]) == "A.8.2 Privileged access rights ISO/IEC 27001, 2022 + Amd 1:2024"
    assert "2013" in lines[1]


def test_a_code_on_a_card_has_its_title_once_in_the_key_below_the_last_section_of_the_page():
    base = record(rows=[SYSTEM, SECOND])
    last = base.catalog.section_of[base.of_page(PAGE)[-1].question.id].id
    shown = {section: cards.section(base, section) for section in ("access", last)}

    assert fact(shown["access"], "References") == "ISO/IEC 27001: A.5.15, A.8.2"
    assert [plain(one).count("Key to the references of this page") for one in shown.values()] == [0, 1]
    key = shown[last].partition("Key to the references")[2]
    assert plain(key).count("AML.T0012 Valid Accounts MITRE ATLAS") == 1
    assert 'href="08_statement_of_applicability.ipynb"' in key


def with_follow_up():
    """A section whose second question is asked only while the first may be implemented, with help beside it."""
    follows = question(
        "rotation", depends_on=DependsOn(question="keys", result=(Result.IMPLEMENTED,), because="No keys.")
    )
    section = Section(id="crypto", title="Cryptography", intro="What.", questions=(question("keys"), follows))
    help_ = FAQ.model_copy(update={"beside": ("rotation", "crypto")})
    small = Topic(id="small", title="Small", page=PAGE, sections=(section,), faq=(help_,))
    return replace(
        record([answer("keys", Result.NOT_IMPLEMENTED)]),
        catalog=replace(catalog(), topics=(small, *catalog().topics[1:])),
    )


def test_a_folded_question_says_that_it_is_not_asked_and_why():
    shown = card(with_follow_up(), "rotation", "")

    assert "– Not asked" in shown
    assert fact(shown, "Not asked because") == "No keys."


def test_a_folded_question_is_in_no_sum_of_its_section():
    shown = cards.section(with_follow_up(), "crypto")

    assert 'aria-label="1 not implemented"' in shown
    assert "nobody has answered yet" not in shown


def test_help_stands_beside_its_section_once_though_two_places_name_it():
    shown = with_hints(lambda: cards.section(with_follow_up(), "crypto"))()

    assert shown.count(FAQ.question) == 1
    assert FAQ.question not in cards.section(with_follow_up(), "crypto")


def test_a_section_opens_with_a_bar_and_a_line_for_each_question():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",), owner="Data steward")]
    words = plain(cards.section(record(said, {"EV-0001": proof(12)}, [SYSTEM, SECOND]), "access"))

    assert words.startswith("● 1 implemented ? 2 not assessed 1 of 1 answer not reviewed")
    assert "2 questions, 3 answers asked for 1 of 3 evidenced" in words
    assert "Question Credit scoring Support assistant Evidence Owner" in words
    assert "Roles ● Implemented ◔ Evidenced all systems 1 item, newest 12 days Data steward" in words
    assert "1 question nobody has answered yet" in words


def test_evidence_that_differs_between_systems_is_told_for_each_by_name():
    said = [answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0001",))]
    base = record(said, {"EV-0001": proof(120)}, [SYSTEM, SECOND])

    assert "Credit scoring: ○ 1 item, newest 120 days: stale Support assistant: ○ Not collected" in plain(
        cards.section(base, "access")
    )


def test_evidence_that_is_alike_for_all_systems_is_told_once():
    line = (
        plain(cards.section(record(rows=[SYSTEM, SECOND]), "access"))
        .split("Evidence Owner")[1]
        .partition("Deploy")[2]
        .partition("Roles")[0]
    )

    assert line.count("Not collected") == 1


def test_a_section_without_a_system_to_ask_says_where_to_name_one():
    base = record()
    asked = Section(id="only", title="Only", intro="Per system.", questions=(question("each", per="system"),))
    small = Topic(id="small", title="Small", page=PAGE, sections=(asked,))
    empty = replace(
        base, rows={**base.rows, "systems": ()}, catalog=replace(catalog(), topics=(small, *catalog().topics[1:]))
    )

    lacks = "These questions are asked of each ML system, and none is in scope yet."
    assert plain(cards.section(empty, "only")) == lacks
    assert (
        plain(with_hints(lambda: cards.section(empty, "only"))())
        == f"Per system. {lacks} Add those in scope in Start ."
    )


def test_a_section_nobody_knows_is_refused():
    with pytest.raises(Unknown, match="acess"):
        cards.section(record(), "acess")


def test_every_element_of_a_section_has_an_id_of_its_own():
    ids = re.findall(r'\bid="([^"]+)"', cards.section(record(rows=[SYSTEM, SECOND]), "access"))

    assert ids == ["roles", "deploy@SYS-001", "deploy@SYS-002"]


def test_what_people_type_on_a_card_is_shown_and_never_obeyed():
    system = replace(SYSTEM, values={**SYSTEM.values, "name": FLAG})
    said = answer("deploy", Result.PARTIAL, "SYS-001", rationale=FLAG, owner=FLAG, evidence=("EV-0001",), actor=FLAG)
    review = Review(question="deploy", system="SYS-001", version=1, verdict="returned", comment=FLAG)
    base = with_review(record([said], {"EV-0001": proof(title=FLAG, artefact=FLAG)}, [system]), review)
    shown = cards.section(base, "access")

    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 7


def test_a_customer_reads_the_result_and_the_age_and_nothing_that_somebody_typed():
    said = answer(
        "deploy", Result.PARTIAL, "SYS-001", rationale="secret way", owner="ML platform lead", evidence=("EV-0001",)
    )
    base = Edition("customer").of(record([said], {"EV-0001": proof(name="secret.csv")}))
    words = plain(cards.section(base, "access"))

    assert "◐ Partial" in words
    assert "fresh, 10 of 90 days" in words
    assert "secret" not in words
    assert "ML platform lead" not in words


def test_a_proven_section_has_no_alarm():
    assert "stale" not in cards.section(proven(), "access")
