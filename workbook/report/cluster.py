"""Pages on other machines: the workers of a Dask cluster run them, and send back what was made.

A worker is a checkout or an installation of the same version, with notebooks and checklists of the same content and an
environment from which it reaches the same ledger. It is asked before anything is run, and again before its first page,
because workers come and go. A page whose worker is lost runs on another one; only the caller writes.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from workbook import __version__, catalog, paths
from workbook.errors import BadInput, WorkbookError
from workbook.masking import mask
from workbook.report.batch import MadePage, PageWork
from workbook.workspace import open_ledger

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 10  # how long a scheduler may take to answer
ALONE_SECONDS = 60  # how long pages wait where no worker is left
_ADDRESS = re.compile(r"(?:tcp|tls|wss?)://(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}")
_LOST = "The {name} was lost. What was there before is unchanged; make the reports again when it is back."


@dataclass(frozen=True, slots=True)
class Facts:
    """What whoever makes a page must have: the package's version, the contents of checklists and notebooks, the ledger.

    `head` is an engagement, a number and the hash that its chain has there; it is empty for no engagement.
    """

    version: str
    checklists: str
    notebooks: str
    head: tuple[str, int, str] | tuple[()] = ()


def facts_here() -> Facts:
    """The facts of this process, of no engagement."""
    contents = [f"{page.name} {sha256(page.read_bytes()).hexdigest()}" for page in paths.pages()]
    return Facts(__version__, catalog.load(paths.checklists()).digest, sha256("\n".join(contents).encode()).hexdigest())


def difference(wanted: Facts) -> str:
    """What this process has otherwise than `wanted`, as a part of a sentence; empty for nothing."""
    try:
        if wanted.version != __version__:
            return f"has version {__version__} of the workbook instead of {wanted.version}"
        here = facts_here()
        if wanted.checklists != here.checklists:
            return f"has other checklists, in {paths.checklists()}"
        if wanted.notebooks != here.notebooks:
            return f"has other notebooks, in {paths.notebooks()}"
        return _other_ledger(*wanted.head) if wanted.head else ""
    except WorkbookError as error:
        return f"says: {mask(str(error))}"


def _other_ledger(engagement: str, number: int, hash: str) -> str:
    with closing(open_ledger(create=False)) as ledger:
        if ledger.head(engagement, upto=number).hash == hash:
            return ""
    return f"reads another ledger, in which revision {number} of {engagement} is not the same"


@contextmanager
def cluster(address: str, engagements: Iterable[str]) -> Iterator[Executor]:
    """An executor that lets the workers of the scheduler at `address` make pages of `engagements`.

    Raises BadInput without the extra `dask`, where nobody answers, and for a worker that would make other pages.
    """
    with _connected(address) as client:
        here = facts_here()
        with closing(open_ledger(create=False)) as ledger:
            heads = [(name, ledger.head(name)) for name in engagements]
        _refuse_others(client, [replace(here, head=(name, head.number, head.hash)) for name, head in heads] or [here])
        with _watched(client, _Pages(client, here)) as pages:
            yield pages


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    if not _ADDRESS.fullmatch(address):
        raise BadInput(
            f"{mask(address)[:200]!r} is no address of a scheduler. Write one as tcp://scheduler.example:8786."
        )
    try:
        from distributed import Client
    except ImportError as error:
        raise BadInput("--scheduler needs Dask: pip install 'ml-audit-workbook[dask]'.") from error
    for name in ("distributed", "distributed.client"):  # what goes wrong is told in our own words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except Exception as error:  # Dask and tornado raise what they like
        raise BadInput(
            f"No Dask scheduler answers at {address}: {_told(error)}. Start it, or leave --scheduler out."
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):  # it is gone already
            client.close(timeout=ANSWER_SECONDS)


def _told(error: BaseException) -> str:
    return " ".join(mask(str(error) or type(error).__name__).split())[:300].rstrip(".")


def _refuse_others(client: "Client", wanted: Iterable[Facts]) -> None:
    """Raise BadInput where there is no worker, or for the workers that have something otherwise."""
    if not client.nthreads():
        raise BadInput("The Dask scheduler has no worker. Start some, each in a workspace of its own or a shared one.")
    found: dict[str, str] = {}
    for facts in wanted:
        answers = client.run(difference, facts, on_error="return")
        found |= {worker: _in_words(answer) for worker, answer in answers.items() if answer}
    if found:
        said = "; ".join(f"{worker} {what}" for worker, what in sorted(found.items()))
        raise BadInput(f"Nothing was made, because not all workers would make the same pages: {said}.")


def _in_words(answer: object) -> str:
    if isinstance(answer, ImportError | AttributeError):
        return "has no workbook installed, or an older one"
    return f"cannot be asked: {_told(answer)}" if isinstance(answer, BaseException) else str(answer).rstrip(".")


class _Pages(Executor):
    """Runs pages on the workers of a Dask client."""

    def __init__(self, client: "Client", facts: Facts) -> None:
        self._pool = client.get_executor()
        self._facts = facts
        self.lost = ""  # which part of the cluster is gone

    def submit(  # type: ignore[override]  # of all that an executor runs, this one runs pages
        self, fn: Callable[[PageWork], MadePage], work: PageWork, /
    ) -> Future[MadePage]:
        """Run `fn`, which makes a page, on a worker."""
        shown = work.frame.shown
        head = (shown.engagement, shown.number, shown.hash) if shown else ()
        far, near = self._pool.submit(_make_there, fn, work, replace(self._facts, head=head)), Future[MadePage]()
        near.add_done_callback(lambda done: far.cancel() if done.cancelled() else None)
        far.add_done_callback(partial(self._hand_on, near, lambda problem: fn(replace(work, problem=problem))))
        return near

    def give_up(self, lost: str) -> None:
        """Let go of all pages that are not made."""
        self.lost = lost
        self._pool.shutdown(wait=False)

    def _hand_on(self, near: Future[MadePage], failed: Callable[[str], MadePage], far: Future[MadePage]) -> None:
        """The outcome of a page, as whoever waits for it can use it."""
        from distributed.scheduler import KilledWorker

        with suppress(InvalidStateError):  # nobody waits any more
            try:
                near.set_result(far.result())
            except CancelledError:
                near.set_exception(BadInput(_LOST.format(name=self.lost or "connection to the Dask scheduler")))
            except KilledWorker:
                near.set_result(failed("Each worker that ran this page ended while it did; memory may have run out."))
            except Exception as error:
                near.set_exception(error)


def _make_there(make: Callable[[PageWork], MadePage], work: PageWork, facts: Facts) -> MadePage:
    """On a worker: make a page from the worker's own notebook of that name, if all is as it should be."""
    if other := difference(facts):
        raise BadInput(f"Nothing was made: a worker that came later {other}.")
    return make(replace(work, notebook=paths.notebooks() / work.notebook.name))


@contextmanager
def _watched(client: "Client", pages: _Pages) -> Iterator[_Pages]:
    """Give up where no worker is left for a while: pages would wait for ever."""
    ended = threading.Event()

    def watch() -> None:
        alone = 0.0
        while not ended.wait(1):
            with suppress(Exception):  # a lost scheduler is told by the pages themselves
                alone = 0 if client.nthreads() else alone + 1
                if alone >= ALONE_SECONDS:
                    pages.give_up("last worker of the Dask cluster")
                    return

    watching = threading.Thread(target=watch, name="workers", daemon=True)
    watching.start()
    try:
        yield pages
    finally:
        ended.set()
        watching.join(ANSWER_SECONDS)
