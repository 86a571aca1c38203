"""The jobs that need Qt: the window, and a picture of it. Qt is imported only here."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from command_line.refusal import Refused

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.window.main_window import MainWindow

DEFAULT_EXAMPLE = "xor-2-3-1"
WITHOUT_WINDOW = (
    "examples, run, trace, check, published, seeds, exercise, results, new, predict, screenshot "
    "and picture work without one"
)
_SETTLED_MILLISECONDS = 1_000  # after which the window is up, and what loads is in nobody's way


def open_window(options: argparse.Namespace) -> int:
    """Open the window on a document, and stay until it is closed."""
    from gui.window import system_check
    from gui.window.ending import Ending

    gc.disable()  # as gui.window.garbage will: while so much is made there is nothing to collect
    problem = system_check.display_problem()
    if problem is not None:
        raise Refused(f"{problem} Without a window: {WITHOUT_WINDOW}.")
    ending = Ending()
    app = _application()
    from gui.window.faults import Faults
    from gui.window.main_window import MainWindow

    faults = Faults(app)
    faults.install()
    window = MainWindow()
    faults.caught.connect(window.tell_of_fault)
    asked: int | None = None

    def end(code: int) -> None:
        """End without a question: nobody may be there to answer it."""
        nonlocal asked
        asked = code
        try:
            window.close_unasked()
        finally:
            app.exit(code)

    ending.listen(app, end)
    ending.listen_for_lost_display(window.keep_now)
    window.documents.open_at_start(options.document, DEFAULT_EXAMPLE)
    if asked is not None:  # while a message was shown, or a large file read
        ending.close()
        return asked
    window.show()
    if options.document is None:
        window.welcome_once()
    # What is there by now stays to the end: no collection need go through all of it, neither
    # between two pictures nor as the program ends.
    gc.freeze()
    from PySide6.QtCore import QTimer

    from engine.training.kernels.choice import load_in_background

    QTimer.singleShot(_SETTLED_MILLISECONDS, load_in_background)
    code = app.exec()
    ending.close()
    return code


def screenshot(options: argparse.Namespace) -> None:
    """Write a picture of the window."""
    from PySide6.QtCore import QBuffer, QIODevice

    window = _window_off_screen(options)
    picture = QBuffer()
    picture.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(picture, "PNG")
    window.close_quietly()
    _write(options.picture, bytes(picture.data().data()))


def picture(options: argparse.Namespace) -> None:
    """Write a picture of the network, the loss curve or the surface."""
    from engine.documents.whole_file import FileError

    path = Path(options.picture)
    window = _window_off_screen(options)
    if options.what == "surface":
        window.result.show_answers()
    window.pictures.bring_forward(options.what)
    window.settle()
    try:
        data = window.pictures.data(options.what, path.suffix.lower())
    except FileError as error:
        raise Refused(str(error)) from error
    finally:
        window.close_quietly()
    _write(options.picture, data)


def _write(path: str, data: bytes) -> None:
    from engine.documents.whole_file import write_whole

    write_whole(Path(path), data)


def _window_off_screen(options: argparse.Namespace) -> MainWindow:
    """A window that nobody sees, with a document, trained and stepped as the options say."""
    from command_line.jobs import mistakes_of
    from engine.documents.examples import load
    from gui.window import system_check

    name, document = load(options.document)
    mistakes = mistakes_of(name, document, options.mistake)
    missing = system_check.missing_libraries(screen=False)
    if missing:
        raise Refused(f"Qt needs system libraries that are missing: {' '.join(missing)}.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_SCALE_FACTOR", "1")
    app = _application(options.theme, options.text_size)
    from gui.window.main_window import MainWindow

    window = MainWindow(remember=False)
    window.documents.show(document, name)
    window.resize(*options.size)
    window.show()
    if mistakes != document.spec.mistakes:
        window.session.set_mistakes("Mistakes", mistakes)
    window.session.advance(options.epochs, options.steps)
    window.settle()
    app.processEvents()
    return window


def _application(theme_name: str | None = None, text_size: int | None = None) -> QApplication:
    from PySide6.QtWidgets import QApplication

    from gui import settings, theme
    from gui.window.garbage import Collector

    app = QApplication(sys.argv[:1])
    Collector(app)
    app.setApplicationName("Backpass")
    app.setOrganizationName("Backpass")
    theme.load_fonts()
    percent = text_size or settings.TEXT_SIZE.kept()
    theme.apply(app, theme_name or settings.THEME.kept(), percent)
    return app
