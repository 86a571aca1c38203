"""Samples read into a document that has some: what is kept of the old, and what is said is not."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from engine.documents.document import Document
from engine.run.spec import Data, start_state
from tests.gui.window.conftest import Driver


@pytest.fixture
def told(xor: Driver) -> list[str]:
    """A document with a picture, a test set and a validation set; and what is said from there."""
    spec = xor.view.spec
    data = replace(
        spec.data, test=np.array([1]), validation=np.array([3]), picture=(1, 2)
    )
    spec = replace(spec, data=data)
    xor.window.documents.show(Document(spec=spec, start=start_state(spec).theta))
    said: list[str] = []
    xor.window._intents.noticed.connect(said.append)
    return said


def replaced(xor: Driver, rows: int) -> Data:
    data = Data(np.full((rows, 2), 0.5), np.zeros((rows, 1)), ("t",))
    xor.window.data.data_replaced.emit(data, None)
    return xor.view.spec.data


def test_as_many_rows_are_kept_out_as_before(xor: Driver, told: list[str]) -> None:
    data = replaced(xor, 4)
    assert (data.test.tolist(), data.validation.tolist(), data.picture) == ([1], [3], (1, 2))
    assert data.inputs[0].tolist() == [0.5, 0.5] and told == []


def test_where_rows_do_not_fit_it_says_what_is_gone(xor: Driver, told: list[str]) -> None:
    data = replaced(xor, 2)
    assert data.training_count == 2 and data.picture == (1, 2)
    assert told == [
        "There are 2 rows now, not 4: all are trained on, and the test set and validation set of "
        "before are gone. Choose anew which rows are kept out."
    ]
    xor.window.session.undo_stack.undo()
    assert xor.view.spec.data.test.tolist() == [1]
