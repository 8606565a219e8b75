"""Who speaks."""

import pytest

from workbook import paths, people
from workbook.errors import BadInput, NotAllowed
from workbook.model import Person, Role


def test_nobody_speaks_until_somebody_says_so():
    assert people.who() is None


def test_who_spoke_last_speaks_again():
    people.remember(Person("Data steward", Role.REVIEWER))

    assert people.who() == Person("Data steward", Role.REVIEWER)


def test_the_hub_knows_better_than_the_settings(monkeypatch: pytest.MonkeyPatch):
    people.remember(Person("Data steward"))
    monkeypatch.setenv("WORKBOOK_ACTOR", "Security lead")
    assert people.who() == Person("Security lead")

    monkeypatch.setenv("JUPYTERHUB_USER", "ana")
    assert people.who() == Person("ana")
    assert people.is_fixed()


def test_nobody_speaks_under_another_name_than_the_hubs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ana")

    assert people.speaker("ana", "auditor") == Person("ana", Role.AUDITOR)
    with pytest.raises(NotAllowed, match="comes from the hub"):
        people.speaker("Security lead", "auditor")


def test_a_settings_file_that_is_broken_counts_as_none():
    paths.settings().parent.mkdir(parents=True)
    paths.settings().write_text("{")

    assert people.who() is None


@pytest.mark.parametrize(
    ("name", "role"), [("", "preparer"), ("x" * 201, "preparer"), ("Jo", "boss"), ("J\x00", "auditor")]
)
def test_a_name_or_role_that_is_none_is_refused(name: str, role: str):
    with pytest.raises(BadInput):
        people.person(name, role)


@pytest.mark.parametrize("other", ["ann lee", " Ann  Lee ", "Ann\u00a0Lee", "ANN LEE"])
def test_a_name_typed_with_other_spaces_or_case_is_the_same_person(other: str):
    assert people.same_person("Ann Lee", other)


def test_a_letter_that_is_composed_otherwise_is_the_same_letter():
    assert people.same_person("Ren\u00e9", "Rene\u0301")
    assert not people.same_person("Ren\u00e9", "Rene")
