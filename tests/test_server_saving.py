"""A saved notebook holds what its author wrote and nothing of what the page showed; saved by Jupyter's own managers."""

import asyncio
import copy
import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

from tests.conftest import ROOT
from workbook import paths
from workbook.server.saving import strip_before_saving, stripped

TOKEN = "token-that-somebody-typed"
PAGE = "00_start.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with the notebooks as they ship."""
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, tmp_path / "work" / name)
    return tmp_path / "work" / "notebooks"


@pytest.fixture
def manager(folder: Path) -> AsyncLargeFileManager:
    """What JupyterLab and Notebook 7 save with."""
    found = AsyncLargeFileManager(root_dir=str(folder))
    found.register_pre_save_hook(strip_before_saving)
    return found


def in_use(notebook: dict[str, Any]) -> dict[str, Any]:
    """A notebook as a front end holds it after a while: run, typed into, folded, trusted, by a newer kernel."""
    used = copy.deepcopy(notebook)
    for number, cell in enumerate(used["cells"]):
        cell["metadata"] |= {"trusted": True, "collapsed": True, "scrolled": TOKEN}
        if cell["cell_type"] == "code":
            text = {"text/html": f"<p>{TOKEN}</p>", "application/vnd.jupyter.widget-view+json": {"model_id": TOKEN}}
            output = {"output_type": "display_data", "data": text, "metadata": {"x": TOKEN}}
            cell |= {"execution_count": number, "outputs": [output]}
            cell["metadata"] |= {
                "execution": {"iopub.status.busy": TOKEN},
                "jupyter": {"source_hidden": number % 2 == 0},
            }
    used["metadata"] |= {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": TOKEN}}, "toc": TOKEN}
    used["metadata"]["language_info"] |= {"version": "3.99", "codemirror_mode": {"name": "ipython", "version": 3}}
    return used


def save(manager: AsyncLargeFileManager, path: str, notebook: dict[str, Any]) -> None:
    content = nbformat.from_dict(notebook)
    asyncio.run(manager.save({"type": "notebook", "format": "json", "content": content}, path))


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb")))
def test_a_page_in_use_is_saved_as_it_ships_to_the_byte(manager: AsyncLargeFileManager, folder: Path, page: str):
    before = (folder / page).read_bytes()

    save(manager, page, in_use(read(folder / page)))
    asyncio.run(manager.create_checkpoint(page))
    save(manager, page, in_use(read(folder / page)))

    assert (folder / page).read_bytes() == before
    assert not [f for f in folder.rglob("*") if f.is_file() and TOKEN.encode() in f.read_bytes()]


def test_what_an_author_changes_is_kept(manager: AsyncLargeFileManager, folder: Path):
    page = in_use(read(folder / PAGE))
    page["metadata"]["title"] = "Our start"
    page["cells"][2]["source"] = "Ask Ada first."
    new = {"cell_type": "code", "id": "ours", "metadata": {"tags": ["not-in-report"], "seen": TOKEN}, "outputs": [],
           "source": "audit.gaps()", "execution_count": 3}  # fmt: skip
    picture = {"cell_type": "markdown", "id": "pic", "metadata": {}, "source": "![](attachment:a.png)",
               "attachments": {"a.png": {"image/png": "aGVsbG8="}}}  # fmt: skip
    page["cells"] += [new, picture]

    save(manager, PAGE, page)

    kept = nbformat.read(folder / PAGE, as_version=4)
    assert kept.metadata.title == "Our start"
    assert kept.cells[2].source == "Ask Ada first."
    assert (kept.cells[-2].source, kept.cells[-2].metadata) == ("audit.gaps()", {"tags": ["not-in-report"]})
    assert kept.cells[-1].attachments["a.png"]["image/png"] == "aGVsbG8="
    assert TOKEN not in (folder / PAGE).read_text()
    nbformat.validate(kept)


@pytest.mark.parametrize("path", ["Copy of start.ipynb", "mine/analysis.ipynb"])
def test_a_copy_and_a_notebook_of_ones_own_that_reads_the_record_are_saved_clean(
    manager: AsyncLargeFileManager, folder: Path, path: str
):
    (folder / "mine").mkdir()
    own = in_use(read(folder / PAGE))
    own["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}

    save(manager, path, own)

    assert TOKEN not in (folder / path).read_text()


def test_a_notebook_that_does_not_read_the_record_keeps_its_outputs(manager: AsyncLargeFileManager, folder: Path):
    output = {"output_type": "stream", "name": "stdout", "text": TOKEN}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [output],
            "source": "# import workbook\nprint(1)", "execution_count": 1}  # fmt: skip
    save(manager, "other.ipynb", {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    assert TOKEN in (folder / "other.ipynb").read_text()


def test_an_executed_copy_in_outputs_stays_whole(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", str(folder.parent / "outputs"))
    manager = AsyncLargeFileManager(root_dir=str(folder.parent))
    manager.register_pre_save_hook(strip_before_saving)
    (folder.parent / "outputs" / "demo").mkdir(parents=True)

    save(manager, "outputs/demo/00_start.ipynb", in_use(read(folder / PAGE)))

    assert TOKEN in (folder.parent / "outputs" / "demo" / PAGE).read_text()


def test_a_damaged_file_is_replaced_and_nothing_is_taken_from_it(manager: AsyncLargeFileManager, folder: Path):
    page = in_use(read(folder / PAGE))
    (folder / PAGE).write_text(f'{{"cells": "{TOKEN}')

    save(manager, PAGE, page)

    assert TOKEN not in (folder / PAGE).read_text()
    assert len(read(folder / PAGE)["cells"]) == len(page["cells"])


def test_what_cannot_be_looked_through_is_not_saved(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("workbook.server.saving.stripped", broken)
    page = read(ROOT / "notebooks" / PAGE)

    with pytest.raises(HTTPError) as caught:
        strip_before_saving({"type": "notebook", "content": page}, PAGE, None)
    assert PAGE in str(caught.value.log_message)


def test_where_notebooks_are_no_files_all_but_the_authors_words_is_left_out():
    page = stripped(in_use(read(ROOT / "notebooks" / PAGE)))

    assert TOKEN not in json.dumps(page)
    assert page["metadata"]["kernelspec"]["name"] == paths.KERNEL_NAME
