"""The forms' JavaScript as one module: its files stay apart for whoever reads, checks and tests them.

Each file becomes a function that gives what it exports, in the order in which they need each other, without its
comments. Only what our own files use is understood: `import { a, b } from "./x.js"` and `export` before a
function, class or const. What they say is English; for another language its words are put into say.js.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import get_args

from workbook.audience import AUDIENCES, CLASSIFICATIONS
from workbook.drawing import SampleResult
from workbook.language import ENGLISH, translated
from workbook.model import AUDIT_KINDS, Result, Role
from workbook.views.states import EVIDENCE, REVIEWS, TASKS

STATIC = Path(__file__).parent / "static"
ENTRY = "main"
_IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async function|function|class|const) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"/\*\*.*?\*/ ?|^[ ]*//[^\n]*\n|^\s*\n", re.MULTILINE | re.DOTALL)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_TEXT = r'"(?:[^"\\\n]|\\.)*"'
_TEXTS = rf"({_TEXT}(?:\s*\+\s*{_TEXT})*)"  # one after the other, put together with +
SAID = re.compile(rf"(?<![.\w])(?:say\(\s*{_TEXTS}\s*[,)]|sayMany\(\s*{_TEXTS},\s*{_TEXTS}\s*,)")
NO_WORDS, NO_LOCALES = "const WORDS = {};", "const LOCALES = [];"  # as they stand in say.js
# what is compared and recorded in English, and shown as a person reads it: what say.js calls a term
TERMS = (
    *map(str, (*Result, *Role)),
    *(*AUDIENCES, *AUDIT_KINDS, *CLASSIFICATIONS, *EVIDENCE, *filter(None, REVIEWS), *TASKS),
    *get_args(SampleResult.model_fields["result"].annotation),
)


@cache
def script(language: str) -> str:
    """All that a page needs, as the one module that its line brings, in the language of the page."""
    text = joined(STATIC, ENTRY)
    if language == ENGLISH:
        return text
    words = {said[0]: words for said in messages() if (words := translated(language, *said)) != list(said)}
    return text.replace(NO_WORDS, f"const WORDS = {_literal(words)};").replace(
        NO_LOCALES, f"const LOCALES = {_literal([language])};"
    )


@cache
def version(language: str) -> str:
    """Which modules these are: pages of several versions and languages may stand in one browser window."""
    return sha256(script(language).encode()).hexdigest()[:16]


def messages() -> Iterator[tuple[str, ...]]:
    """What the modules say: a text, or one and many, as a catalogue holds them."""
    for found in SAID.finditer(script(ENGLISH)):
        yield tuple("".join(map(json.loads, re.findall(_TEXT, texts))) for texts in found.groups() if texts)
    yield from ((word,) for word in TERMS)


def _literal(value: object) -> str:
    """A value as JavaScript, also where that stands in a page: no character of it ends a line or begins a tag."""
    return json.dumps(value).replace("<", "\\u003c")


@cache
def stub() -> str:
    """What every form brings itself: it takes the rest from the page."""
    return COMMENT.sub("", (STATIC / "form.js").read_text(encoding="utf-8"))


def joined(folder: Path, entry: str) -> str:
    """The module `entry` of `folder` with all that it imports; raises ValueError for what is not understood here."""
    found: dict[str, str] = {}
    _collect(folder, entry, found, ())
    last = found.pop(entry)
    return "\n".join([*(_wrapped(name, text) for name, text in found.items()), _IMPORT.sub(_taken, last)])


def _collect(folder: Path, name: str, found: dict[str, str], above: tuple[str, ...]) -> None:
    """The texts of `name` and of what it imports, those that are needed first in front."""
    if name in above:
        raise ValueError(f"{name}.js imports itself: {' → '.join([*above, name])}.")
    if name in found:
        return
    text = COMMENT.sub("", (folder / f"{name}.js").read_text(encoding="utf-8"))
    for match in _IMPORT.finditer(text):
        _collect(folder, match[2], found, (*above, name))
    found[name] = text


def _wrapped(name: str, text: str) -> str:
    exports = ", ".join(match[2] for match in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(_taken, text))
    if strange := _OTHER.search(body):
        raise ValueError(f"{name}.js, {strange[0]!r}: write imports and exports as the other files do.")
    return f"const _{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


def _taken(match: re.Match[str]) -> str:
    names = ", ".join(re.findall(r"\w+", match[1]))
    return f"const {{ {names} }} = _{match[2]};\n"
