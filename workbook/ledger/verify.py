"""Whether an engagement's chain is still what was recorded: every link, every hash, every column.

What this cannot see by itself: a tail that was cut off, and a chain that was rewritten and hashed anew. A head that was
printed elsewhere (the witness) shows both.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from workbook.errors import BadInput
from workbook.ledger.chain import FIRST_PREV, TOLD, Row, digest, moment_of
from workbook.model import Head

WITNESS = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: the intact part up to `head`, the first broken revision if there is one, and why."""

    ok: bool
    revisions: int
    head: Head
    broken_at: int | None
    reason: str


@dataclass(slots=True)
class Walk:
    """A walk along one engagement's rows, oldest first; it ends at the first that is broken."""

    witness: str = ""
    head: Head = field(default_factory=Head)
    _seq: int = 0
    _versions: dict[tuple[str, str], int] = field(default_factory=dict)
    _witnessed: bool = False

    def along(self, rows: Iterable[Row]) -> Verdict:
        """The verdict over `rows`."""
        for row in rows:
            if problem := self._problem(row):
                return self.broken(row, problem)
            self._step(row)
        return self._verdict()

    def broken(self, row: Row, problem: str) -> Verdict:
        """The verdict that `row`, or what should stand before it, is broken."""
        number = self.head.number + 1
        said = f"{row['kind']} {row['key']}, saved by {row['actor']} at {row['at']}"
        return Verdict(False, self.head.number, self.head, number, f"Revision {number} {problem} ({said}).")

    def _problem(self, row: Row) -> str:
        """What is wrong with `row`, to follow "Revision n"; empty if nothing is."""
        if row["number"] != self.head.number + 1 or type(row["number"]) is not int:
            return f"is missing or was renumbered; where it belongs stands one numbered {row['number']!r}"
        if type(row["payload"]) is not bytes or type(row["prev"]) is not str:
            return "was altered: it is stored in another form than it was written"
        if digest(row["prev"], row["payload"]) != row["hash"]:
            return "was altered: its content does not have the hash that was recorded with it"
        if row["prev"] != (self.head.hash or FIRST_PREV):
            return "does not follow the one before: the link between them was altered"
        return self._untrue(row)

    def _untrue(self, row: Row) -> str:
        try:
            said = json.loads(row["payload"])
            differing = [name for name in TOLD if said[name] != row[name] or type(said[name]) is not type(row[name])]
            moment_of(said["at"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return "was altered: its content cannot be read"
        if differing:
            return f"was altered: {' and '.join(differing)} beside it differ from what was hashed"
        if set(said) != {*TOLD, "body"}:
            return "was altered: it holds more or less than a revision does"
        if row["version"] != self._versions.get((row["kind"], row["key"]), 0) + 1:
            return f"was altered: version {row['version']} of it does not follow the version before"
        if row["seq"] <= self._seq:
            return "was moved: it was recorded before the one that it follows"
        return ""

    def _step(self, row: Row) -> None:
        self.head = Head(row["number"], row["hash"], moment_of(row["at"]))
        self._seq = row["seq"]
        self._versions[row["kind"], row["key"]] = row["version"]
        self._witnessed |= bool(self.witness) and row["hash"].startswith(self.witness)

    def _verdict(self) -> Verdict:
        count = self.head.number
        if self.witness and not self._witnessed:
            reason = (
                f"No revision has the hash {self.witness}, which was noted elsewhere: the end of the record was cut "
                "off, the record was rewritten, or an older copy was put in its place."
            )
            return Verdict(False, count, self.head, None, reason)
        return Verdict(True, count, self.head, None, f"All {count} revisions are as they were recorded.")


def cleaned(witness: str | None) -> str:
    """The hash, or its beginning, that was noted elsewhere; raises BadInput if it is none or too short."""
    text = re.sub(r"[\s…]", "", (witness or "").lower())
    if text and not WITNESS.fullmatch(text):
        raise BadInput(f"{witness!r} is not the hash of a revision: give at least its first 16 digits (0-9, a-f).")
    return text


def with_trouble(verdict: Verdict, trouble: str) -> Verdict:
    """`verdict`, turned to not ok if `trouble` was found with the database itself."""
    return replace(verdict, ok=False, reason=trouble) if trouble else verdict
