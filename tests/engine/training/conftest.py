"""What tests of training share: the fast kernel, as a session has it."""

from __future__ import annotations

import pytest

from engine.training.kernels import choice


@pytest.fixture
def with_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a session in which numba was loaded, where it is installed."""
    monkeypatch.setattr(choice, "_numba", choice._Numba())
    choice.load()
