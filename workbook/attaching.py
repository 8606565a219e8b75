"""Hands a file over from Python: evidence of an artefact that a question asks for, bound to that question's answer.

Everything is checked before a byte is kept, and the same file with the same facts is one piece, however often it is
handed over.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbook.entries import Question
from workbook.errors import BadInput, Unknown
from workbook.language import say
from workbook.model import Evidence
from workbook.record import Asked, Record
from workbook.rules import FIXED
from workbook.store import Store
from workbook.words import folded

FACTS = tuple(fact for fact in Evidence.model_fields if fact not in FIXED)


def attach(store: Store, path: Path, question: str, system: str, about: Mapping[str, Any]) -> tuple[str, str]:
    """Record the file as evidence and bind it to the answer; the evidence's key, and that of the answer.

    `system` is the key or the name of one; `about` holds facts of `Evidence`, `artefact` among them. Raises Unknown for
    names that do not exist, BadFile for a file that cannot be kept, BadInput, NotAllowed, Unnamed, Conflict.
    """
    store.refuse()
    asked = _asked(store.record(), question, system)
    facts = {**about, "artefact": _artefact(asked.question, str(about["artefact"]))}
    _check(facts, path.name)
    key, _ = store.attach_file(path, facts)
    held = tuple(k for k, _, _ in asked.evidence)
    if key not in held:
        answer = asked.answer.value.model_copy(update={"evidence": (*held, key)})
        store.save_answer(answer, asked.answer.version)
    return key, asked.key


def _asked(record: Record, question_id: str, system: str) -> Asked:
    """The question as it is asked of this system, which need not be named where there is only one."""
    question = record.catalog.question(question_id)
    if question.per == "engagement":
        if system:
            raise BadInput(
                say("{question} is asked once for the whole engagement; leave out system={system!r}.",
                    question=question_id, system=system)
            )  # fmt: skip
        return record.ask(question_id)
    keys = {folded(name): row.key for row in record.systems for name in (row.key, row.name)}
    if not system and len(record.systems) == 1:
        return record.ask(question_id, record.systems[0].key)
    if folded(system) not in keys:
        names = [name for row in record.systems for name in (row.key, row.name)]
        hint = say("{question} is asked of each system; name one with system=….", question=question_id)
        raise Unknown("system", system, names, hint)
    return record.ask(question_id, keys[folded(system)])


def _artefact(question: Question, name: str) -> str:
    """The artefact as the checklists write it; raises Unknown for one that proves nothing here."""
    names = [known for wanted in question.evidence for known in wanted.names]
    known = {folded(one): one for one in names}
    if folded(name) not in known:
        hint = say("{question} asks for these; any other would count for nothing.", question=question.id)
        raise Unknown("artefact", name, names, hint)
    return known[folded(name)]


def _check(facts: Mapping[str, Any], name: str) -> None:
    """Raise for facts that evidence does not have, or that do not hold what they should."""
    for fact in facts:
        if fact not in FACTS:
            raise Unknown("fact about evidence", fact, FACTS)
    Evidence.parse({**facts, "name": name or "file"})
