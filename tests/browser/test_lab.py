"""Stepping through in JupyterLab: what a person who answers relies on."""

import os
import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.conftest import (
    NAME,
    Server,
    built,
    eventually,
    jupyterlab,
    open_notebook,
    open_question,
    picture,
    section,
)
from workbook.exchange import imports
from workbook.exchange.mapping import read_mapping
from workbook.model import Answer, Draft, Result
from workbook.record import Asked
from workbook.report import make

REVIEW = "03_control_review"


def asked(server: Server, question: str, system: str = "SYS-001") -> Asked:
    store = server.store()
    try:
        return store.record().ask(question, system)
    finally:
        store.ledger.close()


def test_a_notebook_opens_with_the_kernel_of_the_workbook_without_asking(lab: Server, page: Page):
    open_notebook(page, lab, "06_audit_report")

    kernel = page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.name")

    assert kernel == "ml-audit-workbook"
    assert page.locator(".jp-Dialog").count() == 0


def test_code_is_folded_away_until_somebody_wants_to_see_it(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    parameters, opened, third = (page.locator(".jp-CodeCell").nth(n) for n in range(3))

    expect(opened).to_contain_text("ISMS audit 2027", timeout=60_000)
    for cell in (parameters, opened, third):
        expect(cell.locator(".jp-Cell-inputWrapper")).to_be_hidden()
    picture(page, "folded")

    page.evaluate("() => jupyterapp.commands.execute('workbook:toggle-code')")
    expect(third.locator(".jp-InputArea-editor")).to_contain_text('audit.register("models")')
    for folded in (parameters, opened):  # what only papermill needs stays folded
        expect(folded.locator(".jp-InputPlaceholder")).to_be_visible()
    opened.locator(".jp-InputPlaceholder").click()
    expect(opened.locator(".jp-InputArea-editor")).to_contain_text("open_audit(engagement")
    page.evaluate("() => jupyterapp.commands.execute('workbook:toggle-code')")


def test_an_answer_survives_a_kernel_restart(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Privileged access for model deployment · Credit scoring")
    form.get_by_role("radio", name="partial").check()
    form.get_by_label("What is the case today?").fill("The pipeline deploys.\nTwo people can.")
    form.get_by_label("Owner").fill("ML platform lead")
    expect(form.get_by_role("status")).to_contain_text("Saved", timeout=10_000)
    eventually(lambda: asked(lab, "ac-privileged-deploy").answer.value.owner == "ML platform lead")

    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    built(page)
    form = open_question(page, "Privileged access for model deployment · Credit scoring")

    expect(form.get_by_label("What is the case today?")).to_have_value("The pipeline deploys.\nTwo people can.")
    expect(form.get_by_role("radio", name="partial")).to_be_checked()
    picture(page, "form-light")


@pytest.mark.thorough
def test_keys_that_jupyter_knows_are_just_letters_in_a_form(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Least privilege · Credit scoring")
    how_many = "() => jupyterapp.shell.currentWidget.content.model.cells.length"
    cells = page.evaluate(how_many)
    field = form.get_by_label("What is the case today?")
    field.fill("")  # others answer this question as well
    page.keyboard.type("dd m y a b 00 x")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("z")

    expect(field).to_have_value("dd m y a b 00 x\n\nz")
    assert page.evaluate(how_many) == cells
    eventually(lambda: asked(lab, "ac-least-privilege").answer.value.rationale.startswith("dd m y"))


def test_closing_the_tab_in_the_middle_of_a_word_loses_nothing(lab: Server, browser: Browser):
    context = browser.new_context()
    page = context.new_page()
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Segregation of duties · Credit scoring")
    form.get_by_label("What is the case today?").press_sequentially("Nobody approves alo")
    page.close(run_before_unload=False)

    page = context.new_page()
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Segregation of duties · Credit scoring")
    expect(form.get_by_label("What is the case today?")).to_have_value("Nobody approves alo", timeout=10_000)
    eventually(lambda: asked(lab, "ac-segregation-of-duties").answer.value.rationale == "Nobody approves alo")
    context.close()


def test_a_file_of_twelve_megabytes_is_uploaded_and_kept_under_its_hash(lab: Server, page: Page, tmp_path):
    big = tmp_path / "access export.csv"
    big.write_bytes(os.urandom(12 * 1024**2))
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Role-based access to development environments · Credit scoring")
    form.get_by_role("radio", name="implemented", exact=True).check()
    with page.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Upload …").click()
    chooser.value.set_files(big)

    held = eventually(lambda: asked(lab, "ac-rbac").evidence, seconds=60)
    _, evidence, _ = held[0]
    assert evidence.value.size == 12 * 1024**2
    assert (lab.home / "evidence" / "sha256" / evidence.value.sha256[:2] / evidence.value.sha256[2:]).is_file()
    expect(form.locator(".piece")).to_contain_text("Counts for nothing here: nobody said which artefact it is.")
    form.get_by_label("It is the").select_option(asked(lab, "ac-rbac").question.evidence[0].artefact)
    form.get_by_label("Collected on").fill(asked(lab, "ac-rbac").answer.at.date().isoformat())
    form.get_by_role("button", name="Save", exact=True).click()
    eventually(lambda: asked(lab, "ac-rbac").evidence_state == "fresh")


def test_two_people_who_answer_the_same_question_see_both_texts(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Regular access reviews · Credit scoring")
    store = lab.store("Data steward")
    theirs = Answer(question="ac-access-reviews", system="SYS-001", result=Result.PLANNED, rationale="Planned for May.")
    store.save_answer(theirs, 0)
    store.ledger.close()

    form.get_by_label("What is the case today?").fill("Done in April.")
    panel = form.get_by_role("region", name="Data steward saved this question first")
    expect(panel).to_contain_text("Planned for May.", timeout=10_000)
    expect(panel).to_contain_text("Done in April.")
    picture(page, "conflict")
    assert asked(lab, "ac-access-reviews").answer.value.rationale == "Planned for May."

    panel.get_by_role("button", name="Save the merged text").click()
    both = eventually(
        lambda: asked(lab, "ac-access-reviews").answer if asked(lab, "ac-access-reviews").answer.version == 2 else None
    )
    assert "Done in April." in both.value.rationale
    assert "Planned for May." in both.value.rationale


def test_a_page_shows_what_somebody_else_recorded_and_disturbs_nobody_who_types(lab: Server, page: Page):
    open_notebook(page, lab, "04_risk_assessment")
    cell = section(page, 'audit.ask("risk-process")')
    store = lab.store()
    first, second = store.record().of_section("risk-process")[:2]
    cell.locator("button.row").nth(1).click()
    field = cell.get_by_label("What is the case today?")
    field.fill("Mine, and saved.")
    expect(cell.locator(".form").get_by_role("status")).to_contain_text("✓ Saved", timeout=10_000)
    for question, version in ((first, first.answer.version), (second, second.answer.version + 1)):
        said = Answer(question=question.question.id, system=question.slot.system, result=Result.PARTIAL)
        store.save_answer(said.model_copy(update={"rationale": "Theirs."}), version)
    store.ledger.close()

    expect(cell.locator(".item").first).to_contain_text("Partial", timeout=40_000)
    news = cell.locator(".news")
    expect(news).to_contain_text("Somebody else recorded something newer here", timeout=40_000)
    expect(field).to_have_value("Mine, and saved.")
    news.get_by_role("button", name="Show it").click()

    expect(cell.get_by_label("What is the case today?")).to_have_value("Theirs.")
    expect(news).to_be_hidden()


def test_what_one_form_saves_the_others_of_the_page_show(lab: Server, page: Page):
    open_notebook(page, lab, "00_start")
    due = section(page, "audit.tasks()").locator("summary .r").first
    before = due.inner_text()
    section(page, "audit.about()").get_by_label("Audit begins").fill("2029-02-01")

    expect(due).not_to_have_text(before, timeout=15_000)
    assert "2028" in due.inner_text()


def drop_one_reply(page: Page, holding: bytes) -> list[bytes]:
    """From now on the first message from a kernel that holds this never arrives; the list holds it once it was lost."""
    lost: list[bytes] = []

    def through(browser_end: WebSocketRoute) -> None:
        server_end = browser_end.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            data = message if isinstance(message, bytes) else message.encode()
            if not lost and holding in data:
                lost.append(data)
            else:
                browser_end.send(message)

        server_end.on_message(pass_on)

    page.route_web_socket(re.compile("/channels"), through)
    return lost


@pytest.mark.thorough
def test_a_row_whose_reply_was_lost_is_sent_again_and_recorded_once(lab: Server, page: Page):
    lost = drop_one_reply(page, b'"Only once"')
    open_notebook(page, lab, "03_control_review")
    cell = section(page, 'audit.register("suppliers")')
    cell.get_by_role("button", name="Add supplier").click()
    cell.get_by_label("Name (needed)").fill("Only once")
    add = cell.get_by_role("button", name="Add supplier").last
    add.click()
    expect(cell.locator(".wrong:visible")).to_contain_text("does not answer", timeout=30_000)
    assert lost
    cell.get_by_label("Owner").first.fill("Data steward")
    add.click()

    expect(cell.locator(".said").first).to_contain_text("✓ Saved", timeout=15_000)
    expect(cell.locator("tbody tr", has_text="Only once")).to_have_count(1)
    store = lab.store()
    rows = [r for r in store.record().register("suppliers") if r.name == "Only once"]
    store.ledger.close()
    assert [(r["owner"], r.version) for r in rows] == [("Data steward", 2)]


@pytest.mark.thorough
def test_audit_facts_whose_reply_was_lost_do_not_conflict_with_themselves(lab: Server, page: Page):
    lost = drop_one_reply(page, b'"All of it, twice"')
    open_notebook(page, lab, "00_start")
    cell = section(page, "audit.about()")
    cell.get_by_label("Scope", exact=True).fill("All of it, twice")
    expect(cell.get_by_role("status").last).to_contain_text("✓ Saved", timeout=40_000)

    assert lost
    store = lab.store()
    said = [r.body.get("scope") for r in store.history("engagement")]
    store.ledger.close()
    assert said.count("All of it, twice") == 1
    expect(cell.get_by_role("region", name="saved this first")).to_have_count(0)


@pytest.mark.thorough
def test_the_time_zone_is_chosen_among_those_there_are_and_refused_beside_its_field(lab: Server, page: Page):
    open_notebook(page, lab, "00_start")
    cell = section(page, "audit.about()")
    zone = cell.get_by_label("Time zone", exact=True)
    zone.fill("Abidjan")
    zone.press("Tab")
    expect(cell.locator(".wrong", has_text="Did you mean Africa/Abidjan")).to_be_visible(timeout=20_000)
    assert zone.get_attribute("aria-invalid") == "true"
    assert page.locator(f"datalist#{zone.get_attribute('list')} option").count() > 400

    zone.fill("Africa/Abidjan")
    zone.press("Tab")
    expect(cell.get_by_role("status").last).to_contain_text("✓ Saved", timeout=20_000)
    picture(page, "time-zone")
    store = lab.store()
    assert store.zone.key == "Africa/Abidjan"
    store.ledger.close()


@pytest.mark.thorough
def test_forms_work_on_when_the_page_is_opened_again_while_its_kernel_runs(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    open_question(page, "Least privilege · Support assistant")
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    built(page)

    form = open_question(page, "Least privilege · Support assistant")
    form.get_by_role("radio", name="planned").check()
    expect(form.get_by_role("status")).to_contain_text("✓ Saved", timeout=10_000)


def test_a_dead_kernel_is_told_and_the_text_kept(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Authentication and authorisation of ML services · Credit scoring")
    page.evaluate("() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown() }")
    page.wait_for_timeout(1500)
    form.get_by_label("What is the case today?").fill("Tokens, an hour each.")
    expect(form.get_by_role("status")).to_contain_text("does not answer", timeout=30_000)
    expect(form.get_by_label("What is the case today?")).to_have_value("Tokens, an hour each.")


@pytest.mark.thorough
def test_a_section_can_be_completed_with_the_keyboard_alone(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    cell = section(page, 'audit.ask("cryptography")')
    first = cell.locator("button.row").first
    first.wait_for(timeout=60_000)
    first.focus()
    page.keyboard.press("Enter")
    cell.locator(".form textarea").first.wait_for()
    focused = "() => document.activeElement.closest('.form') ? document.activeElement.type : ''"
    eventually(lambda: page.evaluate(focused) == "radio")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")  # to what helps to choose
    page.keyboard.press("Tab")
    page.keyboard.type("Disks are not encrypted yet.")
    page.keyboard.press("Tab")
    page.keyboard.type("ML platform lead")
    eventually(lambda: asked(lab, "cr-data-encryption").answer.value.owner == "ML platform lead")
    assert asked(lab, "cr-data-encryption").result is Result.NOT_IMPLEMENTED
    cell.get_by_role("button", name="Next open question", exact=False).last.focus()
    page.keyboard.press("Enter")
    expect(cell.locator("button.row[aria-expanded=true]")).to_contain_text("Support assistant")
    expect(cell.locator(".form")).to_have_count(1)


def test_a_view_below_follows_an_answer_without_running_its_cell(lab: Server, page: Page):
    open_notebook(page, lab, "00_start")
    progress = section(page, "audit.progress()")
    expect(progress).to_contain_text("answered", timeout=60_000)
    before = progress.locator("caption").inner_text()
    cell = section(page, 'audit.ask("scope")')
    cell.locator("button.row").first.click()
    cell.get_by_role("radio", name="planned").check()
    progress = section(page, "audit.progress()")
    expect(progress.locator("caption")).not_to_have_text(before, timeout=15_000)


@pytest.mark.thorough
def test_a_cell_that_somebody_else_changed_the_row_of_keeps_their_other_cells(lab: Server, page: Page):
    store = lab.store()
    key = store.save_row("models", "", {"name": "Seen by two"}, 0).key
    open_notebook(page, lab, "03_control_review")
    cell = section(page, 'audit.register("models")')
    row = cell.locator("tbody tr", has_text="Seen by two")
    row.wait_for()
    row.locator('[data-column="owner"]').dblclick()
    page.keyboard.type("Data steward")
    store.save_row("models", key, {"name": "Seen by two", "version": "2.0", "owner": "Somebody"}, 1)
    page.keyboard.press("Enter")

    panel = cell.locator("section.panel", has_text="Nothing was overwritten")
    expect(panel).to_contain_text("Somebody")
    panel.get_by_role("button", name="Keep mine").click()
    expect(row).to_contain_text("Data steward", timeout=15_000)
    kept = eventually(lambda: [r for r in store.record().register("models") if r.key == key and r.version == 3])[0]
    store.ledger.close()
    assert (kept["owner"], kept["version"]) == ("Data steward", "2.0")


def test_a_register_is_edited_in_place_and_a_bad_import_is_refused(lab: Server, page: Page, tmp_path):
    open_notebook(page, lab, "01_data_inventory")
    cell = section(page, 'audit.register("datasets")')
    cell.get_by_role("button", name="Add dataset").click()
    cell.get_by_label("Name (needed)").fill("Loan history")
    cell.get_by_role("button", name="Add dataset").last.click()
    row = cell.locator("tbody tr", has_text="Loan history")
    row.wait_for()
    row.locator('[data-column="owner"]').dblclick()
    page.keyboard.type("Data steward")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Data steward")
    picture(page, "register")

    bad = tmp_path / "more.csv"
    bad.write_text("name,classification\nChats,purple\nLogs,internal\n")
    cell.get_by_label("CSV or XLSX file to import").set_input_files(bad)
    panel = cell.get_by_role("region", name="Preview: nothing is imported yet")
    expect(panel.get_by_role("row", name="Chats")).to_contain_text("'purple' is not one of")
    expect(panel.get_by_role("button", name="Import all")).to_be_disabled()
    store = lab.store()
    assert [r.name for r in store.record().register("datasets")] == ["Loan history"]
    store.ledger.close()


@pytest.mark.thorough
def test_a_register_and_the_answers_are_downloaded_as_they_stand(lab: Server, page: Page, tmp_path):
    store = lab.store()
    store.save_row("datasets", "", {"name": "=Loans\nof 2026", "owner": "Data steward"}, 0)
    key = store.record().register("datasets")[-1].key
    open_notebook(page, lab, "01_data_inventory")
    cell = section(page, 'audit.register("datasets")')
    cell.get_by_role("button", name="Download …").click()
    panel = cell.get_by_role("region", name="Download")
    with page.expect_download() as download:
        panel.get_by_role("button", name="Excel (XLSX)").click()
    download.value.save_as(tmp_path / "datasets.xlsx")
    expect(panel.get_by_role("status")).to_have_text("Downloaded browser-datasets.xlsx.")
    picture(page, "download")

    rows = {row[0].value: row for row in openpyxl.load_workbook(tmp_path / "datasets.xlsx")["Datasets"].iter_rows()}
    assert (rows[key][1].value, rows[key][1].data_type) == ("=Loans\nof 2026", "s")
    made = imports.plan(store, tmp_path / "datasets.xlsx")
    store.ledger.close()
    assert (made.problems, made.drafts) == ([], [])

    with page.expect_download() as download:
        panel.get_by_role("button", name="Empty table to fill in").click()
    assert download.value.suggested_filename == "browser-datasets-template.xlsx"
    questions = section(page, "audit.ask(")
    questions.get_by_role("button", name="Download …").click()
    with page.expect_download() as download:
        questions.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text("utf-8-sig").startswith("Question,(Title),System,")


def strangers_risks(path: Path) -> Path:
    """A risk register as another team keeps it: a cover, a title, words and columns of its own."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover").write_column(0, 0, ["Contoso Ltd", "Information security risk register"])
        sheet = book.add_worksheet("Risk log")
        sheet.write_row(0, 0, ["Contoso Ltd, AI risk log"])
        for number, row in enumerate(
            [
                ("Ref", "Risk title", "Risk\nowner", "Likelihood", "Impact", "Treatment", "Next review", "RAG"),
                ("R-1", "Poisoned training data", "Data lead", "Likely", "Major", "Mitigate", "03/04/2027", "Red"),
                ("R-2", "Model theft", "ML lead", "Possible", "Severe", "Watch closely", "28/05/2027", "Amber"),
                ("R-10", "Drift goes unseen", "", "Unlikely", "Minor", "Accept", "", "Green"),
            ],
            start=2,
        ):
            sheet.write_row(number, 0, row)
    return path


def test_a_strangers_risk_register_is_imported_by_answering_what_is_asked(
    lab: Server, browser: Browser, tmp_path: Path
):
    context = browser.new_context(viewport={"width": 800, "height": 1400}, bypass_csp=True, accept_downloads=True)
    page = context.new_page()
    store = lab.store()
    kept = store.save_row("risks", "R-10", {"name": "Drift", "area": "operations and access", "owner": "ML lead"}, 0)
    open_notebook(page, lab, "04_risk_assessment")
    cell = section(page, 'audit.register("risks")')
    cell.get_by_label("CSV or XLSX file to import").set_input_files(strangers_risks(tmp_path / "contoso.xlsx"))
    panel = cell.get_by_role("region", name="Preview: nothing is imported yet")
    todo = panel.locator(".todo")
    expect(todo).to_have_text("Still to be decided: 1 column, 1 needed column, 1 word, how dates are read.")
    expect(panel.get_by_label("Sheet", exact=True)).to_have_value("Risk log")
    for theme in ("Dark", "Light"):
        page.evaluate("(t) => jupyterapp.commands.execute('apputils:change-theme', {theme: t})", f"JupyterLab {theme}")
        page.wait_for_timeout(800)
        picture(page, f"import-{theme.lower()}-800")
        found = Axe().run(page, context=".panel", options={"resultTypes": ["violations"]}).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")] == []

    panel.get_by_role("button", name="Leave out all 1 unknown columns").click()
    panel.get_by_label("Area, for every row").select_option("operations and access")
    panel.get_by_label("Ours for Watch closely in Treatment").select_option("retain")
    panel.get_by_label("How is a date such as 03/04/2027 meant?").select_option("day-first")
    expect(todo).to_have_count(0)
    changes = panel.get_by_role("region", name="Row by row")
    expect(changes.get_by_role("row", name="Drift goes unseen")).to_contain_text("Risk: Drift goes unseen")
    expect(changes.get_by_role("row", name="Model theft")).to_contain_text("Treatment: retain")
    picture(page, "import-ready-800")
    with page.expect_download() as saved:
        panel.get_by_role("button", name="Save this mapping").click()
    mapping = read_mapping(Path(saved.value.path()).rename(tmp_path / "risks-map.yaml")).of("Risk log")
    assert (mapping.dates, mapping.only_known) == ("day-first", True)
    assert mapping.values["treatment"] == {"Accept": "retain", "Mitigate": "modify", "Watch closely": "retain"}

    panel.get_by_role("button", name="Import all").click()
    expect(cell.locator(".said").first).to_have_text("3 rows imported. Undo")
    risks = {row.key: row for row in store.record().register("risks")}
    store.ledger.close()
    assert set(risks) == {"R-1", "R-2", "R-10"}
    assert (risks["R-10"].name, risks["R-10"]["owner"]) == ("Drift goes unseen", "ML lead")
    assert risks["R-10"].version == kept.version + 1
    assert (risks["R-1"]["likelihood"], str(risks["R-1"]["next_review"])) == (4, "2027-04-03")
    context.close()


def test_an_auditor_cannot_review_an_answer_of_their_own(lab: Server, page: Page):
    store = lab.store("Security lead")
    store.save_answer(Answer(question="ac-api-auth", system="SYS-001", result=Result.PLANNED), 0)
    store.ledger.close()
    open_notebook(page, lab, "05_internal_audit")
    cell = section(page, "audit.reviews()")
    line = cell.locator("summary").first
    line.wait_for(timeout=60_000)
    line.click()
    expect(cell.get_by_role("button", name="Accept").first).to_be_disabled()
    expect(cell.locator("details").first).to_contain_text("preparer")


def test_who_speaks_is_asked_before_the_first_word_and_stands_beside_it(page: Page, tmp_path):
    with jupyterlab(tmp_path / "nameless", WORKBOOK_ACTOR="") as server:
        open_notebook(page, server, REVIEW)
        form = open_question(page, "Least privilege · Credit scoring")
        form.get_by_role("radio", name="planned").check()
        asks = page.get_by_role("dialog", name="Who speaks?")
        asks.get_by_label("Your name or role").fill("ML platform lead", timeout=60_000)
        picture(page, "who-speaks")
        asks.get_by_role("button", name="Speak as this").click()
        expect(asks).to_have_count(0)
        eventually(lambda: asked(server, "ac-least-privilege").answer.actor == "ML platform lead")
        expect(page.locator(".jp-CodeCell").nth(1).locator(".facts")).to_contain_text("You speak as ML platform lead")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious_in_a_form(lab: Server, browser: Browser, theme: str):
    context = browser.new_context(viewport={"width": 800, "height": 1000}, bypass_csp=True)
    page = context.new_page()
    open_notebook(page, lab, REVIEW)
    page.evaluate("(name) => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", theme)
    form = open_question(page, "Privileged access for model deployment · Support assistant")
    for summary in form.locator("details > summary").all():
        summary.click()
    page.wait_for_timeout(800)
    picture(page, f"form-{theme.split()[-1].lower()}-800")
    found = Axe().run(page, context=".mlaw-form, .mlaw", options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")] == []
    context.close()


def test_uploaded_evidence_stands_in_the_report(lab: Server, page: Page, tmp_path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "key export.json"
    file.write_text('{"keys": 5}')
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Keys and secrets of ML services", 'audit.ask("cryptography")')
    form.get_by_role("radio", name="partial").check()
    form.get_by_label("File to upload as evidence").set_input_files(file)
    form.get_by_role("button", name="Edit key export.json").wait_for(timeout=15_000)
    held = eventually(lambda: asked(lab, "cr-key-management", "").evidence)

    monkeypatch.setenv("WORKBOOK_HOME", str(lab.home))
    run = make(NAME, {}, pages=(REVIEW,))
    html = (run.folder / f"{REVIEW}.html").read_text(encoding="utf-8")
    assert run.exit_code == 0
    assert "key export.json" in html
    assert held[0][1].value.sha256[:16] in html


DROP = """(area, [kind, content]) => {
  const data = new DataTransfer();
  if (kind === 'file') data.items.add(new File([content], 'dropped.csv', {type: 'text/csv'}));
  else data.setData('text/uri-list', content);
  for (const type of ['dragenter', 'dragover', 'drop']) {
    area.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
  }
}"""


@pytest.mark.thorough
def test_a_file_and_a_link_are_dropped_on_a_question_and_a_wrong_date_is_told_at_its_field(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Encryption of training data · Credit scoring", 'audit.ask("cryptography")')
    area = form.locator(".ev")

    area.evaluate(DROP, ["file", "bucket,encrypted\n"])
    form.get_by_role("button", name="Edit dropped.csv").wait_for(timeout=15_000)
    collected = form.get_by_label("Collected on")
    collected.fill("2099-01-01")
    collected.press("Enter")
    expect(collected).to_have_attribute("aria-invalid", "true")
    expect(collected).to_have_accessible_description(re.compile("2099-01-01 lies ahead"))
    collected.fill("2026-01-01")
    form.get_by_role("region", name="About dropped.csv").get_by_role("button", name="Save").click()
    expect(collected).to_have_count(0)

    area.evaluate(DROP, ["link", "https://wiki.example/encryption"])
    form.get_by_role("button", name="Edit https://wiki.example/encryption").wait_for(timeout=15_000)
    held = eventually(lambda: len(found := asked(lab, "cr-data-encryption").evidence) == 2 and found)
    assert [(e.value.name, str(e.value.collected_at or "")) for _, e, _ in held] == [
        ("dropped.csv", "2026-01-01"), ("https://wiki.example/encryption", ""),
    ]  # fmt: skip
    picture(page, "evidence")


@pytest.mark.thorough
def test_an_engineer_is_given_questions_and_answers_them_on_the_first_page(lab: Server, page: Page):
    open_notebook(page, lab, "02_infrastructure_mapping")
    cell = section(page, 'audit.ask("infra-exposure")')
    cell.get_by_role("button", name="Several at once").click()
    cell.get_by_role("button", name="Tick all shown").click()
    cell.get_by_label("Owner").fill("Security lead")
    cell.get_by_role("button", name="Set owner and due date").click()
    expect(cell.get_by_role("region", name="Several questions at once")).to_contain_text("set to Security lead")
    picture(page, "several")

    open_notebook(page, lab, "00_start")
    cell = section(page, "audit.mine()")
    expect(cell.locator(".item")).not_to_have_count(0)
    cell.get_by_role("button", name="Next open question").click()
    form = cell.locator(".form")
    form.get_by_role("radio", name="planned").check()
    expect(form.get_by_role("status")).to_contain_text("Saved", timeout=10_000)
    picture(page, "mine")
    expect(cell.locator(".top b")).to_contain_text("1 of")


def test_a_kernel_killed_in_the_middle_of_saving_loses_nothing_it_acknowledged(lab: Server, page: Page):
    open_notebook(page, lab, REVIEW)
    form = open_question(page, "Model validation · Credit scoring", 'audit.ask("operations-security")')
    field = form.get_by_label("What is the case today?")
    field.fill("first, and acknowledged")
    expect(form.get_by_role("status")).to_contain_text("✓ Saved", timeout=10_000)
    cell = page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")
    field.fill("second, in flight")
    page.evaluate(
        "(id) => fetch(`/api/kernels/${id}/interrupt`, {method: 'POST', headers: {'X-XSRFToken': "
        "document.cookie.match(/_xsrf=([^;]+)/)?.[1] || ''}})",
        cell,
    )
    page.evaluate("() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown() }")
    expect(form.get_by_role("status")).to_contain_text("does not answer", timeout=40_000)

    store = lab.store()
    said = [r.body["rationale"] for r in store.history("answer", "op-model-validation@SYS-001")]
    assert said[0] == "first, and acknowledged"
    assert store.ledger.verify(NAME).ok
    store.ledger.close()
    expect(field).to_have_value("second, in flight")


def test_five_hundred_rows_are_filtered_sorted_and_edited(lab: Server, page: Page):
    store = lab.store()
    rows = [(f"AS-{n:03d}", {"name": f"Notebook {n:03d}", "kind": "prompt or configuration"}) for n in range(1, 501)]
    store.save([Draft("assets", key, values) for key, values in rows])
    store.ledger.close()
    open_notebook(page, lab, REVIEW)
    cell = section(page, 'audit.register("assets")')
    expect(cell.locator("tbody tr")).to_have_count(500, timeout=60_000)

    cell.get_by_label("Filter rows").fill("Notebook 499")
    expect(cell.locator("tbody tr")).to_have_count(1)
    cell.locator('[data-column="owner"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.type("ML platform lead")
    page.keyboard.press("Enter")
    expect(cell.locator("tbody tr")).to_contain_text("ML platform lead")
    cell.get_by_label("Filter rows").fill("")
    cell.get_by_role("button", name="Owner").click()
    cell.get_by_role("button", name="Owner").click()
    expect(cell.locator("tbody tr").first).to_contain_text("Notebook 499")


@pytest.mark.thorough
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious_in_registers_and_the_first_page(lab: Server, browser: Browser, theme: str):
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, bypass_csp=True)
    page = context.new_page()
    open_notebook(page, lab, "00_start")
    page.evaluate("(name) => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", theme)
    cell = section(page, 'audit.register("systems")')
    cell.get_by_role("button", name="Open Credit scoring").click()
    cell.get_by_label("Purpose").wait_for()
    section(page, "audit.tasks()").locator("summary").first.click()
    page.wait_for_timeout(800)
    found = Axe().run(page, context=".mlaw-form, .mlaw", options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")] == []
    context.close()


@pytest.mark.thorough
def test_a_form_is_usable_at_twice_the_size(lab: Server, browser: Browser):
    context = browser.new_context(viewport={"width": 640, "height": 800}, device_scale_factor=2)
    page = context.new_page()
    open_notebook(page, lab, REVIEW)
    page.evaluate("() => jupyterapp.shell.collapseLeft()")
    form = open_question(page, "Least privilege · Support assistant")
    wide = form.evaluate("(form) => form.scrollWidth - form.clientWidth")
    form.get_by_role("radio", name="planned").check()
    expect(form.get_by_role("status")).to_contain_text("✓ Saved", timeout=10_000)
    picture(page, "form-zoomed")
    assert wide <= 1
    context.close()
