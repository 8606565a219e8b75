"""The columns that the analysis reads: listed truly, and missed by nobody who renames one."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.helpers_audit import VIEWS, Rendered
from workbook import catalog
from workbook.analysis.points import collect_points
from workbook.contract import CONTRACT, RESERVED
from workbook.errors import BadChecklist
from workbook.record import Record, Row

# these go by the checklist's own list of columns, whatever they are
GENERIC = ("workbook.record", "workbook.registers", "workbook.audience", "workbook.views.registers",
           "workbook.analysis.gaps", "workbook.analysis.watches", "workbook.analysis.trail",
           "workbook.analysis.trail_links")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "checklists", tmp_path / "checklists")
    return tmp_path / "checklists"


def changed(folder: Path, old: str, new: str) -> str:
    """What loading says after `old` was replaced in registers.yaml."""
    file = folder / "registers.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadChecklist) as caught:
        catalog.load(folder)
    return str(caught.value)


def test_a_renamed_column_that_the_analysis_reads_is_refused_by_file_line_and_name(folder: Path):
    says = changed(folder, "{id: accepted_on, label: Accepted on, type: date", "{id: accepted_on, label: A, type: text")

    assert "column accepted_on: the type must be date" in says


def test_a_choice_that_the_analysis_reads_is_missed(folder: Path):
    says = changed(folder, "choices: [modify, retain, avoid, share]", "choices: [modify, keep, avoid, share]")

    assert "column treatment: the analysis reads the choice 'retain'" in says


MUDDLES = {
    "a scale that the map of risks does not have": (
        "label: Likelihood, type: number, min: 1, max: 10", "label: Likelihood, type: number, min: 1, max: 100",
        "column likelihood: the analysis knows the numbers from 1 to 10",
    ),
    "a scale below nothing": (
        "label: Consequence, type: number, min: 1, max: 10", "label: Consequence, type: number, max: 10",
        "column consequence: the analysis knows the numbers from 1 to 10",
    ),
    "keys of another register": (
        "on_purpose: true, register: findings", "register: risks",
        "column finding: the analysis reads keys of the register findings here",
    ),
    "keys of no register": (
        "{id: sources, label: Made from, type: refs, register: data_sources,", "{id: sources, label: A, type: refs,",
        "column sources: say with register:",
    ),
    "two columns of one id": (
        "{id: scenario, label: Scenario,", "{id: name, label: Scenario,", "column name: two columns have this id",
    ),
    "a choice twice": (
        "choices: [modify, retain, avoid, share]", "choices: [modify, retain, avoid, share, Share]",
        "column treatment: a choice needs choices, each of them once",
    ),
    "a prefix that is a pattern": ("prefix: SRC", 'prefix: ".*"', "field prefix: string should match pattern"),
    "references that are none": (
        "keyed_by: iso27001", "keyed_by: iso9001", "field keyed_by: No set of references is called 'iso9001'",
    ),
    "a register of another name": ("  - id: plan\n", "  - id: plans\n", "The register plan is missing"),
}  # fmt: skip


@pytest.mark.parametrize("why", MUDDLES)
def test_what_the_analysis_could_not_read_or_would_read_wrongly_is_refused(folder: Path, why: str):
    old, new, says = MUDDLES[why]

    assert says in changed(folder, old, new)


@pytest.mark.parametrize("where", ["answers: [di-training-sources", "evidence: [di-training-sources"])
def test_a_sign_names_questions_and_not_their_sections(folder: Path, where: str):
    file = folder / "internal_audit.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(where, where.partition("[")[0] + "[scope"))

    with pytest.raises(BadChecklist, match="field signals: No entry is called 'scope'"):
        catalog.load(folder)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_register_cannot_take_the_name_of_what_the_record_keeps_itself(folder: Path, name: str):
    (folder / "own.yaml").write_text(
        f"id: own\ntitle: Own\nregisters:\n  - {{id: {name}, title: T, one: t, page: 00_start, prefix: T, intro: i, "
        "fields: [{id: name, label: Name, type: text}]}\n",
        encoding="utf-8",
    )

    with pytest.raises(BadChecklist, match=f"own.yaml, line .*the ledger itself keeps things as '{name}'"):
        catalog.load(folder)


def test_a_new_column_and_a_new_choice_are_welcome_and_withheld_from_customers(folder: Path):
    file = folder / "registers.yaml"
    text = file.read_text(encoding="utf-8").replace("[modify, retain, avoid, share]", "[modify, retain, watch, share]")
    text = text.replace("treatment: [modify, share, avoid]", "treatment: [modify, share]")
    text = text.replace("           avoid: [", "           watch: [")
    column = "      - {id: insurer, label: Insurer, type: text}\n\n  - id: changes"
    file.write_text(text.replace("\n  - id: changes", column, 1), encoding="utf-8")

    assert catalog.load(folder).register("risks").field("insurer").public is False


def test_a_condition_on_a_choice_that_does_not_exist_is_refused(folder: Path):
    says = changed(
        folder, "no hash of the artefact, only_if: {kind: [trained here,", "no hash, only_if: {kind: [made here,"
    )

    assert "item models, field artefact_hash.only_if.kind: No entry is called 'made here'" in says


def test_every_column_that_analysis_and_views_read_is_in_the_contract(demo: Record, monkeypatch: pytest.MonkeyPatch):
    read: set[tuple[str, str]] = set()
    plain = Row.__getitem__

    def noting(row: Row, name: str) -> object:
        if sys._getframe(1).f_globals["__name__"] not in GENERIC:
            read.add((row.register, name))
        return plain(row, name)

    monkeypatch.setattr(Row, "__getitem__", noting)
    for name in VIEWS:
        getattr(Rendered(demo), name)()
    Rendered(demo).crosswalk("eu_ai_act")
    collect_points(demo)

    assert {(r, c) for r, c in read if c not in CONTRACT.get(r, {})} == set()
    assert {(r, c) for r, columns in CONTRACT.items() for c in columns} - read == set()
