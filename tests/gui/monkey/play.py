"""Plays actions in a window: `python -m tests.gui.monkey.play --seed 1 --actions 2000`.

Actions come in episodes, each in a fresh window with fresh files, so that a failure needs no more
than its own episode to come again: `--replay "key:17 click:4711"`. The log has every action before
it is done. An exception, a warning of Python or Qt, a wrong number on the screen, or a minute
without an end of an action, ends the process with code 1 and says what it was.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
import tempfile
import threading
import time
import traceback
import warnings
from pathlib import Path
from random import Random
from typing import Any

# Before Qt is imported: no screen, and nothing of the person's own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HOME"] = tempfile.mkdtemp(prefix="backpass-monkey-")
os.environ["XDG_CONFIG_HOME"] = os.environ["HOME"]
os.environ["XDG_DATA_HOME"] = os.environ["HOME"]
os.environ["XDG_STATE_HOME"] = os.environ["HOME"]
os.environ["XDG_CACHE_HOME"] = os.environ["HOME"]

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractButton, QApplication

from engine.documents.examples import example_names, read_example
from engine.documents.reading import write_document
from gui import theme
from gui.settings import stored
from gui.window.garbage import Collector
from gui.window.main_window import MainWindow
from tests.gui.monkey.actions import Action, drawn, read
from tests.gui.monkey.hands import Hands, leave
from tests.gui.monkey.truth import differences

EPISODE = 100  # actions
_LOOK_EVERY = 10  # actions
_WATCHDOG_SECONDS = 60
_GOAL = 40  # updates that training goes on for
_TRAINING_SECONDS = 2.0  # after which it is paused, where a person has chosen a slow pace
_LARGEST = 2_000  # parameters; beyond, the monkey's next action begins with another document
_USUAL_WORDS = "This plugin does not support"  # of the screen that is none


class Failed(Exception):
    """Something that must not be."""


class Listener:
    """Hears of everything that nobody catches."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        sys.excepthook = self._on_exception
        sys.unraisablehook = lambda what: self._on_exception(
            what.exc_type, what.exc_value, what.exc_traceback
        )
        threading.excepthook = lambda what: self._on_exception(
            what.exc_type, what.exc_value, what.exc_traceback
        )
        qInstallMessageHandler(self._on_message)

    def _on_exception(self, kind: Any, error: Any, trace: Any) -> None:
        self.heard.append("".join(traceback.format_exception(kind, error, trace)))

    def _on_message(self, kind: QtMsgType, context: object, words: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and _USUAL_WORDS not in words:
            self.heard.append(f"Qt: {words}")


class Episode:
    """A fresh window, its files, and the actions that it is put through."""

    def __init__(self, listener: Listener, log: Any) -> None:
        self._listener, self._log = listener, log
        self._folder = Path(tempfile.mkdtemp(dir=os.environ["HOME"]))
        _write_files(self._folder)
        stored().clear()
        self._window = self._opened()
        self._hands = Hands(self._window, self._folder)

    def _opened(self) -> MainWindow:
        window = MainWindow(remember=True)
        window.resize(1440, 900)
        window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
        window.show()
        window.activateWindow()
        return window

    def play(self, actions: list[Action]) -> None:
        """Do one after the other, and look at what is shown every tenth time and at the end."""
        for count, action in enumerate(actions, start=1):
            print(action, file=self._log, flush=True)
            faulthandler.dump_traceback_later(_WATCHDOG_SECONDS, exit=True)
            self._prepare()
            action.do(self._hands)
            self._rest()
            if count % _LOOK_EVERY == 0 or count == len(actions):
                self._look()
        faulthandler.cancel_dump_traceback_later()

    def end(self) -> None:
        """Close the window without a question."""
        self._hands.put_down()
        leave(self._window, QApplication.processEvents)
        self._check()

    def _prepare(self) -> None:
        """Have the keys reach the window, as they do of themselves where there is a screen, and
        training end by itself, after the same number of updates each time."""
        while QApplication.activeWindow() is not self._window:
            self._window.activateWindow()
            QApplication.processEvents()
        session = self._window.session
        if session.spec.network.size > _LARGEST or len(session.spec.data) > _LARGEST:
            self._window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
        if session.goal is None or session.goal <= session.place.t:
            session.goal = session.place.t + _GOAL

    def _rest(self) -> None:
        """Let everything that the action set off come to its end."""
        QApplication.processEvents()
        session = self._window.session
        for button in self._hands.seen(QAbstractButton):
            if button.text() == "■ Stop":
                self._hands.click(button)  # a timer would take the steps, when it comes to it
        deadline = time.monotonic() + _TRAINING_SECONDS
        while session.busy:
            QApplication.processEvents()
            if session.training and time.monotonic() > deadline:
                session.pause()
        self._hands.leave_popups()
        QApplication.processEvents()
        self._check()
        if not self._window.isVisible():
            leave(self._window, QApplication.processEvents)
            self._window = self._hands.window = self._opened()
            QApplication.processEvents()

    def _look(self) -> None:
        wrong = differences(self._window)
        if wrong:
            raise Failed("\n".join(wrong))

    def _check(self) -> None:
        heard = [*self._listener.heard, *self._hands.failures]
        if heard:
            raise Failed("\n".join(heard))


def _write_files(folder: Path) -> None:
    """Files to open, good ones and bad ones."""
    for name in example_names()[:4]:
        (folder / f"{name}.backpass.json").write_bytes(write_document(read_example(name)))
    whole = write_document(read_example("mazur-2-2-2"))
    (folder / "cut.backpass.json").write_bytes(whole[: len(whole) // 2])
    (folder / "bad.json").write_text('{"format": "something else"}', encoding="utf-8")
    (folder / "empty.json").touch()
    (folder / "bytes.json").write_bytes(bytes(range(256)))
    (folder / "good.csv").write_text("x1,x2,t\n0,0,1\n0,1,0\n1,1,1\n", encoding="utf-8")
    (folder / "bad.csv").write_text("x1,x2,t\n0,zero,1\n0,1\n", encoding="utf-8")
    (folder / "folder").mkdir()


def episodes(seed: int, count: int) -> list[list[Action]]:
    """The actions of a seed, episode by episode."""
    whole = [
        drawn(Random(f"{seed}/{number}"), EPISODE) for number in range(-(-count // EPISODE))
    ]
    whole[-1] = whole[-1][: count - EPISODE * (len(whole) - 1)]
    return whole


def main() -> int:
    """Play what the command line asks for."""
    parser = argparse.ArgumentParser(description="Plays actions in a window.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--replay", help="actions, as they were printed")
    parser.add_argument("--log", default=os.devnull)
    options = parser.parse_args()
    faulthandler.enable()
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "path is deprecated", DeprecationWarning, "zia(font|math)")
    app = QApplication(["monkey"])
    app.setApplicationName("Backpass")
    app.setOrganizationName("Backpass")
    Collector(app)
    theme.load_fonts()
    theme.apply(app, "light")
    listener = Listener()
    played = (
        episodes(options.seed, options.actions) if options.replay is None
        else [read(options.replay)]
    )
    with Path(options.log).open("w", encoding="utf-8") as log:
        for actions in played:
            print("episode", file=log, flush=True)
            try:
                episode = Episode(listener, log)
                episode.play(actions)
                episode.end()
            except Exception:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(1)  # at once: what is broken may not end well
    return 0


if __name__ == "__main__":
    sys.exit(main())
