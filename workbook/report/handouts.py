"""A made report as people hand it over: all of it in one file, on paper, in Word; beside its pages."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from workbook import files, paths
from workbook.errors import BadInput
from workbook.received import digest_of
from workbook.remote import Place
from workbook.report.batch import ReportRun
from workbook.report.folder import MAX_BYTES, put_bytes, sums, write
from workbook.report.in_word import papers
from workbook.report.printing import find_browser, to_pdf
from workbook.report.single import FRONT, NAME, combine


def single_file(run: ReportRun) -> Place:
    """Put the pages that were made, or those that lie there, into the one file report.html; returns where it lies.

    Raises BadInput where a page that should be in it cannot be read.
    """
    made = combine({name: _read(run.folder, name) for name in _made(run)})
    write(run.folder, {NAME: made, paths.MANIFEST: _with(sums({NAME: made}), _read(run.folder, paths.MANIFEST))})
    return run.folder / NAME


def _with(digests: Mapping[str, str], manifest: str) -> str:
    """A manifest that lists more files, so that whoever checks the folder knows them."""
    held = json.loads(manifest)
    held["files"] = dict(sorted((held["files"] | dict(digests)).items()))
    return json.dumps(held, indent=2, ensure_ascii=False) + "\n"


def on_paper(run: ReportRun, *, single: bool, full: bool) -> list[Path]:
    """Print each page that was made, or the one file of them all, as PDF beside it; returns the PDF files.

    `full` prints reference text, too. Raises BadInput without a Chromium, or where reports do not lie in a folder.
    """
    browser = find_browser()
    if not isinstance(run.folder, Path):
        raise BadInput("PDFs are printed into a folder of this machine; leave WORKBOOK_REPORTS_URL out to print.")
    printed = []
    for name in [NAME] if single else _made(run):
        target = (run.folder / name).with_suffix(".pdf")
        to_pdf(_read(run.folder, name), target, browser, full=full)
        printed.append(target)
    listed = _with({file.name: digest_of(file) for file in printed}, _read(run.folder, paths.MANIFEST))
    write(run.folder, {paths.MANIFEST: listed})
    return printed


def in_word(run: ReportRun, system: str, audience: str) -> list[Place]:
    """Write the documents of `papers` beside the pages, in place of what lay there; returns their files.

    No manifest lists them, because people are to change them. Raises BadInput where they cannot be written.
    """
    made = papers(run, system, audience)
    put_bytes(run.folder, made)
    return [run.folder / name for name in made]


def _made(run: ReportRun) -> Collection[str]:
    """The files of the pages of this run, the front page first."""
    return [FRONT, *(f"{page.page}.html" for page in run.pages)]


def _read(folder: Place, name: str) -> str:
    return files.read_limited(folder / name, MAX_BYTES).decode("utf-8")
