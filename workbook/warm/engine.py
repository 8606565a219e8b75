"""Papermill's engine `workbook`: its standard one, with kernels that are forked from a process that is warm already.

What runs is Papermill and nbclient as ever, so what is shown is the same. Papermill imports this module whenever it is
imported itself, so it imports nothing more.
"""

from time import monotonic
from typing import Any

from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager

PAUSE = 1.0  # seconds between two saves of a notebook that runs


class Unhurried(NotebookExecutionManager):  # type: ignore[misc]  # Papermill has no types
    """Saves a notebook when it begins, when it ends and each second between; Papermill does twice for each cell."""

    _due = 0.0

    def save(self, **options: Any) -> None:
        """Save the notebook if it is time to."""
        if monotonic() >= self._due:
            super().save(**options)
            self._due = monotonic() + PAUSE

    def notebook_complete(self, **options: Any) -> None:
        """Whatever happened, the file says how far it came."""
        self._due = 0.0
        super().notebook_complete(**options)


class WarmEngine(NBClientEngine):  # type: ignore[misc]  # as above
    """`papermill --engine workbook`."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: Any = True,
        log_output: bool = False,
        **options: Any,
    ) -> NotebookNode:
        """Run `nb`; takes and returns what every engine of Papermill does.

        `begun`, if given, is called with the notebook before its first cell: whoever keeps it needs no file to see how
        far it came.
        """
        autosave = options.pop("autosave_cell_every", 30)
        if begun := options.pop("begun", None):
            begun(nb)
        run = Unhurried(nb, output_path, log_output, progress_bar, autosave)
        run.notebook_start()
        try:
            cls.execute_managed_notebook(run, kernel_name, log_output=log_output, **options)
        finally:
            run.cleanup_pbar()
            run.notebook_complete()
        return run.nb

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> NotebookNode:
        """Run the cells of `nb_man`; takes what Papermill's standard engine takes."""
        if "kernel_manager_class" not in options:
            from workbook.warm.kernels import WarmKernels

            options["kernel_manager_class"] = WarmKernels
        return super().execute_managed_notebook(nb_man, kernel_name, **options)
