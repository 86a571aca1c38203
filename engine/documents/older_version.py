"""A file in version 1 of the format is kept beside the one that takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec

from engine.documents.format import FORMAT
from engine.documents.whole_file import FileError, read_up_to, reason, write_whole
from engine.run.limits import MAX_VERSION_1_BYTES

_ENDINGS = (".backpass.json", ".json")


class _Head(msgspec.Struct):
    format: str = ""
    version: int = 0


def keep_version_1(path: Path) -> Path | None:
    """Copy a document of version 1 beside itself: homework.v1.backpass.json. Returns the copy, and
    None where there is no such document, or a copy of it already. Raises FileError."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_VERSION_1_BYTES:
            return None
        data = read_up_to(path, MAX_VERSION_1_BYTES)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {reason(error)}.") from error
    if not _is_version_1(data):
        return None
    for copy in _names(path):
        if not copy.exists():
            write_whole(copy, data)
            return copy
        if copy.is_file() and read_up_to(copy, MAX_VERSION_1_BYTES) == data:
            return None
    raise AssertionError("numbers do not end")


def _is_version_1(data: bytes) -> bool:
    try:
        head = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Head)
    except msgspec.DecodeError:  # whatever it is, it is no document
        return False
    return (head.format, head.version) == (FORMAT, 1)


def _names(path: Path) -> Iterator[Path]:
    ending = next((each for each in _ENDINGS if path.name.endswith(each)), path.suffix)
    stem = path.name.removesuffix(ending)
    yield path.with_name(f"{stem}.v1{ending}")
    for number in count(2):
        yield path.with_name(f"{stem}.v1-{number}{ending}")
