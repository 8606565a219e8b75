"""Trusted time under manifests (RFC 3161): an authority signs that it saw these bytes, and when.

Asked once, when a report is issued; checked without a network, against the authority's root, which somebody trusts.
Needs the extra `sign`.
"""

from dataclasses import dataclass
from hashlib import sha512
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from workbook import files
from workbook.errors import BadFile, BadInput
from workbook.masking import mask
from workbook.words import moment

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

STAMP = "manifest.json.tsr"  # beside the manifest
SECONDS, MAX_BYTES = 20, 1024**2
SHA512 = "2.16.840.1.101.3.4.2.3"
NEEDS = "Trusted time needs an extra: pip install 'ml-audit-workbook[sign]'."


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a trusted time says: the moment in words, and whether an authority that somebody trusts said so."""

    moment: str
    trusted: bool


def stamp(address: str, manifest: bytes) -> bytes:
    """What the authority at `address` answers for a manifest; raises BadInput where that is no time for these bytes."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise BadInput(f"{mask(address)[:200]!r} is no address of a time-stamping authority; it begins with https://.")
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError:
        raise BadInput(NEEDS) from None
    wanted = TimestampRequestBuilder().data(manifest).hash_algorithm(HashAlgorithm.SHA512).build()
    answer = _asked(address, wanted.as_bytes())
    try:
        response = _read(answer)
        _check_bytes(response, manifest)
    except BadFile as error:
        raise BadInput(f"{mask(address)} gave no trusted time: {error}") from None
    if response.tst_info.nonce != wanted.nonce:
        raise BadInput(f"{mask(address)} answered another question than this one.")
    return answer


def _asked(address: str, query: bytes) -> bytes:
    asked = Request(address, query, {"Content-Type": "application/timestamp-query"})  # noqa: S310 - http or https
    try:
        with urlopen(asked, timeout=SECONDS) as reply:  # noqa: S310
            answer: bytes = reply.read(MAX_BYTES)
    except (URLError, OSError, ValueError) as error:
        why = mask(str(getattr(error, "reason", "") or error))[:200]
        raise BadInput(f"No time-stamping authority answers at {mask(address)}: {why}.") from None
    return answer


def check_stamp(folder: Path, manifest: bytes, roots: bytes = b"") -> Stamp:
    """The trusted time of the manifest in `folder`; trusted only if its chain ends at one of the `roots`, as PEM.

    Raises BadFile where it is not one of these bytes or not by those roots, BadInput without the extra.
    """
    response = _read(files.read_limited(folder / STAMP, MAX_BYTES))
    _check_bytes(response, manifest)
    if roots:
        _check_authority(response, manifest, roots)
    return Stamp(moment(response.tst_info.gen_time), bool(roots))


def _read(answer: bytes) -> "TimeStampResponse":
    try:
        from rfc3161_client import decode_timestamp_response
    except ImportError:
        raise BadInput(NEEDS) from None
    try:
        response = decode_timestamp_response(answer)
        granted = int(response.status) == 0
    except Exception as error:  # its parser raises what it likes
        raise BadFile(f"what it holds is no answer of a time-stamping authority ({type(error).__name__}).") from None
    if not granted:
        raise BadFile("the authority refused.")
    return response


def _check_bytes(response: "TimeStampResponse", manifest: bytes) -> None:
    imprint = response.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA512 or imprint.message != sha512(manifest).digest():
        raise BadFile("it is no trusted time of these bytes.")


def _check_authority(response: "TimeStampResponse", manifest: bytes, roots: bytes) -> None:
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        builder = VerifierBuilder(roots=load_pem_x509_certificates(roots))
        builder.build().verify_message(response, manifest)
    except VerificationError as error:
        raise BadFile(f"it is not by an authority under the root that was given: {error}.") from None
    except ValueError as error:
        raise BadInput(f"What was given as the root is no certificate as PEM: {error}.") from None
