"""Menus: File, Edit, Run and View as tables, a row an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QInputDialog, QMainWindow, QMenu

from engine.documents.examples import example_names
from engine.maths.network import FORWARD_ONLY
from engine.run.scaling import SCALINGS
from engine.run.steps import STEP_ORDERS
from engine.run.value_kinds import ALSO
from gui import settings, theme
from gui.documents.documents import Documents
from gui.lenses.lenses import Lenses
from gui.lenses.table import LENSES
from gui.session.named_edits import Intents
from gui.session.player import Player
from gui.session.session import Session
from gui.session.viewing import Writing
from gui.widgets.plain_text import menu_text, set_tip
from gui.widgets.typed_text import take_typed_text
from gui.window.columns import SIDE_KEYS, Columns
from gui.window.export_menu import ExportMenu
from gui.window.keys import WindowKeys
from gui.window.pictures import Pictures
from gui.window.presenting import Presenting
from gui.window.train_dialogs import TrainDialogs
from gui.window.writing_menu import WritingMenu

_LEAST_PIXELS = 4

Job = Callable[[], object]


class Entry(NamedTuple):
    """An entry of a menu: what it says, what it does, and its keys."""

    text: str
    job: Job
    keys: tuple[str, ...] = ()
    gives_way: bool = False  # its keys are text where text is typed, and wait for the picture
    repeats: bool = True  # while its key is held down
    is_enabled: Callable[[], bool] | None = None  # None: always
    is_checked: Callable[[], bool] | None = None  # None: there is nothing to check
    about: Callable[[], str] | None = None  # what the text goes on with, after a colon
    why_not: Callable[[], str] | None = None  # why it cannot be chosen now, if it cannot


class Group(NamedTuple):
    """Entries of which one is checked."""

    entries: tuple[Entry, ...]


class Fill(NamedTuple):
    """What adds entries of its own."""

    add_to: Callable[[QMenu], object]


Row = Entry | Group | Fill | None  # None: a line between rows


class Menus(QObject):
    """Fills the menus, and shows which entries can be chosen and which are in force."""

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        documents: Documents,
        intents: Intents,
        player: Player,
        columns: Columns,
        pictures: Pictures,
        presenting: Presenting,
        lenses: Lenses,
        use_theme: Callable[[str], None],
        use_text_size: Callable[[int], None],
        remember: bool,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._documents = documents
        self._intents = intents
        self._player = player
        self._columns = columns
        self._pictures = pictures
        self._presenting = presenting
        self._lenses = lenses
        self._use_theme = use_theme
        self._use_text_size = use_text_size
        self._remember = remember
        self._keys = WindowKeys(window)
        self._followed: list[tuple[QAction, Entry]] = []
        for title, rows in (
            ("&File", self._file()), ("&Edit", self._edit()),
            ("&Run", self._run()), ("&View", self._view()),
        ):
            menu = window.menuBar().addMenu(title)
            self._fill(menu, rows)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.follow)

    def follow(self) -> None:
        """Show what is possible and in force now."""
        self._writing.follow(self._session.spec.batch_size)
        for action, entry in self._followed:
            if entry.is_enabled is not None:
                action.setEnabled(entry.is_enabled())
            if entry.why_not is not None:
                reason = entry.why_not()
                action.setEnabled(not reason)
                set_tip(action, reason, wraps=True)
            if entry.is_checked is not None:
                action.setChecked(entry.is_checked())
            if entry.about is not None and action.text() != (text := _whole_text(entry)):
                action.setText(text)

    # What stands in them

    def _file(self) -> Iterable[Row]:
        documents = self._documents
        return (
            Entry("&New…", documents.new, ("Ctrl+N",)),
            Entry("New from a &table…", documents.new_from_table, ("Ctrl+Shift+O",)),
            Entry("New from the clip&board…", documents.new_from_clipboard, ("Ctrl+Shift+V",)),
            Entry("&Open…", documents.open, ("Ctrl+O",)),
            Fill(self._add_examples),
            Fill(self._add_recent),
            None,
            Entry("&Save", documents.save, ("Ctrl+S",)),
            Entry("Save &as…", documents.save_as, ("Ctrl+Shift+S",)),
            Entry("Re&vert to saved", documents.revert, is_enabled=lambda: documents.can_revert),
            Fill(lambda menu: ExportMenu(menu, self._session, documents)),
            Fill(self._pictures.add_to),
            None,
            Entry("Title an&d note…", documents.describe),
            None,
            Entry("&Quit", self._window.close, ("Ctrl+Q",)),
        )

    def _edit(self) -> Iterable[Row]:
        stack = self._session.undo_stack
        redo_keys = ("Ctrl+Shift+Z", "Ctrl+Y")
        return (
            Entry("Undo", stack.undo, ("Ctrl+Z",), is_enabled=stack.canUndo, about=stack.undoText),
            Entry("Redo", stack.redo, redo_keys, is_enabled=stack.canRedo, about=stack.redoText),
            None,
            Entry("&Inputs as a picture…", self._choose_picture, why_not=self._why_no_picture),
            Entry("&Test set…", self._columns.data.choose_test, why_not=self._why_no_test_set),
            Entry("Test set from a ta&ble…", self._take_test_table),
            Entry(
                "&Validation set…", self._columns.data.choose_validation,
                why_not=self._why_no_validation_set,
            ),
            *self._scalings(),
            None,
            Entry("&Preferences…", self._prefer),
        )

    def _scalings(self) -> Iterable[Row]:
        """How the network takes the numbers of the data."""
        titles = {"": "as they are", **{rule.key: rule.title for rule in SCALINGS.values()}}
        set_scaling = self._intents.set_scaling
        yield Group(
            tuple(
                Entry(
                    f"Numbers {title}" if not key else f"Numbers scaled: {title}",
                    partial(set_scaling, key), is_checked=partial(self._is_scaling, key),
                )
                for key, title in titles.items()
            )
        )

    def _is_scaling(self, key: str) -> bool:
        scaling = self._session.spec.scaling
        return key == ("" if scaling is None else scaling.kind)

    def _run(self) -> Iterable[Row]:
        session, order = self._session, self._intents.set_step_order
        step, back = session.step, session.back
        train = TrainDialogs(session, self._window, self._remember)
        orders = (
            Entry(title, partial(order, key), is_checked=partial(self._is_step_order, key))
            for key, title in STEP_ORDERS.items()
        )
        key = partial(Entry, gives_way=True)
        return (
            key("Step", step, ("Space", "PgDown")),
            key("Step back", back, ("PgUp",)),
            key("Step a layer", partial(step, "layer"), ("Shift+PgDown",)),
            key("Step back a layer", partial(back, "layer"), ("Shift+PgUp",)),
            key("Step a pass", partial(step, "pass"), ("Ctrl+PgDown",)),
            key("Step back a pass", partial(back, "pass"), ("Ctrl+PgUp",)),
            None,
            key("Play or stop", self._player.toggle, ("P",), repeats=False),
            Group(tuple(orders)),
            None,
            key("One epoch", partial(step, "epoch"), ("E",)),
            key("Train or pause", session.toggle_training, ("T",), repeats=False),
            key("Train at full speed", session.train_at_full_speed, ("Shift+T",), repeats=False),
            Entry("Train for N epochs…", train.for_epochs, why_not=train.why_not),
            Entry("Train until the loss is below…", train.until_loss, why_not=train.why_not),
            Entry("Train until all are right…", train.until_right, why_not=train.why_not_right),
            Entry("Train while it improves…", train.while_improving, why_not=train.why_not),
            Entry("Go to epoch…", train.go_to_epoch),
            Entry("Answers for new ro&ws…", self._answer, why_not=self._why_no_answers),
            None,
            key("Reset: start values", session.reset, ("R",)),
            Entry("New seed", session.new_seed),
        )

    def _view(self) -> Iterable[Row]:
        themes = (
            Entry(title, partial(self._use_theme, name), is_checked=partial(_is_theme, name))
            for name, title in (
                (theme.SYSTEM, "Theme of the system"),
                *((each.name, each.title) for each in theme.THEMES.values()),
            )
        )
        resize, size = self._resize_text, self._text_size
        return (
            Group(tuple(themes)),
            None,
            Entry("Larger text", partial(resize, 1), ("Ctrl++", "Ctrl+="), about=partial(size, 1)),
            Entry("Smaller text", partial(resize, -1), ("Ctrl+-",), about=partial(size, -1)),
            Entry("Text at 100 %", partial(resize, 0), ("Ctrl+0",), about=partial(size, 0)),
            None,
            Fill(self._add_writing),
            Fill(self._add_also),
            None,
            *self._shown(),
            None,
            *self._closer(),
            None,
            Entry("Fit the network into view", self._columns.canvas.fit),
            Entry("Reset layout", self._session.reset_layout),
        )

    def _resize_text(self, way: int) -> None:
        """To the next size of text, up (1) or down (-1), or back to the usual one (0)."""
        self._use_text_size(self._next_text_size(way))

    def _next_text_size(self, way: int) -> int:
        now, sizes = theme.percent(), self._presenting.text_sizes
        if way > 0:
            return min((size for size in sizes if size > now), default=now)
        if way < 0:
            return max((size for size in sizes if size < now), default=now)
        return self._presenting.usual_text_size

    def _text_size(self, way: int) -> str:
        """What a row of the menu says of the size that it leads to."""
        now, then = theme.percent(), self._next_text_size(way)
        if not way:
            return f"now {now} %"
        if then == now:
            return "no larger" if way > 0 else "no smaller"
        return f"{then} %"

    def _shown(self) -> Iterable[Row]:
        columns = self._columns
        left, right = columns.left_side, columns.right_side
        for text, toggle, side, is_shown in (
            ("Le&ft: network, weights, data", left.toggle, "left", lambda: left.is_open),
            ("Ri&ght: why, and the result", right.toggle, "right", lambda: right.is_open),
            ("&Below: the loss curve", columns.toggle_loss, "lower", lambda: columns.is_loss_shown),
        ):
            yield Entry(text, toggle, (SIDE_KEYS[side],), is_checked=is_shown)
        presenting = self._presenting
        yield Entry(
            "Network alo&ne", presenting.toggle_alone, ("Ctrl+F11",),
            is_checked=lambda: presenting.is_alone,
        )  # fmt: skip
        yield Entry(
            "&Presentation", presenting.toggle_presentation, ("F11",),
            is_checked=lambda: presenting.is_presenting,
        )  # fmt: skip

    def _closer(self) -> Iterable[Row]:
        """The closer looks beside the result, which a presentation has no place for."""
        lenses, presenting = self._lenses, self._presenting
        for row in LENSES:
            yield Entry(
                row.menu_text, partial(lenses.toggle, row), (row.shortcut,),
                is_enabled=lambda: presenting.shows_all,
                is_checked=partial(lenses.is_open, row.key),
            )  # fmt: skip

    def _is_step_order(self, key: str) -> bool:
        return self._session.spec.step_order == key

    def _add_examples(self, menu: QMenu) -> None:
        examples = [
            Entry(name, partial(self._documents.open_example, name)) for name in example_names()
        ]
        self._fill(menu.addMenu("Open &example"), examples)

    def _add_recent(self, menu: QMenu) -> None:
        recent = menu.addMenu("Open &recent")

        def fill() -> None:
            recent.clear()
            for path in self._documents.files.recent():
                open_it = partial(self._documents.open_path, Path(path))
                self._add(recent, Entry(menu_text(path), open_it))
            if recent.isEmpty():
                recent.addAction("nothing yet").setEnabled(False)

        recent.aboutToShow.connect(fill)

    def _add_writing(self, menu: QMenu) -> None:
        session, writing = self._session, WritingMenu(menu, self._remember)
        session.writing = Writing(writing.digits, writing.notation, gradients=writing.gradients)
        writing.digits_chosen.connect(session.set_digits)
        writing.notation_chosen.connect(session.set_notation)
        writing.gradients_chosen.connect(session.set_gradients)
        writing.paper_chosen.connect(session.set_paper)
        self._writing = writing

    def _add_also(self, menu: QMenu) -> None:
        """The quantities that are steps only where they are asked for."""
        below = menu.addMenu("Also &show")
        below.setObjectName("alsoShow")
        below.setToolTipsVisible(True)
        self._fill(
            below,
            (
                Entry(
                    kind.menu, partial(self._toggle_also, key), why_not=self._why_nothing_more,
                    is_checked=partial(self._is_also_shown, key),
                )
                for key, kind in ALSO.items()
            ),
        )

    def _toggle_also(self, key: str) -> None:
        self._intents.set_also(key, not self._is_also_shown(key))

    def _is_also_shown(self, key: str) -> bool:
        return key in self._session.spec.also

    def _why_nothing_more(self) -> str:
        if not self._session.spec.can_train:
            return FORWARD_ONLY
        if self._session.curtain is not None:
            return "What is shown stays as it is while values are to be predicted."
        return ""

    def _why_no_picture(self) -> str:
        count = len(self._session.spec.network.inputs)
        return "" if count >= _LEAST_PIXELS else "A picture needs four inputs or more."

    def _choose_picture(self) -> None:
        """Ask of how many rows and columns of pixels the inputs are."""
        spec = self._session.spec
        count = len(spec.network.inputs)
        sizes = [(rows, count // rows) for rows in range(1, count + 1) if count % rows == 0]
        words = ["no picture", *(f"{rows} × {columns}" for rows, columns in sizes)]
        picture = spec.data.picture
        now = 0 if picture is None else 1 + sizes.index(picture)
        title, label = "Inputs as a picture", "Rows and columns of pixels, row by row from the top:"
        said, is_taken = QInputDialog.getItem(self._window, title, label, words, now, False)
        chosen = words.index(said) if is_taken else now
        if chosen != now:
            self._intents.set_picture(sizes[chosen - 1] if chosen else None)

    def _why_no_test_set(self) -> str:
        single = len(self._session.spec.data) == 1
        return "Of a single sample nothing can be kept out of training." if single else ""

    def _why_no_validation_set(self) -> str:
        data = self._session.spec.data
        if len(data) - len(data.test) > 1:
            return ""
        return self._why_no_test_set() or "All samples but one are test samples."

    def _take_test_table(self) -> None:
        """Ask for a table with test samples, and test with them in place of those there are."""
        from gui.documents.test_table import ask_for_test_samples  # loaded when it is asked for

        spec, files = self._session.spec, self._documents.files
        found = ask_for_test_samples(self._window, files, spec)
        if found is not None:
            self._intents.replace_test(found.inputs, found.targets)
            if found.places:
                files.noticed.emit(f"The columns were {found.places}.")

    def _answer(self) -> None:
        """Ask for new rows, and answer them with the parameters as they are now."""
        from gui.documents.answers_dialog import AnswersDialog

        session, files = self._session, self._documents.files
        sample = session.standing.sample
        dialog = AnswersDialog(session.spec, session.state.theta, sample, files, self._window)
        try:
            dialog.exec()
        finally:
            dialog.deleteLater()

    def _why_no_answers(self) -> str:
        curtain = self._session.curtain
        hidden = curtain is not None and curtain.hides_outputs
        return "What the network answers is to be predicted first." if hidden else ""

    def _prefer(self) -> None:
        from gui.window.preferences import PreferencesDialog  # loaded when it is asked for

        dialog = PreferencesDialog(self._session.memory, self._session.state, self._window)
        if dialog.exec():
            self._session.set_memory(dialog.memory)
            if self._remember:
                settings.MEMORY.keep(dialog.memory // settings.MIB)

    # Rows as actions

    def _fill(self, menu: QMenu, rows: Iterable[Row]) -> None:
        for row in rows:
            if row is None:
                menu.addSeparator()
            elif isinstance(row, Entry):
                self._add(menu, row)
            elif isinstance(row, Fill):
                row.add_to(menu)
            else:
                group = QActionGroup(menu)
                for entry in row.entries:
                    group.addAction(self._add(menu, entry))

    def _add(self, menu: QMenu, entry: Entry) -> QAction:
        def act() -> None:
            if not entry.gives_way or self._keys.take():
                take_typed_text()
                entry.job()

        action = menu.addAction(entry.text)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        action.setAutoRepeat(entry.repeats)
        action.setCheckable(entry.is_checked is not None)
        action.triggered.connect(lambda: act())
        if entry.is_enabled or entry.is_checked or entry.about or entry.why_not:
            self._followed.append((action, entry))
        return action


def _is_theme(name: str) -> bool:
    return theme.chosen() == name


def _whole_text(entry: Entry) -> str:
    """What an entry says now, with what it is about if there is anything."""
    about = "" if entry.about is None else entry.about()
    return f"{entry.text}: {menu_text(about)}" if about else entry.text
