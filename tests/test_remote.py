"""Evidence and reports in a bucket: all that a folder promises, against a server that speaks S3."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import s3fs

from tests import helpers_audit
from tests.conftest import LEAD, ROOT
from tests.helpers_bucket import Objects
from tests.helpers_cli import workbook
from tests.helpers_pages import code, notebook, saved
from workbook import erasure, files, paths, verification
from workbook.errors import BadFile, BadInput, NotRecorded
from workbook.exchange import export
from workbook.forms.made import read_made, zipped
from workbook.model import Engagement
from workbook.report import Page, issuing, read_page, run_all
from workbook.server.reports import read_report
from workbook.store import Store, create
from workbook.workspace import open_ledger, open_store

POLICY = b"Access is granted by the owner.\n"
DIGEST = sha256(POLICY).hexdigest()
NAME = f"sha256/{DIGEST[:2]}/{DIGEST[2:]}"
GIVEN = {"engagement": "x", "system": "", "as_of": "", "audience": "internal", "mode": "page"}
PARAMETERS = "\n".join(f'{name}: str = ""  # a parameter' for name in GIVEN)
SECRET = "CANARY"


# addresses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("evidence", "is no address of a place"),
        ("simplecache::s3://team/evidence", "is no address of a place"),
        ("s3://team/a*", "is no address of a place"),
        ("s3://team/\x1b[2J", "is no address of a place"),
        ("s3://", "names no bucket"),
        ("s3://team/../other", "leads out of it"),
        ("s3://CANARY:CANARY@team/evidence", "holds more than a place"),
        ("s3://CANARY@team/evidence", "holds more than a place"),
        ("abfs://team/evidence?sig=CANARY", "holds more than a place"),
        ("memory://evidence", "not known to keep what is written whole"),
        ("sftp://host/evidence", "not known to keep what is written whole"),
        ("file://host/evidence", "no whole path on this machine"),
        ("gs://team/evidence", "needs a client that is not installed here"),
    ],
)
def test_what_is_no_place_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch, address: str, said: str):
    for variable, place in (("WORKBOOK_EVIDENCE_URL", paths.evidence), ("WORKBOOK_REPORTS_URL", paths.reports)):
        monkeypatch.setenv(variable, address)
        with pytest.raises(BadInput, match=said) as caught:
            place()
        assert SECRET not in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_folder_may_be_named_by_an_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("WORKBOOK_EVIDENCE_URL", (tmp_path / "a b").as_uri())

    assert paths.evidence() == tmp_path / "a b"


def test_without_the_extra_a_bucket_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workbook.remote.find_spec", lambda _: None)
    monkeypatch.setenv("WORKBOOK_REPORTS_URL", "s3://team/reports")

    with pytest.raises(BadInput, match=r"pip install 'ml-audit-workbook\[remote\]'"):
        paths.results("demo")


# evidence -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(bucket: Objects, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An engagement whose evidence lies in a bucket."""
    monkeypatch.setenv("WORKBOOK_EVIDENCE_URL", f"s3://{bucket.bucket}/evidence/")
    ledger = open_ledger()
    create(ledger, "isms-2027", Engagement(title="ISMS audit"), LEAD)
    ledger.close()
    store = open_store("isms-2027", LEAD)
    yield store
    store.ledger.close()


def damage(store: Store) -> list[str]:
    """What `workbook verify` finds wrong with the evidence."""
    return [found["reason"] for found in verification.verify(store, paths.results(store.name)).evidence]


def test_evidence_lies_in_the_bucket_under_its_hash_and_comes_back_unchanged(
    small: Store, bucket: Objects, tmp_path: Path
):
    path = tmp_path / "policy.txt"
    path.write_bytes(POLICY)
    key, stored = small.attach_file(path)

    assert bucket.names("evidence/") == [NAME]
    assert bucket[f"evidence/{NAME}"] == POLICY
    assert (stored.sha256, stored.size, stored.already_there) == (DIGEST, len(POLICY), False)
    assert damage(small) == []
    assert not list((tmp_path / "home").rglob("sha256")), "nothing lies on the disk"
    export.save(export.make(small, "csv", with_evidence=True), tmp_path / "out")
    assert (tmp_path / "out" / "evidence" / f"{key}_policy.txt").read_bytes() == POLICY


def test_the_same_content_is_never_written_twice(small: Store, bucket: Objects):
    bucket.keep_versions()
    small.attach_bytes("policy.txt", [POLICY])

    _, stored = small.attach_bytes("other.txt", [POLICY[:7], POLICY[7:]])

    assert stored.already_there
    assert bucket.versions(f"evidence/{NAME}") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (POLICY.replace(b"owner", b"Owner"), "no longer has the hash"),
        (POLICY + b"\n", "it has 33 bytes instead of 32"),
        (b"", "it has 0 bytes instead of 32"),
    ],
)
def test_evidence_that_was_altered_in_the_bucket_is_found_kept_from_export_and_healed(
    small: Store, bucket: Objects, tmp_path: Path, content: bytes, said: str
):
    small.attach_bytes("policy.txt", [POLICY])
    bucket[f"evidence/{NAME}"] = content

    assert [said in reason for reason in damage(small)] == [True]
    with pytest.raises(BadFile, match="was changed"):
        export.save(export.make(small, "csv", with_evidence=True), tmp_path / "out")
    small.attach_bytes("policy.txt", [POLICY])
    assert (damage(small), bucket[f"evidence/{NAME}"]) == ([], POLICY)


def test_evidence_that_is_gone_from_the_bucket_is_found(small: Store, bucket: Objects):
    small.attach_bytes("policy.txt", [POLICY])
    del bucket[f"evidence/{NAME}"]

    assert [f"is missing: there is no s3://{bucket.bucket}/evidence/{NAME}" in reason for reason in damage(small)] == [
        True
    ]
    with pytest.raises(BadFile, match="are missing"):
        export.make(small, "csv", with_evidence=True)


def test_bytes_that_arrive_as_others_are_not_recorded(small: Store, monkeypatch: pytest.MonkeyPatch):
    place = paths.evidence()
    assert not isinstance(place, Path)

    async def put_other(_: str, path: str) -> None:
        await place.fs._pipe_file(path, b"something else")

    monkeypatch.setattr(place.fs, "_put_file", put_other)
    with pytest.raises(NotRecorded, match="is not what was sent"):
        small.attach_bytes("policy.txt", [POLICY])
    assert small.history("evidence") == []


def test_a_file_that_no_revision_came_to_name_is_swept_after_a_day(
    small: Store, bucket: Objects, monkeypatch: pytest.MonkeyPatch
):
    small.vault.add_bytes("cut short.txt", [POLICY])
    small.attach_bytes("other.txt", [b"other"])
    assert f"evidence/{NAME}" in bucket.names(), "its addition may be under way"
    assert small.unnamed() == {DIGEST: len(POLICY)}

    monkeypatch.setattr("workbook.shelf.STALE", -60)
    small.attach_bytes("third.txt", [b"third"])

    left = [sha256(content).hexdigest() for content in (b"other", b"third")]
    assert bucket.names("evidence/") == sorted(f"sha256/{d[:2]}/{d[2:]}" for d in left)
    assert damage(small) == []


def test_erased_evidence_is_gone_and_what_the_bucket_may_keep_is_said(small: Store, bucket: Objects):
    key, _ = small.attach_bytes("policy.txt", [POLICY])

    done = erasure.erase(small, erasure.find(small, key), "It names people.")

    assert (done.remains, bucket.names("evidence/"), damage(small)) == ((), [], [])
    said = " ".join(erasure.beyond_reach(small, paths.results(small.name)))
    assert f"Earlier versions and copies that the store itself keeps of what lay in s3://{bucket.bucket}" in said


def test_a_bucket_that_is_not_there_takes_nothing_and_says_so(small: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_EVIDENCE_URL", "s3://no-such-bucket/evidence")

    with pytest.raises(NotRecorded, match=r"no-such-bucket/evidence.* cannot be reached or used: .*bucket"):
        open_store("isms-2027", LEAD).attach_bytes("policy.txt", [POLICY])
    assert small.history("evidence") == []


def test_a_store_that_takes_no_notice_is_not_waited_for(bucket: Objects, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workbook.remote.PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("WORKBOOK_REPORTS_URL", "s3://silent/reports")
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(NotRecorded, match=r"it did not answer in time.* What was there before is unchanged"):
            files.write(paths.results("demo") / "index.html", b"page")
    s3fs.S3FileSystem.clear_instance_cache()


def test_where_the_store_cannot_be_reached_verify_is_not_green(small: Store, monkeypatch: pytest.MonkeyPatch):
    small.attach_bytes("policy.txt", [POLICY])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        told = workbook("verify", "isms-2027")

    assert (told.returncode, told.stdout) == (2, "")
    assert "cannot be reached or used: Could not connect" in told.stderr
    assert SECRET not in told.stderr
    assert told.stderr.count("\n") == 1


# reports --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def reports(bucket: Objects, monkeypatch: pytest.MonkeyPatch) -> Objects:
    """The bucket in which reports lie, below reports/."""
    monkeypatch.setenv("WORKBOOK_REPORTS_URL", f"s3://{bucket.bucket}/reports")
    return bucket


def pages(folder: Path, **sources: str) -> list[Path]:
    """Notebooks of these names, of a cell each."""
    folder.mkdir(exist_ok=True)
    return [saved(folder, notebook(code(s), parameters=PARAMETERS), name) for name, s in sources.items()]


def test_a_report_lies_in_the_bucket_whole_and_is_served_packed_and_made_anew_from_there(
    reports: Objects, tmp_path: Path
):
    record = helpers_audit.record()
    sources = {
        "01_page": "print('first')",
        "02_page": "import os\nraise ValueError(os.environ['AWS_SECRET_ACCESS_KEY'])",
    }

    run = run_all(pages(tmp_path / "n", **sources), record, GIVEN)

    below = f"reports/{record.name}/"
    made = ["01_page.html", "02_page.html", "index.html", "manifest.json"]
    assert reports.names(below) == [*made, "notebooks/01_page.ipynb", "notebooks/02_page.ipynb"]
    assert str(run.folder) == f"s3://{reports.bucket}/reports/{record.name}"
    assert reports.kind(f"{below}index.html") == "text/html"
    assert not [name for name in reports.names(below) if SECRET.encode() in reports[f"{below}{name}"]]
    listed = json.loads(reports[f"{below}manifest.json"])["files"]
    assert listed == {n: sha256(reports[f"{below}{n}"]).hexdigest() for n in reports.names(below) if n in listed}
    assert read_report(record.name, "01_page.html") == reports[f"{below}01_page.html"]
    with pytest.raises(BadInput, match="No report holds"):
        read_report(record.name, "notes.html")
    found = read_made(paths.results(record.name))
    assert found
    assert (found.incomplete, len(zipped(found, "x")) > 1000) == (("02_page",), True)

    reports[f"{below}05_other.html"] = b"no page of this report"
    again = run_all(pages(tmp_path / "n", **{"02_page": "print('mended')"}), record, GIVEN)

    assert again.removed == ("05_other",)
    assert reports.names(below) == run_names(run)
    assert b"mended" in reports[f"{below}02_page.html"]
    assert json.loads(reports[f"{below}manifest.json"])["files"]["notebooks/01_page.ipynb"]


def run_names(run: object) -> list[str]:
    return sorted([*run.files, "manifest.json"])  # type: ignore[attr-defined]


@contextmanager
def cutting(address: str, after: int) -> Iterator[str]:
    """The address of somebody who passes `after` bytes of each connection on to the server and then hangs up."""
    target = urlsplit(address)

    def answered(near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while got := far.recv(65536):
                near.sendall(got)

    def passed_on(near: socket.socket) -> None:
        with near, socket.create_connection((target.hostname, target.port)) as far:
            threading.Thread(target=answered, args=(near, far), daemon=True).start()
            left = after
            while left and (got := near.recv(min(left, 65536))):
                far.sendall(got)
                left -= len(got)
            for end in (near, far):
                end.shutdown(socket.SHUT_RDWR)

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    near, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=passed_on, args=(near,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def test_an_upload_that_is_cut_off_leaves_the_earlier_page(reports: Objects, object_store: str):
    reports["reports/demo/01_page.html"] = b"earlier"
    source = "from workbook import files, paths\nfiles.write(paths.results('demo') / '01_page.html', b'x' * 3_000_000)"
    with cutting(object_store, 500_000) as address:
        environment = {**os.environ, "AWS_ENDPOINT_URL": address}
        told = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True)

    assert "NotRecorded" in told.stderr
    assert "What was there before is unchanged." in told.stderr
    assert reports["reports/demo/01_page.html"] == b"earlier"


def test_an_issued_report_that_was_changed_in_the_bucket_is_found(
    store: Store, reports: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workbook.report.issuing.find_pages", lambda *_: read_pages(tmp_path))
    issued = issuing.issue(store, issuing.Wanted("certification body", "internal"))
    folder = f"reports/{store.name}/issued/001"
    assert reports.names(f"{folder}/") == ["01_page.html", "index.html", "manifest.json", "verify_report.py"]
    assert str(issued.folder).endswith(folder)
    assert list(paths.issuing(store.name).iterdir()) == []
    assert verification.verify(store, paths.results(store.name)).ok

    reports[f"{folder}/01_page.html"] = b"altered"

    [said] = verification.verify(store, paths.results(store.name)).reports
    assert "01_page.html was changed since it was issued" in said


def read_pages(folder: Path) -> list[Page]:
    return [read_page(path) for path in pages(folder / "n", **{"01_page": "1"})]


# papermill's own ------------------------------------------------------------------------------------------------------


def test_papermill_writes_into_the_bucket_by_itself(bucket: Objects, tmp_path: Path):
    [page] = pages(tmp_path / "n", **{"01_page": "print(engagement)"})
    papermill = Path(sys.executable).with_name("papermill")
    target = f"s3://{bucket.bucket}/out.ipynb"

    told = subprocess.run(
        [papermill, page, target, "-k", "python3", "-p", "engagement", "demo"], capture_output=True, text=True, cwd=ROOT
    )

    assert told.returncode == 0, told.stderr
    executed = json.loads(bucket["out.ipynb"])
    assert executed["cells"][-1]["outputs"][0]["text"] == ["demo\n"]
