"""Pages run in forked kernels: the same outputs as Papermill's standard engine, and nothing that leaks or outlives."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from tests.conftest import ROOT
from tests.helpers_pages import code, notebook, saved
from workbook.warm.parent import NotWarm, Wanted, WarmParent

LATER = "import os, signal, time\nprint('before', flush=True)\ntime.sleep(0.5)\n"  # it is heard before it dies
PAGES = sorted(path.stem for path in (ROOT / "notebooks").glob("0[0-9]_*.ipynb"))
GOES_ON = {  # awkward cells that come to their end, all in one notebook
    "streams between displays": [
        "import sys\nfrom IPython.display import display, HTML",
        "print('one'); print('two', file=sys.stderr); display(HTML('<b>3</b>')); print('four'); 5",
        "for n in range(3):\n    print(n, end=' ', flush=True)\n    print(-n, file=sys.stderr, flush=True)",
        "import subprocess; subprocess.run(['echo', 'from another process'], check=True).returncode",
        "import os; _ = os.write(1, b'straight to the descriptor\\n')",
    ],
    "outputs that change": [
        "from IPython.display import display, clear_output, HTML, update_display",
        "shown = display('first', display_id='here')",
        "shown.update('second'); update_display(HTML('<i>third</i>'), display_id='here')",
        "print('gone'); clear_output(); print('stays')",
        "print('gone later'); clear_output(wait=True); display(1)",
        "display({'text/plain': 'a', 'image/png': 'aGk='}, raw=True, metadata={'image/png': {'width': 3}})",
    ],
    "await": [
        "import asyncio",
        "await asyncio.sleep(0.01)\n'waited'",
        "async def twice(n):\n    await asyncio.sleep(0)\n    return 2 * n\nawait asyncio.gather(twice(1), twice(2))",
    ],
    "threads": [
        "import threading",
        "def say():\n    print('from a thread')\nt = threading.Thread(target=say); t.start(); t.join()",
        "threading.current_thread() is threading.main_thread(), threading.active_count()",
    ],
    "figures": [
        "import matplotlib, matplotlib.pyplot as plt\nmatplotlib.get_backend()",
        "_ = plt.plot([1, 2, 3])",
        "figure, axes = plt.subplots(); _ = axes.bar(['a', 'b'], [1, 2])\nplt.show()\nfigure",
    ],
    "tables": ["import pandas\npandas.DataFrame([[f'a rather long word, number {n}' for n in range(12)]] * 70)"],
    "big outputs": ["print('x' * 3_000_000)", "'y' * 1_000_000", "for n in range(3000): print(n)"],
    "history": ["6 * 7", "Out[max(Out)] + 1", "In[1]"],
    "magics": ["%%capture kept\nprint('kept')", "kept.stdout", "!echo shell"],
    "logs": ["import logging, warnings\nlogging.warning('logged')", "warnings.warn('warned')"],
    "folder and environment": [
        "import os, sys; os.getcwd()",
        "sys.path, sys.argv[:1], sorted(os.environ)",
        "open('beside.py', 'w').write('FOUND = True')",
        "import beside; beside.FOUND",
        "os.chdir('/'); os.environ['SOMETHING'] = 'set'; os.getcwd()",
        "os.environ['SOMETHING'], sorted(n for n in os.environ if n.startswith(('WORKBOOK_', 'OMP_', 'MPL')))",
        "sys.argv[1:2], sys.path[0] in ('', os.getcwd()), __name__, sys.modules['__main__'].__name__, sys.stdin.read()",
        "%cd -q /tmp\n%pwd",
    ],
}
ENDS = {
    "an exception": ["1", "def f():\n    raise ValueError('no')\nf()"],
    "an error in syntax": ["x = ("],
    "an exit": ["print('before')", "raise SystemExit(3)"],
    "a question": ["print('before')", "input('who? ')"],
    "an interrupt": ["raise KeyboardInterrupt"],
}


def ran(path: Path, engine: str | None, **options: Any) -> tuple[NotebookNode, str]:
    """The notebook as an engine leaves it, and the name of what was raised."""
    out = path.with_name(f"{engine}-{path.name}")
    raised = ""
    options = {"progress_bar": False, "cwd": str(path.parent)} | options
    try:
        papermill.execute_notebook(path, out, engine_name=engine, **options)
    except (PapermillExecutionError, CellTimeoutError, DeadKernelError) as error:
        raised = type(error).__name__
    return nbformat.read(out, as_version=4), raised


def compared(made: NotebookNode) -> Any:
    """All that two runs of a notebook have in common: everything but times, process ids and random ids."""
    text = re.sub(r"ipykernel_\d+|0x[0-9a-f]{6,}", "PROCESS", nbformat.writes(made))
    found = json.loads(text)
    for metadata in [found["metadata"], *(cell["metadata"] for cell in found["cells"])]:
        metadata.pop("execution", None)
        own = metadata.get("papermill", {})
        for name in ("start_time", "end_time", "duration", "output_path"):
            own.pop(name, None)
    for cell in found["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []) or "papermill-error-cell-tag" in str(cell):
            cell.pop("id", None)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_papermills_own_engine_makes_of_it(
    name: str, demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WORKBOOK_HOME", str(demo_home))
    page = ROOT / "notebooks" / f"{name}.ipynb"
    (path := tmp_path / page.name).write_bytes(page.read_bytes())

    plain, warm = (ran(path, engine, parameters={"engagement": "demo"}) for engine in (None, "workbook"))

    assert plain[1] == warm[1] == ""
    assert compared(warm[0]) == compared(plain[0])


def test_awkward_cells_show_what_papermills_own_engine_shows(tmp_path: Path):
    path = saved(tmp_path, notebook(*(code(source) for cells in GOES_ON.values() for source in cells)))

    # what another process writes is heard by a thread of the kernel, now and then behind the cell's result
    for last in (False, False, True):
        plain, warm = (ran(path, engine) for engine in (None, "workbook"))
        if last or (plain[1], compared(plain[0])) == (warm[1], compared(warm[0])):
            break

    assert plain[1] == warm[1] == ""
    assert compared(warm[0]) == compared(plain[0])


@pytest.mark.parametrize("name", ENDS)
def test_a_cell_that_ends_the_notebook_ends_it_as_papermills_own_engine_does(name: str, tmp_path: Path):
    path = saved(tmp_path, notebook(*(code(source) for source in ENDS[name]), code("print('never')")))

    plain, warm = (ran(path, engine) for engine in (None, "workbook"))

    assert warm[1] == plain[1]
    assert compared(warm[0]) == compared(plain[0])


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        (f"{LATER}os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError"),
        (f"{LATER}os._exit(0)", "DeadKernelError"),
        ("import time\nprint('before', flush=True)\ntime.sleep(60)", "CellTimeoutError"),
    ],
)
def test_a_kernel_that_dies_or_hangs_is_told_as_papermills_own_engine_tells_it(
    source: str, raised: str, tmp_path: Path
):
    path = saved(tmp_path, notebook(code("1"), code(source), code("2")))

    plain, warm = (ran(path, engine, execution_timeout=3) for engine in (None, "workbook"))

    assert warm[1] == plain[1] == raised
    assert compared(warm[0]) == compared(plain[0])


def test_nothing_of_one_notebook_is_there_in_the_next(tmp_path: Path):
    mark = "import os, sys, builtins, pandas\nfound = hasattr(pandas, 'mark') or 'MARK' in os.environ\n"
    leave = "pandas.mark = os.environ['MARK'] = builtins.mark = '1'\nos.chdir('/')\nsys.path.insert(0, '/nowhere')\n"
    show = "print(found, hasattr(builtins, 'mark'), '/nowhere' in sys.path, os.getcwd() == '/')"
    path = saved(tmp_path, notebook(code(mark + show), code(leave)))

    runs = [ran(path, "workbook")[0] for _ in range(2)]

    assert [run.cells[-2].outputs[0].text for run in runs] == ["False False False False\n"] * 2


def test_a_random_number_is_another_one_in_each_page(tmp_path: Path):
    path = saved(tmp_path, notebook(code("import numpy, random\nprint(numpy.random.random(), random.random())")))

    said = [ran(path, "workbook")[0].cells[-1].outputs[0].text.split() for _ in range(3)]

    assert len({number for numbers in said for number in numbers}) == 6


def test_where_nothing_can_be_forked_each_page_starts_a_process_and_shows_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = saved(tmp_path, notebook(code("import os\nprint(os.getppid())"), code("6 * 7")))
    warm, _ = ran(path, "workbook")
    monkeypatch.setenv("WORKBOOK_PLAIN_KERNELS", "1")
    plain, _ = ran(path, "workbook")

    assert plain.cells[-1].outputs == warm.cells[-1].outputs
    assert plain.cells[-2].outputs[0].text == f"{os.getpid()}\n"
    assert warm.cells[-2].outputs[0].text != f"{os.getpid()}\n"


def test_a_parent_that_has_started_a_thread_does_not_fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    starts = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    (tmp_path / "threaded.py").write_text(starts)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    warm = WarmParent(["threaded"])
    try:
        with pytest.raises(NotWarm):
            warm.fork(Wanted([], str(tmp_path), dict(os.environ)))
    finally:
        warm.close()


def test_what_a_server_told_its_kernels_does_not_end_the_forked_ones(tmp_path: Path):
    path = saved(tmp_path, notebook(code("import time; time.sleep(1.5)\n'lived'")))
    run = "import papermill, sys; papermill.execute_notebook(sys.argv[1], sys.argv[2], engine_name='workbook')"

    out = tmp_path / "out.ipynb"
    subprocess.run([sys.executable, "-c", run, path, out], env={**os.environ, "JPY_PARENT_PID": "1234567"}, check=True,
                   capture_output=True)  # fmt: skip

    assert nbformat.read(out, as_version=4).cells[-1].outputs[0].data["text/plain"] == "'lived'"


@pytest.mark.parametrize("who", ["the process that asked", "the warm parent"])
def test_no_kernel_outlives(who: str, tmp_path: Path):
    told = tmp_path / "pids"
    source = f"import os, time\nopen({str(told)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\ntime.sleep(60)"
    path = saved(tmp_path, notebook(code(source)))
    run = "import papermill, sys; papermill.execute_notebook(sys.argv[1], None, engine_name='workbook')"
    asking = subprocess.Popen([sys.executable, "-c", run, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: told.exists() and len(told.read_text().split()) == 2)
        kernel, warm = map(int, told.read_text().split())
        os.kill(asking.pid if who == "the process that asked" else warm, signal.SIGKILL)
        until(lambda: not lives(kernel) and not lives(warm))
    finally:
        asking.kill()
        asking.wait()


def until(test: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_papermill_knows_the_engine_and_imports_nothing_of_ours_for_it(tmp_path: Path):
    path = saved(tmp_path, notebook(code("6 * 7")))
    command = Path(sys.executable).with_name("papermill")
    ran = subprocess.run([command, "--engine", "workbook", path.name, "out.ipynb"], cwd=tmp_path, check=False,
                         capture_output=True, text=True)  # fmt: skip
    seen = "import papermill, sys; print(sorted(n for n in sys.modules if n.startswith('workbook.')))"

    assert ran.returncode == 0, ran.stderr
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs[0].data["text/plain"] == "42"
    loaded = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout
    assert loaded == "['workbook.warm', 'workbook.warm.engine']\n"
