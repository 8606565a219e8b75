"""The form that makes the report, without a browser: the real command in a process of its own, on small notebooks."""

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from tests.helpers_pages import code, notebook, saved
from tests.test_forms import nothing, tell
from workbook import forms, paths, people
from workbook.audit import open_audit
from workbook.forms.base import Form
from workbook.forms.making import STOPPED
from workbook.forms.page import Page
from workbook.forms.report import _MAKING
from workbook.model import Person
from workbook.store import Store

PARAMETERS = "\n".join(f'{name}: str = ""' for name in ("engagement", "system", "as_of", "audience", "mode"))
WANTED = {"audience": "internal", "as_of": "", "recipient": ""}


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebooks of a workspace with one page; the page's kernel runs there."""
    folder = tmp_path / "work" / "notebooks"
    folder.mkdir(parents=True)
    (tmp_path / "work" / "checklists").symlink_to(paths.checklists())
    saved(folder, notebook(code("print('all is well')"), parameters=PARAMETERS), "01_page")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def form(store: Store, notebooks: Path) -> Iterator[Form]:
    yield forms.form("report", Page(store), "", static=nothing)
    for thread in threading.enumerate():
        if thread.name == "report":
            thread.join()
    _MAKING.clear()


def made(form: Form, **wanted: str) -> dict[str, Any]:
    """What the form shows when the report has been made."""
    assert tell(form, "make", **{**WANTED, **wanted})["ok"]
    while not form.state["ended"]:
        time.sleep(0.05)
    return form.state


def test_a_report_is_made_page_by_page_and_then_lies_there_to_open(form: Form, notebooks: Path):
    saved(notebooks, notebook(code("1"), parameters=PARAMETERS), "02_other")
    steps: list[Any] = []
    form.observe(lambda change: steps.append(change["new"]["making"]), "state")

    state = made(form)

    assert [step[:2] for step in steps if step] == [[0, 2], [1, 2], [2, 2]]
    assert (state["making"], state["ended"]["problems"]) == (None, ())
    assert [(m["audience"], m["path"], m["incomplete"]) for m in state["made"]] == [
        ("internal", ["isms-2027", "index.html"], ())
    ]
    assert (paths.results("isms-2027") / "02_other.html").is_file()


def test_a_report_that_goes_to_somebody_is_recorded_under_whoever_speaks(form: Form, store: Store, notebooks: Path):
    saved(notebooks, notebook(code("1"), parameters=PARAMETERS), paths.CUSTOMER_PAGE)
    state = made(form, audience="customer", recipient="certification body")

    issued = store.history("issued")[-1]
    assert (issued.actor, issued.body and issued.body["recipient"]) == (store.who.name, "certification body")
    assert state["ended"]["recipient"] == "certification body"
    assert state["recipients"] == ["certification body"]
    assert [(one["number"], one["path"]) for one in state["issued"]] == [
        ("REP-001", ["isms-2027", "issued", "001", "index.html"])
    ]


def test_a_made_report_is_packed_with_all_that_its_manifest_lists_and_nothing_else(form: Form):
    made(form)
    (paths.results("isms-2027") / "notes.html").write_text("mine")
    said: list[Any] = []
    form.send = lambda content, buffers=None: said.append((content, buffers))  # type: ignore[method-assign]
    form._received(form, {"do": "zip", "id": "m1", "audience": "internal"}, [])

    (reply, (content,)) = said[0]
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    folder = reply["name"].removesuffix(".zip")
    assert sorted(names) == [
        f"{folder}/{n}" for n in ("01_page.html", "index.html", "manifest.json", "notebooks/01_page.ipynb")
    ]


def test_where_reports_lie_out_of_reach_the_form_says_so(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_REPORTS_URL", "nowhere")

    state = forms.form("report", Page(store), "", static=nothing).state

    assert (state["made"], state["error"]) == ([], "")
    assert state["unreached"].startswith("WORKBOOK_REPORTS_URL is 'nowhere', which is no address of a place.")


def test_a_report_that_was_never_made_cannot_be_packed(form: Form):
    assert "make it again" in tell(form, "zip", audience="auditor")["says"]


def test_a_page_that_fails_is_named_and_nothing_is_issued(form: Form, notebooks: Path, store: Store):
    saved(notebooks, notebook(code("raise ValueError('no data')"), parameters=PARAMETERS), "02_other")

    state = made(form, recipient="certification body")

    [said] = state["ended"]["problems"]
    assert said.startswith("Nothing was issued, because not all pages could be made. 02_other in cell")
    assert said.endswith("ValueError: no data")
    assert (store.history("issued"), state["issued"]) == ([], [])


def test_a_second_one_is_refused_while_the_first_is_made(form: Form):
    assert tell(form, "make", **WANTED)["ok"]

    assert "is being made already: 0 of 1 page" in tell(form, "make", **WANTED)["says"]


def test_a_page_that_is_opened_again_finds_what_was_begun(form: Form, store: Store):
    assert tell(form, "make", **WANTED)["ok"]
    again = forms.form("report", Page(store), "", static=nothing)
    assert again.state["making"] == [0, 1, ""]

    while not (again.state["ended"] and form.state["ended"]):  # told one after the other
        time.sleep(0.05)
    assert again.state["made"] == form.state["made"]


def test_one_that_is_stopped_leaves_the_earlier_one_as_it_was(form: Form):
    made(form)
    before = (paths.results("isms-2027") / "index.html").read_bytes()
    assert tell(form, "make", **WANTED)["ok"]
    os.kill(_MAKING["isms-2027"]._process.pid, signal.SIGKILL)
    while form.state["making"]:
        time.sleep(0.05)

    assert form.state["ended"]["problems"] == (STOPPED,)
    assert (paths.results("isms-2027") / "index.html").read_bytes() == before


BEGIN = """
from markupsafe import Markup
from workbook import forms
from workbook.forms.page import Page
from workbook.forms.report import _MAKING
from workbook.workspace import open_store

form = forms.form("report", Page(open_store("isms-2027")), "", static=lambda: Markup(""))
assert form.answer({"do": "make", "audience": "internal", "as_of": "", "recipient": ""}, [])["ok"]
_MAKING["isms-2027"]._process.pid
"""


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="NOT RUN: processes are looked up in /proc")
def test_a_kernel_that_is_restarted_leaves_nothing_half_made_and_nothing_running(
    store: Store, notebooks: Path, monkeypatch: pytest.MonkeyPatch
):
    saved(notebooks, notebook(code("import time; time.sleep(60)"), parameters=PARAMETERS), "01_page")
    people.remember(Person("Security lead"))
    manager, client = start_new_kernel(kernel_name=paths.KERNEL_NAME)
    try:
        told: list[str] = []
        hear = lambda m: told.append(m["content"].get("data", {}).get("text/plain", ""))  # noqa: E731
        client.execute_interactive(BEGIN, output_hook=hear, timeout=60)
        process = int("".join(told))
        assert is_running(process)

        manager.restart_kernel(now=True)

        deadline = time.monotonic() + 20
        while is_running(process) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not is_running(process)
        assert not paths.results("isms-2027").exists()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"as_of": "soon"}, "as_of"), ({"as_of": "r99"}, "as_of"), ({"as_of": "2999-01-01"}, "as_of"),
     ({"recipient": "a\x00b"}, "recipient")],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_begun(form: Form, wrong: dict[str, str], field: str):
    said = tell(form, "make", **{**WANTED, **wrong})

    assert (said["ok"], said["field"]) == (False, field)
    assert said["says"][0].isupper() or said["says"].startswith("isms-2027")
    assert _MAKING == {}


def test_nobody_issues_a_report_without_saying_who_they_are(form: Form, store: Store):
    store.who = Person(people.UNNAMED)

    assert tell(form, "make", **{**WANTED, "recipient": "auditor"})["unnamed"]


def test_who_may_not_make_one_here_sees_why_and_a_report_says_nothing_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    assert open_audit(store.name, mode="page").report().markup == ""

    monkeypatch.setenv("JPY_SESSION_NAME", "06_audit_report.ipynb")
    assert "as of r1@" not in str(open_audit(store.name, as_of="r1").report().markup)
    assert "open the newest state" in str(open_audit(store.name, as_of="r1").report().markup)
