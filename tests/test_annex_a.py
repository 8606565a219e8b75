from dataclasses import replace

from tests.helpers_audit import (
    FAQ,
    PAGE,
    SECOND,
    SYSTEM,
    accepted,
    answer,
    catalog,
    days_ago,
    proof,
    question,
    record,
    row,
)
from workbook.analysis.annex_a import Covered, clause_uses, control_uses
from workbook.catalog import Catalog
from workbook.entries import Section, Task, Topic
from workbook.model import Result
from workbook.record import Record, Row


def covered(base: Record, of: str) -> Covered:
    return next(c for c in (*control_uses(base), *clause_uses(base)) if c.of.id == of)


def audit_test(**values: object) -> Row:
    return row("tests", "T-001", **{"question": "deploy", "lines": ("deploy/1",), "system": "SYS-001",
                                 "tested_on": days_ago(3), **values})  # fmt: skip


def with_topic(base: Record, topic: Topic) -> Record:
    small = catalog()
    return replace(base, catalog=Catalog((*small.topics, topic), small.facts, small.folder, small.digest))


def test_all_93_controls_and_30_clauses_are_listed_and_each_names_the_questions_that_test_it():
    uses = {use.of.id: use for use in control_uses(record())}

    assert len(uses) == 93
    assert len(clause_uses(record())) == 30
    assert [a.key for a in uses["A.8.2"].asked] == ["roles", "deploy@SYS-001"]
    assert uses["A.7.4"].asked == ()
    assert uses["A.7.4"].worst is None


def test_a_control_is_as_good_as_its_worst_result():
    said = [answer("roles", Result.IMPLEMENTED), answer("deploy", Result.PARTIAL, "SYS-001")]
    uses = {use.of.id: use for use in control_uses(record(said))}

    assert uses["A.8.2"].worst is Result.PARTIAL
    assert uses["A.5.15"].worst is Result.IMPLEMENTED


def test_what_is_known_to_be_missing_is_worse_than_what_nobody_looked_at_and_that_is_worse_than_planned():
    said = [answer("roles", Result.PLANNED)]
    assert covered(record(said), "A.8.2").worst is Result.NOT_ASSESSED

    said.append(answer("deploy", Result.NOT_IMPLEMENTED, "SYS-001"))
    assert covered(record(said), "A.8.2").worst is Result.NOT_IMPLEMENTED


def test_a_control_knows_the_controls_of_2013_it_took_over():
    assert [(r.id, r.title) for r in covered(record(), "A.8.2").before] == [
        ("A.9.2.3", "Management of privileged access rights")
    ]


def test_controls_that_are_new_in_2022_took_over_none():
    new = [u.of.id for u in control_uses(record()) if not u.before]

    assert len(new) == 11
    assert "A.8.16" in new


def test_tested_asked_mentioned_and_silent_are_told_apart():
    mention = row("controls", "A.7.4", applicable="no", reason="No own data centre.")
    base = record(rows=[audit_test(operation="effective"), mention])

    assert {of: covered(base, of).state for of in ("A.8.32", "A.5.15", "A.7.4", "A.7.1", "4.1")} == {
        "A.8.32": "tested", "A.5.15": "asked", "A.7.4": "mentioned", "A.7.1": "silent", "4.1": "silent",
    }  # fmt: skip


def test_a_question_that_nobody_answered_is_asked_and_shows_nothing():
    use = covered(record(), "A.5.15")

    assert (use.state, use.worst) == ("asked", Result.NOT_ASSESSED)
    assert (use.tally.assessed, use.tally.evidenced, use.tally.tested) == (0, 0, 0)


def test_a_claim_without_a_test_stays_asked_however_well_it_is_evidenced():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    use = covered(record(said, {"EV-0001": proof()}), "A.5.15")

    assert (use.state, use.tally.evidenced, use.tally.tested) == ("asked", 1, 0)


def test_a_test_without_conclusion_without_day_or_of_tomorrow_tests_nothing():
    for values in (
        {},
        {"design": "not tested", "operation": "not tested"},
        {"design": "effective", "tested_on": None},
        {"design": "effective", "tested_on": days_ago(-1)},
        {"design": "effective", "system": "SYS-002"},
    ):
        assert covered(record(rows=[audit_test(**values)]), "A.8.32").state == "asked", values


def test_a_test_that_failed_tests_a_control_and_shows_none_of_it():
    use = covered(record(rows=[audit_test(design="effective", operation="not effective")]), "A.8.32")

    assert (use.state, use.failed, use.tally.tested) == ("tested", 1, 0)


def test_a_test_of_one_system_leaves_the_other_untested_in_the_count():
    use = covered(record(rows=[SYSTEM, SECOND, audit_test(design="effective")]), "A.8.32")

    assert (use.audited, use.tally.applicable) == (1, 2)


def test_a_question_that_does_not_apply_counts_no_more_once_somebody_accepted_that():
    said = [answer("keys", Result.NOT_APPLICABLE, rationale="We hold no keys of our own.")]
    base = record(said)

    assert covered(base, "A.8.24").state == "asked"
    assert covered(accepted(base), "A.8.24").state == "mentioned"
    assert covered(accepted(base), "A.8.24").mentions == ("Keys (does not apply here)",)


def test_what_only_systems_are_asked_is_mentioned_while_none_is_named():
    base = record()
    nobody = replace(base, rows={**base.rows, "systems": ()})

    assert (covered(nobody, "A.8.32").state, covered(nobody, "A.8.32").mentions[0]) == ("mentioned", "Deploy")


def test_what_is_cited_and_tested_by_no_line_is_a_mention_as_are_tasks_help_and_findings():
    lines = ("read it", {"says": "try", "tests": ("9.1",)})
    cites = question("cites", refs={"iso27001": ("9.1", "A.6.4")}, look_for=lines)
    task = Task(id="t-one", title="Freeze", do="Freeze.", done_when="Frozen.", days_before=7, phase="Week of audit",
                refs={"iso27001": ("7.4",)})  # fmt: skip
    help_ = FAQ.model_copy(update={"id": "faq-two", "refs": {"iso27001": ("7.5.2",)}})
    sections = (Section(id="more", title="More", intro="More.", questions=(cites,)),)
    topic = Topic(id="more-topic", title="More", page=PAGE, sections=sections, tasks=(task,), faq=(help_,))
    base = with_topic(record(rows=[row("findings", "FI-001", requirement="A.7.7 asks for clear desks")]), topic)

    found = {of: covered(base, of) for of in ("9.1", "A.6.4", "7.4", "7.5.2", "A.7.7")}
    assert {of: (one.state, one.mentions) for of, one in found.items()} == {
        "9.1": ("asked", ()),
        "A.6.4": ("mentioned", ("Cites",)),
        "7.4": ("mentioned", ("Freeze",)),
        "7.5.2": ("mentioned", ("Is a certificate of its own needed?",)),
        "A.7.7": ("mentioned", ("finding FI-001",)),
    }


def with_lines(*lines: object) -> Record:
    """A record that asks one question more, `build`, with these lines."""
    more = question("build", refs={"iso27001": ("A.8.25", "A.8.28", "8.1")}, look_for=lines)
    section = Section(id="more", title="More", intro="More.", questions=(more,))
    return with_topic(record(), Topic(id="more-topic", title="More", page=PAGE, sections=(section,)))


def states(base: Record, lines: tuple[str, ...] | None) -> dict[str, str]:
    """How far the controls of `build` are covered by one test of these lines."""
    test = audit_test(question="build", system=None, lines=lines, operation="effective", design="effective")
    tested = replace(base, rows={**base.rows, "tests": (test,)})
    return {of: covered(tested, of).state for of in ("A.8.25", "A.8.28", "8.1")}


def test_only_the_controls_of_the_lines_that_were_tested_count_as_tested():
    base = with_lines({"says": "a", "tests": ("A.8.25", "8.1")}, {"says": "b", "tests": ("A.8.28", "8.1")})

    assert states(base, ("build/1",)) == {"A.8.25": "tested", "A.8.28": "asked", "8.1": "tested"}
    assert states(base, ("build/1", "build/2")) == dict.fromkeys(("A.8.25", "A.8.28", "8.1"), "tested")


def test_a_test_that_names_no_line_counts_for_what_all_lines_test_and_is_said_beside_the_others():
    shared = with_lines({"says": "a", "tests": ("A.8.25", "8.1")}, {"says": "b", "tests": ("A.8.28", "8.1")})
    loose = with_lines({"says": "a", "tests": ("A.8.25", "A.8.28", "8.1")}, "b")

    assert states(shared, None) == {"A.8.25": "asked", "A.8.28": "asked", "8.1": "tested"}
    assert set(states(loose, None).values()) == {"asked"}
    test = audit_test(question="build", system=None, lines=None, operation="effective")
    one = covered(replace(loose, rows={**loose.rows, "tests": (test,)}), "A.8.25")
    assert ([t.key for t in one.lineless], one.tests, one.tally.tested) == (["T-001"], (), 0)
