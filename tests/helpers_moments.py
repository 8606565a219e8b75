"""Revisions made at moments of one's choice: as the ledger writes them, by the clock of the machine that made them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from workbook.as_of import parse_as_of
from workbook.catalog import Catalog
from workbook.ledger import Ledger, chain, schema
from workbook.model import Draft, Engagement, Person
from workbook.store import Store
from workbook.vault import Vault

WHO = Person("ML platform lead")


class Clock:
    """An engagement of a workspace whose ledger takes the moments that it is given."""

    def __init__(self, home: Path, catalog: Catalog, name: str = "isms-2027") -> None:
        self._file = home / "workbook.db"
        self.store = Store(Ledger.open(f"sqlite:///{self._file}"), Vault(home / "evidence"), catalog, name, WHO)

    def record(self, at: str, kind: str, key: str, **body: Any) -> None:
        """One revision at a moment such as 2026-11-24T02:00+00:00."""
        name, newest, head = self.store.name, self.store.ledger.get(self.store.name, kind, key), self.store.head()
        version = newest.version + 1 if newest else 1
        place = chain.Place(name, head.number + 1, version, chain.stamp(datetime.fromisoformat(at)), head.hash)
        engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(self._file))
        with engine.begin() as connection:
            connection.execute(text(schema.INSERT), chain.seal(place, Draft(kind, key, body), WHO))
        engine.dispose()

    def begin(self, at: str, time_zone: str, title: str = "ISMS audit") -> None:
        """What the audit is about, with its time zone."""
        body = Engagement(title=title, time_zone=time_zone).body()
        self.record(at, "engagement", "engagement", **body)

    def at(self, as_of: str) -> Store:
        """The store that reads the record as it stood then."""
        return replace(self.store, as_of=parse_as_of(as_of))

    def close(self) -> None:
        """Close the ledger."""
        with closing(self.store.ledger):
            pass
