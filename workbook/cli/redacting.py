"""The command that tells what an edition leaves out, and shows one value of it: redactions."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from workbook import files
from workbook.as_of import AtRevision
from workbook.audience import AUDIENCES, Edition
from workbook.cli.engagement import open_engagement
from workbook.cli.output import as_json, columns, put
from workbook.days import parse_day
from workbook.errors import BadFile, BadInput
from workbook.redacting import REDACTIONS, Redactions, hashes, redact
from workbook.words import count, first_of

MAX_BYTES = 50 * 1024**2
LARGEST = 10**9  # a revision
SAME = ("engagement", "edition", "system", "revision")  # what a file and the list have to agree in


@click.command("redactions")
@click.argument("name")
@click.option("--audience", type=click.Choice(AUDIENCES[1:]), help="Which edition. [customer, or that of the file]")
@click.option("--system", default="", help="The edition that is about this system alone.")
@click.option("--as-of", default="", metavar="WHEN", help="An earlier state: a day, a moment or a revision, r388.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"A {REDACTIONS} of a report: compare it with the record at its own revision.",
)
@click.option("--show", nargs=3, metavar="KIND KEY FIELD", help="Show one value, with the salt that proves it.")
@as_json
def redactions(name: str, as_json: bool, show: tuple[str, str, str] | None, **of: Any) -> None:
    """Show what an edition of engagement NAME leaves out, by kind and field, or one value of it.

    \b
    Examples:
      workbook redactions my-audit --audience customer
      workbook redactions my-audit --against redactions.json
      workbook redactions my-audit --against redactions.json --show risks R-001 owner

    Reports for customers and auditors hold the file redactions.json: each value that they do not show, as a hash that
    nobody can guess. --against makes the list anew from the record, at the revision that the file names, and says
    whether it is that one. --show prints one value, for your eyes, with its salt: whoever gets both, and has the file,
    can compute the hash and see that this is what was left out there. The other values stay unknown. KIND, KEY and
    FIELD are those of the file. What was erased since cannot be shown any more.

    Exit code 1: the file is not the one that the record gives, or the value not the one in the file.
    """
    held = _read(of["against"]) if of["against"] else None
    found = _redactions(name, of, held)
    if show:
        answer = _show(found, show, held)
    elif held is not None:
        answer = _compared(found, held)
    else:
        answer = found.as_json()
    words = _value_text if show else _text if held is None else _compared_text
    put(answer, lambda: words(answer), as_json)
    sys.exit(0 if answer.get("same", True) else 1)


def _read(place: Path) -> dict[str, Any]:
    """A list as somebody has it; raises BadFile for what is none."""
    try:
        held = json.loads(files.read_limited(place, MAX_BYTES), object_pairs_hook=_once)
        at = AtRevision(int(held["revision"]), parse_day(held["as_of"]))
        found = hashes(held)
        told = [*(str(held[what]) for what in SAME), *(part for place in found for part in place)]
        known = held["edition"] in AUDIENCES[1:] and 0 < at.number < LARGEST
        if not known or not all(map(str.isprintable, told)) or not all(isinstance(one, str) for one in found.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadFile(
            f"{files.printable(place)} is no {REDACTIONS} of a report. Take it from a report's folder."
        ) from None
    return {**held, "at": str(at)}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand in it once; raises ValueError, as the last one would hide the others."""
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError
    return held


def _redactions(name: str, of: Mapping[str, Any], held: Mapping[str, Any] | None) -> Redactions:
    """The list as the record gives it, of the state and edition of the file where there is one; raises BadInput."""
    if held and (of["as_of"] or of["audience"] not in (None, held["edition"])):
        raise BadInput("The file says which edition and revision it is of; leave out --audience and --as-of.")
    store = open_engagement(name, as_of=held["at"] if held else of["as_of"])
    full = store.record(of["system"])
    edition = Edition(held["edition"] if held else of["audience"] or "customer")
    _, found = redact(full, edition, store.ledger.secret(name, full.head.number))
    made = found.as_json()
    if held and (other := [what for what in SAME if held.get(what) != made[what]]):
        said = first_of([f"{what} {held.get(what) or 'none'} and not {made[what] or 'none'}" for what in other], 4)
        more = " Name the system with --system, as for the report." if other == ["system"] else ""
        raise BadInput(f"The file is of another list: {said}.{more}")
    return found


def _show(found: Redactions, place: tuple[str, str, str], held: Mapping[str, Any] | None) -> dict[str, Any]:
    """One value with its salt and hash, and whether it is the one in the file; raises BadInput for one not listed."""
    item = next((one for one in found.items if one.place == place), None)
    if item is None:
        near = [" ".join(one.place) for one in found.items if one.place[:2] == place[:2] or one.kind == place[0]]
        like = first_of(near or dict.fromkeys(one.kind for one in found.items), 3)
        raise BadInput(f"This edition lists no {' '.join(place)} as left out; it lists {like or 'nothing'}.")
    salt = found.salt(item)
    says = {"kind": item.kind, "key": item.key, "field": item.field, "value": item.value, "salt": salt}
    answer = {**says, "hash": item.hash(salt)}
    return answer if held is None else {**answer, "same": hashes(held).get(item.place) == answer["hash"]}


def _compared(found: Redactions, held: Mapping[str, Any]) -> dict[str, Any]:
    """Which places are only in one of both lists, or have another hash."""
    ours, theirs = hashes(found.as_json()), hashes(held)
    other = [" ".join(place) for place in sorted(ours.keys() | theirs) if ours.get(place) != theirs.get(place)]
    return {"same": not other, "items": len(ours), "revision": held["revision"], "other": other}


def _compared_text(answer: Mapping[str, Any]) -> str:
    if answer["same"]:
        told = count(answer["items"], "value")
        return f"The same: {told}, each with the hash of the record at revision {answer['revision']}."
    return f"Not the same: {count(len(answer['other']), 'value')} differ: {first_of(answer['other'], 10)}."


def _value_text(answer: Mapping[str, Any]) -> str:
    lines = [f"{name:<6} {answer[name]}" for name in ("kind", "key", "field")]
    lines += [f"value  {json.dumps(answer['value'], ensure_ascii=False, sort_keys=True)}"]
    lines += [f"{name:<6} {answer[name]}" for name in ("salt", "hash")]
    if "same" in answer:
        lines.append("It is the one in the file." if answer["same"] else "It is NOT the one in the file.")
    return "\n".join([*lines, "The hash is the SHA-256 of salt, a space, and value as it stands here."])


def _text(answer: Mapping[str, Any]) -> str:
    rows = [(kind, field, str(n)) for kind, fields in answer["counts"].items() for field, n in fields.items()]
    told = f"The {answer['edition']} edition of {answer['engagement']} at revision {answer['revision']} leaves out"
    table = [columns(("KIND", "FIELD", "VALUES"), rows), ""] if rows else []
    rules = [f"{name}: {says}" for name, says in answer["rules"].items()]
    return "\n".join([f"{told} {count(len(hashes(answer)), 'value')}.", *table, *rules])


COMMANDS = (redactions,)
