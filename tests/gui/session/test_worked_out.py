"""What the window shows is of the moment it stands at, whatever was shown before."""

from __future__ import annotations

from tests.gui.canvas.painted import node_words
from tests.gui.conftest import OpenWindow


def test_a_delta_is_that_of_the_mistake_though_the_sample_was_shown_before_it_was_known(
    open_window: OpenWindow,
) -> None:
    """With updated weights δ of h1 is (δ_o1 0.35891648 + δ_o2 0.51130127) h1 (1 − h1), 0.00729446
    of Mazur's printed figures; 0.00877135 goes back through the weights as they were."""
    window = open_window("mazur-2-2-2")
    session = window.session
    session.set_mistakes("updated weights", ("updated-weights",))
    assert "0.593270" not in node_words(window.canvas.scene, 1, 0)  # nothing is revealed
    session.step("pass")
    assert "0.593270" in node_words(window.canvas.scene, 1, 0)
    for _ in ("loss", "backward"):
        session.step("pass")
    assert "δ 0.00729446" in node_words(window.canvas.scene, 1, 0)
    session.set_mistakes("right", ())
    assert "δ 0.00877135" in node_words(window.canvas.scene, 1, 0)
