"""Files: read up to a size, and written whole or not at all: the old one is there until then.

Only regular files: a pipe keeps whoever reads it waiting, and a device may have no end.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from engine.run.iteration import Check, never
from engine.run.limits import MAX_FILE_BYTES

_PIECE = 2**20  # bytes that are written between two checks

# Opening a pipe does not wait for somebody at its other end, and no terminal becomes one's own.
_AT_ONCE = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY"))


class FileError(Exception):
    """A file that cannot be written, as a sentence."""


def read_up_to(path: Path, most: int = MAX_FILE_BYTES) -> bytes:
    """What stands in a file. Of one that is larger than allowed there is one byte more than that,
    which is enough for the caller to see it. Raises OSError."""
    with open(path, "rb", opener=_opened) as file:
        return file.read(most + 1)


def open_regular(path: Path) -> BinaryIO:
    """A file, to be read part by part. Raises OSError."""
    return open(path, "rb", opener=_opened)


def _opened(path: str, flags: int) -> int:
    """The descriptor of a regular file."""
    descriptor = os.open(path, flags | _AT_ONCE)
    try:
        _refuse_special(os.fstat(descriptor).st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def reason(error: OSError) -> str:
    """What the system has against a file, for a sentence that names the file."""
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    return error.strerror or str(error)


def write_whole(path: Path, data: bytes, check: Check = never) -> None:
    """Write a file so that an old one stays whole until the new one is.

    It keeps its permissions, and where the path is a symbolic link the file behind it is written.
    Raises FileError with a sentence, and what `check` raises: the old file is there then.
    """
    try:
        _replace(Path(os.path.realpath(path)), data, check)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {reason(error)}.") from error


def _replace(target: Path, data: bytes, check: Check) -> None:
    mode = _mode(target)
    # In the same folder, since a file can take another's place only within one file system.
    beside = target.with_name(f".{os.urandom(8).hex()}.part")
    file = beside.open("xb")
    try:
        with file:
            if mode is not None:
                beside.chmod(mode)
            whole = memoryview(data)
            for begin in range(0, len(data), _PIECE):
                check()
                file.write(whole[begin : begin + _PIECE])
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave an empty file in its place
        check()
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
    _refuse_special(mode)
    if not os.access(target, os.W_OK):
        raise OSError(None, "it is write-protected")
    return stat.S_IMODE(mode)


def _refuse_special(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise OSError(None, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(None, "it is a device or a pipe, not a file")
