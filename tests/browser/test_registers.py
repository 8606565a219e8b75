"""Filling registers in JupyterLab: lists that know the record, undo, several rows at once, what is pointed out."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, open_notebook, open_question, picture, section

pytestmark = pytest.mark.thorough


def register(page: Page, name: str) -> Any:
    """The form of a register on the page that is open."""
    cell = section(page, f'audit.register("{name}")')
    cell.locator(".grid").first.wait_for(timeout=60_000)
    return cell


def add(cell: Any, one: str, name: str, label: str = "Name (needed)", **choices: str) -> None:
    """Add a row by its form."""
    cell.get_by_role("button", name=f"Add {one}").first.click()
    panel = cell.get_by_role("region", name=f"New {one}")
    panel.get_by_label(label).fill(name)
    for field, choice in choices.items():
        panel.get_by_label(field.replace("_", " ")).select_option(choice)
    panel.get_by_role("button", name=f"Add {one}").click()
    expect(cell.locator("tbody tr", has_text=name).first).to_be_visible(timeout=15_000)


def row(cell: Any, text: str) -> Any:
    return cell.locator("tbody tr", has_text=text).first


def test_an_action_is_linked_to_a_finding_that_was_added_a_moment_ago(lab: Server, page: Page):
    open_notebook(page, lab, "05_internal_audit")
    findings, actions = register(page, "findings"), register(page, "actions")
    add(findings, "finding", "No second person approves", "Finding (needed)", **{"Grade_(needed)": "observation"})
    actions.get_by_role("button", name="Add corrective action").click()
    panel = actions.get_by_role("region", name="New corrective action")
    panel.get_by_label("Corrective action (needed)").fill("Ask for two approvals")
    expect(panel.get_by_label("Status (needed)")).to_have_value("planned")
    add(findings, "finding", "Logs are kept for a week", "Finding (needed)", **{"Grade_(needed)": "observation"})

    panel.get_by_role("button", name="Add corrective action").click()
    finding = panel.get_by_role("combobox", name="Finding")
    expect(panel.locator(".wrong:visible")).to_contain_text("Finding: choose one.")
    finding.fill("logs week")
    expect(panel.locator(".picker [role=option]")).to_have_count(1)
    picture(page, "choose-finding")
    finding.press("Enter")
    panel.get_by_role("button", name="Add corrective action").click()
    expect(row(actions, "Ask for two approvals")).to_contain_text("Logs are kept for a week", timeout=15_000)


def test_an_action_without_a_finding_is_saved_by_who_says_so(lab: Server, page: Page):
    open_notebook(page, lab, "05_internal_audit")
    actions = register(page, "actions")
    actions.get_by_role("button", name="Add corrective action").click()
    panel = actions.get_by_role("region", name="New corrective action")
    panel.get_by_label("Corrective action (needed)").fill("Nobody found anything")
    panel.get_by_label("None, on purpose").check()
    panel.get_by_role("button", name="Add corrective action").click()
    expect(row(actions, "Nobody found anything")).to_be_visible(timeout=15_000)


def test_a_dataset_is_made_from_a_source_that_was_added_a_moment_ago_and_from_none_that_was_deleted(
    lab: Server, page: Page
):
    open_notebook(page, lab, "01_data_inventory")
    sources, datasets = register(page, "data_sources"), register(page, "datasets")
    add(sources, "data source", "Credit bureau")
    datasets.get_by_role("button", name="Add dataset").click()
    panel = datasets.get_by_role("region", name="New dataset")
    made_from = panel.get_by_role("group", name="Made from")
    expect(made_from.get_by_label("Credit bureau")).to_be_visible()
    add(sources, "data source", "Scraped pages")
    made_from.get_by_label("Scraped pages").check()
    sources.get_by_role("button", name="Delete Credit bureau").click()
    expect(made_from.get_by_label("Credit bureau")).to_have_count(0, timeout=15_000)
    expect(made_from.get_by_label("Scraped pages")).to_be_checked()
    panel.get_by_label("Name (needed)").fill("Loan history")
    picture(page, "new-dataset")
    panel.get_by_role("button", name="Add dataset").click()
    row(datasets, "Loan history").wait_for()

    sources.locator(".said").get_by_role("button", name="Undo").click()
    expect(row(sources, "Credit bureau")).to_be_visible(timeout=15_000)
    sources.locator(".said").get_by_role("button", name="Redo").click()
    expect(sources.locator("tbody tr", has_text="Credit bureau")).to_have_count(0, timeout=15_000)


def test_a_person_is_offered_the_systems_and_as_owner_everywhere_at_once(lab: Server, page: Page):
    open_notebook(page, lab, "00_start")
    systems, people = register(page, "systems"), register(page, "people")
    cell = section(page, 'audit.ask("scope")')
    cell.locator("button.row").first.click()
    owner = cell.locator(".form").get_by_label("Owner")
    owner.wait_for()
    add(systems, "system", "Fraud watch")
    people.get_by_role("button", name="Add person").click()
    panel = people.get_by_role("region", name="New person")
    panel.get_by_role("group", name="Systems").get_by_label("Fraud watch").check()
    panel.get_by_label("Role or name (needed)").fill("Fraud analyst")
    panel.get_by_label("Role in the audit (needed)").select_option("technical expert")
    panel.get_by_role("button", name="Save and add another").click()
    expect(people.locator(".said").first).to_contain_text("✓ Saved", timeout=15_000)
    expect(people.get_by_role("region", name="New person").get_by_label("Role or name (needed)")).to_be_focused()

    for field in (owner, systems.get_by_label("Owner of Fraud watch")):
        if not field.count():
            row(systems, "Fraud watch").locator('[data-column="owner"]').dblclick()
        names = page.locator(f"datalist#{field.get_attribute('list')} option[value='Fraud analyst']")
        expect(names).to_have_count(1, timeout=15_000)


def test_several_rows_are_given_to_an_owner_at_once_and_taken_back_at_once(lab: Server, page: Page):
    open_notebook(page, lab, "02_infrastructure_mapping")
    cell = register(page, "components")
    for name in ("Training cluster", "Feature store"):
        add(cell, "component", name, **{"Kind_(needed)": "data storage"})
    cell.get_by_role("button", name="Several at once").click()
    panel = cell.get_by_role("region", name="Several rows at once")
    panel.get_by_role("button", name="Tick all shown").click()
    panel.get_by_label("Owner, for every row").fill("Platform lead")
    picture(page, "several-rows")
    panel.get_by_role("button", name="Set in all ticked rows").click()
    expect(cell.locator("tbody [data-column=owner]", has_text="Platform lead")).to_have_count(2, timeout=15_000)
    cell.locator(".said").get_by_role("button", name="Undo").click()
    expect(cell.locator("tbody [data-column=owner]", has_text="Platform lead")).to_have_count(0, timeout=15_000)
    expect(cell.locator("tbody tr")).to_have_count(2)

    cell.locator(".steps").get_by_role("button", name="Undo").click()
    expect(cell.locator("tbody tr")).to_have_count(1, timeout=15_000)
    cell.locator(".steps").get_by_role("button", name="Redo").click()
    expect(cell.locator("tbody tr")).to_have_count(2, timeout=15_000)


def test_a_name_used_twice_and_a_day_that_has_passed_are_pointed_out_while_one_types(lab: Server, page: Page):
    open_notebook(page, lab, "05_internal_audit")
    cell = register(page, "findings")
    add(cell, "finding", "Keys are shared", "Finding (needed)", **{"Grade_(needed)": "observation"})
    cell.get_by_role("button", name="Add finding").first.click()
    panel = cell.get_by_role("region", name="New finding")
    panel.get_by_label("Finding (needed)").fill("keys are shared")
    panel.get_by_label("Due").fill("2020-01-15")
    expect(panel.locator(".doubt:visible")).to_have_count(2, timeout=15_000)
    expect(panel.get_by_label("Finding (needed)")).to_have_accessible_description(re.compile("has this name, too"))
    picture(page, "doubts")


def test_a_paste_is_mended_in_its_preview_and_there_again_until_it_is_imported(lab: Server, page: Page):
    open_notebook(page, lab, "03_control_review")
    cell = register(page, "suppliers")
    cell.get_by_role("button", name="Paste rows").click()
    rows = (
        "Name\tNext review\tOwner\nCloud host\tsoon\tPlatform lead\nLabel shop\t2027-03-01\t\nLabel shop\t2027-03-01\t"
    )
    cell.get_by_label("Rows copied from a spreadsheet").fill(rows)
    cell.get_by_role("button", name="Preview").click()
    preview = cell.get_by_role("region", name="Preview: nothing is imported yet")
    expect(preview).to_contain_text("Line 4 says the same as line 3.")
    preview.get_by_role("button", name="Leave out line 4").click()
    expect(preview).to_contain_text("1 line corrected or left out here.")
    preview.get_by_role("button", name="Close").click()

    cell.get_by_role("button", name="Paste rows").click()
    expect(cell.get_by_label("Rows copied from a spreadsheet")).to_have_value(rows)
    cell.get_by_role("button", name="Preview").click()
    wrong = preview.get_by_label("Next review, line 2")
    expect(preview).to_contain_text("Owner: Platform lead")
    picture(page, "mend-paste")
    wrong.fill("2027-02-01")
    wrong.press("Tab")
    preview.get_by_role("button", name="Import all").click()
    expect(cell.locator(".said").first).to_have_text("2 rows imported. Undo", timeout=15_000)
    picture(page, "register-laptop")

    cell.locator(".said").get_by_role("button", name="Undo").click()
    expect(cell.locator(".said").first).to_have_text("Undone: 2 rows. Redo", timeout=15_000)
    expect(cell.locator("tbody tr", has_text="Label shop")).to_have_count(0)
    cell.get_by_role("button", name="Paste rows").click()
    expect(cell.get_by_label("Rows copied from a spreadsheet")).to_have_value("")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious_where_rows_are_chosen(lab: Server, browser: Browser, theme: str):
    context = browser.new_context(viewport={"width": 1366, "height": 900}, bypass_csp=True)
    page = context.new_page()
    open_notebook(page, lab, "05_internal_audit")
    page.evaluate("(name) => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", theme)
    cell = register(page, "tests")
    cell.get_by_role("button", name="Add audit test").click()
    panel = cell.get_by_role("region", name="New audit test")
    panel.get_by_label("Population").fill("4 deployments")
    panel.get_by_label("Items sampled").fill("9")
    panel.get_by_role("combobox", name="Question (needed)").fill("access")
    expect(panel.locator(".doubt:visible")).to_have_count(1, timeout=15_000)
    page.wait_for_timeout(800)
    picture(page, f"test-{theme.split()[-1].lower()}")
    found = Axe().run(page, context=".panel", options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")] == []
    context.close()


def test_an_answer_goes_back_step_by_step_and_forward_again(lab: Server, page: Page):
    open_notebook(page, lab, "03_control_review")
    form = open_question(page, "Least privilege · Credit scoring")
    field = form.get_by_label("What is the case today?")
    for text in ("first", "second", "third"):
        field.fill(text)
        expect(form.get_by_role("status").first).to_contain_text("✓ Saved", timeout=15_000)
        page.wait_for_timeout(300)
    for step, text in (("Undo", "second"), ("Undo", "first"), ("Redo", "second"), ("Redo", "third")):
        form.get_by_role("button", name=step, exact=True).click()
        expect(field).to_have_value(text, timeout=15_000)
        expect(form.get_by_role("button", name=step, exact=True)).to_be_focused()
    picture(page, "undo-answer")
