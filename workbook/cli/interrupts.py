"""Signals that want a command to stop: noted, so that it ends where it leaves nothing half done."""

import signal
from types import FrameType
from typing import Any, Self

WANTED = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Interrupts:
    """While it lasts, a signal to stop does not end this process: `number` says which one came, 0 for none."""

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (getattr(signal, name) for name in WANTED if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.number = self.number or number
