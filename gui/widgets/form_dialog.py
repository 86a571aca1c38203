"""FormDialog: a form to fill in, with a button that takes it and one to cancel."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QWidget

from gui.widgets.layouts import column


class FormDialog(QDialog):
    """Fields, each beside its label. Whoever may refuse what was filled in overrides `accept`."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Qt opens it no higher than two thirds of the screen, which is too low for large text.
        self.resize(self.size().expandedTo(self.sizeHint()))

    def lay_out(
        self,
        fields: Mapping[str, QWidget],
        *below: QWidget,
        button: QDialogButtonBox.StandardButton = QDialogButtonBox.StandardButton.Ok,
    ) -> QDialogButtonBox:
        """Put fields in their place, by their labels, then what stands below them, and a button
        that takes the form. Returns the buttons."""
        self.form = form = QFormLayout()
        for label, field in fields.items():
            form.addRow(label, field)
        buttons = QDialogButtonBox(button | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.body = column(form, *below, buttons)
        self.setLayout(self.body)
        return buttons
