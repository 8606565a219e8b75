"""A made report as people hand it over: one file with its links inside, and paper."""

import io
import json
import os
import re
import stat
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.helpers_chromium import executable
from tests.helpers_pages import FRAME, code, notebook, result, text
from workbook.errors import BadInput
from workbook.model import Head
from workbook.received import receive
from workbook.report import PageRun, ReportRun, page_html
from workbook.report.accessible import made_accessible
from workbook.report.folder import IN_WORD, clear, sums, write
from workbook.report.handouts import single_file
from workbook.report.links import targets
from workbook.report.printing import _print, find_browser, to_pdf
from workbook.report.single import combine
from workbook.seals import is_intact, seal

MARKS = ("BMC", "BDC", "EMC")
RED, BLUE = (
    '<p style="color:red">1</p><p style="color:red">2</p>',
    '<p style="width:3em">1</p><p style="width:3em">2</p>',
)


def page(*cells) -> str:
    return page_html(notebook(*cells), FRAME)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {
        "02_second.html": page(
            text("## Gaps"), code("x", result(html=f'{BLUE}<a href="01_first.ipynb#gaps">there</a>'))
        ),
        "index.html": page(text("[First](01_first.ipynb) [Gaps](02_second.ipynb#gaps) [out](https://example.org/a)")),
        "01_first.html": page(
            text("## Gaps"), code("x", result(html=f'{RED}<i id="own">x</i><a href="#own">here</a>'))
        ),
    }


def test_links_lead_inside_the_one_file_and_each_anchor_is_its_own(pages):
    whole = combine(pages)
    anchors = [unescape(found) for found in re.findall(r' id="([^"]*)"', whole)]
    inside = {link for link in targets(whole) if link.startswith("#")}

    assert len(anchors) == len(set(anchors))
    assert {"#p1", "#p2.gaps", "#p1.gaps", "#p1.own"} <= inside
    assert {link.removeprefix("#") for link in inside} <= set(anchors)
    assert {link for link in targets(whole) if ".html" in link} == set()
    assert "https://example.org/a" in targets(whole)


def test_the_one_file_begins_with_the_overview_and_goes_on_in_the_order_of_the_pages(pages):
    whole = combine(pages)

    assert whole.index('id="p0"') < whole.index('id="p1"') < whole.index('id="p2"')
    assert whole.count("<h1>") == whole.count("</html>") == whole.count("<style>") == 1
    assert "<script" not in whole


def test_styles_of_pages_are_not_mixed_up_in_the_one_file(pages):
    whole = combine(pages)
    rules = dict(re.findall(r"^\.(y\d+):not\(#_\)\{([^}]*)\}$", whole, re.MULTILINE))

    assert sorted(rules.values()) == ["color:red", "width:3em"]
    red = next(name for name, style in rules.items() if style == "color:red")
    assert whole.count(f'<p class="{red}">') == 2


def test_nothing_that_a_page_shows_is_left_out_of_the_one_file(pages):
    facts = '<ul class="facts"><li>Kept <b>17</b></li></ul><p class="eyebrow">Kept above</p>'
    whole = combine(pages | {"03_third.html": page(code("x", result(html=facts)))})

    assert "Kept <b>17</b>" in whole
    assert "Kept above" in whole
    assert whole.count('class="face"') == 1


def test_words_that_look_like_a_rule_are_words_and_style_nothing(pages):
    typed = '.y0:not(#_){color:blue" onmouseover="alert(1)}'
    whole = combine(pages | {"03_third.html": page(code("x", result(html=f"{RED}<pre>one\n{typed}\n</pre>")))})

    assert "onmouseover" in whole.partition("<pre>")[2].partition("</pre>")[0]
    assert not re.search(r"<[a-z][^<]*onmouseover", whole.replace(typed, ""))
    assert "color:blue" not in whole.replace(typed, "")


def test_the_one_file_is_sealed_by_itself(pages):
    whole = combine(pages)

    assert is_intact(whole.encode()) is True
    assert is_intact(whole.replace("here", "hare").encode()) is False


def test_the_one_file_is_among_those_that_the_manifest_lists(tmp_path: Path, pages):
    listed = {"index.html": seal(pages["index.html"]), "01_first.html": seal(pages["01_first.html"])}
    write(tmp_path, listed | {"manifest.json": json.dumps({"files": sums(listed)})})
    run = ReportRun("x", Head(), date(2026, 11, 30), tmp_path, (PageRun("01_first", True),))

    assert receive(Path(str(single_file(run)))).problems == ()
    assert receive(tmp_path).problems == ()


def test_one_page_alone_is_no_whole_report():
    with pytest.raises(BadInput, match=r"no index\.html to begin with"):
        combine({"01_first.html": "<p>"})


def test_a_page_that_is_made_again_takes_away_what_was_made_from_the_earlier_one(tmp_path: Path):
    for name in ("report.html", "report.pdf", "01_first.pdf", *IN_WORD, "01_first.html", "mine.docx"):
        (tmp_path / name).write_text("x")

    assert clear(tmp_path, ["01_first.html"]) == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_first.html", "mine.docx"]


# paper ----------------------------------------------------------------------------------------------------------------


def test_a_page_is_printed_with_its_text_tagged_and_with_bookmarks(tmp_path: Path, pages):
    target = tmp_path / "page.pdf"
    to_pdf(combine(pages), target, executable())
    content = target.read_bytes()

    assert content.startswith(b"%PDF-")
    kept = ("/StructTreeRoot", "/Outlines", "/Marked true", "/Lang (en)", "/DisplayDocTitle true", "/Tabs /S")
    assert [name for name in kept if name.encode() not in content] == []


def test_who_hears_a_pdf_hears_its_content_alone_and_where_links_lead(tmp_path: Path, pages):
    target = tmp_path / "page.pdf"
    picture = '<figure><svg role="img" aria-label="A map" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg></figure>'
    leads = f'{picture}<a href="https://example.com/x">there</a></main>'
    to_pdf(combine(pages).replace("</main>", leads, 1), target, executable())
    with pikepdf.open(target) as pdf:
        assert [number for number, page in enumerate(pdf.pages) if list(untagged(page))] == []
        links = [link for page in pdf.pages for link in page.get("/Annots", []) if link.Subtype == "/Link"]
        assert "Link to https://example.com/x" in [str(link.Contents) for link in links]
        assert all(str(link.Contents) for link in links)
        assert "/Figure" not in kinds_without_words(pdf.Root.StructTreeRoot.K)
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == pdf.docinfo["/Title"]
            assert "pdfuaid:part" not in metadata


def untagged(page: pikepdf.Page) -> Iterator[str]:
    """What a sheet shows outside of its structure, and not as decoration either."""
    depth = 0
    for step in pikepdf.parse_content_stream(page):
        operator = str(step.operator)
        depth += (operator in ("BDC", "BMC")) - (operator == "EMC")
        if depth == 0 and operator in ("Tj", "TJ", "f", "S", "Do"):
            yield operator


def kinds_without_words(element: Any) -> list[str]:
    if isinstance(element, pikepdf.Array):
        return [kind for one in element for kind in kinds_without_words(one)]
    if not isinstance(element, pikepdf.Dictionary):
        return []
    own = [str(element.S)] if "/S" in element and "/Alt" not in element else []
    return own + kinds_without_words(element.get("/K"))


def test_a_sheet_looks_as_it_was_printed(tmp_path: Path, pages):
    printed = tmp_path / "page.pdf"
    page = tmp_path / "page.html"
    page.write_text(combine(pages), "utf-8")
    _print(executable(), tmp_path, page, printed)
    before = printed.read_bytes()

    after = made_accessible(before)
    assert shown_steps(after) == shown_steps(before)
    assert made_accessible(after).count(b"BMC") == after.count(b"BMC")
    with pytest.raises(ValueError, match="damaged"):
        made_accessible(b"%PDF-1.7 cut off")


def shown_steps(content: bytes) -> list[tuple[str, str]]:
    """What is drawn, but for its marks."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        steps = (step for page in pdf.pages for step in pikepdf.parse_content_stream(page))
        return [(str(step.operator), str(step.operands)) for step in steps if str(step.operator) not in MARKS]


def test_paper_leads_nowhere_on_the_machine_that_printed_it(tmp_path: Path, pages):
    target = tmp_path / "01_first.pdf"
    linked = pages["01_first.html"].replace('"#own"', '"01_first.html#own"')
    to_pdf(linked.replace(">x<", '><a href="02_second.html">two</a><'), target, executable())
    content = target.read_bytes()

    assert b"file:" not in content
    assert str(tmp_path).encode() not in content
    assert b"/Dest" in content


def test_without_a_browser_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="No Chromium is here to print with"):
        find_browser()
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(BadInput, match=r"CHROMIUM names .*none, which cannot be started"):
        find_browser()


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for the browser")
def test_a_browser_that_fails_leaves_what_lay_there_and_says_its_reason(tmp_path: Path):
    broken, target = tmp_path / "broken", tmp_path / "page.pdf"
    broken.write_text("#!/bin/sh\necho first >&2\necho out of memory >&2\nexit 3\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    target.write_bytes(b"earlier")

    with pytest.raises(BadInput, match=r"page\.pdf was not printed; broken ended without a PDF: out of memory"):
        to_pdf("<p>x", target, str(broken))
    assert target.read_bytes() == b"earlier"
