"""Files: open and save with dialogs, the list of recent files, and no way to lose a change."""

from __future__ import annotations

import re
from os.path import getsize, isdir, isfile  # false, and no error, for what cannot be a path
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.documents.document import Document, TooLarge
from engine.documents.examples import SUFFIX
from engine.documents.json_text import DocumentError
from engine.documents.older_version import keep_older_version
from engine.documents.reading import read_document, write_document
from engine.documents.whole_file import FileError, read_up_to, reason, write_whole
from engine.run.iteration import Check, Interrupted, never
from engine.run.limits import MAX_FILE_BYTES, QUICK_BYTES
from gui import settings
from gui.documents.outside import digest, digest_of
from gui.documents.save_dialog import FileKind, ask_where_to_write
from gui.widgets.message_box import message_box
from gui.widgets.waiting import waited_for

_DOCUMENTS = FileKind("Backpass documents", (SUFFIX, ".json"))
_MAX_RECENT = 10
_QUICK_NUMBERS = 100_000  # of a document that is written in a moment

Written = tuple[bytes, Path | None]  # the bytes of a file, and the copy of an older one


def _write(path: Path, document: Document, check: Check) -> Written:
    data = write_document(document)
    check()
    copy = keep_older_version(path)
    write_whole(path, data, check)
    return data, copy


def _stamp(path: Path) -> tuple[int, int] | None:
    """When a file was written last, and how large it is; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class Files(QObject):
    """The file that the window has open: its path, and the questions asked about it."""

    recent_changed = Signal()
    noticed = Signal(str)
    exported = Signal(object)  # the path of what was written, that it can be opened

    def __init__(self, window: QWidget, remember: bool) -> None:
        super().__init__(window)
        self._window = window
        self._remember = remember
        self.path: Path | None = None
        self._known = b""  # the digest of what was read or written last
        self._stamp: tuple[int, int] | None = None  # time and size of the file then
        self._folder: str | None = None  # where a dialog begins; None: as it was kept

    def ask_open(self) -> Path | None:
        """Let the person choose a file to open."""
        filters = f"{_DOCUMENTS.filter};;All files (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open", self.folder(), filters)
        return Path(chosen) if chosen else None

    def ask_save_as(self, suggestion: str) -> Path | None:
        """Let the person choose where to save."""
        name = f"{suggestion}{SUFFIX}" if self.path is None else self.path.name
        start = Path(self.folder()) / name
        return ask_where_to_write(self._window, "Save as", start, [_DOCUMENTS])

    def ask_where(self, title: str, name: str, *kinds: FileKind) -> Path | None:
        """Let the person choose where to write a file of one of some kinds, and offer it this name
        in the folder."""
        start = Path(self.folder()) / re.sub(r'[\\/:*?"<>|]', "-", name)
        path = ask_where_to_write(self._window, title, start, kinds)
        if path is not None:
            self.begin_in(path.parent)
        return path

    def ask_about_changes(self, name: str) -> QMessageBox.StandardButton:
        """Ask whether to save, discard or cancel before a changed document would be lost."""
        button = QMessageBox.StandardButton
        question, loss = f"Save the changes to {name}?", "They would be lost otherwise."
        box = message_box(self._window, question, loss, "unsavedQuestion")
        box.setStandardButtons(button.Save | button.Discard | button.Cancel)
        box.setDefaultButton(button.Save)
        return button(box.exec())

    def ask_revert(self, name: str) -> bool:
        """Ask whether to go back to what stands in a file."""
        button = QMessageBox.StandardButton
        question, loss = f"Go back to {name} as it was saved?", "What was done since is lost."
        box = message_box(self._window, question, loss, "revertQuestion")
        box.setStandardButtons(button.Discard | button.Cancel)
        box.setDefaultButton(button.Cancel)
        return button(box.exec()) == button.Discard

    def say(self, sentence: str) -> None:
        """Tell of a file that could not be opened or saved."""
        self._tell(sentence, QMessageBox.Icon.Warning)

    def tell(self, sentence: str) -> None:
        """Tell of what went well, and has to be known."""
        self._tell(sentence, QMessageBox.Icon.Information)

    def _tell(self, sentence: str, icon: QMessageBox.Icon) -> None:
        box = message_box(self._window, sentence)
        box.setIcon(icon)
        box.exec()

    def save(self, path: Path, document: Document) -> bool:
        """Save, or say why not; whether it was saved. Raises TooLarge. A file in an older
        version of the format is kept."""
        try:
            data, copy = self._written(path, document)
        except Interrupted:
            return False
        except TooLarge:
            raise
        except (FileError, DocumentError) as error:
            self.say(str(error))
            return False
        if copy is not None:
            self.noticed.emit(f"{path.name} was in an older format: a copy of it is {copy.name}.")
        self.remember(path, digest(data))
        return True

    def _written(self, path: Path, document: Document) -> Written:
        """Write a document; a large one beside the window."""
        if document.numbers < _QUICK_NUMBERS:
            return _write(path, document, never)
        return waited_for(
            self._window, f"Saving {path.name} …", lambda check: _write(path, document, check)
        )

    @property
    def open_file(self) -> tuple[str | None, bytes]:
        """The path of the open file, and the digest of what was read from it or written last."""
        return (None if self.path is None else str(self.path)), self._known

    @open_file.setter
    def open_file(self, file: tuple[str | None, bytes]) -> None:
        path, self._known = file
        self._stamp = None
        self.path = None if path is None else Path(path)

    def news_outside(self) -> bytes | None:
        """The digest of what the open file holds, if another program or window changed it since it
        was read, written or asked about here; a file that is gone is no news. Cheap to ask."""
        path = self.path
        stamp = None if path is None else _stamp(path)
        if path is None or stamp is None or stamp == self._stamp:
            return None
        self._stamp = stamp
        try:
            return self.changed_outside(path) or None
        except Interrupted:
            return None

    def changed_outside(self, path: Path) -> bytes | None:
        """The digest of what a path holds, if it is the open file and that is something else than
        was read or written here last. Raises Interrupted if the person calls it off."""
        if path.resolve() != self.path:
            return None
        found = self._digest_of(path)
        return None if found == self._known else found

    def _digest_of(self, path: Path) -> bytes | None:
        """The digest of a file; that of a large one is worked out beside the window."""
        if not isfile(path) or getsize(path) < QUICK_BYTES:
            return digest_of(path)

        def work(check: Check) -> bytes | None:
            found = digest_of(path)
            check()
            return found

        return waited_for(self._window, f"Comparing with {path.name} …", work)

    def accept(self, found: bytes) -> None:
        """Take what changed outside for known: the person wants it replaced."""
        self._known = found

    def read(self, path: Path) -> Document | None:
        """Read, or say why not; what is open stays open then."""
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                self.say(f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MiB.")
                return None
            data = read_up_to(path)
            document = self.document_of(path.name, data)
        except Interrupted:
            return None
        except OSError as error:
            self.say(f"{path} cannot be read: {reason(error)}.")
            return None
        except DocumentError as error:
            self.say(f"{path.name} was not opened. {error}")
            return None
        self.remember(path, digest(data))
        return document

    def document_of(self, name: str, data: bytes) -> Document:
        """The document that the bytes of a file stand for; a large one beside the window. Raises
        DocumentError, and Interrupted if the person calls it off."""
        if len(data) < QUICK_BYTES:
            return read_document(data)
        return waited_for(
            self._window, f"Opening {name} …", lambda check: read_document(data, check)
        )

    def remember(self, path: Path, known: bytes) -> None:
        """Make a file the open one, and the first of the recent ones; `known` is the digest of what
        it holds."""
        self.path = path.resolve()
        self._known, self._stamp = known, _stamp(self.path)
        self.begin_in(self.path.parent)
        if self._remember:
            recent = [str(self.path), *(p for p in self.recent() if p != str(self.path))]
            settings.RECENT.keep(recent[:_MAX_RECENT])
            self.recent_changed.emit()

    def recent(self) -> list[str]:
        """Paths opened or saved lately that still exist, the latest first."""
        return [path for path in settings.RECENT.kept() if isfile(path)]

    def folder(self) -> str:
        """Where a dialog begins: where a file was opened or written last, or in the person's
        documents; at home where there is no such folder, whose name would else be offered as that
        of a file."""
        if self._folder is None:
            self._folder = settings.FOLDER.kept() if self._remember else ""
        places = QStandardPaths.StandardLocation
        standard = (places.DocumentsLocation, places.HomeLocation)
        folders = [self._folder, *map(QStandardPaths.writableLocation, standard)]
        return next(filter(isdir, folders), "")

    def begin_in(self, folder: Path) -> None:
        """Have the next dialog begin in a folder."""
        if str(folder) != self._folder:
            self._folder = str(folder)
            if self._remember:
                settings.FOLDER.keep(self._folder)
