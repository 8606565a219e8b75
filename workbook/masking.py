"""Secrets out of sentences: what opens the database or a bucket is shown to nobody, whichever program speaks of it.

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
_IN_JSON = re.compile(r'(?i)"\w*(?:pass|secret|token|key)\w*"\s*:\s*"([^"]+)"')
_ADDRESSES = ("WORKBOOK_DATABASE_URL", "WORKBOOK_EVIDENCE_URL", "WORKBOOK_REPORTS_URL")
# what the clients of databases and object stores read
_OF_A_CLIENT = re.compile(r"PGPASSWORD|(?:AWS|AZURE|GOOGLE|FSSPEC)_\w*(?:SECRET|TOKEN|PASS|KEY|CONNECTION_STRING)\w*")
_USER = re.compile(r"[\w+.-]+://[^:/@?]*:(?P<password>.*)@", re.DOTALL)
_addresses: set[str] = set()


def hide(address: str) -> None:
    """Count what is secret in `address` among the secrets, as in `WORKBOOK_DATABASE_URL`."""
    _addresses.add(address)


def mask(text: str) -> str:
    """`text` without the secrets of the environment's addresses and clients, of `hide`, nor what looks like one."""
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _NAMED.sub(rf"\1\2{HIDDEN}", _IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text))


def _secrets() -> set[str]:
    """Every secret of the environment, in each form in which a program may repeat it."""
    found = {value for name, value in os.environ.items() if _OF_A_CLIENT.match(name)}
    for address in (*(os.environ.get(name, "") for name in _ADDRESSES), *_addresses):
        found |= {*_named(address), *_named(unquote(address))}
        if user := _USER.match(address):  # a password that was not quoted may itself hold an @
            found |= {user["password"], *user["password"].split("@")}
    for text in (value for name, value in os.environ.items() if name.startswith("FSSPEC_")):
        found |= set(_IN_JSON.findall(text))
    plain = {form for text in found for form in (text, unquote(text), unquote_plus(text))}
    told = {form for text in plain for form in (text, *_quoted(text), repr(text)[1:-1])}
    return {text for text in told if len(text) >= SHORTEST}


def _named(address: str) -> list[str]:
    return [value.strip("'\"") for _, _, value in _NAMED.findall(address)]


def _quoted(text: str) -> tuple[str, str]:
    return quote(text, "", errors="surrogateescape"), quote_plus(text, errors="surrogateescape")
