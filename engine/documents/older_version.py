"""A file in an older version of the format is kept beside the one that takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec

from engine.documents.format import FORMAT, VERSION
from engine.documents.whole_file import FileError, read_up_to, reason, write_whole
from engine.run.limits import MAX_FILE_BYTES

_ENDINGS = (".backpass.json", ".json")


class _Head(msgspec.Struct):
    format: str = ""
    version: int = 0


def keep_older_version(path: Path) -> Path | None:
    """Copy a document of an older version beside itself: homework.v1.backpass.json, or .v2. Returns
    the copy, and None where there is no such document, or a copy of it already. Raises FileError.
    """
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            return None
        data = read_up_to(path, MAX_FILE_BYTES)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {reason(error)}.") from error
    version = _older_version(data)
    if version is None:
        return None
    for copy in _names(path, version):
        if not copy.exists():
            write_whole(copy, data)
            return copy
        if copy.is_file() and read_up_to(copy, MAX_FILE_BYTES) == data:
            return None
    raise AssertionError("numbers do not end")


def _older_version(data: bytes) -> int | None:
    """The version of a document, if it is an older one."""
    try:
        head = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Head)
    except msgspec.DecodeError:  # whatever it is, it is no document
        return None
    older = head.format == FORMAT and 1 <= head.version < VERSION
    return head.version if older else None


def _names(path: Path, version: int) -> Iterator[Path]:
    ending = next((each for each in _ENDINGS if path.name.endswith(each)), path.suffix)
    stem = path.name.removesuffix(ending)
    yield path.with_name(f"{stem}.v{version}{ending}")
    for number in count(2):
        yield path.with_name(f"{stem}.v{version}-{number}{ending}")
