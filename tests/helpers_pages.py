"""Small notebooks for the tests of running and rendering pages."""

from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from nbformat import NotebookNode

from workbook.audit import Shown
from workbook.report import check, read_page, run_page
from workbook.report.html import Frame, Link
from workbook.report.run import Executed

PROVENANCE = {
    "engagement": "isms-2027", "as_of": "22 Nov 2026", "head_number": 1482, "head_hash": "9f2c41d70b6ea813" * 4,
    "checklists": "ab12" * 16, "standards": "ISO/IEC 27001:2022 + Amd 1:2024", "version": "0.1.0",
    "made_by": "Security lead",
    "untranslated": "",
}  # fmt: skip
FRAME = Frame(
    "Control review",
    "Northlight Credit · ISMS audit 2027",
    (("As of", "22 Nov 2026"), ("Audit", "2 Feb 2027, in 72 days")),
    (Link("Overview", "index.html"), Link("Control review", "03_control_review.html", current=True)),
    PROVENANCE,
)
PARAMETERS = 'engagement: str = "demo"  # which audit\nlimit: int = 3  # how many'


def text(source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def code(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {})
    cell.execution_count = 1 if outputs else None
    return cell


def result(**data: Any) -> NotebookNode:
    """An output; `html=…` stands for text/html, and so on."""
    kinds = {"html": "text/html", "plain": "text/plain", "png": "image/png", "svg": "image/svg+xml",
             "js": "application/javascript", "md": "text/markdown", "latex": "text/latex",
             "widget": "application/vnd.jupyter.widget-view+json"}  # fmt: skip
    return nbformat.v4.new_output("display_data", {kinds[k]: v for k, v in data.items()})


def view(shown: Markup) -> NotebookNode:
    """The output of a cell that shows a view of ours."""
    data, metadata = Shown(shown)._repr_mimebundle_()
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def notebook(*cells: NotebookNode, parameters: str = PARAMETERS) -> NotebookNode:
    """A notebook with a title, a parameters cell and these cells."""
    first = [text("# A page\n\nWhat it is about."), code(parameters, tags=("parameters",))]
    made = nbformat.v4.new_notebook(cells=[*first, *cells])
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def saved(folder: Path, made: NotebookNode, name: str = "01_page") -> Path:
    """The notebook as a file of its own."""
    path = folder / f"{name}.ipynb"
    nbformat.write(made, path)
    return path


def executed(path: Path, parameters: dict[str, Any], **options: int) -> Executed:
    """The notebook at `path`, checked and run as a report does it."""
    return run_page(path, check(read_page(path), parameters), **options)
