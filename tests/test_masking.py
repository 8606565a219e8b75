"""The password of the database's address is shown to nobody, whichever program speaks of it."""

from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import LEAD, ROOT
from tests.helpers_cli import workbook
from tests.helpers_pages import code, notebook, saved
from workbook.ledger import Ledger
from workbook.masking import mask
from workbook.model import Engagement
from workbook.store import create


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://app:CANARYpw@h/db", "password authentication failed for 'CANARYpw'"),
        ("postgresql://app:CANARY%2Fpw@h/db", "connecting with CANARY/pw, that is CANARY%2Fpw"),
        ("postgresql://app:CANARY@pw@h/db", "'app:CANARY@pw' is not known; CANARY neither"),
        ("postgresql://h/db?user=app&password=CANARYpw", "invalid dsn: password=CANARYpw user=app"),
        ("postgresql://h/db?sslpassword=CANARY%20pw", "{'sslpassword': 'CANARY pw'}"),
        ("host=h password='CANARY\\'s pw' dbname=x", "option 'CANARY\\'s pw' is not known"),
        ("sqlite:///work.db", "could not reach postgresql://app:CANARYpw@h/db?sslpassword=CANARYtoo"),
        ("postgresql://app:abc@h/db", "postgresql://app:abc@h/db?password=abc"),
    ],
)
def test_a_password_is_masked_in_whatever_form_it_is_repeated(monkeypatch: pytest.MonkeyPatch, address: str, told: str):
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", address)

    for text in (told, address):
        assert "CANARY" not in mask(text)
        assert "abc" not in mask(text)
    assert "***" in mask(told)


def test_the_password_that_libpq_reads_is_masked_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGPASSWORD", "CANARYpw")

    assert mask("refused: CANARYpw") == "refused: ***"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AWS_SECRET_ACCESS_KEY", "CANARY/se+cret", "signed with CANARY/se+cret, that is CANARY%2Fse%2Bcret"),
        ("AWS_SESSION_TOKEN", "CANARYtoken", "expired: CANARYtoken"),
        ("FSSPEC_S3_SECRET", "CANARYsecret", "bad: CANARYsecret"),
        ("FSSPEC_S3", '{"key": "CANARYkey", "secret": "CANARYsecret"}', "{'k': 'CANARYkey', 's': 'CANARYsecret'}"),
        ("AZURE_STORAGE_CONNECTION_STRING", "AccountKey=CANARYkey", "cannot parse AccountKey=CANARYkey"),
        ("WORKBOOK_REPORTS_URL", "s3://me:CANARYpw@team/reports", "no bucket of this name: me:CANARYpw@team"),
    ],
)
def test_what_opens_a_bucket_is_masked_too(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str):
    monkeypatch.setenv(name, value)

    assert "CANARY" not in mask(told)
    assert "***" in mask(told)


def test_a_password_that_is_no_text_is_masked_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGPASSWORD", "CANARY\udcff")

    assert mask("refused: CANARY\udcff") == "refused: ***"


def test_what_is_no_secret_stays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", "postgresql://app:pw@host/db")
    sentence = "The app on host has a password policy; see https://wiki.example/pw and mail app@host."

    assert mask(sentence) == sentence


BROKEN = {
    "01_driver": "import psycopg\npsycopg.connect(address.replace('+psycopg', '').replace(f':{port}', ':1'))",
    "02_chained": "import sys\nprint(address, file=sys.stderr)\n"
    "try:\n    int(address)\nexcept ValueError as error:\n    raise KeyError(address) from error",
    "03_unreachable": "os.environ['WORKBOOK_DATABASE_URL'] = address.replace(f':{port}', ':1')\nopen_store(engagement)",
}
SECRETS = "workbook:CANARYone@{host}/postgres?password=CANARYtwo&sslpassword=CANARY%2Fthree"


def test_no_file_of_a_report_and_no_line_of_a_command_holds_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str
):
    parts = urlsplit(postgresql_url)
    host = parts.netloc.rpartition("@")[2]
    address = f"{parts.scheme}://{SECRETS.format(host=host)}&{parts.query}"
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", address)
    with closing(Ledger.open(address)) as ledger:
        create(ledger, "isms-2027", Engagement(title="ISMS audit"), LEAD)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "checklists").symlink_to(ROOT / "checklists")
    begin = "import os\nfrom workbook.workspace import open_store\naddress = os.environ['WORKBOOK_DATABASE_URL']\n"
    begin += f"port = {host.rpartition(':')[2]!r}\n"
    names = "\n".join(f'{n}: str = ""  # a parameter' for n in ("engagement", "system", "as_of", "audience", "mode"))
    for name, source in BROKEN.items():
        saved(tmp_path / "notebooks", notebook(code(begin + source), parameters=names), name)

    told = [workbook(command, "isms-2027", cwd=tmp_path) for command in ("report", "status", "verify", "history")]

    assert [result.returncode for result in told] == [1, 0, 0, 0]
    written = [f for f in (tmp_path / "home").rglob("*") if f.is_file() and f.suffix in (".html", ".ipynb", ".json")]
    assert len(written) >= 2 * len(BROKEN) + 2
    for text in (*(f.read_text() for f in written), *(result.stdout + result.stderr for result in told)):
        assert "CANARY" not in text
