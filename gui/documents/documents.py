"""Documents: which document is open and in which file, and that none is lost by leaving it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.documents.document import Document, TooLarge
from engine.documents.examples import TABLE_ENDINGS, example_names, read_example
from engine.run.iteration import Interrupted
from engine.text.wording import on_one_line
from gui.documents.files import Files
from gui.documents.origin import Origin
from gui.documents.outside import KeptVersion, ask_what_to_keep, free_name_beside
from gui.documents.places import KeptPlace, keep_place, kept_place
from gui.session.failure import tell
from gui.session.session import Kept, Session
from gui.widgets.typed_text import take_typed_text

UNTITLED = "untitled"


def is_table(path: Path) -> bool:
    """Whether a file is called as tables are."""
    return path.suffix.lower() in TABLE_ENDINGS


class Documents(QObject):
    """Opens and saves what the session works on; asks and tells through dialogs of the window."""

    def __init__(self, session: Session, window: QWidget, remember: bool) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._own_name = UNTITLED
        self._is_example = False
        self._remember = remember
        self.files = Files(window, remember)
        # What else may have something to lose; each asks and says whether it may go.
        self.before_leaving: list[Callable[[], bool]] = []

    @property
    def name(self) -> str:
        """What the open document is called: its file's name, or the example's."""
        return on_one_line(self._own_name if self.files.path is None else self.files.path.name)

    def show(self, document: Document, name: str = UNTITLED, is_kept: bool = True) -> None:
        """Show a document that has no file yet. One that `is_kept` can be had again."""
        self.files.path = None
        self._own_name = name
        self._is_example = False
        self._session.open(document, is_kept)

    def show_example(self, name: str) -> None:
        """Show a bundled example."""
        self.show(read_example(name), name)
        self._is_example = True

    @property
    def origin(self) -> Origin:
        """Where what is open came from."""
        return Origin(self._own_name, *self.files.open_file)

    def show_recovered(self, document: Document, origin: Origin) -> None:
        """Show a document as it was when the program ended without saving it."""
        self._own_name, self._is_example = origin.name, False
        self.files.open_file = origin.path, origin.known
        self._session.open(document, is_saved=False)

    def open_at_start(self, asked: str | None, default: str) -> None:
        """Open what the command line names; if it cannot be, say so and open the default."""
        if asked is None or asked in example_names():
            self.show_example(asked or default)
        elif is_table(Path(asked)):
            self.show_example(default)
            QTimer.singleShot(0, self, lambda: self._open_table(Path(asked)))
        elif not self._open_where_left(Path(asked)):
            self.show_example(default)

    def open_example(self, name: str) -> None:
        """Open a bundled example."""
        if self.may_leave():
            self.show_example(name)

    def open_new(
        self, document: Document, name: str = UNTITLED, is_kept: bool = True
    ) -> None:
        """Open a document just made. One that `is_kept` can be had again."""
        if self.may_leave():
            self.show(document, name, is_kept)

    def new(self) -> None:
        """Open a new document, with a training set and a network that the person chooses."""
        from gui.documents.new_dialog import NewDialog  # dialogs are loaded when they are asked for

        dialog = NewDialog(self._window, self._remember)
        if dialog.exec() and self.may_leave():
            self.show(dialog.document(), is_kept=not dialog.is_own)
            dialog.forget()

    def new_from_table(self) -> None:
        """Open a network for a table that the person chooses."""
        from gui.documents.tables import ask_for_table

        path = ask_for_table(self._window, self.files.folder())
        if path is not None:
            self._open_table(path)

    def new_from_clipboard(self) -> None:
        """Open a network for the table that is on the clipboard."""
        from gui.documents.tables import clipboard_text

        self._ask_about_table("The clipboard", clipboard_text)

    def new_from_text(self, text: str) -> None:
        """Open a network for a table that was dropped as a text."""
        self._ask_about_table("The text", lambda: text)

    def _open_table(self, path: Path) -> None:
        from gui.documents.tables import text_in

        self.files.begin_in(path.parent)
        self._ask_about_table(path.name, lambda: text_in(self._window, path))

    def _ask_about_table(self, name: str, text: Callable[[], str]) -> None:
        from gui.documents.tables import ask_about

        try:
            document = ask_about(self._window, name, text)
        except ValueError as error:
            self.files.say(f"{name} was not taken. {error}")
            return
        if document is not None:
            self.open_new(document, is_kept=False)

    def describe(self) -> None:
        """Ask for the title and the note of the open document."""
        from gui.documents.note_dialog import NoteDialog

        standing = self._session.standing
        dialog = NoteDialog(standing.title, standing.note, self._window)
        if dialog.exec():
            self._session.describe(dialog.title, dialog.note)

    def open(self) -> None:
        """Open a file that the person chooses."""
        path = self.files.ask_open()
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a file, or ask about a table; what is open stays open if it cannot be read."""
        if is_table(path):
            self._open_table(path)
        elif self.may_leave():
            self._open_where_left(path)

    def _open_where_left(self, path: Path) -> bool:
        """Open a file at the place where it was left here, if it is as it was then."""
        if not self._read(path):
            return False
        if self._may_keep_place and self.files.path is not None:
            place = kept_place(self.files.path, self.files.open_file[1])
            if place is not None:
                self._session.stand_at(*place)
        return True

    @property
    def _may_keep_place(self) -> bool:
        """A locked document goes no further than what was answered."""
        return self._remember and self._session.standing.lock is None

    def keep_place(self) -> None:
        """Remember where the open file is left, if it has all that is here."""
        is_saved = not self._session.is_changed
        if is_saved and self._may_keep_place and self.files.path is not None:
            place = KeptPlace(*self._session.place.moment, self._session.standing.sample)
            keep_place(self.files.path, self.files.open_file[1], place)

    def _read(self, path: Path) -> bool:
        document = self.files.read(path)
        if document is None:
            return False
        self._is_example = False
        self._session.open(document)
        if lost := [kernel for road in document.roads for kernel in road.lost_kernels]:
            self.files.noticed.emit(
                f"Trained by {lost[0]}, which is no longer there: earlier moments are worked out "
                "anew, and their last digits may differ."
            )
        return True

    def save(self) -> bool:
        """Save to the open file; ask where if there is none."""
        if self.files.path is None:
            return self.save_as()
        return self._save_to(self.files.path)

    def save_as(self) -> bool:
        """Save to a file that the person chooses."""
        path = self.files.ask_save_as(self._own_name)
        return path is not None and self._save_to(path)

    @property
    def can_revert(self) -> bool:
        """Whether there is a file to go back to, and something that was done since."""
        return self.files.path is not None and self._session.is_changed

    def revert(self) -> None:
        """Go back to what stands in the open file, if the person is sure."""
        path = self.files.path
        if path is None or not self._others_may_go():
            return
        if self.files.ask_revert(path.name):
            self._read(path)

    def _save_to(self, path: Path) -> bool:
        """Save; what was changed from outside since is replaced only if the person says so."""
        try:
            changed = self.files.changed_outside(path)
        except Interrupted:
            return False
        if changed is None:
            return self._write(path)
        wanted = ask_what_to_keep(self._window, path.name)
        return wanted is not None and self.keep_version(path, changed, wanted)

    def keep_version(self, path: Path, changed: bytes, wanted: KeptVersion) -> bool:
        """Do what the person wants of the open file, which was changed from outside to what has
        this digest; whether that was done."""
        match wanted:
            case KeptVersion.MINE:
                self.files.accept(changed)
                return self._save_to(path)  # it may have changed again while they were asked
            case KeptVersion.THEIRS:
                return self._others_may_go() and self._read(path)
            case KeptVersion.BOTH:
                return self._save_beside(path)

    def _save_beside(self, path: Path) -> bool:
        """Save under a free name, and say so: it is the open file from then on."""
        beside = free_name_beside(path)
        if not self._write(beside):
            return False
        self.files.tell(f"{path.name} is as it was. What is in this window is {beside.name} now.")
        return True

    def _write(self, path: Path) -> bool:
        try:
            kept = self._saved_within_bound(path)
        except Exception as error:
            self.tell_unsaved(path.name, error)
            return False
        if kept is not None:
            self._is_example = False
            self._session.mark_saved(kept)
        return kept is not None

    def _saved_within_bound(self, path: Path) -> Kept | None:
        """Save; of a document that is too large, leave out the roads that the person names.
        Returns what was to keep and is kept now, training having gone on since; None if not."""
        while True:
            document, kept = self._session.document(), self._session.to_keep
            try:
                return kept if self.files.save(path, document) else None
            except TooLarge as error:
                if not self._leave_out(str(error)):
                    return None

    def _leave_out(self, sentence: str) -> bool:
        from gui.documents.leave_out_dialog import LeaveOutDialog

        roads = self._session.roads_beside
        if not roads:
            self.files.say(sentence)
            return False
        dialog = LeaveOutDialog(sentence, roads, self._window)
        if not dialog.exec():
            return False
        self._session.leave_out(dialog.chosen)
        return True

    def tell_unsaved(self, name: str, error: Exception) -> None:
        """Say that a file was not saved for a reason that nobody foresaw: a save that failed must
        never pass for one that succeeded."""
        self._tell_of(error, f"{name} was not saved, and the file is as it was")

    def may_leave(self) -> bool:
        """Ask about unsaved changes; whether the open document may be left. It may not be if
        anything goes wrong on the way."""
        take_typed_text()
        try:
            return self._others_may_go() and self._may_lose_changes()
        except Exception as error:
            self._tell_of(error, f"{self.name} stays open")
            return False

    def _tell_of(self, error: Exception, what: str) -> None:
        reason = ": ".join(part for part in (type(error).__name__, str(error)) if part)
        self.files.say(
            f"{what}: the program failed ({reason}). What you did is still here. Try again, or "
            "undo the last edit or move the cursor first."
        )
        tell(what, error)

    def _others_may_go(self) -> bool:
        return all(may_go() for may_go in self.before_leaving)

    def _may_lose_changes(self) -> bool:
        self.keep_place()
        if not self._session.is_changed:
            return True
        if self._is_example and not self._session.is_edited:
            return True  # whatever was worked out comes again
        button = QMessageBox.StandardButton
        answer = self.files.ask_about_changes(self.name)
        if answer == button.Save:
            return self.save()
        return answer == button.Discard
