"""Page 5: what the audit tested, by area, and each test as a working paper behind one click."""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.audit_gaps import unreported_failures
from workbook.analysis.audit_tests import AreaTests, area_tests, failed, names_no_line, weaknesses_of_test
from workbook.analysis.sampling import sample_states
from workbook.audience import shows_names
from workbook.drawing import sample_named
from workbook.language import say, say_many, term
from workbook.record import Record, Row, disclosed
from workbook.views import states
from workbook.views.markup import MANY, alarm, behind, facts, folded, hint, items, link, mark, note, quiet, table
from workbook.views.places import with_trails
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, day


def tests(record: Record) -> Markup:
    """How much of each area was tested and with what result; below, each test as a working paper."""
    rows = record.register("tests")
    if not rows:
        return note(
            say("Nothing is tested yet."),
            hint(
                say(
                    "Take a sample of the implemented answers, the heaviest first, and enter for each test the lines "
                    "it tests, the population, the sample and what it showed."
                )
            ),
        )
    areas = area_tests(record)
    listed = table(
        say(
            "{tests}, reaching {tested} of {all} questions that count.",
            tests=count(len(rows), "test"),
            tested=sum(a.tested for a in areas),
            all=sum(a.applicable for a in areas),
        ),
        [say("Area"), say("With a test"), say("Tests"), say("Effective"), say("Not effective"), say("Exceptions")],
        [_tested(area) for area in areas if area.tests],
    )
    untested = _untested([term(area.title) for area in areas if area.applicable and not area.tests])
    return fragment(listed, untested, _papers(record, rows))


def _tested(area: AreaTests) -> tuple[object, ...]:
    figures = (len(area.tests), area.passed, area.failed, area.exceptions)
    of = say("{n} of {all}", n=area.tested, all=area.applicable)
    return (term(area.title), of, *(n or "–" for n in figures))


def _untested(titles: list[str]) -> Markup:
    if not titles:
        return fragment()
    named = "; ".join(titles)
    return note(
        say_many("No test yet in {n} area: {areas}.", "No test yet in {n} areas: {areas}.", len(titles), areas=named)
    )


def _papers(record: Record, rows: Iterable[Row]) -> Markup:
    weak = {row.key: weaknesses_of_test(record, row) for row in rows}
    orphans = {one.test.key for one in unreported_failures(record)}
    again, alone = sum(map(bool, weak.values())), sum(not row["checked_by"] for row in rows)
    loose, led_nowhere = sum(map(names_no_line, rows)), len(orphans)
    lead = {
        say("{n} to look at again", n=again): again,
        say("{n} that nobody else reviewed", n=alone): alone,
        say("{n} that name no line of their question", n=loose): loose,
        say("{n} that failed and led to no finding", n=led_nowhere): led_nowhere,
    }
    said = "; ".join(words for words, number in lead.items() if number)
    named = note(say("Working papers: {said}.", said=said) if said else say("Every working paper can stand as it is."))
    papers = [_paper(record, row, weak[row.key], row.key in orphans) for row in rows]
    return fragment(named, behind(count(len(papers), "working paper"), papers) if len(papers) > MANY else papers)


def _paper(record: Record, row: Row, weak: tuple[str, ...], orphan: bool) -> Markup:
    """One test as an auditor reads it: what was asked, of what, what it showed, who made and who reviewed it."""
    told_already = (say("design not effective"), say("operation not effective"))
    against = [capitalized(says) for says in weak if says not in told_already]
    against += [say("It failed, and no finding speaks of it")] if orphan else []
    told = facts(
        [
            (capitalized(say("tests")), _tests(record, row)),
            (say("Objective"), disclosed(str(row["objective"] or ""))),
            (say("Population"), with_trails(record, row["population"] or "")),
            (say("Sample"), _sample(record, row)),
            (say("Seen"), _seen(record, row)),
            (say("Conclusion"), _conclusion(row)),
            (say("Finding"), _finding(record, row)),
            (say("Made by"), _made(row)),
            (say("Reviewed by"), row["checked_by"] or alarm(say("nobody else"))),
            (say("To look at"), items(map(alarm, against))),
        ]
    )
    return folded(f"{row.key} {row.name}", _ends(row, against), told, anchor=f"tests-{row.key}")


def _conclusion(row: Row) -> str:
    design, operation = (term(row[column]) or say("not concluded") for column in ("design", "operation"))
    return say("design {design}, operation {operation}", design=design, operation=operation)


def _made(row: Row) -> str:
    return f"{row['auditor']}, {day(row['tested_on']) or say('no date')}, {term(row['method']) or say('no method')}"


def _ends(row: Row, against: list[str]) -> Markup:
    effective = row["operation"] == "effective" and row["design"] == "effective"
    state = "not effective" if failed(row) else "effective" if effective else "open"
    many = f" {say('{n} to look at', n=len(against))}" if against else ""
    return fragment(mark(states.CONCLUSIONS[state]), many)


def _tests(record: Record, row: Row) -> Markup:
    """The question with the lines that were tested, as they were adopted, and the steps beside them."""
    question = record.catalog.questions.get(str(row["question"]))
    system = str(row["system"] or "")
    about = text(row["question"])
    if question:
        page = record.catalog.page_asking[question.id]
        about = link(
            page, f"{question.id}@{system}" if system and question.per == "system" else "", term(question.title)
        )
    words = f" · {record.label('systems', system)}" if system else ""
    steps = [*map(_step, str(row["steps"] or "").splitlines())] or [
        record.label("lines", key) for key in row["lines"] or ()
    ]
    lines = items(steps) if steps else quiet(alarm(say("no line of the question named")))
    own = disclosed(str(row["own_steps"] or ""))
    return fragment(about, words, lines, quiet(say("Further: {steps}", steps=own)) if own else None)


def _step(adopted: str) -> str:
    """A line of a question as it was adopted: its number, and its words."""
    number, dot, words = adopted.partition(". ")
    return f"{number}{dot}{term(words)}"


def _sample(record: Record, row: Row) -> Markup:
    """What was sampled and found; of a sample that was drawn, what its items showed."""
    found = "" if row["exceptions_found"] is None else count(row["exceptions_found"], "exception")
    of = "" if row["sampled"] is None else f"{count(row['sampled'], 'item')}"
    told = ", ".join(filter(None, [str(row["sample"] or ""), of, found]))
    key = sample_named(row["sample"])
    drawn = {one.key: one for one in sample_states(record)} if shows_names(record.audience) else {}
    return fragment(with_trails(record, told), quiet(drawn[key].says) if key in drawn else None)


def _seen(record: Record, row: Row) -> Markup:
    pieces = "; ".join(f"{key} {record.label('evidence', key)}" for key in row["evidence"] or ())
    said = disclosed(str(row["note"] or ""))
    return fragment(said, quiet(pieces) if pieces else None)


def _finding(record: Record, row: Row) -> str:
    return f"{row['finding']} {record.label('findings', row['finding'])}" if row["finding"] else ""
