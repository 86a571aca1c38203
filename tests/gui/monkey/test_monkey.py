"""Two thousand actions of the monkey, and that it would see what it looks for."""

from __future__ import annotations

import pytest

from tests.gui.conftest import OpenWindow
from tests.gui.monkey import hunt
from tests.gui.monkey.truth import differences

ACTIONS = 2000
SEED = 11  # `make monkey` draws one


def test_no_action_fails_and_what_is_shown_is_what_the_engine_says() -> None:
    said = hunt.report(SEED, ACTIONS)
    assert not said, said


def test_a_window_that_shows_old_numbers_is_found_out(open_window: OpenWindow) -> None:
    window = open_window("mazur-2-2-2")
    session = window.session
    session.step("pass")
    assert differences(window) == []
    session.blockSignals(True)  # nobody hears of the next step and the next edit
    session.step("epoch")
    session.describe("Other", "")
    session.blockSignals(False)
    found = "\n".join(differences(window))
    for part in ("summary, loss", "weights of layer 1", "data, row 1", "canvas, h1", "title"):
        assert part in found
    session.announce()
    assert differences(window) == []


def test_a_failure_is_shrunk_to_the_actions_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunt, "fails", lambda actions: {"key:3", "click:7"} <= set(actions))
    actions = [f"{name}:{number}" for number in range(10) for name in ("key", "click")]
    assert hunt.shrunk(actions) == ["key:3", "click:7"]
