"""What somebody else's words mean: our choices, and the steps of our scales; nothing is read silently."""

import pytest

from workbook.catalog import Catalog
from workbook.exchange.columns import fields_of
from workbook.exchange.scales import fit
from workbook.exchange.values import Values
from workbook.risk_method import usual_method


def reader(catalog: Catalog, kind: str, **said: dict[str, str]) -> Values:
    return Values(catalog.synonyms, fields_of(catalog, kind), {k.replace("every", "*"): v for k, v in said.items()})


@pytest.mark.parametrize(
    ("kind", "column", "theirs", "ours"),
    [
        ("risks", "treatment", "Mitigate", "modify"),
        ("risks", "treatment", "REDUCE", "modify"),
        ("risks", "treatment", "Accept", "retain"),
        ("risks", "treatment", "Transfer", "share"),
        ("controls", "applicable", "Applicable", "yes"),
        ("controls", "applicable", "Ja", "yes"),
        ("controls", "applicable", "x", "yes"),
        ("controls", "applicable", "Not applicable", "no"),
        ("controls", "applicable", "N", "no"),
        ("suppliers", "personal_data", "TRUE", "yes"),
        ("suppliers", "personal_data", "n/a", "n/a"),
        ("documents", "kind", "Policy", "governance policy"),
        ("datasets", "classification", "Restricted", "strictly confidential"),
        ("datasets", "classification", "intern", "internal"),
        ("findings", "grade", "Minor NC", "minor nonconformity"),
        ("actions", "status", "In progress", "under way"),
        ("actions", "status", "Closed", "done"),
        ("answers", "result", "Compliant", "implemented"),
        ("answers", "result", "Partially", "partial"),
        ("answers", "result", "non_compliant", "not implemented"),
        ("answers", "result", "Yes", "Yes"),
        ("tasks", "status", "erledigt", "done"),
        ("changes", "kind", "Emergency", "Emergency"),
        ("risks", "owner", "Accept", "Accept"),
    ],
)
def test_a_word_is_read_where_it_means_the_same(catalog: Catalog, kind: str, column: str, theirs: str, ours: str):
    assert reader(catalog, kind).read({column: theirs}) == {column: ours}


@pytest.mark.parametrize(
    ("column", "theirs", "ours"),
    [
        ("likelihood", "Rare", "1"),
        ("likelihood", "Unlikely", "2"),
        ("likelihood", "Possible", "3"),
        ("likelihood", "Almost Certain", "5"),
        ("likelihood", "möglich", "3"),
        ("consequence", "Insignificant", "1"),
        ("consequence", "Major", "4"),
        ("residual_consequence", "Catastrophic", "5"),
        ("consequence", "High", "4"),
        ("consequence", "Very high", "5"),
        ("likelihood", "4 - Likely", "4"),
        ("likelihood", "4 (High)", "4"),
        ("likelihood", "High (4)", "4"),
        ("likelihood", "4: likely", "4"),
        ("likelihood", "Likely – 4", "4"),
        ("likelihood", "2 - Probably never", "2"),
        ("likelihood", "3", "3"),
        ("likelihood", "3.0", "3.0"),
        ("likelihood", "3 - High", "3 - High"),
        ("likelihood", "3 of 5", "3 of 5"),
        ("likelihood", "50%", "50%"),
        ("likelihood", "now and then", "now and then"),
    ],
)
def test_a_step_of_a_scale_is_read_by_its_name_unless_number_and_name_disagree(
    catalog: Catalog, column: str, theirs: str, ours: str
):
    assert reader(catalog, "risks").read({column: theirs}) == {column: ours}


def test_a_number_that_is_no_scale_has_no_words(catalog: Catalog):
    cells = {"exceptions_found": "3 - High"}

    assert reader(catalog, "tests").read(cells) == cells


def test_all_that_was_read_is_told_with_its_rows_and_kept(catalog: Catalog):
    values = reader(fit(catalog, usual_method(catalog)), "risks")
    for treatment, likelihood in [("Mitigate", "High"), ("Mitigate", "4"), ("Modify", "Possible"), ("", "")]:
        values.read({"treatment": treatment, "likelihood": likelihood})

    assert list(values.notes()) == [
        "Likelihood: High was read as 4 on the scale 1 to 5 (1 row).",
        "Likelihood: Possible was read as 3 on the scale 1 to 5 (1 row).",
        "Treatment: Mitigate was read as modify (2 rows).",
    ]
    assert values.mapping() == {"likelihood": {"High": "4", "Possible": "3"}, "treatment": {"Mitigate": "modify"}}


def test_what_is_said_of_a_column_goes_before_what_is_said_of_all_and_that_before_what_is_usual(catalog: Catalog):
    own = {"mitigate": "avoid", "Offload": "transfer"}
    values = reader(catalog, "risks", every={"High": "5", "Mitigate": "share"}, Treatment=own)

    read = values.read({"treatment": "Mitigate", "likelihood": "High", "consequence": "high"})

    assert read == {"treatment": "avoid", "likelihood": "5", "consequence": "5"}
    assert values.read({"treatment": "Offload"}) == {"treatment": "share"}


def test_a_word_that_is_said_of_all_counts_only_where_there_is_such_a_choice(catalog: Catalog):
    values = reader(catalog, "models", every={"IaaS": "third-party service", "SaaS": "strictly secret"})

    assert values.read({"kind": "IaaS", "classification": "IaaS", "name": "IaaS"}) == {
        "kind": "third-party service", "classification": "IaaS", "name": "IaaS",
    }  # fmt: skip
    values.read({"classification": "SaaS"})
    assert values.used() == {("values", "*", "iaas")}


def test_a_word_can_mean_nothing_and_any_column_can_be_named(catalog: Catalog):
    values = reader(catalog, "risks", due={"Ongoing": ""}, owner={"JD": "Jane Doe"}, likelihood={"tbd": ""})

    assert values.read({"due": "ongoing", "owner": "JD", "likelihood": "TBD"}) == {
        "due": "", "owner": "Jane Doe", "likelihood": "",
    }  # fmt: skip
    assert "Treatment due: ongoing was read as nothing (1 row)." in values.notes()


def test_a_word_that_is_mapped_and_never_seen_is_known(catalog: Catalog):
    values = reader(catalog, "risks", treatment={"Offload": "share", "Retain": "retain"})
    values.read({"treatment": "retain"})

    assert values.used() == {("values", "treatment", "retain")}
