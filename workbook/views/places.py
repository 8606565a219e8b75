"""Keys as links: to the row, answer or evidence that they name, and to the audit trail of what has one."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from workbook.analysis.trails import followed_keys
from workbook.record import Record
from workbook.views.markup import link
from workbook.views.tag import fragment, text

_TELLING = re.compile(r"[A-Za-z]+-\w*\d\w*")  # a key that is one wherever it stands: M-001
PAGE = "09_audit_trails"
INDEX = "06_audit_report"  # the page that lists every piece of evidence


def place(record: Record, key: str, words: str = "") -> Markup:
    """A key, or `words` in its place, as a link to where it stands: an answer, a row, a piece of evidence; else plain.

    Words that name what has an audit trail lead to that, as the row itself is one step from there.
    """
    if words and key in record.once(followed_keys):
        return trail_link(record, key, words)
    words = words or key
    catalog, question = record.catalog, key.partition("@")[0]
    if question in catalog.questions:
        return link(catalog.page_asking[question], key, words)
    register = record.once(_registers).get(key, "")
    if not register and key in record.evidence:
        return link(INDEX, key, words)
    return link(catalog.page_of[register] if register else "", f"{register}-{key}", words)


def places(record: Record, keys: Iterable[str]) -> Markup:
    """Several keys as links, with commas between them."""
    return Markup(", ").join(place(record, key) for key in keys)


def _registers(record: Record) -> Mapping[str, str]:
    """The register of each row, by its key."""
    return {row.key: row.register for rows in record.rows.values() for row in rows}


def anchor(register: str, key: str) -> str:
    """The anchor of a trail on its page."""
    return f"trail-{register}-{key}"


def trail_link(record: Record, key: str, words: str = "") -> Markup:
    """A key, or `words` in its place, as a link to its audit trail; plain where the page shows none."""
    register = record.once(followed_keys).get(key, "")
    return link(PAGE if register else "", anchor(register, key), words or key)


def with_trails(record: Record, words: str) -> Markup:
    """A text in which the keys of what has an audit trail are links to it; a plain number is no key in a text."""
    pattern = record.once(_pattern)
    if pattern is None or not pattern.search(words):
        return text(words)
    keys = record.once(followed_keys)
    return fragment([trail_link(record, piece) if piece in keys else piece for piece in pattern.split(words)])


def _pattern(record: Record) -> re.Pattern[str] | None:
    keys = sorted(filter(_TELLING.fullmatch, record.once(followed_keys)), key=len, reverse=True)
    return re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, keys))})(?![\w-])") if keys else None
