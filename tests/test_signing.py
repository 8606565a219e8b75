"""A signature and a trusted time under the manifest of an issued report, checked without any network."""

import builtins
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from tests.helpers_pages import code, notebook, saved
from tests.test_seals import verify as run_script
from tests.test_witnesses import run
from workbook import paths, signing, stamping
from workbook.errors import BadInput
from workbook.report.issuing import Wanted, issue
from workbook.store import Store

NAMES = ("engagement", "system", "as_of", "audience", "mode")
GIVEN = "\n".join(f'{name}: str = ""  # a parameter' for name in NAMES)
NO_OPENSSL = which("openssl") is None

CONFIG = """[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
"""
EXTENSIONS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store) -> Store:
    folder = tmp_path / "n"
    folder.mkdir()
    monkeypatch.setattr("workbook.paths.notebooks", lambda: folder)
    saved(folder, notebook(code("print('three of 40')"), parameters=GIVEN), "01_data_inventory")
    return store


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a time-stamping authority of our own: its root, and a signer under it."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "ext.cnf").write_text(EXTENSIONS)
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for name in ("root", "other"):
        openssl(folder, "req", "-x509", *ec, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30", "-subj",
                f"/O=Test/CN={name}")  # fmt: skip
    openssl(folder, "req", *ec, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/O=Test/CN=Test TSA")
    issuer = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30", "-extfile", "ext.cnf")
    openssl(folder, "x509", "-req", "-in", "tsa.csr", *issuer, "-out", "tsa.pem")
    return folder


@contextmanager
def serving(authority: Path) -> Iterator[str]:
    """The address, on this machine, at which the authority answers."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (authority / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(authority, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-signer", "tsa.pem",
                    "-inkey", "tsa.key", "-out", "reply.tsr")  # fmt: skip
            self.send_response(200)
            self.end_headers()
            self.wfile.write((authority / "reply.tsr").read_bytes())

        def log_message(self, *_arguments: object) -> None:
            """A test's output is not the place."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_key_pair_is_made_once_for_its_owner_alone():
    key = signing.make_key(paths.signing_key())

    assert key.place.stat().st_mode & 0o777 == 0o600
    assert signing.read_key(key.place) == key
    with pytest.raises(BadInput, match="Move it away first"):
        signing.make_key(key.place)
    key.place.chmod(0o644)
    with pytest.raises(BadInput, match="Others may read the private key"):
        signing.sign(key.place, b"manifest")


def test_a_signed_report_is_checked_by_us_and_by_openssl_and_the_script_says_how(work: Store):
    key = signing.make_key(paths.signing_key())
    folder = Path(str(issue(work, Wanted("Board", "internal", sign=True)).folder))

    assert f"Signed with the key {key.fingerprint}" in " ".join(run(folder)["notes"])
    unstamped = run(folder, "--authority", folder / "signer.pem", code=1)["problems"]
    assert unstamped == ["It has no trusted time, so --authority has nothing to check."]
    said = run_script(folder / "manifest.json")[1]
    assert f"its SHA-256 is {key.fingerprint}" in said
    if not NO_OPENSSL:
        [command] = [line.split() for line in said.splitlines() if "pkeyutl" in line]
        openssl(folder, *command[1:])

    other = signing.make_key(paths.signing_key().with_name("other.pem"))
    manifest = (folder / "manifest.json").read_bytes()
    for name, content in signing.sign(other.place, manifest)[1].items():
        (folder / name).write_bytes(content)
    assert "it was signed with the key" in " ".join(run(work.name, code=1)["report_damage"])
    (folder / signing.SIGNATURE).write_bytes(b"0" * 64)
    assert "is no signature of this manifest" in " ".join(run(folder, code=1)["problems"])
    (folder / signing.SIGNATURE).unlink()
    assert "its signature is gone" in " ".join(run(work.name, code=1)["report_damage"])


def test_without_a_key_nothing_is_made_and_without_the_extra_there_is_one_sentence(
    work: Store, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(BadInput, match="There is no key pair at"):
        issue(work, Wanted("Board", "internal", sign=True))
    assert not Path(str(paths.issued(work.name))).exists()

    real = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name.partition(".")[0] in ("cryptography", "rfc3161_client"):
            raise ImportError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    for asked in (
        lambda: signing.make_key(paths.signing_key()),
        lambda: signing.read_key(paths.signing_key()),
        lambda: stamping.stamp("https://tsa.example", b""),
    ):
        with pytest.raises(BadInput, match=r"needs an extra: pip install 'ml-audit-workbook\[sign\]'"):
            asked()


@pytest.mark.skipif(NO_OPENSSL, reason="needs openssl, which plays the authority")
def test_a_trusted_time_holds_for_these_bytes_and_under_this_root_only(work: Store, authority: Path, tmp_path: Path):
    with serving(authority) as address:
        folder = Path(str(issue(work, Wanted("Board", "internal", timestamp=address)).folder))

    assert "An authority claims that it saw the manifest at" in " ".join(run(folder)["notes"])
    roots = ["--authority", authority / "root.pem"]
    assert "An authority under the root that you gave saw the manifest at" in " ".join(run(folder, *roots)["notes"])
    wrong = run(folder, "--authority", authority / "other.pem", code=1)["problems"]
    assert "not by an authority under the root that was given" in " ".join(wrong)
    unfit = run(folder, "--authority", folder / "index.html", code=1)["problems"]
    assert "is no certificate" in " ".join(unfit)
    openssl(folder, "ts", "-verify", "-data", "manifest.json", "-in", stamping.STAMP, "-CAfile",
            str(authority / "root.pem"))  # fmt: skip

    held = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(held))
    assert "it is no trusted time of these bytes" in " ".join(run(folder, code=1)["problems"])
    (folder / stamping.STAMP).write_bytes(b"0" * 500)
    assert "no answer of a time-stamping authority" in " ".join(run(folder, code=1)["problems"])


@pytest.mark.parametrize("address", ["file:///etc/passwd", "tsa.example", "http://127.0.0.1:1"])
def test_an_authority_that_does_not_answer_keeps_the_report_from_being_issued(work: Store, address: str):
    with pytest.raises(BadInput, match="authority"):
        issue(work, Wanted("Board", "internal", timestamp=address))

    assert work.history("issued") == []
    assert list(Path(str(paths.issued(work.name))).iterdir()) == []
