"""Standard output and standard error: also where they are closed, full, or read by nobody."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO


def prepare_streams() -> None:
    """Have both write UTF-8, and what is none (a file's name) as JSON would: \\udce9.

    In the place of one that is closed comes standard output that cannot be written, and standard
    error that goes nowhere. No file may take its number, and with it what a library prints.
    """
    if sys.stdout is None or sys.stderr is None:
        while (number := os.open(os.devnull, os.O_RDONLY)) < 2:
            pass
        sys.stdout = sys.stdout or _writing_to(number)
        sys.stderr = sys.stderr or _writing_to(os.devnull)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _writing_to(file: int | str) -> TextIO:
    return io.TextIOWrapper(io.BufferedWriter(io.FileIO(file, "w")))


def silence(stream: TextIO) -> None:
    """Have what a stream still holds go nowhere, now that it cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def why_not(error: OSError) -> str:
    """Why a stream cannot be written."""
    from engine.documents.whole_file import reason  # most who start the program do without it

    return "it is closed" if error.errno == errno.EBADF else reason(error)
