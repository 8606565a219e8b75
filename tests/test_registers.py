"""What a column means: how cells are read, checked and shown, and which error names which column."""

from datetime import date

import pytest

from workbook.catalog import Catalog
from workbook.entries import RegisterField
from workbook.errors import BadInput
from workbook.registers import TYPES, check_row, column, read_row, says_nothing
from workbook.store import Store


def field(type: str, **more: object) -> RegisterField:
    return RegisterField(id="cell", label="Cell", type=type, **more)  # type: ignore[arg-type]


def keys(source: str) -> list[str]:
    return {"systems": ["SYS-001", "SYS-002"], "evidence": ["EV-0001"], "questions": ["roles"],
            "lines": ["roles/1", "roles/2"]}.get(source, [])  # fmt: skip


def labels(source: str, key: str) -> str:
    return f"{key} of {source}"


SAMPLES = [
    (field("text"), " Loans ", "Loans", "Loans", "Loans"),
    (field("long_text"), "a\nb", "a\nb", "a\nb", "a\nb"),
    (field("choice", choices=("high", "low")), "HIGH", "high", "high", "high"),
    (field("date"), "2026-11-30", "2026-11-30", date(2026, 11, 30), "2026-11-30"),
    (field("date"), "2026-11-30T00:00:00", "2026-11-30", date(2026, 11, 30), "2026-11-30"),
    (field("date"), "30. November 2026", "2026-11-30", date(2026, 11, 30), "2026-11-30"),
    (field("date"), date(2026, 11, 30), "2026-11-30", date(2026, 11, 30), "2026-11-30"),
    (field("number"), "3.0", 3, 3, "3"),
    (field("number"), 3.0, 3, 3, "3"),
    (field("text"), True, "yes", "yes", "yes"),
    (field("choice", choices=("yes", "no")), False, "no", "no", "no"),
    (
        field("choice", choices=("in production",)),
        "In\u00a0 Production",
        "in production",
        "in production",
        "in production",
    ),
    (field("number"), 0, 0, 0, "0"),
    (field("ref", register="systems"), "SYS-001", "SYS-001", "SYS-001", "SYS-001 of systems"),
    (
        field("refs", register="systems"),
        "SYS-001; SYS-002,",
        ["SYS-001", "SYS-002"],
        ("SYS-001", "SYS-002"),
        "SYS-001 of systems, SYS-002 of systems",
    ),
    (
        field("refs", register="systems"),
        "sys-002|SYS-001\nSYS-002",
        ["SYS-001", "SYS-002"],
        ("SYS-001", "SYS-002"),
        "SYS-001 of systems, SYS-002 of systems",
    ),
    (field("evidence"), ["EV-0001"], ["EV-0001"], ("EV-0001",), "EV-0001 of evidence"),
    (field("question"), "roles", "roles", "roles", "roles of questions"),
    (
        field("lines"),
        "roles/1; roles/2",
        ["roles/1", "roles/2"],
        ("roles/1", "roles/2"),
        "roles/1 of lines, roles/2 of lines",
    ),
]


@pytest.mark.parametrize(("one", "typed", "kept", "value", "shown"), SAMPLES)
def test_a_cell_is_checked_kept_read_and_shown(
    one: RegisterField, typed: object, kept: object, value: object, shown: str
):
    found = column(one)

    assert found.check(typed, keys) == kept
    assert found.read(kept) == value
    assert found.show(value, labels) == shown


def test_every_type_that_a_checklist_may_name_has_a_meaning():
    assert {one.type for one, *_ in SAMPLES} == set(TYPES)
    assert set(TYPES) == set(RegisterField.model_fields["type"].annotation.__args__)


@pytest.mark.parametrize("type", list(TYPES))
def test_nothing_typed_is_nothing_kept_and_nothing_shown(type: str):
    found = column(field(type, choices=("a",)))

    assert [found.check(nothing, keys) for nothing in (None, "", "  ")] == [None, None, None]
    assert found.read(None) is None
    assert found.show(None, labels) == ""


@pytest.mark.parametrize(
    ("one", "typed", "says"),
    [
        (field("choice", choices=("high", "low")), "middling", "'middling' is not one of high, low."),
        (field("date"), "soon", "'soon' is not a date; write it as 2026-11-30."),
        (field("date"), "45000", "'45000' is a number and no date; write it as 2026-11-30."),
        (field("date"), "2026-02-30", "'2026-02-30' is not a date"),
        (field("number", min=1, max=5), "6", "6 is out of range; it goes from 1 to 5."),
        (field("number", min=1, max=5), "Medium", "'Medium' is not a whole number from 1 to 5; write digits alone"),
        (field("number"), "1,000", "'1,000' is not a whole number; write digits alone, such as 3."),
        (field("number"), "1.000", "'1.000' is not a whole number"),
        (field("number"), True, "'yes' is not a whole number"),
        (field("date"), True, "'yes' is not a date"),
        (field("number", min=0), "-1", "-1 is out of range; it goes 0 or more."),
        (field("number"), "a few", "'a few' is not a whole number; write digits alone"),
        (field("ref", register="systems"), "SYS-9", "No system is called 'SYS-9'."),
        (field("refs", register="systems"), "SYS-001;SYS-9", "No system is called 'SYS-9'."),
        (field("evidence"), "EV-9999", "No evidence is called 'EV-9999'."),
        (field("question"), "rolls", "No question is called 'rolls'. Did you mean roles?"),
        (field("text"), "x" * 100_001, "holds 100,001 characters; keep it under 100,000"),
    ],
)
def test_a_wrong_cell_names_its_column_and_what_may_stand_there(one: RegisterField, typed: object, says: str):
    with pytest.raises(BadInput) as caught:
        column(one).check(typed, keys)

    assert str(caught.value).startswith("Cell: ")
    assert says in str(caught.value)
    assert caught.value.field == "cell"


def test_a_needed_column_that_is_empty_is_the_field_of_the_error(store: Store):
    with pytest.raises(BadInput) as caught:
        store.save_row("datasets", "", {"owner": "Data steward"}, 0)

    assert caught.value.field == "name"


def test_the_schema_of_a_cell_says_what_the_record_keeps(catalog: Catalog):
    found = {f.id: column(f).schema() for f in catalog.register("risks").fields}

    assert found["likelihood"] == {"type": "integer", "minimum": 1, "maximum": 10}
    assert found["due"]["format"] == "date"
    assert found["treatment"]["enum"] == ["modify", "retain", "avoid", "share"]
    assert found["systems"]["items"] == {"type": "string", "x-refers-to": "systems"}


def test_a_row_that_is_read_has_every_column_and_nothing_else(catalog: Catalog):
    register = catalog.register("changes")

    row = read_row(register, {"name": "Model 3", "happened_on": "2026-11-02", "gone": "a column of last year"})

    assert set(row) == {f.id for f in register.fields}
    assert row["happened_on"] == date(2026, 11, 2)
    assert row["note"] is None


def test_what_is_kept_passes_again(catalog: Catalog):
    register = catalog.register("changes")
    body = check_row(register, {"name": "Model 3", "kind": "incident", "systems": "SYS-001"}, keys)

    assert check_row(register, body, keys) == body


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Name is empty; every dataset needs one."),
        ({"name": "Loans", "classification": "secret"}, "Classification: 'secret' is not one of public, internal"),
        (
            {"name": "Loans", "delete_by": "03/04/2027"},
            "Delete by: '03/04/2027' may be 3 April or 4 March 2027; write it as 2027-04-03 or 2027-03-04.",
        ),
        ({"name": "Loans", "systems": "SYS-9"}, "Systems: No system is called 'SYS-9'"),
        ({"name": "Loans", "owners": "x"}, "No column is called 'owners'. Did you mean owner?"),
    ],
)
def test_a_wrong_cell_is_named_by_its_column(store: Store, values: dict, says: str):
    with pytest.raises(BadInput) as caught:
        store.save_row("datasets", "", values, 0)

    assert says in str(caught.value)


def test_a_rating_goes_from_1_to_5(store: Store):
    with pytest.raises(BadInput, match="Likelihood: 6 is beyond the scale of likelihood, which goes from 1 to 5"):
        store.save_row("risks", "", {"name": "Evasion", "area": "adversarial attack", "likelihood": 6}, 0)


def test_cells_are_kept_trimmed_typed_and_without_empty_ones(store: Store):
    values = {"name": "  Loans ", "systems": "SYS-001; SYS-002", "owner": " ", "use": "Training"}

    assert store.save_row("datasets", "", values, 0).body == {
        "name": "Loans",
        "systems": ["SYS-001", "SYS-002"],
        "use": "training",
    }


@pytest.mark.parametrize(
    ("one", "recorded", "value"),
    [
        (field("date"), "12 months", None),
        (field("date"), ["SYS-001"], None),
        (field("number"), "twelve", None),
        (field("number"), True, None),
        (field("text"), ["SYS-001", "SYS-002"], "SYS-001; SYS-002"),
        (field("text"), 3, "3"),
        (field("refs", register="systems"), "SYS-001", ("SYS-001",)),
        (field("ref", register="systems"), ["SYS-001"], "SYS-001"),
        (field("choice", choices=("high",)), "highest", "highest"),
    ],
)
def test_a_cell_of_a_column_that_had_another_type_is_read_as_far_as_it_fits(
    one: RegisterField, recorded: object, value: object
):
    assert column(one).read(recorded) == value


@pytest.mark.parametrize(
    "said", ["", " – ", "none", "N/A", "nobody", "keine", "Niemand", "entfällt", "k. A.", "nein", "?"]
)
def test_a_cell_that_says_that_there_is_none_counts_as_empty_in_either_language(said: str):
    assert says_nothing(said)
    assert not says_nothing("Keine Weitergabe ohne Vertrag")
