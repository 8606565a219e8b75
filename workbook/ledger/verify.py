"""Whether an engagement's chain is still what was recorded: every link, every hash, every column.

What this cannot see by itself: a tail that was cut off, and a chain that was rewritten and hashed anew. A head that was
printed elsewhere (the witness) shows both.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from workbook.errors import BadInput
from workbook.ledger.chain import FIRST_PREV, HEADER, moment_of, parse
from workbook.ledger.erasing import is_whole
from workbook.model import Head

WITNESS = re.compile(r"[0-9a-f]{16,64}")
Stored = Sequence[Any]  # what a database hands out of one revision: `seq`, then `chain.COLUMNS`
_header_of = itemgetter(*HEADER)
_TYPES = [int if name in ("number", "version") else str for name in HEADER]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: intact up to `head`, the first broken revision if there is one, and why.

    `witnessed` is the revision whose head was noted elsewhere: nobody vouches for what follows it.
    """

    ok: bool
    revisions: int
    head: Head
    broken_at: int | None
    reason: str
    witnessed: int | None = None


@dataclass(slots=True)
class Walk:
    """A walk along one engagement's revisions, oldest first; it ends at the first that is broken.

    `witness` is the beginning of a hash that was noted elsewhere, `noted` the head that this workspace saw, as the file
    `where` says; `left` what erasures left of revisions, by number.
    """

    witness: str = ""
    noted: Head = field(default_factory=Head)
    where: str = ""
    left: Mapping[int, str] = field(default_factory=dict)
    number: int = 0
    _hash: str = ""
    _at: str = ""
    _seq: int = 0
    _versions: dict[tuple[str, str], int] = field(default_factory=dict)
    _witnessed: int | None = None

    @property
    def head(self) -> Head:
        """The last revision that is as it was recorded."""
        return Head(self.number, self._hash, moment_of(self._at)) if self.number else Head()

    def along(self, revisions: Iterable[Stored]) -> Verdict:
        """The verdict over `revisions`."""
        for stored in revisions:
            if broken := self.take(stored):
                return broken
        return self.verdict()

    def take(self, stored: Stored) -> Verdict | None:
        """One step further; the verdict if `stored`, or what should stand before it, is broken."""
        seq, *header, payload, prev, digest = stored
        problem = self._misplaced(header[2], payload, prev, digest) or self._difference(header, payload)
        _, _, number, kind, key, version, actor, _, at = header
        if not problem and version != self._versions.get((kind, key), 0) + 1:
            problem = f"was altered: version {version} of it does not follow the version before"
        if not problem and (type(seq) is not int or seq <= self._seq):
            problem = "was moved: it was recorded before the one that it follows"
        if problem:
            return self.broken(f"{problem} ({kind} {key}, saved by {actor} at {at}).")
        self.number, self._hash, self._at, self._seq = number, digest, at, seq
        self._versions[kind, key] = version
        if self.witness and digest.startswith(self.witness):
            self._witnessed = number
        return None

    def broken(self, problem: str) -> Verdict:
        """The verdict that the next revision is broken, with what is to follow its number."""
        number = self.number + 1
        return Verdict(False, self.number, self.head, number, f"Revision {number} {problem}")

    def _misplaced(self, number: Any, payload: Any, prev: Any, hash: Any) -> str:
        """What is wrong with a revision's place and bytes, to follow "Revision n"; empty if nothing is."""
        if number != self.number + 1 or type(number) is not int:
            return f"is missing or was renumbered; where it belongs stands one numbered {number!r}"
        if type(payload) is not bytes or type(prev) is not str:
            return "was altered: it is stored in another form than it was written"
        if not is_whole(number, prev, payload, hash, self.left):
            by = "the erasure of a text in it" if number in self.left else "it"
            return f"was altered: its content does not have the hash that was recorded with {by}"
        if prev != (self._hash or FIRST_PREV):
            return "does not follow the one before: the link between them was altered"
        if number == self.noted.number and hash != self.noted.hash:
            return f"is another one than this workspace saw ({self.where}): the ledger was rewritten or exchanged"
        return ""

    def _difference(self, header: list[Any], payload: bytes) -> str:
        """What beside the content of a revision is not what stands in it, to follow "Revision n"."""
        try:
            held = parse(payload)
            found = [*_header_of(held)]
            moment_of(found[-1])
            body = held["body"]
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return "was altered: its content cannot be read"
        if found != header or [*map(type, found)] != _TYPES or type(header[5]) is not int:  # 1 equals 1.0 and true
            differing = [n for n, one, other in zip(HEADER, found, header, strict=True) if not _same(one, other)]
            return f"was altered: {' and '.join(differing) or 'what stands'} beside it differ from what was hashed"
        if len(held) != len(HEADER) + 1 or not isinstance(body, dict | None):
            return "was altered: it holds more or less than a revision does"
        return ""

    def verdict(self) -> Verdict:
        """The verdict at the end of the chain."""
        count = self.number
        if count < self.noted.number:
            return self.broken(
                f"is missing, and all up to {self.noted.number}, which this workspace saw: the end of the ledger was "
                f"cut off, or an older copy was put in its place. (If you put a backup back, remove {self.where}.)"
            )
        if self.witness and self._witnessed is None:
            reason = (
                f"No revision has the hash {self.witness}, which was noted elsewhere: the end of the ledger was cut "
                "off, the ledger was rewritten, or an older copy was put in its place."
            )
            return Verdict(False, count, self.head, None, reason)
        reason = f"All {count} revisions are as they were recorded.{self._vouched(count)}"
        return Verdict(True, count, self.head, None, reason, self._witnessed)

    def _vouched(self, count: int) -> str:
        """How far the witness vouches, as a sentence."""
        if self._witnessed is None:
            return ""
        if self._witnessed == count:
            return " The head noted elsewhere is the newest: it vouches for all of them."
        return (
            f" The head noted elsewhere is that of revision {self._witnessed}: it vouches for all up to there, and "
            f"says nothing of the {count - self._witnessed} since."
        )


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def clean_witness(witness: str | None) -> str:
    """The hash, or its beginning, that was noted elsewhere; raises BadInput if it is none or too short."""
    text = re.sub(r"[\s…]", "", (witness or "").lower())
    if text and not WITNESS.fullmatch(text):
        raise BadInput(f"{witness!r} is not the hash of a revision: give at least its first 16 digits (0-9, a-f).")
    return text


def with_damage(verdict: Verdict, damage: str) -> Verdict:
    """`verdict`, turned to not ok if the database itself has `damage`."""
    return replace(verdict, ok=False, reason=damage) if damage else verdict
