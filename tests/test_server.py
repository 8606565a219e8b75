"""The workbook inside a Jupyter server, as a browser asks it: a real server, which loads it by its installed file."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import ROOT
from workbook.model import Engagement, Person
from workbook.report import make
from workbook.store import create
from workbook.workspace import open_ledger

REPORT = {"engagement": "isms-2027", "files": {"index.html": "", "03_control_review.html": "", "../../x.html": ""}}


@dataclass
class Server:
    """A running Jupyter server and its workspace."""

    port: int
    token: str
    room: Path

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> "Reply":
        """What it answers to whoever has brought the token, unless `headers` say otherwise."""
        given = {"Authorization": f"token {self.token}", **headers}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, f"/user/me/workbook/{path}", None if body is None else json.dumps(body), given)
            reply = connection.getresponse()
            return Reply(reply.status, dict(reply.headers), reply.read())


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Jupyter server without JupyterLab, under a base of its own as a hub gives it, on a new workspace."""
    room = tmp_path_factory.mktemp("server")
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, room / "work" / name)
    token, log = secrets.token_hex(16), room / "log"
    base = {k: v for k, v in os.environ.items() if not k.startswith(("WORKBOOK_", "JUPYTER", "JPY_"))}
    own = {f"JUPYTER_{n}_DIR": str(room / n.lower()) for n in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"JUPYTER_TOKEN": token, "WORKBOOK_HOME": str(room / "home"), "XDG_CONFIG_HOME": str(room / "config")}
    options = ("--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root", "--ServerApp.base_url=/user/me/")
    with log.open("wb") as out:
        command = [sys.executable, "-m", "jupyter_server", *options]
        process = subprocess.Popen(command, env=base | own, cwd=room / "work", stdout=out, stderr=out)
        try:
            yield _ready(process, Server(0, token, room))
        finally:
            process.terminate()
            process.wait(30)


def _ready(process: subprocess.Popen[bytes], server: Server) -> Server:
    """The server as soon as it answers; it notes the port that it found before it listens there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for noted in (server.room / "runtime").glob("jpserver-*.json"):
            with suppress(OSError, ValueError):
                found = replace(server, port=int(json.loads(noted.read_text())["port"]))
                if found.ask("state").status == 200:
                    return found
        time.sleep(0.1)
    raise AssertionError((server.room / "log").read_text())


@pytest.fixture
def ledger(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workspace of the server is that of the test; an engagement has begun."""
    monkeypatch.setenv("WORKBOOK_HOME", str(server.room / "home"))
    ledger = open_ledger()
    if not ledger.engagements():
        create(ledger, "isms-2027", Engagement(title="ISMS audit 2027"), Person("Security lead"))
    ledger.close()


PLACES = ("state", "index", "reports/isms-2027/index.html")


@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_told_anything_without_the_token(server: Server, place: str):
    assert server.ask(f"{place}", Authorization="").status in (302, 403)
    assert server.ask(f"{place}", Authorization="token wrong").status in (302, 403)


def test_nobody_says_who_speaks_without_the_token(server: Server):
    reply = server.ask("speaker", "POST", {"name": "X", "role": "preparer"}, Authorization="")

    assert reply.status == 403


def test_what_a_reader_has_already_is_not_sent_again(server: Server, ledger: None):
    first = server.ask("state")
    again = server.ask("state", **{"If-None-Match": first.headers["Etag"]})

    assert (first.json["engagement"], first.json["revision"], len(first.json["pages"])) == ("isms-2027", 1, 12)
    assert (again.status, again.body) == (304, b"")
    assert server.ask("index", **{"If-None-Match": '"other"'}).status == 200


def test_who_speaks_is_remembered(server: Server):
    said = server.ask("speaker", "POST", {"name": " Data steward ", "role": "reviewer"}).json

    assert (said["speaker"]["name"], said["speaker"]["role"]) == ("Data steward", "reviewer")
    assert server.ask("state").json["speaker"] == said["speaker"]


@pytest.mark.parametrize("said", [{}, [], "me", {"name": 1, "role": "preparer"}, {"name": "", "role": "preparer"},
                                  {"name": "Me", "role": "king"}])  # fmt: skip
def test_who_cannot_speak_so_is_told_why_in_a_sentence(server: Server, said: Any):
    reply = server.ask("speaker", "POST", said)

    assert reply.status == 400
    assert reply.json["says"].endswith(".")


# reports ------------------------------------------------------------------------------------------------------------


def test_a_made_report_is_served_with_nothing_that_could_run(server: Server, ledger: None):
    make("isms-2027", {"audience": "customer"})
    place = "reports/isms-2027/customer"
    front, page, source = (
        server.ask(f"{place}/{n}") for n in ("", "11_customer_edition.html", "notebooks/11_customer_edition.ipynb")
    )

    assert (front.status, page.status, source.status) == (200, 200, 200)
    assert front.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b'href="11_customer_edition.html' in front.body
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert source.json["cells"]


@pytest.fixture
def report(server: Server, ledger: None) -> Path:
    """A folder with the manifest of a report, what it lists, and what it does not."""
    folder = server.room / "home" / "isms-2027"
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(REPORT))
    for name in ("index.html", "secret.html", "../x.html"):
        (folder / name).write_text("<p>text</p>")
    (folder / "03_control_review.html").unlink(missing_ok=True)
    (folder / "03_control_review.html").symlink_to("/etc/hostname")
    return folder


@pytest.mark.parametrize(
    "path",
    [
        "isms-2027/secret.html", "isms-2027/manifest.json", "isms-2027/03_control_review.html", "./index.html",
        "isms-2027/..%2f..%2fx.html", "isms-2027/%2e%2e/%2e%2e/x.html", "../workbook.db", "%2e%2e/x.html",
        "isms-2027/../../x.html",
        "isms-2027//etc/passwd", "isms-2027/index.html%00.html", "isms-2027/..%5c..%5cx.html", "isms-2028/index.html",
        "evidence/index.html", "isms-2027/customer/../index.html", "isms-2027/C:%5cx.html", "isms-2027/" + "a/" * 900,
        "isms-2027/%ff.html", "ISMS-2027/index.html", "isms-2027/index.html/",
    ],
)  # fmt: skip
def test_nothing_but_the_files_of_a_report_is_served(server: Server, report: Path, path: str):
    reply = server.ask(f"reports/{path}")

    assert reply.status in (400, 404)
    assert b"<p>text</p>" not in reply.body


def test_a_manifest_of_another_engagement_opens_nothing(server: Server, report: Path):
    assert server.ask("reports/isms-2027/index.html").status == 200
    (report / "manifest.json").write_text(json.dumps({**REPORT, "engagement": "other"}))

    assert server.ask("reports/isms-2027/index.html").status == 404


def test_a_server_is_ready_before_the_analysis_is_imported():
    found = "import sys, workbook.server; print([m for m in sys.modules if 'pydantic' in m or 'sqlalchemy' in m])"

    assert subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True).stdout == "[]\n"
