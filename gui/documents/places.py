"""Places: where a person left each of their files, kept beside the files. Moving about is no change
of a document: nobody is asked about it, and no file is written for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from gui import settings

_MOST = 50
# The beginning of the digest of what stood in the file, and the numbers of the place, before the
# path.
_ROW = re.compile(r"([0-9a-f]{32}) (\d{1,12}) (\d{1,12}) (\d{1,12}) (.+)", re.DOTALL)


class KeptPlace(NamedTuple):
    """Where the cursor stands on the road that the file leads to: updates done, and steps shown;
    and the sample."""

    t: int
    revealed: int
    sample: int


def keep_place(path: Path, known: bytes, place: KeptPlace) -> None:
    """Remember a place in a file that holds what has this digest."""
    row = f"{known.hex()[:32]} {' '.join(map(str, place))} {path}"
    others = [each for each in settings.PLACES.kept() if _path_of(each) != str(path)]
    settings.PLACES.keep([row, *others][:_MOST])


def kept_place(path: Path, known: bytes) -> KeptPlace | None:
    """Where a file was left, if it holds the same as then."""
    for row in settings.PLACES.kept():
        found = _ROW.fullmatch(row)
        if found and found[5] == str(path) and found[1] == known.hex()[:32]:
            return KeptPlace(*map(int, found.group(2, 3, 4)))
    return None


def _path_of(row: str) -> str:
    found = _ROW.fullmatch(row)
    return found[5] if found else ""
