"""Settings: everything that outlives the window, a row each. What is kept stands in a file that
anybody can write to: it is checked when it is read, and where it cannot be meant the default
stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from struct import Struct
from typing import Generic, TypeVar

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from engine.documents.whole_file import FileError, read_up_to, write_whole
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
# What begins a value, or one of a list, and is no text: an object of Qt's or Python's, written with
# an @ or a code that may stand for one. Of these a window's geometry and an empty list are kept.
_OBJECT = re.compile(rb'([=,][\s"]*)(?:(@)(?!@|ByteArray\(|Invalid\()|\\(?!\\))')

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
        store = stored()
        found = None if store is None else self._read(store.value(self.key))
        return self.default if found is None else found

    def keep(self, value: Kept) -> None:
        """Remember a value, where that can be done."""
        store = stored()
        if store is not None:
            store.setValue(self.key, self._write(value))


def stored() -> QSettings | None:
    """The file of all settings; None where something else is in its place, such as a pipe, which
    would keep whoever reads it waiting."""
    kind = QStandardPaths.StandardLocation.AppConfigLocation
    path = Path(f"{QStandardPaths.writableLocation(kind)}.conf")
    try:
        _make_text_of_objects(path)
    except FileNotFoundError:
        pass  # nothing was kept yet
    except (OSError, FileError):
        return None
    return QSettings(str(path), QSettings.Format.IniFormat)


def _make_text_of_objects(path: Path) -> None:
    """Make text of whatever else the file has Qt put together: it would warn of what it does not
    know, and Python's objects run what stands in them. Raises OSError, FileError."""
    data = read_up_to(path)
    text = _OBJECT.sub(lambda found: found[1] + (b"@@" if found[2] else b"/"), data)
    if text != data:
        write_whole(path, text)


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


def _positive(key: str, default: float) -> KeptSetting[float]:
    return _number(key, default, lambda value: 0.0 < value < inf)


def _not_negative(key: str, default: float) -> KeptSetting[float]:
    return _number(key, default, lambda value: 0.0 <= value < inf)


def _number(key: str, default: float, is_possible: Callable[[float], bool]) -> KeptSetting[float]:
    def read(found: object) -> float | None:
        try:
            value = float(found) if isinstance(found, str) else -inf
        except ValueError:
            return None
        return value if is_possible(value) else None

    return KeptSetting(key, default, read, repr)


def _text(key: str) -> KeptSetting[str]:
    def read(found: object) -> str | None:
        return found if isinstance(found, str) and len(found) <= _LONGEST else None

    return KeptSetting(key, "", read)


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
THEME = _choice("theme", theme.CHOICES, theme.SYSTEM)
TEXT_SIZE = _count("text_size", 100, theme.TEXT_SIZES[0], theme.TEXT_SIZES[-1])  # percent
RECENT = _texts("recent")  # paths, the latest first
PLACES = _texts("places")  # where files were left, the latest first: gui/documents/places.py
FOLDER = _text("folder")  # where a file was opened or written last
LOG = _flag("loss/log")
LOG_EPOCHS = _flag("loss/log_epochs")
WELCOMED = _flag("welcomed")
TOLD_HOW_TO_EDIT = _flag("hints/how_to_edit")  # at the first number that was asked about
# What the person wants to see of the parts around the network; "auto": what there is room for.
SIDES = {
    side: _choice(f"sides/{side}", ("auto", "open", "closed"), "auto")
    for side in ("left", "right", "lower")
}
# Which closer looks are open beside the result, and which of them is in front ("": the result).
LENSES = {
    key: _flag(f"lenses/{key}")
    for key in ("units", "weight", "gradients", "landscape", "metrics")
}
LENS_IN_FRONT = _choice("lenses/front", ("", *LENSES), "")
DIGITS = _choice("digits", ("4", "6", "9", "all"), "6")
NOTATION = {
    quantity: _choice(f"notation/{quantity}", choices, choices[0])
    for quantity, choices in CHOICES.items()
}
GRADIENTS = _choice("gradients", ("sample", "batch", "both"), "batch")  # whose
# What was asked of training last: so many epochs, a loss, and at most so many epochs for that.
MOST_EPOCHS = 999_999_999
EPOCHS = _count("training/epochs", 1000, 1, MOST_EPOCHS)
LOSS_BELOW = _positive("training/loss_below", 0.01)
AT_MOST = _count("training/at_most", 100_000, 1, MOST_EPOCHS)
PATIENCE = _count("training/patience", 100, 1, MOST_EPOCHS)  # epochs without improvement
LEAST_IMPROVEMENT = _not_negative("training/least_improvement", 0.0)
# The bound for the memory of the way back.
MEMORY = _count("history/memory_mib", DEFAULT_MEMORY // MIB, LEAST_MIB, MOST_MIB)


def lesson_reached(lesson: str) -> KeptSetting[int]:
    """How many steps of a lesson were ever shown, by the lesson's key."""
    return _count(f"lessons/{lesson}/reached", 0, 0, 10**_LONGEST_NUMBER)


def lesson_finished(lesson: str) -> KeptSetting[bool]:
    """Whether a lesson was finished, by its key."""
    return _flag(f"lessons/{lesson}/finished")
