"""Secrets out of sentences: what the database's address holds is shown to nobody, whichever program speaks of it.

A driver puts the address it was given into its own errors, in forms of its own. So what is known to be secret is
replaced in every text that tells of an error, and what stands where a password would stand as well.
"""

import os
import re
from urllib.parse import quote, quote_plus, unquote, unquote_plus

HIDDEN = "***"
SHORTEST = 4  # a shorter secret is replaced only in its place, or half of all words would be
_IN_ADDRESS = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]*@")
_NAMED = re.compile(r"""(?i)\b(\w*(?:pass|secret|token)\w*)(=|%3D)('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\s&;,'")]+)""")
_USER = re.compile(r"[\w+.-]+://[^:/@?]*:(?P<password>.*)@", re.DOTALL)
_addresses: set[str] = set()


def hide(address: str) -> None:
    """Count what is secret in `address` among the secrets, as in `WORKBOOK_DATABASE_URL`."""
    _addresses.add(address)


def mask(text: str) -> str:
    """`text` without the secrets of `WORKBOOK_DATABASE_URL`, of `hide` and `PGPASSWORD`, nor what looks like one."""
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _NAMED.sub(rf"\1\2{HIDDEN}", _IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text))


def _secrets() -> set[str]:
    """Every secret of the environment, in each form in which a program may repeat it."""
    found = {os.environ.get("PGPASSWORD", "")}
    for address in (os.environ.get("WORKBOOK_DATABASE_URL", ""), *_addresses):
        found |= {*_named(address), *_named(unquote(address))}
        if user := _USER.match(address):  # a password that was not quoted may itself hold an @
            found |= {user["password"], *user["password"].split("@")}
    plain = {form for text in found for form in (text, unquote(text), unquote_plus(text))}
    told = {form for text in plain for form in (text, *_quoted(text), repr(text)[1:-1])}
    return {text for text in told if len(text) >= SHORTEST}


def _named(address: str) -> list[str]:
    return [value.strip("'\"") for _, _, value in _NAMED.findall(address)]


def _quoted(text: str) -> tuple[str, str]:
    return quote(text, "", errors="surrogateescape"), quote_plus(text, errors="surrogateescape")
