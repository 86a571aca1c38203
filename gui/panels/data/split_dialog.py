"""SplitDialog: which share of the samples is kept out of training, and which ones they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox, QWidget

from engine.data.split import test_rows, validation_rows
from engine.run.limits import COUNTS
from engine.run.spec import Data
from engine.text.numbers import counted
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import SecondaryLabel

_WIDTH = 340  # pixels
_USUAL, _MOST = 20, 90  # per cent
_MOST_SEED = min(COUNTS.most, 2**31 - 1)  # that a QSpinBox can hold


class SplitDialog(FormDialog):
    """Asks for a share of the samples, and whether they are drawn or the last ones."""

    def __init__(self, title: str, label: str, now: int, of: int, seed: int, parent: QWidget):
        super().__init__(title, parent)
        self._share = QSpinBox()
        self._share.setObjectName("testShare")
        self._share.setRange(0, _MOST)
        self._share.setSuffix(" %")
        self._share.setValue(round(100 * now / of) if now else _USUAL)
        self._share.selectAll()
        self._which = Choice("testWhich", "Which samples are kept out")
        self._which.offer(
            [ChoiceItem("drawn", "drawn from a seed"), ChoiceItem("last", "the last ones")]
        )
        self._which.setCurrentIndex(0)
        self._seed = QSpinBox()
        self._seed.setObjectName("testSeed")
        self._seed.setRange(0, _MOST_SEED)
        self._seed.setValue(min(seed, _MOST_SEED))
        for field in (self._share, self._seed):
            field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._about = SecondaryLabel()
        self._about.setWordWrap(True)
        self.lay_out({label: self._share, "&Which": self._which, "&Seed": self._seed}, self._about)
        self.setMinimumWidth(_WIDTH)
        for changed in (self._share.valueChanged, self._which.currentIndexChanged):
            changed.connect(self._follow)

    @property
    def rows(self) -> NDArray[np.intp]:
        """The rows that are to be kept out of training for this."""
        is_drawn = self._which.key == "drawn"
        seed = self._seed.value() if is_drawn else None
        return self._rows(self._share.value() / 100.0, seed)

    def _rows(self, share: float, seed: int | None) -> NDArray[np.intp]:
        raise NotImplementedError

    def _words(self, kept_out: int) -> str:
        """What so many samples mean."""
        raise NotImplementedError

    def _follow(self, *_: object) -> None:
        self._seed.setEnabled(self._which.key == "drawn")
        self._about.setText(self._words(len(self.rows)))


class TestDialog(SplitDialog):
    """Asks which samples are to test with."""

    def __init__(self, data: Data, seed: int, parent: QWidget) -> None:
        super().__init__("Test set", "&Kept out", len(data.test), len(data), seed, parent)
        self._data = data
        self._follow()

    def _rows(self, share: float, seed: int | None) -> NDArray[np.intp]:
        return test_rows(len(self._data), share, seed)

    def _words(self, kept_out: int) -> str:
        validated = len(np.setdiff1d(self._data.validation, self.rows))
        left = len(self._data) - kept_out - validated
        if not kept_out:
            return "There is no test set."
        return (
            f"{counted(kept_out, 'sample')} to test with, {left} to train on. Nothing is learnt "
            "from test samples: their loss tells how the network does with what it has not seen."
        )


class ValidationDialog(SplitDialog):
    """Asks which samples are to validate with, of those that are not to test with."""

    def __init__(self, data: Data, seed: int, parent: QWidget) -> None:
        self._data, count = data, len(data) - len(data.test)
        title = "Validation set"
        super().__init__(title, "&Kept out", len(data.validation), count, seed, parent)
        self._follow()

    def _rows(self, share: float, seed: int | None) -> NDArray[np.intp]:
        return validation_rows(len(self._data), self._data.test, share, seed)

    def _words(self, kept_out: int) -> str:
        left = len(self._data) - len(self._data.test) - kept_out
        if not kept_out:
            return "There is no validation set."
        return (
            f"{counted(kept_out, 'sample')} to validate with, {left} to train on. Nothing is "
            "learnt from them: “Train while it improves” stops once their loss gets no better. "
            "Test samples are not among them."
        )
