"""A session without a window, with all that it tells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.documents.document import Document
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.spec import Data, Spec, State
from gui.session.session import Session
from gui.view import View
from tests.gui.conftest import mazur_spec


class Watched:
    """A session with all its views, and the sentences of what it refused."""

    def __init__(self) -> None:
        self.session = Session()
        self.views: list[View] = []
        self.refused: list[str] = []
        self.session.changed.connect(self.views.append)
        self.session.refused.connect(self.refused.append)

    def open(self, spec: Spec, state: State) -> None:
        self.session.open(Document(spec=spec, start=np.array(state.theta)))

    @property
    def view(self) -> View:
        return self.views[-1]


@pytest.fixture
def watched(qapp: object) -> Iterator[Watched]:
    made = Watched()
    yield made
    made.session.close()


@pytest.fixture
def mazur(watched: Watched) -> Watched:
    watched.open(*mazur_spec())
    return watched


def diverging() -> tuple[Spec, State]:
    network = Network(("x",), (Layer(("h",), "linear"), Layer(("o",), "linear")))
    data = Data(np.array([[3.0]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "squared_error", "sum", Optimizer().changed(learning_rate=5.0), data)
    theta = network.theta([np.array([[2.0]]), np.array([[2.0]])], [np.zeros(1), np.zeros(1)])
    return spec, State(theta)
