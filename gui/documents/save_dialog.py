"""The save dialog: the one way in which the window asks for the name of a file to write."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.text.wording import shortened
from gui.widgets.message_box import message_box

_ALL_FILES = "All files (*)"
_LONGEST_STEM = 180  # bytes of a name that is offered


class FileKind(Struct, frozen=True):
    """What a file may be. A name with none of the endings gets the first one."""

    title: str
    endings: tuple[str, ...]

    @property
    def filter(self) -> str:
        """How a file dialog of Qt is told."""
        return f"{self.title} ({' '.join(f'*{ending}' for ending in self.endings)})"


def _nothing(path: Path) -> Sequence[Path]:
    return ()


def ask_where_to_write(
    parent: QWidget,
    title: str,
    start: Path,
    kinds: Sequence[FileKind],
    beside: Callable[[Path], Sequence[Path]] = _nothing,
) -> Path | None:
    """Let the person choose a file to write, with an ending of one of the kinds; None if they
    think better of it. `beside(path)` are the files that will be written along with it.

    The file dialog asks before it returns the name of a file that exists. Whatever else would be
    replaced is asked about here, so that there is one question about each file. The dialog's own
    default suffix would not do: Qt adds it to no name with a dot in it, and behind the back of a
    native dialog, which has asked about another name then.
    """
    filters = ";;".join([*(kind.filter for kind in kinds), _ALL_FILES])
    start = _shortened(start, kinds)
    while True:
        typed, chosen = QFileDialog.getSaveFileName(parent, title, str(start), filters)
        if not typed:
            return None
        path = _with_ending(Path(typed), kinds, chosen)
        written = (path, *beside(path))
        if any(map(_is_too_long, written)):
            box = message_box(parent, f"{shortened(path.name)} is too long for the name of a file.")
            box.setIcon(QMessageBox.Icon.Warning)
            box.exec()
            continue
        unasked = [each for each in written if each != Path(typed) and os.path.isfile(each)]
        if not unasked or _may_replace(parent, unasked):
            return path
        start = path


def _shortened(path: Path, kinds: Sequence[FileKind]) -> Path:
    """A path whose name is short enough for any system, also with a few characters more."""
    ending = next((e for kind in kinds for e in kind.endings if path.name.endswith(e)), "")
    stem = path.name.removesuffix(ending)
    while len(os.fsencode(stem)) > _LONGEST_STEM:
        stem = stem[:-1]
    return path.with_name(stem + ending)


def _is_too_long(path: Path) -> bool:
    """Whether the system takes no such name."""
    try:
        path.lstat()
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False


def _with_ending(path: Path, kinds: Sequence[FileKind], chosen: str) -> Path:
    """A path with the ending it has, or else with that of the chosen filter."""
    known = tuple(ending for kind in kinds for ending in kind.endings)
    if path.name.lower()[1:].endswith(known):  # an ending alone is no name
        return path
    kind = next((kind for kind in kinds if kind.filter == chosen), kinds[0])
    return path.with_name(path.name + kind.endings[0])


def _may_replace(parent: QWidget, paths: Sequence[Path]) -> bool:
    """Ask whether files that exist may be replaced, all of them in one question."""
    names = " and ".join(path.name for path in paths)
    exist, them = ("exists", "it") if len(paths) == 1 else ("exist", "them")
    button = QMessageBox.StandardButton
    question = f"{names} {exist} already. Replace {them}?"
    box = message_box(parent, question, name="replaceQuestion")
    box.setIcon(QMessageBox.Icon.Warning)
    box.setStandardButtons(button.Yes | button.No)
    box.setDefaultButton(button.No)
    return button(box.exec()) == button.Yes
