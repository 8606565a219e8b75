import os
import re
import subprocess
import sys
from html import unescape

import pytest

from tests.conftest import ROOT
from tests.helpers_audit import FLAG, plain, record, row
from workbook.audience import Edition
from workbook.views import data_inventory, infrastructure_mapping
from workbook.views.markup import with_hints

ALL = (
    data_inventory.diagram,
    data_inventory.personal_data,
    infrastructure_mapping.infrastructure_map,
    infrastructure_mapping.integration_points,
    infrastructure_mapping.unprotected,
)
DRAWN = (data_inventory.diagram, infrastructure_mapping.infrastructure_map)
WELL = {"authentication": "single sign-on", "encryption": "TLS 1.3", "logging": "log store", "controls": ("A.8.5",)}

CONTROL = row("controls", "A.8.5", name="Secure authentication")


def component(key, name="", zone="production", **more):
    return row("components", key, **({"name": name or key, "zone": zone, "kind": "deployment platform"} | more))


def flow(key, source="C-001", target="C-002", **more):
    return row("flows", key, source=source, target=target, **more)


def mapped(*more):
    """A website on the internet that sends applications to a scoring service, and what else is given."""
    return record(
        rows=[
            component("C-001", "Website", "internet", kind="endpoint or integration", exposure="internet"),
            component("C-002", "Scoring service", **WELL),
            CONTROL,
            flow("F-001", name="Application", data="Application form", personal_data="yes", protection="TLS 1.3"),
            *more,
        ]
    )


def drawing(shown):
    """The SVG inside a view, as text."""
    return re.search(r"<svg.*?</svg>", shown, re.DOTALL)[0]


def words_in(svg):
    """What stands in the drawing, line by line."""
    return [unescape(line).strip() for line in re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)]


@pytest.mark.parametrize("view", ALL)
def test_an_empty_register_says_which_page_to_fill_first(view):
    assert re.search("Data inventory|Infrastructure mapping", plain(with_hints(lambda: view(record()))()))
    assert not re.search("Data inventory|Infrastructure mapping", plain(view(record())))


# the drawing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", DRAWN)
def test_a_drawing_has_a_label_and_a_table_beside_it(view):
    shown = view(mapped())

    assert re.search(r'<svg role="img" aria-label="[^"]*1 data flow[^"]*1 across a trust boundary"', shown)
    assert "<figcaption>" in shown
    assert "<table" in shown


@pytest.mark.parametrize("view", DRAWN)
def test_a_drawing_is_the_same_to_the_byte(view):
    assert view(mapped()) == view(mapped())


def test_a_drawing_does_not_depend_on_the_process_that_makes_it():
    code = (
        "from tests.test_views_infrastructure_mapping import *\n"
        "print(data_inventory.diagram(mapped(*(flow(f'F-{i:03d}', f'X-{i}', f'Y-{i}') for i in range(2, 8)))))"
    )
    made = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed},
                       capture_output=True, check=True).stdout
        for seed in ("1", "2")
    ]  # fmt: skip

    assert b"<svg" in made[0]
    assert made[0] == made[1]


def test_zones_are_boxes_and_components_stand_in_them_with_their_keys():
    svg = drawing(data_inventory.diagram(mapped()))

    assert svg.count('class="zone"') == 2
    assert {"internet", "production", "Website", "C-001", "Scoring service", "C-002"} <= set(words_in(svg))


def test_a_component_without_a_zone_is_drawn_outside_every_box():
    svg = drawing(data_inventory.diagram(mapped(component("C-003", "Stray", None))))

    assert "Stray" in words_in(svg)
    assert svg.count('class="zone"') == 2


def test_personal_data_is_dashed_and_said_in_words_and_a_crossing_is_marked():
    inside = flow("F-002", "C-002", "C-003", data="Model file", personal_data="no")
    svg = drawing(data_inventory.diagram(mapped(component("C-003"), inside)))
    words = " ".join(words_in(svg))

    assert "F-001 ‖ Application form personal data" in words
    assert "F-002 Model file" in words
    assert svg.count('class="line personal"') == 1


def test_the_map_names_flows_by_their_keys_alone():
    words = words_in(drawing(infrastructure_mapping.infrastructure_map(mapped())))

    assert "F-001 ‖" in words
    assert not any("Application form" in word for word in words)


def test_two_flows_between_the_same_ends_are_two_lines():
    svg = drawing(data_inventory.diagram(mapped(flow("F-002", data="Second"))))

    assert svg.count('class="line') == 2


def test_a_flow_to_a_deleted_component_is_drawn_by_its_key():
    assert "C-009" in words_in(drawing(data_inventory.diagram(mapped(flow("F-002", target="C-009")))))


@pytest.mark.parametrize(
    "typed",
    [
        "\\N",
        "\\G \\E \\T",
        "\\lleft\\r",
        "&lt;b&gt; &amp;",
        "<b>bold</b>",
        "<>",
        '"]; evil [label="',
        "{a|b}",
        "é 漢 😀",
    ],
)
def test_what_people_type_is_drawn_letter_by_letter(typed):
    svg = drawing(data_inventory.diagram(mapped(component("C-003", typed, zone=typed))))

    assert [w.strip() for w in words_in(svg)].count(typed) == 2


def test_hostile_text_is_no_element_of_the_drawing_or_the_page():
    base = mapped(component("C-003", FLAG, FLAG), flow("F-002", "C-002", "C-003", data=FLAG, protection=FLAG))
    for view in ALL:
        assert "<script" not in view(base)
    assert "<script" not in drawing(data_inventory.diagram(base))
    assert "&lt;script&gt;" in data_inventory.diagram(base)


def test_reading_directions_are_written_out_in_the_drawing():
    svg = drawing(data_inventory.diagram(mapped(component("C-003", "\u202egnp.exe"))))

    assert "\u202e" not in svg
    assert "⟦U+202E⟧gnp.exe" in words_in(svg)


def test_long_text_is_wrapped_and_shortened_so_that_letters_stay_large():
    long = component("C-003", "W" * 300, zone="z" * 300)
    svg = drawing(data_inventory.diagram(mapped(long, flow("F-002", "C-002", "C-003", data="many words " * 60))))

    assert max(map(len, words_in(svg))) <= 30
    assert float(re.search(r' width="(\d+)"', svg)[1]) <= 900


def test_the_whole_of_long_data_stands_in_the_table():
    said = "Redacted question with article text and a sentiment label per customer and what else was typed"

    assert said in plain(data_inventory.diagram(mapped(flow("F-002", data=said))))


def test_without_pygraphviz_the_table_stands_alone_with_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    shown = data_inventory.diagram(mapped())

    assert "<img" not in shown
    assert "The drawing needs pygraphviz, which is not installed here; the table says the same." in plain(shown)
    assert "Application F-001 Website Scoring service Application form yes crosses: internet → production" in plain(
        shown
    )


# the tables beside it -------------------------------------------------------------------------------------------------


def test_the_table_of_flows_tells_boundary_and_personal_data_in_words():
    rows = (
        component("C-003", "Lake"),
        component("C-004", "Stray", None),
        flow("F-002", "C-002", "C-003", data="Scores", personal_data="no"),
        flow("F-003", "C-003", "C-004"),
    )
    words = plain(data_inventory.diagram(mapped(*rows)))

    assert "3 data flows, 1 with personal data, 1 across a trust boundary, 1 with an end in no trust zone" in words
    assert "F-002 Scoring service Lake Scores no stays in production" in words
    assert "F-003 Lake Stray not said not known: production → no trust zone" in words


def test_decisions_about_people_come_first_and_what_they_lack_is_named():
    rows = (
        flow("F-002", name="Score", personal_data="pseudonymised", decision="decision without human review"),
        flow("F-003", name="Mail", personal_data="yes", decision="profiling", legal_basis="consent",
             transfer="standard contractual clauses", impact_assessment="DPIA-7"),
        row("datasets", "DS-001", name="Table", personal_data="yes"),
        row("datasets", "DS-002", name="Weather", personal_data="no"),
    )  # fmt: skip
    words = plain(data_inventory.personal_data(mapped(*rows)))

    assert "3 data flows about people, 2 with profiling or automated decisions (GDPR Articles 22 and 35" in words
    assert "F-002 decision without human review pseudonymised no legal basis none named no impact assessment" in words
    assert "F-003 profiling yes consent standard contractual clauses DPIA-7" in words
    assert words.index("Score F-002") < words.index("Mail F-003") < words.index("Application F-001")
    assert "1 dataset with personal data" in words
    assert "Table DS-001 yes no legal basis no retention period" in words
    assert "Weather" not in words


def test_a_register_without_personal_data_says_so():
    base = record(rows=[flow("F-001", personal_data="no"), row("datasets", "DS-001", personal_data="no")])

    assert plain(data_inventory.personal_data(base)) == (
        "No registered data flow carries personal data or feeds a decision about people. "
        "No registered dataset holds personal data."
    )


def test_the_map_lists_components_by_zone_and_marks_those_without_one():
    stray = component("C-003", "Stray", None, technology="MLflow 3.1", hosting="cloud account")
    words = plain(infrastructure_mapping.infrastructure_map(mapped(stray)))

    assert "3 components in 2 trust zones, 1 data flow between them, 1 across a trust boundary" in words
    assert "no trust zone C-003 Stray deployment platform: MLflow 3.1, cloud account" in words


def test_endpoints_stand_with_who_can_reach_them_the_unsaid_and_the_exposed_first():
    rows = (
        component("C-003", "Batch", kind="endpoint or integration", exposure="private network only", **WELL),
        component("C-004", "Unsaid", kind="endpoint or integration"),
        component("C-005", "Inside", exposure="company network"),
    )
    words = plain(infrastructure_mapping.integration_points(mapped(*rows)))

    assert "3 endpoints, the most exposed first" in words
    assert "Website C-001 internet no authentication no encryption not logged" in words
    assert "Batch C-003 private network only single sign-on TLS 1.3 log store" in words
    assert "nobody has said who can reach it" in words
    assert words.index("C-004") < words.index("C-001") < words.index("C-003")
    assert "Inside" not in words


def test_an_endpoint_that_says_none_is_not_called_protected():
    open_ = component(
        "C-003", "Open", kind="endpoint or integration", exposure="internet", **(WELL | {"authentication": "none"})
    )

    assert "Open C-003 internet no authentication TLS 1.3" in plain(
        infrastructure_mapping.integration_points(mapped(open_))
    )


def test_flows_that_cross_or_may_cross_a_boundary_stand_with_their_protection():
    rows = (
        component("C-003", "Stray", None),
        flow("F-002", "C-002", "C-001", name="Answer", data="Score"),
        flow("F-003", "C-002", "C-003", name="Unclear", protection="none"),
        flow("F-004", "C-002", "C-002", name="Loop"),
    )
    words = plain(infrastructure_mapping.integration_points(mapped(*rows)))

    assert "4 data flows, 2 across a trust boundary, 1 with an end in no trust zone" in words
    assert "Application F-001 crosses: internet → production Application form TLS 1.3" in words
    assert "Answer F-002 crosses: production → internet Score no protection" in words
    assert "Unclear F-003 not known: production → no trust zone no protection" in words
    assert "Loop" not in words


def test_components_without_protection_are_counted_and_named_with_their_owner():
    words = plain(
        infrastructure_mapping.unprotected(
            mapped(component("C-003", "Lake", **(WELL | {"logging": None, "owner": "Lead"})))
        )
    )

    assert "2 of 3 components without full protection" in words
    assert (
        "Website C-001 internet no security control linked; no authentication; no encryption; not logged nobody named"
        in words
    )
    assert "Lake C-003 production not logged Lead" in words
    assert "Scoring service" not in words


def test_full_protection_is_said_in_words():
    assert plain(infrastructure_mapping.unprotected(record(rows=[component("C-001", **WELL), CONTROL]))) == (
        "Every component has controls, authentication, encryption and a log."
    )


# a customer's edition -------------------------------------------------------------------------------------------------


def test_a_customers_edition_names_no_zone_and_denies_no_boundary():
    base = Edition("customer").of(mapped(component("C-003", "Lake")))
    for view in ALL:
        words = plain(view(base))
        assert "internet → production" not in words
        assert "none across a trust boundary" not in words
        assert "Website" not in words
    assert "1 across a trust boundary" in plain(data_inventory.diagram(base))
    assert "crosses: withheld (" in plain(infrastructure_mapping.integration_points(base))
    assert "production" not in drawing(data_inventory.diagram(base))
