"""Write a set of output files together, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psgscore.errors import OutputError

_PREFIX = ".psgscore-"
_NEW, _OLD = "new", "old"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OutputFolder:
    """A folder that is being written to; made by `atomic_outputs`.

    Files are written in a hidden folder beside their destination and keep their names
    there, because some writers look at the name.
    """

    def __init__(self, folder: Path, staging: Path) -> None:
        self._folder = folder
        self._new, self._old = staging / _NEW, staging / _OLD
        self._names: dict[str, None] = {}

    @property
    def written(self) -> tuple[Path, ...]:
        """Final paths, in the order in which they were asked for."""
        return tuple(self._folder / name for name in self._names)

    def path(self, name: str) -> Path:
        """Return where to write the file that will be called `name`.

        Raises
        ------
        OutputError
            `name` is not a plain file name, or a folder of that name is in the way.
        """
        if name in ("", ".", "..") or "\0" in name or Path(name).name != name:
            raise OutputError(f"{name!r} cannot be the name of an output: give a plain file name")
        self._require_no_folder(self._folder / name)
        self._names[name] = None
        return self._new / name

    def rename(self, name: str, final: str) -> Path:
        """Give a written file another final name, one that only its bytes tell; as `path`."""
        written, renamed = self.path(name), self.path(final)
        written.replace(renamed)
        del self._names[name]
        return renamed

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write a file in one go; errors as `path`, and OutputError where the disk refuses."""
        path = self.path(name)
        try:
            path.write_bytes(data)
        except OSError as error:
            raise _output_error(self._folder, error) from None

    def write_text(self, name: str, text: str) -> None:
        r"""Write text as UTF-8, ``\n`` ending lines on every platform; see `write_bytes`.

        What UTF-8 cannot hold (file names in another encoding) is written as ``\udcXX``.
        """
        self.write_bytes(name, text.encode("utf-8", errors="backslashreplace"))

    def commit(self) -> None:
        """Give every file its final name; if one cannot have it, none gets it.

        Raises
        ------
        OutputError
            A file was asked for but not written, or cannot replace the one that is there.
        """
        for name in self._names:
            if not (self._new / name).exists():
                raise OutputError(f"{self._folder / name}: was announced but never written")
        try:
            for name in self._names:
                self._deliver(name)
        except BaseException:
            self._roll_back()
            raise

    def _deliver(self, name: str) -> None:
        target = self._folder / name
        self._require_no_folder(target)
        try:
            if os.path.lexists(target):
                target.replace(self._old / name)
            (self._new / name).replace(target)
        except OSError as error:
            raise OutputError(
                f"{target}: cannot be replaced ({error.strerror}): close it if another program "
                "has it open, or give another output folder"
            ) from None

    def _roll_back(self) -> None:
        """Put everything back; decided by what lies where, so right after any interruption."""
        try:
            for name in self._names:
                if os.path.lexists(self._old / name):
                    (self._old / name).replace(self._folder / name)
                elif not os.path.lexists(self._new / name):
                    (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self._folder}: writing failed and the former files could not be put back "
                f"({error.strerror}): take them from {self._old}"
            ) from None

    @staticmethod
    def _require_no_folder(target: Path) -> None:
        # A folder would be "replaced" with everything in it. os.path.isdir never raises.
        if os.path.isdir(target):
            raise OutputError(f"{target}: a folder is in the way: rename it or write elsewhere")


@contextmanager
def atomic_outputs(folder: str | Path) -> Iterator[OutputFolder]:
    """Write several files into a folder: all of them appear at the end, or none.

    Parameters
    ----------
    folder : str or Path
        Made if it is missing, and removed again if the writing fails.

    Yields
    ------
    OutputFolder
        Gives temporary paths to write to, by final file name.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or the disk is full.

    Notes
    -----
    After any exception the folder is as it was: former files untouched, nothing half
    written. A process that is killed outright may leave a hidden ``.psgscore-*`` folder.
    """
    target = Path(folder)
    with _made(target), _staging(target) as staging:
        out = OutputFolder(target, staging)
        try:
            yield out
        except OSError as error:
            # What the caller could not read is not the fault of the output folder.
            if error.errno in _FULL or str(staging) in str(error.filename):
                raise _output_error(target, error) from None
            raise
        out.commit()


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make the folder; if the rest fails, remove what was made."""
    made: list[Path] = []
    try:
        with plain_errors(folder):
            made += [path for path in (folder, *folder.parents) if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in made:
            _remove_if_empty(path)
        raise


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Yield a new hidden folder in `folder`, on the same disk so that renaming is enough."""
    with plain_errors(folder):
        staging = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    try:
        with plain_errors(folder):
            (staging / _NEW).mkdir()
            (staging / _OLD).mkdir()
        yield staging
    except BaseException:
        # Former files that could not be put back are still in there: keep them.
        if not _holds_something(staging / _OLD):
            shutil.rmtree(staging, ignore_errors=True)
        raise
    shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into an OutputError that says what to do."""
    try:
        yield
    except OSError as error:
        raise _output_error(folder, error) from None


def _output_error(folder: Path, error: OSError) -> OutputError:
    """Say in one line what is wrong with the folder and what to do."""
    if error.errno in _FULL:
        why = "no space left on the disk: free some, or give a folder on another disk"
    elif isinstance(error, FileExistsError | NotADirectoryError):
        why = "a file is in the way: give the path of a folder"
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        why = "no permission to write there: give a folder you may write to"
    elif error.errno == errno.ENAMETOOLONG:
        why = "the name of the folder or of a file in it is too long: give a shorter one"
    else:
        why = f"cannot be written ({error.strerror or error}): give another output folder"
    return OutputError(f"{folder}: {why}")


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        # Another program put something in, or the folder was never made: not ours to remove.
        return
