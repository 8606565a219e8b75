"""What applies today is asked: every requirement of the AISVS, and the duties that came lately."""

from collections.abc import Mapping

import pytest

from workbook import references
from workbook.catalog import Catalog


def linked(catalog: Catalog) -> Mapping[str, list[str]]:
    """The questions that ask for each requirement of the AISVS."""
    found: dict[str, list[str]] = {}
    for question in catalog.questions.values():
        for identifier in question.refs.get("owasp_aisvs", ()):
            found.setdefault(identifier, []).append(question.id)
    return found


@pytest.fixture
def requirements(catalog: Catalog) -> list[dict[str, str]]:
    return references.rows(catalog.folder / "reference", "owasp_aisvs_1_0")


@pytest.fixture
def excluded(catalog: Catalog) -> list[dict[str, str]]:
    return references.rows(catalog.folder / "reference", "owasp_aisvs_excluded")


def test_every_requirement_is_asked_or_excluded_and_none_both(catalog: Catalog, requirements, excluded):
    asked, out = set(linked(catalog)), {row["id"] for row in excluded}

    assert len(requirements) == 191
    assert asked | out == {row["id"] for row in requirements}
    assert asked & out == set()


def test_all_of_the_first_level_are_asked(catalog: Catalog, requirements):
    first = {row["id"] for row in requirements if row["level"] == "1"}

    assert len(first) == 51
    assert first <= set(linked(catalog))


def test_each_exclusion_has_a_reason_of_its_own(excluded):
    reasons = [row["reason"] for row in excluded]

    assert all(len(reason.split()) >= 8 for reason in reasons)
    assert len(set(reasons)) == len(reasons)
    assert [row["id"] for row in excluded] == sorted(
        (r["id"] for r in excluded), key=lambda i: [*map(int, i.split("."))]
    )


def test_a_requirement_is_not_called_a_clause(catalog: Catalog):
    assert catalog.facts["owasp_aisvs"]["1.1.1"].label == "AISVS 1.1.1"


@pytest.mark.parametrize(
    ("source", "identifier"),
    [
        *(("eu_ai_act", article) for article in ("5", "50", "53", "72", "73")),
        *(("iso27001", control) for control in ("4.1", "4.2", "A.6.5", "A.5.11", "A.8.30", "A.6.8", "A.5.25", "A.7.9")),
        *(("iso27001", control) for control in ("A.5.5", "A.5.6", "A.7.10")),
        ("owasp_llm_2026", "LLM10:2026"),
        ("owasp_ml", "ML09:2023"),
        *(("owasp_agentic", f"ASI{n:02}:2026") for n in range(1, 11)),
    ],
)
def test_what_applies_today_is_asked(catalog: Catalog, source: str, identifier: str):
    assert any(identifier in q.refs.get(source, ()) for q in catalog.questions.values())


@pytest.mark.parametrize(
    ("word", "clause"), [("climate", "4.1"), ("climate", "4.2"), ("MCP", "A.5.21"), ("memory", "A.8.10")]
)
def test_a_subject_is_asked_in_its_own_words(catalog: Catalog, word: str, clause: str):
    texts = [" ".join((q.ask, *q.look_for)) for q in catalog.questions.values() if clause in q.refs["iso27001"]]

    assert any(word in text for text in texts)
