"""Safekeeping: nothing is lost by a program that ends badly. It keeps what is open in a recovery
file, and offers what an earlier end has left."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.documents.json_text import DocumentError
from engine.documents.whole_file import reason
from engine.run.iteration import Interrupted
from gui.documents.autosave import Autosave
from gui.documents.documents import Documents
from gui.documents.recovery import Recovery, left_over
from gui.session.session import Session
from gui.window.banner import Banner


class Safekeeping(QObject):
    """Autosave of one window, and its offer to recover. Begun once the window is painted."""

    def __init__(self, session: Session, documents: Documents, banner: Banner) -> None:
        super().__init__(documents)
        self._documents = documents
        self._banner = banner
        self._autosave = Autosave(session, documents)
        self._autosave.failed.connect(lambda sentence: banner.say(sentence, stays=True))
        self._left = left_over()
        self._unreadable: list[Recovery] = []  # kept for whoever can make something of them
        self._offered = ""  # the sentence
        self._offer()

    # What was left

    def _offer(self) -> None:
        self._banner.withdraw(self._offered)
        if self._left:
            self._offered = f"Backpass ended without saving {self._left[0].origin.title}."
            actions = ("Recover", self._recover), ("Discard", self._discard)
            self._banner.say(self._offered, *actions, stays=True)

    def _recover(self) -> None:
        if not self._documents.may_leave():
            return
        recovery = self._left.pop(0)
        origin = recovery.origin
        try:
            document = self._documents.files.document_of(origin.title, recovery.read())
        except Interrupted:
            self._left.insert(0, recovery)
        except (OSError, DocumentError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            self._documents.files.say(f"{recovery.path} cannot be recovered: {why}")
            self._unreadable.append(recovery)
        else:
            self._documents.show_recovered(document, origin)
            self._autosave.adopt(recovery)
        self._offer()

    def _discard(self) -> None:
        self._left.pop(0).remove()
        self._offer()

    # What is open

    def keep_now(self) -> None:
        """Write what is open at once."""
        self._autosave.keep_now()

    def forget(self) -> None:
        """Leave no recovery file of what is open."""
        self._autosave.forget()

    def close(self) -> None:
        """End; what nobody decided on is offered by the next start."""
        self._autosave.close()
        for recovery in (*self._left, *self._unreadable):
            recovery.release()
