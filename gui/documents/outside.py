"""Outside: whether another program or window changed a file, and what the person wants then."""

from __future__ import annotations

import os
import re
from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from engine.documents.examples import SUFFIX
from engine.documents.whole_file import read_up_to
from gui.widgets.message_box import message_box

_NUMBERED = re.compile(r"(.*) \((\d+)\)")


class KeptVersion(Enum):
    """What is to become of the two versions: the words on the button."""

    MINE = "Keep mine"
    THEIRS = "Take theirs"
    BOTH = "Keep both"


def digest(data: bytes) -> bytes:
    """What tells one content from another."""
    from hashlib import blake2b  # no start needs it

    return blake2b(data).digest()


def digest_of(path: Path) -> bytes | None:
    """The digest of a file; None if there is none, and another than any if it cannot be read."""
    if not os.path.isfile(path):
        return None
    try:
        return digest(read_up_to(path))
    except FileNotFoundError:
        return None
    except OSError:
        return b""


def ask_what_to_keep(parent: QWidget, name: str) -> KeptVersion | None:
    """Ask what to do about a file that was changed outside; None if it is to stay as it is, and
    what is open too."""
    box = message_box(
        parent,
        f"{name} was changed by another program or window since it was opened here.",
        "Keep mine replaces it with what is in this window. Take theirs opens it as it is now: "
        "what was done in this window since is lost. Keep both saves this window under another "
        "name beside it.",
        "outsideQuestion",
    )
    box.setIcon(QMessageBox.Icon.Warning)
    role = QMessageBox.ButtonRole
    buttons = {
        KeptVersion.MINE: box.addButton(KeptVersion.MINE.value, role.DestructiveRole),
        KeptVersion.THEIRS: box.addButton(KeptVersion.THEIRS.value, role.DestructiveRole),
        KeptVersion.BOTH: box.addButton(KeptVersion.BOTH.value, role.AcceptRole),
    }
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(buttons[KeptVersion.BOTH])
    box.exec()
    clicked = box.clickedButton()
    return next((wanted for wanted, button in buttons.items() if button is clicked), None)


def free_name_beside(path: Path) -> Path:
    """A path in the same folder that nothing has yet: homework (2).backpass.json."""
    ending = SUFFIX if path.name.endswith(SUFFIX) else path.suffix
    stem, number = path.name.removesuffix(ending), 2
    if numbered := _NUMBERED.fullmatch(stem):
        stem, number = numbered[1], int(numbered[2]) + 1
    while os.path.lexists(found := path.with_name(f"{stem} ({number}){ending}")):
        number += 1
    return found
