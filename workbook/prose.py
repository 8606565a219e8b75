"""The prose of notebooks, which are laid out in one language and read in another: its texts, part by part."""

import json
from collections.abc import Mapping
from typing import Any

from workbook.language import ENGLISH, LANGUAGES, original, say, speaking, term

SHOWN = 2  # paragraphs of the text that a notebook opens with; the others speak to whoever fills it in
LAID_OUT = "ml-audit-workbook"  # in the metadata of a notebook: in which language its prose is


def parts(text: str) -> list[str]:
    """What of a text a catalogue holds as one: an opening as readers see it, and what follows; all of any other."""
    paragraphs = text.split("\n\n")
    if not text.startswith("# ") or len(paragraphs) <= SHOWN:
        return [text]
    return ["\n\n".join(paragraphs[:SHOWN]), "\n\n".join(paragraphs[SHOWN:])]


def laid_out(notebook: bytes, language: str) -> bytes:
    """A notebook of ours with its prose in `language`; its code and its ids stay."""
    if language == ENGLISH:
        return notebook
    content: dict[str, Any] = json.loads(notebook)
    content["metadata"][LAID_OUT] = {"language": language}
    with speaking(language):
        for cell in content["cells"]:
            if cell["cell_type"] == "markdown":
                said = "\n\n".join(map(say, parts("".join(cell["source"]))))
                cell["source"] = said.splitlines(keepends=True)
    return f"{json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def in_english(text: str, metadata: Mapping[str, Any]) -> str:
    """A part of a notebook's prose as a catalogue knows it; as it is where somebody wrote it."""
    about = metadata.get(LAID_OUT)
    language = str(about.get("language")) if isinstance(about, dict) else ENGLISH
    ours = language in LANGUAGES and language != ENGLISH and _may_be_ours(text)
    return original(text, language) if ours else text


def read(text: str) -> str:
    """A part of a notebook's prose in the language that is spoken; a word that somebody wrote there stays theirs."""
    return term(text) if _may_be_ours(text) else text


def _may_be_ours(text: str) -> bool:
    """Whether it is a heading or a sentence, as all our prose is, and no mere word, which a catalogue holds as well."""
    return text.startswith("#") or text.endswith(".")
