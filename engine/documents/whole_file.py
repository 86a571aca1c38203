"""Files: read up to a size, and written whole or not at all: the old one is there until then."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.run.limits import MAX_FILE_BYTES


class FileError(Exception):
    """A file that cannot be written, as a sentence."""


def read_up_to(path: Path, most: int = MAX_FILE_BYTES) -> bytes:
    """What stands in a file. Of one that is larger than allowed there is one byte more than that,
    which is enough for the caller to see it. Raises OSError."""
    with path.open("rb") as file:
        return file.read(most + 1)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that an old one stays whole until the new one is.

    It keeps its permissions, and where the path is a symbolic link the file behind it is written.
    Raises FileError with a sentence.
    """
    try:
        _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}.") from error


def _replace(target: Path, data: bytes) -> None:
    mode = _mode(target)
    # In the same folder, since a file can take another's place only within one file system.
    beside = target.with_name(f".{os.urandom(8).hex()}.part")
    file = beside.open("xb")
    try:
        with file:
            if mode is not None:
                beside.chmod(mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave an empty file in its place
        os.replace(beside, target)
    except BaseException:  # Ctrl+C too leaves nothing behind
        beside.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int | None:
    """The permissions of the file that is to be replaced; None if there is none.

    Replacing would ask neither whether the file may be written nor what it is, only whether its
    folder may be written. A write-protected file or a device must not vanish that way.
    """
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise OSError(None, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(None, "it is a device or a pipe, not a file")
    if not os.access(target, os.W_OK):
        raise OSError(None, "it is write-protected")
    return stat.S_IMODE(mode)
