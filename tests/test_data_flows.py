import pytest

from tests.helpers_audit import record, row
from workbook.analysis.components import NO_ZONE
from workbook.analysis.data_flows import data_flows, flows_about_people


def component(key, zone="production", **more):
    return row("components", key, zone=zone, **more)


def flow(key, source="C-001", target="C-002", **more):
    return row("flows", key, source=source, target=target, **more)


def only(*rows):
    return data_flows(record(rows=rows))[0]


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
    assert found.zones == ("production", NO_ZONE)
    assert found.boundary == "unknown"


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

    assert [f.row.key for f in flows_about_people(record(rows=rows))] == ["F-005", "F-003", "F-002", "F-001", "F-006"]
