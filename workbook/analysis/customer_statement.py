"""What a customer reads of the certificates and of the Statement of Applicability."""

from collections import Counter
from collections.abc import Iterator

from workbook.analysis.applicability import SUBJECT, Decision, decisions
from workbook.analysis.approvals import standing
from workbook.analysis.certification import HELD, count_body_findings, open_body_findings
from workbook.analysis.customer_words import Figures, Part, Said, Stand, alarming, by_grade, on_day, said, stated, told
from workbook.language import say, say_many, term
from workbook.record import Record, Row
from workbook.words import day

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
    until = [
        say("a certificate is recorded as valid until {day}", day=day(r["valid_until"]))
        for r in held
        if r["valid_until"]
    ]
    others = [says for row in rows if row not in held and (says := _not_held(row))]
    waiting = say_many(
        "{n} finding of the certification body not closed by it: {grades}",
        "{n} findings of the certification body not closed by it: {grades}",
        found.open,
        grades=by_grade(open_body_findings(record)),
    )
    late = say_many(
        "{n} answer to the certification body late", "{n} answers to the certification body late", found.late
    )
    return Stand(
        say("Certificate"),
        tuple(until),
        (
            *stated({say("no certificate is recorded that is valid today"): not held}),
            *(say("a certificate is recorded as valid, without an end") for r in held if not r["valid_until"]),
            *others,
            *stated({waiting: found.open, late: found.late}),
        ),
    )


def _not_held(row: Row) -> str:
    """Why a certificate is not held today; empty for one that ended or is applied for, which says so by itself."""
    if row["status"] == "suspended":
        return say("a certificate is suspended: nobody may refer to it as valid")
    return say("a certificate ran out on {day}", day=day(row["valid_until"])) if row["status"] in HELD else ""


def certificate_part(record: Record) -> Part:
    """Each certificate with its days and what else of it is public, and the findings of the body in numbers."""
    rows, found = record.register("certificates"), count_body_findings(record)
    lines = [line for row in rows for line in _one_certificate(record, row)]
    none = said("" if rows else say("No certificate is recorded, and no application for one."), against=True)
    body = say_many(
        "{n} finding of the certification body is recorded: {open} not closed by it, {late}.",
        "{n} findings of the certification body are recorded: {open} not closed by it, {late}.",
        found.every,
        open=found.open or say("none"),
        late=say_many("{n} answer late", "{n} answers late", found.late) if found.late else say("no answers late"),
    )
    return Part(say("Certificate"), (*none, *lines, *said(body if found.every else "", found.open)))


def _one_certificate(record: Record, row: Row) -> Iterator[Said]:
    state = say("run out") if row["status"] == "valid" and not _runs(record, row) else ""
    named = " ".join(filter(None, [
        say("Certificate {name}", name=told(record, row, "name")).rstrip(),
        say("of {body}", body=body) if (body := told(record, row, "body")) else "",
        say("for {standard}", standard=standard) if (standard := told(record, row, "standard")) else "",
    ]))  # fmt: skip
    facts = stated({
        state or told(record, row, "status") or say("of no recorded status"): True,
        say("issued {on_day}", on_day=on_day(row["issued_on"])): row["issued_on"],
        say("until {day}", day=day(row["valid_until"])): row["valid_until"],
        say("year {year} of its cycle of 3", year=row["cycle_year"]): row["cycle_year"],
    })  # fmt: skip
    yield Said(f"{named}: {', '.join(facts)}.", against=not _runs(record, row))
    if scope := told(record, row, "scope"):
        yield Said(say("Its scope: {scope}", scope=scope))


# Statement of Applicability -----------------------------------------------------------------------------------------


def statement_stand(record: Record) -> Stand:
    """How far the statement is decided, approved and shown."""
    every, approved = decisions(record), standing(record, SUBJECT)
    decided = sum(not one.lacks for one in every)
    applying = Counter(one.derived for one in every if one.applicable == "yes")
    on = day(approved.approval["approved_on"]) if approved.approval else ""
    shown, against, bare, part = (
        applying[s] for s in ("implemented and evidenced", "contradicted", "claimed only", "partly")
    )
    undone = applying["planned"] + applying["not implemented"]
    unseen = applying["not asked"] + applying["not answered"]
    return Stand(
        term(SUBJECT),
        stated({
            say("{decided} of {every} controls decided", decided=decided, every=len(every)): decided,
            say("approved on {day}, and unchanged since", day=on): approved.current,
            say_many("{n} control shown as implemented by fresh evidence",
                     "{n} controls shown as implemented by fresh evidence", shown): shown,
        }),
        stated({
            say_many("{n} control not decided, so the statement is incomplete",
                     "{n} controls not decided, so the statement is incomplete", len(every) - decided):
                decided < len(every),
            say("changed since it was approved on {day}", day=on): on and not approved.current,
            say("not approved"): not on,
            say_many("{n} control contradicted", "{n} controls contradicted", against): against,
            say_many("{n} control implemented by claim only", "{n} controls implemented by claim only", bare): bare,
            say_many("{n} control partly implemented", "{n} controls partly implemented", part): part,
            say_many("{n} control planned or not implemented", "{n} controls planned or not implemented", undone):
                undone,
            say_many("{n} control that no question of this audit looks at, or that nobody answered for",
                     "{n} controls that no question of this audit looks at, or that nobody answered for", unseen):
                unseen,
        }),
    )  # fmt: skip


def statement_part(record: Record) -> Part:
    """The statement in numbers: what applies, which version is approved, and each status by theme."""
    every = decisions(record)
    applies, excluded = (sum(one.applicable == answer for one in every) for answer in ("yes", "no"))
    lacking = Counter(one.lacks for one in every if one.lacks and one.applicable)
    stand = sum(bool(one.said) for one in every if one.applicable == "yes")
    lead = say(
        "Of the {every} controls of Annex A {applies} apply, {excluded} are excluded and {open} not decided.",
        every=len(every), applies=applies, excluded=excluded, open=len(every) - applies - excluded or say("none"),
    )  # fmt: skip
    other = say_many(
        "Of {n} control the organisation states another status and why; the table counts what answers and evidence "
        "show.",
        "Of {n} controls the organisation states another status and why; the table counts what answers and evidence "
        "show.",
        stand,
    )
    return Part(
        term(SUBJECT),
        (
            Said(lead),
            *(Said(say_many("{n} control has {lack}.", "{n} controls have {lack}.", n, lack=term(why)), against=True)
              for why, n in lacking.items()),
            _approval(record),
            _by_theme(every),
            *said(other if stand else ""),
        ),
    )  # fmt: skip


def _approval(record: Record) -> Said:
    approved = standing(record, SUBJECT)
    row = approved.approval
    if row is None:
        return Said(say("The statement is not approved."), against=True)
    version = told(record, row, "version")
    named = say("Version {version}", version=version) if version else say("A version")
    facts = {"version": named, "on_day": on_day(row["approved_on"])}
    if approved.current:
        return Said(say("{version} was approved {on_day}, and is what stands today.", **facts))
    return Said(
        say(
            "{version} was approved {on_day}; the statement was changed since, and what stands today is not approved.",
            **facts,
        ),
        against=True,
    )


def _by_theme(every: tuple[Decision, ...]) -> Figures:
    """Each status with the number of controls that have it, by theme; every control stands in one line."""
    found = Counter((_state(one), one.of.id[:3]) for one in every)
    names = {**STATUSES, "excluded": "Excluded", "not decided": "Not decided"}
    rows = []
    for state, words in names.items():
        numbers = [found[state, theme] for theme in THEMES]
        if sum(numbers):
            cells = [alarming(n) if state in BAD else n for n in (*numbers, sum(numbers))]
            rows.append((Said(term(words), against=state in BAD), *cells))
    totals = [sum(one.of.id.startswith(f"{theme}.") for one in every) for theme in THEMES]
    rows.append((say("All"), *totals, len(every)))
    caption = say(
        "Controls by status and theme. A status is never better than the worst answer that tests the control."
    )
    return Figures(caption, (say("Status"), *map(term, THEMES.values()), say("All")), tuple(rows))


def _state(one: Decision) -> str:
    return one.derived if one.applicable == "yes" else "excluded" if one.applicable == "no" else "not decided"
