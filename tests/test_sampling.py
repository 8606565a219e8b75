"""Samples on the command line and in the record: frozen first, drawn then, tested by somebody who may."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from workbook.cli import main
from workbook.drawing import POPULATIONS, SAMPLES, frozen, seed_of
from workbook.errors import BadInput
from workbook.model import Draft, Person, Role
from workbook.store import Store
from workbook.workspace import open_store

ANN, EVE = Person("Ann"), Person("Eve", Role.AUDITOR)
Q = "ac-privileged-deploy"


def run(*arguments: object, code: int | None = 0) -> Result:
    given = [str(a) for a in arguments]
    result = CliRunner().invoke(main, given, env={"WORKBOOK_DEBUG": "0", "WORKBOOK_ACTOR": "Ann"})
    assert code is None or result.exit_code == code, result.output
    return result


def sampled(*arguments: object, code: int = 0) -> dict[str, Any]:
    return json.loads(run("sample", "a", *arguments, "--json", code=code).stdout)


def refused(*arguments: object) -> str:
    """The one sentence of a refusal, which leaves the record as it was."""
    before = open_store("a").head().number
    result = run("sample", "a", *arguments, code=2)
    said = result.stderr.strip()

    assert said.startswith("workbook: ")
    assert "\n" not in said
    assert open_store("a").head().number == before
    return said


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Sixty releases, six of them by hand."""
    return written(
        tmp_path / "releases.csv", {f"D-{n:02}": "manual" if n % 10 == 3 else "pipeline" for n in range(1, 61)}
    )


def written(file: Path, items: dict[str, str]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("deployment", "route"), *items.items()])
    return file


@pytest.fixture(autouse=True)
def engagement() -> None:
    run("new", "a", "--time-zone", "UTC")


@pytest.fixture
def store() -> Store:
    return open_store("a", ANN)


@pytest.fixture
def models(store: Store) -> Store:
    store.save([Draft("systems", "SYS-001", {"name": "Scoring"})])
    rows = ({"name": f"gbm {n}", "version": str(n), "system": "SYS-001", "stage": "production"} for n in range(1, 9))
    store.save(Draft("models", f"M-{n:03}", row) for n, row in enumerate(rows, 1))
    return store


# freezing, seed, drawing ----------------------------------------------------------------------------------------------


def test_the_population_is_a_revision_before_the_seed_is_made_from_it(releases: Path, store: Store):
    made = sampled(releases, "--id", "deployment", "--from", "2026-01-01", "--to", "2026-11-10")
    kinds = [r.kind for r in store.history()]
    held, drawn = store.history("population")[0], store.history("sample")[0]

    assert kinds == ["engagement", "evidence", "population", "sample"]
    assert made["seed"] == seed_of(made["population"]["hash"], held.hash) == drawn.body["seed"]
    assert (
        made["population"] | {"count": 60, "source": "releases.csv", "period_from": "2026-01-01"} == made["population"]
    )
    assert made["population"]["head"] == held.hash
    assert (held.actor, len(held.body["items"])) == ("Ann", 60)
    assert made["reason"] == "15 items: the usual size for 50 to 250 events, at normal risk."
    assert len(set(made["items"])) == 15
    assert store.vault.path_of(made["population"]["file"]).read_bytes() == releases.read_bytes()
    assert store.verify_evidence() == []


def test_what_the_command_drew_the_published_script_draws_from_the_written_population(releases: Path, tmp_path: Path):
    made = sampled(releases, "--id", "deployment", "--strata", "route", "--size", 9)
    run("sample", "a", "--of", "s-001", "-o", tmp_path / "again.csv")
    script = [
        sys.executable,
        ROOT / "docs" / "draw_sample.py",
        tmp_path / "again.csv",
        made["seed"],
        "9",
        "id",
        "stratum",
    ]
    again = subprocess.run(script, capture_output=True, text=True, check=True).stdout.splitlines()

    assert again == [f"population {made['population']['hash']}", *made["items"]]
    assert made["strata"] == {"manual": {"count": 6, "drawn": 1}, "pipeline": {"count": 54, "drawn": 8}}


def test_freezing_until_one_likes_the_sample_is_seen(releases: Path, tmp_path: Path):
    first = sampled(releases, "--id", "deployment")
    second = sampled(releases, "--id", "deployment")
    lines = releases.read_text().splitlines()
    renamed = tmp_path / "export-new.csv"
    renamed.write_text("\n".join([lines[0], *reversed(lines[1:]), "D-99,none"]))
    third = sampled(renamed, "--id", "deployment", "--strata", "route", "--method", "random")

    assert len({m["seed"] for m in (first, second, third)}) == 3
    assert [m["population"]["times_frozen"] for m in (first, second, third)] == [1, 2, 3]
    assert "the third population frozen from this source" in run("sample", "a", "--of", "S-003").stdout


def test_drawing_again_from_a_frozen_population_gives_the_same_order_and_says_so(releases: Path):
    first = sampled(releases, "--id", "deployment", "--size", 10)
    more = sampled("POP-001", "--size", 20)

    assert more["items"][:10] == first["items"]
    assert (more["seed"], more["drawn_from_population"], more["population"]["times_frozen"]) == (first["seed"], 2, 1)


def test_a_register_that_changed_since_says_so_and_the_frozen_rows_count(models: Store):
    first = sampled("models", "--size", 3)
    models.save([Draft("models", "M-009", {"name": "gbm 9", "system": "SYS-001"})])
    row = dict(models.ledger.get("a", "models", "M-002").body)
    models.save([Draft("models", "M-001", None, 1), Draft("models", "M-002", row | {"name": "renamed"}, 1)])
    again = sampled("POP-001", "--size", 8)

    assert again["population"]["changed"] == [f"1 row {w} since it was frozen" for w in ("added", "gone", "changed")]
    assert "M-009" not in again["items"]
    assert "M-001" in again["items"]
    assert again["items"][:3] == first["items"]


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "0" * 64},
        {"items": ["D-01", "D-02", "D-03"]},
        {"population": "POP-009"},
        {"method": "all"},
        {"extension": 1},
    ],
)
def test_no_way_in_records_another_seed_or_other_items(releases: Path, store: Store, change: dict[str, Any]):
    sampled(releases, "--id", "deployment")
    body = dict(store.history("sample")[0].body) | change

    with pytest.raises(BadInput):
        store.save([Draft("sample", "", body, numbers=SAMPLES)])
    with pytest.raises(BadInput):
        store.save([Draft("sample", "S-001", body, 1)])


def test_what_was_frozen_or_drawn_is_not_changed_or_taken_back(releases: Path, store: Store, models: Store):
    sampled("models", "--size", 3)
    body = models.history("population")[0].body
    less = dict(body) | {"items": body["items"][1:], "count": 7}
    made_up = frozen({"M-001": "", "M-002": ""}, source="models", form="register").body()
    keys = dict.fromkeys(body["items"], "mine")
    sorted_by_me = frozen(keys, source="models", form="register", stratified_by="stage").body()

    with pytest.raises(BadInput, match="frozen and cannot be changed"):
        models.save([Draft("population", "POP-001", body, 1)])
    with pytest.raises(BadInput, match="hash of their lines"):
        models.save([Draft("population", "", less, numbers=POPULATIONS)])
    with pytest.raises(BadInput, match="changed while they were frozen"):
        models.save([Draft("population", "", made_up, numbers=POPULATIONS)])
    with pytest.raises(BadInput, match="changed while they were frozen"):
        models.save([Draft("population", "", sorted_by_me, numbers=POPULATIONS)])
    for kind, key in (("population", "POP-001"), ("sample", "S-001")):
        with pytest.raises(BadInput, match="cannot be taken back"):
            models.delete(kind, key, 1)


def test_a_sample_that_is_read_as_of_an_earlier_state_is_not_there(releases: Path):
    sampled(releases, "--id", "deployment")

    assert open_store("a", as_of="r3").record().samples == {}
    assert list(open_store("a", as_of="r4").record().samples) == ["S-001"]


# sizes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "size", "says"),
    [
        ((), 15, "15 items: the usual size for 50 to 250 events, at normal risk."),
        (("--risk", "high"), 25, "50 to 250 events, at high risk"),
        (("--frequency", "weekly"), 8, "8 items: the usual size for a control that runs weekly, at normal risk."),
        (("--frequency", "automated"), 1, "an automated control whose configuration is shown not to have changed"),
        (("--frequency", "many times a day", "--risk", "high"), 60, "All 60 items: the usual size is 60"),
        (("--size", "4"), 4, "4 items: chosen with --size; 15 would be usual."),
        (("--method", "all"), 60, "All 60 items."),
        (
            ("--method", "judgement", "--items", "D-03,D-13", "--why", "by hand"),
            2,
            "2 items chosen by judgement: by hand",
        ),
    ],
)
def test_a_size_says_why_it_is_so(releases: Path, options: tuple[str, ...], size: int, says: str):
    made = sampled(releases, "--id", "deployment", *options)

    assert (made["size"], len(made["items"])) == (size, size)
    assert says in made["reason"]


# two sources ----------------------------------------------------------------------------------------------------------


def test_what_stands_in_one_source_only_is_counted_listed_and_recorded(models: Store, tmp_path: Path):
    log = tmp_path / "serving.csv"
    log.write_text("at,model_version\n1,1\n2,1\n3,2\n4,shadow\n5,3\n6,4\n7,5\n8,6\n9,7\n")
    arguments = ("models", "--id", "version", "--against", log, "--against-id", "model_version")
    made = sampled(*arguments, code=1)
    against = made["population"]["against"]

    assert against | {"source": "serving.csv", "count": 8, "only_here": ["8"], "only_there": ["shadow"]} == against
    assert models.history("population")[0].body["against"] == against
    assert models.vault.path_of(against["sha256"]).read_bytes() == log.read_bytes()
    assert "1 id only here (8), 1 id only there (shadow)" in run("sample", "a", *arguments, code=1).stdout
    assert sampled("models", "--against", "models")["population"]["against"]["only_here"] == []


# refusals -------------------------------------------------------------------------------------------------------------


def test_what_cannot_be_drawn_is_refused_in_a_sentence_before_anything_is_frozen(
    releases: Path, tmp_path: Path, models: Store
):
    twice = tmp_path / "twice.csv"
    twice.write_text("id\nD-1\nD-2\nD-1\n")
    bare = tmp_path / "bare.csv"
    bare.write_text("D-1,x\nD-2,y\n")
    empty, nothing = tmp_path / "empty.csv", tmp_path / "nothing.csv"
    empty.write_text("id,route\n")
    nothing.write_text("")
    by_id = (releases, "--id", "deployment")

    assert "No register is called 'modles'. Did you mean models" in refused("modles")
    assert "flows is empty" in refused("flows")
    assert "empty.csv is empty" in refused(empty)
    assert "nothing.csv is empty" in refused(nothing)
    assert "1 id more than once: D-1" in refused(twice)
    assert "no column is called 'id'; the first line must name the columns, and is D-1; x" in refused(bare)
    assert "A sample of 61 is larger than its population of 60" in refused(*by_id, "--size", 61)
    assert "cannot cover 2 strata" in refused(*by_id, "--strata", "route", "--size", 1)
    assert "no column is called 'rute'" in refused(*by_id, "--strata", "rute")
    assert "No column of models is called 'stge'. Did you mean stage" in refused("models", "--strata", "stge")
    assert "does not tell its rows apart" in refused("models", "--id", "stage")
    assert "needs --items A,B,C and --why" in refused(*by_id, "--method", "judgement", "--items", "D-01")
    assert "needs --items A,B,C and --why" in refused(*by_id, "--method", "judgement", "--why", "x")
    assert "Not in the population: D-77" in refused(*by_id, "--method", "judgement", "--items", "D-77", "--why", "x")
    assert "No frequency is called 'dayly'. Did you mean daily" in refused(*by_id, "--frequency", "dayly")
    bare.write_text("id,x\nD-1,1\n,2\n")
    assert "bare.csv, line 3: the column id is empty" in refused(bare)
    assert "No frequency is called 'dayly'" in refused(*by_id, "--frequency", "dayly", "--method", "all")
    assert "before it begins" in refused(*by_id, "--from", "2026-05-01", "--to", "2026-01-01")
    assert "--from" in refused(*by_id, "--from", "soon")
    assert "No question is called" in refused(*by_id, "--question", "nope")
    assert "needs strata" in refused(*by_id, "--method", "stratified")
    assert "POP-001 is frozen already" not in refused("POP-001")
    assert "No sample is called 'S-009'" in refused("--of", "S-009")
    assert "Name a population" in refused()
    sampled("models")
    assert "POP-001 is frozen already; --strata is said when" in refused("POP-001", "--strata", "stage")
    assert models.vault.held() == {}


# results --------------------------------------------------------------------------------------------------------------


def test_results_come_from_a_file_and_an_exception_is_something_found(releases: Path, tmp_path: Path):
    made = sampled(releases, "--id", "deployment", "--size", 5)
    file = tmp_path / "results.csv"
    lines = [f"{item},pass," for item in made["items"]]
    file.write_text("\n".join(["item,result,note", *lines[:4], f"{made['items'][4]},Exception,no approval", ""]))
    given = ("sample", "a", "--of", "S-001", "--results", file, "--json")
    environment = {"WORKBOOK_ACTOR": "Eve", "WORKBOOK_PART": "auditor", "WORKBOOK_DEBUG": "0"}
    told = CliRunner().invoke(main, [str(a) for a in given], env=environment)
    shown = json.loads(told.stdout)

    assert told.exit_code == 1
    assert (shown["exceptions"], shown["first_size"], shown["extension"], shown["size"]) == (1, 5, 5, 10)
    assert shown["open"] == ["no result yet for 5 of 10 items"]
    assert shown["results"][made["items"][4]] == {"result": "exception", "note": "no approval"}
    assert "OPEN: no result yet for 5 of 10 items." in run("sample", "a", "--of", "S-001", code=1).stdout
    file.write_text("\n".join(["item,result,note", *(f"{item},pass," for item in shown["items"])]))
    assert "Only an auditor says what a sample showed; Ann is preparer" in refused("--of", "S-001", "--results", file)
    assert "--results and -o are for a sample that was drawn" in refused("models", "--results", file)
    file.write_text("item,result\nD-01,pass\n")
    assert "no column is called 'note'" in refused("--of", "S-001", "--results", file)


def test_a_sample_that_was_written_past_the_rules_is_found(releases: Path, store: Store):
    sampled(releases, "--id", "deployment", "--size", 5)
    body = dict(store.history("sample")[0].body)
    left = [f"D-{n:02}" for n in range(1, 61) if f"D-{n:02}" not in body["items"]]
    run("verify", "a")
    wrong = {"items": left[:5]}, {"seed": "0" * 64}, {"items": body["items"] + left[:1], "extension": 1}
    store.ledger.append("a", [Draft("sample", "", body | one, numbers=SAMPLES) for one in wrong], ANN)
    told = run("verify", "a", code=1).stdout

    assert "S-001" not in told
    assert "S-002 (revision 5): its items are not those that its seed gives." in told
    assert "S-003 (revision 6): its seed was not made from its population" in told
    assert "S-004 (revision 7): its items are not those that its seed gives." in told
    assert told.endswith("NOT intact\n")
