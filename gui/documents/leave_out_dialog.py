"""LeaveOutDialog: which roads to leave out of a document that is too large for a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QListWidget, QListWidgetItem, QWidget

from engine.training.history import Branch
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import PlainLabel


class LeaveOutDialog(FormDialog):
    """Asks which of several roads, each with its name, a file can do without."""

    def __init__(
        self, sentence: str, roads: Sequence[tuple[Branch, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__("Backpass", parent)
        text = PlainLabel(f"{sentence} Which roads are to be left out? Undo brings them back.")
        text.setWordWrap(True)
        self._numbers = [branch.number for branch, _ in roads]
        self._list = QListWidget()
        self._list.setObjectName("leaveOut")
        for branch, name in roads:
            item = QListWidgetItem(f"{name}{_size(branch)}", self._list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        save = QDialogButtonBox.StandardButton.Save
        self._save = self.lay_out({}, text, self._list, button=save).button(save)
        self._list.itemChanged.connect(self._follow)
        self._follow()

    @property
    def chosen(self) -> list[int]:
        """The numbers of the roads to leave out."""
        return [
            number
            for row, number in enumerate(self._numbers)
            if self._list.item(row).checkState() == Qt.CheckState.Checked
        ]

    def _follow(self) -> None:
        self._save.setEnabled(bool(self.chosen))


def _size(branch: Branch) -> str:
    mebibytes = branch.tip.nbytes / 2**20
    return f" ({mebibytes:.0f} MiB of numbers)" if mebibytes >= 1 else ""
