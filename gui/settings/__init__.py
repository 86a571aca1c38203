"""Settings: everything that outlives the window, a row each. What is kept stands in a file that
anybody can write to: it is checked when it is read, and where it cannot be meant the default
stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Generic, TypeVar

from PySide6.QtCore import QByteArray, QSettings

from engine.formulas.notation import CHOICES
from engine.training.history import DEFAULT_MEMORY
from gui import theme

MIB = 1024 * 1024
LEAST_MIB, MOST_MIB = 16, 65_536
_LONGEST = 4096  # characters of a text, as of a path
_MOST_TEXTS = 100
_LONGEST_NUMBER = 9  # digits
# What QWidget.saveGeometry begins with: magic number and version, the frame, the edges of the
# window while it is neither of what follows, the screen, and whether it is maximised or fills it.
_GEOMETRY = Struct(">8x16x4iiBB")
_FARTHEST = 32_767  # pixels from the first screen's corner

Kept = TypeVar("Kept")


class KeptSetting(Generic[Kept]):
    """One value that is remembered under a key.

    `read` gives the value for what the file has under the key, None where that cannot be meant;
    `write` gives what the file is to have.
    """

    def __init__(
        self,
        key: str,
        default: Kept,
        read: Callable[[object], Kept | None],
        write: Callable[[Kept], object] = lambda value: value,
    ) -> None:
        self.key = key
        self.default = default
        self._read = read
        self._write = write

    def kept(self) -> Kept:
        """What was kept last, or the default."""
        found = self._read(QSettings().value(self.key))
        return self.default if found is None else found

    def keep(self, value: Kept) -> None:
        """Remember a value."""
        QSettings().setValue(self.key, self._write(value))


def _choice(key: str, choices: Iterable[str], default: str) -> KeptSetting[str]:
    known = tuple(choices)
    return KeptSetting(key, default, lambda found: next((c for c in known if c == found), None))


def _flag(key: str) -> KeptSetting[bool]:
    words = {"true": True, "false": False}
    return KeptSetting(
        key,
        False,
        lambda found: words.get(found) if isinstance(found, str) else None,
        lambda is_on: "true" if is_on else "false",
    )


def _count(key: str, default: int, least: int, most: int) -> KeptSetting[int]:
    def read(found: object) -> int | None:
        text = str(found) if isinstance(found, str | int) else ""
        if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
            return None
        return int(text) if least <= int(text) <= most else None

    return KeptSetting(key, default, read)


def _texts(key: str) -> KeptSetting[list[str]]:
    def read(found: object) -> list[str]:
        texts = [found] if isinstance(found, str) else found  # as a list of one comes back
        if not isinstance(texts, list | tuple):
            return []
        short = [text for text in texts if isinstance(text, str) and len(text) <= _LONGEST]
        return short[:_MOST_TEXTS]

    return KeptSetting(key, [], read)


def _geometry(key: str) -> KeptSetting[QByteArray]:
    def read(found: object) -> QByteArray | None:
        data = bytes(found.data()) if isinstance(found, QByteArray) else b""
        if len(data) < _GEOMETRY.size:
            return None
        left, top, right, bottom, _, *flags = _GEOMETRY.unpack_from(data)
        near = all(abs(edge) <= _FARTHEST for edge in (left, top, right, bottom))
        is_one = near and left < right and top < bottom and max(flags) <= 1
        return found if is_one and isinstance(found, QByteArray) else None

    return KeptSetting(key, QByteArray(), read)


GEOMETRY = _geometry("geometry")  # size and place of the window as it was closed last
THEME = _choice("theme", theme.THEMES, "light")
TEXT_SIZE = _count("text_size", 100, theme.TEXT_SIZES[0], theme.TEXT_SIZES[-1])  # percent
RECENT = _texts("recent")  # paths, the latest first
LOG = _flag("loss/log")
# What the person wants to see of the parts around the network; "auto": what there is room for.
SIDES = {
    side: _choice(f"sides/{side}", ("auto", "open", "closed"), "auto")
    for side in ("left", "right", "lower")
}
DIGITS = _choice("digits", ("4", "6", "9", "all"), "6")
NOTATION = {
    quantity: _choice(f"notation/{quantity}", choices, choices[0])
    for quantity, choices in CHOICES.items()
}
GRADIENTS = _choice("gradients", ("sample", "batch", "both"), "batch")  # whose
# The bound for the memory of the way back.
MEMORY = _count("history/memory_mib", DEFAULT_MEMORY // MIB, LEAST_MIB, MOST_MIB)


def lesson_reached(lesson: str) -> KeptSetting[int]:
    """How many steps of a lesson were ever shown, by the lesson's key."""
    return _count(f"lessons/{lesson}/reached", 0, 0, 10**_LONGEST_NUMBER)


def lesson_finished(lesson: str) -> KeptSetting[bool]:
    """Whether a lesson was finished, by its key."""
    return _flag(f"lessons/{lesson}/finished")
