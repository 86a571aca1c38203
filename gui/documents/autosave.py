"""Autosave: what is open and changed is kept in a recovery file, never in the person's own."""

from __future__ import annotations

from threading import Thread
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import write_document
from engine.documents.whole_file import FileError, reason, write_whole
from engine.documents.written_apart import WritingApart
from gui.documents.documents import Documents
from gui.documents.origin import Origin
from gui.documents.recovery import Recovery, new_recovery
from gui.session.session import Session
from gui.view import View

_EVERY_SECONDS = 10.0
_REST = 10.0  # times as long as the writing before: a tenth of a core at most
_FEW_NUMBERS = 4_000  # of a document that is written in some 5 ms


class Autosave(QObject):
    """Writes every ten seconds while something is changed, and at each pause of training.

    The document is handed to a thread as the immutable parts that it is made of; the text of a
    large one is made in another process.
    """

    failed = Signal(str)  # why nothing can be kept safe; said once
    _written = Signal(int, float, str)  # turn, seconds, why it failed; comes from the thread

    def __init__(self, session: Session, documents: Documents) -> None:
        super().__init__(documents)
        self._session = session
        self._documents = documents
        self._recovery: Recovery | None = None
        self._thread: Thread | None = None
        self._apart: WritingApart | None = None
        self._turn = 0  # which time of writing this is
        self._is_news = False  # whether there is something that is not written
        self._is_unwanted = False  # what is being written: it was saved or discarded meanwhile
        self._was_training = session.training
        self._has_failed = False
        self._rested_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._take_turn)
        self._written.connect(self._end, Qt.ConnectionType.QueuedConnection)
        session.changed.connect(self._hear)
        if session.is_changed:
            self._hear_of_change()

    # When

    def _hear(self, view: View) -> None:
        paused = self._was_training and not view.training
        self._was_training = view.training
        if not view.changed:
            self.forget()
            return
        self._hear_of_change()
        if paused:
            self._take_turn()

    def _hear_of_change(self) -> None:
        self._is_news = True
        if not self._timer.isActive() and self._thread is None:
            self._wait(_EVERY_SECONDS)

    def _wait(self, seconds: float) -> None:
        rest = self._rested_at - perf_counter()
        self._timer.start(int(1000 * max(seconds, rest)))

    def _take_turn(self) -> None:
        """Write, unless that is being done or took long just now."""
        if self._thread is not None or not self._is_news:
            return
        if perf_counter() < self._rested_at:
            self._wait(0.0)
        else:
            self._begin()

    # Writing

    def _begin(self) -> None:
        self._timer.stop()
        self._is_news = False
        try:
            recovery = self._place()
        except FileError as error:
            self._tell(str(error))
            return
        document, origin = self._session.document_so_far(), self._documents.origin
        self._turn += 1
        arguments = self._turn, recovery, document, origin
        self._thread = Thread(target=self._work, args=arguments, name="autosave", daemon=True)
        self._thread.start()

    def _place(self) -> Recovery:
        if self._recovery is None:
            self._recovery = new_recovery()
        return self._recovery

    def _work(self, turn: int, recovery: Recovery, document: Document, origin: Origin) -> None:
        """Write it, in the thread."""
        began, sentence = perf_counter(), ""
        try:
            recovery.keep_origin(origin)
            if _is_quick(document):
                write_whole(recovery.path, write_document(document))
            else:
                self._apart = WritingApart(recovery.path)
                self._apart.write(document)
        except (FileError, DocumentError) as error:
            sentence = str(error)
        except OSError as error:  # no process could be started
            sentence = f"{reason(error)}."
        finally:  # also if it failed in a way that nobody foresaw
            self._written.emit(turn, perf_counter() - began, sentence)

    def _end(self, turn: int, seconds: float, sentence: str) -> None:
        """What follows once it is written, in the thread of the window."""
        if self._thread is None or turn != self._turn:
            return  # somebody has waited for it
        self._thread.join()
        self._thread = self._apart = None
        self._rested_at = perf_counter() + _REST * seconds
        if self._is_unwanted:
            self._remove()
        elif sentence:
            self._tell(sentence)
        if self._is_news:
            self._wait(_EVERY_SECONDS)

    def _tell(self, why: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(
                f"What you do is not kept safe until you save it: {why} Save now and then."
            )

    def keep_now(self) -> None:
        """Write at once and wait for it: the program may be about to end."""
        try:
            # Of a change that the session failed to tell of there is no news.
            is_kept = self._recovery is not None or not self._session.is_changed
            if is_kept and not self._is_news and self._thread is None:
                return
            self._wait_for_thread()
            recovery = self._place()
            recovery.keep_origin(self._documents.origin)
            write_whole(recovery.path, write_document(self._session.document_so_far()))
            self._is_news = False
        except Exception as error:  # also what nobody foresaw: this is called when that happened
            self._tell(str(error))

    def _wait_for_thread(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = self._apart = None
            if self._is_unwanted:
                self._remove()

    # What becomes of it

    def adopt(self, recovery: Recovery) -> None:
        """Go on with what another process left, since it is open here now."""
        self.forget()
        self._wait_for_thread()
        self._recovery = recovery

    def forget(self) -> None:
        """Leave no recovery file: what is open is saved, or the person wants it no more."""
        self._timer.stop()
        self._is_news = False
        if self._thread is None:
            self._remove()
        else:
            self._is_unwanted = True
            if self._apart is not None:
                self._apart.cancel()

    def _remove(self) -> None:
        self._is_unwanted = False
        if self._recovery is not None:
            self._recovery.remove()
            self._recovery = None

    def close(self) -> None:
        """End; what is written and was not forgotten stays for the next start."""
        self._timer.stop()
        self._session.changed.disconnect(self._hear)
        self._wait_for_thread()
        if self._recovery is not None:
            self._recovery.release()
            self._recovery = None


def _is_quick(document: Document) -> bool:
    """Whether a document costs no more to write than to hand over. Curves do not count: they are
    thinned first, which is quick."""
    curves = sum(road.curve.size for road in document.roads if road.curve is not None)
    return document.numbers - curves <= _FEW_NUMBERS
