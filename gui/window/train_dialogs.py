"""Asking how far to train, or where to go: small dialogs, and what follows from them."""

from __future__ import annotations

from math import inf
from typing import Any, TypeVar

from PySide6.QtWidgets import QSpinBox, QWidget

from engine.maths.network import FORWARD_ONLY
from engine.text.numbers import counted
from engine.training.errand import Errand
from engine.training.goal import Goal
from engine.training.patience import Patience
from gui import settings
from gui.session.session import Session
from gui.settings import MOST_EPOCHS, KeptSetting
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import SecondaryLabel
from gui.widgets.number_field import NumberField

_WIDTH = 320  # pixels

Kept = TypeVar("Kept", int, float)


class TrainDialogs:
    """Asks and then trains. With `remember` the numbers of the last time stand in the fields."""

    def __init__(self, session: Session, window: QWidget, remember: bool) -> None:
        self._session = session
        self._window = window
        self._remember = remember
        self._last: dict[str, Any] = {}

    def why_not(self) -> str:
        """Why nothing can be trained here; nothing where it can."""
        return "" if self._session.spec.can_train else FORWARD_ONLY

    def why_not_right(self) -> str:
        """Why it cannot be trained until every sample is right; nothing where it can."""
        return self.why_not() or Goal().why_not(self._session.spec)

    def for_epochs(self) -> None:
        """Train for so many epochs."""
        dialog = _EpochsDialog(
            "Train for N epochs", "&Epochs", self._value(settings.EPOCHS), self._window
        )
        dialog.explain("It pauses by itself after them.")
        if self._is_taken(dialog):
            self._keep(settings.EPOCHS, dialog.epochs)
            self._train(dialog.epochs)

    def until_loss(self) -> None:
        """Train until the loss is below a number."""
        dialog = _LossDialog(
            self._value(settings.LOSS_BELOW), self._value(settings.AT_MOST), self._window
        )
        if self._is_taken(dialog):
            self._keep(settings.LOSS_BELOW, dialog.loss)
            self._keep(settings.AT_MOST, dialog.epochs)
            self._train(dialog.epochs, Goal(dialog.loss))

    def until_right(self) -> None:
        """Train until every sample is right."""
        most = self._value(settings.AT_MOST)
        title = "Train until all are right"
        dialog = _EpochsDialog(title, "At &most, epochs", most, self._window)
        dialog.explain("It pauses at the first epoch after which every sample is right.")
        if self._is_taken(dialog):
            self._keep(settings.AT_MOST, dialog.epochs)
            self._train(dialog.epochs, Goal())

    def while_improving(self) -> None:
        """Train until the loss has not improved for some epochs."""
        dialog = _PatienceDialog(
            self._value(settings.PATIENCE),
            self._value(settings.LEAST_IMPROVEMENT),
            self._value(settings.AT_MOST),
            len(self._session.spec.data.validation),
            self._window,
        )
        if self._is_taken(dialog):
            self._keep(settings.PATIENCE, dialog.patience.epochs)
            self._keep(settings.LEAST_IMPROVEMENT, dialog.patience.least)
            self._keep(settings.AT_MOST, dialog.epochs)
            self._train(dialog.epochs, dialog.patience)

    def go_to_epoch(self) -> None:
        """Go to the end of an epoch, back or ahead."""
        here = self._session.spec.epoch_of(self._session.place.t)[0]
        dialog = _EpochsDialog("Go to epoch", "&Epoch", here, self._window, least=0)
        dialog.explain("Back along the run, or ahead: what is not there yet is trained.")
        if self._is_taken(dialog):
            self._session.go_to_whole_epoch(dialog.epochs)

    def _is_taken(self, dialog: FormDialog) -> bool:
        """Show a dialog over the window; whether it was not cancelled."""
        try:
            return bool(dialog.exec())
        finally:
            dialog.deleteLater()

    def _train(self, epochs: int, goal: Goal | Patience | None = None) -> None:
        done = self._session.spec.epoch_of(self._session.place.t)[0]
        self._session.train(Errand(epochs, done + epochs, goal))

    def _value(self, setting: KeptSetting[Kept]) -> Kept:
        """What stood in a field last."""
        kept: Kept = setting.kept() if self._remember else setting.default
        value: Kept = self._last.get(setting.key, kept)
        return value

    def _keep(self, setting: KeptSetting[Kept], value: Kept) -> None:
        self._last[setting.key] = value
        if self._remember:
            setting.keep(value)


class _EpochsDialog(FormDialog):
    """Asks for a number of epochs."""

    def __init__(
        self, title: str, label: str, epochs: int, parent: QWidget, least: int = 1
    ) -> None:
        super().__init__(title, parent)
        self._field = _epochs_field(epochs, least)
        self._about = SecondaryLabel()
        self._about.setWordWrap(True)
        self.lay_out({label: self._field}, self._about)
        self.setMinimumWidth(_WIDTH)

    def explain(self, sentence: str) -> None:
        """Say below the field what will follow."""
        self._about.setText(sentence)

    @property
    def epochs(self) -> int:
        """The number in the field."""
        return self._field.value()


class _LossDialog(FormDialog):
    """Asks for a loss to stay below, and after how many epochs to give up."""

    def __init__(self, loss: float, epochs: int, parent: QWidget) -> None:
        super().__init__("Train until the loss is below", parent)
        self._loss = NumberField(loss, _check)
        self._loss.setObjectName("lossBelow")
        self._loss.setAccessibleName("Loss below")
        self._most = _epochs_field(epochs, 1)
        about = SecondaryLabel()
        about.setWordWrap(True)
        about.setText("It pauses at the first epoch after which the loss is below.")
        self.lay_out({"&Loss below": self._loss, "At &most, epochs": self._most}, about)
        self.setMinimumWidth(_WIDTH)

    def accept(self) -> None:
        """Take the form, unless what stands in it is no loss."""
        if self._loss.finish():
            super().accept()
        else:
            self._loss.setFocus()

    @property
    def loss(self) -> float:
        """The number that the loss is to be below."""
        return self._loss.value

    @property
    def epochs(self) -> int:
        """After how many epochs to give up."""
        return self._most.value()


class _PatienceDialog(FormDialog):
    """Asks for how long to go on without improvement, what is one, and when to give up."""

    def __init__(
        self, patience: int, least: float, epochs: int, validated: int, parent: QWidget
    ) -> None:
        super().__init__("Train while it improves", parent)
        self._patience = _epochs_field(patience, 1, "patience")
        self._least = NumberField(least, _check_least)
        self._least.setObjectName("leastImprovement")
        self._least.setAccessibleName("Improvement of more than")
        self._most = _epochs_field(epochs, 1)
        about = SecondaryLabel()
        about.setWordWrap(True)
        whose, more = "the training loss", "A validation set (Edit menu) would decide in its place."
        if validated:
            whose = f"the loss of the {counted(validated, 'validation sample')}"
            more = "Test samples have no say."
        about.setText(f"It pauses once {whose} has got no better for so many epochs. {more}")
        fields = {
            "&Epochs without improvement": self._patience,
            "&Improvement of more than": self._least,
            "At &most, epochs": self._most,
        }
        self.lay_out(fields, about)
        self.setMinimumWidth(_WIDTH)

    def accept(self) -> None:
        """Take the form, unless what stands in it is no improvement."""
        if self._least.finish():
            super().accept()
        else:
            self._least.setFocus()

    @property
    def patience(self) -> Patience:
        """How long to go on without improvement."""
        return Patience(self._patience.value(), self._least.value)

    @property
    def epochs(self) -> int:
        """After how many epochs to give up."""
        return self._most.value()


def _epochs_field(epochs: int, least: int, name: str = "epochs") -> QSpinBox:
    field = QSpinBox()
    field.setObjectName(name)
    field.setRange(least, MOST_EPOCHS)
    field.setGroupSeparatorShown(True)
    field.setValue(epochs)
    field.selectAll()  # typing replaces it
    return field


def _check_least(least: float) -> str | None:
    return None if 0.0 <= least < inf else "A least improvement has to be 0 or more."


def _check(loss: float) -> str | None:
    return None if 0.0 < loss < inf else "A loss to stay below has to be above 0."
