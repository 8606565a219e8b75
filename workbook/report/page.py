"""A notebook as a report sees it: read once, and from then on a value."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from workbook import files
from workbook.errors import BadFile
from workbook.prose import in_english, parts

MAX_BYTES = 50 * 1024**2


@dataclass(frozen=True)
class Page:
    """The notebook at `path` as it was read; None with the `problem`, in a sentence, where it could not be.

    `digest` is the SHA-256 of the file as it was read.
    """

    path: Path
    notebook: NotebookNode | None = None
    problem: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """What its files are called, for example 03_control_review."""
        return self.path.stem

    @cached_property
    def title(self) -> str:
        """The heading it opens with, in English where it is ours; its name where it has none."""
        return self._opening.partition("\n")[0].removeprefix("# ").strip() or self.name

    @cached_property
    def question(self) -> str:
        """The first sentence below the heading: what the page answers; empty where nothing stands there."""
        paragraph = self._opening.partition("\n")[2].strip().split("\n\n")[0].replace("\n", " ")
        return paragraph.partition(". ")[0].rstrip(".") + "." if paragraph else ""

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters it takes, as Papermill finds them in the first cell tagged `parameters`."""
        cells = self.notebook.cells if self.notebook else ()
        tagged = next((cell for cell in cells if "parameters" in cell.metadata.get("tags", ())), None)
        return tuple(found.name for found in PythonTranslator.inspect(tagged)) if tagged else ()

    @property
    def _opening(self) -> str:
        cells = self.notebook.cells if self.notebook else ()
        return in_english(parts(str(cells[0].source))[0], self.notebook.metadata) if self.notebook and cells else ""


def read_page(path: Path) -> Page:
    """The page in the notebook `path`; a file that is no notebook gives a page with a problem."""
    try:
        content = files.read_limited(path, MAX_BYTES)
        return Page(path, nbformat.reads(content.decode(), as_version=4), digest=sha256(content).hexdigest())
    except BadFile as error:
        return Page(path, problem=str(error).replace(str(path), path.name))  # the page says nothing of this machine
    except Exception as error:  # nbformat meets a broken file with whatever its parsing stumbles on
        # what follows a colon may be text of the file itself, which not every reader of the report may see
        reason = str(error).strip().split("\n", 1)[0].partition(": ")[0][:200]
        return Page(path, problem=f"{path.name} is no notebook that can be read: {reason}")
