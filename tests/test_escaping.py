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
from tests.helpers_chromium import chromium, visit
from tests.helpers_pages import FRAME, code, notebook, result, text
from workbook.report import page_html
from workbook.report.html import outlined
from workbook.report.sanitize import TAGS, sanitize
from workbook.views import markup
from workbook.views.states import State

CORPORA = ROOT.parent / "shared" / "data"

# one of each kind; `FIRE` becomes a call that the browser reports
VECTORS = """
<script>FIRE</script>
</title><script>FIRE</script>
</style><script>FIRE</script>
</textarea><script>FIRE</script>
--><script>FIRE</script>
]]><script>FIRE</script>
<scr<script>ipt>FIRE</script>
<SCRIPT SRC=data:text/javascript,FIRE></SCRIPT>
<img src=x onerror=FIRE>
<img src=x onerror="FIRE">
"><img src=x onerror=FIRE>
'><img src=x onerror=FIRE>
` onerror=`FIRE
" onmouseover="FIRE" x="
' autofocus onfocus='FIRE
<img src=x:x onerror&#61;FIRE>
<image src=x onerror=FIRE>
<img srcset=x onerror=FIRE>
<svg onload=FIRE>
<svg/onload=FIRE>
<svg><script>FIRE</script></svg>
<svg><animate onbegin=FIRE attributeName=x dur=1s>
<svg><a xlink:href="javascript:FIRE"><text x=20 y=20>x</text></a></svg>
<svg><foreignObject><body onload=FIRE></foreignObject></svg>
<svg><style><img src=x onerror=FIRE></style></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=FIRE&gt;">
<math href="javascript:FIRE">x</math>
<math><annotation-xml encoding="text/html"><img src=x onerror=FIRE></annotation-xml></math>
<noscript><p title="</noscript><img src=x onerror=FIRE>">
<template><img src=x onerror=FIRE></template>
<template shadowrootmode=open><img src=x onerror=FIRE></template>
<iframe src="javascript:FIRE"></iframe>
<iframe srcdoc="<script>parent.FIRE</script>"></iframe>
<object data="data:text/html,<script>FIRE</script>"></object>
<embed src="data:text/html,<script>FIRE</script>">
<video><source onerror=FIRE></video>
<audio src=x onerror=FIRE>
<body onload=FIRE>
<details open ontoggle=FIRE>x
<input autofocus onfocus=FIRE>
<select autofocus onfocus=FIRE>
<textarea autofocus onfocus=FIRE></textarea>
<marquee onstart=FIRE>x</marquee>
<a href="javascript:FIRE">x</a>
<a href="JaVa&#x09;ScRiPt:FIRE">x</a>
<a href="data:text/html,<script>FIRE</script>">x</a>
<a href="vbscript:FIRE">x</a>
<a href="//example.invalid/x">x</a>
<form action="javascript:FIRE"><button>x</button></form>
<button formaction="javascript:FIRE">x</button>
<isindex action="javascript:FIRE" type=image>
<meta http-equiv=refresh content="0;url=data:text/html,x">
<meta http-equiv=refresh content="0;url=https://example.invalid/">
<base href="https://example.invalid/">
<link rel=stylesheet href="https://example.invalid/x.css">
<style>@import url(https://example.invalid/x.css);</style>
<style>body{background:url(https://example.invalid/x.png)}</style>
<p style="background:url(https://example.invalid/x.png)">x</p>
<p style="background:u\\72l(https://example.invalid/x.png)">x</p>
<p style="position:fixed;inset:0;background:#fff">x</p>
<p style="width:expression(FIRE)">x</p>
<img src="https://example.invalid/x.png">
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='FIRE'/>">
<img src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0iYWxlcnQoMSkiLz4=">
<table background="https://example.invalid/x.png"><tr><td>x</table>
<x onclick=FIRE id=x tabindex=1 onfocus=FIRE autofocus>x</x>
<a id=x popover onbeforetoggle=FIRE>x</a>
<div onanimationstart=FIRE style="animation:x 1s">x</div>
<xmp><p title="</xmp><img src=x onerror=FIRE>">
<listing>&lt;img onerror=FIRE src=x&gt;</listing>
<plaintext><img src=x onerror=FIRE>
<frameset onload=FIRE>
<dialog open onclose=FIRE>x</dialog>
![x](x"onerror="FIRE)
[x](javascript:FIRE)
[x]: javascript:FIRE
<javascript:FIRE>
```<img src=x onerror=FIRE>
| <img src=x onerror=FIRE> |
$<img src=x onerror=FIRE>$
{{ self.__init__.__globals__ }}{% raw %}<img src=x onerror=FIRE>
\u202e<img src=x onerror=FIRE>
\ufeff\u2028<svg onload=FIRE>
""".strip().replace("FIRE", "alert(1)").split("\n")  # fmt: skip


def naughty() -> list[str]:
    file = CORPORA / "naughty" / "blns.json"
    if not file.is_file():
        pytest.skip(f"NOT RUN: the list of naughty strings is not there ({file.name}); our own vectors were tried.")
    return [s for s in json.loads(file.read_text(encoding="utf-8")) if s]


def payloads() -> list[str]:
    file = CORPORA / "xss" / "payloads.txt"
    if not file.is_file():
        pytest.skip(f"NOT RUN: the public payloads are not there ({file.name}); our own vectors were tried.")
    return [line for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]


LISTS = pytest.mark.parametrize("strings", [lambda: VECTORS, naughty, payloads], ids=["own", "naughty", "public"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def through_views(strings: list[str]) -> str:
    """A page where each string is typed text, in every place that views put such text."""
    made = [markup.table(s, [s, "b"], [[s, s]]) + markup.mark(State("ok", "●", s)) + markup.note(s) for s in strings]
    point = {"severity": "", "result": "", "refs": "", "owner": "", "due": ""}
    points = [{**point, "title": s, "why": s} for s in strings]
    made.append(markup.render("points", counts=[], points=points, more=0))
    return page_html(notebook(code("x", *(result(html=str(one)) for one in made))), FRAME)


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
def test_nothing_typed_runs_asks_or_leads_anywhere(browser: Browser, tmp_path: Path, strings: object, make: object):
    for file in files(tmp_path, make, strings()):  # type: ignore[operator]
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
    file = next(files(tmp_path, through_views, VECTORS))
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(file.as_uri())
        shown = page.locator("tbody th").all_inner_texts()

    assert [" ".join(s.split()) for s in shown] == [" ".join(markup.visible(v).split()) for v in VECTORS]


# without a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS)
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
    escaped = str(markup.text(typed))

    assert not set(escaped) & set("<>\"'")
    assert str(sanitize(escaped).unescape()) == str(markup.text(typed).unescape()).replace("\r\n", "\n").replace(
        "\r", "\n"
    )


class Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


PIECES = [
    *VECTORS,
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
    _, main, _ = outlined(sanitize("".join(pieces)))
    found = Elements(main)

    assert found.names <= TAGS
    assert not [
        name for name in found.attributes if name.startswith("on") or name in ("srcdoc", "action", "background")
    ]
