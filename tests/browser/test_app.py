"""The same pages as an app, served by Voilà to people who should not see code."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, eventually, picture, settle


def test_an_answer_given_in_the_app_is_in_the_record(voila: Server, page: Page):
    page.goto(f"{voila.url}/voila/render/03_control_review.ipynb", timeout=120_000)
    line = page.get_by_role("button", name="Privileged access for model deployment · Credit scoring")
    line.wait_for(timeout=120_000)
    settle(page)
    line.click()
    form = page.locator(".form")
    form.get_by_role("radio", name="planned").check()
    form.get_by_label("What is the case today?").fill("An approval step is being built.")
    expect(form.get_by_role("status")).to_contain_text("Saved", timeout=15_000)

    store = voila.store()
    answer = eventually(lambda: store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale)
    store.ledger.close()
    assert answer == "An approval step is being built."
    expect(page.locator("text=audit.ask")).to_have_count(0)
    picture(page, "app")


def test_what_is_for_people_who_know_pandas_is_left_out_of_the_app(voila: Server, page: Page):
    page.goto(f"{voila.url}/voila/render/02_infrastructure_mapping.ipynb", timeout=120_000)

    expect(page.get_by_role("heading", name="Components without protection")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("pandas")).to_have_count(0)
    expect(page.locator("table.dataframe")).to_have_count(0)
