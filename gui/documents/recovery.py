"""Recovery: what was open and not saved, in a file of its own, for when the program ends badly.

Each document that is kept safe has a folder; the lock beside it is held as long as its owner lives.
So whoever gets the lock knows that nobody else will come back for it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QStandardPaths

from engine.documents.examples import SUFFIX
from engine.documents.whole_file import FileError, read_up_to, reason, write_whole
from gui.documents.origin import Origin

_DOCUMENT, _ORIGIN, _LOCK = f"document{SUFFIX}", "origin.json", ".lock"


class Recovery:
    """The folder of one document, locked by this process."""

    def __init__(self, folder: Path, lock: QLockFile) -> None:
        self._folder = folder
        self._lock = lock

    @property
    def path(self) -> Path:
        """The file of the document."""
        return self._folder / _DOCUMENT

    @property
    def origin(self) -> Origin:
        """Where the document came from; nothing is known of one whose words about it are lost."""
        try:
            return msgspec.json.decode(read_up_to(self._folder / _ORIGIN), type=Origin)
        except (OSError, msgspec.MsgspecError):
            return Origin("untitled")

    def keep_origin(self, origin: Origin) -> None:
        """Write down where the document came from. Raises FileError."""
        write_whole(self._folder / _ORIGIN, msgspec.json.encode(origin))

    def read(self) -> bytes:
        """What stands in the file of the document. Raises OSError."""
        return read_up_to(self.path)

    def remove(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.unlock()

    def release(self) -> None:
        """Leave it to the next start."""
        self._lock.unlock()


def new_recovery() -> Recovery:
    """A place for a document. Raises FileError."""
    root = _root()
    folder = root / f"{os.getpid()}-{os.urandom(6).hex()}"
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(folder)
        if lock is None:
            raise OSError(None, "it cannot be locked")
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise FileError(f"{folder} cannot be written: {reason(error)}.") from error
    return Recovery(folder, lock)


def left_over() -> list[Recovery]:
    """What was left by owners that are gone, the oldest first; it belongs to this process now."""
    root, found = _root(), []
    for name in sorted({path.name.removesuffix(_LOCK) for path in _inside(root)}):
        lock = _locked(root / name)
        if lock is not None:
            recovery = Recovery(root / name, lock)
            if recovery.path.is_file():
                found.append(recovery)
            else:  # its owner was gone before it was written
                recovery.remove()
    return sorted(found, key=lambda recovery: recovery.path.stat().st_mtime)


def _root() -> Path:
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "recovery"


def _inside(root: Path) -> list[Path]:
    try:
        return list(root.iterdir())
    except OSError:  # there was none yet
        return []


def _locked(folder: Path) -> QLockFile | None:
    """The lock of a folder; None if its owner lives.

    Qt looks whether there is a process of the owner's number, which may be another by now. Whether
    the lock can be removed is decided by the system, which knows who holds it.
    """
    lock = QLockFile(f"{folder}{_LOCK}")
    lock.setStaleLockTime(0)
    if lock.tryLock(0) or (lock.removeStaleLockFile() and lock.tryLock(0)):
        return lock
    return None
