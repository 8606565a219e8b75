"""Ids as people write them: which one is meant, whatever its case or the title behind it; and lists of them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches

from workbook.errors import BadInput, Unknown
from workbook.words import folded

# a control of Annex A as A.5.15, A5.15, "A 8.2", A.8.04, in the numbering of ISO/IEC 27002 (5.15), after the standard
_CONTROL = re.compile(
    r"(?P<standard>(?:iso(?:/iec)? ?)?2700[12](?::2022)?[ ,:]*)?(?:annex )?(?:control )?(?P<letter>a)?[ .]?"
    r"0?(?P<theme>[5-8])\.0*(?P<number>[1-9][0-9]?)(?:[ :.)-]+(?P<title>.*))?"
)
_OLD_CONTROL = re.compile(r"(?:iso(?:/iec)? ?)?(?:27001(?::2013)?[ ,:]*)?a?[ .]?0*([0-9]+)\.0*([0-9]+)\.0*([0-9]+)\b.*")
_SAYS_MORE = re.compile(r"[0-9,;|]|\b(?:no|not|none|n/a|excluded|except|without|nicht|kein|keine|ohne)\b")
_LINES = re.compile(r"[;|\r\n]+")
_LONGEST = 8  # so many parts between commas may be one name


class Ids(Collection[str]):
    """Ids that there are, to be found as people write them.

    `titles` are what may stand behind an id; `why_not` says of ids that are none what a person has to know of them.
    """

    def __init__(
        self, ids: Iterable[str] = (), titles: Mapping[str, str] | None = None, why_not: Mapping[str, str] | None = None
    ) -> None:
        self._ids: dict[str, None] = {}
        self._by_folded: dict[str, dict[str, None]] = {}
        self._titles, self._why_not = titles or {}, {folded(old): says for old, says in (why_not or {}).items()}
        for one in ids:
            self.add(one)

    def __contains__(self, one: object) -> bool:
        return one in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, one: str) -> None:
        """Count `one` among the ids."""
        self._ids[one] = None
        self._by_folded.setdefault(folded(one), {})[one] = None

    def discard(self, one: str) -> None:
        """Count `one` no longer."""
        self._ids.pop(one, None)
        self._by_folded.get(folded(one), {}).pop(one, None)

    def find(self, text: str) -> str | None:
        """The id that `text` means; None for none, and for what differs from two of them in its case alone."""
        if text in self._ids:
            return text
        plain = folded(text)
        same = self._by_folded.get(plain) or self._by_folded.get(self._control(plain.replace("–", "-"))) or {}
        return next(iter(same)) if len(same) == 1 else None

    def _control(self, plain: str) -> str:
        """The id of the control that `plain` names, in lower case; empty where it names none, or says more of it."""
        found = _CONTROL.fullmatch(plain)
        if found is None or (found["letter"] is None and "27001" in (found["standard"] or "")):  # that is a clause
            return ""
        control, title = f"a.{found['theme']}.{found['number']}", found["title"] or ""
        known = folded(self._titles.get(control.upper(), ""))
        return control if title == known or not _SAYS_MORE.search(title) else ""

    def others(self, one: str) -> list[str]:
        """The ids that differ from `one` only in their case, spaces or composed letters."""
        return [other for other in self._by_folded.get(folded(one), ()) if other != one]

    def unknown(self, what: str, text: str, field: str = "") -> BadInput:
        """The error that says why `text` is no id of `what`."""
        old = _OLD_CONTROL.fullmatch(folded(text))
        for plain in (folded(text), f"a.{old[1]}.{old[2]}.{old[3]}" if old else ""):
            if plain in self._why_not:
                return BadInput(f"{text!r} {self._why_not[plain]}", field)
        return Unknown(what, text, self._called(text), field=field)

    def _called(self, text: str) -> Iterable[str]:
        """What to tell of the ids to somebody who wrote `text`: those that are near, else each with its title."""
        titles = {one: self._titles[one] for one in self if self._titles.get(one)}
        near = get_close_matches(text, [*self, *titles.values()], n=3, cutoff=0.5)
        return near or [f"{one} {titles.get(one, '')}".strip() for one in self]


def listed(text: str, find: Callable[[str], str | None]) -> list[str]:
    """What a list in one text names, split at semicolons, commas, line ends and bars; `find` gives the id of a name.

    A name that holds a comma is looked up whole before it is split. What `find` does not know stays as it is written.
    """
    whole = find(text.strip())
    if whole is not None:
        return [whole]
    found = [name for part in _LINES.split(text) for name in _runs(part.split(","), find)]
    return list(dict.fromkeys(found))


def _runs(parts: list[str], find: Callable[[str], str | None]) -> Iterator[str]:
    """The names in parts between commas, the longest that is known first."""
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + _LONGEST), at, -1):
            name = ",".join(parts[at:end]).strip().removeprefix("- ").strip(" \t•·*")
            known = find(name)
            if known is not None or end == at + 1:
                break
        if known or name:
            yield known or name
        at = end
