"""Who may say what about samples: nobody chooses a seed or an item, and nobody tests what they answered.

What is drawn is drawn again before it is recorded, so that no way in brings other items than the seed gives.
"""

from collections.abc import Mapping
from typing import Any

from workbook.drawing import (
    FAILING,
    Population,
    Sample,
    SampleResult,
    added,
    check_items,
    drawn,
    frozen,
    open_reasons,
    result_key,
    results_of,
    sample_named,
    seed_of,
)
from workbook.entries import Register
from workbook.errors import BadInput, NotAllowed, Unknown
from workbook.judging import parts_said, tie
from workbook.language import later, say, term
from workbook.model import Draft, Role
from workbook.registers import column
from workbook.situation import Body, Situation
from workbook.words import first_of

KINDS = {
    "population": later("That a population was frozen cannot be taken back; freeze another one beside it."),
    "sample": later("A sample that was drawn cannot be taken back; draw another one beside it."),
    "sample_result": later("A result cannot be taken back; record what the item showed instead."),
}


def check_population(draft: Draft, body: Body, situation: Situation) -> Body:
    """A population as it may be frozen: in canonical order under its own hash, and a register's as it stands."""
    if not draft.unkeyed:
        raise BadInput(
            say("{key} is frozen and cannot be changed; freeze another population beside it.", key=draft.key)
        )
    found = Population.parse(body)
    if found.period_from and found.period_to and found.period_to < found.period_from:
        says = say("The period ends on {last}, before it begins on {first}.", last=found.period_to,
                   first=found.period_from)  # fmt: skip
        raise BadInput(says, field="period_to")
    strata = found.stratum_of or dict.fromkeys(found.items, "")
    again = frozen(strata, **found.model_dump(exclude={"items", "strata", "count", "sha256"}))
    if again != found or len(strata) != found.count:
        raise BadInput(say("The items of a population are kept sorted, under the hash of their lines."))
    if found.form == "register":
        _check_register(found, situation)
    elif not found.file or situation.body("evidence", found.evidence).get("sha256") != found.file:
        raise BadInput(say("A population from a file needs the file as evidence; attach it to the record."))
    return found.body()


def _check_register(population: Population, situation: Situation) -> None:
    """Raise BadInput for items that are not those of the register."""
    register, rows = situation.catalog.register(population.source), situation.recorded(population.source)
    strata = population.stratified_by
    now = {
        str((row[population.column] if population.column else key) or ""): stratum(register, strata, row)
        for key, row in rows.items()
    }
    if now != (population.stratum_of or dict.fromkeys(population.items, "")):
        says = say(
            "The rows of {register} changed while they were frozen; do it once more.", register=population.source
        )
        raise BadInput(says)


def stratum(register: Register, name: str, row: Mapping[str, Any]) -> str:
    """The stratum of a row: what stands in its column `name`, references as keys; empty without strata."""
    if not name:
        return ""
    return " ".join(column(register.field(name)).show(row[name], lambda _, key: key).split())


def check_sample(draft: Draft, body: Body, situation: Situation) -> Body:
    """A sample as it may be kept: the items that its population and seed give, or with its extension, and no other."""
    sample = Sample.parse(body)
    revision = situation.recorded_at("population", sample.population)
    if revision is None:
        raise Unknown("population", sample.population, situation.keys("population"))
    population = Population(**(revision.body or {}))
    check_question(sample, situation)
    if not draft.unkeyed:
        _check_extended(draft, sample, population, situation)
    elif sample.seed != seed_of(population.sha256, revision.hash):
        raise BadInput(
            say("The seed is made from the frozen population and the head of the chain; nobody can choose it.")
        )
    elif sample.method == "judgement":
        check_judgement(sample, population)
    elif sample.extension or sample.items != drawn(population, sample.seed, sample.method, len(sample.items)):
        raise BadInput(say("The items of a sample are those that its seed gives; nobody can choose them."))
    elif sample.method == "stratified" and not population.strata:
        raise BadInput(say("A stratified sample needs strata: name their column with --strata when you freeze."))
    elif sample.method == "all" and len(sample.items) != population.count:
        raise BadInput(say("A sample of all has every item of its population."))
    return sample.body()


def check_question(sample: Sample, situation: Situation) -> None:
    """Raise Unknown or BadInput for a question that is not asked like this."""
    if not sample.question:
        return
    question = situation.catalog.question(sample.question)
    if question.per == "engagement" and sample.system:
        says = say("{question} is asked once for the whole engagement; leave the system out.", question=question.id)
        raise BadInput(says, field="question")
    if question.per == "system" and not situation.holds("systems", sample.system):
        hint = say("{question} is asked per system.", question=question.id)
        raise Unknown("system", sample.system, situation.keys("systems"), hint)


def check_judgement(sample: Sample, population: Population) -> None:
    """Raise BadInput for a sample by judgement without its reason, or with items that the population has not."""
    check_items(sample.items, say("The sample"))
    if not sample.why.strip():
        raise BadInput(say("A sample by judgement needs its reason; say --why these items."), field="why")
    if sample.next_size:
        raise BadInput(say("A sample by judgement has no next items; draw a random one instead."))
    if strange := [one for one in sample.items if one not in set(population.items)]:
        raise BadInput(say("Not in the population: {items}.", items=first_of(strange, 5)), field="items")


def _check_extended(draft: Draft, sample: Sample, population: Population, situation: Situation) -> None:
    """Raise BadInput for a change of a sample that is not its one extension after an exception."""
    before = Sample(**_standing("sample", draft.key, situation))
    more = added(population, before)
    after = before.model_copy(update={"items": before.items + more, "extension": len(more)})
    if sample == before:
        return
    if sample != after:
        raise BadInput(
            say("{key} is drawn and cannot be changed; an exception adds the next items of its ranking.", key=draft.key)
        )
    if not set(_results(draft.key, situation).values()) & set(FAILING):
        raise BadInput(say("{key} has no exception, so it is not extended.", key=draft.key))


def _standing(kind: str, key: str, situation: Situation) -> Mapping[str, Any]:
    found = situation.recorded_at(kind, key)
    if found is None or found.body is None:
        raise Unknown(kind, key, situation.keys(kind))
    return found.body


def check_result(draft: Draft, body: Body, situation: Situation) -> Body:
    """A result as it may be recorded: of an item that was drawn, by an auditor who did not answer what is tested."""
    found = SampleResult.parse(body)
    places, why_not = situation.once(f"sample {found.sample}", lambda: _looked_up(found.sample, situation))
    if found.item not in places:
        says = say("{item} was not drawn in {sample}, so it has no result there.", item=found.item, sample=found.sample)
        raise BadInput(says, field="item")
    key = places[found.item]
    if draft.key != key:
        raise BadInput(
            say("The result of {item} in {sample} is kept under {key}, not {other}.", item=found.item,
                sample=found.sample, key=key, other=draft.key)
        )  # fmt: skip
    if found.result == "not available" and not found.note.strip():
        says = say("{item} is not available: say in the note what is missing and why.", item=found.item)
        raise BadInput(says, field="note")
    if why_not:
        raise NotAllowed(why_not)
    return found.body()


def _looked_up(key: str, situation: Situation) -> tuple[dict[str, str], str]:
    """Under which key the result of each item of a sample is kept; why the person who speaks may not say it."""
    sample = Sample(**_body_of(key, situation))
    places = {item: result_key(key, place) for place, item in enumerate(sample.items, 1)}
    return places, why_no_tester(sample, situation)


def why_no_tester(sample: Sample, situation: Situation) -> str:
    """Why the person who speaks may not say what a sample showed; empty if they may (control A.5.3, clause 9.2.2)."""
    own, name = situation.parts, situation.who.name
    if own and "auditor" not in own:
        return say("{name} takes part as {parts} and cannot test as auditor (clause 9.2.2).", name=name,
                   parts=parts_said(own))  # fmt: skip
    if not own and situation.who.role is not Role.AUDITOR:
        return say("Only an auditor says what a sample showed; {name} is {role} (clause 9.2.2).", name=name,
                   role=term(str(situation.who.role)))  # fmt: skip
    asked = sample.question
    if tie(name, situation.authors(asked, sample.system) if asked else situation.answerers):
        return _answered(name, asked)
    return ""


def _answered(name: str, question: str) -> str:
    if not question:
        return say(
            "{name} answered questions, and the sample names none and cannot test it (control A.5.3, clause 9.2.2); "
            "let another auditor do it.",
            name=name,
        )
    return say(
        "{name} answered {question} and cannot test it (control A.5.3, clause 9.2.2); let another auditor do it.",
        name=name,
        question=question,
    )


def _body_of(key: str, situation: Situation) -> Mapping[str, Any]:
    body = situation.body("sample", key)
    if not body:
        raise Unknown("sample", key, situation.keys("sample"))
    return body


def _results(key: str, situation: Situation) -> dict[str, str]:
    """What each item of a sample showed, once this save is recorded."""
    return results_of(key, (SampleResult(**body) for body in situation.bodies("sample_result")))


# tests that name a sample ---------------------------------------------------------------------------------------------

TYPED = ("population", "sampled", "exceptions_found")  # what a test has from its sample


def check_drawn(test: Body, situation: Situation) -> str:
    """The sample that a test names, if any; BadInput for one of another question, or for a conclusion too early."""
    key = sample_named(test["sample"])
    if not key:
        return ""
    sample = Sample(**_body_of(key, situation))
    slot = (sample.question, sample.system)
    if sample.question and slot != (test["question"], (test["system"] or "") if sample.system else ""):
        asked = "@".join(filter(None, slot))
        says = say("{key} was drawn to test {asked}; name a sample of what this tests.", key=key, asked=asked)
        raise BadInput(says, field="sample")
    population = Population(**_standing("population", sample.population, situation))
    reasons = open_reasons(population, sample, _results(key, situation))
    if reasons and "effective" in (test["design"], test["operation"]):
        says = say("{key} is open: {reasons}. A test concludes when it is closed.", key=key, reasons="; ".join(reasons))
        raise BadInput(says, field="operation")
    return key
