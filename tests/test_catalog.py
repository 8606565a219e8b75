"""Reading checklists, and refusing bad ones by file, line, item and field."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook import catalog
from workbook.errors import BadChecklist, Unknown

QUESTION = """\
id: mine
title: Mine
page: 03_control_review
sections:
  - id: my-section
    title: My section
    intro: What it is about.
    questions:
      - id: my-question
        title: Signed models
        ask: Who signs a model before it is served?
        why: An unsigned model can be exchanged.
        look_for: [the signature of the newest model, one rejected unsigned model]
        evidence:
          - {artefact: Signature log, max_age_days: 90}
        good_answer: The pipeline signs, the server verifies.
        per: system
        weight: 2
        refs: {iso27001: [A.8.24]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "checklists" / "reference", tmp_path / "checklists" / "reference")
    return tmp_path / "checklists"


def load(folder: Path, text: str, name: str = "mine.yaml") -> catalog.Catalog:
    (folder / name).write_text(text, encoding="utf-8")
    return catalog.load(folder)


def test_a_question_is_read_with_all_it_says(folder: Path):
    question = load(folder, QUESTION).question("my-question")

    assert question.ask == "Who signs a model before it is served?"
    assert question.max_age("Signature log") == 90
    assert question.per == "system"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("why:", "whyy:", "mine.yaml, line 12, item my-question, field whyy: unknown field. Known here: id, title"),
        ("weight: 2", "weight: 7", "line 18, item my-question, field weight"),
        ("A.8.24", "A.8.99", "item my-question, field refs.iso27001: No reference is called 'A.8.99'"),
        ("iso27001:", "iso27002:", "No set of references is called 'iso27002'"),
        ("per: system", "per: country", "field per"),
        ("        ask: Who signs a model before it is served?\n", "", "field ask: is missing; add it"),
        (", one rejected unsigned model", "", "field look_for"),
        ("id: my-question", "id: my-section", "the id is taken already by mine.yaml, line 5, item my-section"),
    ],
)
def test_a_bad_checklist_names_file_line_item_and_field(folder: Path, old: str, new: str, says: str):
    with pytest.raises(BadChecklist) as caught:
        load(folder, QUESTION.replace(old, new))

    assert says in str(caught.value)


def test_ids_are_unique_over_all_files(folder: Path):
    load(folder, QUESTION)

    with pytest.raises(BadChecklist, match="the id is taken already"):
        load(folder, QUESTION.replace("id: mine", "id: other").replace("my-section", "another"), "other.yaml")


NOTES = """\
id: notes
title: Notes
notes:
  - of: [A.8.24]
    note: Weights deserve the key of their data.
  - {of: [A.8.25, "8.1"], note: A model has more stages.}
"""


def test_a_note_is_found_by_each_control_and_clause_it_speaks_of(folder: Path):
    notes = load(
        folder, NOTES + (ROOT / "checklists" / "registers.yaml").read_text().partition("registers:\n")[2] * 0
    ).notes

    assert notes["A.8.25"] is notes["8.1"]
    assert notes["A.8.24"].note == "Weights deserve the key of their data."


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("A.8.24", "A.8.99", "notes.yaml, line 4, field of: No reference is called 'A.8.99'"),
        ("A.8.25", "A.8.24", "notes.yaml, line 6, field of: A.8.24 has a note already (notes.yaml, line 4)"),
        ("    note: W", "    text: W", "notes.yaml, line 5, field text: unknown field. Known here: of, note"),
    ],
)
def test_a_note_on_nothing_or_on_what_has_one_is_refused_by_file_and_line(folder: Path, old: str, new: str, says: str):
    with pytest.raises(BadChecklist) as caught:
        load(folder, NOTES.replace(old, new), "notes.yaml")

    assert says in str(caught.value)


WALK = """
crosswalk:
  frame: eu_ai_act
  source: Our own reading.
  left_out:
    - {of: ["3"], because: It defines words.}
  requirements:
    - of: "15"
      asked_by:
        - question: my-question
          carries: part
          because: It asks who signs.
      leaves_open: Accuracy.
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("question: my-question", "question: my-questions", "mine.yaml, line 29, field question: No entry is called"),
        ('of: "15"', 'of: "115"', "mine.yaml, line 27, field of: No entry is called '115'"),
        ('["3"]', '["15"]', "line 27, field of: 15 stands here already or is left out"),
        ("          because: It asks who signs.\n", "", "line 29, field because: is missing; add it"),
        ("carries: part", "carries: whole", "a link carries the whole of 15, so leaves_open must be empty"),
        ("      leaves_open: Accuracy.\n", "", "say in leaves_open what no question asks"),
        ("frame: eu_ai_act", "frame: ai_act", "line 22, field frame: No set of references is called 'ai_act'"),
        ("carries: part", "carry: part", "line 30, field carry: unknown field. Known here: question, carries, because"),
    ],
)
def test_a_link_that_leads_nowhere_or_claims_too_much_is_refused_by_file_and_line(
    folder: Path, old: str, new: str, says: str
):
    text = QUESTION + WALK
    assert load(folder, text).crosswalks["eu_ai_act"].requirements[0].links[0].question == "my-question"
    assert text.count(old) == 1
    with pytest.raises(BadChecklist) as caught:
        load(folder, text.replace(old, new), "mine.yaml")

    assert says in str(caught.value)


def test_an_empty_folder_says_how_to_get_checklists(tmp_path: Path):
    with pytest.raises(BadChecklist, match="workbook init"):
        catalog.load(tmp_path)


def test_an_unknown_question_suggests_near_ones(catalog: catalog.Catalog):
    with pytest.raises(Unknown, match="ac-access-reviews"):
        catalog.question("ac-acess-review")


def test_references_come_with_titles_and_2022_first(catalog: catalog.Catalog):
    found = catalog.references(catalog.question("ac-privileged-deploy").refs)

    assert found[0].source == "iso27001"
    assert found[0].edition.startswith("2022")
    assert all(reference.title for reference in found)
    assert any(reference.source == "iso27001_2013" for reference in found)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("also: [Risk name,", "also: [Likelihood,", "item risks, column name: also 'Likelihood' stands for likelihood"),
        ("id_also: [Risiko-ID,", "id_also: [Szenario,", "item risks, column scenario: also 'Szenario' stands for id"),
        (
            "retain: [accept,",
            "retain: [mitigate,",
            "item risks, column treatment: 'mitigate' means 'modify' as well",
        ),
        ("retain: [accept,", "keep: [accept,", "item risks, column treatment: means 'keep', which is not one of its"),
        (
            '"5": [severe,',
            '"11": [severe,',
            "item risks, column consequence: means '11', which is not one of its values",
        ),
        ("also: [Risks, ", "also: [Vendors, ", "The register risks is called 'Vendors', as suppliers is; rename one."),
    ],
)
def test_names_that_cannot_be_told_apart_are_refused(folder: Path, old: str, new: str, says: str):
    text = (ROOT / "checklists" / "registers.yaml").read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(BadChecklist) as refused:
        load(folder, text.replace(old, new, 1), "registers.yaml")
    assert says in str(refused.value)
