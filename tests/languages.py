"""The catalogues of other languages: what they have to hold, and the command that brings them up to date.

usage: make words      adds new sentences to each catalogue, empty, and drops those that are gone
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from workbook import catalog, paths
from workbook.analysis.applicability import LACKS
from workbook.analysis.customer_edition import OWN_ACCOUNT
from workbook.analysis.customer_risks import CLAIM
from workbook.analysis.customer_statement import STATUSES, SUBJECT, THEMES
from workbook.analysis.customer_words import MANY
from workbook.audience import CLASSIFICATIONS, PUBLIC
from workbook.drawing import Population, Sample, SampleResult
from workbook.exchange.customer_paper import TITLE
from workbook.model import AUDIT_KINDS
from workbook.paths import CUSTOMER_PAGE
from workbook.redacting import RULES
from workbook.report.index import FRONT, HEADINGS
from workbook.report.page import read_page
from workbook.scale import GRADES, SEVERITIES
from workbook.words import capitalized

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "workbook" / "languages"
KINDS = ("answer", "engagement", "evidence", "issued", "population", "review", "sample", "sample result", "task")
TOLD = ("systems", "certificates", "programme", "management_reviews")  # of which customers read choices
CALLS = {"say": None, "say_many": (1, 2)}
READ = [("report/template/**.j2", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"report/template/**.j2": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def wanted() -> Catalog:
    """All that is said to readers in their language: what the code says, what checklists and tables call things."""
    found = Catalog(charset="utf-8")
    called = extract_from_dir(str(ROOT / "workbook"), READ, OPTIONS, CALLS, directory_filter=_ours)
    for file, _, message, _, _ in called:
        if file.endswith(".j2") or "from workbook.language import" in (ROOT / "workbook" / file).read_text("utf-8"):
            found.add(message)
    for pair in MANY.values():
        found.add(pair)
    for words in terms():
        found.add(words)
    return found


def _ours(folder: str) -> bool:
    return Path(folder).name not in ("node_modules", "lab", "static", "shipped")


def terms() -> Iterator[str]:
    """Words that stand in a table or a checklist."""
    yield from (OWN_ACCOUNT, CLAIM, SUBJECT, TITLE, FRONT.label, HEADINGS["pages"].text, HEADINGS["left_out"].text)
    yield from (*STATUSES.values(), "Excluded", "Not decided", *THEMES.values(), *GRADES, *SEVERITIES, *AUDIT_KINDS)
    yield from (
        *LACKS.values(),
        *CLASSIFICATIONS,
        *RULES["customer"].values(),
        "Audit",
        "Stage 1",
        "Stage 2",
        "audit",
        "customer",
    )
    page = read_page(ROOT / "notebooks" / f"{CUSTOMER_PAGE}.ipynb")
    assert page.notebook
    yield from (page.title, page.question, page.notebook.cells[0].source)
    yield from ("recorded by", "key", *map(capitalized, KINDS))
    for shape in (*PUBLIC, Population, Sample, SampleResult):
        yield from (name.replace("_", " ") for name in shape.model_fields)
    lists = catalog.load(paths.checklists())
    yield from (section.title for section in lists.sections.values())
    yield from (entry["title"] for entry in lists.risk_catalogue())
    for register in lists.registers.values():
        yield register.title
        yield from (field.label for field in register.fields)
        if register.id in TOLD:
            yield from (choice for field in register.fields if field.public for choice in field.choices)


def main() -> int:
    """Bring each catalogue up to date; the exit code says whether one lacks anything."""
    lacking = 0
    for file in sorted(FOLDER.glob("*.po")):
        with file.open("rb") as text:
            held = read_po(text, locale=file.stem)
        held.update(wanted(), no_fuzzy_matching=True)
        held.obsolete.clear()
        with file.open("wb") as text:
            write_po(text, held, width=120, no_location=True, sort_output=True, omit_header=True)
        empty = [message.id for message in held if message.id and not all(strings(message))]
        sys.stdout.write(f"{file.name}: {len(held)} messages, {len(empty)} not translated\n")
        lacking += len(empty)
    return bool(lacking)


def strings(message: Message) -> tuple[str, ...]:
    """What a message is in the other language: one text, or one for each of its plurals."""
    said = message.string or ""
    return (said,) if isinstance(said, str) else said


if __name__ == "__main__":
    sys.exit(main())
