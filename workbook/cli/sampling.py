"""The command for samples: freezes a population, draws from it, takes in what the items showed."""

import csv
import io
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from workbook import files
from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, put
from workbook.days import parse_day
from workbook.drawing import Method, Population
from workbook.errors import BadInput
from workbook.store import Store
from workbook.words import count, first_of

if TYPE_CHECKING:
    from workbook.analysis.sampling import SampleState
    from workbook.exchange.populations import Asked, Sources

RISKS = ("low", "normal", "high")
Options = dict[str, Any]


@click.command("sample")
@click.argument("name")
@click.argument("source", metavar="[POPULATION]", default="")
@click.option("--method", type=click.Choice(get_args(Method)), help="How to choose. [random; stratified with --strata]")
@click.option("--size", type=click.IntRange(min=1), help="How many. [the usual number, by --frequency and --risk]")
@click.option("--frequency", default="", metavar="HOW-OFTEN", help="How often the control runs, for example daily.")
@click.option("--risk", type=click.Choice(RISKS), default="normal", show_default=True, help="How much hangs on it.")
@click.option("--strata", default="", metavar="COLUMN", help="Sample each kind in this column, at least one item.")
@click.option("--id", "id_column", default="", metavar="COLUMN", help="What tells items apart. [a row's key; id]")
@click.option("--from", "first", default="", metavar="DAY", help="The first day of the population's period.")
@click.option("--to", "last", default="", metavar="DAY", help="The last day of the population's period.")
@click.option("--against", default="", metavar="SOURCE", help="A second register or CSV file that has the same items.")
@click.option("--against-id", default="", metavar="COLUMN", help="The column of ids there. [as --id]")
@click.option("--items", default="", metavar="A,B,C", help="The items, for --method judgement.")
@click.option("--why", default="", help="Why these items, for --method judgement.")
@click.option("--question", default="", metavar="QUESTION[@SYSTEM]", help="What the sample tests: ac-rbac@SYS-001.")
@click.option("--of", "key", default="", metavar="S-001", help="A sample that was drawn: show it.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What its items showed: CSV with item, result (pass, exception, not available) and note.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write its population as CSV, to draw again with docs/draw_sample.py.",
)
@actor
@as_json
@click.pass_context
def sample(ctx: click.Context, /, name: str, source: str, actor: str | None, as_json: bool, **options: Any) -> None:
    """Draw a sample of engagement NAME that nobody can choose, from a register, a CSV file or a frozen population.

    \b
    Examples:
      workbook sample demo models --risk high
      workbook sample demo releases.csv --id deployment --strata route --from 2026-01-01 --to 2026-11-10
      workbook sample demo models --id version --against serving-log.csv --against-id model_version
      workbook sample demo POP-001 --method judgement --items M-001,M-003 --why "the two that decide alone"
      workbook sample demo --of S-001 --results results.csv --as "Lead internal auditor"
      workbook sample demo --of S-001 -o population.csv && python draw_sample.py population.csv SEED 15

    The population is frozen first, as a revision of the record; only then the seed is made, from the population and
    that revision. Freezing once more gives another seed, and both stand in the record. An exception draws the next
    items, once. Exit code 1 if items are missing on one side of --against, or a result is an exception.
    """
    store = open_engagement(name, actor)
    if bool(source) == bool(options["key"]):
        raise BadInput("Name a population to draw from (a register or a CSV file), or a sample with --of.")
    if source and (options["results"] or options["target"]):
        raise BadInput("--results and -o are for a sample that was drawn; name it with --of.")
    state = _drawn(store, source, options) if source else _taken(store, options)
    put(_json(state, store), lambda: _text(state), as_json)
    against = state.population.value.against
    ctx.exit(1 if (source and against and against.differs) or state.failing else 0)


def _taken(store: Store, options: Options) -> "SampleState":
    """The sample that was drawn, with results if there are any, and its population written if that is asked for."""
    from workbook.analysis.sampling import sample_state
    from workbook.exchange.populations import read_results
    from workbook.freezing import record_results

    key = store.situation().meant("sample", options["key"])
    before = sample_state(store.record(), key)
    if options["results"]:
        record_results(store, key, read_results(options["results"]))
    if options["target"]:
        _write(options["target"], before.population.value)
    return sample_state(store.record(), key)


def _write(target: Path, population: Population) -> None:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["id", "stratum"] if population.strata else ["id"])
    strata = population.stratum_of
    lines.writerows([item, strata[item]] if strata else [item] for item in population.items)
    try:
        files.write(target, text.getvalue().encode())
    except OSError as error:
        raise BadInput(f"{target} could not be written: {error.strerror}. Choose another place.") from None


# drawing --------------------------------------------------------------------------------------------------------------


def _drawn(store: Store, source: str, options: Options) -> "SampleState":
    """Freeze, unless that is done already, and draw; all that can be wrong is found before."""
    from workbook.analysis.sampling import sample_state
    from workbook.exchange.populations import read_source
    from workbook.freezing import draw, freeze, planned

    populations = store.record().populations
    key = store.situation().meant("population", source)
    if key in populations:
        population = populations[key].value
        sources: Sources = ()
        if given := [o for o in ("strata", "id_column", "first", "last", "against", "against_id") if options[o]]:
            says = given[0].removesuffix("_column").replace("first", "from").replace("last", "to").replace("_", "-")
            raise BadInput(f"{key} is frozen already; --{says} is said when a population is frozen.")
    else:
        key, (population, sources) = "", read_source(store, _asked(options, source))
    plan = planned(store, population, _facts(store, population, options))
    made = draw(store, key or freeze(store, population, *sources).key, plan)
    return sample_state(store.record(), made.key)


def _asked(options: Options, source: str) -> "Asked":
    from workbook.exchange.populations import Asked

    days = {"period_from": _day("from", options["first"]), "period_to": _day("to", options["last"])}
    second = {name: options[name] for name in ("id_column", "strata", "against", "against_id")}
    return Asked(source, **second, **days)


def _facts(store: Store, population: Population, options: Options) -> dict[str, Any]:
    """What the sample is to be, as `freezing.planned` takes it."""
    from workbook.analysis.sampling import check_frequency, chosen_size, usual_size

    sizes, risk, often = store.catalog.sampling_sizes(), options["risk"], options["frequency"]
    check_frequency(sizes, often)
    method = options["method"] or ("stratified" if population.strata else "random")
    question, _, system = options["question"].partition("@")
    facts = {"method": method, "question": question, "system": system, "frequency": options["frequency"],
             "risk": options["risk"], "why": options["why"].strip()}  # fmt: skip
    if method == "judgement":
        items = tuple(filter(None, (item.strip() for item in options["items"].split(","))))
        if not items or not facts["why"]:
            raise BadInput("A sample by judgement needs --items A,B,C and --why these items.")
        return {**facts, "items": items, "reason": f"{count(len(items), 'item')} chosen by judgement: {facts['why']}"}
    if options["items"] or facts["why"]:
        raise BadInput("--items and --why are for --method judgement; any other method chooses by itself.")
    if method == "all":
        if options["size"]:
            raise BadInput("--method all takes every item; leave --size out.")
        return {**facts, "size": population.count, "reason": f"All {count(population.count, 'item')}."}
    if options["size"]:
        found = chosen_size(sizes, often, risk, population.count, options["size"])
    else:
        found = usual_size(sizes, often, risk, population.count)
    return {**facts, "size": found.size, "next_size": found.following, "reason": found.reason}


def _day(option: str, text: str) -> Any:
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise BadInput(f"--{option} {error}.") from None


# showing --------------------------------------------------------------------------------------------------------------


def _json(state: "SampleState", store: Store) -> dict[str, Any]:
    about, sample = state.population.value, state.sample.value
    revision = store.ledger.get(store.name, "population", sample.population)
    left_out = {"items", "strata", "sha256"}
    population = {"number": sample.population, **about.model_dump(mode="json", exclude=left_out), "hash": about.sha256,
                  "by": state.population.actor, "at": state.population.at, "revision": state.population.number,
                  "head": revision.hash if revision else "", "times_frozen": state.frozen,
                  "changed": list(state.changed)}  # fmt: skip
    shown = {item: found.model_dump(include={"result", "note"}) for item, found in state.results.items()}
    strata = {name: {"count": whole, "drawn": taken} for name, (whole, taken) in state.strata.items()}
    return {"number": state.key, "method": sample.method, "size": len(sample.items), "reason": sample.reason,
            "seed": sample.seed, "items": list(sample.items), "first_size": sample.first, "extension": sample.extension,
            "question": sample.question, "system": sample.system, "why": sample.why, "strata": strata,
            "drawn_from_population": state.drawn, "population": population, "results": shown,
            "exceptions": state.failing, "open": list(state.open), "says": state.says,
            "bound": asdict(state.bound) if state.bound else None}  # fmt: skip


def _text(state: "SampleState") -> str:
    from workbook.analysis.sampling import ordinal, source_of

    about, sample, against = state.population.value, state.sample.value, state.population.value.against
    lines = [
        f"{state.key}, {sample.method}: {sample.reason}",
        f"  from {sample.population}: {source_of(about)}; {count(about.count, 'item')}, SHA-256 {about.sha256[:12]}; "
        f"the {ordinal(state.frozen)} population frozen from this source",
        f"  seed {sample.seed}",
        *(f"  {says}; the frozen ones count" for says in state.changed),
        *(f"  stratum {n or '(none)'}: {taken} of {whole}" for n, (whole, taken) in state.strata.items()),
    ]
    if against:
        lines.append(f"  compared with {against.source}: {count(len(against.only_here), 'id')} only here"
                     f"{_named(against.only_here)}, {count(len(against.only_there), 'id')} only there"
                     f"{_named(against.only_there)}")  # fmt: skip
    shown = state.results
    lines += [f"{item}  {shown[item].result} {shown[item].note}".rstrip() if item in shown else item
              for item in sample.items]  # fmt: skip
    return "\n".join([*lines, *(f"OPEN: {says}." for says in state.open), state.says])


def _named(ids: tuple[str, ...]) -> str:
    return f" ({first_of(ids, 5)})" if ids else ""


COMMANDS = (sample,)
