"""The own look of reports: words, colours, typeface, words for classifications and a logo, from the folder branding/.

`branding.yaml` and `logo.svg` or `logo.png` in it are data that somebody else wrote. They choose how a page is framed,
and never what it says: states keep their colours and signs, and a classification always shows our own word as well.
A colour in which text could not be read is refused, with the nearest one in which it can.
"""

import json
import os
import re
import stat
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbook import files, logos, paths, yamlfile
from workbook.audience import CLASSIFICATIONS
from workbook.colours import ENOUGH, Colour, as_hex, least_contrast, nearest_readable, parse_colour
from workbook.errors import BadInput, Unknown
from workbook.language import ENGLISH, LANGUAGES, term, translated
from workbook.model import check_text
from workbook.words import folded, visible

FILE, LOGOS = "branding.yaml", ("logo.svg", "logo.png")
WORDS = {"name": 60, "line": 100, "alt": 100, "contact": 120, "footer": 300}  # fields, and how long they may be
LONGEST_MARK, LONGEST_NAME = 60, 80
MODES = ("light", "dark")
FONTS = {
    "sans-serif": "sans-serif", "serif": "serif", "monospace": "monospace", "system-ui": "system-ui, sans-serif",
    "Arial": "Arial, Helvetica, sans-serif", "Calibri": "Calibri, Carlito, sans-serif",
    "Cambria": "Cambria, Caladea, serif", "Georgia": "Georgia, serif",
    "Helvetica": "Helvetica, Arial, sans-serif", "Segoe UI": '"Segoe UI", sans-serif',
    "Tahoma": "Tahoma, Verdana, sans-serif", "Times New Roman": '"Times New Roman", Times, serif',
    "Trebuchet MS": '"Trebuchet MS", sans-serif', "Verdana": "Verdana, sans-serif",
}  # fmt: skip
# what a page says of itself, and nobody else for it
_OURS = re.compile(
    r"\b(?:working copy|(?:not )?issued|confidential|(?:internal|auditor|customer) edition"
    r"|arbeitskopie|(?:nicht )?herausgegeben|vertraulich|(?:interne )?fassung)\b"
)
_GROUND = re.compile(r"--(?:bg|card|soft|\w+bg): light-dark\((#\w+), (#\w+)\)")


@dataclass(frozen=True, slots=True)
class Branding:
    """The own look as plain values: empty words, colours and marks are those that a report has without it.

    `colours` are the accent by mode, as #rrggbb; `marks` the words for classifications; `logos` are pictures as they
    may stand in a page, by the name of the file.
    """

    name: str = ""
    line: str = ""
    alt: str = ""
    contact: str = ""
    footer: str = ""
    font: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    logos: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it: which look a report was made with."""
        return sha256(json.dumps(asdict(self), sort_keys=True, default=bytes.hex).encode()).hexdigest()

    @property
    def called(self) -> str:
        """Whose look it is, in words; empty where none of them says so."""
        return self.name or self.alt

    @property
    def picture(self) -> str:
        """The logo as an address that holds it; empty for none."""
        kinds = {"logo.svg": "svg+xml", "logo.png": "png"}
        found = next((name for name in LOGOS if name in self.logos), "")
        return f"data:image/{kinds[found]};base64,{b64encode(self.logos[found]).decode()}" if found else ""

    def marked(self, classification: str) -> str:
        """A classification in the words of this look, with our own word, which no reader is to miss; empty for none."""
        says, ours = self.marks.get(classification, ""), term(classification)
        return f"{says} ({ours})" if says and folded(ours) not in map(folded, says.split("/")) else says


def read_branding(folder: Path | None = None) -> Branding | None:
    """The look in `folder`, by default where `paths.branding` says; None where there is none, or all of it is empty.

    Raises BadInput, naming file, line and field.
    """
    place = paths.branding() if folder is None else folder
    if not files.is_folder(place):
        if os.environ.get("WORKBOOK_BRANDING", "").strip():
            raise BadInput(f"WORKBOOK_BRANDING names {files.printable(place)}, which is not there. Name another one.")
        return None
    _refuse_others(place)
    pictures = {name: _logo(place / name) for name in LOGOS if files.mode_of(place / name)}
    path = place / FILE
    document = yamlfile.read(_own(path)) if files.mode_of(path) else yamlfile.Document(path, None, b"")
    found = _Reader(document).read(pictures)
    return None if found == Branding() else found


def _refuse_others(folder: Path) -> None:
    """Raise BadInput for a file that somebody will have meant and we do not read."""
    try:
        there = sorted(folder.iterdir())
    except OSError as error:
        raise BadInput(f"{files.printable(folder)} cannot be looked into: {error.strerror}.") from None
    for path in there:
        if path.stem.lower() in ("branding", "logo") and path.name not in (FILE, *LOGOS):
            wanted = FILE if path.stem.lower() == "branding" else " or ".join(LOGOS)
            raise BadInput(f"{files.printable(path)} is not read; save it as {wanted}.")


def _own(path: Path) -> Path:
    """`path`, if it is a file of this folder and does not lead out of it; raises BadInput."""
    if stat.S_ISLNK(files.mode_of(path)):
        raise BadInput(f"{files.printable(path)} is a symbolic link; put the file itself into the folder.")
    return path


def _logo(path: Path) -> bytes:
    content = files.read_limited(_own(path), logos.MAX_BYTES, "Each page carries it; save it smaller.")
    return logos.clean(path, content)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one branding.yaml, field by field."""

    document: yamlfile.Document

    def read(self, pictures: Mapping[str, bytes]) -> Branding:
        data = {} if self.document.data is None else self.document.data
        given = self.known((), data, (*WORDS, "font", "colours", "marks"))
        found = Branding(
            **{name: self.words((name,), given.get(name), longest) for name, longest in WORDS.items()},
            font=self.font(given.get("font")),
            colours=self.colours(given.get("colours")),
            marks=self.marks(given.get("marks")),
            logos=pictures,
        )
        if found.picture and not found.called:
            raise self.wrong((), "`name` or `alt` is missing: who does not see the logo needs words for it.")
        return found

    def wrong(self, where: tuple[str, ...], what: str) -> BadInput:
        """What is wrong with a field, as an error that says where it stands."""
        named = f", field {visible('.'.join(where))[:LONGEST_NAME]}" if where else ""
        return BadInput(f"{self.document.path.name}, line {self.document.line(where)}{named}: {what}", ".".join(where))

    def known(self, where: tuple[str, ...], data: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
        """`data` as a mapping of which each key is one of `names`."""
        if not isinstance(data, dict):
            raise self.wrong(where, f"expected fields, as in `{names[0]}: …`; known here are {', '.join(names)}.")
        for key in data:
            if key not in names:
                raise self.wrong((*where, key), str(Unknown("field", key[:60], names)))
        return data

    def words(self, where: tuple[str, ...], value: Any, longest: int) -> str:
        """Words on one line; those by which a page says what it is are not for others to say."""
        text = self.text(where, value, longest)
        if text and (found := _OURS.search(folded(text))):
            raise self.wrong(
                where,
                f"{found[0]!r} is what a report says of itself, as it is; leave it out here. "
                "How an issued one is marked stands under `marks`.",
            )
        return text

    def text(self, where: tuple[str, ...], value: Any, longest: int) -> str:
        """Plain words on one line; empty where nothing stands."""
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(where, f"{value!r} is not text; put it in quotes."[:300])
        text = " ".join(value.split())
        try:
            check_text(text)
        except ValueError as error:
            raise self.wrong(where, f"it {error}.") from None
        if visible(text) != text:
            raise self.wrong(where, "it holds a sign that nobody sees; type it again.")
        if len(text) > longest:
            raise self.wrong(where, f"it has {len(text)} characters, and {longest} have room; shorten it.")
        return text

    def font(self, value: Any) -> str:
        """The name of a typeface that is on the list."""
        name = self.text(("font",), value, LONGEST_MARK)
        if name and name not in FONTS:
            raise self.wrong(("font",), str(Unknown("font", name, FONTS, "A page loads none from elsewhere.")))
        return name

    def colours(self, value: Any) -> dict[str, str]:
        """The accent by mode; where it is given for one alone, the nearest that can be read in the other."""
        if value is None:
            return {}
        given = self.known(("colours",), value, MODES)
        found = {mode: self.colour(mode, given[mode]) for mode in MODES if mode in given}
        for mode, other in zip(MODES, reversed(MODES), strict=True):
            if mode not in found and other in found:
                found[mode] = nearest_readable(found[other], grounds(mode))
        return {mode: as_hex(found[mode]) for mode in MODES if mode in found}

    def colour(self, mode: str, value: Any) -> Colour:
        """A colour in which text can be read on each ground that a page has in this mode."""
        where = ("colours", mode)
        if value is None:
            raise self.wrong(where, 'no colour stands here; one that begins with # needs quotes: "#0a5f8a".')
        try:
            colour = parse_colour(value if isinstance(value, str) else "")
        except ValueError:
            shown = str(value)[:60]
            raise self.wrong(where, f'{shown!r} is no colour; write it as "#0a5f8a" or rgb(10, 95, 138).') from None
        reached = least_contrast(colour, grounds(mode))
        if reached < ENOUGH:
            near = as_hex(nearest_readable(colour, grounds(mode)))
            raise self.wrong(
                where,
                f"{value} has a contrast of {reached:.1f} to the grounds of a page when it is {mode}, and text needs "
                f'{ENOUGH} to be read; the nearest that has it is "{near}".',
            )
        return colour

    def marks(self, value: Any) -> dict[str, str]:
        """Words for classifications, none of which speaks of another one."""
        if value is None:
            return {}
        given = self.known(("marks",), value, CLASSIFICATIONS)
        found = {name: self.text(("marks", name), says, LONGEST_MARK) for name, says in given.items()}
        for name, says in found.items():
            own = _called(name)
            for other in CLASSIFICATIONS:
                named = (word for word in _called(other) if not any(word in mine for mine in own))
                if other not in name and any(re.search(rf"\b{word}\b", folded(says)) for word in named):
                    raise self.wrong(("marks", name), f"{says!r} names another classification, {other}; leave it out.")
        return {name: says for name, says in found.items() if says}


def _called(classification: str) -> list[str]:
    """A classification in every language."""
    others = (name for name in LANGUAGES if name != ENGLISH)
    return [classification, *(folded(translated(name, classification)[0]) for name in others)]


@cache
def grounds(mode: str) -> tuple[Colour, ...]:
    """The colours on which a page has text, when it is light or dark, as its style sheet has them."""
    style = (paths.PACKAGE / "views" / "style.css").read_text(encoding="utf-8")
    return tuple(parse_colour(found[MODES.index(mode)]) for found in _GROUND.findall(style))
