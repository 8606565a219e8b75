"""Report pages as their readers see them, in a real Chromium: light and dark, wide and narrow, screen and paper."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import Markup
from playwright.sync_api import Browser, Page

from tests import helpers_audit
from tests.conftest import ROOT
from tests.helpers_chromium import chromium, visit, wide
from tests.helpers_judges import validate
from tests.helpers_pages import FRAME, code, notebook, text, view
from workbook.model import Result
from workbook.record import Record
from workbook.report import page_html, read_page
from workbook.report.index import failed_page, frame_of, front_page
from workbook.report.run import PageRun
from workbook.report.shown import Listed, shown_by
from workbook.views import by_control, control_review, markup, risk_assessment
from workbook.views.states import State

WIDTHS = (1200, 390)
SCHEMES = ("light", "dark")
LONG = "a" * 90 + " " + "SHA256:" + "0f" * 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def record() -> Record:
    said = [
        helpers_audit.answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",), owner="Data steward"),
        helpers_audit.answer("deploy", Result.PARTIAL, "SYS-001", owner="ML platform lead with a rather long title"),
        helpers_audit.answer("deploy", Result.NOT_IMPLEMENTED, "SYS-002"),
    ]
    risk = helpers_audit.row(
        "risks", "R-001", name="Poisoned training data", owner="Head of data", likelihood=4, consequence=5
    )
    return helpers_audit.record(
        said, {"EV-0001": helpers_audit.proof(200)}, [helpers_audit.SYSTEM, helpers_audit.SECOND, risk]
    )


def full_page() -> str:
    """A page with one of everything that views make, long words among it."""
    known = record()
    pills = markup.Markup(" ").join(
        markup.mark(State(kind, "●", kind)) for kind in ("ok", "part", "bad", "plan", "unk")
    )
    shown = [
        pills + markup.bar(dict.fromkeys(Result, 2)),
        control_review.coverage(known),
        by_control.by_control(known),
        control_review.evidence_status(known),
        risk_assessment.heat_map(known),
        markup.table("A caption", ["Name", "Fingerprint", "Note"], [[LONG, LONG, "x"]]),
        markup.long_table("Many of them", ["Name", "Word"], [[f"Row {number}", "x"] for number in range(9)]),
        markup.note(LONG),
    ]
    card = markup.folded("A card", "version 4", markup.facts([("Answer", "Words")]), opened=True)
    cells = [code("x", view(one)) for one in [*shown, card]]
    words = text(
        f"## Words\n\nSome `code`, a [link](https://example.org/{'a' * 200}) and {LONG}.\n\n### Below\n\n> Quoted"
    )
    return page_html(notebook(words, *cells, text("```\n" + LONG + "\n```")), FRAME)


def pages() -> dict[str, str]:
    known = record()
    ran = [PageRun("00_start", True), PageRun("03_control_review", False, cell=4, source="x", reason="It stopped.")]
    read = [read_page(ROOT / "notebooks" / f"{run.page}.ipynb") for run in ran]
    listed = [Listed(page, run, shown_by(known)) for page, run in zip(read, ran, strict=True)]
    return {
        "full": full_page(),
        "front": front_page(known, listed, frame_of(known)),
        "failed": failed_page(ran[1], frame_of(known)),
        "empty": page_html(notebook(), FRAME),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, html in pages().items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {path.stem: path for path in folder.iterdir()}


KINDS = pytest.mark.parametrize("kind", ["full", "front", "failed", "empty"])


@pytest.fixture
def opened(browser: Browser) -> Iterator[object]:
    """Opens a file at a width, in light or dark; closes it afterwards."""
    contexts = []

    def open_(file: Path, width: int = 1200, scheme: str = "light") -> Page:
        contexts.append(
            browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
        )
        page = contexts[-1].new_page()
        page.goto(file.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@KINDS
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(opened, made: dict[str, Path], kind: str, scheme: str, width: int):
    page = opened(made[kind], width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    found = Axe().run(page).response["violations"]

    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


def test_html_validate_finds_nothing(made: dict[str, Path]):
    assert validate(made.values()) == []


def test_axe_would_find_what_is_serious(opened, tmp_path: Path):
    bad = tmp_path / "bad.html"
    bad.write_text("<!DOCTYPE html><title>x</title><p style='color:#ccc;background:#fff'>pale</p><img src=x>")

    found = Axe().run(opened(bad)).response["violations"]

    assert {"color-contrast", "image-alt", "html-has-lang"} <= {v["id"] for v in found}


@KINDS
@pytest.mark.parametrize("width", [320, 390, 800, 1200])
def test_the_page_never_scrolls_sideways(opened, made: dict[str, Path], kind: str, width: int):
    assert wide(opened(made[kind], width)) == 0


def test_a_wide_table_scrolls_in_its_own_region_that_the_keyboard_reaches(opened, made: dict[str, Path]):
    page = opened(made["full"], 700)
    region = page.locator(".scroll").filter(has_text="Fingerprint")

    assert region.evaluate("e => e.scrollWidth > e.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=region.element_handle())


def test_on_a_phone_each_row_is_a_card_whose_cells_say_of_which_column_they_are(opened, made: dict[str, Path]):
    page = opened(made["full"], 390)
    table = page.locator("table").filter(has_text="Fingerprint")
    says = "e => getComputedStyle(e, '::before').content"

    assert table.locator("td").evaluate_all(f"all => all.map({says})") == ['"Fingerprint: "', '"Note: "']
    assert not table.locator("thead").is_visible()
    assert page.locator(".scroll").evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).length") == 0


@KINDS
def test_a_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, made: dict[str, Path], kind: str):
    seen = visit(browser, made[kind])

    assert (seen.fired, seen.requests, seen.live) == ([], [], [])


def test_light_and_dark_follow_the_readers_system(opened, made: dict[str, Path]):
    colour = "getComputedStyle(document.body).backgroundColor"
    inner = "getComputedStyle(document.querySelector('div.mlaw')).color"

    assert opened(made["full"], scheme="light").evaluate(colour) == "rgb(252, 252, 251)"
    dark = opened(made["full"], scheme="dark")
    assert dark.evaluate(colour) == "rgb(20, 23, 26)"
    assert dark.evaluate(inner) == "rgb(232, 235, 238)"


@pytest.mark.parametrize(("theme", "scheme", "text_colour"), [
    ("true", "light", "rgb(29, 35, 41)"), ("true", "dark", "rgb(29, 35, 41)"),
    ("false", "light", "rgb(232, 235, 238)"), ("false", "dark", "rgb(232, 235, 238)"),
])  # fmt: skip
def test_in_jupyterlab_the_theme_decides_and_not_the_system(
    opened, tmp_path: Path, theme: str, scheme: str, text_colour: str
):
    file = tmp_path / "lab.html"
    view = markup.style_element() + markup.Markup('<div class="mlaw"><p>x</p></div>')
    file.write_text(f'<!DOCTYPE html><body data-jp-theme-light="{theme}">{view}</body>')

    page = opened(file, scheme=scheme)

    assert page.evaluate("getComputedStyle(document.querySelector('.mlaw p')).color") == text_colour


def test_in_a_cell_output_the_style_outweighs_jupyterlabs_own(opened, tmp_path: Path):
    lab = """.jp-ThemedContainer :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon td { text-align: right }
      .jp-ThemedContainer .jp-RenderedHTMLCommon tbody tr:nth-child(even) { background: #f00 }
      .jp-ThemedContainer .jp-RenderedHTMLCommon ul:not(.list-inline) { padding-left: 2em }"""
    view = markup.table("c", ["a", "b"], [["1", "2"], ["3", "4"]]) + markup.bar({Result.PARTIAL: 1})
    file = tmp_path / "lab.html"
    file.write_text(
        f'<!DOCTYPE html><style>{lab}</style><body class="jp-ThemedContainer" data-jp-theme-light="false">'
        f'<div class="jp-RenderedHTMLCommon">{markup.style_element()}<div class="mlaw">{view}</div></div>'
    )
    page = opened(file)
    style = "([of, what]) => getComputedStyle(document.querySelector(of))[what]"

    assert page.evaluate(style, ["td", "textAlign"]) == "left"
    assert page.evaluate(style, ["tr:nth-child(2)", "backgroundColor"]) == "rgba(0, 0, 0, 0)"
    assert page.evaluate(style, ["ul", "paddingLeft"]) == "0px"
    assert page.evaluate(style, ["td", "color"]) == "rgb(232, 235, 238)"


def test_no_rule_of_the_views_reaches_outside_them():
    rules = re.sub(r"/\*.*?\*/", "", markup.style(), flags=re.DOTALL)
    groups = [re.sub(r"\([^()]*\)", "", group) for group in re.findall(r"([^{}]+)\{", rules)]
    selectors = [s.strip() for group in groups for s in group.split(",") if not group.strip().startswith("@media")]
    loose = [s for s in selectors if not re.match(r"(body)?\.mlaw\b", s)]

    assert len(selectors) > 100
    assert loose == []


def test_the_first_tab_leads_past_the_menus(opened, made: dict[str, Path]):
    page = opened(made["full"])
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_every_entry_of_the_contents_leads_somewhere(opened, made: dict[str, Path]):
    page = opened(made["full"])
    anchors = page.locator(".toc a").evaluate_all("all => all.map(a => a.getAttribute('href').slice(1))")

    assert anchors
    assert all(page.evaluate("id => !!document.getElementById(id)", anchor) for anchor in anchors)


def test_on_a_phone_the_title_comes_first_and_the_contents_open_by_a_touch(opened, made: dict[str, Path]):
    page = opened(made["full"], 390)

    assert page.locator("h1").bounding_box()["y"] < 120
    assert not page.locator("nav.toc").is_visible()
    page.locator(".small-toc summary").click()
    assert page.locator(".small-toc a").first.is_visible()


def test_on_paper_it_is_light_folds_are_open_and_menus_and_reference_text_are_gone(opened, made: dict[str, Path]):
    page = opened(made["full"], 800, "dark")
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('div.mlaw')).color") == "rgb(29, 35, 41)"
    assert not page.locator("nav.toc").is_visible()
    assert not page.locator("nav.pages").is_visible()
    closed = page.locator("details:not([open]):not(.small-toc)")
    assert closed.filter(has_text="Many of them").locator("tr").nth(1).is_visible()
    reference = page.locator("details.aid").filter(has_text="A.5 organizational")
    assert not reference.is_visible()
    page.evaluate("document.body.classList.add('full')")
    assert reference.locator("tr").nth(1).is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert wide(page) == 0


def test_on_paper_no_heading_stands_over_reference_text_that_is_not_printed(opened, tmp_path: Path):
    aid = '<details class="aid"><summary>Why?</summary><p>So.</p></details>'
    aids = Markup(f'<div class="aids">{aid}</div>')
    asked = notebook(text("# Page"), text("## Questions\n\nWith answers."), code("x", view(aids)))
    (tmp_path / "asked.html").write_text(page_html(asked, FRAME), encoding="utf-8")
    page = opened(tmp_path / "asked.html")
    page.emulate_media(media="print")

    assert not page.locator("h2#questions, h2#questions + p").first.is_visible()
    page.evaluate("document.body.classList.add('full')")
    assert page.locator("h2#questions").is_visible()
    assert page.get_by_text("So.").is_visible()


def test_on_paper_a_link_says_where_it_leads(opened, made: dict[str, Path]):
    page = opened(made["full"])
    page.emulate_media(media="print")

    shown = page.evaluate("getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content")
    assert "attr(href)" in shown or "https://example.org" in shown


def test_without_a_style_sheet_the_page_reads_in_order(opened, made: dict[str, Path]):
    page = opened(made["full"])
    page.evaluate("document.querySelector('style').remove()")

    order = page.locator("h1, main h2, #about").evaluate_all("all => all.map(e => e.localName)")
    assert order[0] == "h1"
    assert order[-1] == "section"
