"""SplitDialog: which share of the samples is kept out of training, and which ones they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox, QWidget

from engine.data.split import test_rows
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

    def __init__(self, data: Data, seed: int, parent: QWidget) -> None:
        super().__init__("Test set", parent)
        self._count = len(data)
        share = round(100 * len(data.test) / len(data)) if len(data.test) else _USUAL
        self._share = QSpinBox()
        self._share.setObjectName("testShare")
        self._share.setRange(0, _MOST)
        self._share.setSuffix(" %")
        self._share.setValue(share)
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
        fields = {"&Kept out": self._share, "&Which": self._which, "&Seed": self._seed}
        self.lay_out(fields, self._about)
        self.setMinimumWidth(_WIDTH)
        for changed in (self._share.valueChanged, self._which.currentIndexChanged):
            changed.connect(self._follow)
        self._follow()

    @property
    def rows(self) -> NDArray[np.intp]:
        """The rows that are to be kept out of training."""
        is_drawn = self._which.key == "drawn"
        seed = self._seed.value() if is_drawn else None
        return test_rows(self._count, self._share.value() / 100.0, seed)

    def _follow(self, *_: object) -> None:
        self._seed.setEnabled(self._which.key == "drawn")
        kept_out = len(self.rows)
        self._about.setText(
            f"{counted(kept_out, 'sample')} to test with, {self._count - kept_out} to train on. "
            "Nothing is learnt from test samples: their loss tells how the network does with what "
            "it has not seen."
            if kept_out
            else "The network is trained on all samples."
        )
