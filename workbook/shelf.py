"""Where the vault's files lie: in a folder, or in a bucket. Either way a file gets its name whole or not at all.

Names are relative, such as `sha256/ab/cdef…`. Beside the files lie marks: notes that an addition is under way.
"""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from workbook import files, remote
from workbook.errors import BadFile, BadInput, NotRecorded, WorkbookError
from workbook.language import later, say, written

if TYPE_CHECKING:
    from upath import UPath

ASIDE = "incoming"
STALE = 24 * 3600  # seconds after which a temporary file or a mark belongs to no addition under way
_FILES = "sha256/??/*"
_ONCE_MORE = later("That it was erased is recorded; erase it once more.")


class Folder:
    """A folder on a disk, which is made when the first file is added."""

    disk = later("evidence folder")  # what is full when there is no room for a file
    beyond_reach: tuple[str, ...] = ()  # where copies may lie that `remove` cannot reach, a sentence each

    def __init__(self, place: Path) -> None:
        self.place = place

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A free name for a file under way; what still lies there at the end is removed."""
        self._make_folder(self._aside)
        self._sweep_parts()
        with files.aside(self._aside) as temporary:
            yield temporary

    def keep(self, temporary: Path, name: str) -> None:
        """Give the synced file `temporary` its name, in place of what has it; raises OSError."""
        path = self.place / name
        self._make_folder(path.parent)
        if os.name != "nt":
            # not on Windows, which could not replace a read-only file
            temporary.chmod(stat.S_IMODE(temporary.stat().st_mode) & ~0o222)
        files.put(temporary, path)

    def has(self, name: str) -> bool:
        """Whether a file has this name."""
        return stat.S_ISREG(files.mode_of(self.place / name))

    def is_free(self, name: str) -> bool:
        """Whether nothing at all has this name."""
        return not files.mode_of(self.place / name)

    def open(self, name: str) -> BinaryIO:
        """The file of this name itself, to be read and closed; raises BadFile, for a link too, which may lead
        elsewhere tomorrow.
        """
        return files.open_regular(self.place / name, links=False)

    def remove(self, name: str) -> None:
        """Remove the file of this name, if it is there; raises NotRecorded if it cannot be removed."""
        path = self.place / name
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                files.sync_folder(path.parent)
        except OSError as error:
            says = say("{path} could not be removed: {why}.", path=path, why=error.strerror)
            raise NotRecorded(f"{says} {say(_ONCE_MORE)}") from error

    def sizes(self) -> dict[str, int]:
        """The size of every file, by its name."""
        found = (path for path in self.place.glob(_FILES) if path.is_file())
        return {path.relative_to(self.place).as_posix(): path.stat().st_size for path in found}

    def mark(self, name: str) -> None:
        """Set a mark, or set it anew; raises OSError."""
        (self._aside / name).touch()

    def unmark(self, name: str) -> None:
        """Remove a mark, if it is there; one that cannot be removed says no more than that."""
        with suppress(OSError):
            (self._aside / name).unlink(missing_ok=True)

    def stale_marks(self, ending: str) -> list[str]:
        """The marks of this ending that were set more than a day ago."""
        return [path.name for path in self._aside.glob(f"*{ending}") if _is_stale(path)]

    def is_stale(self, mark: str) -> bool:
        """Whether a mark was set more than a day ago; not if it is gone."""
        return _is_stale(self._aside / mark)

    @property
    def _aside(self) -> Path:
        return self.place / ASIDE

    def _make_folder(self, folder: Path) -> None:
        """Make a folder of the vault; what lies around the vault is shared as the umask says."""
        files.make_folder(self.place.parent)
        files.make_folder(folder, private=True)

    def _sweep_parts(self) -> None:
        """Remove what interrupted writing left behind more than a day ago."""
        for temporary in self._aside.glob("*.part"):
            with suppress(OSError):  # somebody else removed it, or may
                if _is_stale(temporary):
                    temporary.unlink()


def _is_stale(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > STALE
    except OSError:  # somebody else removed it
        return False


class Bucket:
    """A folder in an object store, of which files of at most `limit` bytes are read."""

    disk = later("folder for temporary files")

    def __init__(self, place: "UPath", limit: int) -> None:
        self.place = place
        self._limit = limit

    @property
    def beyond_reach(self) -> tuple[str, ...]:
        """Where copies may lie that `remove` cannot reach, a sentence each."""
        says = say("Earlier versions and copies that the store itself keeps of what lay in {place}.", place=self.place)
        return (says,)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A free name on this machine for a file under way; it is gone at the end."""
        with tempfile.TemporaryDirectory(prefix="mlaw-") as folder:
            yield Path(folder) / "file"

    def keep(self, temporary: Path, name: str) -> None:
        """Put the file `temporary` into the store under its name, in place of what has it; raises NotRecorded."""
        remote.put(temporary, self.place / name)

    def has(self, name: str) -> bool:
        """Whether a file has this name; raises BadInput where the store cannot be reached."""
        return remote.has(self.place / name)

    def is_free(self, name: str) -> bool:
        """Whether nothing has this name; raises BadInput as `has`."""
        return not self.has(name)

    def open(self, name: str) -> BinaryIO:
        """A copy of the file of this name on this machine, to be read and closed; raises BadFile, BadInput as `has`."""
        path = self.place / name
        with ExitStack() as undone:
            copy = undone.enter_context(tempfile.TemporaryFile(prefix="mlaw-"))
            with remote.reached(path):
                if path.fs.size(path.path) > self._limit:
                    most = written(self._limit)
                    raise BadFile(
                        say("{path} is larger than any file that was added, {most} bytes.", path=path, most=most)
                    )
                with path.fs.open(path.path, "rb") as file:
                    shutil.copyfileobj(file, copy)
            undone.pop_all()
        copy.seek(0)
        return cast(BinaryIO, copy)

    def remove(self, name: str) -> None:
        """Remove the file of this name, if it is there; raises NotRecorded if it cannot be removed."""
        try:
            remote.remove(self.place / name)
        except BadInput as error:
            raise NotRecorded(f"{error} {say(_ONCE_MORE)}") from error

    def sizes(self) -> dict[str, int]:
        """The size of every file, by its name; raises BadInput as `has`."""
        return remote.sizes(self.place, _FILES)

    def mark(self, name: str) -> None:
        """Set a mark, or set it anew; raises NotRecorded."""
        remote.write(self.place / ASIDE / name, b"")

    def unmark(self, name: str) -> None:
        """Remove a mark, if it is there; one that cannot be removed says no more than that."""
        with suppress(WorkbookError):
            remote.remove(self.place / ASIDE / name)

    def stale_marks(self, ending: str) -> list[str]:
        """The marks of this ending that were set more than a day ago; none where the store cannot be reached."""
        with suppress(WorkbookError):
            marks = remote.matching(self.place / ASIDE, f"*{ending}")
            return [mark.name for mark in marks if self.is_stale(mark.name)]
        return []

    def is_stale(self, mark: str) -> bool:
        """Whether a mark was set more than a day ago; not if it is gone, or the store cannot be reached."""
        path = self.place / ASIDE / mark
        with suppress(WorkbookError), remote.reached(path):
            return bool(time.time() - path.fs.modified(path.path).timestamp() > STALE)
        return False
