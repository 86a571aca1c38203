"""Ending: Ctrl+C in the terminal, and the system's requests to end, close the window cleanly.

Python would raise an exception wherever it happens to be, also in the middle of a repaint, and
only once it runs at all: an idle window runs none. So a signal is a byte in a socket, and the
event loop hears of that. Qt is not imported before signals are taken care of: an exception in
there would be told of as a broken installation.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType

# Ctrl+C; a polite end, as when the system shuts down; a terminal that was closed. Not every system
# has all of them.
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
# Of X11 and of Wayland: "The X11 connection broke (error 1). Did the X11 server die?"
_DISPLAY_LOST = "connection broke"


class Ending:
    """Takes the requests from outside to end from here on, and keeps them until `listen`.

    What is ignored already stays ignored, as by nohup.
    """

    def __init__(self) -> None:
        self._is_handling_messages = False
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)
        signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, _leave_to_the_loop)

    def listen(self, parent: QObject, end: Callable[[int], None]) -> None:
        """Call `end`, in a turn of the event loop, when the process is asked to end or was asked
        before, with the exit code that shells expect then."""
        from PySide6.QtCore import QSocketNotifier

        def hear() -> None:
            asked = [number for number in self._receiver.recv(64) if number in _SIGNALS]
            if asked:
                end(128 + asked[0])

        notifier = QSocketNotifier(
            self._receiver.fileno(), QSocketNotifier.Type.Read, parent
        )
        notifier.activated.connect(hear)

    def listen_for_lost_display(self, act: Callable[[], None]) -> None:
        """Call `act` when the screen is gone. Qt tells of it in a message only, and ends the
        process once that is told."""
        from PySide6.QtCore import qFormatLogMessage, qInstallMessageHandler

        def hear(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
            if sys.stderr is not None:
                print(qFormatLogMessage(kind, context, text), file=sys.stderr, flush=True)
            if _DISPLAY_LOST in text:
                act()

        qInstallMessageHandler(hear)
        self._is_handling_messages = True

    def close(self) -> None:
        """Hear of nothing more. What still comes is ignored: the process is ending anyway."""
        signal.set_wakeup_fd(-1)
        if self._is_handling_messages:
            from PySide6.QtCore import qInstallMessageHandler

            qInstallMessageHandler(None)


def _leave_to_the_loop(*_: object) -> None:
    """All that Python itself does about a signal."""
