"""Whether an engagement's chain is still what was recorded: every link, every hash, every column.

What this cannot see by itself: a tail that was cut off, and a chain that was rewritten and hashed anew. A head that was
printed elsewhere (the witness) shows both.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from workbook.errors import BadInput
from workbook.ledger.chain import FIRST_PREV, HEADER, StoredRevision, digest, moment_of
from workbook.model import Head

WITNESS = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: intact up to `head`, the first broken revision if there is one, and why."""

    ok: bool
    revisions: int
    head: Head
    broken_at: int | None
    reason: str


@dataclass(slots=True)
class Walk:
    """A walk along one engagement's revisions, oldest first; it ends at the first that is broken."""

    witness: str = ""
    head: Head = field(default_factory=Head)
    _seq: int = 0
    _versions: dict[tuple[str, str], int] = field(default_factory=dict)
    _witnessed: bool = False

    def along(self, revisions: Iterable[StoredRevision]) -> Verdict:
        """The verdict over `revisions`."""
        for stored in revisions:
            if problem := self._problem(stored):
                return self.broken(stored, problem)
            self._step(stored)
        return self._verdict()

    def broken(self, stored: StoredRevision, problem: str) -> Verdict:
        """The verdict that `stored`, or what should stand before it, is broken."""
        number = self.head.number + 1
        what = f"{stored['kind']} {stored['key']}, saved by {stored['actor']} at {stored['at']}"
        return Verdict(False, self.head.number, self.head, number, f"Revision {number} {problem} ({what}).")

    def _problem(self, stored: StoredRevision) -> str:
        """What is wrong with `stored`, to follow "Revision n"; empty if nothing is."""
        if stored["number"] != self.head.number + 1 or type(stored["number"]) is not int:
            return f"is missing or was renumbered; where it belongs stands one numbered {stored['number']!r}"
        if type(stored["payload"]) is not bytes or type(stored["prev"]) is not str:
            return "was altered: it is stored in another form than it was written"
        if digest(stored["prev"], stored["payload"]) != stored["hash"]:
            return "was altered: its content does not have the hash that was recorded with it"
        if stored["prev"] != (self.head.hash or FIRST_PREV):
            return "does not follow the one before: the link between them was altered"
        return self._difference(stored)

    def _difference(self, stored: StoredRevision) -> str:
        try:
            payload = json.loads(stored["payload"])
            differing = [name for name in HEADER if not _same(payload[name], stored[name])]
            moment_of(payload["at"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return "was altered: its content cannot be read"
        if differing:
            return f"was altered: {' and '.join(differing)} beside it differ from what was hashed"
        if set(payload) != {*HEADER, "body"}:
            return "was altered: it holds more or less than a revision does"
        if stored["version"] != self._versions.get((stored["kind"], stored["key"]), 0) + 1:
            return f"was altered: version {stored['version']} of it does not follow the version before"
        if stored["seq"] <= self._seq:
            return "was moved: it was recorded before the one that it follows"
        return ""

    def _step(self, stored: StoredRevision) -> None:
        self.head = Head(stored["number"], stored["hash"], moment_of(stored["at"]))
        self._seq = stored["seq"]
        self._versions[stored["kind"], stored["key"]] = stored["version"]
        self._witnessed |= bool(self.witness) and stored["hash"].startswith(self.witness)

    def _verdict(self) -> Verdict:
        count = self.head.number
        if self.witness and not self._witnessed:
            reason = (
                f"No revision has the hash {self.witness}, which was noted elsewhere: the end of the ledger was cut "
                "off, the ledger was rewritten, or an older copy was put in its place."
            )
            return Verdict(False, count, self.head, None, reason)
        return Verdict(True, count, self.head, None, f"All {count} revisions are as they were recorded.")


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
