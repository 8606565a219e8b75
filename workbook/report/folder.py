"""The folder of one edition of a report: which pages of earlier runs stay in it, and how new ones come into it.

A page stays as long as its notebook is there and it belongs to this edition; whatever else looks like a page goes, so
that the folder can be handed to those the edition is for. What is written is whole: the old file or the new one. The
folder may lie in a bucket; where that cannot be reached, nothing is taken to be gone.
"""

import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from workbook import files
from workbook.audience import reads
from workbook.errors import BadFile, BadInput
from workbook.language import later
from workbook.remote import Place
from workbook.report.page import Page, read_page
from workbook.report.run import PageRun
from workbook.report.shown import Listed, Shown, read

MAX_BYTES, MAX_EXECUTED = 50 * 1024**2, 500 * 1024**2
_PAGES, _NOTEBOOKS = "[0-9][0-9]_*.html", "notebooks/[0-9][0-9]_*.ipynb"
IN_WORD = ("summary.docx", "statement_of_applicability.docx", "findings.docx")
FOR_CUSTOMERS = "customer_edition.docx"
HANDOUTS = ("report.html", "*.pdf", *IN_WORD, FOR_CUSTOMERS)  # what was made from the pages that lay there before


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that stays, and its HTML."""

    listed: Listed
    html: str


def kept(folder: Place, pages: Sequence[Page], shown: Shown, new: Container[str]) -> tuple[Kept, ...]:
    """The pages of earlier runs that stay beside the `new` ones of the edition `shown`, by name.

    Their notebooks lie where those of `pages` do.
    """
    others = [path for path in files.matching(folder, _PAGES) if path.stem not in new]
    return tuple(_kept(others, {page.path.parent for page in pages}, shown))


@contextmanager
def alone_in(folder: Place) -> Iterator[None]:
    """While the block runs, whoever else asks for the same `folder` waits; raises BadInput where there can be none.

    Without locks, as in a bucket and on some file systems, each file is whole all the same.
    """
    if not isinstance(folder, Path):
        yield
        return
    try:
        files.make_folder(folder)
        handle = os.open(folder, os.O_RDONLY) if os.name == "posix" else None
    except OSError as error:
        raise _not_written(str(folder), error) from error
    try:
        with suppress(OSError):
            _lock(handle)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(handle: int | None) -> None:
    if handle is not None:
        import fcntl  # Unix only

        fcntl.flock(handle, fcntl.LOCK_EX)


def _kept(others: Iterable[Place], notebooks: Iterable[Path], shown: Shown) -> Iterator[Kept]:
    for path in others:
        html = _text(path)
        says = read(html)
        notebook = next((f for place in notebooks if (f := place / f"{path.stem}.ipynb").is_file()), None)
        if notebook and says and says.edition == shown.edition and reads(shown.audience, path.stem):
            run = PageRun(path.stem, says.complete, reason="" if says.complete else later("The page says why."))
            yield Kept(Listed(read_page(notebook), run, says), html)


def _text(path: Place) -> str:
    try:
        return files.read_limited(path, MAX_BYTES).decode("utf-8", errors="replace")
    except BadFile:  # whatever it is, no page of ours
        return ""


def clear(folder: Place, names: Iterable[str]) -> tuple[str, ...]:
    """Remove the pages and executed notebooks whose files are not among `names`; returns the pages that went.

    What was made from earlier pages, as one file, on paper or in Word, goes with them.
    """
    staying = {folder / name for name in names}
    patterns = (_PAGES, _NOTEBOOKS, *HANDOUTS)
    gone = [path for pattern in patterns for path in files.matching(folder, pattern) if path not in staying]
    for path in gone:
        files.remove(path)
    return tuple(sorted(path.stem for path in gone if path.suffix == ".html" and path.name not in HANDOUTS))


def digests(folder: Place, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of the executed notebooks that lie there for the pages `names`, by the name of the file."""
    found = {}
    for name in (f"notebooks/{page}.ipynb" for page in names):
        with suppress(BadFile):  # there is none
            found[name] = sha256(files.read_limited(folder / name, MAX_EXECUTED)).hexdigest()
    return found


def sums(texts: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 of each text as it stands in its file, by the name of the file."""
    return {name: sha256(text.encode()).hexdigest() for name, text in texts.items()}


def write(folder: Place, texts: Mapping[str, str]) -> None:
    """Put `texts` into the files of `folder` by their names, none before all are on the disk; raises BadInput."""
    put_bytes(folder, {name: text.encode() for name, text in texts.items()})


def put_bytes(folder: Place, contents: Mapping[str, bytes]) -> None:
    """The same for bytes."""
    try:
        files.write_all({folder / name: content for name, content in contents.items()})
    except OSError as error:
        raise _not_written(str(error.filename), error) from error


def _not_written(path: str, error: OSError) -> BadInput:
    return BadInput(
        f"{path} could not be written: {error.strerror}. What was there before is unchanged; make room, "
        "or choose another folder with WORKBOOK_HOME, and make the report again."
    )
