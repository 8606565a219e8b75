"""The forms' JavaScript as one module: its files stay apart for whoever reads, checks and tests them.

Each file becomes a function that gives what it exports, in the order in which they need each other, without its
comments. Only what our own files use is understood: `import { a, b } from "./x.js"` and `export` before a
function, class or const.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ENTRY = "main"
_IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async function|function|class|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"/\*\*.*?\*/ ?|^[ ]*//[^\n]*\n|^\s*\n", re.MULTILINE | re.DOTALL)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@cache
def script() -> str:
    """All that a page needs, as the one module that its line brings."""
    return joined(STATIC, ENTRY)


@cache
def version() -> str:
    """Which modules these are: pages of several versions may stand in one browser window."""
    return sha256(script().encode()).hexdigest()[:16]


@cache
def stub() -> str:
    """What every form brings itself: it takes the rest from the page."""
    return _COMMENT.sub("", (STATIC / "form.js").read_text(encoding="utf-8"))


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
    text = _COMMENT.sub("", (folder / f"{name}.js").read_text(encoding="utf-8"))
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
