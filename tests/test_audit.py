"""What a notebook holds: parameters refused in words, forms where one can type, pages where one cannot."""

import inspect
from pathlib import Path

import pytest

from tests.helpers_audit import VIEWS
from workbook import audit, catalog, open_audit, paths, workspace
from workbook.audit import Shown
from workbook.errors import BadChecklist, BadInput, Unknown
from workbook.model import Draft, IssuedReport
from workbook.store import Store


@pytest.mark.parametrize("empty", [None, ""])
def test_a_parameter_that_is_null_or_empty_means_all(store: Store, empty: str | None):
    opened = open_audit("isms-2027", system=empty, as_of=empty, audience="internal", mode="page")  # type: ignore[arg-type]

    assert len(opened.record.systems) == 2
    assert open_audit("isms-2027", audience=None, mode=None).edition.audience == "internal"  # type: ignore[arg-type]


def test_a_year_that_yaml_reads_as_a_number_names_an_engagement(store: Store):
    with pytest.raises(Unknown, match="No engagement is called '2027'"):
        open_audit(2027)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"engagement": "isms-2072"}, "Did you mean isms-2027?"),
        ({"engagement": 7.5}, "must be text; in YAML put it into quotation marks, on the command line pass it with -r"),
        ({"audience": "boss"}, "it is one of internal, auditor, customer"),
        ({"mode": "html"}, "it is one of auto, form, page"),
        ({"as_of": "tomorrow"}, "write it as 2026-11-30"),
        ({"as_of": "r0"}, "counted from 1"),
        ({"as_of": "r99999"}, "isms-2027 has no revision 99999; its newest is r3"),
        ({"system": "SYS-9"}, "No system is called 'SYS-9'"),
    ],
)
def test_a_wrong_parameter_is_refused_in_one_sentence(store: Store, parameters: dict, says: str):
    with pytest.raises(BadInput) as caught:
        open_audit(**{"engagement": "isms-2027", **parameters})

    assert says in str(caught.value)


def test_a_kernel_without_a_front_end_gets_static_pages(store: Store):
    audit = open_audit("isms-2027")

    assert not audit.live
    assert isinstance(audit.ask("access-control"), Shown)
    assert isinstance(audit.register("datasets"), Shown)
    assert isinstance(audit.progress(), Shown)


def test_a_jupyter_server_is_recognised_by_the_session_it_names(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/03_control_review.ipynb")

    assert open_audit("isms-2027").live
    assert not open_audit("isms-2027", mode="page").live


def test_the_past_is_never_a_form(store: Store):
    assert not open_audit("isms-2027", as_of=store.on.isoformat(), mode="form").live
    assert not open_audit("isms-2027", as_of="r2", mode="form").live


def test_a_notebook_opens_the_record_as_it_stood_at_a_revision(store: Store):
    audit = open_audit("isms-2027", as_of=f"r2@{store.on}")

    assert [system.key for system in audit.record.systems] == ["SYS-001"]
    assert audit.record.on == store.on


def test_the_chosen_engagement_opens_by_itself(store: Store):
    assert open_audit().store.name == "isms-2027"

    store.ledger.append("other", [Draft("engagement", "engagement", {"title": "Other"})], store.who)
    with pytest.raises(Unknown, match="00_start"):
        open_audit()
    workspace.choose("other")
    assert open_audit().store.name == "other"


def test_an_unknown_section_or_register_suggests_near_ones(store: Store):
    audit = open_audit("isms-2027")

    with pytest.raises(Unknown, match="access-control"):
        audit.ask("acces-control")
    with pytest.raises(Unknown, match="datasets"):
        audit.register("dataset")


@pytest.mark.parametrize("name", [*VIEWS, "changes"])
def test_every_view_is_a_call_that_completion_offers_and_help_explains(store: Store, name: str):
    audit = open_audit("isms-2027")

    assert isinstance(getattr(audit, name)(), Shown)
    assert name in dir(audit)
    assert len(inspect.getdoc(getattr(audit, name)) or "") > 20


def test_the_gaps_of_some_registers_or_of_all(store: Store):
    store.save_row("datasets", "", {"name": "Loans"}, 0)
    audit = open_audit("isms-2027")

    assert "Loans" not in audit.gaps("systems").markup
    assert "Loans" in audit.gaps("datasets").markup
    assert "Loans" in audit.gaps().markup


def test_what_was_saved_meanwhile_is_shown_without_opening_again(store: Store):
    audit = open_audit("isms-2027")
    assert "Loans" not in audit.register("datasets").markup

    store.save_row("datasets", "", {"name": "Loans"}, 0)

    assert "Loans" in audit.register("datasets").markup


def test_changes_are_counted_from_the_report_that_was_issued_last(store: Store):
    audit = open_audit("isms-2027")
    assert audit.earlier(audit.record) is None

    head = store.head()
    store.issue(IssuedReport(as_of=store.on, head_number=head.number, head_hash=head.hash))
    store.save_row("datasets", "", {"name": "Loans"}, 0)

    assert audit.earlier(audit.record).rows["datasets"] == ()
    assert len(audit.record.rows["datasets"]) == 1


def test_a_kernel_of_workbook_lab_starts_although_a_checklist_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("notebooks", "checklists"):
        (tmp_path / name).mkdir()
    (tmp_path / "checklists" / "mine.yaml").write_text("a: [1, 2")
    monkeypatch.chdir(tmp_path)

    audit.get_ready()
    with pytest.raises(BadChecklist, match=r"mine\.yaml, line"):
        catalog.load(paths.checklists())


def test_a_mistyped_call_is_answered_with_near_ones_in_one_sentence(store: Store):
    audit = open_audit("isms-2027")

    with pytest.raises(Unknown, match="Did you mean heat_map"):
        audit.heatmap()
    assert not hasattr(audit, "show")
