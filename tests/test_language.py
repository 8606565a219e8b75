"""What customers read in another language: all of it, with dates and numbers as they are written there."""

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any

import nbformat
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from nbformat import NotebookNode

from tests.helpers_cli import workbook
from tests.languages import ROOT, catalogues, strings
from workbook import language, paths
from workbook.audience import Edition, language_of
from workbook.catalog import load
from workbook.errors import BadInput
from workbook.exchange.customer_paper import customer_paper
from workbook.language import LANGUAGES, say, say_many, speaking, term
from workbook.model import Engagement, Person
from workbook.record import Record
from workbook.redacting import redact
from workbook.report import make
from workbook.report.content import content_of
from workbook.report.page import read_page
from workbook.report.run import NOT_IN_REPORT
from workbook.standings import shared_language
from workbook.views import start
from workbook.workspace import open_store

CATALOGUES = list(catalogues())
# what German calls as English does
SAME = {"Audit", "Name", "Organisation", "Review", "Status", "Version", "System", "ML Audit Workbook"}
FIGURES = re.compile(r"[\d\W_]*|[A-Z]+[-.]")  # and what keys begin with


# what rows, answers and files are called by, moments, and a figure before its unit
KEY = re.compile(r"[A-Z]{1,4}-[\d-]+b? ?|[\w-]+@SYS-\d+|\b[0-9a-f]{12,64}\b|r\d+ |\d+ UTC|^0 ")
DAY = re.compile(r"[\d. ]*(?:Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez)[\d. ]*")


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize(("file", "wanted"), CATALOGUES, ids=[f"{f.parent.name}/{f.stem}" for f, _ in CATALOGUES])
def test_a_catalogue_holds_all_that_is_said_and_nothing_else(file: Path, wanted: Catalog):
    with file.open("rb") as text:
        held = {m.id: m for m in read_po(text, locale=file.stem) if m.id}
    asked = {m.id for m in wanted if m.id}

    assert held.keys() - asked == set(), "make words drops these"
    assert asked - held.keys() == set(), "make words adds these, to be translated"
    assert [key for key, message in held.items() if not all(strings(message)) or message.fuzzy] == []
    for message in held.values():
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        for words in strings(message):
            assert places(words) == places(english[-1]), message.id


def test_each_language_but_english_has_both_catalogues():
    assert [file.name for file, _ in CATALOGUES] == [f"{name}.po" for name in sorted(set(LANGUAGES) - {"en"})] * 2


def test_what_a_catalogue_does_not_hold_is_said_in_english():
    with speaking("de"):
        assert say("Nobody translated {this}.", this="me") == "Nobody translated me."
        assert say_many("{n} odd thing", "{n} odd things", 2) == "2 odd things"
    assert say("On this page") == "On this page"


class _Texts(HTMLParser):
    """The words between the elements of a page, and what stands in their place for who cannot see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._unread = False
        self.feed(page.partition("<body")[2].partition(">")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread = tag == "code"
        self.found |= {value for name, value in attrs if name in ("aria-label", "alt", "title") and value}

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._unread and not FIGURES.fullmatch(data):
            self.found.add(" ".join(data.split()))


@pytest.fixture
def german(demo_home: Path, tmp_path: Path) -> Record:
    """The demo, whose team and customers speak German."""
    shutil.copytree(demo_home, tmp_path / "home", dirs_exist_ok=True)
    return speak("de")


def speak(language: str) -> Record:
    """The demo's record once everybody is spoken to in this language."""
    store = open_store("demo", Person("Security lead"))
    about = store.record().engagement.model_copy(update={"public_language": language, "language": language})
    store.save_engagement(about, store.history("engagement", "engagement")[-1].version)
    return store.record()


def test_no_sentence_of_ours_stays_english_in_the_edition_for_customers(german: Record, tmp_path: Path):
    make("demo", {"audience": "customer"})
    folder = tmp_path / "home" / "demo" / "customer"
    pages = {file.name: file.read_text("utf-8") for file in folder.glob("*.html")}
    speak("en")
    make("demo", {"audience": "customer"})
    english = {file.name: file.read_text("utf-8") for file in folder.glob("*.html")}

    assert pages.keys() == english.keys() == {"index.html", "11_customer_edition.html"}
    own = {german.name, german.engagement.title, german.engagement.organisation, german.engagement.criteria,
           german.engagement.public_scope, *(row.name for row in german.systems)}  # fmt: skip
    for name, page in pages.items():
        assert '<html lang="de">' in page
        same = _Texts(page).found & _Texts(english[name]).found
        assert {words for words in same if not any(one and one in words for one in own)} - SAME == set()
        assert re.search(r"\d\. (Nov|Dez)\. 20\d\d", page)


def test_the_document_for_customers_speaks_their_language(german: Record):
    edition = redact(german, Edition("customer"), b"x")[1]
    paper = customer_paper(edition)

    assert paper.title == "Sicherheit unserer ML-Systeme"
    assert ("Status", "Arbeitskopie, nicht herausgegeben") in paper.facts


class _Marked(dict[str, str]):
    """A catalogue that holds everything, between marks."""

    def __contains__(self, words: object) -> bool:
        return True


def marked(_language: str, one: str, many: str = "") -> list[str]:
    return [f"⟦{words}⟧" for words in (one, many or one)]


class _Plurals:
    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"


def unsaid(html: str) -> set[str]:
    """The texts of a view, and of what stands in its place for who cannot see, that passed no catalogue."""
    found, depth = set(), 0
    bare = re.sub(r"<(?:code|style)\b.*?</(?:code|style)>", "", html, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', bare)
    for words in (*attributes, *re.split(r"<[^>]*>", bare)):
        left = ""
        for character in unescape(words):
            depth += (character == "⟦") - (character == "⟧")
            left += character if depth == 0 and character != "⟧" else " "
        found |= {" ".join(piece.split()) for piece in re.split(r" {2,}|[,;:·()/→–]", left)}
    return {piece for piece in found if re.search(r"[A-Za-z]{3}", KEY.sub("", piece))}


def recorded(record: Record) -> str:
    """All that the record itself holds, and what is published in English alone."""
    found: list[str] = [title for frame in record.catalog.facts.values() for one in frame.values()
                        for title in (one.title, one.label)]  # fmt: skip
    held = [record.engagement, *(s.value for kind in (record.answers, record.evidence, record.tasks, record.reviews,
            record.samples, record.populations, record.sample_results) for s in kind.values())]  # fmt: skip
    texts = [json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in held]
    texts += [json.dumps(dict(row.values), ensure_ascii=False, default=str) for row in chain(*record.rows.values())]
    found += [f"{row.name} {row['version']}" for row in record.register("models")]
    return "\n".join([*found, *texts]).replace('\\"', '"')


def shown(cell: Any, given: dict[str, Any]) -> str:
    """What a cell of a notebook shows, run here."""
    *before, last = "".join(cell.source).strip().split("\n")
    exec("\n".join(before), given)
    bundle = eval(last, given)._repr_mimebundle_()
    return str((bundle[0] if isinstance(bundle, tuple) else bundle).get("text/html", ""))


def test_whatever_a_page_says_passed_a_catalogue(german: Record, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(language, "_held", lambda _: _Marked())
    monkeypatch.setattr(language, "_catalogue", lambda _: _Plurals())
    monkeypatch.setattr(language, "_beside", lambda _: {})
    monkeypatch.setattr(language, "_beside", lambda _: {})
    monkeypatch.setattr(language, "translated", marked)
    given = {"engagement": "demo", "system": "", "as_of": "", "audience": "internal", "mode": "page", "recipient": ""}
    left = {words for path in paths.pages() for cell in asking(path) for words in unsaid(shown(cell, given))}
    own = " ".join(KEY.sub("", recorded(german)).split())

    left = {piece.strip(" .?!") for words in left for piece in KEY.sub("", words).split("…")}
    left = {words for words in left if " ".join(words.split()) not in own and not DAY.fullmatch(words)}
    assert not left, "\n".join(sorted(left))


def asking(path: Path) -> Iterator[NotebookNode]:
    """The cells of a notebook that a report runs, but for its parameters."""
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code" and not {"parameters", NOT_IN_REPORT} & set(cell.metadata.get("tags", ())):
            yield cell


def test_an_audit_whose_customers_read_english_is_recorded_as_ever():
    assert "public_language" not in Engagement(title="x").body()
    assert Engagement(title="x", public_language="de").body()["public_language"] == "de"
    with pytest.raises(BadInput, match="public_language"):
        Engagement.parse({"title": "x", "public_language": "fr"})


def test_an_issued_report_says_in_the_language_of_its_recipient_what_it_is(
    german: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WORKBOOK_ACTOR", "Security lead")
    issued = workbook("issue", "demo", "--to", "Kundin GmbH", "--audience", "customer")

    assert issued.returncode == 0, issued.stderr
    [page] = (tmp_path / "home" / "demo" / "issued").rglob("11_customer_edition.html")
    assert "an Kundin GmbH" in page.read_text("utf-8")
    assert workbook("verify", str(page)).returncode == 0


# checklists that carry translations -----------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose checklists ask one thing that nobody translated."""
    monkeypatch.chdir(tmp_path)
    assert workbook("init", ".").returncode == 0
    lists = tmp_path / "checklists"
    asked = (lists / "engagement.yaml").read_text("utf-8")
    (lists / "engagement.yaml").write_text(
        asked.replace("title: Scope of the ISMS with ML in it", "title: A title of ours", 1), "utf-8"
    )
    assert "A title of ours" in (lists / "engagement.yaml").read_text("utf-8")
    return lists


def start_of(record: Record) -> str:
    with speaking("de"):
        return str(start.line(record))


def test_a_text_without_translation_stands_as_it_was_written_and_the_page_says_so(own: Path, german: Record):
    record = open_store("demo").record()

    with speaking("de"):
        assert term("A title of ours") == "A title of ours"
        assert term("Access control") == "Zugangssteuerung"
    assert "1 von 3.2" in start_of(record)
    assert "nicht übersetzt" in start_of(record)
    with (own / "de.po").open("a", encoding="utf-8") as file:
        file.write('\nmsgid "A title of ours"\nmsgstr "Ein Titel von uns"\n')
    language.learn(own.parent)  # as if the process had begun anew
    with speaking("de"):
        open_store("demo").record()
        assert term("A title of ours") == "Ein Titel von uns"
    assert "nicht übersetzt" not in start_of(open_store("demo").record())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('msgid "A', "de.po, line "),
        ('msgid "For {keys} nothing."\nmsgstr "Nichts."', "names other places in braces than its original"),
    ],
)
def test_a_catalogue_that_is_none_is_said_by_check_and_costs_nothing_else(own: Path, wrong: str, says: str):
    (own / "de.po").write_text(f"{wrong}\n", "utf-8")
    checked = workbook("check")

    assert "NOT checklists: de.po" in checked.stdout
    assert says in checked.stdout
    with speaking("de"):
        language.learn(own.parent)
        load(own)
        assert term("A title of ours") == "A title of ours"


def test_no_catalogue_beside_checklists_says_our_own_words_otherwise(own: Path, german: Record):
    with (own / "de.po").open("a", encoding="utf-8") as file:
        file.write('\nmsgid "Contradicted"\nmsgstr "Umgesetzt"\n')
    digest = german.catalog.digest
    language.learn(own.parent)  # as if the process had begun anew

    assert open_store("demo").record().catalog.digest != digest
    with speaking("de"):
        assert term("Contradicted") == "Widersprochen"


# notebooks laid out in German -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unser") / "audit"
    assert workbook("init", str(folder), "--language", "de").returncode == 0
    return folder / "notebooks"


def test_notebooks_laid_out_in_german_differ_in_their_prose_alone(laid_out: Path):
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        ours, theirs = nbformat.read(path, 4), nbformat.read(laid_out / path.name, 4)
        assert [(c.id, c.cell_type, c.metadata) for c in ours.cells] == [
            (c.id, c.cell_type, c.metadata) for c in theirs.cells
        ]
        for mine, other in zip(ours.cells, theirs.cells, strict=True):
            assert (mine.source == other.source) is (mine.cell_type == "code" or mine.source == "# Portfolio")


def test_their_prose_follows_the_reader_of_a_report_and_anchors_stay(laid_out: Path):
    for folder in (laid_out, ROOT / "notebooks"):
        notebook = nbformat.read(folder / "01_data_inventory.ipynb", 4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="shown")]
        assert read_page(folder / "01_data_inventory.ipynb").title == "Data inventory"
        for spoken, title, heading in (
            ("en", "Data inventory", "Data sources"),
            ("de", "Dateninventar", "Datenquellen"),
        ):
            with speaking(spoken):
                content = content_of(notebook)
            assert content.title == title
            assert next((h.anchor, h.text) for h in content.headings) == ("data-sources", heading)


@pytest.mark.parametrize(("cell", "spoken"), [("Contradicted", "de"), ("Widersprochen", "en"), ("high", "de")])
def test_a_word_that_somebody_wrote_into_a_notebook_stays_as_it_is(laid_out: Path, cell: str, spoken: str):
    for folder in (laid_out, ROOT / "notebooks"):
        notebook = nbformat.read(folder / "01_data_inventory.ipynb", 4)
        notebook.cells = [notebook.cells[0], nbformat.v4.new_markdown_cell(cell)]
        with speaking(spoken):
            assert f"<p>{cell}</p>" in content_of(notebook).main


def test_what_lies_there_in_german_is_left_as_it_is_only_where_it_differs(laid_out: Path):
    again = workbook("init", str(laid_out.parent), "--language", "de", "--json")
    assert json.loads(again.stdout)["left_as_they_were"] == []
    english = workbook("init", str(laid_out.parent), "--json")
    assert "notebooks/00_start.ipynb" in json.loads(english.stdout)["left_as_they_were"]


# whose language -------------------------------------------------------------------------------------------------------


def test_the_team_and_its_customers_have_a_language_each(german: Record, tmp_path: Path):
    store = open_store("demo", Person("Security lead"))
    about = store.record().engagement.model_copy(update={"public_language": "en"})
    store.save_engagement(about, store.history("engagement", "engagement")[-1].version)
    make("demo", pages=["09_audit_trails"])
    page = (tmp_path / "home" / "demo" / "09_audit_trails.html").read_text("utf-8")

    assert '<html lang="de">' in page
    assert "Prüfpfade" in page
    assert language_of(Edition("customer").of(store.record())) == "en"
    assert language_of(Edition("auditor").of(store.record())) == "de"


def test_the_portfolio_speaks_the_language_that_all_engagements_share(german: Record):
    assert shared_language() == "de"
    assert workbook("new", "other", "--language", "en").returncode == 0
    assert shared_language() == "en"


def test_a_new_engagement_and_the_next_one_keep_their_language(german: Record, tmp_path: Path):
    assert workbook("new", "unser-audit", "--language", "de").returncode == 0
    assert open_store("unser-audit").record().engagement.language == "de"
    assert workbook("new", "naechstes", "--from", "unser-audit", "--date", "2028-02-01").returncode == 0
    assert open_store("naechstes").record().engagement.language == "de"


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ("gap of {keys}", "Lücke {keys} {keys.__class__}"),
        ("gap of {keys}", "Lücke {keys:>999999999999} {keys}"),
        ("gap of {keys}", "Lücke {keys} {"),
        ("gap of {keys}", "Lücke }{keys}"),
        ("gap", "Lücke {keys:>999999999999}"),
    ],
)
def test_a_translation_puts_nothing_into_braces_that_its_original_does_not(tmp_path: Path, gap: str, said: str):
    (tmp_path / "de.po").write_text(f'msgid "{gap}"\nmsgstr "{said}"\n', "utf-8")

    with pytest.raises(ValueError, match=r"^de\.po, line 1: names other places"):
        language.carried(tmp_path / "de.po")


@pytest.mark.parametrize(
    ("head", "more", "says"),
    [
        ("Content-Type: text/plain; charset=klingon", 'msgid "a"\nmsgstr "b"', r"^de\.po: unknown encoding: klingon$"),
        ("PO-Revision-Date: soon", "", r"^de\.po: time data"),
        ("Plural-Forms: nplurals=99999999999", 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"', "holds a text for one"),
    ],
)
def test_a_translation_whose_head_says_what_cannot_be_is_refused_by_name(
    tmp_path: Path, head: str, more: str, says: str
):
    (tmp_path / "de.po").write_text(f'msgid ""\nmsgstr ""\n"{head}\\n"\n\n{more}\n', "utf-8")

    with pytest.raises(ValueError, match=says):
        language.carried(tmp_path / "de.po")


def test_a_translation_that_is_mended_while_a_process_lives_is_said_at_once(own: Path):
    file = own / "de.po"
    file.write_text('msgid "Ours alone"\nmsgstr "Nur unseres"\n', "utf-8")
    load(own)
    with speaking("de"):
        assert term("Ours alone") == "Nur unseres"
        file.write_text('msgid "Ours alone"\nmsgstr "Allein unseres"\n', "utf-8")
        load(own)
        assert term("Ours alone") == "Allein unseres"
