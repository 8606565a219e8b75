"""Who speaks: the name and role under which everything that is entered here is recorded.

JupyterHub's user comes first, then `WORKBOOK_ACTOR` and `WORKBOOK_PART`, then what was chosen on this machine before.
"""

import json
import os
from collections import deque

from workbook import files, paths
from workbook.errors import BadFile, BadInput, NotAllowed, NotRecorded, Unnamed
from workbook.language import say
from workbook.model import Person, Role, check_text
from workbook.words import folded

UNNAMED = "unnamed"
MAX_SETTINGS = 10_000  # bytes
_here: deque[Person] = deque(maxlen=1)  # who said so where nothing can be kept


def who() -> Person | None:
    """The person who speaks, or None while nobody has said so; raises BadInput for an unknown role."""
    saved = {"name": _here[0].name, "part": _here[0].role.value} if _here else _saved()
    name = os.environ.get("JUPYTERHUB_USER") or os.environ.get("WORKBOOK_ACTOR") or saved.get("name", "")
    role = os.environ.get("WORKBOOK_PART") or saved.get("part", Role.PREPARER.value)
    return person(name, role) if name.strip() else None


def refuse_unnamed(speaker: Person) -> None:
    """Raise Unnamed for somebody who has not said who they are: it would stay so for ever."""
    if speaker.name == UNNAMED:
        raise Unnamed(
            say(
                "Say first who speaks, in the form or with WORKBOOK_ACTOR: everything is recorded under a name or "
                "role, for example Security lead."
            )
        )


def person(name: str, role: str = Role.PREPARER.value) -> Person:
    """A person from what was typed; raises BadInput for an empty or overlong name or an unknown role."""
    try:
        check_text(name)
    except ValueError as error:
        raise BadInput(say("The name {fault}.", fault=error), field="name") from None
    if not name.strip() or len(name) > 200:
        raise BadInput(say("Say who you are in at most 200 characters, for example Security lead."))
    if role not in set(Role):
        raise BadInput(say("{role!r} is no role in an audit; it is one of {roles}.", role=role, roles=", ".join(Role)))
    return Person(name.strip(), Role(role))


def is_fixed() -> bool:
    """Whether the environment decides the name, so that a form must not change it."""
    return bool(os.environ.get("JUPYTERHUB_USER") or os.environ.get("WORKBOOK_ACTOR"))


def speaker(name: str, role: str) -> Person:
    """The person who wants to speak from now on; raises BadInput, NotAllowed where the environment names another."""
    wanted, now = person(name, role), who()
    if is_fixed() and now and wanted.name != now.name:
        raise NotAllowed(say("Your name comes from the hub or the environment; ask its administrator to change it."))
    return wanted


def remember(speaker: Person) -> None:
    """Let `speaker` speak from now on, on all pages of this machine; raises NotRecorded if that is so only here."""
    _here.append(speaker)
    target = paths.settings()
    try:
        files.write(target, json.dumps({"name": speaker.name, "part": speaker.role.value}).encode())
    except OSError as error:
        raise NotRecorded(
            say("{file} could not be written: {why}. It holds only until this is restarted.", file=target,
                why=error.strerror)
        ) from error  # fmt: skip
    _here.clear()


def _saved() -> dict[str, str]:
    try:
        settings = json.loads(files.read_limited(paths.settings(), MAX_SETTINGS))
        saved = {name: str(value) for name, value in settings.items()}
        person(saved.get("name", ""), saved.get("part", ""))
    except (BadFile, BadInput, ValueError, AttributeError, RecursionError):
        return {}
    return saved


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names mean the same person; an empty name is nobody."""
    return bool(one and other) and folded(str(one)) == folded(str(other))
