"""What customers read in another language: all of it, with dates and numbers as they are written there."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from tests.helpers_cli import workbook
from tests.languages import FOLDER, strings, wanted
from workbook.audience import Edition
from workbook.errors import BadInput
from workbook.exchange.customer_paper import customer_paper
from workbook.language import LANGUAGES, say, say_many, speaking
from workbook.model import Engagement, Person
from workbook.record import Record
from workbook.redacting import redact
from workbook.report import make
from workbook.workspace import open_store

CATALOGUES = sorted(FOLDER.glob("*.po"))
# what German calls as English does
SAME = {"Audit", "Name", "Organisation", "Status", "Version", "System", "ML Audit Workbook"}
FIGURES = re.compile(r"[\d\W_]*|[A-Z]+[-.]")  # and what keys begin with


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_catalogue_holds_all_that_is_said_and_nothing_else(file: Path):
    with file.open("rb") as text:
        held = {m.id: m for m in read_po(text, locale=file.stem) if m.id}
    asked = {m.id for m in wanted() if m.id}

    assert held.keys() - asked == set(), "make words drops these"
    assert asked - held.keys() == set(), "make words adds these, to be translated"
    assert [key for key, message in held.items() if not all(strings(message)) or message.fuzzy] == []
    for message in held.values():
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        for words in strings(message):
            assert places(words) == places(english[-1]), message.id


def test_each_language_but_english_has_a_catalogue():
    assert {file.stem for file in CATALOGUES} == set(LANGUAGES) - {"en"}


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
    """The demo, whose customers speak German."""
    shutil.copytree(demo_home, tmp_path / "home", dirs_exist_ok=True)
    return speak("de")


def speak(language: str) -> Record:
    """The demo's record once its customers are spoken to in this language."""
    store = open_store("demo", Person("Security lead"))
    about = store.record().engagement.model_copy(update={"public_language": language})
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


def test_other_readers_are_spoken_to_in_english(german: Record, tmp_path: Path):
    make("demo", pages=["00_start"])

    page = (tmp_path / "home" / "demo" / "00_start.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "On this page" in page


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
