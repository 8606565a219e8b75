"""Runs one notebook to its end through Papermill, and says plainly when it did not get there.

What Papermill writes into a notebook is no proof: after a time-out, a dead kernel or `SystemExit` it still reads
"completed". A page counts only if Papermill returned and every cell was seen to have run.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from workbook import errors, paths
from workbook.language import later
from workbook.masking import mask
from workbook.report.kernels import PageKernels
from workbook.report.parameters import Checked

INJECTED = "injected-parameters"
PAPERMILL_MARK = "papermill-error-cell-tag"
NOT_IN_REPORT = "not-in-report"  # the tag of a cell for whoever has the notebook: not run here, not on the page
TEAM_ONLY = "team-only"  # the tag of a cell that only the team's own edition keeps
KEPT_METADATA = (
    "kernelspec",
    "language_info",
    "title",
)  # what it takes to open a notebook, and nothing about its authors
ENGINE = "workbook"  # its entry point in pyproject.toml
CELL_SECONDS = 600
START_SECONDS = 120
logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it would print is told by the PageRun


@dataclass(frozen=True, slots=True)
class PageRun:
    """How one page went: `ok`, or the cell where it stopped (code cells counted from 1), its source and the reason."""

    page: str
    ok: bool
    cell: int = 0
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Executed:
    """How a page went, and its notebook as it may be kept; None if it never began."""

    run: PageRun
    notebook: NotebookNode | None = None


def run_page(notebook: Path, parameters: Checked, *, seconds: int = CELL_SECONDS) -> Executed:
    """Run `notebook` with `parameters`; `seconds` is the longest a cell may take. What goes wrong is in the result."""
    begun: list[NotebookNode] = []
    try:
        notebook_run = _execute(notebook, begun, parameters, seconds)
    except Exception as error:  # Papermill, nbclient and jupyter_client raise what they like
        executed = _failure(notebook.stem, begun, error, seconds)
    else:
        executed = Executed(_verdict(notebook.stem, notebook_run), notebook_run)
    run = replace(executed.run, reason=mask(executed.run.reason))
    return Executed(run, _for(parameters, cleaned(executed.notebook)) if executed.notebook else None)


def _for(parameters: Checked, notebook: NotebookNode) -> NotebookNode:
    """A notebook without the cells that speak to the team, where somebody else will read it."""
    if parameters.get("audience", "internal") != "internal":
        notebook.cells = [c for c in notebook.cells if TEAM_ONLY not in c.metadata.get("tags", [])]
    return notebook


def _execute(notebook: Path, begun: list[NotebookNode], parameters: Checked, seconds: int) -> NotebookNode:
    """The notebook as it was executed; `begun` is given it as soon as it is."""
    return papermill.execute_notebook(
        _as_template(notebook),
        None,  # to write it after each cell would take as long as many cells do
        begun=begun.append,
        parameters=dict(parameters),
        engine_name=ENGINE,
        kernel_name=paths.KERNEL_NAME,
        progress_bar=False,
        log_output=False,
        start_timeout=START_SECONDS,
        execution_timeout=seconds,
        # not Papermill's own `cwd`: that one changes the folder of this whole process, and pages run side by side
        resources={"metadata": {"path": str(notebook.resolve().parent)}},
        skip_cells_with_tag=NOT_IN_REPORT,
        store_widget_state=False,
        record_timing=False,
        kernel_manager_class=PageKernels,
        shutdown_kernel="immediate",  # nothing of a page is left to be tidied up by its kernel
    )


def _as_template(path: Path) -> str:
    """A path as Papermill takes it: it fills in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _verdict(page: str, executed: NotebookNode) -> PageRun:
    """Whether every cell of a notebook that Papermill returned has really run."""
    for number, cell in _code(executed):
        if any(output.output_type == "error" for output in cell.outputs):
            raised = next(o.ename for o in cell.outputs if o.output_type == "error")
            reason = f"The cell ended the page early with {raised}; what follows it was not run."
            return PageRun(page, False, number, _short(cell.source), reason)
        if NOT_IN_REPORT in cell.metadata.get("tags", []):
            continue
        status = cell.metadata.get("papermill", {}).get("status")
        if status != "completed" or (cell.source.strip() and cell.execution_count is None):
            return PageRun(page, False, number, _short(cell.source), later("The cell was not run."))
    return PageRun(page, True)


def _failure(page: str, notebooks: list[NotebookNode], error: Exception, seconds: int) -> Executed:
    """Where a notebook stopped that Papermill gave up, as it left it; it is not there if it never began."""
    if not notebooks:
        return Executed(PageRun(page, False, reason=f"The notebook could not be started: {_sentence(error)}"))
    [executed] = notebooks
    begun = [(n, c) for n, c in _code(executed) if c.metadata.get("papermill", {}).get("start_time")]
    if not begun:
        return Executed(PageRun(page, False, reason=f"No cell could be run: {_sentence(error)}"), executed)
    if isinstance(error, PapermillExecutionError):
        begun = [(n, c) for n, c in begun if any(o.output_type == "error" for o in c.outputs)] or begun
    number, cell = begun[-1]
    return Executed(PageRun(page, False, number, _short(cell.source), _reason(error, seconds)), executed)


def _code(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """The code cells with the numbers a reader counts; the cell that Papermill put in has the number before it."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            number += INJECTED not in cell.metadata.get("tags", [])
            yield number, cell


def _reason(error: Exception, seconds: int) -> str:
    if isinstance(error, PapermillExecutionError):
        if error.ename in _refusals():
            return str(error.evalue)  # the workbook's own sentence, made for the user
        return _first_line(f"{error.ename}: {error.evalue}") if error.evalue else str(error.ename)
    if isinstance(error, CellTimeoutError):
        return f"The cell took longer than {seconds} seconds and was stopped."
    if isinstance(error, DeadKernelError):
        return later("The kernel died while it ran this cell; it may have run out of memory.")
    return _sentence(error)


def _refusals() -> set[str]:
    kinds = (getattr(errors, name) for name in dir(errors))
    return {kind.__name__ for kind in kinds if isinstance(kind, type) and issubclass(kind, errors.WorkbookError)}


def _sentence(error: Exception) -> str:
    return _first_line(str(error)) or type(error).__name__


def _first_line(text: str, longest: int = 400) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= longest else line[:longest] + " …"


def _short(source: str) -> str:
    lines = source.strip().splitlines()
    return "\n".join(line[:160] for line in lines[:4]) + ("\n…" if len(lines) > 4 else "")


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook as it may be handed on: no widget state, no paths, no clock, no random ids, no password."""
    copy = nbformat.from_dict(notebook)
    copy.cells = [c for c in copy.cells if PAPERMILL_MARK not in c.metadata.get("tags", [])]
    copy.metadata = nbformat.from_dict({k: v for k, v in copy.metadata.items() if k in KEPT_METADATA})
    for cell in copy.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        for output in cell.get("outputs", []):
            _mask(output)
    return copy


def _mask(output: NotebookNode) -> None:
    """Take passwords out of what an error or a log told; results say what they say."""
    if output.output_type == "stream":
        output.text = mask(output.text)
    elif output.output_type == "error":
        output.evalue, output.traceback = mask(output.evalue), [mask(line) for line in output.traceback]
