"""The table of a derivation: whatever its numbers, it keeps to the width of its sheet."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from engine.derivations.derive import derive
from engine.derivations.parts import Table
from engine.documents.examples import read_example
from engine.run.iteration import iterate
from engine.run.spec import start_state
from engine.run.steps import StepId
from engine.training.trainer import Trainer
from gui import theme
from gui.formulas.sheet_table import lay_out_table

SPACE = 60  # pixels beyond the width, where nothing may be painted


def trained_xor_table() -> Table:
    """The terms of ∂E/∂w²₁₁ after 10,000 epochs, with four digits and an exponent."""
    document = read_example("xor-2-3-1")
    trainer = Trainer(document.spec, start_state(document.spec, document.start))
    trainer.advance(10_000)
    step = StepId("backward", "weight_gradient", 2, 0, 0)
    table = derive(iterate(document.spec, trainer.state), step, 0).table
    assert table is not None
    return table


@pytest.mark.parametrize("width", [254, 348])
def test_nothing_is_painted_beyond_the_width(qapp: object, width: int) -> None:
    theme.load_fonts()
    table = trained_xor_table()
    height, paint = lay_out_table(table, width, 6)
    image = QImage(width + SPACE, int(height) + 1, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint(painter, 0.0)
    painter.end()
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    painted = np.flatnonzero((bits[:, : image.width()] < 255).any(axis=0))
    assert width - 10 < painted[-1] <= width
