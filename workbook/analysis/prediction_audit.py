"""What the record of the internal audit itself would have an auditor write: clauses 9.2, 9.3 and 10.2, sign-offs.

Each function looks for one thing; what it means, and how grave it is, stands in checklists/predictions.yaml.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from workbook.analysis.artefacts import span
from workbook.analysis.audit_gaps import unreported_failures, untested_audits
from workbook.analysis.findings import ranked_findings
from workbook.analysis.management_review import held_reviews, unseen_findings
from workbook.analysis.prediction_hits import Detector, Hit
from workbook.entries import Prediction
from workbook.judging import SETTLED
from workbook.language import say, say_many, term
from workbook.record import Record
from workbook.words import count, day, folded

# How long one turn of a control lasts, by the word that says how often it runs.
CYCLES: Mapping[str, int] = {
    "year": 365, "annual": 365, "quarter": 91, "month": 30, "week": 7, "daily": 1,
    "jahr": 365, "jähr": 365, "quartal": 91, "monat": 30, "woche": 7, "wöch": 7, "täglich": 1,
}  # fmt: skip
_COMMON = re.compile(
    r"\b(?:with|having|that have|which have|that were|which were|whose|mit|deren)\s+"
    r"(?:an?\s+|the\s+|(?:ein|d)em\s+|(?:ein|d)er\s+)?(\w+)"
)
_STEM = 6  # letters that two words of one family share


def failed_test_without_finding(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Tests that failed and that no finding speaks of since (clauses 9.2.2 and 10.2)."""
    for one in unreported_failures(record):
        says = say("{key} ({name}) found it not effective; no finding speaks of it", key=one.test.key,
                   name=one.test.name)  # fmt: skip
        yield Hit((one.test.key, *(a.key for a in one.asked)), says)


def slot_without_test(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Planned audits that are done, and that no test shows (clause 9.2.2)."""
    for planned in untested_audits(record):
        about = planned["criteria"] or say("no criteria named")
        says = say("{key} ({name}; {criteria}) is done, and no test stands for it", key=planned.key, name=planned.name,
                   criteria=about)  # fmt: skip
        yield Hit((planned.key,), says)


def report_before_last_audit(record: Record, rule: Prediction) -> Iterator[Hit]:
    """Planned audits that come after the report on the internal audit was written (clause 9.2.2).

    The report is the youngest evidence behind the questions of the rule that is called by one of its words.
    """
    key, written = _youngest(record, rule)
    for planned in record.register("plan") if written else ():
        if planned["date"] and planned["date"] > written:
            says = say("{key} ({name}) is on {day}, after the report {report} of {written}", key=planned.key,
                       name=planned.name, day=day(planned["date"]), report=key, written=day(written))  # fmt: skip
            yield Hit((planned.key, key), says)


def review_before_results(record: Record, rule: Prediction) -> Iterator[Hit]:
    """A management review that is older than nonconformities of the internal audit (clause 9.3.2 d).

    It is the last one of the register; where none stands there, the youngest minutes behind the questions of the rule.
    """
    reviews = held_reviews(record)
    minutes, written = _youngest(record, rule)
    held = reviews[0]["held_on"] if reviews else written
    keys = (reviews[0].key, *(reviews[0]["paper"] or ())) if reviews else (minutes,)
    if held and (after := [f.key for f in unseen_findings(record, held)]):
        says = say("{key}: the review is of {day}; {findings} came after it", key=keys[0], day=day(held),
                   findings=", ".join(after))  # fmt: skip
        yield Hit((*keys, *after), says)


def _youngest(record: Record, rule: Prediction) -> tuple[str, date | None]:
    """The youngest evidence behind the questions of a rule whose artefact holds one of its words, and its day."""
    found: dict[str, date] = {}
    for asked in record.asked:
        for key, stated, _ in asked.evidence if asked.question.id in rule.questions else ():
            last = span(stated.value)[1]
            if last and any(folded(word) in folded(stated.value.artefact) for word in rule.words):
                found[key] = last
    key = max(found, key=lambda k: found[k], default="")
    return key, found.get(key)


def early_effectiveness_check(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Corrective actions found effective before what they introduced had its first turn (clause 10.2)."""
    for action in record.register("actions"):
        done, checked = action["done_on"], action["effectiveness"]
        if action["effective"] != "yes" or not done or not checked:
            continue
        cycle = next((days for word, days in CYCLES.items() if word in folded(action.name)), 1)
        if (waited := (checked - done).days) < cycle:
            keys = tuple(filter(None, (action.key, action["finding"])))
            turn = say_many("its control has a turn every {n} day", "its control has a turn every {n} days", cycle)
            says = say("{key} ({name}) was found effective {after}; {turn}", key=action.key, name=action.name,
                       after=_after(waited), turn=turn)  # fmt: skip
            yield Hit(keys, says)


def _after(days: int) -> str:
    return say_many("after {n} day", "after {n} days", days) if days else say("after no days")


def closed_with_open_action(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Findings that are closed while a corrective action is still to be done (clause 10.2)."""
    for finding in ranked_findings(record):
        left = [a for a in finding.actions if a["status"] not in SETTLED]
        if finding.row["status"] == "closed" and left:
            states = ", ".join(f"{a.key} {term(str(a['status']))}" for a in left)
            says = say("{key} is closed with {actions}", key=finding.row.key, actions=states)
            yield Hit((finding.row.key, *(a.key for a in left)), says)


def sign_off_outdated(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Sign-offs that are older than answers, risks or findings recorded since (clause 7.5.3)."""
    recorded = list(_recorded(record))
    for row in record.register("sign_offs"):
        signed = row["signed_on"]
        later = [key for key, on in recorded if signed and on > signed]
        if later:
            says = say("{key} was signed on {day}; {entries} changed since", key=row.key, day=day(signed),
                       entries=count(len(later), "entry", "entries"))  # fmt: skip
            yield Hit((row.key, *later), says)


def _recorded(record: Record) -> Iterator[tuple[str, date]]:
    """What a sign-off stands for, by its key, with the day on which it was recorded as it stands."""
    for asked in record.asked:
        if moment := record.local(asked.answer.at):
            yield asked.key, moment.date()
    for register in ("risks", "findings"):
        for row in record.register(register):
            if moment := record.local(row.at):
                yield row.key, moment.date()


def population_by_attribute(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Tests whose population may leave out what they look for: it is described by a word of what is tested (9.2.2)."""
    for test in record.register("tests"):
        question = record.catalog.questions.get(str(test["question"]))
        tested = _stems(f"{test.name} {question.title if question else ''}")
        chosen = _COMMON.findall(folded(str(test["population"] or "")))
        if found := next((word for word in chosen if word[:_STEM] in tested), ""):
            says = say("{key} ({name}) draws from “{population}”: what lacks “{word}” cannot be drawn", key=test.key,
                       name=test.name, population=test["population"], word=found)  # fmt: skip
            yield Hit((test.key,), says)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"\w+", folded(text)) if len(word) >= _STEM}


DETECTORS: Mapping[str, Detector] = {
    "failed-test-without-finding": failed_test_without_finding,
    "slot-without-test": slot_without_test,
    "report-before-last-audit": report_before_last_audit,
    "review-before-results": review_before_results,
    "early-effectiveness-check": early_effectiveness_check,
    "closed-with-open-action": closed_with_open_action,
    "sign-off-outdated": sign_off_outdated,
    "population-by-attribute": population_by_attribute,
}
