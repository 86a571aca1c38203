"""LeaveOutDialog: which roads to leave out of a document that is too large for a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QWidget

from engine.training.history import Branch
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import PlainLabel
from gui.widgets.plain_text import menu_text


class LeaveOutDialog(FormDialog):
    """Asks which of several roads, each with its name, a file can do without."""

    def __init__(
        self, sentence: str, roads: Sequence[tuple[Branch, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__("Backpass", parent)
        text = PlainLabel(f"{sentence} Which roads are to be left out? Undo brings them back.")
        text.setWordWrap(True)
        self._boxes = [(branch.number, _box(branch, name)) for branch, name in roads]
        button = QDialogButtonBox.StandardButton.Save
        self._buttons = self.lay_out({}, text, *(box for _, box in self._boxes), button=button)
        for _, box in self._boxes:
            box.toggled.connect(self._follow)
        self._follow()

    @property
    def chosen(self) -> list[int]:
        """The numbers of the roads to leave out."""
        return [number for number, box in self._boxes if box.isChecked()]

    def _follow(self) -> None:
        button = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        button.setEnabled(bool(self.chosen))


def _box(branch: Branch, name: str) -> QCheckBox:
    mebibytes = branch.tip.nbytes / 2**20
    about = f" ({mebibytes:.0f} MiB of numbers)" if mebibytes >= 1 else ""
    box = QCheckBox(menu_text(f"{name}{about}"))
    box.setObjectName(f"leaveOut{branch.number}")
    return box
