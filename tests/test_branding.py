"""The own look: it frames a page, and neither says nor hides, runs nor fetches anything."""

import io
import json
import re
import struct
from dataclasses import replace
from datetime import date
from pathlib import Path
from zlib import compress, crc32

import docx
import pytest
from docx.shared import RGBColor

from tests import helpers_audit
from tests.helpers_pages import FRAME, code, notebook, result, saved
from workbook.branding import Branding, grounds, read_branding
from workbook.colours import ENOUGH, as_hex, contrast, least_contrast, nearest_readable, parse_colour
from workbook.errors import BadInput
from workbook.exchange.paper import Heading, Paper, as_docx
from workbook.logos import clean_png, clean_svg
from workbook.received import receive
from workbook.report import MadePage, PageRun, page_html
from workbook.report.batch import _report, finish
from workbook.report.page import read_page
from workbook.report.shown import Basis, Issue
from workbook.seals import is_intact

HOSTILE = """x"</style><script>alert(1)</script>}*{display:none}{{ 7*7 }}"""
WHOLE = """
name: Kestrel & Pine
line: Internal audit
contact: audit@kestrel.example
footer: Registered in Exampletown
font: Georgia
colours: {light: "#0b5d3b", dark: "rgb(127, 208, 168)"}
marks: {confidential: VERTRAULICH}
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#0b5d3b"/></svg>'
ISSUE = Issue("REP-001", "Example Bank", "auditor", "confidential", date(2026, 11, 22), "Security lead")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))


def png(width: int = 1, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 2, 0, 0, 0))
    picture = chunk(b"IDAT", compress(b"\0" + b"\x10\x60\x40" * min(width, 9)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + picture + chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an own look, with all that there can be in it."""
    place = tmp_path / "branding"
    place.mkdir()
    (place / "branding.yaml").write_text(WHOLE)
    (place / "logo.svg").write_bytes(SVG)
    (place / "logo.png").write_bytes(png())
    monkeypatch.setenv("WORKBOOK_BRANDING", str(place))
    return place


def written(folder: Path, text: str) -> Branding:
    """The look that `text` describes, without a logo."""
    (folder / "branding.yaml").write_text(text)
    for logo in folder.glob("logo.*"):
        logo.unlink()
    found = read_branding()
    assert found is not None
    return found


def page(look: Branding | None, issue: Issue | None = None) -> str:
    parameters = {"engagement": "isms-2027"}
    basis = Basis("0.1", "ab", parameters, issue=issue, branding=look)
    return page_html(notebook(code("x", result(html="<p>three of 40</p>"))), replace(FRAME, basis=basis))


# what it gives --------------------------------------------------------------------------------------------------------


def test_a_page_has_head_foot_colours_and_marks_and_keeps_what_it_says_of_itself(folder: Path):
    look = read_branding()
    assert look is not None
    html = page(look, ISSUE)
    head = html.partition("<header>")[2].partition("</header>")[0]

    assert f'<img src="{look.picture}" alt="">' in head  # its name stands beside it
    assert "<b>Kestrel &amp; Pine</b> Internal audit" in head
    assert '<p class="marked">VERTRAULICH (confidential)</p>' in head
    assert "to Example Bank · auditor edition · VERTRAULICH (confidential) · released by Security lead" in head
    assert '@top-right{content:"Kestrel \\000026  Pine"' in html
    assert "--brand: light-dark(#0b5d3b, #7fd0a8); --title: var(--brand); --f: Georgia, serif;" in html
    assert "<p>Registered in Exampletown</p>" in html.partition('<footer class="foot">')[2]
    assert f"own look <code>{look.digest[:12]}</code>" in html
    assert look.digest in html.partition('name="ml-audit-workbook-made" content="')[2].partition('">')[0]
    assert '"classification":"confidential"' in html.replace("&#34;", '"')  # machines read our own word
    assert "Working copy, not issued" in page(look)
    assert "VERTRAULICH" not in page(look)


def test_it_adds_to_a_page_and_takes_nothing_from_it(folder: Path):
    plain, html = page(None), page(read_branding())

    missing = [line for line in plain.splitlines() if line not in html and "-made" not in line]
    assert [line for line in missing if "checklist edition" not in line] == []
    assert "script-src" not in html
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!data:|#|[\w.]+\.html)', html) == []
    rules = html.partition("The own look")[2].partition("</style>")[0]
    assert re.findall(r"display: none|--(?:ok|bad|part|plan|unk|fg|bg)(?:bg)?:", rules) == []  # states stay as they are


def test_a_report_says_in_its_manifest_which_look_it_has_and_verifies(folder: Path, tmp_path: Path):
    path = saved(tmp_path, notebook(code("1")), "01_data_inventory")
    record = helpers_audit.record()
    report = _report([read_page(path)], record, {"engagement": record.name})
    made = MadePage(PageRun("01_data_inventory", True), page_html(notebook(), report.work[0].frame))
    run = finish(report, [made])

    look = read_branding()
    assert look is not None
    assert json.loads((run.folder / "manifest.json").read_text())["branding"] == look.digest
    for name in ("index.html", "01_data_inventory.html"):
        assert "<b>Kestrel &amp; Pine</b>" in (run.folder / name).read_text()
        assert is_intact((run.folder / name).read_bytes())
        assert receive(Path(str(run.folder / name))).problems == ()


def test_word_has_it_on_each_sheet_and_in_its_headings(folder: Path):
    made = as_docx(Paper("Findings", (("Status", "Working copy, not issued"),), (Heading(1, "Open"),)), read_branding())
    word = docx.Document(io.BytesIO(made))

    assert "Kestrel & Pine · Internal audit" in word.sections[0].header.paragraphs[0].text
    assert len(word.sections[0].header.part.rels) == 1  # the picture
    assert word.sections[0].footer.paragraphs[0].text == "Registered in Exampletown · audit@kestrel.example"
    assert word.styles["Heading 1"].font.color.rgb == RGBColor(0x0B, 0x5D, 0x3B)
    assert word.tables[0].cell(0, 1).text == "Working copy, not issued"


@pytest.mark.parametrize("text", [None, "", "# name: x\n", "name:\ncolours:\n"])
def test_nothing_said_is_no_own_look(folder: Path, text: str | None):
    for path in folder.iterdir():
        path.unlink()
    if text is not None:
        (folder / "branding.yaml").write_text(text)

    assert read_branding() is None


def test_the_example_that_init_lays_out_does_nothing_until_it_is_filled_in_and_is_right_then(folder: Path):
    example = (Path(__file__).parents[1] / "examples" / "branding" / "branding.yaml").read_text()
    for path in folder.iterdir():
        path.unlink()
    (folder / "branding.yaml").write_text(example)
    assert read_branding() is None

    filled = written(folder, re.sub(r"(?m)^# (?=( *)[a-z ]+:)", "", example))

    assert (filled.name, filled.font, len(filled.colours), len(filled.marks)) == ("Example Assurance", "Georgia", 2, 2)


# colours --------------------------------------------------------------------------------------------------------------


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(parse_colour("#777"), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast(parse_colour("#0000ff"), (255, 255, 255)) == pytest.approx(8.59, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_nearest_readable_colour_can_be_read_on_every_ground(mode: str):
    assert len(grounds(mode)) == 8  # those of style.css, where pages have text
    for colour in [(255, 255, 0), (128, 128, 128), (0, 0, 0), (255, 255, 255), (200, 30, 60), (20, 60, 200)]:
        near = nearest_readable(colour, grounds(mode))
        assert least_contrast(near, grounds(mode)) >= ENOUGH
        assert nearest_readable(near, grounds(mode)) == near


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(folder: Path):
    with pytest.raises(
        BadInput, match=r"^branding\.yaml, line 2, field colours\.light: #9bd has .* is \"#\w{6}\"\.$"
    ) as e:
        written(folder, 'colours:\n  light: "#9bd"\n')

    better = str(e.value)[-9:-2]
    assert written(folder, f'colours: {{light: "{better}"}}').colours["light"] == better


def test_a_colour_for_light_alone_is_made_readable_in_the_dark(folder: Path):
    dark = written(folder, 'colours: {light: "#0b5d3b"}').colours["dark"]

    assert dark != "#0b5d3b"
    assert as_hex(nearest_readable(parse_colour("#0b5d3b"), grounds("dark"))) == dark


# what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colors: {}", r"line 1, field colors: No field is called 'colors'. Did you mean colours"),
        ("name: A\nmarks: {secret: x}", "line 2, field marks.secret: No field is called 'secret'"),
        ("colours: {light: '#12'}", "'#12' is no colour"),
        ("colours: {light: 'red;}*{display:none'}", "is no colour"),
        ("colours: {light: 'rgb(300, 0, 0)'}", "is no colour"),
        ("colours:\n  light: #0b5d3b", "line 2, field colours.light: no colour stands here; one that begins with #"),
        ("colours: red", "expected fields"),
        ("- name", "expected fields"),
        ("font: Comic Sans MS", "No font is called 'Comic Sans MS'"),
        ("font: 'x; } * { display: none'", "No font is called"),
        ("name: [a", "this is not YAML"),
        ("name: 7", "7 is not text; put it in quotes"),
        ("name: " + "x" * 61, "61 characters, and 60 have room"),
        ("name: \"a\\u202eb\"", "a sign that nobody sees"),
        ("footer: Strictly Confidential", "'confidential' is what a report says of itself"),
        ("name: REP-001, issued to Example Bank", "'issued' is what a report says"),
        ("line: Customer edition", "'customer edition' is what"),
        ("line: WORKING  COPY", "'working copy' is what"),
        ("footer: Streng vertraulich", "'vertraulich' is what a report says of itself"),
        ("line: Arbeitskopie", "'arbeitskopie' is what"),
        ("name: Nicht herausgegeben", "'nicht herausgegeben' is what"),
        ("marks: {confidential: Public}", "names another classification, public"),
        ("marks: {confidential: Öffentlich}", "names another classification, public"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence_that_names_the_place(folder: Path, text: str, says: str):
    with pytest.raises(BadInput, match=f"^branding.yaml, (?=line \\d).*{says}"):
        written(folder, text)


def test_words_are_words(folder: Path):
    says = json.dumps(HOSTILE[:60])
    html = page(written(folder, f"name: {says}\nline: {says}\nfooter: {says}\nmarks: {{confidential: {says}}}"), ISSUE)

    assert html.count("</style>") == 1
    assert "<script" not in html
    assert "display:none}" not in html.partition("</style>")[0].partition("The own look")[2]


@pytest.mark.parametrize("mark", ["Not confidential", "Nicht vertraulich", "VERTRAULICH / Confidential"])
def test_no_words_take_our_own_word_for_a_classification_away(folder: Path, mark: str):
    says = written(folder, f"marks: {{confidential: {mark}}}").marked("confidential")

    assert says == (mark if "/" in mark else f"{mark} (confidential)")


# logos ----------------------------------------------------------------------------------------------------------------

INSIDE = [
    "<script>alert(1)</script>",
    "<foreignObject><b/></foreignObject>",
    '<path d="M0 0" onload="alert(1)"/>',
    '<image href="https://example.com/x.png"/>',
    '<use href="#a"/>',
    '<a href="https://example.com"><path d="M0 0"/></a>',
    "<style>@import 'https://example.com/x.css';</style>",
    "<style>*{background:url(https://example.com)}</style>",
    "<style>*{background:u\\72l(x)}</style>",
    '<path d="M0 0" style="fill:url(https://example.com/#a)"/>',
    '<path d="M0 0" fill="url(https://example.com/#a)"/>',
    '<linearGradient href="https://example.com/#a"/>',
    '<clipPath id="a"><path d="M0 0" clip-path="url(#a)"/></clipPath>',
    '<set attributeName="x"/>',
    "<g>" * 50 + "</g>" * 50,
]


@pytest.mark.parametrize("inside", INSIDE)
def test_a_drawing_that_does_or_fetches_anything_is_refused(inside: str):
    with pytest.raises(BadInput, match=r"^logo\.svg .*\.$"):
        clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode(), "logo.svg")


@pytest.mark.parametrize(
    "content",
    [b"", b"<html/>", b"<svg/>", b"GIF89a", "<svg xmlns='http://www.w3.org/2000/svg'/>".encode("utf-16"),
     b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'],
)  # fmt: skip
def test_what_is_no_drawing_is_refused(content: bytes):
    with pytest.raises(BadInput, match=r"^logo\.svg "):
        clean_svg(content, "logo.svg")


def test_nothing_that_its_maker_left_in_a_logo_reaches_a_reader():
    noted = (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://www.inkscape.org/namespaces/inkscape" '
        b'i:export-filename="/home/ann/x.png"><!-- Ann --><title>Ann</title><metadata>Ann</metadata><i:view who="Ann"/>'
        b'<g data-name="Ann"><path d="M0 0h9"/></g></svg>'
    )
    clean = clean_svg(noted, "logo.svg")
    assert b"M0 0h9" in clean
    assert b"ann" not in clean.lower()
    assert b"Ann" not in clean_png(png(1, chunk(b"tEXt", b"Author\0Ann")) + b"Ann", "logo.png")
    assert clean_png(png(), "logo.png") == png()


@pytest.mark.parametrize(
    ("content", "says"),
    [(SVG, "is not a PNG"), (png()[:-20], "is damaged"), (png().replace(b"IDAT", b"IDAX"), "is damaged"),
     (png(5000), "measures 5000 × 1 pixels"), (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "is damaged")],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes, says: str):
    with pytest.raises(BadInput, match=rf"^logo\.png {says}"):
        clean_png(content, "logo.png")


def test_files_that_lead_elsewhere_are_too_large_or_are_not_read_are_named(folder: Path, tmp_path: Path):
    (folder / "logo.png").write_bytes(png() + b"x" * 102400)
    with pytest.raises(BadInput, match=r"logo\.png is larger than 102,400 bytes\. Each page carries it"):
        read_branding()
    (folder / "logo.png").unlink()
    (tmp_path / "elsewhere.png").write_bytes(png())
    (folder / "logo.png").symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(BadInput, match=r"logo\.png is a symbolic link"):
        read_branding()
    (folder / "logo.png").rename(folder / "Logo.JPG")
    with pytest.raises(BadInput, match=r"Logo\.JPG is not read; save it as logo\.svg or logo\.png\."):
        read_branding()
    (folder / "Logo.JPG").unlink()
    (folder / "branding.yaml").write_text("font: Georgia")
    with pytest.raises(BadInput, match="`name` or `alt` is missing"):
        read_branding()


def test_a_folder_that_is_named_and_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("WORKBOOK_BRANDING", str(tmp_path / "nowhere"))

    with pytest.raises(BadInput, match=r"WORKBOOK_BRANDING names .*nowhere, which is not there"):
        read_branding()
