"""Faults: what the program does when it fails itself. No error ends at the terminal alone."""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QStandardPaths, Signal

from gui.session.failure import Failure

_LOG_BYTES, _LOG_FILES = 256 * 1024, 2  # of each, and kept beside the newest
_LONGEST_REASON = 200  # characters


class Faults(QObject):
    """Hears of every error that nobody caught, in whatever thread, from `install` on.

    `caught` is said in the thread of the window, with one sentence and the report to be copied;
    whoever keeps the person's work safe listens to it. The same report goes to a file and to the
    terminal, once as long as nothing else fails: what fails in a repaint fails in each.
    """

    caught = Signal(str, str)
    _heard = Signal(str, str)  # comes from any thread

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = ""
        self._lock = threading.RLock()  # a destructor may fail while this tells of something
        self._heard.connect(self.caught)

    def install(self) -> None:
        """Take the place of Python's own hooks."""
        sys.excepthook = self._hear
        threading.excepthook = self._hear_of_thread
        sys.unraisablehook = self._hear_of_unraisable

    def _hear_of_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            self._hear(told.exc_type, told.exc_value, told.exc_traceback)

    def _hear_of_unraisable(self, told: sys.UnraisableHookArgs) -> None:
        if told.exc_value is not None:
            self._hear(told.exc_type, told.exc_value, told.exc_traceback)

    def _hear(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        try:
            what = "".join(traceback.format_exception(kind, error, trace))
            self._keep(what)
            self._heard.emit(_sentence(error), f"{_origin()}\n\n{what}")
        except Exception:  # telling must not fail in its turn, for ever
            sys.__excepthook__(kind, error, trace)

    def _keep(self, what: str) -> None:
        """Write it down where it can be found later."""
        with self._lock:
            if what == self._last:
                return
            self._last = what
            if sys.stderr is not None:
                print(what, file=sys.stderr, end="", flush=True)
            with contextlib.suppress(OSError):  # no folder, a full disk: the person is told anyway
                _write(f"{_origin()}\n{what}")


def log_path() -> Path:
    """The file that keeps the reports."""
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "faults.log"


def _write(report: str) -> None:
    """Add a report to the file, which starts anew when it is full."""
    import logging  # no start needs it
    from logging.handlers import RotatingFileHandler

    log_path().parent.mkdir(parents=True, exist_ok=True)
    log = RotatingFileHandler(
        log_path(), maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8",
        errors="backslashreplace",
    )  # fmt: skip
    try:
        log.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.handle(logging.makeLogRecord({"msg": report}))
    finally:
        log.close()


def _sentence(error: BaseException) -> str:
    words, cause = "Something could not be done", error
    if isinstance(error, Failure) and error.__cause__ is not None:
        words, cause = str(error), error.__cause__
    reason = ": ".join(part for part in (type(cause).__name__, str(cause)) if part)
    reason = " ".join(reason.split())
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[: _LONGEST_REASON - 1]}…"
    return f"{words}, since the program failed ({reason}). What you did is still here."


def _origin() -> str:
    """Which program this is, and what it runs on."""
    import platform

    from PySide6 import __version__ as qt

    from gui.window.about import program_line

    return f"{program_line()}, Python {platform.python_version()}, Qt {qt}, {platform.platform()}"
