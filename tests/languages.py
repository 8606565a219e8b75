"""The catalogues of other languages: what they have to hold, and the command that brings them up to date.

usage: make words      adds new sentences to each catalogue, empty, and drops those that are gone
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from workbook import catalog, paths
from workbook.analysis.applicability import LACKS, Status
from workbook.analysis.customer_edition import OWN_ACCOUNT
from workbook.analysis.customer_risks import CLAIM
from workbook.analysis.customer_statement import STATUSES, SUBJECT, THEMES
from workbook.analysis.customer_words import MANY
from workbook.analysis.verdict import Stage
from workbook.audience import CLASSIFICATIONS, PUBLIC
from workbook.drawing import Population, Sample, SampleResult
from workbook.exchange.customer_paper import TITLE
from workbook.forms import modules
from workbook.forms.engagement import ABOUT
from workbook.forms.guidance import ADVICE, KEYS, TOUR
from workbook.forms.report import EDITIONS
from workbook.language import ENGLISH, LANGUAGES
from workbook.model import AUDIT_KINDS, Result, Role
from workbook.prose import parts
from workbook.redacting import RULES
from workbook.references import SOURCES, rows
from workbook.registers import Reference, column
from workbook.report.index import FRONT, HEADINGS
from workbook.report.page import read_page
from workbook.scale import GRADES, SEVERITIES, CoverState, EvidenceState, Posture, Severity, Step
from workbook.wording import wording
from workbook.words import capitalized, page_name

ROOT = Path(__file__).resolve().parents[1]
FOLDER, CHECKLISTS = ROOT / "workbook" / "languages", ROOT / "checklists"
KINDS = ("answer", "engagement", "evidence", "issued", "population", "review", "sample", "sample result", "task")
CHOSEN = (CoverState, EvidenceState, Posture, Severity, Stage, Status, Step)
LISTS = {
    "ml_risk_catalogue": ("title", "threat", "vulnerability", "detection_evidence"),
    "editions": ("status",),
    "iso42001_2023_annex_a": ("area_title",),
    "documented_information": ("name", "what_it_must_hold", "ml_note"),
    "usual_risk_criteria": ("name", "settles", "says"),
    "usual_risk_levels": ("name", "asks"),
    "usual_risk_scales": ("name", "sentence"),
}
FRAMES = ("iso27001", "iso27001_2013", "iso42001", "gdpr", "eu_ai_act")  # the others are published in English alone
CALLS = {"say": None, "say_many": (1, 2), "later": None, "State": (3,), "Unknown": (1,), "UnknownCall": (1,)}
READ = [("report/template/**.j2", "jinja2.ext:babel_extract")]
OPTIONS = {"report/template/**.j2": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def wanted() -> Catalog:
    """All that is said to readers in their language: what the code says, what checklists and tables call things."""
    found = Catalog(charset="utf-8")
    for _, _, message, _, _ in extract_from_dir(str(ROOT / "workbook"), READ, OPTIONS, CALLS, directory_filter=_ours):
        found.add(message)
    for message in modules.messages():
        found.add(message if len(message) > 1 else message[0])
    for words in named():
        found.add(words)
    for pair in MANY.values():
        found.add(pair)
    for words in terms():
        found.add(words)
    return found


def named() -> Iterator[str | tuple[str, ...]]:
    """What the code says in so many words, what `markup.heading` says, and what `words.count` counts: one and many."""
    for file in (ROOT / "workbook").rglob("*.py"):
        if all(map(_ours, file.relative_to(ROOT).parts)):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from _said(node.func.id, node.args)


def _said(call: str, given: list[ast.expr]) -> Iterator[str | tuple[str, ...]]:
    words = [one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else "" for one in given]
    if call == "count" and any(words):
        first, many = (*filter(None, words), "")[:2]
        yield first, many or f"{first}s"
    elif call == "heading" and words and words[0]:
        yield words[0]
    elif call in CALLS:
        at = [place - 1 for place in CALLS[call] or (1,)]
        found = [words[place] for place in at if place < len(words)]
        if len(found) == len(at) and all(found):
            yield found[0] if len(found) == 1 else tuple(found)


def _ours(folder: str) -> bool:
    """The command line speaks English."""
    return Path(folder).name not in ("cli", "node_modules", "lab", "static", "shipped")


def terms() -> Iterator[str]:
    """Words that stand in a table, or in a notebook."""
    yield from (OWN_ACCOUNT, CLAIM, SUBJECT, TITLE, FRONT.label, *(one.text for one in HEADINGS.values()))
    yield from (*STATUSES.values(), "Excluded", "Not decided", *THEMES.values(), *GRADES, *SEVERITIES, *AUDIT_KINDS)
    yield from (*LACKS.values(), *CLASSIFICATIONS, *RULES["customer"].values(), *RULES["auditor"].values())
    yield from (
        "Audit",
        "Stage 1",
        "Stage 2",
        "audit",
        "customer",
        "auditor",
        "internal",
        "recorded by",
        "key",
        "design",
    )
    yield from map(capitalized, KINDS)
    yield from (name.rstrip("s").replace("_", " ") for name in sources())
    yield from (source.label for source in SOURCES.values())
    yield from (choice for kind in CHOSEN for choice in get_args(kind))
    yield from (one.value for shape in (Result, Role) for one in shape)
    for shape in (*PUBLIC, Population, Sample, SampleResult):
        for name, field in shape.model_fields.items():
            yield name.replace("_", " ")
            yield from (one for one in get_args(field.annotation) if isinstance(one, str) and one not in LANGUAGES)
    yield from (words for row in ABOUT for words in (row[1], row[3]))
    yield from EDITIONS.values()
    yield from (words for pair in (*KEYS, *((title, says) for title, says in TOUR)) for words in pair)
    yield from (words for title, told in ADVICE.values() for words in (title, *(w for pair in told for w in pair)))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        page = read_page(path)
        assert page.notebook
        yield from (page.title, page.question, page_name(path.stem))
        texts = (cell.source for cell in page.notebook.cells if cell.cell_type == "markdown")
        yield from (part for text in texts for part in parts(text))


def sources() -> Iterator[str]:
    """What columns of registers refer to."""
    for register in catalog.load(paths.checklists()).registers.values():
        meant = (column(field) for field in register.fields)
        yield from (one.source for one in meant if isinstance(one, Reference))


def of_checklists() -> Catalog:
    """All that is read of the shipped checklists and the lists beside them."""
    lists, found = catalog.load(paths.checklists()), Catalog(charset="utf-8")
    every = [*wording(lists.topics), *(one.title for frame in FRAMES for one in lists.facts[frame].values())]
    every += [one.applies.note for one in lists.facts["eu_ai_act"].values() if one.applies]
    for name, columns in LISTS.items():
        every += [row[column] for row in rows(lists.folder / "reference", name) for column in columns]
    for words in filter(None, every):
        found.add(words)
    return found


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """Each file of translations, with what it has to hold."""
    ours, theirs = wanted(), of_checklists()
    for message in ours:
        theirs.delete(message.id)  # what our own catalogue holds is not asked for twice, and goes first
    for language in sorted(LANGUAGES.keys() - {ENGLISH}):
        yield FOLDER / f"{language}.po", ours
        yield CHECKLISTS / f"{language}.po", theirs


def main() -> int:
    """Bring each catalogue up to date; the exit code says whether one lacks anything."""
    lacking = 0
    for file, asked in catalogues():
        with file.open("rb") as text:
            held = read_po(text, locale=file.stem)
        held.update(asked, no_fuzzy_matching=True)
        held.obsolete.clear()
        with file.open("wb") as text:
            write_po(text, held, width=120, no_location=True, sort_output=True, omit_header=True)
        empty = [message.id for message in held if message.id and not all(strings(message))]
        sys.stdout.write(f"{file.relative_to(ROOT)}: {len(held)} messages, {len(empty)} not translated\n")
        lacking += len(empty)
    return bool(lacking)


def strings(message: Message) -> tuple[str, ...]:
    """What a message is in the other language: one text, or one for each of its plurals."""
    said = message.string or ""
    return (said,) if isinstance(said, str) else said


if __name__ == "__main__":
    sys.exit(main())
