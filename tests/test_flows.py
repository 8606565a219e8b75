import pytest

from tests.helpers_audit import record, row
from workbook.analysis import flows


def component(key, zone="production", **more):
    return row("components", key, zone=zone, **more)


def flow(key, source="C-001", target="C-002", **more):
    return row("flows", key, source=source, target=target, **more)


def only(*rows):
    return flows.of(record(rows=rows))[0]


@pytest.mark.parametrize(
    ("leaves", "enters", "boundary"),
    [
        ("internet", "production", "crosses"),
        ("production", "production", "stays"),
        ("production", None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_a_flow_crosses_a_boundary_or_stays_or_nobody_knows(leaves, enters, boundary):
    found = only(component("C-001", leaves), component("C-002", enters), flow("F-001"))

    assert found.boundary == boundary
    assert found.crosses is (boundary == "crosses")


def test_a_flow_whose_end_was_deleted_is_kept_and_its_boundary_unknown():
    found = only(component("C-001"), flow("F-001", target="C-009"))

    assert found.target is None
    assert found.zones == ("production", flows.NO_ZONE)
    assert found.boundary == "unknown"


def test_what_this_edition_withholds_is_never_told_as_staying_inside():
    base = record(rows=[component("C-001", "internet"), component("C-002"), flow("F-001", personal_data="yes")])
    found = flows.of(base.for_audience("customer"))[0]

    assert found.boundary == "unknown"
    assert found.personal


@pytest.mark.parametrize(
    ("held", "personal"),
    [("yes", True), ("pseudonymised", True), ("special categories", True), ("no", False), (None, False)],
)
def test_pseudonymised_data_is_personal_data(held, personal):
    assert only(flow("F-001", personal_data=held)).personal is personal


def test_decisions_without_a_human_come_first_then_with_one_then_profiling_then_the_rest():
    rows = [
        flow("F-001", personal_data="yes"),
        flow("F-002", personal_data="yes", decision="profiling"),
        flow("F-003", decision="decision with human review"),
        flow("F-004", personal_data="no", decision="none"),
        flow("F-005", personal_data="yes", decision="decision without human review"),
        flow("F-006", personal_data="pseudonymised", decision="none"),
    ]

    assert [f.row.key for f in flows.about_people(record(rows=rows))] == ["F-005", "F-003", "F-002", "F-001", "F-006"]


def test_components_stand_in_their_zones_and_those_without_one_by_themselves():
    rows = [component("C-001", "supplier"), component("C-002"), component("C-003", None), component("C-004")]
    found = flows.zones(record(rows=rows))

    assert {zone: [r.key for r in inside] for zone, inside in found.items()} == {
        flows.NO_ZONE: ["C-003"],
        "production": ["C-002", "C-004"],
        "supplier": ["C-001"],
    }
    assert list(found) == sorted(found)


WELL = {"authentication": "single sign-on", "encryption": "TLS 1.3", "logging": "log store", "controls": ("A.8.5",)}


def test_a_component_lacks_what_its_row_leaves_out_the_barest_first():
    rows = [
        component("C-001", **WELL),
        component("C-002", **(WELL | {"logging": None})),
        component("C-003"),
        component("C-004", **(WELL | {"controls": ()})),
    ]
    found = [(r.key, lacks) for r, lacks in flows.unprotected(record(rows=rows))]

    assert found == [
        ("C-003", ["no security control linked", "no authentication", "no encryption", "not logged"]),
        ("C-002", ["not logged"]),
        ("C-004", ["no security control linked"]),
    ]


@pytest.mark.parametrize("typed", ["none", "None ", "no", "n/a", "-", "–"])
def test_protection_that_says_in_words_that_there_is_none_is_none(typed):
    found = flows.unprotected(record(rows=[component("C-001", **(WELL | {"encryption": typed}))]))

    assert [lacks for _, lacks in found] == [["no encryption"]]


def test_protection_that_begins_with_no_is_still_protection():
    assert not flows.absent("no plain HTTP, TLS only")
