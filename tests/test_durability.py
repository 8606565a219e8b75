"""What was said to be saved stays saved: through killed processes, and through power cuts on a simulated disk."""

import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.kill_worker import ENGAGEMENT, QUESTIONS, opened, save
from workbook.ledger import Ledger
from workbook.model import Draft, Person

KILLS = int(os.environ.get("WORKBOOK_TEST_KILLS", "320"))
CUTS = int(os.environ.get("WORKBOOK_TEST_CUTS", "2000"))
ANN = Person("Ann")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="NOT TRIED: this system cannot fork processes to kill")
def test_nothing_that_was_acknowledged_is_lost_when_processes_are_killed(tmp_path):
    folder = tmp_path / "a b ü"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.kill_worker", str(folder), str(KILLS), "1"]
    subprocess.run(command, cwd=Path(__file__).parents[1], check=True, timeout=240)
    acknowledged = dict(line.split() for line in (folder / "acknowledged.txt").read_text().splitlines())
    assert len(acknowledged) >= KILLS // 2

    store = opened(folder)
    with closing(store.ledger):
        answers = store.history("answer")
        assert acknowledged.items() <= {str(r.number): r.hash for r in answers}.items()
        named = {key for r in answers for key in r.body["evidence"]}
        assert named <= {r.key for r in store.history("evidence")}
        assert store.verify_evidence() == []  # no row without its file
        assert store.ledger.verify(ENGAGEMENT).ok
        assert store.unnamed(), "no addition was cut short, so there is nothing to sweep"
        for mark in (folder / "evidence" / "incoming").iterdir():
            os.utime(mark, (0, 0))
        assert save(store, QUESTIONS[0], b"afterwards")
        assert (store.unnamed(), store.verify_evidence()) == ({}, [])
        assert list((folder / "evidence" / "incoming").iterdir()) == []


@pytest.fixture(scope="module")
def power():
    """The simulated disk."""
    pytest.importorskip("apsw", reason="NOT TRIED: apsw is not installed, so there is no disk to cut the power of")
    from tests.power_cut import Power

    power = Power()
    yield power
    power.unregister()


def goes_on(folder: Path) -> None:
    """The ledger itself opens what a power cut left, finds it whole and saves to it."""
    with closing(Ledger.open(f"sqlite:///{folder / 'record.db'}")) as ledger:
        assert ledger.verify("demo").ok
        assert ledger.append("afterwards", [Draft("answer", "ac-1", {})], ANN)


def test_a_power_cut_at_any_write_loses_nothing_that_was_acknowledged(power):
    from tests.power_cut import cuts

    chosen = random.Random(7)
    outcome = cuts(power, range(CUTS), {}, look=lambda folder: goes_on(folder) if chosen.random() < 0.05 else None)

    assert (outcome.cuts, outcome.lost, outcome.damaged) == (CUTS, 0, 0)
    assert outcome.acknowledged > CUTS


@pytest.mark.parametrize(
    "settings",
    [{"journal_mode": "delete", "synchronous": 2}, {"synchronous": 0}],
    ids=["the default of SQLite", "without syncing"],
)
def test_weaker_settings_lose_saves_so_the_trial_can_tell(power, settings):
    from tests.power_cut import cuts

    assert cuts(power, range(150), settings).lost > 0
