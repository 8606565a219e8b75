"""One notebook's page: the record it shows, read once for all of it, and everything on it that follows the record."""

import threading
from contextlib import suppress
from typing import Protocol
from uuid import uuid4

from workbook import people
from workbook.audience import language_of
from workbook.errors import WorkbookError
from workbook.language import ENGLISH
from workbook.record import Record
from workbook.store import Store


class Follower(Protocol):
    """A form or view that shows the record."""

    def refresh(self) -> None:
        """Show what the record says now."""

    def close(self) -> None:
        """Be gone from the page."""


class Page:
    """What the forms and views of one notebook share. Messages of a page are answered one at a time, under `lock`.

    Without an audit it speaks `language`.
    """

    def __init__(self, store: Store, key: str = "", language: str = ENGLISH) -> None:
        self.store = store
        self.key = key or uuid4().hex
        self._language = language
        self.lock = threading.RLock()
        self._followers: list[Follower] = []
        self._records: dict[str, Record] = {}
        self._shown = store.head().number

    def record(self, system: str = "") -> Record:
        """What is known now, for all systems or one; read again only when something was recorded or the day changed."""
        with self.lock:
            record = self._records.get(system)
            if record is None or not self.store.shows(record):
                record = self._records[system] = self.store.record(system)
            return record

    @property
    def language(self) -> str:
        """The language that the forms of this page speak: that of the audit, and its own where none can be read."""
        with suppress(WorkbookError):  # whoever reads the record says what is wrong with it
            return language_of(self.record()) if self.store.name else self._language
        return self._language

    def follow(self, follower: Follower) -> None:
        """Keep this form or view up to date from now on."""
        self._followers.append(follower)

    def changed(self) -> None:
        """Let everything on the page follow what was just recorded."""
        with self.lock:
            self._shown = self.store.head().number
            for follower in self._followers:
                follower.refresh()

    def hear_speaker(self) -> None:
        """Let whoever speaks now speak here, too, wherever they said so; the page says at once who that is."""
        speaker = people.who()
        if speaker is not None and speaker != self.store.who:
            with self.lock:
                self.store.who = speaker
                self.changed()

    def turned_to(self, store: Store, *staying: Follower) -> "Page":
        """The same page with another audit; what follows this one is closed, but for what is `staying`."""
        with self.lock:
            for follower in self._followers:
                if follower not in staying:
                    follower.close()
            self._followers.clear()
        return Page(store, self.key)

    def look(self) -> int:
        """Follow what somebody else recorded, if anything; the number of the newest revision."""
        with self.lock:
            head = self.store.head().number
            if head != self._shown:
                self.changed()
            return head
