"""The risk method of an organisation: its levels, scales, matrix and criteria, as its registers say (clause 6.1.2).

The matrix may have any size and need not be a product. What a method lacks is said in sentences; one that lacks
something cannot be approved. Where there is none that can be used, ratings are read by the usual 5 × 5.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workbook.catalog import Catalog
from workbook.judging import Values, fingerprint, plain
from workbook.language import later, say, term
from workbook.references import rows
from workbook.registers import check_row, read_row, says_nothing
from workbook.scale import SEVERITIES, Severity
from workbook.words import folded

# the registers of the method, and what a level, a matrix or a gap in the method is read from
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "risk_levels": ("rank", "within", "agrees"),
    "risk_scales": ("scale", "step", "sentence", "levels"),
    "risk_criteria": ("settles", "says"),
}
REGISTERS = tuple(COLUMNS)
SCALES = (later("likelihood"), later("consequence"))
# the columns of a risk that hold a rating, with the scale that each is on
RATED = {
    "likelihood": "likelihood", "consequence": "consequence",
    "residual_likelihood": "likelihood", "residual_consequence": "consequence",
}  # fmt: skip
SETTLED = (
    later("when a risk may be accepted"),
    later("when risks are assessed"),
    later("how ratings stay comparable"),
)


@dataclass(frozen=True, slots=True)
class Level:
    """A level of risk: how it ranks, whether it lies within the limit, who agrees to accept it beside the owner."""

    name: str
    rank: Severity
    within: bool
    agrees: str = ""

    @property
    def called(self) -> str:
        """What a reader calls it: as it counts, where it has that name, else as the organisation named it."""
        return term(self.rank) if self.name == self.rank else self.name


@dataclass(frozen=True, slots=True)
class Rating:
    """How likely and how bad, and the level that the method gives to both."""

    likelihood: int
    consequence: int
    of: Level

    @property
    def level(self) -> int:
        """Likelihood × consequence."""
        return self.likelihood * self.consequence

    @property
    def band(self) -> Severity:
        """As what the level counts."""
        return self.of.rank

    @property
    def order(self) -> tuple[int, int]:
        """What sorts ratings, the worse the greater: by their level, then by the product."""
        return -SEVERITIES.index(self.of.rank), self.level

    @property
    def text(self) -> str:
        """How a person says it: high, 12."""
        return f"{self.of.called}, {self.level}"


@dataclass(frozen=True, slots=True)
class RiskMethod:
    """How risks are rated: the number of steps of each scale, and the level of each cell of the matrix.

    `own` says that the organisation's rows are used, `begun` that there are any; `faults` say what they lack.
    """

    sizes: Mapping[str, int]
    cells: Mapping[tuple[int, int], Level]
    levels: tuple[Level, ...]
    own: bool = True
    begun: bool = True
    faults: tuple[str, ...] = ()

    def rate(self, likelihood: int | None, consequence: int | None) -> Rating | None:
        """The rating of both; None for what is not rated, or lies beyond the scales."""
        found = self.cells.get((likelihood or 0, consequence or 0))
        return Rating(likelihood, consequence, found) if found and likelihood and consequence else None

    def beyond(self, risk: Values) -> tuple[tuple[str, str], ...]:
        """The ratings of a risk that lie beyond the scales: column, and what is wrong in words."""
        return tuple(
            (column, say("{step} is beyond the scale of {scale}, which goes from 1 to {size}", step=risk[column],
                         scale=term(scale), size=self.sizes[scale]))
            for column, scale in RATED.items()
            if risk.get(column) is not None and not 1 <= risk[column] <= self.sizes[scale]
        )  # fmt: skip

    def of_rank(self, rank: Severity) -> tuple[Level, ...]:
        """The levels that count as `rank`."""
        return tuple(level for level in self.levels if level.rank == rank)


def read_method(found: Mapping[str, Sequence[Values]], usual: RiskMethod | None = None) -> RiskMethod:
    """The method that the rows of `REGISTERS` describe; where they give no whole matrix, `usual` with their faults."""
    levels = _read_levels(found["risk_levels"])
    sizes, holes = _read_sizes(found["risk_scales"])
    cells, empty = _read_cells(found["risk_scales"], sizes, levels)
    holes += empty
    faults = (*holes, *_rank_faults(levels.values(), cells), *_word_faults(found))
    if holes and usual is not None:
        begun = any(found.values())
        return RiskMethod(usual.sizes, usual.cells, usual.levels, own=False, begun=begun, faults=faults)
    order = sorted(levels.values(), key=lambda level: SEVERITIES.index(level.rank))
    return RiskMethod(sizes, cells, tuple(order), faults=faults)


def _read_levels(found: Iterable[Values]) -> dict[str, Level]:
    """The levels by their names as they are compared; rows that lack what a level needs are none."""
    whole = (r for r in found if r["name"] and r["rank"] in SEVERITIES)
    return {folded(r["name"]): Level(r["name"], r["rank"], r["within"] == "yes", _named(r["agrees"])) for r in whole}


def _named(person: str | None) -> str:
    return "" if says_nothing(person) else str(person)


def _read_sizes(scales: Iterable[Values]) -> tuple[dict[str, int], list[str]]:
    """How many steps each scale has, and what is wrong with their numbers."""
    steps: dict[str, list[int]] = {scale: [] for scale in SCALES}
    for row in scales:
        if row["scale"] in steps and row["step"]:
            steps[row["scale"]].append(row["step"])
    wrong = [says for scale, numbers in steps.items() for says in _step_faults(scale, numbers)]
    return {scale: max(numbers, default=0) for scale, numbers in steps.items()}, wrong


def _step_faults(scale: str, numbers: list[int]) -> Iterator[str]:
    called = term(scale)
    if len(set(numbers)) < 2:
        yield say("the scale of {scale} has fewer than two steps", scale=called)
    for n in sorted(set(numbers)):
        if numbers.count(n) > 1:
            yield say("{scale} {step} stands twice", scale=called, step=n)
    for n in range(1, max(numbers, default=0)):
        if n not in numbers:
            yield say("{scale} {step} is missing", scale=called, step=n)


def split_levels(text: str | None) -> list[str]:
    """The levels that a step of likelihood names, in order; an empty place is a hole."""
    return [name.strip() for name in (text or "").replace(";", ",").split(",")] if text else []


def _read_cells(
    scales: Iterable[Values], sizes: Mapping[str, int], levels: Mapping[str, Level]
) -> tuple[dict[tuple[int, int], Level], list[str]]:
    """The matrix, and what is wrong with it cell by cell."""
    cells, wrong = {}, []
    for row in scales:
        if row["scale"] != "likelihood" or not row["step"]:
            continue
        named = split_levels(row["levels"])
        for consequence in range(1, max(sizes["consequence"], len(named)) + 1):
            name = named[consequence - 1] if consequence <= len(named) else ""
            if says := cell_fault((row["step"], consequence), name, sizes["consequence"], levels):
                wrong.append(says)
            else:
                cells[row["step"], consequence] = levels[folded(name)]
    return cells, wrong


def cell_fault(cell: tuple[int, int], name: str, size: int, levels: Collection[str]) -> str:
    """What is wrong with one cell of the matrix, in words; empty if nothing is. `levels` are folded names."""
    where = _where(cell)
    if cell[1] > size:
        return say("{cell} has a level, but consequence has {size} steps", cell=where, size=size)
    if not name:
        return say("{cell} has no level", cell=where)
    unknown = say("{cell} is said to be {level}, which is no level", cell=where, level=repr(name))
    return "" if folded(name) in levels else unknown


def _where(cell: tuple[int, int]) -> str:
    return say("likelihood {likelihood} × consequence {consequence}", likelihood=cell[0], consequence=cell[1])


def _rank_faults(levels: Iterable[Level], cells: Mapping[tuple[int, int], Level]) -> Iterator[str]:
    """What would let a worse risk pass for a better one."""
    worst_first = sorted(levels, key=lambda level: SEVERITIES.index(level.rank))
    for worse, better in pairwise(worst_first):
        if worse.within and not better.within:
            yield say("{level} lies within the acceptance limit, although {better} lies above it", level=worse.called,
                      better=better.called)  # fmt: skip
    if worst_first and all(level.within for level in worst_first):
        yield say("no level lies above the acceptance limit, so that nothing would ever have to be treated")
    for (likelihood, consequence), here in cells.items():
        for step in ((likelihood + 1, consequence), (likelihood, consequence + 1)):
            if step in cells and SEVERITIES.index(cells[step].rank) > SEVERITIES.index(here.rank):
                yield say("{cell} is {level}, although the cell before it is {before}", cell=_where(step),
                          level=cells[step].called, before=here.called)  # fmt: skip


def _word_faults(found: Mapping[str, Sequence[Values]]) -> Iterator[str]:
    """What is not said in words: by what a step is chosen, and what clause 6.1.2 a and b asks to be settled."""
    for row in found["risk_scales"]:
        if says_nothing(row["sentence"]):
            yield say("no sentence says when {scale} {step} is chosen", scale=term(str(row["scale"])), step=row["step"])
    settled = {row["settles"] for row in found["risk_criteria"] if not says_nothing(row["says"])}
    yield from (say("no criterion says {what}", what=term(what)) for what in SETTLED if what not in settled)


# the usual method, and the state that is approved -------------------------------------------------------------------


def usual_rows(catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    """The rows of the usual 5 × 5 by register, as they would be recorded: to begin with, approved by nobody."""
    folder = catalog.folder / "reference"
    return {
        name: [check_row(catalog.register(name), row, lambda _: ()) for row in rows(folder, f"usual_{name}")]
        for name in REGISTERS
    }


def usual_method(catalog: Catalog) -> RiskMethod:
    """The usual 5 × 5, which is nobody's own: nobody has to agree to what lies above its limit."""
    typed = {n: [read_row(catalog.register(n), row) for row in found] for n, found in usual_rows(catalog).items()}
    bare = [{**row, "agrees": None} for row in typed["risk_levels"]]
    found = read_method({**typed, "risk_levels": bare})
    return RiskMethod(found.sizes, found.cells, found.levels, own=False, begun=False)


_SAID = ("asks",)  # part of what is approved, and read by nothing


def method_state(found: Mapping[str, Iterable[Values]]) -> str:
    """A fingerprint of the method, whatever the keys and the order of its rows; empty for none."""
    facts = {n: sorted(_facts(row, ("name", *columns, *_SAID)) for row in found[n]) for n, columns in COLUMNS.items()}
    return fingerprint(facts) if any(facts.values()) else ""


_PLANNED = ("treatment", "measures", "controls", "due", "owner", "systems")


def plan_state(risks: Mapping[str, Values]) -> str:
    """A fingerprint of the risk treatment plan: what is done about each risk, by whom, by when; empty for none.

    That a measure was carried out is no other plan (clauses 6.1.3 e and 8.3).
    """
    facts = {key: _facts(row, _PLANNED) for key, row in sorted(risks.items()) if row.get("treatment")}
    return fingerprint(facts) if facts else ""


def _facts(row: Values, columns: Iterable[str]) -> list[str]:
    return [str(plain(row.get(column)) or "") for column in columns]
