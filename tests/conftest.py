"""What every test can ask for: an empty workspace of its own, the catalog, and a record to write to."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from tests.helpers_bucket import KEYS, Objects, serving
from tests.helpers_green import claim_everything, frame, review_everything, test_everything
from workbook.catalog import Catalog, load
from workbook.exchange.demo import load_demo
from workbook.ledger import Ledger
from workbook.model import Draft, Engagement, Person
from workbook.record import Record
from workbook.store import Store, create
from workbook.vault import Vault
from workbook.workspace import open_store

ROOT = Path(__file__).resolve().parents[1]
SERVER = os.environ.get("WORKBOOK_TEST_POSTGRES", "")
LEAD = Person("ML platform lead")
PLACES = ("WORKBOOK_DATABASE_URL", "WORKBOOK_EVIDENCE_URL", "WORKBOOK_REPORTS_URL")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing a test does reaches the record, the settings or the variables of whoever runs it."""
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WORKBOOK_DEBUG", "1")  # a defect stays loud
    for name in (
        *PLACES,
        "WORKBOOK_BRANDING",
        "WORKBOOK_ACTOR",
        "WORKBOOK_PART",
        "JUPYTERHUB_USER",
        "JPY_SESSION_NAME",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The checklists of this repository."""
    return load(ROOT / "checklists")


@pytest.fixture
def store(tmp_path: Path, catalog: Catalog) -> Iterator[Store]:
    """An engagement with two ML systems in scope and nothing answered."""
    opened = two_systems(tmp_path / "home", catalog)
    yield opened
    opened.ledger.close()


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    """Folders that hold one engagement as it grows: framed, claimed, reviewed, green; made once for all tests."""
    room = tmp_path_factory.mktemp("stages")
    for folder, _ in grown(room, catalog):
        shutil.copytree(room / "growing", room / folder)
    return room


def grown(room: Path, catalog: Catalog) -> Iterator[tuple[str, Store]]:
    """The engagement of `store`, step by step to the last stage of the verdict; its ledger is closed at each step."""
    steps = {"framed": frame, "claimed": claim_everything, "reviewed": review_everything, "green": test_everything}
    for name, step in steps.items():
        opened = two_systems(room / "growing", catalog) if name == "framed" else reopened(room / "growing", catalog)
        step(opened)
        opened.ledger.close()
        yield name, opened


def two_systems(home: Path, catalog: Catalog) -> Store:
    """An engagement with two ML systems in scope and nothing answered."""
    ledger = Ledger.open(f"sqlite:///{home / 'workbook.db'}")
    about = Engagement(title="ISMS audit 2027", organisation="Northlight Credit", audit_date=date(2027, 2, 1))
    create(ledger, "isms-2027", about, LEAD)
    ledger.close()
    opened = reopened(home, catalog)
    opened.save(
        [
            Draft("systems", "SYS-001", {"name": "Credit scoring", "risk_tier": "high", "owner": "Credit lead"}),
            Draft("systems", "SYS-002", {"name": "Support assistant", "risk_tier": "medium", "owner": "Support lead"}),
        ]
    )
    return opened


def reopened(home: Path, catalog: Catalog) -> Store:
    """The same engagement, opened again."""
    return Store(Ledger.open(f"sqlite:///{home / 'workbook.db'}"), Vault(home / "evidence"), catalog, "isms-2027", LEAD)


def copied(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A copy of the stage that the fixture is named after, in the home of the test."""
    home = request.getfixturevalue("tmp_path") / "home"
    shutil.copytree(request.getfixturevalue("stages") / str(request.fixturename), home)
    opened = reopened(home, request.getfixturevalue("catalog"))
    yield opened
    opened.ledger.close()


framed = pytest.fixture(copied, name="framed")
claimed = pytest.fixture(copied, name="claimed")
reviewed = pytest.fixture(copied, name="reviewed")
green = pytest.fixture(copied, name="green")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo engagement in it, loaded once for all tests: to read, or to copy."""
    home = tmp_path_factory.mktemp("demo") / "home"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WORKBOOK_HOME", str(home))
        load_demo(Person("Security lead"), lambda _: None)
    return home


def read_demo(demo_home: Path) -> Iterator[Record]:
    """The record of the demo for the tests of a module that only read it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WORKBOOK_HOME", str(demo_home))
        store = open_store("demo")
        yield store.record()
        store.ledger.close()


@pytest.fixture
def demo(demo_home: Path, tmp_path: Path) -> Iterator[Record]:
    """The record of the demo engagement, in the home of the test."""
    shutil.copytree(demo_home, tmp_path / "home", dirs_exist_ok=True)
    store = open_store("demo")
    yield store.record()
    store.ledger.close()


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The address of a server on this machine that speaks S3."""
    with serving() as address:
        yield address


@pytest.fixture
def bucket(object_store: str, monkeypatch: pytest.MonkeyPatch) -> Objects:
    """An empty bucket, which whatever the test starts can reach."""
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": object_store}.items():
        monkeypatch.setenv(name, value)
    return Objects(object_store, f"team-{uuid4().hex}")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A schema of its own on the server that WORKBOOK_TEST_POSTGRES names."""
    if not SERVER:
        pytest.skip("NOT TRIED ON POSTGRESQL: set WORKBOOK_TEST_POSTGRES=postgresql+psycopg://USER@HOST/DATABASE")
    name = f"trial_{uuid4().hex}"
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
        yield f"{SERVER}{'&' if '?' in SERVER else '?'}options=-csearch_path%3D{name}"
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()
