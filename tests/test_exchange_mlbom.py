"""An ML-BOM of CycloneDX is two tables; what no column takes is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbook.errors import BadFile
from workbook.exchange.imports import apply, plan
from workbook.exchange.tables import folder_files, read
from workbook.store import Store


def bom(folder: Path, *components: Any, name: str = "bom.json", **more: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components, **more}))
    return path


SCORE = {
    "type": "machine-learning-model", "bom-ref": "m1", "name": "Credit score", "version": "3.1",
    "hashes": [{"alg": "MD5", "content": "aa"}, {"alg": "SHA-256", "content": "bb"}],
    "modelCard": {"modelParameters": {"task": "classification"}}, "supplier": {"name": "In-house"},
}  # fmt: skip
LOANS = {
    "type": "data", "name": "Loans", "version": "2027-01",
    "licenses": [{"license": {"id": "CC-BY-4.0"}}, {"expression": "MIT OR Apache-2.0"}],
}  # fmt: skip


def test_models_and_data_sets_are_rows_of_their_registers(store: Store, tmp_path: Path):
    made = plan(store, bom(tmp_path, SCORE, LOANS))

    assert made.problems == []
    apply(store, made)
    record = store.record()
    [model], [dataset] = record.register("models"), record.register("datasets")
    assert (model.values["name"], model.values["version"], model.values["artefact_hash"]) == (
        "Credit score",
        "3.1",
        "bb",
    )
    assert (dataset.values["name"], dataset.values["licence"]) == ("Loans", "CC-BY-4.0; MIT OR Apache-2.0")


def test_what_no_column_takes_is_told(tmp_path: Path):
    reading = read(bom(tmp_path, SCORE, {"type": "library", "name": "numpy"}, {"type": "data"}))

    assert reading.notes == (
        "left out, because no column takes it: modelCard of models; supplier of models; numpy (library); "
        "a component without a name (data)",
    )
    assert [(table.name, len(table.lines)) for table in reading.tables] == [("models", 1)]


def test_what_a_list_is_about_and_what_lies_inside_counts_too(tmp_path: Path):
    outer = {"type": "application", "name": "Scoring", "components": [SCORE, {**SCORE, "name": "Fallback"}]}
    [models] = read(bom(tmp_path, LOANS, outer, metadata={"component": {**SCORE, "name": "Top"}})).tables[:1]

    assert [line.cells["name"] for line in models.lines] == ["Top", "Credit score", "Fallback"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "is not readable JSON"),
        (b"[" * 100_000, "is not readable JSON"),
        (b"\xff\xff", "is not readable JSON"),
        (b"[]", "is no ML-BOM; of JSON files one of CycloneDX is read"),
        (b'{"bomFormat": "SPDX"}', "is no ML-BOM"),
    ],
)
def test_json_that_is_none_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str):
    (tmp_path / "x.json").write_bytes(content)

    with pytest.raises(BadFile, match=says):
        read(tmp_path / "x.json")


@pytest.mark.parametrize(
    "odd", [3, "x", None, [], {"name": 3, "type": []}, {"type": "data", "name": "a", "licenses": 1}]
)
def test_a_list_of_odd_shape_is_read_as_far_as_it_goes(tmp_path: Path, odd: Any):
    reading = read(bom(tmp_path, odd, SCORE, metadata=odd))

    assert reading.tables[0].lines[0].cells["name"] == "Credit score"


def test_of_the_json_in_a_folder_those_named_as_such_lists_are_read(tmp_path: Path):
    for name in ("bom.json", "scoring.cdx.json", "metrics.json"):
        bom(tmp_path, SCORE, name=name)

    assert [path.name for path in folder_files(tmp_path)] == ["bom.json", "scoring.cdx.json"]
