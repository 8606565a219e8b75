"""Moves a folder of inventories in time, so that an example written for one day still makes sense on another."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

TEXTS = (".csv", ".yaml")
_ISO = re.compile(r"(?<![\d-])(\d{4}-\d{2}-\d{2})(?![\d-])")


def shift(folder: Path, target: Path, days: int) -> None:
    """Copy `folder` to `target`; in its top level's CSV and YAML files every ISO date is moved by `days`."""
    shutil.copytree(folder, target)
    for file in sorted(target.iterdir()):
        if file.suffix in TEXTS:
            text = file.read_text(encoding="utf-8")
            file.write_text(_ISO.sub(lambda match: _moved(match[1], days), text), encoding="utf-8")


def _moved(text: str, days: int) -> str:
    try:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    except ValueError:  # looks like a date and is none
        return text
