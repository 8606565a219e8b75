"""Signatures under manifests: an Ed25519 key pair that lies with the person, and what OpenSSL can check as well.

A signature says that whoever holds the private key vouched for these bytes. Whose key it is only somebody can say who
got its fingerprint, the SHA-256 of the public key as DER, by another way. Needs the extra `sign`.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from workbook import files
from workbook.errors import BadFile, BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE, SIGNER = "manifest.json.sig", "signer.pem"  # beside the manifest
NEEDS = "needs an extra: pip install 'ml-audit-workbook[sign]'"
MAX_KEY = 10_000  # bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair: where its private part lies, its public part as PEM, and its fingerprint."""

    place: Path
    public: str
    fingerprint: str


def make_key(place: Path) -> Key:
    """Make a key pair at `place`, for its owner alone; raises BadInput where one lies already."""
    with _extra("A key pair"):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519

        private = ed25519.Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    try:
        files.make_folder(place.parent, private=True)
        files.write_new(place, [private], private=True)
    except FileExistsError:
        raise BadInput(f"A key pair lies at {place}. Move it away first: whatever it signed needs it.") from None
    except OSError as error:
        raise BadInput(f"{place} could not be written: {error.strerror}.") from error
    return read_key(place)


def read_key(place: Path) -> Key:
    """The key pair at `place`; raises BadInput where there is none, or where others may read it."""
    return _key(place, _private(place).public_key())


def sign(place: Path, manifest: bytes) -> tuple[Key, dict[str, bytes]]:
    """The files that sign a manifest with the key at `place`: signature and public key; raises BadInput."""
    private = _private(place)
    key = _key(place, private.public_key())
    return key, {SIGNATURE: private.sign(manifest), SIGNER: key.public.encode()}


def check_signature(folder: Path, manifest: bytes) -> str:
    """The fingerprint of the key that signed the manifest in `folder`.

    Raises BadFile where the signature is not one of these bytes by the key beside it, BadInput without the extra.
    """
    with _extra("Checking a signature"):
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519

    signature = files.read_limited(folder / SIGNATURE, MAX_KEY)
    try:
        public = serialization.load_pem_public_key(files.read_limited(folder / SIGNER, MAX_KEY))
        if not isinstance(public, ed25519.Ed25519PublicKey):
            raise BadFile(f"{SIGNER} is no Ed25519 key.")
        public.verify(signature, manifest)
    except InvalidSignature:
        raise BadFile(f"{SIGNATURE} is no signature of this manifest by the key in {SIGNER}.") from None
    except (ValueError, TypeError):
        raise BadFile(f"{SIGNER} is no public key.") from None
    return _fingerprint(public)


def _private(place: Path) -> "Ed25519PrivateKey":
    with _extra("Signing"):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519

    if not place.exists():
        raise BadInput(f"There is no key pair at {place}. `workbook keys --new` makes one.")
    if os.name != "nt" and stat.S_IMODE(place.stat().st_mode) & 0o077:
        raise BadInput(f"Others may read the private key at {place}. Make a new one, or `chmod 600` it if nobody did.")
    try:
        private = serialization.load_pem_private_key(files.read_limited(place, MAX_KEY), password=None)
    except (ValueError, TypeError):
        raise BadInput(f"{place} is no private key that can be read without a password.") from None
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise BadInput(f"{place} is no Ed25519 key. Move it away and make one: `workbook keys --new`.")
    return private


def _key(place: Path, public: "Ed25519PublicKey") -> Key:
    from cryptography.hazmat.primitives import serialization

    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Key(place, pem.decode(), _fingerprint(public))


def _fingerprint(public: "Ed25519PublicKey") -> str:
    from cryptography.hazmat.primitives import serialization

    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


@contextmanager
def _extra(what: str) -> Iterator[None]:
    """Turn a missing package into one sentence."""
    try:
        yield
    except ImportError:
        raise BadInput(f"{what} {NEEDS}.") from None
