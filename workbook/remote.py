"""Places that an address names, such as a folder in a bucket: read, listed and written whole, through fsspec.

An address is a `Path` where a disk holds it, and everything else of the workbook goes on as it does with folders.
Otherwise it is a `UPath` of an object store, which puts an object whole: who reads sees the earlier one or the new one.
Credentials come from the environment or from files of the store's own client, never from the address.
"""

import mimetypes
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union
from urllib.parse import urlsplit
from urllib.request import url2pathname

from workbook.errors import BadFile, BadInput, NotRecorded, WorkbookError
from workbook.language import later, say, written
from workbook.masking import mask

if TYPE_CHECKING:
    from upath import UPath

Place: TypeAlias = Union[Path, "UPath"]

# those that put an object whole, and the packages that speak with them
STORES = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"
}  # fmt: skip
PATIENCE, SLOWEST = 60, 50_000  # seconds that a store may take to answer; bytes that a network carries in one
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_EXAMPLE = later("Write for example s3://bucket/folder, or file:///folder.")
_NO_PATH = later(
    "{variable} is {shown!r}, which is no whole path on this machine. Write for example file:///data/evidence."
)
_UNCHANGED = later("What was there before is unchanged.")


def place_in(variable: str) -> Place | None:
    """The place whose address stands in this variable of the environment; None where none does.

    Raises BadInput for what is no address, for one that would not keep what is promised, and without the extra.
    """
    address = os.environ.get(variable, "").strip()
    return place(variable, address) if address else None


def place(variable: str, address: str) -> Place:
    """The place at `address`, which was given as `variable`; raises as `place_in`."""
    found = _ADDRESS.fullmatch(address)
    shown = mask(address)[:200]
    if not found or "::" in address or set("*[]") & set(address) or not address.isprintable():
        says = say("{variable} is {shown!r}, which is no address of a place.", variable=variable, shown=shown)
        raise BadInput(f"{says} {say(_EXAMPLE)}")
    scheme, parts = found[1].lower(), urlsplit(address)
    if parts.password or "@" in parts.netloc or parts.query or parts.fragment:
        raise BadInput(
            say(
                "{variable} holds more than a place. Leave names, keys and passwords to the environment "
                "(AWS_PROFILE, AWS_ACCESS_KEY_ID and so on).",
                variable=variable,
            )
        )
    if scheme in ("file", "local"):
        folder = Path(url2pathname(parts.path))
        if parts.netloc not in ("", "localhost") or not folder.is_absolute():
            raise BadInput(say(_NO_PATH, variable=variable, shown=shown))
        return folder
    if scheme not in STORES:
        raise BadInput(
            say(
                "{variable} is {shown!r}. A place of that kind is not known to keep what is written whole; known are "
                "{kinds} and file. Mount it, and name the folder as file:///folder.",
                variable=variable,
                shown=shown,
                kinds=", ".join(STORES),
            )
        )
    if not parts.netloc or ".." in parts.path.split("/"):
        says = say(
            "{variable} is {shown!r}, which names no bucket, or leads out of it.", variable=variable, shown=shown
        )
        raise BadInput(f"{says} {say(_EXAMPLE)}")
    return _opened(scheme, f"{scheme}://{found[2].rstrip('/')}")


def _opened(scheme: str, address: str) -> "UPath":
    """The place of this address; the store is asked nothing yet, because most calls of ours need no file of it."""
    missing = next((name for name in ("upath", STORES[scheme]) if find_spec(name) is None), "")
    if missing:
        package = "ml-audit-workbook[remote]" if missing in ("upath", "s3fs") else missing
        raise BadInput(
            say("{address} needs a client that is not installed here: pip install '{package}'.", address=address,
                package=package)
        )  # fmt: skip
    from upath import UPath

    place: UPath = UPath(address, **_options(STORES[scheme]))
    return place


def _options(client: str) -> dict[str, Any]:
    """What the client of a store is told, under what people configure of it.

    That of S3 tries five times; its own client's five tries in each would wait seven minutes for a store that hangs.
    """
    if client != "s3fs":
        return {}
    from fsspec.config import conf

    return {"config_kwargs": {"retries": {"total_max_attempts": 1}, **conf.get("s3", {}).get("config_kwargs", {})}}


@contextmanager
def reached(place: "UPath", unchanged: str = "") -> Iterator[None]:
    """Turn what a store's client raises into BadFile where nothing lies at `place`, else into BadInput.

    With `unchanged`, a sentence on what was not written, it is NotRecorded that is raised.
    """
    try:
        place.fs.invalidate_cache()  # others write there, too
        yield
    except WorkbookError:
        raise
    except Exception as error:  # the client of a store raises what it likes
        if unchanged:
            raise NotRecorded(f"{_unreached(str(place), error)} {unchanged}") from error
        if isinstance(error, FileNotFoundError):
            says = say("{path} does not exist. Check the name and its folder.", path=place)
            raise BadFile(says) from error
        raise BadInput(_unreached(str(place), error)) from error


def _unreached(address: str, error: Exception) -> str:
    late = isinstance(error, TimeoutError)
    why = say("it did not answer in time") if late else str(error) or type(error).__name__
    return say(
        "{address} cannot be reached or used: {why}. Check the address, the network and your rights there.",
        address=address,
        why=" ".join(mask(why).split())[:300].rstrip("."),
    )


def read(place: "UPath", limit: int, advice: str) -> bytes:
    """The bytes of the object at `place`; raises BadFile where there is none, or a larger one, and as `reached`."""
    with reached(place):
        about = place.fs.info(place.path)
        if about["type"] != "file":
            raise BadFile(say("{path} is a folder, not a file. Choose a file.", path=place))
        if about["size"] > limit:
            size = say("{n} bytes", n=written(limit))
            raise BadFile(f"{say('{path} is larger than {size}.', path=place, size=size)} {advice}")
        return bytes(place.fs.cat_file(place.path))


def write(place: "UPath", content: bytes) -> None:
    """Put `content` at `place`, at once: a reader sees the old object or the new one; raises as `reached`."""
    kind = mimetypes.guess_type(place.name)[0]
    more = {"ContentType": kind} if kind and place.protocol.startswith("s3") else {}  # so that a browser shows a page
    with reached(place, say(_UNCHANGED)):
        _in_time(place, len(content), place.fs._pipe_file, place.path, content, **more)


def put(file: Path, place: "UPath") -> None:
    """Put a file of this machine at `place`, as `write` does."""
    with reached(place, say(_UNCHANGED)):
        _in_time(place, file.stat().st_size, place.fs._put_file, str(file), place.path)


def _in_time(place: "UPath", size: int, call: Callable[..., Any], *about: object, **more: object) -> None:
    """Send `size` bytes, in no more time than a slow network takes: clients wait for ever to be let send."""
    from fsspec.asyn import sync

    sync(place.fs.loop, call, *about, timeout=PATIENCE + size / SLOWEST, **more)


def has(place: "UPath") -> bool:
    """Whether an object lies at `place`; raises as `reached`."""
    try:
        with reached(place):
            return bool(place.fs.info(place.path)["type"] == "file")  # `isfile` says no where it cannot know
    except BadFile:
        return False


def remove(place: "UPath") -> None:
    """Remove the object at `place`, if there is one; raises as `reached`."""
    if has(place):
        with reached(place):
            place.fs.rm_file(place.path)


def matching(folder: "UPath", pattern: str) -> "list[UPath]":
    """The objects below `folder` whose names match, in order; raises as `reached`."""
    return [folder / name for name in sizes(folder, pattern)]


def sizes(folder: "UPath", pattern: str) -> dict[str, int]:
    """The size of each object below `folder` whose name there matches, by that name, in order; raises as `reached`."""
    from fsspec.utils import glob_translate

    with reached(folder):
        found = folder.fs.find(folder.path, detail=True)  # `glob` leaves out what it may not list
    root, wanted = f"{folder.path.rstrip('/')}/", re.compile(glob_translate(pattern))
    named = {path.removeprefix(root): about["size"] for path, about in sorted(found.items()) if path.startswith(root)}
    return {name: size for name, size in named.items() if wanted.fullmatch(name)}
