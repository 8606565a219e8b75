from tests.helpers_audit import answer, record
from workbook.analysis.annex_a import control_uses
from workbook.model import Result


def test_all_93_controls_are_listed_and_each_names_the_questions_that_bear_on_it():
    uses = {use.control.id: use for use in control_uses(record())}

    assert len(uses) == 93
    assert [a.key for a in uses["A.8.2"].asked] == ["roles", "deploy@SYS-001"]
    assert uses["A.7.4"].asked == ()
    assert uses["A.7.4"].worst is None


def test_a_control_is_as_good_as_its_worst_result():
    said = [answer("roles", Result.IMPLEMENTED), answer("deploy", Result.PARTIAL, "SYS-001")]
    uses = {use.control.id: use for use in control_uses(record(said))}

    assert uses["A.8.2"].worst is Result.PARTIAL
    assert uses["A.5.15"].worst is Result.IMPLEMENTED


def test_what_is_known_to_be_missing_is_worse_than_what_nobody_looked_at_and_that_is_worse_than_planned():
    said = [answer("roles", Result.PLANNED)]
    assert {u.control.id: u.worst for u in control_uses(record(said))}["A.8.2"] is Result.NOT_ASSESSED

    said.append(answer("deploy", Result.NOT_IMPLEMENTED, "SYS-001"))
    assert {u.control.id: u.worst for u in control_uses(record(said))}["A.8.2"] is Result.NOT_IMPLEMENTED


def test_a_control_knows_the_controls_of_2013_it_took_over():
    use = next(u for u in control_uses(record()) if u.control.id == "A.8.2")

    assert [(r.id, r.title) for r in use.before] == [("A.9.2.3", "Management of privileged access rights")]


def test_controls_that_are_new_in_2022_took_over_none():
    new = [u.control.id for u in control_uses(record()) if not u.before]

    assert len(new) == 11
    assert "A.8.16" in new
