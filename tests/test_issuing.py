"""Issuing a report: whole or not at all, numbered without gaps, never written over, its face on every page."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.helpers_pages import code, notebook, saved
from workbook import paths
from workbook.audience import Edition
from workbook.audit import Audit
from workbook.errors import BadInput, Conflict, NotMade
from workbook.model import Draft, IssuedReport
from workbook.report import issuing
from workbook.report.issuing import Issued, Wanted, issue, settle
from workbook.store import Store

NAMES = ("engagement", "system", "as_of", "audience", "mode")
GIVEN = "\n".join(f'{name}: str = ""  # a parameter' for name in NAMES)
BODY = Wanted("Certification body", "auditor")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store) -> Path:
    """The notebooks of a workspace with one page, and the engagement of `store`."""
    folder = tmp_path / "n"
    folder.mkdir()
    monkeypatch.setattr("workbook.paths.notebooks", lambda: folder)
    saved(folder, notebook(code("print('three of 40')"), parameters=GIVEN), "01_data_inventory")
    return folder


def recorded(store: Store) -> list[tuple[str, str]]:
    return [(r.key, (r.body or {})["recipient"]) for r in store.history("issued")]


def folders(store: Store) -> list[str]:
    return sorted(path.name for path in Path(str(paths.issued(store.name))).iterdir())


def test_an_issued_report_is_numbered_recorded_and_says_on_each_page_for_whom_it_is(work: Path, store: Store):
    before = store.head()

    issued = issue(store, BODY)

    assert (issued.number, folders(store)) == ("REP-001", ["001"])
    body = store.history("issued")[0].body or {}
    assert (body["head_number"], body["head_hash"]) == (before.number, before.hash)
    assert (body["approved_by"], body["classification"]) == (store.who.name, "confidential")
    names = {"01_data_inventory.html", "index.html", "redactions.json", "verify_report.py"}
    folder = Path(str(issued.folder))
    assert {path.name for path in folder.iterdir()} == names | {"manifest.json"}
    assert body["files"] == {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}
    assert body["manifest"] == issued.manifest == sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert json.loads((folder / "manifest.json").read_text())["issue"]["recipient"] == "Certification body"
    for name in ("01_data_inventory.html", "index.html"):
        html = (folder / name).read_text()
        assert "to Certification body · auditor edition · confidential · released by" in html
        assert "Working copy" not in html
        assert '@bottom-left { content: "REP-001, issued ' in html


def test_a_customer_reads_their_own_name_and_not_who_released_it(work: Path, store: Store):
    saved(work, notebook(code("print('three of 40')"), parameters=GIVEN), paths.CUSTOMER_PAGE)
    folder = Path(str(issue(store, Wanted("Example <b>Bank</b>", "customer", "public")).folder))

    html = "".join(path.read_text() for path in folder.glob("*.html")) + (folder / "manifest.json").read_text()
    assert {path.name for path in folder.glob("*.html")} == {"index.html", f"{paths.CUSTOMER_PAGE}.html"}
    assert "to Example &lt;b&gt;Bank&lt;/b&gt; · customer edition · public" in html
    assert store.who.name not in html


def test_numbers_follow_each_other_and_a_page_that_fails_takes_none(work: Path, store: Store):
    issue(store, BODY)
    saved(work, notebook(code("raise ValueError('no data')"), parameters=GIVEN), "02_infrastructure_mapping")
    with pytest.raises(NotMade, match="02_infrastructure_mapping in cell 2: ValueError: no data"):
        issue(store, BODY)
    (work / "02_infrastructure_mapping.ipynb").unlink()

    assert issue(store, Wanted("Board", "internal")).number == "REP-002"
    assert recorded(store) == [("REP-001", "Certification body"), ("REP-002", "Board")]
    assert folders(store) == ["001", "002"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_leaves_no_issue_or_a_whole_one(work: Path, store: Store, monkeypatch: pytest.MonkeyPatch, moment: str):
    def dies(*_arguments: object) -> None:
        raise SystemError("the machine went down")

    with monkeypatch.context() as patch:
        if moment == "before":
            patch.setattr(Store, "issue", dies)
        else:
            patch.setattr(issuing, "_place", dies)
        with pytest.raises(SystemError):
            issue(store, BODY)

    assert folders(store) == [".REP-001"]
    assert settle(store) == ([] if moment == "before" else ["REP-001"])
    assert folders(store) == ([] if moment == "before" else ["001"])
    assert [key for key, _ in recorded(store)] == ([] if moment == "before" else ["REP-001"])
    assert issue(store, BODY).number == ("REP-001" if moment == "before" else "REP-002")


def test_a_number_that_somebody_else_took_meanwhile_is_a_conflict_and_nothing_is_put_in_place(
    work: Path, store: Store, monkeypatch: pytest.MonkeyPatch
):
    def slow(*arguments: object) -> Issued:
        store.issue(IssuedReport(recipient="Board", as_of=store.on, head_number=1, head_hash="0" * 64))
        return made(*arguments)  # type: ignore[arg-type,return-value]

    made = issuing._made
    monkeypatch.setattr(issuing, "_made", slow)

    with pytest.raises(Conflict):
        issue(store, BODY)
    assert recorded(store) == [("REP-001", "Board")]
    assert settle(store) == []
    assert folders(store) == []


def test_a_folder_that_is_there_is_never_written_over(work: Path, store: Store):
    (Path(str(paths.issued(store.name))) / "001").mkdir(parents=True)
    mine = Path(str(paths.issued(store.name))) / "001" / "notes.txt"
    mine.write_text("mine")

    with pytest.raises(BadInput, match="is there already"):
        issue(store, BODY)
    assert (mine.read_text(), recorded(store)) == ("mine", [])


def test_what_was_issued_cannot_be_changed_in_the_record(work: Path, store: Store):
    issue(store, BODY)
    body = store.history("issued")[0].body or {}

    with pytest.raises(BadInput, match="was issued and cannot be changed"):
        store.save([Draft("issued", "REP-001", {**body, "recipient": "Nobody"}, 1)])


@pytest.mark.parametrize("recipient", [" ", "x" * 201, "a\x00b", "\ud800", "Ba\u200bnk", "a\u202eb"], ids=ascii)
def test_a_recipient_that_cannot_stand_on_a_page_is_refused_before_anything_is_made(
    work: Path, store: Store, recipient: str
):
    with pytest.raises(BadInput):
        issue(store, Wanted(recipient, "auditor"))
    assert not Path(str(paths.issued(store.name))).exists()


def test_a_recipient_cannot_end_the_style_of_the_printed_page(work: Path, store: Store):
    folder = Path(str(issue(store, Wanted('x"; } body { display: none } </style><script>', "auditor")).folder))

    html = (folder / "index.html").read_text()
    assert html.count("</style>") == 1
    assert "display: none }" not in html.partition("</style>")[0].partition("@media print { @page { @bottom-left")[2]


def test_changes_are_told_since_the_last_report_to_the_same_recipient(store: Store):
    def note(recipient: str) -> int:
        head = store.head()
        store.issue(IssuedReport(recipient=recipient, as_of=store.on, head_number=head.number, head_hash=head.hash))
        return head.number

    first = note("Certification body")
    last = note("Board")
    audit = Audit(store, "", Edition("internal"), live=False)

    def since(recipient: str) -> int:
        earlier = audit.earlier(audit.record, recipient)
        return earlier.head.number if earlier else 0

    assert (since(""), since("board"), since("Certification Body"), since("Example Bank")) == (last, last, first, 0)
    assert "first report issued to Example Bank" in str(audit.changes("Example Bank").markup)
