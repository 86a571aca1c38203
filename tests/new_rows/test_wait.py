"""Something new to wait for is a class and a row among the waits; the window needs neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.formulas.notation import DEFAULT, Notation
from engine.learn.lessons import tasks
from engine.learn.lessons.task import Hand, Happening, Task
from engine.learn.lessons.words import alone
from engine.run.spec import Spec
from tests.gui.learn.lessons.conftest import SMALL, Pupil, lesson_file


class EvenSeed(Task):
    """A made-up thing to wait for: wait: even seed"""

    def is_done(self, happening: Happening) -> bool:
        return happening.now.spec.seed % 2 == 0

    def do(self, hand: Hand) -> None:
        while hand.spec.seed % 2:
            hand.new_seed()

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return "Draw start values from an even seed."


def test_a_new_wait_is_a_class_and_a_row(
    pupil: Pupil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tasks.WAITS, "even seed", alone(EvenSeed))
    text = SMALL.replace("wait: edit w1", "wait: even seed").replace(
        "mazur-2-2-2\n", "mazur-2-2-2\nseed: 3\n"
    )
    pupil.window.lessons.open_path(lesson_file(tmp_path, text))
    pupil.click("lessonNext")
    pupil.click("lessonShow")
    assert pupil.says("lessonAsked") == "Draw start values from an even seed."
    assert not pupil.may_go_on
    pupil.click("lessonShow")
    assert pupil.session.spec.seed == 4
    assert pupil.may_go_on
