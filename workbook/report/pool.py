"""Where pages run side by side."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def pool(jobs: int) -> Iterator[Executor]:
    """An executor on which `submit(make_page, work)` runs at most `jobs` pages at the same time."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="page") as threads:
        yield threads
