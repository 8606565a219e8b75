"""What of the management system is approved in versions, and the fingerprint of what such an approval speaks of.

The rules call it when an approval is saved, the analysis when it is read, so that both mean the same. A subject that
`STATES` does not name, or whose rows are not there, has no state: nothing of it can be approved yet.
"""

from collections.abc import Callable, Iterable, Mapping

from workbook.judging import Values, fingerprint, plain
from workbook.model import Engagement
from workbook.record import Row
from workbook.registers import says_nothing
from workbook.risk_method import REGISTERS, method_state, plan_state, read_method
from workbook.words import natural

RowsOf = Callable[[str], Mapping[str, Values]]  # the rows of a register by their keys, or the facts of `engagement`
APPROVAL = ("subject", "version", "approved_by", "approved_on")
NO_APPROVERS = frozenset({"auditor", "preparer"})  # parts in the audit that approve nothing by themselves

# what an approval of the Statement of Applicability speaks of (clause 6.1.3 d); who owns a control may change
APPLICABILITY = ("applicable", "reason", "statement", "stated_status", "status_reason")
# of objectives: what is to be reached, not where it stands today (clause 6.2)
OBJECTIVE = ("name", "measure", "unit", "direction", "target", "means", "owner", "due")
# of a management review and of what it decided: not how far that is carried out (clause 9.3.3)
REVIEW = ("held_on", "chair", "participants", "audits", "conclusion", "remarks")
DECISION = ("name", "review", "kind", "action", "owner", "due")


def rows_state(rows: Mapping[str, Values], columns: Iterable[str]) -> str:
    """A fingerprint of these columns of all rows, whatever their order; empty where there is no row."""
    names = tuple(columns)
    facts = [[key, *(plain(rows[key].get(name)) for name in names)] for key in sorted(rows, key=natural)]
    return fingerprint(facts) if facts else ""


# what an approval of the audit programme speaks of (clause 9.2.2); that an audit was held is no change of it
PROGRAMME = ("name", "planned_from", "planned_to", "controls", "clauses", "systems", "objective", "criteria", "lead")


def _applicability_state(rows_of: RowsOf) -> str:
    return rows_state(rows_of("controls"), APPLICABILITY)


def _objectives_state(rows_of: RowsOf) -> str:
    return rows_state(rows_of("objectives"), OBJECTIVE)


def _scope_state(rows_of: RowsOf) -> str:
    """Of the scope in words and of the systems it names; empty while nobody wrote it down (clause 4.3)."""
    scope = rows_of("engagement").get("engagement", {}).get("scope")
    systems = rows_of("systems")
    return "" if says_nothing(scope) else fingerprint([plain(scope), rows_state(systems, ("name",))])


def _review_state(rows_of: RowsOf) -> str:
    """Of the newest review that was held, with its decisions: the next one is approved anew (clause 9.3.3)."""
    held = {key: row for key, row in rows_of("management_reviews").items() if row.get("held_on")}
    if not held:
        return ""
    newest = max(held, key=lambda key: (held[key]["held_on"], natural(key)))
    decided = {key: row for key, row in rows_of("decisions").items() if row.get("review") == newest}
    return fingerprint([rows_state({newest: held[newest]}, REVIEW), rows_state(decided, DECISION)])


def _method_state(rows_of: RowsOf) -> str:
    return method_state({name: rows_of(name).values() for name in REGISTERS})


def _method_faults(rows_of: RowsOf) -> tuple[str, ...]:
    return read_method({name: list(rows_of(name).values()) for name in REGISTERS}).faults


def _plan_state(rows_of: RowsOf) -> str:
    return plan_state(rows_of("risks"))


# what can be approved, by the choices of the column `subject` of the approvals
STATES: Mapping[str, Callable[[RowsOf], str]] = {
    "Statement of Applicability": _applicability_state,
    "information security objectives": _objectives_state,
    "management review record": _review_state,
    "scope statement": _scope_state,
    "risk method": _method_state,
    "risk treatment plan": _plan_state,
    "audit programme": lambda rows_of: rows_state(rows_of("programme"), PROGRAMME),
}


def state_of(subject: str, rows_of: RowsOf) -> str:
    """The fingerprint of what an approval of `subject` would speak of now; empty for what is not held yet."""
    found = STATES.get(subject)
    return found(rows_of) if found else ""


# why what stands cannot be approved, whoever wants to
FAULTS: Mapping[str, Callable[[RowsOf], tuple[str, ...]]] = {"risk method": _method_faults}


def faults_of(subject: str, rows_of: RowsOf) -> tuple[str, ...]:
    """What keeps `subject` as it stands from being approved, in words; nothing for what can be."""
    found = FAULTS.get(subject)
    return found(rows_of) if found else ()


def rows_of(engagement: Engagement, rows: Mapping[str, tuple[Row, ...]], kind: str) -> Mapping[str, Values]:
    """The columns of the rows of a register by their keys, of all systems; the facts of the `engagement` as one row."""
    if kind == "engagement":
        return {kind: engagement.body()}
    return {row.key: row.values for row in rows.get(kind, ())}


def may_approve(parts: Iterable[str]) -> bool:
    """Whether somebody with these parts in the audit may approve: with one that neither audits nor prepares."""
    return bool(set(parts) - NO_APPROVERS)
