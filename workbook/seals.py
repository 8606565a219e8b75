"""The seal of an HTML file: the SHA-256 of all its bytes, which stands in the file itself.

It is taken over the bytes of the file with the 64 characters of the seal written as zeros, so that every byte counts,
styles that hide words among them. Whoever changes a file can also compute its seal anew: it shows accidents and clumsy
changes. What shows a skilled one is the hash of the whole file in a manifest, a record or under a signature.
`docs/verify_report.py` does the same with nothing of ours.
"""

import re
from hashlib import sha256

_TAG = b'<meta name="ml-audit-workbook-seal" content="sha256:%s">'
_SEAL = re.compile(_TAG % b"([0-9a-f]{64})")
_ZEROS = b"0" * 64
UNSEALED = (_TAG % _ZEROS).decode()  # what stands in a page before it is sealed


def seal(html: str) -> str:
    """`html` with its seal in the one place for it; as it is where there is none, or more than one."""
    content = html.encode()
    if len(_SEAL.findall(content)) != 1:
        return html
    empty = _SEAL.sub(_TAG % _ZEROS, content)
    return _SEAL.sub(_TAG % sha256(empty).hexdigest().encode(), empty).decode()


def is_intact(content: bytes) -> bool | None:
    """Whether a file is, byte for byte, what its seal was taken of; None for one that carries no seal."""
    found = _SEAL.findall(content)
    if len(found) != 1:
        return None
    return bool(sha256(_SEAL.sub(_TAG % _ZEROS, content)).hexdigest() == found[0].decode())
