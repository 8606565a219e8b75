"""By how much a date has gone by."""

from datetime import date


def days_late(due: date | None, on: date) -> int:
    """By how many days a date has gone by; 0 for a date to come or none at all."""
    return max((on - due).days, 0) if due else 0
