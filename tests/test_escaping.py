"""What people type stays text: through the views that escape it and the sanitiser behind them, in a real browser."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.helpers_audit import record, row
from tests.helpers_chromium import chromium, visit
from tests.helpers_pages import FRAME, code, notebook, result, text
from tests.hostile import STRINGS, VECTORS
from workbook.record import Row
from workbook.report import page_html
from workbook.report.content import content_of
from workbook.report.sanitize import DRAWN, TAGS, sanitize
from workbook.views import audit_report, markup, tag
from workbook.views.states import State
from workbook.views.tag import visible

CORPORA = ROOT.parent / "shared" / "data"


def corpora() -> dict[str, list[str]]:
    """Our own strings, and public lists of such strings where they lie beside the repository."""
    found = {"own": list(STRINGS)}
    naughty, payloads = CORPORA / "naughty" / "blns.json", CORPORA / "xss" / "payloads.txt"
    if naughty.is_file():
        found["naughty"] = [s for s in json.loads(naughty.read_text(encoding="utf-8")) if s]
    if payloads.is_file():
        lines = payloads.read_text(encoding="utf-8", errors="replace").splitlines()
        found["payloads"] = [line for line in lines if line.strip()]
    return found


LISTS = pytest.mark.parametrize("strings", [pytest.param(s, id=name) for name, s in corpora().items()])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def through_views(strings: list[str]) -> str:
    """A page where each string is typed text, in every place that views put such text."""
    made = [markup.table(s, [s, "b"], [[s, s]]) + markup.mark(State("ok", "●", s)) + markup.note(s) for s in strings]
    made += [markup.folded(s, s, markup.facts([(s, s)]), anchor=s) + markup.link("01_page", s, s) for s in strings]
    made.append(audit_report.open_points(record(rows=[_raised(n, s) for n, s in enumerate(strings)])))
    return page_html(notebook(code("x", *(result(html=str(one)) for one in made))), FRAME)


def _raised(number: int, typed: str) -> Row:
    grade = {"grade": "minor nonconformity", "status": "open"}
    return row("findings", f"FI-{number}", name=typed, statement=typed, requirement=typed, owner=typed, **grade)


def through_the_sanitiser(strings: list[str]) -> str:
    """A page whose author forgot to escape: each string is HTML, Markdown, plain text, a stream and a picture."""
    outputs = [
        output
        for s in strings
        for output in (
            result(html=s),
            result(plain=s),
            result(svg=s),
            result(png='" onerror="' + s),
            nbformat.v4.new_output("stream", name="stdout", text=s),
        )
    ]
    return page_html(notebook(*(text(s) for s in strings), code("x", *outputs)), FRAME)


def files(folder: Path, make: object, strings: list[str], each: int = 2500) -> Iterator[Path]:
    for start in range(0, len(strings), each):
        file = folder / f"page-{start}.html"
        file.write_text(make(strings[start : start + each]), encoding="utf-8")  # type: ignore[operator]
        yield file


def test_the_browser_would_notice(browser: Browser, tmp_path: Path):
    """The positive control: the same strings, not escaped, do run here."""
    fired = 0
    for number, vector in enumerate(VECTORS[:40:6]):
        file = tmp_path / f"raw-{number}.html"
        file.write_text(f"<!DOCTYPE html><body>{vector}", encoding="utf-8")
        fired += bool(visit(browser, file).fired)
    assert fired >= 3
    far = tmp_path / "far.html"
    far.write_text("<!DOCTYPE html><a href='javascript:1'>x</a><img src=https://example.invalid/x onerror=alert(1)>")
    seen = visit(browser, far)
    assert seen.requests == ["https://example.invalid/x"]
    assert "img onerror=alert(1)" in seen.live
    assert "a href=javascript:1" in seen.live


@LISTS
@pytest.mark.parametrize("make", [through_views, through_the_sanitiser], ids=["views", "sanitiser"])
def test_nothing_typed_runs_asks_or_leads_anywhere(browser: Browser, tmp_path: Path, strings: list[str], make: object):
    for file in files(tmp_path, make, strings):
        seen = visit(browser, file, csp=False)  # without the policy, so that the escaping alone has to hold

        assert seen.fired == []
        assert seen.requests == []
        assert seen.url == file.as_uri()
        assert seen.live == []


def test_the_policy_alone_stops_scripts_and_requests_too(browser: Browser, tmp_path: Path):
    bad = "<img src=https://example.invalid/x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)>"
    whole = page_html(notebook(), FRAME).replace("</main>", f"{bad}</main>")
    file = tmp_path / "page.html"
    file.write_text(whole, encoding="utf-8")

    assert visit(browser, file).fired == []
    assert visit(browser, file, csp=False).fired != []


def test_what_was_typed_can_still_be_read(browser: Browser, tmp_path: Path):
    file = tmp_path / "page.html"
    typed = markup.table("Typed", ["a", "b"], [[s, s] for s in STRINGS])
    file.write_text(page_html(notebook(code("x", result(html=str(typed)))), FRAME), encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(file.as_uri())
        shown = page.locator("tbody th").all_inner_texts()

    assert [" ".join(s.split()) for s in shown] == [" ".join(visible(v).split()) for v in STRINGS]


# without a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", STRINGS)
def test_the_sanitiser_leaves_a_string_as_it_is_when_it_passes_again(vector: str):
    once = sanitize(vector)

    assert sanitize(once) == once


@pytest.mark.parametrize("kept", [
    '<h2 id="a">T</h2>',
    '<table><caption>c</caption><tbody><tr><th scope="row" class="n">a</th><td colspan="2">b</td></tr></tbody></table>',
    '<details open=""><summary>s</summary><p>x</p></details>',
    '<div class="scroll" tabindex="0" role="region" aria-label="x">y</div>',
    '<i style="width:12.5%;background:var(--ok, #888)"></i>',
    '<a href="03_control_review.html#x">x</a>',
    '<a href="mailto:a@example.org">x</a>',
    '<ol start="3"><li value="4">x</li></ol>',
    '<dl><dt>a</dt><dd>b</dd></dl>',
    '<img src="data:image/png;base64,iVBORw0KGgo=" alt="a">',
])  # fmt: skip
def test_what_views_make_passes_the_sanitiser_unchanged(kept: str):
    assert sanitize(kept) == kept


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='1'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'><foreignObject/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink'><a x:href='https://e.invalid'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><image href='https://e.invalid'/></svg>",
        "<!DOCTYPE svg [<!ENTITY a 'x'>]><svg>&b;</svg>",
        "<html/>" + "<" * 9,
    ],
)
def test_a_picture_that_would_act_when_opened_by_itself_is_not_shown(drawing: str):
    assert "src" not in page_html(notebook(code("x", result(svg=drawing))), FRAME).split("<main")[1]


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_comes_out_of_the_views_as_text(typed: str):
    escaped = tag.text(typed)

    assert not set(escaped) & set("<>\"'")
    assert str(sanitize(escaped).unescape()) == str(escaped.unescape()).replace("\r\n", "\n").replace("\r", "\n")


class Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = [
    *STRINGS,
    "<",
    ">",
    '"',
    "'",
    "`",
    "&lt;",
    "&#60;",
    "<!--",
    "-->",
    "\x00",
    "<h2>",
    "</h2>",
    "<h1 id='",
    "<table>",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_pieces_of_vectors_in_any_order_stay_inert(pieces: list[str]):
    typed = "".join(pieces)
    found = Elements(content_of(notebook(text(typed), code("x", result(html=typed)))).main)

    assert found.names <= TAGS | DRAWN
    assert not [
        name for name in found.attributes if name.startswith("on") or name in ("srcdoc", "action", "background")
    ]
