import pytest

from tests.helpers_audit import record, row
from workbook.analysis.components import NO_ZONE, trust_zones, unprotected_components


def component(key, zone="production", **more):
    return row("components", key, zone=zone, **more)


def test_components_stand_in_their_zones_and_those_without_one_by_themselves():
    rows = [component("C-001", "supplier"), component("C-002"), component("C-003", None), component("C-004")]
    found = trust_zones(record(rows=rows))

    assert {zone: [r.key for r in inside] for zone, inside in found.items()} == {
        NO_ZONE: ["C-003"],
        "production": ["C-002", "C-004"],
        "supplier": ["C-001"],
    }
    assert list(found) == sorted(found)


WELL = {"authentication": "single sign-on", "encryption": "TLS 1.3", "logging": "log store", "controls": ("A.8.5",)}


CONTROL = row("controls", "A.8.5", name="Secure authentication")


def test_a_control_that_has_no_row_protects_nothing():
    linked = component("C-001", **(WELL | {"controls": ("A.8.5", "A.8.24")}))

    assert unprotected_components(record(rows=[linked])) == [(linked, ["no security control linked"])]
    assert unprotected_components(record(rows=[linked, CONTROL])) == []


def test_a_component_lacks_what_its_row_leaves_out_the_barest_first():
    rows = [
        component("C-001", **WELL),
        component("C-002", **(WELL | {"logging": None})),
        component("C-003"),
        component("C-004", **(WELL | {"controls": ()})),
    ]
    found = [(r.key, lacks) for r, lacks in unprotected_components(record(rows=[*rows, CONTROL]))]

    assert found == [
        ("C-003", ["no security control linked", "no authentication", "no encryption", "not logged"]),
        ("C-002", ["not logged"]),
        ("C-004", ["no security control linked"]),
    ]


@pytest.mark.parametrize("typed", ["none", "None ", "no", "n/a", "-", "–"])
def test_protection_that_says_in_words_that_there_is_none_is_none(typed):
    found = unprotected_components(record(rows=[component("C-001", **(WELL | {"encryption": typed})), CONTROL]))

    assert [lacks for _, lacks in found] == [["no encryption"]]


def test_protection_that_begins_with_no_is_still_protection():
    typed = WELL | {"encryption": "no plain HTTP, TLS only"}

    assert unprotected_components(record(rows=[component("C-001", **typed), CONTROL])) == []
