"""Whatever is given, the answer is in words; `tests/benchmarks/fuzz.py` tries that hundreds of thousands of times."""

from tests.benchmarks.fuzz import fuzz


def test_nothing_ends_in_a_traceback():
    found = fuzz(500, begin=20_270_201)

    assert found.failures == {}
    assert min(found.tries.values()) > 3
