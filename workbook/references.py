"""The facts that checklists refer to: identifiers and short titles of standards, laws and threat lists, by edition."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from workbook import files
from workbook.errors import BadChecklist, BadFile
from workbook.language import later, say, term
from workbook.words import day

MAX_BYTES = 5 * 1024**2
_MENTION = re.compile(r"(?<![\w.])(?:A\.\d{1,2}\.\d{1,2}|(?:[4-9]|10)\.\d(?:\.\d)?)(?![\w]|\.\d)")


# whom an article of the AI Act binds, where its column does not say that as a reader does
BOUND = {
    "all": later("everybody"),
    "gpai_provider": later("general-purpose model provider"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One set of references: how it is called, which edition, and from which columns of which files it is read.

    `listed` names its line in editions.csv, which says whether the edition is still in force.
    """

    label: str
    edition: str
    listed: tuple[str, str]  # document, edition
    files: tuple[tuple[str, str, str], ...]  # file, column of the id, column of the title


SOURCES: Mapping[str, Source] = {
    "iso27001": Source(
        "ISO/IEC 27001",
        "2022 + Amd 1:2024",
        ("ISO/IEC 27001", "2022"),
        (("iso27001_2022_annex_a", "id", "short_title"), ("iso27001_2022_clauses", "id", "title")),
    ),
    "iso27001_2013": Source(
        "ISO/IEC 27001",
        "2013",
        ("ISO/IEC 27001", "2013"),
        (
            ("iso27001_2013_to_2022", "old_id", "old_title"),
            ("iso27001_2022_clauses", "clause_2013", "clause_2013_title"),
        ),
    ),
    "iso42001": Source(
        "ISO/IEC 42001",
        "2023",
        ("ISO/IEC 42001", "2023"),
        (("iso42001_2023_annex_a", "id", "title"), ("iso42001_2023_clauses", "id", "title")),
    ),
    "atlas": Source(
        "MITRE ATLAS",
        "2026.09",
        ("MITRE ATLAS", "2026.09"),
        (("mitre_atlas", "id", "full_name"), ("mitre_atlas_mitigations", "id", "name")),
    ),
    "owasp_ml": Source(
        "OWASP ML Top 10",
        "2023",
        ("OWASP Machine Learning Security Top 10", "2023"),
        (("owasp_ml_top10_2023", "id", "name"),),
    ),
    "owasp_llm_2026": Source(
        "OWASP LLM Top 10",
        "2026",
        ("OWASP Top 10 for LLM Applications", "2026"),
        (("owasp_llm_top10_2026", "id", "name"),),
    ),
    "owasp_llm": Source(
        "OWASP LLM Top 10",
        "2025",
        ("OWASP Top 10 for LLM Applications", "2025"),
        (("owasp_llm_top10_2025", "id", "name"),),
    ),
    "owasp_agentic": Source(
        "OWASP Agentic Top 10",
        "2026",
        ("OWASP Top 10 for Agentic Applications", "2026"),
        (("owasp_agentic_top10_2026", "id", "name"),),
    ),
    "owasp_aisvs": Source("OWASP AISVS", "1.0", ("OWASP AISVS", "1.0"), (("owasp_aisvs_1_0", "id", "topic"),)),
    "nist_ai_rmf": Source(
        "NIST AI RMF",
        "1.0",
        ("NIST AI RMF (NIST AI 100-1)", "1.0"),
        (("nist_ai_rmf", "subcategory_id", "subcategory_label"),),
    ),
    "gdpr": Source(
        "GDPR", "2016/679", ("Regulation (EU) 2016/679 (GDPR)", "2016"), (("gdpr_articles", "article", "title"),)
    ),
    "eu_ai_act": Source(
        "EU AI Act",
        later("2024/1689 as amended by 2026/1744"),
        ("Regulation (EU) 2024/1689 (AI Act)", "as amended"),
        (("eu_ai_act_articles", "article", "title"),),
    ),
}


@dataclass(frozen=True, slots=True)
class Applies:
    """From when an article of the AI Act applies to systems of Annex III and of Annex I (Art. 113), with a note."""

    listed: date
    product: date
    note: str = ""

    @property
    def words(self) -> str:
        """The days as a person says them: one, or one for each annex."""
        listed, product = day(self.listed), day(self.product)
        if listed == product:
            return say("from {day}", day=listed)
        return say("from {day} (Annex III), {product_day} (Annex I)", day=listed, product_day=product)


@dataclass(frozen=True, slots=True)
class Reference:
    """One identifier with its title, its source and the edition it belongs to."""

    source: str
    id: str
    title: str
    edition: str
    applies: Applies | None = None  # an article of the AI Act
    binds: tuple[str, ...] = ()  # whom it binds

    @property
    def words(self) -> str:
        """Its title, with the note where there is one."""
        return f"{term(self.title)} ({self.note})" if self.note else term(self.title)

    @property
    def note(self) -> str:
        """From when an article of the AI Act applies, and to whom (Art. 113); empty for all else."""
        if self.applies is None:
            return ""
        role = ", ".join(map(term, self.binds))
        return "; ".join(filter(None, (f"{role}: {self.applies.words}", term(self.applies.note))))

    @property
    def dated(self) -> str:
        """Its edition, and whether that is still in force."""
        edition, _, status = self.edition.rstrip(")").partition(" (")
        return f"{term(edition)} ({term(status)})" if status else term(edition)

    @property
    def label(self) -> str:
        """How a person writes it: A.8.2, clause 9.2, GDPR Art. 22, ML10:2023."""
        if self.source in ("gdpr", "eu_ai_act"):
            return say("{law} Art. {id}", law=term(SOURCES[self.source].label), id=self.id)
        if self.source == "owasp_aisvs":
            return f"AISVS {self.id}"
        if self.id[:1].isdigit():
            return say("clause {id}", id=self.id)
        return self.id


@lru_cache(maxsize=4)
def load(folder: Path) -> Mapping[str, Mapping[str, Reference]]:
    """All references in `folder` (checklists/reference), by source and id; raises BadChecklist if a file is missing."""
    statuses = {(row["document"], row["edition"]): row["status"] for row in rows(folder, "editions")}
    return {name: _read(folder, name, _edition(source, statuses)) for name, source in SOURCES.items()}


def _edition(source: Source, statuses: Mapping[tuple[str, str], str]) -> str:
    """The edition as a reader needs it, with what became of it: `2013 (withdrawn)`."""
    if source.listed not in statuses:
        raise BadChecklist(f"editions.csv: add a line for {' '.join(source.listed)}, which the checklists refer to.")
    status = statuses[source.listed]
    return source.edition if status in ("current", "in force") else f"{source.edition} ({status})"


def _read(folder: Path, name: str, edition: str) -> dict[str, Reference]:
    found: dict[str, Reference] = {}
    for file, id_column, title_column in SOURCES[name].files:
        for row in rows(folder, file):
            identifier = row[id_column]
            if identifier and not row.get("replaced_by"):
                found.setdefault(identifier, Reference(name, identifier, row[title_column], edition, *_applies(row)))
    return found


def applications(folder: Path) -> Mapping[str, Applies]:
    """From when each article of the AI Act applies, by its number."""
    return {row["article"]: _application(row) for row in rows(folder, "eu_ai_act_articles")}


def _application(row: Mapping[str, str]) -> Applies:
    listed, product = (date.fromisoformat(row[f"applies_from_annex_{annex}"]) for annex in ("iii", "i"))
    return Applies(listed, product, row["applies_note"])


def _applies(row: Mapping[str, str]) -> tuple[Applies | None, tuple[str, ...]]:
    """From when an article of the AI Act applies, and to whom; nothing for what has no such date."""
    if "applies_from_annex_iii" not in row:
        return None, ()
    return _application(row), tuple(BOUND.get(one, one) for one in row["addressee"].split(";"))


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    """The rows of `file`.csv in the reference folder, as text."""
    try:
        text = files.read_limited(folder / f"{file}.csv", MAX_BYTES).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))
    except (BadFile, UnicodeDecodeError, csv.Error) as error:
        raise BadChecklist(
            f"The reference file {file}.csv could not be read: {error} `workbook init` lays out a whole set."
        ) from error


def mentioned(text: str) -> frozenset[str]:
    """The controls and clauses of ISO/IEC 27001 that a text names: A.8.32, 9.2, 6.1.2."""
    return frozenset(_MENTION.findall(text))
