"""A report can be checked by anybody: every page carries the hash of its own bytes, and a script that needs only Python
says whether it is as it was made."""

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.helpers_pages import FRAME, code, notebook, result
from workbook.received import receive
from workbook.report import page_html
from workbook.seals import is_intact, seal

ISSUE = {
    "number": "REP-001", "issued_on": "2026-11-30", "recipient": "Bank", "edition": "auditor",
    "classification": "confidential", "approved_by": "Lead",
}  # fmt: skip
SCRIPT = ROOT / "docs" / "verify_report.py"
CHANGES = 10_000
PAGE = seal(page_html(notebook(code("x", result(html="<p>Three of 40 releases had no approval.</p>"))), FRAME))


@pytest.fixture(scope="module")
def verifier() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("verify_report", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "03_control_review.html"
    path.write_bytes(PAGE.encode())
    return path


def write_manifest(page: Path, issue: Mapping[str, str] | None = None, **files: str) -> Path:
    listed = {page.name: sha256(page.read_bytes()).hexdigest(), **files}
    manifest = page.with_name("manifest.json")
    manifest.write_text(json.dumps({"files": listed, "issue": issue}))
    return manifest


def write_issued(page: Path) -> Path:
    """The manifest of an issued set of one page, which says the same of its issue."""
    says = json.dumps({"issue": ISSUE}).replace('"', "&#34;")
    html = PAGE.replace("</title>", f'</title><meta name="ml-audit-workbook-made" content="{says}">', 1)
    page.write_bytes(seal(html).encode())
    return write_manifest(page, ISSUE)


def verify(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_every_change_of_a_byte_is_noticed_by_both(verifier: Any):
    chance, whole = random.Random(7), PAGE.encode()
    assert is_intact(whole) is verifier.sealed(whole) is True

    for _ in range(CHANGES):
        changed = bytearray(whole)
        changed[chance.randrange(len(changed))] ^= chance.randrange(1, 256)
        found = is_intact(bytes(changed))
        assert not found
        assert verifier.sealed(bytes(changed)) is found


@pytest.mark.parametrize("end", ["\n", "<!-- -->", PAGE])
def test_what_is_added_or_cut_off_is_noticed(verifier: Any, end: str):
    for content in (PAGE + end, PAGE[:-1], end + PAGE):
        assert not is_intact(content.encode())
        assert not verifier.sealed(content.encode())


def test_a_page_is_sealed_again_after_a_change_of_ours_and_a_text_without_a_place_for_it_is_left_alone():
    assert is_intact(seal(PAGE.replace("Three", "Four")).encode())
    assert seal("<p>no place</p>") == "<p>no place</p>"
    assert is_intact(b"<p>no place</p>") is None


def test_the_script_needs_nothing_of_ours_and_is_short():
    source = SCRIPT.read_text()

    assert len(source.splitlines()) <= 200
    assert "workbook." not in "".join(line for line in source.splitlines() if "import" in line)


def test_a_page_alone_is_unchanged_or_not_or_cannot_be_read(page: Path):
    code, said = verify(page)
    assert code == 0
    assert "Unchanged is not genuine" in said

    page.write_bytes(PAGE.replace("Three", "None").encode())
    assert verify(page)[0] == 1

    page.write_text("<p>Another program's page</p>")
    assert verify(page)[0] == 1

    page.unlink()
    assert verify(page)[0] == 2
    page.mkdir()
    assert verify(page)[0] == 2
    assert verify()[0] == 2


def test_a_page_that_was_forged_with_a_seal_of_its_own_is_caught_by_the_manifest_beside_it(page: Path):
    write_manifest(page)
    assert verify(page)[0] == 0

    page.write_bytes(seal(PAGE.replace("Three", "None")).encode())

    assert verify(page)[0] == 1
    page.with_name("manifest.json").unlink()
    assert verify(page)[0] == 0  # alone nothing can show it, and the script says so


def test_sisters_are_compared_with_the_manifest_and_a_missing_one_is_named(page: Path):
    sister = page.with_name("index.html")
    sister.write_text("<p>overview</p>")
    manifest = write_manifest(page, **{sister.name: sha256(sister.read_bytes()).hexdigest()})
    assert verify(manifest)[0] == 0

    sister.write_text("<p>a better overview</p>")
    assert verify(page)[0] == 1

    sister.unlink()
    code, said = verify(page)
    assert (code, "NOT HERE index.html" in said) == (0, True)
    assert verify(manifest)[0] == 1  # asked for the set, a page that was taken out of it counts


def test_a_manifest_known_from_elsewhere_binds_the_set(page: Path):
    manifest = write_manifest(page)
    known = sha256(manifest.read_bytes()).hexdigest()
    assert verify("--manifest", known, page)[0] == 0

    page.write_bytes(seal(PAGE.replace("Three", "None")).encode())
    write_manifest(page)

    assert verify(page)[0] == 0
    assert verify("--manifest", known, page)[0] == 1


@pytest.mark.parametrize(
    "manifest",
    ["", "null", "[" * 100_000, '{"files": 3}', '{"files": {}}', '{"files": {"../../etc/passwd": "0"}}',
     '{"files": {"/etc/passwd": "0"}}'],
    ids=["empty", "null", "deep", "number", "no file", "upwards", "absolute"],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_vouches_for_nothing(page: Path, manifest: str):
    page.with_name("manifest.json").write_text(manifest)

    code, said = verify(page)
    assert code == 1
    assert "root:" not in said


def test_what_a_page_says_cannot_take_over_the_terminal(page: Path):
    facts = json.dumps({"engagement": "\x1b[2Jdemo\u202e", "number": 1, "issue": {"recipient": "\x9b31m{0.__class__}"}})
    html = PAGE.replace("</title>", "</title><meta name=\"ml-audit-workbook\" content='x'>", 1)
    html = html.replace("content='x'", f'content="{facts.replace(chr(34), "&#34;")}"')
    page.write_bytes(seal(html).encode())

    said = verify(page)[1]
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "issued" in said


def test_a_page_that_was_put_into_a_set_is_named_and_other_files_are_told(page: Path):
    manifest = write_manifest(page)
    page.with_name("notes.txt").write_text("mine")
    assert (verify(manifest)[0], receive(manifest).problems) == (0, ())

    page.with_name("00_Opinion.HTM").write_text(PAGE)
    code, said = verify(manifest)

    assert (code, "added: 00_Opinion.HTM" in said, "NOT OF THIS SET notes.txt" in said) == (1, True, True)
    assert receive(manifest).problems == ("00_Opinion.HTM is not in manifest.json: somebody put it there.",)


@pytest.mark.parametrize(
    "name",
    ["Opinion.pdf", "more/opinion.html", "more/and/map.svg", "Certificate.DOCX", "a.mhtml", "READ ME.txt", "b.html."],
)
def test_what_was_put_into_an_issued_set_is_named_whatever_and_wherever_it_is(page: Path, name: str):
    manifest = write_issued(page)
    (page.parent / ".DS_Store").write_text("of a file manager")
    assert (verify(manifest)[0], receive(manifest).problems) == (0, ())
    (page.parent / name).parent.mkdir(parents=True, exist_ok=True)
    (page.parent / name).write_text("We are certified.")

    code, said = verify(manifest)
    assert (code, f"added: {name}" in said) == (1, True)
    assert receive(manifest).problems == (f"{name} is not in manifest.json: somebody put it there.",)
    assert verify(page)[0] == 0
    assert verify(page.parent)[0] == 1


def test_a_link_to_a_folder_in_an_issued_set_is_named(page: Path, tmp_path_factory: pytest.TempPathFactory):
    manifest = write_issued(page)
    (elsewhere := tmp_path_factory.mktemp("elsewhere") / "more.html").write_text("We are certified.")
    (page.parent / "more").symlink_to(elsewhere.parent)

    code, said = verify(manifest)
    assert (code, "added: more" in said) == (1, True)
    assert receive(manifest).problems == ("more is not in manifest.json: somebody put it there.",)


def test_how_a_manifest_is_spaced_makes_no_set_a_working_copy(page: Path):
    manifest = write_issued(page)
    manifest.write_text(json.dumps(json.loads(manifest.read_text()), separators=(",", ":")))
    page.with_name("Opinion.pdf").write_text("We are certified.")

    assert verify(manifest)[0] == 1


def test_a_manifest_that_names_another_recipient_than_its_pages_is_found(page: Path):
    manifest = write_issued(page)
    manifest.write_text(manifest.read_text().replace("Bank", "Other bank"))

    assert receive(manifest).problems == (
        "03_control_review.html says of its issue something else than manifest.json.",
    )


def test_the_hash_of_the_manifest_may_be_given_behind_the_files(page: Path):
    manifest = write_issued(page)
    digest = sha256(manifest.read_bytes()).hexdigest()

    assert verify(manifest, "--manifest", digest)[0] == 0
    assert verify(manifest, "--manifest", "0" * 64)[0] == 1


def test_a_file_without_a_seal_is_as_issued_if_the_manifest_lists_it(page: Path):
    listed = page.with_name("redactions.json")
    listed.write_text("{}")
    assert verify(listed)[0] == 1

    write_manifest(page, **{listed.name: sha256(listed.read_bytes()).hexdigest()})
    assert (verify(listed)[0], receive(listed).problems) == (0, ())

    listed.write_text("[]")
    assert verify(listed)[0] == 1
    assert receive(listed).problems


def test_a_page_without_a_seal_is_none_though_a_manifest_lists_it(page: Path):
    page.write_text("<p>Another program's page</p>")
    write_manifest(page)

    assert verify(page)[0] == 1
    assert receive(page).problems


def test_what_cannot_be_read_hides_no_other_change(page: Path):
    sister = page.with_name("zz.html")
    sister.write_text("changed")
    write_manifest(page, **{"00.html": "0" * 64, sister.name: "0" * 64})
    page.with_name("00.html").mkdir()

    code, said = verify(page)
    assert (code, "zz.html is not the file" in said) == (1, True)


def test_an_empty_hash_of_a_manifest_is_not_one_that_fits(page: Path):
    write_manifest(page)

    assert [verify("--manifest", wrong, page)[0] for wrong in ("", "e24da0")] == [2, 2]


def test_nothing_that_came_with_a_report_is_run_to_check_it(page: Path):
    own = page.with_name(SCRIPT.name)
    own.write_bytes(SCRIPT.read_bytes())
    for module in ("json", "re", "hashlib", "html", "stat", "base64"):
        page.with_name(f"{module}.py").write_text("print('ran'); raise SystemExit(0)")
    page.write_bytes(PAGE.replace("Three", "None").encode())

    done = subprocess.run([sys.executable, str(own), str(page)], capture_output=True, text=True, check=False)
    assert (done.returncode, "ran" in done.stdout) == (1, False)
