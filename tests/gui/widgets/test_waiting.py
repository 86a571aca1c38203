"""Work beside the window: what it comes to, also where it is done before anybody waits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.waiting import waited_for


def test_work_that_is_done_before_the_box_stands_is_not_waited_for(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    left_standing: list[str] = []

    def end() -> None:
        for box in QApplication.topLevelWidgets():
            if isinstance(box, QDialog) and box.isVisible():
                left_standing.append(box.objectName())
                box.done(0)

    timer = QTimer(interval=3000)  # a box that stands for ever would hold up all other tests too
    timer.timeout.connect(end)
    timer.start()
    submit = ThreadPoolExecutor.submit

    def submit_and_end(
        executor: ThreadPoolExecutor, work: Callable[..., Any], *given: Any
    ) -> Future[Any]:
        future = submit(executor, work, *given)
        wait([future])
        return future

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit_and_end)
    assert waited_for(parent, "Reading …", lambda check: 42) == 42
    with pytest.raises(ValueError, match="wrong"):
        waited_for(parent, "Reading …", lambda check: int("wrong"))
    assert left_standing == []
