"""The server of the ledger goes away while people work: one sentence, nothing half, nothing twice, and on it goes."""

import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from tests.conftest import LEAD, ROOT
from tests.test_forms import ANSWER, Q, nothing, tell
from workbook import forms
from workbook.catalog import Catalog
from workbook.cli import main
from workbook.errors import LedgerUnreadable
from workbook.forms.base import Form
from workbook.forms.page import Page
from workbook.ledger import Ledger
from workbook.model import Engagement
from workbook.store import Store, create
from workbook.vault import Vault

ROW = {"key": "", "base": 0, "draft": "d1", "values": {"name": "Loans"}}


class Server:
    """A PostgreSQL of our own, which may go away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = self._do("start")

    def _do(self, what: str, *more: str) -> str:
        command = [ROOT / "tests" / "postgres", what, self.folder, *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            pytest.skip("NOT TRIED: PostgreSQL is not installed")
        return done.stdout.strip()

    def go(self) -> None:
        """Be gone at once, as after a power cut."""
        self._do("stop", "immediate")

    def come_back(self) -> None:
        assert self._do("start") == self.url

    @contextmanager
    def admin(self) -> Iterator[Connection]:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="workbook-server-") as room:  # a server does not run as root
        server = Server(Path(room) / "pg")
        yield server
        server.go()


@pytest.fixture
def store(server: Server, tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An engagement with a system, on a server whose ledger was empty before."""
    with server.admin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS revision, meta; DROP FUNCTION IF EXISTS revision_refuse"))
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", server.url)
    with closing(Ledger.open(server.url)) as ledger:
        create(ledger, "isms-2027", Engagement(title="ISMS audit 2027"), LEAD)
        store = Store(ledger, Vault(tmp_path / "evidence"), catalog, "isms-2027", LEAD)
        store.save_row("systems", "", {"name": "Credit scoring"}, 0)
        yield store


@pytest.fixture
def access(store: Store) -> Form:
    return forms.form("questions", Page(store), "access-control", "", static=nothing)


@pytest.fixture
def datasets(store: Store) -> Form:
    return forms.form("register", Page(store), "datasets", "", static=nothing)


def test_a_form_saves_again_as_soon_as_the_server_is_back(server: Server, store: Store, access: Form):
    first = tell(access, "save", key=Q, base=0, draft="d1", answer=ANSWER)
    changed = {"key": Q, "base": 1, "draft": "d2", "answer": {**ANSWER, "rationale": "Two accounts deploy."}}

    server.go()
    gone = [tell(access, "save", **changed), tell(access, "open", key=Q), tell(access, "history", kind="answer", key=Q)]
    for command in ("status", "history", "report"):
        said = CliRunner().invoke(main, [command, "isms-2027"])
        assert (said.exit_code, said.output.count("\n"), "could not be reached" in said.output) == (2, 1, True), said
    with pytest.raises(LedgerUnreadable, match="could not be reached"):
        store.record()
    verified = CliRunner().invoke(main, ["verify", "isms-2027"])
    server.come_back()
    back = tell(access, "save", **changed)

    assert first["ok"]
    for reply in gone:
        assert not reply["ok"]
        assert reply["lost"]  # so that the browser keeps what it sent, and sends it again as it was
        assert "could not be reached (" in reply["says"]
        assert "\n" not in reply["says"]
    assert (verified.exit_code, verified.output.endswith("NOT verified\n")) == (1, True)
    assert back["revision"]["version"] == 2
    assert store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale == "Two accounts deploy."
    assert len(store.history("answer", Q)) == 2
    assert store.ledger.verify("isms-2027").ok


def test_a_page_follows_what_was_saved_although_the_server_went_right_after(
    server: Server, store: Store, access: Form, monkeypatch: pytest.MonkeyPatch
):
    send = access.send

    def sent(content: Any, buffers: Any = None) -> None:
        said.append(content)
        server.go()

    said: list[Any] = []
    monkeypatch.setattr(access, "send", sent)
    access._received(access, {"do": "save", "id": "m1", "key": Q, "base": 0, "draft": "d1", "answer": ANSWER}, [])
    server.come_back()
    monkeypatch.setattr(access, "send", send)

    assert said[0]["ok"]
    assert access.page.look() == store.head().number
    assert next(i for i in access.state["items"] if i["key"] == Q)["result"] == "partial"


# in the middle of a save


def test_cut_off_before_the_end_nothing_is_recorded_and_sent_again_it_is_once(
    server: Server, store: Store, datasets: Form
):
    replies: list[Any] = []
    with server.admin() as other:
        other.execute(text("BEGIN; LOCK TABLE revision IN EXCLUSIVE MODE"))  # the save gets as far as its INSERT
        saving = threading.Thread(target=lambda: replies.append(tell(datasets, "save", **ROW)))
        saving.start()
        _cut_off_whoever_waits(server)
        saving.join()
        other.execute(text("ROLLBACK"))

    assert replies[0]["lost"]
    assert "Nothing was changed. Save again" in replies[0]["says"]
    assert store.history("datasets") == []
    assert tell(datasets, "save", **ROW)["revision"]["key"] == "DS-001"
    assert tell(datasets, "save", **ROW)["revision"]["key"] == "DS-001"
    assert len(store.history("datasets")) == 1
    assert store.ledger.verify("isms-2027").ok


def _cut_off_whoever_waits(server: Server) -> None:
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'INSERT'"
    for _ in range(1000):
        with server.admin() as connection:
            if connection.execute(text(kill)).all():
                return
        time.sleep(0.01)
    pytest.fail("nobody waited")


class Wire:
    """A way to a server that breaks once: when the server has recorded something, before anybody hears of it."""

    def __init__(self, url: str) -> None:
        self._there = make_url(url)
        self._here = socket.create_server(("127.0.0.1", 0))
        self.whole = True
        self.url = self._there.set(port=self._here.getsockname()[1]).render_as_string(hide_password=False)
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, what: Callable[..., None], *about: Any) -> None:
        thread = threading.Thread(target=what, args=about)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._here.accept()
                far = socket.create_connection((self._there.host, self._there.port))
                broken = threading.Event()
                for one, other, out in ((near, far, True), (far, near, False)):
                    self._start(self._carry, one, other, broken, out)

    def _carry(self, one: socket.socket, other: socket.socket, broken: threading.Event, out: bool) -> None:
        recording = False
        with suppress(OSError):
            while data := one.recv(65536):
                recording = recording or b"INSERT INTO revision" in data
                if out and recording and b"COMMIT" in data and self.whole:
                    self.whole = False
                    broken.set()
                if not out and broken.is_set():
                    break
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        one.close()  # each way closes the end that it reads from

    def close(self) -> None:
        self._here.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._here.close()


@pytest.mark.parametrize("kind", ["questions", "register"])
def test_an_answer_that_never_arrives_is_not_known_and_sent_again_it_is_recorded_once(
    server: Server, store: Store, tmp_path: Path, kind: str
):
    with closing(Wire(server.url)) as wire, closing(Ledger.open(wire.url)) as ledger:
        behind = Store(ledger, store.vault, store.catalog, store.name, LEAD)
        about = ("access-control", "") if kind == "questions" else ("datasets", "")
        form = forms.form(kind, Page(behind), *about, static=nothing)
        what = {"key": Q, "base": 0, "draft": "d1", "answer": ANSWER} if kind == "questions" else ROW
        before = store.head().number
        lost = tell(form, "save", **what)
        assert store.head().number == before + 1
        again = tell(form, "save", **what)

    assert lost["lost"]
    assert "it is not known whether this was recorded" in lost["says"]
    assert again["revision"]["version"] == 1
    assert store.head().number == before + 1
    assert store.ledger.verify("isms-2027").ok
