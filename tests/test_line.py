"""The line above a page: where there is no audit it begins one, and another one can be opened in place of the first."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.test_forms import tell
from workbook import open_audit, paths, people, workspace, zones
from workbook.audit import Audit
from workbook.errors import Unnamed
from workbook.forms import modules
from workbook.forms.line import Line
from workbook.ledger import Ledger
from workbook.model import Engagement, Person
from workbook.store import Store, create
from workbook.workspace import open_ledger

NEW = {"title": "Recertification 2028", "organisation": "Example AG", "audit_date": "", "name": "",
       "time_zone": "Europe/Berlin"}  # fmt: skip


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell that keeps what is displayed."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def empty() -> Iterator[Ledger]:
    """A workspace in which nothing has begun."""
    ledger = open_ledger()
    yield ledger
    ledger.close()


def line_of(audit: Audit) -> Line:
    assert audit._line is not None
    return audit._line


def shown(audit: Audit, *cells: Any) -> list[Any]:
    """What each cell shows now, as the front end would make it."""
    return [cell._make() for cell in cells]


def test_where_there_is_no_audit_a_page_begins_one_and_is_empty_below(shell: InteractiveShell, empty: Ledger):
    audit = open_audit(mode="form")

    assert line_of(audit).state["engagement"] == ""
    assert [s._repr_mimebundle_()[0]["text/html"] for s in shown(audit, audit.about(), audit.progress())] == [
        '<div class="mlaw"></div>'
    ] * 2
    assert list(audit.table("answers").columns[:3]) == ["page", "section", "question"]


def test_an_audit_that_begins_is_shown_at_once_in_every_cell(shell: InteractiveShell, empty: Ledger):
    people.remember(Person("Security lead"))
    audit = open_audit(mode="form")
    about = audit.about()

    said = tell(line_of(audit), "begin", **NEW)

    assert said["ok"], said["says"]
    assert (audit.store.name, audit.record.engagement.organisation) == ("recertification-2028", "Example AG")
    assert shown(audit, about)[0].state["shown"]["values"]["title"] == "Recertification 2028"
    assert "Recertification 2028" in line_of(audit).state["value"]
    assert open_audit(mode="form").store.name == "recertification-2028"
    assert audit.store.zone.key == "Europe/Berlin"


def test_a_line_brings_the_script_of_the_language_that_the_opened_audit_speaks(shell: InteractiveShell, empty: Ledger):
    people.remember(Person("Security lead"))
    create(empty, "unser-audit", Engagement(title="Unser Audit", language="de"), Person("Security lead"))
    audit = open_audit(mode="form")
    about = audit.about()
    tell(line_of(audit), "begin", **NEW)
    begun = line_of(audit)._esm, line_of(audit).modules_version, shown(audit, about)[0].modules_version

    said = tell(line_of(audit), "open", name="unser-audit")

    assert said["ok"], said["says"]
    assert begun == (modules.script("en"), modules.version("en"), modules.version("en"))
    assert line_of(audit)._esm == modules.script("de")
    assert line_of(audit).modules_version == shown(audit, about)[0].modules_version == modules.version("de")
    assert tell(shown(audit, about)[0], "modules")["modules"] == modules.script("de")


def test_no_first_word_is_recorded_before_somebody_says_who_speaks(shell: InteractiveShell, empty: Ledger):
    audit = open_audit(mode="form")
    said = tell(line_of(audit), "begin", **NEW)

    assert (said["ok"], said["unnamed"]) == (False, True)
    assert empty.engagements() == []
    with pytest.raises(Unnamed, match="Say first who speaks"):
        create(empty, "isms-2028", Engagement(title="x"), Person(people.UNNAMED))


def test_the_demo_can_be_looked_at_without_a_name(shell: InteractiveShell, empty: Ledger):
    audit = open_audit(mode="form")

    assert tell(line_of(audit), "demo")["ok"]

    assert audit.store.name == "demo"
    assert len(audit.record.systems) == 2
    assert line_of(audit).state["unnamed"]


def test_another_audit_takes_the_place_of_the_first_and_closes_its_forms(shell: InteractiveShell, store: Store):
    audit = open_audit(mode="form")
    about = audit.about()
    [before] = shown(audit, about)
    create(store.ledger, "isms-2028", Engagement(title="Next"), store.who)

    assert tell(line_of(audit), "audits")["audits"] == [
        ["isms-2027", store.record().engagement.title],
        ["isms-2028", "Next"],
    ]
    assert tell(line_of(audit), "open", name="isms-2028")["ok"]

    assert before.comm is None
    assert shown(audit, about)[0].state["shown"]["values"]["title"] == "Next"


def test_an_audit_opened_on_another_page_is_offered_here_and_not_shown_behind_ones_back(
    shell: InteractiveShell, store: Store
):
    create(store.ledger, "isms-2028", Engagement(title="Next"), store.who)
    workspace.choose("isms-2027")
    here, there, given = open_audit(mode="form"), open_audit(mode="form"), open_audit("isms-2027", mode="form")

    tell(line_of(there), "open", name="isms-2028")
    for audit in (here, given):
        tell(line_of(audit), "look")

    assert (here.store.name, line_of(here).state["elsewhere"]) == ("isms-2027", "isms-2028")
    assert line_of(given).state["elsewhere"] == ""
    assert line_of(there).state["elsewhere"] == ""


def test_an_audit_that_cannot_be_opened_leaves_the_page_and_the_choice_as_they_were(
    shell: InteractiveShell, store: Store
):
    audit = open_audit(mode="form")
    [before] = shown(audit, audit.about())

    said = tell(line_of(audit), "open", name="isms-2999")

    assert (said["ok"], "isms-2999" in said["says"]) == (False, True)
    assert (audit.store.name, before.comm is not None) == ("isms-2027", True)
    assert not paths.chosen().exists()


def test_a_page_that_was_given_its_audit_stays_with_it(shell: InteractiveShell, store: Store):
    create(store.ledger, "isms-2028", Engagement(title="Next"), store.who)
    audit = open_audit("isms-2027", mode="form")

    assert not line_of(audit).state["chooses"]
    assert "first cell" in tell(line_of(audit), "open", name="isms-2028")["says"]
    assert audit.store.name == "isms-2027"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": "isms-2027"}, "", "exists already"),
        ({"name": "ISMS/2027"}, "", "use lower-case letters"),
        ({"title": "a\x00b", "name": "isms-2028"}, "title", "Title"),
        ({"time_zone": "Berlin"}, "time_zone", "Did you mean Europe/Berlin"),
        ({"audit_date": "soon"}, "audit_date", "date"),
    ],
)
def test_an_audit_that_cannot_begin_is_told_in_the_form(
    shell: InteractiveShell, store: Store, typed: dict[str, str], field: str, says: str
):
    people.remember(Person("Security lead"))
    audit = open_audit(mode="form")

    said = tell(line_of(audit), "begin", **{**NEW, **typed})

    assert (said["ok"], said["field"]) == (False, field)
    assert says.lower() in said["says"].lower()
    assert store.ledger.engagements() == ["isms-2027"]


def test_the_fields_of_a_new_audit_offer_the_time_zone_of_the_machine(shell: InteractiveShell, store: Store):
    said = tell(line_of(open_audit(mode="form")), "audits")

    assert said["zone"] == zones.machine_zone()
    assert said["zone"] in said["zones"]


def test_voila_draws_its_page_again_with_the_audit_that_was_opened(
    shell: InteractiveShell, store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://localhost/voila/render/00_start.ipynb")
    create(store.ledger, "isms-2028", Engagement(title="Next"), store.who)
    audit = open_audit()

    assert tell(line_of(audit), "open", name="isms-2028")["reload"]
    assert open_audit().store.name == "isms-2028"


def test_the_line_tells_each_revision_and_who_speaks(shell: InteractiveShell, store: Store):
    audit = open_audit(mode="form")
    line = line_of(audit)
    before = line.state["revision"]

    replace(store, who=Person("Somebody else")).save_row("datasets", "", {"name": "Loans"}, 0)
    tell(line, "look")

    assert line.state["revision"] == before + 1
