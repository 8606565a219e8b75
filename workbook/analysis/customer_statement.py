"""What a customer reads of the certificates and of the Statement of Applicability."""

from collections import Counter
from collections.abc import Iterator

from workbook.analysis.applicability import SUBJECT, Decision, decisions
from workbook.analysis.approvals import standing
from workbook.analysis.certification import HELD, count_body_findings, open_body_findings
from workbook.analysis.customer_words import Figures, Part, Said, Stand, alarming, by_grade, on_day, said, stated, told
from workbook.record import Record, Row
from workbook.words import count, day

THEMES = {"A.5": "Organisational", "A.6": "People", "A.7": "Physical", "A.8": "Technological"}
STATUSES = {
    "implemented and evidenced": "Implemented, shown by fresh evidence",
    "claimed only": "Implemented by claim only",
    "partly": "Partly implemented",
    "planned": "Planned",
    "not implemented": "Not implemented",
    "contradicted": "Contradicted by a finding, a test or evidence",
    "not answered": "Not answered yet",
    "not asked": "Not looked at by the questions of this audit",
}
BAD = ("not implemented", "contradicted", "not answered", "not decided")


# certificate --------------------------------------------------------------------------------------------------------


def _runs(record: Record, row: Row) -> bool:
    """Whether a certificate is held today: valid, and its last day has not gone by."""
    return row["status"] == "valid" and not (row["valid_until"] and row["valid_until"] < record.on)


def certificate_stand(record: Record) -> Stand:
    """Whether a certificate is held today, and what the certification body has found and not closed."""
    rows, found = record.register("certificates"), count_body_findings(record)
    held = [row for row in rows if _runs(record, row)]
    until = [f"a certificate is recorded as valid until {day(r['valid_until'])}" for r in held if r["valid_until"]]
    others = [says for row in rows if row not in held and (says := _not_held(row))]
    waiting = f"{count(found.open, 'finding')} of the certification body not closed by it"
    return Stand(
        "Certificate",
        tuple(until),
        (
            *stated({"no certificate is recorded that is valid today": not held}),
            *("a certificate is recorded as valid, without an end" for r in held if not r["valid_until"]),
            *others,
            *stated({
                f"{waiting}: {by_grade(open_body_findings(record))}": found.open,
                f"{count(found.late, 'answer')} to the certification body late": found.late,
            }),
        ),
    )  # fmt: skip


def _not_held(row: Row) -> str:
    """Why a certificate is not held today; empty for one that ended or is applied for, which says so by itself."""
    if row["status"] == "suspended":
        return "a certificate is suspended: nobody may refer to it as valid"
    return f"a certificate ran out on {day(row['valid_until'])}" if row["status"] in HELD else ""


def certificate_part(record: Record) -> Part:
    """Each certificate with its days and what else of it is public, and the findings of the body in numbers."""
    rows, found = record.register("certificates"), count_body_findings(record)
    lines = [line for row in rows for line in _one_certificate(record, row)]
    none = said("" if rows else "No certificate is recorded, and no application for one.", against=True)
    many = count(found.every, "finding of the certification body is", "findings of the certification body are")
    body = f"{many} recorded: {found.open or 'none'} not closed by it, {count(found.late, 'answer')} late."
    return Part("Certificate", (*none, *lines, *said(body if found.every else "", found.open)))


def _one_certificate(record: Record, row: Row) -> Iterator[Said]:
    state = "run out" if row["status"] == "valid" and not _runs(record, row) else ""
    named = " ".join(filter(None, [
        f"Certificate {told(record, row, 'name')}".rstrip(),
        f"of {body}" if (body := told(record, row, "body")) else "",
        f"for {standard}" if (standard := told(record, row, "standard")) else "",
    ]))  # fmt: skip
    facts = stated({
        state or told(record, row, "status") or "of no recorded status": True,
        f"issued {on_day(row['issued_on'])}": row["issued_on"],
        f"until {day(row['valid_until'])}": row["valid_until"],
        f"year {row['cycle_year']} of its cycle of 3": row["cycle_year"],
    })  # fmt: skip
    yield Said(f"{named}: {', '.join(facts)}.", against=not _runs(record, row))
    if scope := told(record, row, "scope"):
        yield Said(f"Its scope: {scope}")


# Statement of Applicability -----------------------------------------------------------------------------------------


def statement_stand(record: Record) -> Stand:
    """How far the statement is decided, approved and shown."""
    every, approved = decisions(record), standing(record, SUBJECT)
    decided = sum(not one.lacks for one in every)
    applying = Counter(one.derived for one in every if one.applicable == "yes")
    on = day(approved.approval["approved_on"]) if approved.approval else ""
    shown, against = applying["implemented and evidenced"], applying["contradicted"]
    return Stand(
        SUBJECT,
        stated({
            f"{decided} of {len(every)} controls decided": decided,
            f"approved on {on}, and unchanged since": approved.current,
            f"{count(shown, 'control')} shown as implemented by fresh evidence": shown,
        }),
        stated({
            f"{count(len(every) - decided, 'control')} not decided, so the statement is incomplete":
                decided < len(every),
            f"changed since it was approved on {on}": on and not approved.current,
            "not approved": not on,
            f"{count(against, 'control')} contradicted": against,
            f"{count(applying['claimed only'], 'control')} implemented by claim only": applying["claimed only"],
        }),
    )  # fmt: skip


def statement_part(record: Record) -> Part:
    """The statement in numbers: what applies, which version is approved, and each status by theme."""
    every = decisions(record)
    applies, excluded = (sum(one.applicable == answer for one in every) for answer in ("yes", "no"))
    lacking = Counter(one.lacks for one in every if one.lacks and one.applicable)
    stand = sum(bool(one.said) for one in every if one.applicable == "yes")
    lead = f"Of the {len(every)} controls of Annex A {applies} apply, {excluded} are excluded and " \
           f"{len(every) - applies - excluded or 'none'} not decided."  # fmt: skip
    return Part(
        SUBJECT,
        (
            Said(lead),
            *(Said(f"{count(n, 'control has', 'controls have')} {why}.", against=True) for why, n in lacking.items()),
            _approval(record),
            _by_theme(every),
            *said(f"Of {count(stand, 'control')} the organisation states another status and why; the table counts what "
                  "answers and evidence show." if stand else ""),
        ),
    )  # fmt: skip


def _approval(record: Record) -> Said:
    approved = standing(record, SUBJECT)
    row = approved.approval
    if row is None:
        return Said("The statement is not approved.", against=True)
    version = told(record, row, "version")
    named = f"{'Version ' + version if version else 'A version'} was approved {on_day(row['approved_on'])}"
    if approved.current:
        return Said(f"{named}, and is what stands today.")
    return Said(f"{named}; the statement was changed since, and what stands today is not approved.", against=True)


def _by_theme(every: tuple[Decision, ...]) -> Figures:
    """Each status with the number of controls that have it, by theme; every control stands in one line."""
    found = Counter((_state(one), one.of.id[:3]) for one in every)
    names = {**STATUSES, "excluded": "Excluded", "not decided": "Not decided"}
    rows = []
    for state, words in names.items():
        numbers = [found[state, theme] for theme in THEMES]
        if sum(numbers):
            cells = [alarming(n) if state in BAD else n for n in (*numbers, sum(numbers))]
            rows.append((Said(words, against=state in BAD), *cells))
    totals = [sum(one.of.id.startswith(f"{theme}.") for one in every) for theme in THEMES]
    rows.append(("All", *totals, len(every)))
    caption = "Controls by status and theme. A status is never better than the worst answer that tests the control."
    return Figures(caption, ("Status", *THEMES.values(), "All"), tuple(rows))


def _state(one: Decision) -> str:
    return one.derived if one.applicable == "yes" else "excluded" if one.applicable == "no" else "not decided"
