"""Files that somebody else made, opened with care; and files of ours that are whole or not there.

What is read is a regular file and nothing that one would wait for, and its size is known before its content. What is
written lies aside until it is synced, and only then gets its name.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from workbook import remote
from workbook.errors import BadFile
from workbook.language import later, say, written
from workbook.remote import Place

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
# Without O_NONBLOCK opening a FIFO would wait for a writer; Windows does not have it, nor O_NOFOLLOW.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
LONGEST_SHOWN = 200  # characters of a path in a sentence


def open_regular(path: Path, *, links: bool = True) -> BinaryIO:
    """The regular file at `path`, to be read and closed; never waits. Raises BadFile for anything else.

    A link counts as the file it leads to, and is refused without `links`.
    """
    if not links and not _NO_LINK and stat.S_ISLNK(mode_of(path)):
        raise BadFile(say(_SYMLINK, path=printable(path)))
    try:
        handle = os.open(path, _READ | (0 if links else _NO_LINK))
    except (OSError, ValueError) as error:
        raise BadFile(_unopened(path, error, links)) from error
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise BadFile(say(_FOLDER if stat.S_ISDIR(mode) else _DEVICE, path=printable(path)))
    return os.fdopen(handle, "rb")


def open_limited(path: Path, limit: int, advice: str = "") -> BinaryIO:
    """As `open_regular`, for a file of at most `limit` bytes; raises BadFile with `advice` for one that is larger."""
    file = open_regular(path)
    if os.fstat(file.fileno()).st_size > limit:
        file.close()
        raise _too_large(path, limit, advice)
    return file


def read_limited(path: Place, limit: int, advice: str = "") -> bytes:
    """The bytes of the regular file at `path`, at most `limit` of them: its size is looked at before it is read.

    Raises BadFile as `open_limited` does, and for a file that cannot be read or that grows meanwhile; BadInput where a
    store cannot be reached.
    """
    if not isinstance(path, Path):
        return remote.read(path, limit, advice or say(_SMALLER))
    with open_limited(path, limit, advice) as file:
        try:
            content = file.read(limit + 1)
            too_large = len(content) > limit or os.fstat(file.fileno()).st_size > limit
        except OSError as error:
            says = say("{path} could not be read to its end: {why}.", path=printable(path), why=error.strerror)
            raise BadFile(says) from error
    if too_large:
        raise _too_large(path, limit, advice)
    return content


def mode_of(path: Path) -> int:
    """What kind of thing is at `path` itself, as `stat` has it; 0 if nothing is."""
    try:
        return path.lstat().st_mode
    except (OSError, ValueError):
        return 0


def is_folder(path: Path) -> bool:
    """Whether a folder is at `path`, or where a link there leads."""
    try:
        return path.is_dir()
    except OSError:  # a name that no file can have, or a folder on the way that may not be looked into
        return False


def change(path: Path) -> tuple[int, int]:
    """What tells that a file was changed: when, and its size; of one that cannot be looked at, nothing."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def matching(folder: Place, pattern: str) -> Sequence[Place]:
    """What lies in `folder` under names that match, in order; raises BadInput where a store cannot be reached."""
    return sorted(folder.glob(pattern)) if isinstance(folder, Path) else remote.matching(folder, pattern)


def printable(path: Place) -> str:
    """`path` as it can be shown and printed, whatever its bytes and however long it is."""
    text = str(path).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN // 2]}…{text[-LONGEST_SHOWN // 2 :]}"


_SYMLINK = later("{path} is a symbolic link, which can point elsewhere tomorrow. Choose the file itself.")
_FOLDER = later("{path} is a folder, not a file. Choose a file.")
_DEVICE = later("{path} is a device or pipe, not a file. Choose a file.")
_SMALLER = later("Give a smaller file.")


def _unopened(path: Path, error: OSError | ValueError, links: bool) -> str:
    name = printable(path)
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.ELOOP:
        loop = say("{path} is a link that leads back to itself. Choose a file.", path=name)
        return loop if links else say(_SYMLINK, path=name)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return say("{path} does not exist. Check the name and its folder.", path=name)
    if code in (errno.EACCES, errno.EPERM):
        # Windows says EACCES of a folder, too.
        if path.is_dir():
            return say("{path} is a folder. Choose a file that may be read.", path=name)
        return say("{path} may not be read. Choose a file that may be read.", path=name)
    if code == errno.ENXIO:
        return say("{path} is a device or socket, not a file. Choose a file.", path=name)
    why = getattr(error, "strerror", None) or error
    return say("{path} cannot be opened: {why}. Choose another file.", path=name, why=why)


def _too_large(path: Path, limit: int, advice: str) -> BadFile:
    size = f"{limit // 1024**2} MB" if limit >= 1024**2 else say("{n} bytes", n=written(limit))
    says = say("{path} is larger than {size}.", path=printable(path), size=size)
    return BadFile(f"{says} {advice or say(_SMALLER)}")


@contextmanager
def held(name: str, content: bytes) -> Iterator[Path]:
    """`content` as a file that is called `name` while the block runs; raises BadFile for what is not a file's name."""
    own = Path(name.replace("\\", "/")).name
    with tempfile.TemporaryDirectory(prefix="mlaw-") as folder:
        path = Path(folder) / own
        try:
            if own in ("", ".."):
                raise ValueError
            path.write_bytes(content)
        except (OSError, ValueError):
            shown = printable(Path(own))
            says = say("{name!r} is not the name of a file; choose a file, or rename it.", name=shown)
            raise BadFile(says) from None
        yield path


def remove(path: Place) -> None:
    """Remove the file at `path`, if there is one; raises OSError, and BadInput where a store cannot be reached."""
    if isinstance(path, Path):
        path.unlink(missing_ok=True)
    else:
        remote.remove(path)


def write(path: Place, content: bytes) -> None:
    """Put `content` into `path`, durably and at once: a reader sees the old file or the new one.

    Raises OSError, also where something other than a file lies there: a device would be gone. Raises BadInput where a
    store cannot be reached.
    """
    write_all({path: content})


def write_all(contents: Mapping[Place, bytes]) -> None:
    """As `write`, for several files: none is replaced before all are on the disk; then one after the other.

    In a store each is whole, one after the other. Raises OSError, which names the file.
    """
    with ExitStack() as stack:
        ready: dict[Path, Path] = {}
        path: Place = Path()
        try:
            for path, content in contents.items():
                if isinstance(path, Path):
                    ready[path] = stack.enter_context(aside(path.parent))
                    _write_aside(ready[path], path, content)
                else:
                    remote.write(path, content)
            for path, temporary in ready.items():
                put(temporary, path)
        except OSError as error:
            error.filename = str(path)
            raise


def _write_aside(temporary: Path, path: Path, content: bytes) -> None:
    if (there := mode_of(path)) and not (stat.S_ISREG(there) or stat.S_ISLNK(there)):
        raise FileExistsError(errno.EEXIST, say("what lies there is not a file"), str(path))
    make_folder(path.parent)
    write_new(temporary, [content])


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A free name in `folder` for a file under way; what still lies there at the end is removed."""
    temporary = folder / f".{uuid4().hex}.part"
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def write_new(path: Path, chunks: Iterable[bytes], *, private: bool = False) -> None:
    """Write `chunks` to the new file `path`, synced when this returns; raises OSError and whatever `chunks` raise.

    Who may read it is decided by the umask; `private` makes it its owner's, whatever that says.
    """
    with os.fdopen(os.open(path, _NEW, 0o600 if private else 0o666), "wb") as target:
        if private:
            path.chmod(0o666 & _allowed(path.parent))
        for chunk in chunks:
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())


def put(temporary: Path, path: Path) -> None:
    """Give the synced file `temporary` its name `path`, in place of what has it, so that it survives a power cut."""
    temporary.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file that another program wrote survive a power cut; raises OSError."""
    _sync(path, os.O_RDWR)


def make_folder(folder: Path, *, private: bool = False) -> None:
    """Make `folder` and what is missing above it, so that it survives a power cut; `private` as in `write_new`.

    Raises OSError.
    """
    missing = [place for place in [folder, *folder.parents] if not place.exists()]
    for place in reversed(missing):
        place.mkdir(0o700 if private else 0o777, exist_ok=True)
        if private:
            place.chmod(stat.S_IMODE(place.stat().st_mode) & ~0o777 | _allowed(place.parent))
        sync_folder(place.parent)


def make_private(path: Path) -> None:
    """Take from others what they may do with `path`; what is not there, or not ours to change, stays as it is."""
    try:
        found = path.stat()
        if (
            os.name != "nt"
            and found.st_uid == os.geteuid()
            and (excess := found.st_mode & 0o777 & ~_allowed(path.parent))
        ):
            path.chmod(stat.S_IMODE(found.st_mode) & ~excess)
    except OSError:
        return


def _allowed(folder: Path) -> int:
    """The rights that a private thing in `folder` may have: its owner's, and the group's where somebody shared that.

    The sign of that is the set-group-ID bit (chmod 2770), which no umask ever sets.
    """
    return 0o770 if folder.stat().st_mode & stat.S_ISGID else 0o700


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut; Windows has no such call, and does without."""
    if os.name != "nt":
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, mode: int) -> None:
    handle = os.open(path, mode)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
