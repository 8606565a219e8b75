"""Commands on a workspace: init, new, list, check."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from workbook import catalog, paths, people, zones
from workbook.branding import FILE, read_branding
from workbook.cli.output import actor, as_json, columns, put
from workbook.days import parse_day
from workbook.errors import BadChecklist, BadInput, WorkbookError
from workbook.files import printable
from workbook.language import ENGLISH, LANGUAGES, carried, is_said, speaking
from workbook.ledger import Ledger
from workbook.model import Engagement, Person
from workbook.prose import laid_out
from workbook.store import create
from workbook.wording import wording
from workbook.words import count
from workbook.workspace import has_ledger, open_ledger, open_store


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice([*LANGUAGES]), default=ENGLISH, help="Of the notebooks' prose. [en]")
@as_json
def init(folder: Path, language: str, as_json: bool) -> None:
    """Lay out notebooks/ and checklists/ in FOLDER, so that an audit can begin there.

    Beside them lies branding/, for logo, colours and words of your own; it does nothing until you fill it in.

    \b
    Examples:
      workbook init my-audit && cd my-audit && workbook lab
      workbook init unser-audit --language de

    Files of yours that differ from the shipped ones are left as they are and named.
    """
    left_alone: list[str] = []
    try:
        for name in ("notebooks", "checklists"):
            _lay_out(paths.shipped(name), folder / name, left_alone, language)
        _lay_out(paths.shipped("examples") / paths.BRANDING, folder / paths.BRANDING, left_alone)
    except OSError as error:
        raise BadInput(
            f"{printable(folder)} cannot become a workspace: {error.strerror}. Choose another folder."
        ) from error
    summary = {"workspace": str(folder.resolve()), "left_as_they_were": left_alone}
    more = f"\nLeft as they were, because they differ: {', '.join(left_alone)}." if left_alone else ""
    put(summary, lambda: f"{folder} is ready. Next: cd {folder} && workbook lab{more}", as_json)


def _lay_out(source: Path, target: Path, left_alone: list[str], language: str = ENGLISH) -> None:
    for file in sorted(source.rglob("*")):
        copy = target / file.relative_to(source)
        if not file.is_file() or ".ipynb_checkpoints" in file.parts:
            continue
        content = laid_out(file.read_bytes(), language) if file.suffix == ".ipynb" else file.read_bytes()
        if copy.exists():
            if copy.read_bytes() != content:
                left_alone.append(str(copy.relative_to(target.parent)))
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)


@click.command("new")
@click.argument("name")
@click.option("--title", help="How people call the audit. [the name]")
@click.option("--organisation", default="", help="Who is audited.")
@click.option(
    "--date", "audit_date", help="When the audit begins, for example 2027-02-02; due dates count back from it."
)
@click.option("--time-zone", metavar="ZONE", help="Whose days count, for example Europe/Berlin. [that of this machine]")
@click.option("--language", type=click.Choice([*LANGUAGES]), help="What its forms and reports speak. [en]")
@click.option("--from", "source", metavar="EARLIER", help="Go on from this earlier engagement, as next year's audit.")
@click.option("--as-of", default="", metavar="WHEN", help="From the record as it stood then: 2026-11-30 or r388. [now]")
@actor
@as_json
def new(name: str, actor: str | None, as_json: bool, **about: str | None) -> None:
    """Begin the engagement NAME: one audit of one scope.

    \b
    Examples:
      workbook new isms-2027 --title "ISMS audit 2027" --organisation "Northlight Credit" --date 2027-02-02
      workbook new isms-2028 --from isms-2027

    With --from, registers, risks, answers and evidence come along, and whatever is still open; the audit period moves
    by a year. Nothing that came along counts as shown before somebody confirms it: it is marked "to re-verify" until
    then. Reviews, tests, samples, sign-offs and closed findings stay with the earlier audit.
    """
    if about["source"]:
        _go_on(name, about, speaker(actor), as_json)
        return
    if about["as_of"]:
        raise BadInput("--as-of says how the earlier audit stood; name that with --from.")
    title, organisation, day = about["title"] or name, about["organisation"] or "", _day(about["audit_date"])
    zone = zones.zone(about["time_zone"] or zones.machine_zone()).key
    facts = {"title": title, "organisation": organisation, "audit_date": day, "time_zone": zone}
    engagement = Engagement.parse({**facts, "language": about["language"] or ENGLISH})
    create(open_ledger(), name, engagement, speaker(actor))
    when = f" with its audit on {day};" if day else ";"
    put(
        {"engagement": name, "audit_date": day, "time_zone": zone},
        lambda: f"{name} begins{when} its days are days in {zone}. Next: workbook lab, and open 00_start.",
        as_json,
    )


def _go_on(name: str, about: Mapping[str, str | None], who: Person, as_json: bool) -> None:
    """Begin NAME as the audit after another one, and say what came along."""
    from workbook.carrying import carry

    typed = {"title": about["title"], "organisation": about["organisation"], "audit_date": _day(about["audit_date"])}
    zone = about["time_zone"] and zones.zone(about["time_zone"]).key
    typed |= {"time_zone": zone, "language": about["language"]}
    chosen = {fact: value for fact, value in typed.items() if value}
    done = carry(open_store(about["source"] or "", who, about["as_of"] or ""), name, chosen, who)
    facts = {"engagement": name, **{fact: getattr(done.about, fact) for fact in
             ("title", "audit_date", "period_from", "period_to", "time_zone")}}  # fmt: skip
    says = f"{name} begins; its days are days in {done.about.time_zone}.\n{done.text}"
    put({**facts, **done.data()}, lambda: f"{says}\nNext: workbook lab, and confirm what is still true.", as_json)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return parse_day(text)
    except ValueError as error:
        raise BadInput(f"--date {error}.") from None


def speaker(name: str | None) -> Person:
    """Who speaks on the command line: `name`, else who spoke last, else the command line itself."""
    last_speaker = people.who()
    if name:
        return people.person(name, last_speaker.role.value if last_speaker else "preparer")
    return last_speaker or Person("command line")


@click.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List the engagements of this workspace.

    \b
    Example:
      workbook list
    """
    if not has_ledger():
        engagements: list[dict[str, Any]] = []
    else:
        store = open_store("")
        engagements = [_engagement_json(store.ledger, name) for name in store.ledger.engagements()]
    put(engagements, lambda: _engagement_table(engagements), as_json)


def _engagement_json(ledger: Ledger, name: str) -> dict[str, Any]:
    about = ledger.get(name, "engagement", "engagement")
    body = (about.body or {}) if about else {}
    head = ledger.head(name)
    return {"engagement": name, "title": body.get("title", ""), "audit_date": body.get("audit_date"),
            "revisions": head.number, "last_change": head.at}  # fmt: skip


def _engagement_table(engagements: list[dict[str, Any]]) -> str:
    if not engagements:
        return "No engagement yet. Begin one with `workbook new NAME`, or see the demo with `workbook demo`."
    rows = [(f["engagement"], f["audit_date"] or "no date", f["revisions"], f["title"]) for f in engagements]
    return columns(("ENGAGEMENT", "AUDIT", "REVISIONS", "TITLE"), rows)


@click.command("check")
@as_json
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Check the set-up: checklists, own look, notebooks, ledger, who may open what is private, and what diagrams need.

    \b
    Example:
      workbook check
    """
    results = [_run_check(name, test) for name, test in _CHECKS.items()]
    put(
        results, lambda: "\n".join(f"{'ok ' if f['ok'] else 'NOT'} {f['check']}: {f['says']}" for f in results), as_json
    )
    ctx.exit(0 if all(f["ok"] for f in results) else 1)


def _run_check(name: str, test: Any) -> dict[str, Any]:
    try:
        return {"check": name, "ok": True, "says": test()}
    except (WorkbookError, OSError, ImportError) as error:
        return {"check": name, "ok": False, "says": str(error)}


def _checklists() -> str:
    loaded = catalog.load(paths.checklists())
    told = "".join(f"; {_translated(loaded, language)}" for language in LANGUAGES if language != ENGLISH)
    return f"{len(loaded.questions)} questions, {len(loaded.registers)} registers in {paths.checklists()}{told}"


def _translated(loaded: catalog.Catalog, language: str) -> str:
    """How much of the checklists is translated; raises BadChecklist for a catalogue beside them that is none."""
    try:
        carried(loaded.folder / f"{language}.po")
    except ValueError as error:
        raise BadChecklist(f"{error}. Mend the translation, or take the file away.") from None
    with speaking(language):
        every = set(wording(loaded.topics))
        return f"{sum(map(is_said, every))} of {len(every)} texts in {LANGUAGES[language]}"


def _branding() -> str:
    found, place = read_branding(), paths.branding()
    if found is None:
        return f"none; reports have the usual look until something stands in {place / FILE}"
    no_png = "; logo.svg without a logo.png: documents for Word have no logo" if [*found.logos] == ["logo.svg"] else ""
    return f"{found.called or 'without a name'}, {found.digest[:12]}, in {place}{no_png}"


def _notebooks() -> str:
    pages = sorted(paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    if not pages:
        raise BadInput(f"none in {paths.notebooks()}; `workbook init` lays them out")
    return f"{len(pages)} in {paths.notebooks()}"


def _ledger() -> str:
    if not has_ledger():
        return f"none yet; it will be made in {paths.home()}"
    store = open_store("")
    writable = "" if store.ledger.writable else ", read only"
    return f"{len(store.ledger.engagements())} engagements in {paths.home()}{writable}"


def _rights() -> str:
    open_to_all = [str(place) for place in _private() if os.name != "nt" and place.stat().st_mode & 0o007]
    if open_to_all:
        raise BadInput(f"everybody on this machine may open {' and '.join(open_to_all)}; its owner: chmod o-rwx")
    return "the ledger and the evidence are for those who were given them"


def _private() -> list[Path]:
    """What is nobody else's, as far as it lies on this machine and is there yet."""
    places = (paths.database_file(), paths.evidence())
    return [place for place in places if isinstance(place, Path) and place.exists()]


def _evidence() -> str:
    if not has_ledger():
        return "none yet"
    store = open_store("")
    held, unnamed = store.vault.held(), store.unnamed()
    words = f"{count(len(held), 'file')} of evidence in {paths.evidence()}"
    if not unnamed:
        return words
    return (
        f"{words}; no record names {len(unnamed)} of them ({sum(unnamed.values()):,} bytes), from additions cut short"
    )


def _diagrams() -> str:
    import pygraphviz

    return f"pygraphviz {pygraphviz.__version__}"


_CHECKS = {
    "checklists": _checklists,
    "branding": _branding,
    "notebooks": _notebooks,
    "ledger": _ledger,
    "rights": _rights,
    "evidence": _evidence,
    "diagrams": _diagrams,
}
COMMANDS = (init, new, list_, check)
