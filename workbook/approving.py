"""What of the management system is approved in versions, and the fingerprint of what such an approval speaks of.

The rules call it when an approval is saved, the analysis when it is read, so that both mean the same. A subject that
`STATES` does not name, or whose rows are not there, has no state: nothing of it can be approved yet.
"""

from collections.abc import Callable, Iterable, Mapping

from workbook.judging import Values, fingerprint, plain
from workbook.model import Engagement
from workbook.record import Row
from workbook.words import natural

RowsOf = Callable[[str], Mapping[str, Values]]  # the rows of a register by their keys, or the facts of `engagement`
APPROVAL = ("subject", "version", "approved_by", "approved_on")
NO_APPROVERS = frozenset({"auditor", "preparer"})  # parts in the audit that approve nothing by themselves

# what an approval of the Statement of Applicability speaks of (clause 6.1.3 d); who owns a control may change
APPLICABILITY = ("applicable", "reason", "statement")


def rows_state(rows: Mapping[str, Values], columns: Iterable[str]) -> str:
    """A fingerprint of these columns of all rows, whatever their order; empty where there is no row."""
    names = tuple(columns)
    facts = [[key, *(plain(rows[key].get(name)) for name in names)] for key in sorted(rows, key=natural)]
    return fingerprint(facts) if facts else ""


def _applicability_state(rows_of: RowsOf) -> str:
    return rows_state(rows_of("controls"), APPLICABILITY)


# what can be approved, by the choices of the column `subject` of the approvals
STATES: Mapping[str, Callable[[RowsOf], str]] = {
    "Statement of Applicability": _applicability_state,
}


def state_of(subject: str, rows_of: RowsOf) -> str:
    """The fingerprint of what an approval of `subject` would speak of now; empty for what is not held yet."""
    found = STATES.get(subject)
    return found(rows_of) if found else ""


def rows_of(engagement: Engagement, rows: Mapping[str, tuple[Row, ...]], kind: str) -> Mapping[str, Values]:
    """The columns of the rows of a register by their keys, of all systems; the facts of the `engagement` as one row."""
    if kind == "engagement":
        return {kind: engagement.body()}
    return {row.key: row.values for row in rows.get(kind, ())}


def may_approve(parts: Iterable[str]) -> bool:
    """Whether somebody with these parts in the audit may approve: with one that neither audits nor prepares."""
    return bool(set(parts) - NO_APPROVERS)
